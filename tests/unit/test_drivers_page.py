"""The pages of drivers and leaving: words and figures of hand-made results, hostile labels as text, and words where data lack."""

from __future__ import annotations

import json
import re

import drivers_frames as made
import numpy as np
import pandas as pd
import pytest
from drivers_frames import HOSTILE
from voc.analysis.findings import COLUMNS as FINDING_COLUMNS
from voc.data.periods import Period
from voc.report.canvas import Picture
from voc.report.pages import (
    churn,
    churn_ratios,
    drivers,
    drivers_curves,
    drivers_factors,
    drivers_findings,
    drivers_natural,
    drivers_read,
    drivers_where,
    drivers_within,
)
from voc.report.tables import Html

NOW = Period.parse("2026-10")
FOUND, GONE = made.found(), made.gone()
OF_FOUND = [
    drivers.summary, drivers.scored, drivers.plain, drivers.agents, drivers_within.within, drivers_curves.bends, drivers_factors.factors,
    drivers_where.where, drivers_where.unheard, drivers_natural.natural,
]  # fmt: skip
ALSO = [
    drivers.scores_picture, drivers_within.picture, drivers_within.table_of, drivers_curves.raw, drivers_curves.adjusted, drivers_factors.picture,
    drivers_factors.two_sizes, drivers_factors.caveats, drivers_factors.held_alike, drivers_natural.picture,
]  # fmt: skip
OF_GONE = [churn.lead, churn.silent, churn_ratios.words, churn_ratios.guards]
ALSO_GONE = [churn.curves, churn.kept_table, churn_ratios.fcr, churn_ratios.pictures, churn_ratios.lasting]


def text(shown: Html | Picture) -> str:
    words = (shown.alt if isinstance(shown, Picture) else shown.text).replace("\u00a0", " ")
    return re.sub(r" ([,.;:])", r"\1", words)  # plain text puts a blank after what is strong


def flat(result) -> list:
    return list(result) if isinstance(result, list) else [] if result is None else [result]


@pytest.mark.parametrize(
    "part", [*OF_FOUND, *ALSO, *OF_GONE, *ALSO_GONE], ids=lambda part: f"{part.__module__[17:]}.{part.__name__}"
)
def test_every_part_is_told_and_nothing_hostile_is_markup(part):
    shown = flat(part(GONE if part in (*OF_GONE, *ALSO_GONE) else FOUND))
    assert shown
    for one in shown:
        assert text(one)
        assert "<script" not in (one.svg if isinstance(one, Picture) else one.html)
        assert "nan" not in re.findall(r"\w+", text(one))


@pytest.mark.parametrize("part", [*OF_FOUND, *OF_GONE], ids=lambda part: f"{part.__module__[17:]}.{part.__name__}")
def test_without_data_a_part_says_why(part):
    shown = part(made.empty(GONE if part in OF_GONE else FOUND))
    assert text(shown).endswith("cannot be told: the data have no CSAT.")


@pytest.mark.parametrize("part", [*ALSO, *ALSO_GONE], ids=lambda part: f"{part.__module__[17:]}.{part.__name__}")
def test_without_data_no_picture_and_no_table_is_made_up(part):
    assert flat(part(made.empty(GONE if part in ALSO_GONE else FOUND))) == []


def test_the_summary_counts_what_is_beyond_chance_and_what_is_not():
    said = text(drivers.summary(FOUND))
    # four factors (nobody can change the browser): two sure; handling time within noise; ease cannot be told
    assert said.startswith("2 of 4 factors that somebody could change go with CSAT beyond chance")
    assert "First response (from 11 to 4 min): +3.1 pts (+1.2 to +5.0)" in said
    assert "Within noise: 1; cannot tell: 1" in said
    none = text(drivers.summary(made.found(factors=made.factors().assign(certainty="within noise"))))
    assert none.startswith("Of 4 factors that somebody could change, none moves CSAT beyond chance")


def test_scores_are_shared_out_as_they_are():
    said = text(drivers.scored(FOUND, "October 2026"))
    # of 1,000: 200 + 500 are 4 or 5; 60 + 90 are 1 or 2
    assert said.startswith("1,000 answers of October 2026: 70.0% are a 4 or 5")
    assert "50.0% are a 5, 15.0% a 1 or 2" in said
    assert drivers.scores_picture(FOUND).title == "The most frequent score is 5, given by 50.0%"


def test_the_plain_picture_names_what_was_tried_and_what_is_not_known():
    said = text(drivers.plain(FOUND))
    assert "3 drivers looked at; 2 go with the scores beyond chance" in said
    assert "«Handling time» (−0.21, 95% −0.26 to −0.16): the scores are lower where it is longer." in said
    assert "1 driver that these data cannot tell of" in said
    assert "no answer on effort belongs to a contact" in said
    assert [picture.title for picture in drivers_curves.raw(FOUND)] == [
        "Handling time: CSAT is lower where it is longer",
        "First response: CSAT is lower where it is longer",
    ]
    quiet = made.found(plain=made.plain().assign(certainty="within noise"))
    assert "none goes with the scores beyond chance" in text(drivers.plain(quiet))
    assert drivers_curves.raw(quiet)[0].title.endswith("no pattern beyond chance")


def test_a_driver_that_turns_round_is_told_first_with_both_figures():
    said = text(drivers_within.within(FOUND))
    assert said.startswith(
        "«Handling time» turns round. Over all contacts CSAT is lower where it is longer: −3.2 pts (−4.0 to −2.4) per doubling."
    )
    assert "Among contacts of the same kind it is higher: +1.1 pts (+0.2 to +2.0)" in said
    assert "«First response»: the same within a kind of contact as over all." in said
    assert drivers_within.picture(FOUND).title == "Handling time turns round within the same kind of contact"
    assert drivers_within.picture(FOUND).alt.startswith("Handling time per doubling")
    calm = made.found(within=made.within().assign(reading="alike"))
    assert drivers_within.picture(calm).title == "No driver turns round within the same kind of contact"
    gone = made.found(within=made.within().assign(reading=["alike", "explained by the kind of contact", "alike"]))
    assert drivers_within.picture(gone).title == "Of 3 drivers, 1 is explained by the kind of contact"


@pytest.mark.parametrize("reading", drivers_within.ORDER)
def test_every_reading_has_its_words(reading):
    rows = made.within().iloc[:1].assign(reading=reading)
    assert "«First response»" in text(drivers_within.within(made.found(within=rows)))


def test_slopes_are_told_per_minute_or_per_tenth_and_flat_places_as_flat():
    said = text(drivers_curves.bends(FOUND))
    assert (
        "Handling time: nowhere is the line steeper than chance makes it. A straight line would do as well (p 0.40)."
        in said
    )
    # −8 points for once the usual are −0.8 for a tenth of it
    assert "at half the usual −0.8 pts per tenth of the usual (−1.0 to −0.6)" in said
    assert "Not told from flat: at 4 times the usual. It bends: a straight line does not fit (p below 0.001)." in said
    titles = [picture.title for picture in drivers_curves.adjusted(FOUND)]
    assert titles[0] == "Handling time: a flat line would fit"
    assert titles[1].startswith("First response: CSAT falls from 85.0% at 0.2 times the usual to 71.4%")
    assert drivers_curves.per(-0.5, "minutes") == (1, "minute")


def test_what_would_move_csat_stands_with_owner_next_step_and_proof():
    picture, said = drivers_factors.picture(FOUND), text(drivers_factors.factors(FOUND))
    assert picture.title.replace("\u00a0", " ") == "First response, from 11 to 4 min: 3.1 pts more CSAT"
    assert HOSTILE not in picture.alt  # a label that nobody can move is in no picture
    assert (
        "Head of service Try it in one channel. Answer half of the chats first, by lot. (800 answers a group, about 6 weeks)"
        in said
    )
    assert "How it is known: association: what else differs may be behind it." in said
    assert "1 label that nobody can change" in said
    slower = made.factors().assign(change="the slower half as fast as usual")
    longer = text(drivers_factors.factors(made.found(factors=slower)))
    assert "the slower half as fast as usual (in the middle from 4 min to 11 min)" in longer
    order = list(drivers_factors.ordered(FOUND.factors)["factor"])
    assert order == ["first_response", "unsolved", "handling", "browser", "effort"]
    quiet = made.found(factors=made.factors().assign(certainty="within noise"))
    assert drivers_factors.picture(quiet).title == "No change that somebody could make moves CSAT beyond chance"


def test_one_contact_differs_by_more_than_a_change_of_policy_moves():
    said = text(drivers_factors.two_sizes(FOUND))
    assert (
        "«First response»: the change (from 11 to 4 min) goes with +3.1 pts (+1.2 to +5.0) of CSAT over all answers"
        in said
    )
    assert (
        "a single contact in the better quarter of its kind differs from one in the worse by +8.4 pts (+3.3 to +13.5)."
        in said
    )
    outcome = made.factors().query("factor == 'unsolved'")
    of_outcome = made.found(factors=outcome, plain=made.plain().assign(driver="unsolved", scale="yes/no"))
    assert "a single contact without it differs from one with it by +8.4 pts" in text(
        drivers_factors.two_sizes(of_outcome)
    )
    shown = text(drivers_factors.factors(FOUND))
    assert "+3.1 pts (+1.2 to +5.0) one contact: +8.4 pts (+3.3 to +13.5)" in shown
    assert shown.count("one contact:") == 4  # what cannot be told is left out
    assert drivers_factors.two_sizes(made.found(factors=made.factors().assign(per_contact=np.nan))) is None


def test_factors_that_move_together_are_told():
    said = text(drivers_factors.caveats(FOUND))
    assert (
        "«Not solved at the first contact» moves together with Handling time: 62% of its differences are theirs too."
        in said
    )
    assert (
        "The first half of the span and the second: alike in both halves. «First response» +3.0 pts and +3.2 pts."
        in said
    )
    apart = made.found(factors=made.factors().assign(shared=0.1))
    assert "each could be told apart" in text(drivers_factors.caveats(apart))


def test_where_an_effect_differs_and_where_nobody_can_tell():
    said = text(drivers_where.where(FOUND))
    assert (
        "«First response», each in every group (3 comparisons): 1 of these differ from all others beyond chance; 1 would if tried alone, but not among so many."
        in said
    )
    assert "channel: chat" in said and "app" not in said
    alike = text(drivers_where.where(made.found(where=made.where().assign(certainty="within noise"))))
    assert "beyond chance. That is no proof that it is the same everywhere" in alike


def test_the_silent_can_take_an_effect_away():
    said = text(drivers_where.unheard(FOUND))
    # two effects are beyond chance: 3.1 → 3.4 and 1.4 → 3.4, both above zero; only the second keeps its direction at 0.1 to 2.7
    assert "2 of 2 effects beyond chance stay so; the largest shift is 2.0 pts" in said
    assert "Whatever the silent think, 1 of 2 keep their direction: «Not solved at the first contact»." in said
    none = text(drivers_where.unheard(made.found(factors=made.factors().assign(worst=-40.0, best=45.0))))
    assert "0 of 2 keep their direction: with so many silent, the answers alone prove no direction" in none


def test_a_natural_experiment_stands_beside_what_was_expected():
    said = text(drivers_natural.natural(FOUND))
    assert (
        "CSAT then differed by −4.0 pts (−7.5 to −0.5). By the association −3.1 pts (−4.4 to −1.8) would be expected: agrees."
        in said
    )
    svg = drivers_natural.picture(FOUND).svg
    assert "by association" in svg and "when it was moved" in svg
    none = text(drivers_natural.natural(made.found(natural=made.natural().iloc[:0])))
    assert (
        none
        == "What follows when a driver is moved cannot be told: nothing outside moved a driver far enough in this span."
    )


def test_agents_are_a_share_and_never_a_rank():
    shown = drivers.agents(FOUND)
    assert "1.2% (0.4–2.3%) lies between agents (42 agents, n 900)" in text(shown)
    assert 'href="02_service.html#practices"' in shown.html and 'href="02_service.html#agents"' in shown.html


def test_kept_customers_are_told_of_a_hundred():
    said = text(churn.lead(GONE))
    assert (
        "First response slow: of 100 such customers 88.0 are still there after 180 days, of the others 92.3: 4.3 fewer, beyond chance"
        in said
    )
    assert (
        "Not solved at the first contact: of 100 such customers 90.0 are still there" in said
        and "0.5 fewer, within noise" in said
    )
    titles = [picture.title for picture in churn.curves(GONE)]
    assert titles == [
        "First response slow: 4.3 fewer of 100 are still there after 180 days",
        "Not solved at the first contact: no difference beyond chance after 180 days",
    ]
    coded = made.gone(kept=GONE.kept.assign(experience=["slow"] * 3 + ["unsolved"]), curves=GONE.curves.replace(
        {"experience": {"first response slow": "slow", "not solved at the first contact": "unsolved"}}))  # fmt: skip
    assert (
        text(churn.lead(coded)) == said and churn.curves(coded)[0].title == titles[0]
    )  # a code is told by its group's name
    few = made.gone(kept=GONE.kept.assign(difference=np.nan, lo=np.nan, hi=np.nan))
    assert "too few customers to tell" in text(churn.lead(few))


def test_ratios_are_told_by_look_with_leavers_of_a_hundred():
    said = text(churn_ratios.words(GONE))
    assert said.startswith(
        "After the first contact: with «not solved» customers leave 2.2 times as fast (95% 1.90–2.60; 6.0 (4.5–7.5) more of 100 within half a year, alike"
    )
    assert "Given all that happened up to each day: of 1 experience none goes with leaving beyond chance." in said
    assert f"Cannot be told: «{HOSTILE}» (up to now): 3 left with it." in said
    assert "FCR and leaving: customers whose first contact was not solved leave 2.2 times as fast" in text(
        churn_ratios.fcr(GONE)
    )
    noise = made.gone(ratios=GONE.ratios.assign(certainty="within noise"))
    assert "leave neither faster nor more slowly beyond chance" in text(churn_ratios.fcr(noise))
    open_ = made.gone(ratios=GONE.ratios.assign(proportional="cannot tell"))
    assert "more of 100 within half a year, whether it lasts cannot be told" in text(churn_ratios.words(open_))
    fewer = {"per100": -3.0, "per100_lo": -5.0, "per100_hi": -1.0}
    assert churn_ratios._of_hundred(fewer) == "; 3.0 (1.0–5.0) fewer of 100 within half a year"


def test_ratios_among_guards_are_told_to_the_hundredth():
    ratio = GONE.guards.assign(figure=1.4286, words="instead of 1.42")
    assert "1.43 instead of 1.42" in text(churn_ratios.guards(made.gone(guards=ratio)))


def test_those_who_left_unheard_are_counted():
    assert text(churn.silent(GONE)).startswith(
        "Of 350 customers who left, 60.0% (54.8–65.0%) belong to «no contact and no answer»: 210 customers. "
        "They left 0.93 times as often as all others (95% 0.75–1.15), and 60.0% of all customers' time is of this kind."
    )
    alone = made.gone(silent=GONE.silent.assign(times_others=np.nan))  # nobody of the others left
    assert "210 customers." in text(churn.silent(alone)) and "times as often" not in text(churn.silent(alone))


def test_only_sure_and_large_drivers_reach_the_front_page():
    news = drivers_findings.findings(FOUND, GONE, NOW, "05_drivers", pd.Timestamp("2025-11-01"), "Head of service")
    assert list(news.columns[: len(FINDING_COLUMNS)]) == FINDING_COLUMNS
    # of satisfaction: 3.1 and 1.4 points, but 0.4 are too few; of leaving: the larger of two
    assert sorted(news["label"]) == ["first_response", "unsolved", "unsolved"]
    row = news.set_index("label").loc["first_response"]
    assert row["headline"].replace("\u00a0", " ") == "First response, from 11 to 4 min, goes with 3.1 pts more CSAT."
    assert "It is an association, not yet a cause." in row["detail"]
    assert (row["change"], round(row["floor"], 6)) == (3.1, 1.9)  # half of 5.0 − 1.2
    assert row["weight"] == round(0.25 * 3.1 / 1.9, 3)
    assert json.loads(row["trace"]) == {
        "counts": "csat_pct", "from": "2025-11-01", "to": "2026-11-01", "driver": "first_response",
    }  # fmt: skip
    assert row["href"] == "05_drivers.html#move"
    own = drivers_findings.findings(
        made.found(since=pd.Timestamp("2026-01-01")), GONE, NOW, "x", pd.Timestamp("2025-11-01")
    )
    assert (
        json.loads(own.set_index("label")["trace"]["first_response"])["from"] == "2026-01-01"
    )  # the answers' own span
    assert json.loads(own.set_index("metric")["trace"]["churn_pct"])["from"] == "2025-11-01"
    likely = made.found(factors=made.factors().assign(certainty="likely"))
    assert drivers_findings.findings(likely, made.empty(GONE), NOW, "x").empty
    many = made.factors().assign(kind="time", certainty="sure", effect=3.0)
    assert len(drivers_findings.findings(made.found(factors=many), GONE, NOW, "x")) == drivers_findings.MOST


def test_conclusions_name_what_is_smaller_and_an_honest_none():
    none = drivers_findings.findings(FOUND, GONE, NOW, "x").iloc[:0]
    assert "Smaller, or only likely: «First response» (+3.1 pts (+1.2 to +5.0)) and «Not solved" in text(
        drivers_findings.conclusions(none, FOUND)
    )
    assert text(drivers_findings.conclusions(none, made.empty(FOUND))).endswith("the data have no CSAT.")
    news = drivers_findings.findings(FOUND, GONE, NOW, "x")
    all_of_it = text(drivers_findings.conclusions(news, FOUND))
    assert "goes with 3.1 pts more CSAT" in all_of_it and "Smaller" not in all_of_it
    leaving = text(
        drivers_findings.conclusions(news[news["metric"] == "churn_pct"], FOUND)
    )  # says nothing of satisfaction
    assert (
        leaving.startswith("Customers after")
        and "No driver of satisfaction is both sure and as large as 1.0 pts" in leaving
    )


def test_limits_name_what_would_settle_them():
    rows = drivers_findings.limits(FOUND, GONE).set_index("what")
    assert rows.loc["Whether «Customer found it easy» moves CSAT", "settles"] == "800 answers a group would tell."
    assert rows.loc["Whether «Customer found it easy» moves CSAT", "why"].startswith(
        "tried alone it would be beyond chance"
    )
    assert (
        rows.loc["What «Customer found it easy» has to do with CSAT", "why"]
        == "no answer on effort belongs to a contact"
    )
    # more than one are told in one limit, so that the front page stays short
    several = (
        made.factors()
        .assign(certainty="cannot tell")
        .query("factor != 'browser'")
        .assign(answers_needed=[np.nan, 800.0, 2_400.0, 1_000.0])
    )
    what, _, settles = drivers_findings.limits(made.found(factors=several), GONE).iloc[1]
    assert what.startswith("Whether «Customer found it easy», «First response»") and what.endswith(
        "and «Handling time» move CSAT"
    )
    assert settles == "800 to 2,400 answers a group would tell."
    assert drivers_findings._untold(several.assign(answers_needed=np.nan))[0][2] == "More answers."
    assert drivers_findings._untold(several.assign(effect=np.nan))[0][1].startswith("there are too few answers")
    bare = drivers_findings.limits(made.empty(FOUND), made.empty(GONE, "no customer is known to have left"))
    assert list(bare["what"])[1:] == ["What drives satisfaction", "When customers leave after a contact"]
    assert len(bare) == 3


def test_technical_detail_is_escaped_and_none_is_said():
    assert "0.3" in text(drivers_read.checks(FOUND.checks))
    assert "<script" not in drivers_read.checks(FOUND.checks).html
    assert "Nothing was fitted" in text(drivers_read.checks(FOUND.checks.iloc[:0]))


def test_where_all_answered_nothing_is_weighed():
    told = text(drivers_where.unheard(made.found(silent="all contacts that the data hold have an answer")))
    assert told == "Nothing can be weighed here: all contacts that the data hold have an answer."


def test_places_far_out_are_written_plainly():
    assert drivers_curves.place(341.2, "times") == "341 times the usual"
    assert drivers_curves.place(0.00283, "times") == "0.0028 times the usual"


def test_a_trial_that_would_take_years_by_scores_is_judged_by_the_driver_first():
    row = made.factors().set_index("factor", drop=False).loc["first_response"].to_dict()
    told = drivers_factors.trial_of(row | {"weeks_needed": 300.0}).replace("\u00a0", " ")
    assert told == (
        "Answer half of the chats first, by lot. By scores alone that takes 800 answers a group, about 6 years, too long to wait: "
        "judge it first by «First response» itself."
    )
    assert drivers_factors.trial_of(row | {"experiment": "", "answers_needed": np.nan, "weeks_needed": np.nan}) == ""


def test_data_without_anything_to_change_say_so():
    only_labels = made.found(factors=made.factors().assign(kind="label"))
    assert text(drivers.summary(only_labels)).startswith(
        "These data record nothing of a contact that somebody could change"
    )
