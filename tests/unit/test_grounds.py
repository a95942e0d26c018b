"""Figures whose rows are answers, customers or days: each worked out by hand, and what is missing said."""

import numpy as np
import pandas as pd
import pytest
from voc.analysis.compare import by_period
from voc.analysis.grounds import Grounds, answers, clientele, with_customers
from voc.analysis.intervals import Z, measure
from voc.analysis.metrics import METRICS, with_measures
from voc.analysis.rates import occupancy, per_orders
from voc.analysis.rules import MetricRules
from voc.analysis.scorecard import absent, scorecard
from voc.analysis.trace import ids_behind, write_trace
from voc.data.completeness import flag_days, rows_per_day
from voc.data.periods import Period
from voc.data.store import to_frame

RULES = MetricRules(complaints={"category": ["lost"]}, min_n=2, smallest_group=1)
SEPTEMBER, OCTOBER = Period.parse("2026-09"), Period.parse("2026-10")
PERIODS = [SEPTEMBER, OCTOBER]
SPAN = (pd.Timestamp("2026-09-01"), pd.Timestamp("2026-10-31"))


def stamps(*texts):
    return pd.Series(pd.to_datetime(list(texts))).astype("datetime64[us]")


@pytest.fixture
def contacts(store):
    """Three contacts in September and six in October, two of them complaints."""
    at = stamps(*["2026-09-10 12:00"] * 3, *["2026-10-10 12:00"] * 5, "2026-10-31 23:30")
    frame = pd.DataFrame(
        {"interaction_id": [f"t:{n}" for n in range(9)], "source": "desk", "created_at": at, "created_local": at,
         "resolved_at": [*at[:7], pd.NaT, pd.NaT], "customer_id": list("abcabcabc"),
         "category": ["lost", "login", "login", "lost", "lost", *["login"] * 4], "handle_seconds": [600.0] * 9}
    )  # fmt: skip
    return with_measures(store.load(frame), RULES)


@pytest.fixture
def customers(store):
    """a left in October, b before September, c stays, d began in October, e has no beginning on record."""
    return store.load(
        pd.DataFrame(
            {"customer_id": list("abcde"), "segment": ["new", "new", "old", "old", "old"], "source": "list",
             "signup_at": stamps("2025-01-01", "2025-01-01", "2025-01-01", "2026-10-05", None),
             "churned_at": stamps("2026-10-15", "2026-08-15", None, None, None)}
        )
    )  # fmt: skip


# recommendation


def surveys(store, *scores, kind="nps", **more):
    n = len(scores)
    frame = pd.DataFrame(
        {"survey_id": [f"s:{i}" for i in range(n)], "kind": kind, "customer_id": (list("abc") * n)[:n], "source": "tool",
         "sent_at": stamps(*["2026-10-05 09:00"] * n), "answered_at": stamps(*["2026-10-06 09:00"] * n),
         "score": pd.Series(scores, dtype="float64")} | more
    )  # fmt: skip
    return store.load(frame)


def test_nps(store, contacts, customers):
    # 10 and 9 promote, 8 and 7 are passive, 6 and 0 detract, one did not answer: 2/6 − 2/6 = 0
    found = answers(contacts, surveys(store, 10, 9, 8, 7, 6, 0, None), customers, RULES, "UTC")
    row = measure(found, ["nps"]).iloc[0]
    assert (row["n"], row["value"]) == (6, 0.0)
    p = d = 2 / 6
    assert row["se"] == pytest.approx(100 * np.sqrt((p + d - (p - d) ** 2) / 6))
    assert to_frame(measure_by_segment(found)).sort_values("segment")["n"].tolist() == [4, 2]


def measure_by_segment(table):
    return table.group_by("segment").agg(n=table.nps.count())


def test_an_answer_counts_on_the_day_it_was_given_on_the_reports_clock(store, contacts):
    late = surveys(store, 10.0, answered_at=stamps("2026-09-30 23:30"))
    row = by_period(answers(contacts, late, None, RULES, "Europe/Berlin"), ["nps"], PERIODS).iloc[0]
    assert row["period"] == "2026-10"  # half past one in Berlin


def test_answers_on_contacts_count_where_there_is_no_table_of_surveys(store, contacts):
    found = answers(contacts.mutate(nps=contacts.handle_seconds / 60), None, None, RULES, "UTC")
    assert measure(found, ["nps"])["value"].tolist() == [100.0]
    assert answers(contacts, None, None, RULES, "UTC") is None
    assert answers(contacts, surveys(store, 5.0, kind="csat"), None, RULES, "UTC") is None


# customers


def test_churn_counts_those_active_at_the_start(store, contacts, customers):
    # September: a, c, e are active (b is gone, d not there yet), nobody leaves; October: a, c, e, and a leaves
    found = clientele(customers, PERIODS, SPAN, RULES, "UTC", store.load)
    rows = by_period(found, ["churn_pct", "retention_pct"], PERIODS).set_index(["metric", "period"])
    assert rows["n"].tolist() == [3, 3, 3, 3]
    assert rows.loc[("churn_pct", "2026-09"), "value"] == 0
    assert rows.loc[("churn_pct", "2026-10"), "value"] == pytest.approx(100 / 3)
    assert rows.loc[("retention_pct", "2026-10"), "value"] == pytest.approx(200 / 3)


def test_a_period_that_is_not_over_loses_nobody_yet(store, customers):
    found = clientele(customers, PERIODS, (SPAN[0], pd.Timestamp("2026-10-20")), RULES, "UTC", store.load)
    assert set(by_period(found, ["churn_pct"], PERIODS)["period"]) == {"2026-09"}
    assert clientele(customers, [OCTOBER], (SPAN[0], pd.Timestamp("2026-10-20")), RULES, "UTC", store.load) is None


def test_without_a_day_of_leaving_there_is_no_churn(store, customers):
    assert clientele(customers.drop("churned_at"), PERIODS, SPAN, RULES, "UTC", store.load) is None
    assert clientele(None, PERIODS, SPAN, RULES, "UTC", store.load) is None
    nobody = customers.mutate(churned_at=customers.churned_at.nullif(customers.churned_at))
    assert clientele(nobody, PERIODS, SPAN, RULES, "UTC", store.load) is None  # kept empty is not «nobody left»


def test_contacts_take_the_dimensions_of_their_customer(store, contacts, customers):
    found = to_frame(with_customers(contacts, customers).order_by("interaction_id"))
    assert found["segment"].tolist() == ["new", "new", "old"] * 3
    assert len(found) == 9
    assert with_customers(contacts, None) is contacts


# orders and staffing


def volumes(store, per_day=10.0, until="2026-11-01", **more):
    days = pd.date_range("2026-09-01", until, inclusive="left")
    return store.load(pd.DataFrame({"day": days.date, "orders": per_day} | more))


def test_contacts_and_complaints_per_thousand_orders(store, contacts):
    # October: 310 orders, 6 contacts, 2 of them complaints
    rows = per_orders(contacts, volumes(store), PERIODS, RULES, 1.0).set_index(["metric", "period"])
    assert rows.loc[("contacts_per_1000_orders", "2026-10"), "value"] == pytest.approx(6 / 310 * 1000)
    assert rows.loc[("complaints_per_1000_orders", "2026-10"), "value"] == pytest.approx(2 / 310 * 1000)
    se = rows.loc[("contacts_per_1000_orders", "2026-10"), "se"]
    assert se == pytest.approx(np.sqrt(6) / 310 * 1000)
    wide = per_orders(contacts, volumes(store), PERIODS, RULES, 4.0).set_index(["metric", "period"])
    assert wide.loc[("contacts_per_1000_orders", "2026-10"), "se"] == pytest.approx(2 * se)


def test_a_period_with_days_without_orders_has_no_rate(store, contacts):
    rows = per_orders(contacts, volumes(store, until="2026-10-31"), PERIODS, RULES, 1.0)
    assert set(rows["period"]) == {"2026-09"}
    assert per_orders(contacts, None, PERIODS, RULES, 1.0).empty
    assert per_orders(contacts, volumes(store, per_day=0.0), PERIODS, RULES, 1.0).empty


def test_rates_by_a_dimension_of_both(store, contacts):
    regions = contacts.mutate(region=contacts.category)
    rows = per_orders(regions, volumes(store, region="lost"), [OCTOBER], RULES, 1.0, ["region"])
    assert rows.set_index("metric")["n"].to_dict() == {"contacts_per_1000_orders": 2, "complaints_per_1000_orders": 2}


def test_occupancy_is_a_ratio_of_totals(store, contacts):
    # October: five contacts of ten minutes on the 10th and one on the 31st, an hour signed in on each of the two days
    days = pd.to_datetime(["2026-09-10", "2026-10-10", "2026-10-31"]).date
    rows = occupancy(contacts, store.load(pd.DataFrame({"day": days, "staffed_seconds": 3600.0})), PERIODS)
    october = rows.set_index("period").loc["2026-10"]
    assert (october["n"], october["value"]) == (2, 50.0)
    residuals = np.array([3000 - 1800, 600 - 1800])
    assert october["se"] == pytest.approx(100 * np.sqrt((residuals**2).sum() * 2) / 7200)
    assert october["hi"] - october["value"] == pytest.approx(Z * october["se"])
    assert np.isnan(rows.set_index("period").loc["2026-09", "se"])  # one day tells nothing of days
    assert occupancy(contacts, None, PERIODS).empty


# the card


def test_the_card_takes_all_grounds_and_says_what_is_missing(store, contacts, customers):
    found = clientele(customers, PERIODS, SPAN, RULES, "UTC", store.load)
    grounds = Grounds(contacts, answers(contacts, surveys(store, 10, 0), None, RULES, "UTC"), found, volumes(store))
    days = flag_days(rows_per_day(contacts))
    card = scorecard(grounds, OCTOBER, RULES, ["category", "segment"], days, SPAN)
    known = set(card.changes["metric"])
    assert {"contacts", "contacts_per_1000_orders", "nps", "churn_pct"} <= known
    why = absent(contacts.columns, RULES, card.history, {}).set_index("metric")["why"]
    assert not known & set(why.index)
    assert why["occupancy_pct"] == METRICS["occupancy_pct"].lacking
    assert why["csat_pct"] == "the data have no csat"


def test_figures_lead_back_to_their_rows(store, contacts, customers):
    given = answers(contacts, surveys(store, 10, 0), None, RULES, "UTC")
    found = clientele(customers, PERIODS, SPAN, RULES, "UTC", store.load)
    grounds = Grounds(contacts, given, found, volumes(store))

    def behind(metric, **where):
        return ids_behind(grounds, write_trace(OCTOBER, metric, **where), RULES)

    assert behind("nps") == ["s:0", "s:1"]
    assert behind("churn_pct") == ["a", "c", "e"]
    assert behind("churn_pct", segment="new") == ["a"]
    assert behind("complaints_per_1000_orders") == ["t:3", "t:4"]
    assert len(behind("contacts_per_1000_orders")) == 6
    assert behind("backlog") == ["t:7", "t:8"]
    assert behind("fcr_pct") == ["t:3", "t:4", "t:5", "t:6"]  # solved, and old enough to know
