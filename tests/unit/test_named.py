"""What texts name: counted by hand, numbers and names as kinds only."""

import pandas as pd
import pytest
from voc.analysis.themes.named import COLUMNS, count_named
from voc.data.periods import Period
from voc.report.pages.content import named_shown
from voc.text.entity_patterns import amounts

OCTOBER = Period.parse("2026-10")
TEXTS = [
    "I paid €20 and then €30 for the kettle, see page 3",
    "Страница 3 непонятна, стоит 50 руб.",
    "order number 12345678, my name is Jane Roe",
    "app version 7.3 and the Kora Kettle",
    "nothing",
    None,
]
WORDS = {"product": {"Kora Kettle": ["kettle", "чайник"]}}


def found() -> pd.DataFrame:
    frame = pd.DataFrame({"interaction_id": list("abcdef"), "text": TEXTS, "product": ["Kora Kettle", *[None] * 5]})
    return count_named(frame, ["product", "carrier"], WORDS)


def test_each_thing_named_is_counted_once_a_contact():
    rows = found()
    assert rows.columns.tolist() == COLUMNS
    assert (rows["of"] == 5).all()
    counts = rows.set_index(["kind", "value"])["contacts"].to_dict()
    assert counts["product", ""] == counts["product", "Kora Kettle"] == 2
    assert counts["amount", ""] == 2
    assert (counts["amount", "EUR"], counts["amount", "RUB"]) == (1, 1)
    assert counts["page", "3"] == 2
    assert counts["version", "7.3"] == 1
    assert rows.set_index(["kind", "value"]).loc[("amount", "EUR"), "middle"] == 25.0
    assert rows.set_index(["kind", "value"]).loc[("page", ""), "share"] == pytest.approx(40.0)


def test_order_numbers_and_names_stay_kinds():
    rows = found()
    assert rows.loc[rows["kind"].isin(["order", "name"]), "value"].tolist() == ["", ""]
    told = named_shown(rows, OCTOBER)
    assert "12345678" not in told.html + rows.to_csv()
    assert "Jane" not in told.html + rows.to_csv()
    assert told.text.count("told as a kind only") == 2


def test_the_page_shows_every_kind_folded_with_its_most_frequent_values():
    told = named_shown(found(), OCTOBER)
    assert told.html.startswith("<details")
    for words in ("Product", "A sum of money", "A version", "A page", "An order number", "A person's name"):
        assert words in told.html.replace("&#x27;", "'")
    assert "EUR (1, half of the sums above 25)" in told.text
    nothing = count_named(pd.DataFrame({"interaction_id": ["a"], "text": ["hello"]}), [])
    assert nothing.empty
    assert "No text of October 2026 names" in named_shown(nothing, OCTOBER).text


def test_a_word_after_a_sum_does_not_multiply_it():
    told = "€30 kettle, $30k, 30k元, 2k eur, €5 km"
    assert [value for value, *_ in amounts(told)] == ["30 EUR", "30000 USD", "30000 CNY", "2000 EUR", "5 EUR"]
