"""Who is followed from when, worked out by hand: nobody's days before the landmark count for anything."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from voc.analysis.churn.cohort import Cohort, cohort, levels, people
from voc.analysis.churn.experience import COLUMNS
from voc.analysis.churn.guards import announcing, e_value, guards, naive
from voc.analysis.churn.leaving import AT_FIRST, at_first
from voc.analysis.churn.ratios import judged
from voc.analysis.churn.up_to_now import stretches
from voc.analysis.rules import MetricRules

RULES = MetricRules()


def lived(rows: list[dict]) -> pd.DataFrame:
    """Contacts with ``at`` and what is given of them; known seven days later."""
    frame = pd.DataFrame(rows).reindex(columns=COLUMNS)
    frame["known_at"] = frame["at"] + 7
    for name in ("channel", "category", "issue"):
        frame[name] = frame[name].astype("category")
    return frame


def listed(rows: list[tuple[str, float, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["customer_id", "began", "left"]).assign(segment=np.nan)


def small() -> Cohort:
    """a stays; b leaves on day 60; c leaves 3 days after the contact; d wrote after leaving; e is not listed; f came
    before the data, nobody knows when; g wrote on the last days; h is older than the data and wrote early."""
    at = {"a": 10, "b": 20, "c": 30, "d": 40, "e": 50, "f": 5, "g": 197, "h": 6}
    people = [("a", 1, np.nan), ("b", 2, 60), ("c", 3, 33), ("d", 4, 20), ("f", np.nan, np.nan), ("g", 5, np.nan), ("h", -900, 250)]  # fmt: skip
    contacts = lived([{"customer_id": name, "at": float(day), "channel": "phone"} for name, day in at.items()])
    return cohort(contacts, listed(people), first=0.0, end=200.0)


def test_each_customer_counts_from_the_landmark():
    of = small()
    rows = of.rows.set_index("customer_id")
    assert sorted(rows.index) == ["a", "b", "h"]
    assert rows.loc["a", ["stop", "gone", "past"]].tolist() == [183.0, False, "known"]
    assert rows.loc["b", ["stop", "gone"]].tolist() == [33.0, True]
    assert rows.loc["h", ["stop", "gone", "past"]].tolist() == [187.0, False, "before"]  # left after the data end
    assert rows["tenure"].astype(str).to_dict() == {"a": "under 30 days", "b": "under 30 days", "h": "2 years and more"}


def test_who_is_left_out_is_counted_by_why():
    of = small()
    left_out = {"unlisted": 1, "unknown past": 1, "gone before": 1, "left before the landmark": 1, "too young": 1}
    assert of.out == left_out
    assert of.immortal["customer_id"].tolist() == ["c"]


def test_counting_from_the_contact_adds_days_in_which_nobody_could_leave():
    both = naive(small(), RULES)
    assert both["stop"].tolist() == [190.0, 40.0, 194.0, 3.0]
    assert both["gone"].sum() == 2


def test_a_customer_list_without_a_beginning_is_read():
    frame = pd.DataFrame({"customer_id": ["c", "c"], "churned_at": pd.to_datetime(["1970-01-03", "1970-01-04"])})
    found = people(frame)
    assert found["left"].tolist() == [3.0]  # the end of that day
    assert found["began"].isna().all()


def test_a_leaving_day_without_an_hour_ends_at_its_end():
    """Midnight in Berlin is 22:00 or 23:00 UTC; stamps with hours of their own stay as they are."""
    summer, winter = pd.Timestamp("2026-07-01 22:00"), pd.Timestamp("2026-12-01 23:00")
    days = [summer + pd.Timedelta(days=i) for i in range(6)] + [winter + pd.Timedelta(days=i) for i in range(5)]
    names = [f"c{i}" for i in range(11)]
    at = (pd.Series(days) - pd.Timestamp(0)) / pd.Timedelta(days=1)
    assert people(pd.DataFrame({"customer_id": names, "churned_at": days}))["left"].tolist() == pytest.approx(at + 1)
    apart = [day + pd.Timedelta(minutes=7 * i) for i, day in enumerate(days)]
    left = people(pd.DataFrame({"customer_id": names, "churned_at": apart}))["left"]
    assert (left - at).max() < 0.1


def test_rare_labels_are_one_and_too_rare_ones_count_with_the_most_frequent():
    label = pd.Series(["a"] * 40 + ["b"] * 30 + ["c"] * 4 + [None] * 4)
    gone = np.tile([True, False], 39)
    codes, names = levels(label, gone, 3)
    assert names == ["a", "b", "(others)"]
    assert np.bincount(codes).tolist() == [40, 30, 8]
    codes, names = levels(label, gone, 10)
    assert names == ["a", "b"]
    assert np.bincount(codes).tolist() == [48, 30]


def test_up_to_now_each_stretch_knows_what_was_known_when_it_began():
    """One customer: a slow contact on day 0, a quick return on day 20, a third contact on day 100, gone on day 150."""
    flags = {"customer_id": "a", "unsolved": 0.0, "unanswered": np.nan, "score": np.nan, "channel": "phone"}
    contacts = lived(
        [
            {**flags, "at": 0.0, "slow": 1.0, "trouble": 1.0, "repeat": 0.0},
            {**flags, "at": 20.0, "slow": 0.0, "trouble": 1.0, "repeat": 1.0},
            {**flags, "at": 100.0, "slow": 0.0, "trouble": 0.0, "repeat": 0.0},
        ]
    )
    of = cohort(contacts, listed([("a", 0.0, 150.0)]), 0.0, 200.0)
    found = stretches(contacts, of)
    assert found["start"].tolist() == [0, 20, 30, 50, 100, 130]  # from day 30 on the first contact is no longer fresh
    assert found["stop"].tolist() == [20, 30, 50, 100, 130, 143]
    assert found["gone"].tolist() == [False, False, False, False, False, True]
    assert found["slow"].tolist() == [1, 0, 0, 0, 0, 0]
    assert found["several_troubles"].tolist() == [0, 1, 1, 1, 1, 1]
    assert found["back_lately"].tolist() == [0, 1, 1, 0, 0, 0]
    assert found["fresh"].tolist() == [1, 1, 1, 0, 1, 0]
    assert found["contacts"].astype(str).tolist() == ["1", "2", "2", "2", "3 or 4", "3 or 4"]


def test_time_up_to_now_is_the_cohorts_time_cut_up():
    rng = np.random.default_rng(3)
    rows = [{"customer_id": f"c{i % 50:02d}", "at": float(at), "slow": i % 2, "trouble": i % 2, "repeat": i % 3 == 0} for i, at in enumerate(rng.uniform(0, 180, 300))]  # fmt: skip
    contacts = lived(rows).sort_values(["customer_id", "at"], ignore_index=True)
    left = [(f"c{i:02d}", -5.0, 190.0 if i % 2 else np.nan) for i in range(50)]
    of = cohort(contacts, listed(left), 0.0, 200.0)
    found = stretches(contacts, of)
    assert (found["stop"] - found["start"]).sum() == pytest.approx(of.rows["stop"].sum())
    assert found["gone"].sum() == of.gone


def drawn(farewell: bool) -> Cohort:
    """1,000 customers, half of them slow, rate of leaving 0.002 a day, doubled by a slow response; ``farewell``: one kind
    of contact is followed by leaving within days."""
    rng = np.random.default_rng(4)
    slow = rng.random(1000) < 0.5
    at = rng.uniform(0, 100, 1000)
    days = rng.exponential(1, 1000) / (0.002 * np.where(slow, 2, 1))
    kind = np.where(rng.random(1000) < 0.2, "goodbye", "delivery")
    if farewell:
        days = np.where((kind == "goodbye") & (rng.random(1000) < 0.5), rng.uniform(8, 30, 1000), days)
    rows = [
        {"customer_id": f"c{i}", "at": at[i], "slow": float(slow[i]), "issue": kind[i], "channel": "phone"}
        for i in range(1000)
    ]
    contacts = lived(rows)
    return cohort(contacts, listed([(f"c{i}", 0.0, at[i] + days[i]) for i in range(1000)]), 0.0, 400.0)


def test_kinds_of_contact_that_announce_leaving_are_named():
    assert announcing(drawn(farewell=True)) == ["goodbye"]
    assert announcing(drawn(farewell=False)) == []


def test_a_guard_without_a_ratio_to_guard_says_only_what_was_done():
    of = small()
    table = guards(of, at_first(of), judged([{"look": "first contact", "covariate": "slow", "label": "slow", "n": 0, "gone": 0, "why": "too few"}], RULES), AT_FIRST, RULES)  # fmt: skip
    assert not table["words"].str.contains("instead of").any()
    assert table.loc[table["guard"] == "immortal time", "figure"].tolist() == [1.0]
    assert table.loc[table["guard"] == "leaving recorded late", "words"].tolist() == ["too few leavers to tell"]


def test_how_strong_the_unseen_would_have_to_be():
    """VanderWeele & Ding 2017: a ratio of risks of 3.9 has an E-value of 7.26; of hazards 2, common: (1 − .5^1.414)/(1 −
    .5^.7071) = .6247/.3874 = 1.612, and 1.612 + √(1.612·.612) = 2.606."""
    assert e_value(3.9, common=False) == pytest.approx(7.26, abs=0.005)
    assert e_value(2.0, common=True) == pytest.approx(2.606, abs=0.005)
    assert e_value(1.0, common=True) == 1.0
