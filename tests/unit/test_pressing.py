"""What cannot wait: whom it concerns now, who answers for it, and how a page tells them."""

import numpy as np
import pandas as pd
from voc.analysis.themes.panel import SAID
from voc.analysis.themes.pressing import COLUMNS, by_kind, by_owner, heard, pressing
from voc.data.periods import Period
from voc.report.pages import urgent as page
from voc.text.taxonomy import Root, Sub, Taxonomy

OCTOBER = Period.parse("2026-10")
HOSTILE = "<script>alert(1)</script>"
OWNERS = {
    "category": {"delivery": "Logistics"},
    "team": {"night": "Night lead"},
    "default": {"default": "Head of service"},
}
SHOP = Taxonomy((Root("product", "Quality", subs=(Sub("defect", severity="critical"),)),))


def contacts() -> pd.DataFrame:
    """Six contacts: two fires (one solved), a lawyer of September still open, one solved, haste, and nothing."""
    rows = [
        ("a", "it caught fire", "2026-10-03", None, "product", "defect", "day"),
        ("b", f"smells of burning {HOSTILE}", "2026-10-04", "2026-10-05", "product", "defect", "day"),
        ("c", "I will call my lawyer", "2026-09-20", None, "delivery", "late", "day"),
        ("d", "I will call my lawyer", "2026-09-21", "2026-09-22", "delivery", "late", "day"),
        ("e", "it is urgent, never again", "2026-10-09", "2026-10-09", None, None, "night"),
        ("f", "thank you", "2026-10-09", None, "delivery", "late", "day"),
    ]
    names = ["interaction_id", "text", "created_at", "resolved_at", "category", "issue", "team"]
    frame = pd.DataFrame(rows, columns=names)
    frame[["created_at", "resolved_at"]] = frame[["created_at", "resolved_at"]].apply(pd.to_datetime)
    return frame.assign(created_local=frame["created_at"])


def waiting(frame: pd.DataFrame | None = None, **more) -> pd.DataFrame:
    return pressing(contacts() if frame is None else frame, OCTOBER, OWNERS, SHOP, **more)


def texts() -> pd.DataFrame:
    frame = contacts()[["interaction_id", "text"]]
    return frame.assign(language="en", channel="chat", date=pd.Timestamp("2026-10-04"), score=np.nan, asked=False)[SAID]


def test_the_period_and_what_is_open_from_before_each_with_its_owner():
    rows = waiting()
    assert rows.columns.tolist() == COLUMNS
    assert rows["interaction_id"].tolist() == ["a", "b", "c", "e"]  # d is solved and past, f is not urgent
    assert rows["level"].tolist() == ["emergency", "emergency", "urgent", "soon"]
    assert rows["open"].tolist() == [True, False, True, False]
    assert rows["recent"].tolist() == [True, True, False, True]
    assert rows["owner"].tolist() == ["Quality", "Quality", "Logistics", "Night lead"]
    assert rows["severity"].tolist()[0] == "critical"


def test_a_contact_without_a_label_takes_the_category_it_was_sorted_to():
    sorts = pd.DataFrame(
        {"interaction_id": ["e", "a"], "category": ["delivery", "delivery"], "issue": ["late", "late"]}
    )
    rows = waiting(sorts=sorts).set_index("interaction_id")
    assert rows.loc["e", ["category", "issue", "owner"]].tolist() == ["delivery", "late", "Logistics"]
    assert rows.loc["a", "category"] == "product"  # the help desk's own label stands


def test_without_times_of_solution_only_the_period_is_listed_and_the_page_says_why():
    for frame in (contacts().drop(columns="resolved_at"), contacts().assign(resolved_at=pd.NaT)):
        rows = waiting(frame)
        assert rows["interaction_id"].tolist() == ["a", "b", "e"]
        assert rows["open"].isna().all()
        assert "not solved" not in page.said(rows, 5, OCTOBER).text
        assert "still open" in page.limits(rows)["what"].str.cat(sep=" ")


def test_counts_by_owner_and_kind_by_hand():
    owners = by_owner(waiting()).set_index("owner")
    assert owners.loc["Quality", ["emergency", "urgent", "soon", "contacts", "open"]].tolist() == [2, 0, 0, 2, 1]
    assert owners.loc["Logistics", ["emergency", "urgent", "open"]].tolist() == [0, 1, 1]
    assert owners.index.tolist()[0] == "Quality"
    kinds = by_kind(waiting()).set_index("kind")
    assert kinds["contacts"].to_dict() == {"safety": 2, "legal": 1, "deadline": 1, "churn": 1}
    assert kinds.loc["safety", "words"] == ["caught fire", "smells of burning"]
    assert kinds.loc["churn", "words"] == []  # of a contact with two kinds nobody can tell which word is whose


def test_each_owner_is_told_what_waits_with_ids_the_unsolved_first():
    text = page.said(waiting(), 5, OCTOBER).text
    assert "3 of the 5 contacts of October 2026" in text
    assert "(60.0%); 1 older one is still open" in text
    assert "1 of them all name a near day" in text
    assert "Quality : 2 tell of danger to people (1 not solved): a, b." in text
    assert "Logistics : 1 tells of law or authority (1 not solved): c." in text
    assert "Night lead" not in text  # what comes next in turn is counted in the fold


def test_voices_are_drawn_the_unsolved_first_and_hostile_words_stay_text():
    drawn = heard(waiting(), texts(), np.random.default_rng(1))
    assert drawn["interaction_id"].tolist() == ["a", "b", "c", "e"]
    html = page.shown(waiting(), 5, texts(), np.random.default_rng(1), OCTOBER).html
    assert html.count("<details") == 1
    assert "<script" not in html
    assert "At once, not solved: «caught fire»" in html
    assert 'href="tables/urgent.csv"' in html
    assert "a person has to read them" in html


def test_the_front_page_names_owners_of_what_is_above_soon_and_is_silent_without():
    html = page.front(waiting()).html
    assert html.count("<li>") == 2
    assert "<strong>Quality</strong>: 2 tell of danger to people (1 not solved)." in html
    assert 'href="03_topics.html#urgent"' in html
    rows = waiting()
    assert page.front(rows[rows["level"] == "soon"]) is None
    assert page.front(rows[:0]) is None


def test_nothing_urgent_is_said_as_no_proof():
    rows = waiting(contacts().assign(text="thank you"))
    assert rows.empty
    assert rows.columns.tolist() == COLUMNS
    assert by_owner(rows).empty
    text = page.shown(rows, 5, texts(), np.random.default_rng(1), OCTOBER).text
    assert "No contact of October 2026" in text
    assert "That is no proof" in text
    assert len(page.limits(rows)) == 1
