"""Topics by value, by hand."""

from __future__ import annotations

import pandas as pd
from voc.analysis.rules import MetricRules
from voc.analysis.themes.across import by_value

RULES = MetricRules()


def table(n: int = 400) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Half the contacts are kettles; 60 of 200 of these speak of a lid, 10 of 200 of the others."""
    ids = [f"c{at}" for at in range(n)]
    contacts = pd.DataFrame(
        {
            "interaction_id": ids,
            "product": ["kettle"] * (n // 2) + ["lamp"] * (n // 2),
            "browser": ["a", "b"] * (n // 2),
        }
    )
    said = pd.DataFrame({"interaction_id": [*ids[:60], *ids[n // 2 : n // 2 + 10]], "topic": "T1"})
    return said, contacts


def test_a_share_is_set_against_all_other_values() -> None:
    found = by_value(*table(), ["product", "browser", "nowhere"], RULES).set_index(["dimension", "label"])
    kettle = found.loc[("product", "kettle")]
    assert (kettle["share"], kettle["rest"]) == (30.0, 5.0)
    assert (kettle["certainty"], kettle["direction"]) == ("sure", "more")
    assert found.loc[("product", "lamp"), "direction"] == "fewer"
    assert found.loc["browser"]["direction"].tolist() == ["", ""]


def test_values_that_are_all_too_small_give_an_empty_table() -> None:
    said, contacts = table()
    few = contacts.assign(product=[f"model {at // 10}" for at in range(len(contacts))])
    assert by_value(said, few, ["product"], RULES).empty


def test_nothing_to_compare_gives_empty_tables() -> None:
    said, contacts = table()
    assert by_value(said.iloc[:0], contacts, ["product"], RULES).empty
    assert by_value(said, contacts, ["nowhere"], RULES).empty
