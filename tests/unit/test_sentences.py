import numpy as np
import pandas as pd
import pytest
from voc.data.periods import Period
from voc.report import front
from voc.report.pages import front as front_page
from voc.report.pages import front_steps
from voc.report.sentences import detail, headline, next_step, period_sentence, phrase, tell, tell_levels
from voc.report.style import NBSP

OCTOBER = Period.parse("2026-10")


def finding(**more) -> dict:
    row = {
        "metric": "csat_pct", "dimension": "category", "label": "delivery", "n": 1200, "value": 72.0, "lo": 69.4, "hi": 74.5,
        "before": 78.0, "change": -6.0, "floor": 3.5, "year": np.nan, "certainty": "sure", "direction": "worse",
        "carried_share": np.nan, "carried_dimension": "", "carried_label": "", "owner": "Logistics", "weight": 1.7, "trace": "{}",
    }  # fmt: skip
    return row | more


def contacts(**more) -> dict:
    return (
        finding(
            metric="contacts", value=496.0, before=300.0, change=186.0, floor=54.0, lo=450.0, hi=542.0, direction="more"
        )
        | more
    )


@pytest.mark.parametrize(
    ("dimension", "label", "words"),
    [
        ("", "", ""),
        ("category", "delivery", "about delivery"),
        ("region", "North", "from North"),
        ("channel", "chat", "by chat"),
        ("manual_page", "{0}", "with manual page {0}"),  # braces of a label are only braces
    ],
)
def test_a_slice_in_words(dimension, label, words):
    assert phrase(dimension, label) == words


def test_a_text_in_a_labels_place_is_cut():
    assert phrase("category", "x" * 3000) == "about " + "x" * 59 + "…"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (finding(), "CSAT about delivery fell from 78.0% to 72.0%."),
        (finding(dimension="", label=""), "CSAT fell from 78.0% to 72.0%."),
        (contacts(), "Contacts about delivery rose to 496 from 300."),
        (contacts(before=0.0, change=496.0), "Contacts about delivery began: 496 after none the period before."),
        (contacts(value=0.0, before=300.0, change=-310.0), "Contacts about delivery fell to 0 from 300."),
    ],
)
def test_headlines(row, words):
    assert headline(row, (31, 30)).replace(NBSP, " ") == words


def test_slower_is_said_of_times_and_both_figures_are_told():
    row = finding(metric="frt_minutes", value=90.0, before=45.0, change=45.0)
    assert headline(row).replace(NBSP, " ") == "First response about delivery slowed from 45 min to 1 h 30 min."


def test_more_contacts_in_more_days_can_be_fewer_a_day():
    # March 3,000 in 31 days, February 2,900 in 28: 96.8 a day after 103.6
    row = contacts(dimension="", label="", value=3000.0, before=2900.0, change=3000 - 2900 * 31 / 28)
    assert headline(row, (31, 28)) == "Contacts fell per day: 3,000 in 31 days after 2,900 in 28."


def test_details_have_size_chance_interval_and_n():
    said = detail(finding(year=80.0), (31, 30)).replace(NBSP, " ")
    assert said == "A change of −6.0 pts, 95% 69.4–74.5%, n 1,200; chance alone makes ±3.5 pts. A year before: 80.0%."


def test_details_of_counts_are_per_day_and_name_what_carries_them():
    # 496 ÷ 31 = 16 a day after 300 ÷ 30 = 10: +60 %
    said = detail(contacts(carried_share=0.75, carried_dimension="carrier", carried_label="GoBox"), (31, 30))
    assert (
        said.replace(NBSP, " ")
        == "A change of +60% per day, +186 after allowing for the different number of days; chance alone makes ±54. "
        "75% of the rise is with carrier GoBox."
    )
    assert "All of the rise" in detail(
        contacts(carried_share=1.0, carried_dimension="region", carried_label="North"), (31, 31)
    )


def test_what_follows_never_blames():
    rows = [finding(), finding(direction="better"), contacts(), contacts(change=-186.0), finding(metric="frt_minutes")]
    said = [next_step(row) for row in rows]
    assert len(set(said)) == len(rows)
    assert all("fault" not in line or "before looking for fault in people" in line for line in said)


def test_findings_are_told_with_their_evidence():
    told = tell(pd.DataFrame([finding(), contacts()]), OCTOBER, "02_scorecard")
    assert told["href"].tolist() == ["02_scorecard.html#csat-pct", "02_scorecard.html#contacts"]
    assert told["headline"].str.endswith(".").all()
    assert "A change of +60% per day" in told["detail"][1]
    assert len(tell(pd.DataFrame([finding()]).iloc[:0], OCTOBER, "02_scorecard")) == 0


def test_differences_between_groups_are_not_called_changes():
    row = finding(rest=80.0, impact=-1.2, change=-8.0, before=np.nan)
    told = tell_levels(pd.DataFrame([row]), OCTOBER, "02_scorecard").iloc[0]
    assert told["headline"] == "CSAT about delivery is 72.0%, against 80.0% for all others."
    assert "would be 1.2 pts higher" in told["detail"].replace(NBSP, " ")
    assert not any(word in told["headline"] + told["detail"] for word in ("fell", "rose", "from nan"))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "Against September 2026 (78.0%) that is −6.0 pts: surely more than chance (±3.5 pts)."),
        ({"certainty": "within noise"}, "within what chance alone makes"),
        (
            {"why": "fewer than 30 to judge from"},
            "Against September 2026 nothing can be said: fewer than 30 to judge from.",
        ),
    ],
)
def test_a_figure_in_a_sentence(more, words):
    said = period_sentence(finding(why="") | more, OCTOBER, OCTOBER.previous()).replace(NBSP, " ")
    assert said.startswith("CSAT in October 2026: 72.0% (95% 69.4–74.5%, n 1,200 answers).")
    assert words in said


# the front page


def test_the_sure_come_first_then_the_weighty_seven_at_most():
    rows = [
        finding(certainty=word, weight=weight, label=f"class {weight}")
        for word, weight in [("likely", 9.0), ("sure", 1.0), *[("sure", 2.0 + at) for at in range(8)]]
    ]
    first = front_page.first_findings(pd.DataFrame(rows))
    assert len(first) == 7
    assert first["certainty"].eq("sure").all()
    assert first["weight"].tolist() == sorted(first["weight"], reverse=True)
    assert front_page.first_findings(pd.DataFrame()).empty
    assert len(front_page.first_findings(pd.DataFrame([finding(), finding()]))) == 1  # two pages told of one thing


def test_what_lies_in_the_contacts_of_a_cause_is_not_told_once_more():
    cause = finding(metric="contacts", label="payment failed", notebook="04_five_whys", trace="cause", weight=2.0)
    same = finding(metric="contacts", dimension="payment_method", label="bank transfer", trace="same", weight=9.0)
    every = finding(metric="contacts", dimension="", label="", trace="every", weight=8.0)
    none = finding(metric="csat_pct", dimension="", label="none", trace="", weight=7.0)
    behind = {"cause": set(range(80)), "same": set(range(10, 160)), "every": set(range(2_000))}
    rows = pd.DataFrame([cause, same, every, none])
    first = front_page.first_findings(rows, 7, lambda trace: behind[trace])
    assert first["trace"].tolist() == ["every", "", "cause"]  # a whole is not explained by a detail of it
    assert len(front_page.first_findings(rows)) == 4


def test_steps_have_owner_date_and_the_smallest_effect():
    rows = [finding(), finding(direction="better", change=6.0), contacts(owner="")]
    told = tell(pd.DataFrame(rows), OCTOBER, "02_scorecard")
    steps = front_steps.steps(told, OCTOBER)
    assert len(steps) == 2  # what got better needs no step
    assert steps["owner"].tolist() == ["Logistics", "nobody named: write one into the teams file"]
    assert [day.replace(NBSP, " ") for day in steps["date"]] == ["30 Nov 2026"] * 2  # when November is over
    assert steps["smallest"].str.replace(NBSP, " ").tolist() == ["5.0 pts", "77.1"]  # floor × 2.8 ÷ 1.96
    assert steps["expected"].tolist() == ["back to 78.0%", "back to 300"]
    assert steps["cause"].tolist() == told["headline"].iloc[[0, 2]].tolist()
    assert front_steps.steps(pd.DataFrame(), OCTOBER).empty


def test_a_step_for_a_group_aims_at_the_level_of_all_others():
    row = finding(rest=80.0, impact=-1.2, change=-8.0, before=np.nan)
    steps = front_steps.steps(tell_levels(pd.DataFrame([row]), OCTOBER, "02_scorecard"), OCTOBER)
    assert steps["expected"].tolist() == ["towards 80.0%, the level of all others"]


def stands(**more) -> dict:
    """A driver as its notebook leaves it: ``change`` is what its realistic change would bring, between ``lo`` and ``hi``."""
    own = {"dimension": "driver", "label": "first_response", "value": np.nan, "before": np.nan, "change": 3.1, "lo": 1.2, "hi": 5.0,
           "floor": 1.9, "direction": "", "weight": 0.4, "headline": "First response, from 11 to 4 min, goes with 3.1 pts more CSAT.",
           "detail": "It is an association, not yet a cause.", "follows": "Answer half of the chats first, by lot.", "href": "05_drivers.html#move"}  # fmt: skip
    return finding(**own) | more


def test_what_stands_is_no_news_and_pushes_none_out():
    news = [finding(label=f"class {at}", certainty="likely", weight=0.1) for at in range(6)]
    rows = pd.DataFrame(
        [stands(label=name, weight=weight) for name, weight in zip("abcd", [3.0, 9.0, 1.0, 2.0], strict=True)] + news
    )
    first, kept = front_page.first_findings(rows), front_page.standing(rows)
    assert first["dimension"].eq("category").all()
    assert len(first) == 6
    assert kept["label"].tolist() == ["b", "a", "d"]  # three at most, the weightiest
    unfit = pd.DataFrame([stands(certainty="likely"), stands(follows=""), finding(follows="Look.")])
    assert front_page.standing(unfit).empty
    assert front_page.standing(pd.DataFrame()).empty


def test_what_stands_takes_the_places_that_news_leaves_free():
    told = tell(pd.DataFrame([finding(label=f"class {at}") for at in range(6)]), OCTOBER, "02_scorecard")
    kept = pd.DataFrame([stands(), stands(headline="Another one stands.")])
    said = front.brief(told, standing=kept)
    assert said.html.count("<li>") == 7
    assert "First response, from 11 to 4 min" in said.text and "Another one" not in said.text
    assert "stands" in said.html and "better" not in said.html.split("First response")[1]
    quiet = front.brief(None, standing=kept).text
    assert "No change this month stands out" in quiet and "it stands from period to period" in quiet
    assert front.brief(None, standing=kept.assign(headline="<script>")).html.count("<script") == 0


def test_a_standing_fact_is_a_step_to_try_and_no_promise():
    told = tell(pd.DataFrame([finding()]), OCTOBER, "02_scorecard")
    gone = stands(metric="churn_pct", change=6.0, lo=4.5, hi=7.5, floor=1.5, owner="")
    less = stands(change=-3.1, lo=-5.0, hi=-1.2)
    steps = front_steps.steps(told, OCTOBER, pd.DataFrame([stands(), gone, less])).replace(NBSP, " ", regex=True)
    assert steps["expected"].tolist()[1:] == [
        "3.1 pts (95% 1.2–5.0) more CSAT, if it is a cause",
        "up to 6.0 pts (95% 4.5–7.5) of these customers kept, if it is a cause",
        "3.1 pts (95% 1.2–5.0) less CSAT, if it is a cause",
    ]
    assert steps["expected"].iloc[0] == "back to 78.0%"  # news stays first
    assert steps["smallest"].iloc[1] == "2.7 pts, with as many contacts as it was told from"  # 1.9 × 2.8 ÷ 1.96
    assert steps["owner"].iloc[2] == "nobody named: write one into the teams file"
    alone = front_steps.steps(pd.DataFrame(), OCTOBER, pd.DataFrame([stands()]))
    assert alone["step"].tolist() == ["Answer half of the chats first, by lot."]
    assert front_steps.steps(pd.DataFrame([stands(direction="worse")]), OCTOBER).empty  # never among the changes


def test_the_limits_say_what_was_left_out():
    assert front_page.standing_limits(driven=False)["settles"].iloc[0] == "Add 05_drivers to its notebooks."
    assert front_page.standing_limits(asked=False, driven=False)["what"].tolist()[:2] == [
        "Why a figure changed",
        "What goes with satisfaction and with leaving",
    ]
    assert front_page.standing_limits(foretold=False)["what"].tolist() == ["What comes next"]
    assert front_page.standing_limits().empty


def test_voices_come_from_the_slices_of_the_findings_and_from_all():
    slow = contacts(dimension="channel (slow first responses)", label="email")  # no column of a contact
    said = pd.DataFrame([slow, finding(), finding(), contacts(dimension="", label="")])
    chosen = front_page.strata(said, ["category", "channel"])
    assert chosen == [("Contacts about delivery", {"category": "delivery"}), ("All contacts", {})]
    assert front_page.strata(pd.DataFrame(), ["category"]) == [("All contacts", {})]


@pytest.mark.parametrize(
    ("earlier", "back"),
    [(305.0, True), (360.0, False), (520.0, False), (np.nan, False)],
    ids=["the rise is over", "lower than ever", "no rise before", "not known"],
)
def test_a_fall_back_to_the_level_before_a_rise_is_said_so(earlier, back):
    row = contacts(value=300.0, before=500.0, change=-200.0, floor=50.0, direction="fewer", earlier=earlier)
    assert ("back where it was two periods ago" in next_step(row)) == back
    assert ("Check that nothing is lost" in next_step(row)) != back
