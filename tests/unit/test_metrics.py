"""Every metric with an example worked out by hand: the rows, what each counts for, and the figure."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom
from voc.analysis.intervals import Z, daily_spread, measure, quantile, wilson
from voc.analysis.metrics import METRICS, missing_for, with_measures
from voc.analysis.rules import MetricRules
from voc.data.store import to_frame

RULES = MetricRules()
STAMPS = ("created_at", "first_response_at", "first_resolved_at", "resolved_at")


def contacts(store, **columns):
    size = len(next(iter(columns.values())))
    frame = pd.DataFrame({"interaction_id": [f"t:{at:03d}" for at in range(size)], **columns})
    for name in STAMPS:
        if name in frame:
            frame[name] = pd.to_datetime(frame[name], format="ISO8601").astype("datetime64[us]")
    for name in ("customer_id", "category", "issue"):
        if name in frame:
            frame[name] = frame[name].astype("str")
    return store.load(frame)


def measures(table, name, rules=RULES) -> list[float | None]:
    found = to_frame(with_measures(table, rules, [name]).order_by("interaction_id"))[name]
    return [None if pd.isna(value) else float(value) for value in found]


def figure(table, name, rules=RULES) -> pd.Series:
    return measure(with_measures(table, rules, [name]), [name]).iloc[0]


def test_contacts(store):
    # four rows are four contacts; Poisson: 4 ± 1.96 × √4 = 0.08 … 7.92
    row = figure(contacts(store, customer_id=["a", "a", None, "b"]), "contacts")
    assert (row["n"], row["value"], row["se"]) == (4, 4, 2)
    assert (row["lo"], row["hi"]) == pytest.approx((4 - 2 * Z, 4 + 2 * Z))
    assert figure(contacts(store, customer_id=["a"]), "contacts")["lo"] == 0  # never below none


def test_frt_minutes(store):
    # 10 min; 30 s = 0.5 min; at once = 0; an hour before the contact: a fault, missing; no response: missing
    table = contacts(
        store,
        created_at=["2026-10-01 09:00:00"] * 5,
        first_response_at=[
            "2026-10-01 09:10:00",
            "2026-10-01 09:00:30",
            "2026-10-01 09:00:00",
            "2026-10-01 08:00:00",
            None,
        ],
    )
    assert measures(table, "frt_minutes") == [10.0, 0.5, 0.0, None, None]
    row = figure(table, "frt_minutes")
    assert (row["n"], row["value"]) == (3, 0.5)  # the middle one of 0, 0.5 and 10
    assert pd.isna(row["lo"])  # three values bracket nothing 19 times in 20


def test_resolution_hours(store):
    # 90 min = 1.5 h; 36 h; solved before it began: a fault, missing; open: missing; median (1.5 + 36) / 2 = 18.75
    table = contacts(
        store,
        created_at=["2026-10-01 09:00"] * 4,
        resolved_at=["2026-10-01 10:30", "2026-10-02 21:00", "2026-09-30 09:00", None],
    )
    assert measures(table, "resolution_hours") == [1.5, 36.0, None, None]
    assert figure(table, "resolution_hours")["value"] == 18.75


def test_aht_minutes(store):
    # 60, 180 and 360 s = 1, 3 and 6 min: mean 10/3; sd of 1, 3, 6 = √(19/3); standard error = sd / √3
    table = contacts(store, handle_seconds=[60.0, 180.0, 360.0, None])
    row = figure(table, "aht_minutes")
    assert (row["n"], row["value"]) == (3, pytest.approx(10 / 3))
    assert row["se"] == pytest.approx(np.sqrt(19 / 3) / np.sqrt(3))
    assert row["lo"] < row["value"] < row["hi"]
    assert (
        row["hi"] - row["value"] > 4.3 * row["se"]
    )  # Student's 97.5 % point with two degrees of freedom, and skewed upwards


COMING_BACK = pd.DataFrame(
    [
        # customer, category, contact, solved, FCR, repeat            (window 7 days, same category)
        ("A", "delivery", "2026-10-01 09:00:00", True, 0.0, None),  # back after exactly 7 days; no past yet
        ("A", "delivery", "2026-10-08 09:00:00", True, 1.0, 1.0),  # not back; 7 days after the last one
        ("B", "delivery", "2026-10-01 09:00:00", True, 1.0, None),  # back a second too late
        ("B", "delivery", "2026-10-08 09:00:01", True, 1.0, 0.0),
        ("C", "delivery", "2026-10-09 09:00:00", True, 1.0, 0.0),  # back about something else
        ("C", "payment", "2026-10-10 09:00:00", True, 1.0, 0.0),
        ("D", "delivery", "2026-10-11 09:00:00", False, None, 0.0),  # unsolved: no first contact resolution
        ("D", "delivery", "2026-10-12 09:00:00", False, None, 1.0),
        (None, "delivery", "2026-10-12 10:00:00", True, None, None),  # nobody knows who it was
        ("E", None, "2026-10-12 11:00:00", True, None, None),  # nor what about
        ("F", "delivery", "2026-10-24 12:00:00", True, 1.0, 0.0),  # just old enough to know
        ("G", "delivery", "2026-10-24 12:00:01", True, None, 0.0),  # too young: left out, not a success
        ("H", "delivery", "2026-10-31 12:00:00", True, None, 0.0),  # the last contact there is
    ],
    columns=["customer_id", "category", "created_at", "solved", "fcr", "repeat"],
)


def coming_back(store):
    rows = COMING_BACK
    resolved = rows["created_at"].where(rows["solved"])
    return contacts(
        store,
        customer_id=rows["customer_id"],
        category=rows["category"],
        created_at=rows["created_at"],
        resolved_at=resolved,
    )


@pytest.mark.parametrize(("name", "column"), [("fcr_pct", "fcr"), ("repeat_pct", "repeat")])
def test_fcr_and_repeats(store, name, column):
    expected = [None if pd.isna(value) else value for value in COMING_BACK[column]]
    assert measures(coming_back(store), name) == expected
    known = [value for value in expected if value is not None]
    row = figure(coming_back(store), name)
    assert (row["n"], row["value"]) == (len(known), pytest.approx(100 * sum(known) / len(known)))  # 6 of 7; 2 of 9


def test_a_wider_window_leaves_more_contacts_too_young(store):
    wide = measures(coming_back(store), "fcr_pct", MetricRules(repeat_days=14))
    # 14 days before 31 October 12:00 is 17 October 12:00: F is too young now; B is back within 14 days
    assert wide == [0.0, 1.0, 0.0, 1.0, 1.0, 1.0, None, None, None, None, None, None, None]


def test_the_same_issue_can_mean_the_concrete_one(store):
    table = contacts(
        store,
        customer_id=["A"] * 2,
        category=["delivery"] * 2,
        issue=["lost parcel", "late delivery"],
        created_at=["2026-10-01 09:00", "2026-10-20 09:00"],
        resolved_at=["2026-10-01 10:00", None],
    )
    late = MetricRules(same_issue="issue", repeat_days=19)
    assert measures(table, "fcr_pct", MetricRules(repeat_days=19)) == [0.0, None]
    assert measures(table, "fcr_pct", late) == [1.0, None]


def test_two_contacts_at_one_moment_are_a_return(store):
    table = contacts(
        store,
        customer_id=["A", "A", "Z"],
        category=["delivery"] * 3,
        created_at=["2026-10-01 09:00", "2026-10-01 09:00", "2026-10-30 09:00"],
        resolved_at=["2026-10-01 10:00"] * 2 + [None],
    )
    assert measures(table, "fcr_pct") == [0.0, 1.0, None]


def test_csat(store):
    # 4 and 5 are satisfied: 3 of 5 answers = 60 %; the mean of 5, 4, 4, 3, 1 is 3.4
    table = contacts(store, csat=[5.0, 4.0, 4.0, 3.0, 1.0, None])
    assert measures(table, "csat_pct") == [1.0, 1.0, 1.0, 0.0, 0.0, None]
    row = figure(table, "csat_pct")
    assert (row["n"], row["value"]) == (5, 60)
    # Wilson for 3 of 5: (0.6 + 0.38415 ± 1.95996 √(0.048 + 0.03841)) ÷ 1.76829 = 23.07 … 88.24
    assert (round(row["lo"], 2), round(row["hi"], 2)) == (23.07, 88.24)
    mean = figure(table, "csat_mean")
    assert (mean["n"], mean["value"]) == (5, pytest.approx(3.4))


def test_response_rate(store):
    # sent and answered; sent only; not sent; answered though not marked as sent; unknown: 2 of 3
    table = contacts(
        store,
        csat=[5.0, None, None, 2.0, None],
        survey_sent=pd.Series([True, True, False, None, None], dtype="boolean"),
    )
    assert measures(table, "response_rate_pct") == [1.0, 0.0, None, 1.0, None]
    assert figure(table, "response_rate_pct")["value"] == pytest.approx(200 / 3)


# the agreed times, the telephone, what came of it


def test_first_resolution(store):
    # solved after one hour, opened again, solved for good after five: the first is 1 h, the last 5 h
    table = contacts(
        store, created_at=["2026-10-01 09:00"] * 2, first_resolved_at=["2026-10-01 10:00", None],
        resolved_at=["2026-10-01 14:00", None],
    )  # fmt: skip
    assert measures(table, "first_resolution_hours") == [1.0, None]
    assert measures(table, "resolution_hours") == measures(table, "resolution_p90_hours") == [5.0, None]


def test_the_p90_of_response(store):
    # eleven replies after 0, 1, … 10 minutes: nine of ten within 9 minutes
    replies = [f"2026-10-01 09:{minute:02d}" for minute in range(11)]
    table = contacts(store, created_at=["2026-10-01 09:00"] * 11, first_response_at=replies)
    row = figure(table, "frt_p90_minutes")
    assert (row["n"], row["value"]) == (11, 9.0)


@pytest.mark.parametrize(
    "name", ["requester_wait_minutes", "agent_wait_minutes", "agent_work_minutes", "frt_business_minutes"]
)
def test_minutes_that_other_tables_give_are_taken_as_they_are(store, name):
    columns = {name: [10.0, None, 30.0], "first_response_at": ["2026-10-01 10:00"] * 3}
    table = contacts(store, created_at=["2026-10-01 09:00"] * 3, **columns)
    assert measures(table, name) == [10.0, None, 30.0]
    assert figure(table, name)["value"] == 20.0


def test_business_minutes_to_the_solution_are_told_in_hours(store):
    table = contacts(store, resolved_at=["2026-10-01 10:00"], resolution_business_minutes=[90.0])
    assert measures(table, "resolution_business_hours") == [1.5]


def test_service_level_counts_calls_given_up_as_not_answered(store):
    # answered after 20 s (in time), after 21 s (late), given up after 5 s (not answered), no call at all
    table = contacts(
        store, queue_seconds=[20.0, 21.0, 5.0, None],
        abandoned=pd.Series([False, None, True, None], dtype="boolean"),
    )  # fmt: skip
    assert measures(table, "service_level_pct") == [1.0, 0.0, 0.0, None]
    assert measures(table, "abandoned_pct") == [0.0, None, 1.0, None]
    assert measures(table, "service_level_pct", MetricRules(service_level_seconds=21)) == [1.0, 1.0, 0.0, None]


def test_replies_in_the_agreed_time(store):
    # urgent: 60 min agreed. 60 in time; 61 late; unanswered for two hours: late; unanswered for ten minutes: not due yet;
    # a priority of no agreement: not counted
    rules = MetricRules(sla={"frt_minutes": {"urgent": 60}, "resolution_hours": {"default": 2, "urgent": 1}})
    at, last = "2026-10-01 09:00", "2026-10-01 11:00"
    table = contacts(
        store, created_at=[at, at, at, "2026-10-01 10:50", at, last],
        first_response_at=["2026-10-01 10:00", "2026-10-01 10:01", None, None, at, last],
        resolved_at=["2026-10-01 10:00", None, "2026-10-01 11:00", None, "2026-10-01 10:59", None],
        priority=["urgent"] * 4 + ["low", "low"],
    )  # fmt: skip
    assert measures(table, "sla_reply_pct", rules) == [1.0, 0.0, 0.0, None, None, None]
    assert measures(table, "sla_solved_pct", rules) == [1.0, 0.0, 0.0, None, 1.0, None]
    assert "sla_reply_pct" not in with_measures(table, RULES).columns  # nothing agreed


def test_one_touch_and_reopened(store):
    # solved with one reply; with two; unanswered and solved (Zendesk would count it); one reply but not solved
    at = "2026-10-01 09:00"
    table = contacts(
        store, resolved_at=[at, at, at, None, at], agent_replies=[1.0, 2.0, 0.0, 1.0, None], reopened=[0.0, 2.0, 1.0, 0.0, None]
    )  # fmt: skip
    assert measures(table, "one_touch_pct") == [1.0, 0.0, 0.0, None, None]
    assert measures(table, "reopen_pct") == [0.0, 1.0, 1.0, None, None]


def test_complaints_are_what_params_call_so(store):
    rules = MetricRules(complaints={"issue": ["lost"], "category": ["complaint"]})
    table = contacts(store, issue=["lost", "login", None, "login"], category=["delivery", "complaint", None, None])
    assert measures(table, "complaint_pct", rules) == [1.0, 1.0, None, 0.0]
    assert missing_for(METRICS["complaint_pct"], table.columns, RULES) == ["complaints"]


def test_customer_effort(store):
    assert measures(contacts(store, ces=[7.0, 5.0, 4.0, 1.0, None]), "ces_pct") == [1.0, 1.0, 0.0, 0.0, None]


@pytest.mark.parametrize("name", [name for name, metric in METRICS.items() if metric.of == "contacts"])
@pytest.mark.parametrize("size", [0, 1, 3])
def test_limits(store, name, size):
    """No rows, one row, and rows that all miss what the metric needs give no figure, or an honest one."""
    nothing = [None] * size
    table = contacts(
        store, created_at=["2026-10-01 09:00"] * size, first_response_at=nothing, resolved_at=nothing,
        handle_seconds=pd.Series(nothing, dtype="float64"), csat=pd.Series(nothing, dtype="float64"),
        survey_sent=pd.Series(nothing, dtype="boolean"), customer_id=nothing, category=nothing,
    )  # fmt: skip
    found = measure(with_measures(table, RULES), [name])
    assert found["n"].tolist() == ([size] if name == "contacts" and size else [])


def test_a_metric_without_its_columns_is_left_out_and_said(store):
    table = contacts(store, csat=[5.0])
    assert missing_for(METRICS["fcr_pct"], table.columns, RULES) == ["customer_id", "resolved_at", "category"]
    assert "fcr_pct" not in with_measures(table, RULES).columns
    assert measure(with_measures(table, RULES), ["fcr_pct"]).empty


# intervals


@pytest.mark.parametrize(
    ("hits", "n", "lo", "hi"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_against_newcombes_table(hits, n, lo, hi):
    """R. G. Newcombe, Statistics in Medicine 17 (1998) 857–872, table I, method 3."""
    found = wilson(np.array(float(hits)), np.array(float(n)))
    assert [round(float(limit), 4) for limit in found] == [lo, hi]


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_brackets_the_share_and_mirrors(pair):
    hits, n = pair
    lo, hi = (float(x) for x in wilson(np.array(float(hits)), np.array(float(n))))
    other = [float(x) for x in wilson(np.array(float(n - hits)), np.array(float(n)))]
    assert 0 <= lo <= hits / n + 1e-12
    assert hits / n - 1e-12 <= hi <= 1
    assert (lo, hi) == pytest.approx((1 - other[1], 1 - other[0]))


def ranks(store, sizes):
    """Hold 1 … n for each n, so that an order statistic is its own rank."""
    frame = pd.concat(
        [pd.DataFrame({"size": n, "csat_mean": 0.0, "frt_minutes": np.arange(1.0, n + 1)}) for n in sizes]
    )
    return store.load(frame)


def test_the_interval_of_a_median_covers_19_times_in_20(store):
    sizes = [*range(1, 61), 100, 250]
    found = measure(ranks(store, sizes), ["frt_minutes"], ["size"]).set_index("size")
    assert found.loc[:7, "lo"].isna().all()
    assert found.loc[8:, ["lo", "hi"]].notna().all(axis=None)
    for n, row in found.loc[8:].iterrows():
        assert row["value"] == (n + 1) / 2
        assert row["lo"] - 1 == pytest.approx(n - row["hi"])  # as far from one end as from the other
        # the true median lies between two order statistics with the binomial chance that so many values are below it
        covered = binom.cdf(row["hi"] - 1, n, 0.5) - binom.cdf(row["lo"] - 1, n, 0.5)
        narrower = binom.cdf(row["hi"] - 3, n, 0.5) - binom.cdf(row["lo"] + 1, n, 0.5)
        assert covered >= 0.95 > narrower, n
    assert found.loc[100, ["lo", "hi"]].tolist() == [40, 61]  # Conover, Practical Nonparametric Statistics


def test_the_interval_of_a_p90(store):
    found = quantile(ranks(store, [200]), "frt_minutes", 0.9).iloc[0]
    covered = binom.cdf(found["hi"] - 1, 200, 0.9) - binom.cdf(found["lo"] - 1, 200, 0.9)
    assert found["value"] == pytest.approx(180, abs=1)
    assert 0.95 <= covered < 0.98


def days_with(store, counts):
    stamps = np.repeat(pd.date_range("2026-01-01 12:00", periods=len(counts)), counts)
    return store.load(pd.DataFrame({"created_local": stamps.astype("datetime64[us]")}))


def test_the_spread_of_pure_chance_is_one(store):
    rng = np.random.default_rng(1)
    week = np.array([80, 70, 70, 60, 60, 30, 20])  # a weekday pattern is no spread
    found = [daily_spread(days_with(store, rng.poisson(np.tile(week, 26)))) for _ in range(8)]
    print("spread of Poisson days:", np.round(found, 2))
    assert np.mean(found) < 1.2
    assert max(found) < 1.6


def test_contacts_that_come_in_clusters_spread_wider(store):
    rng = np.random.default_rng(2)
    found = [daily_spread(days_with(store, 4 * rng.poisson(15, 182))) for _ in range(8)]
    print("spread of clusters of four:", np.round(found, 2))
    assert 3 < np.mean(found) < 5


@pytest.mark.parametrize("counts", [[3], [5] * 10, [5] * 100])
def test_few_or_equal_days_have_no_spread_of_their_own(store, counts):
    assert daily_spread(days_with(store, counts)) == 1
