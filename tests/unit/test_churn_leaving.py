"""From contacts and a customer list to what is told about leaving, and the words where nothing can be told."""

from __future__ import annotations

import warnings

import ibis
import numpy as np
import pandas as pd
import pytest
from voc.analysis.churn.experience import experience
from voc.analysis.churn.leaving import Churn, churn, end_of
from voc.analysis.metrics import with_measures
from voc.analysis.rules import MetricRules
from voc.data.periods import Period

RULES = MetricRules()
PERIOD = Period.parse("2026-06")
SPAN = (pd.Timestamp("2025-01-01"), pd.Timestamp("2026-06-30 22:00"))


def stamps(days: np.ndarray) -> pd.Series:
    """Days since 2025 as stamps; missing where there is none."""
    return pd.Series(pd.Timestamp("2025-01-01") + pd.to_timedelta(np.round(days * 86_400), unit="s")).astype("datetime64[us]")  # fmt: skip


def month(n: int = 4000, slow_ratio: float = 2.0, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Contacts and customers: one contact each, a slow response multiplies a rate of leaving of 0.001 a day."""
    rng = np.random.default_rng(seed)
    at = np.sort(rng.uniform(0, 450, n))
    wait = rng.exponential(0.1, n)
    slow = wait > np.quantile(wait, 0.75)
    days = at + rng.exponential(1, n) / (0.001 * np.where(slow, slow_ratio, 1.0))
    solved = np.where(rng.random(n) < 0.2, at + 12, at + 0.5)
    contacts = pd.DataFrame(
        {
            "interaction_id": [f"i{i}" for i in range(n)], "customer_id": [f"c{i}" for i in range(n)], "source": "desk",
            "channel": "e-mail", "category": "delivery", "created_at": stamps(at), "first_response_at": stamps(at + wait),
            "first_resolved_at": stamps(solved), "resolved_at": stamps(solved), "reopened": 0.0,
        }
    )  # fmt: skip
    customers = pd.DataFrame({"customer_id": contacts["customer_id"], "signup_at": stamps(at - 40)})
    customers["churned_at"] = stamps(np.where(days < 545, days, np.nan))
    return contacts.assign(created_local=contacts["created_at"]), customers


def told(contacts: pd.DataFrame, customers: pd.DataFrame | None) -> Churn:
    """What is told; any warning of a library but the engine's about pandas 4 is a failure."""
    measured = with_measures(ibis.memtable(contacts), RULES)
    listed = None if customers is None else ibis.memtable(customers)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", message="The 'future.infer_string' option")
        lived = experience(measured, RULES, None, end_of(SPAN, PERIOD, "UTC").to_pydatetime())
        return churn(measured.columns, lived, listed, None, SPAN, PERIOD, RULES, "UTC")


@pytest.fixture(scope="module")
def found() -> Churn:
    return told(*month())


def test_a_ratio_that_was_drawn_is_found(found: Churn):
    assert found.why == ""
    rows = found.ratios.set_index(["look", "covariate"])
    row = rows.loc[("first contact", "slow")]
    assert row["lo"] < 2 < row["hi"]
    assert row["certainty"] == "sure"
    assert rows.loc[("first contact", "unsolved"), "certainty"] in ("within noise", "cannot tell")
    assert rows.loc[("first contact", "opened_again"), "why"] == "no customer is known to have lived this"


def test_of_one_contact_each_both_looks_say_the_same(found: Churn):
    rows = found.ratios.set_index(["look", "covariate"])["ratio"]
    assert rows[("up to now", "slow")] == pytest.approx(rows[("first contact", "slow")], rel=0.01)


def test_the_frames_are_whole(found: Churn):
    assert {name for name, frame in found.frames().items() if frame.empty} == set()
    assert found.ratios["look"].value_counts().to_dict() == {"up to now": 6, "first contact": 5}
    assert (found.curves["lo"] <= found.curves["kept_pct"]).all()
    assert (found.curves["kept_pct"] <= found.curves["hi"]).all()
    assert found.silent["gone"].sum() > 0
    values = found.checks.set_index("item")["value"]
    assert 0 < values["difference to Cox's model"] < 0.02
    assert values["of them left"] <= values["customers followed"]


def test_how_many_more_stay_agrees_with_the_ratio(found: Churn):
    row = found.kept.set_index(["experience", "day"]).loc[("slow", 180)]
    assert row["difference"] == pytest.approx(100 * (np.exp(-0.36) - np.exp(-0.18)), abs=5)
    assert row["lo"] < row["difference"] < row["hi"] < 0


def test_without_a_customer_list_it_is_said():
    contacts, customers = month(300)
    assert told(contacts, None).why == "no customer list says who left, and when"
    assert told(contacts, customers.drop(columns="churned_at")).why == "no customer list says who left, and when"
    assert (
        told(contacts.drop(columns="customer_id"), customers).why
        == "the contacts do not say which customer they are of"
    )
    assert all(frame.empty for frame in told(contacts, None).frames().values())


def test_where_nobody_left_it_is_said():
    contacts, customers = month(300)
    none = customers.assign(churned_at=pd.Series(pd.NaT, customers.index).astype("datetime64[us]"))
    assert told(contacts, none).why == "of the customers who can be followed nobody has left"
    few = none.assign(churned_at=stamps(np.where(np.arange(300) < 3, 500.0, np.nan)))
    assert told(contacts, few).why == "only 3 of the customers who can be followed left, fewer than 10"


def test_where_all_left_it_is_said():
    contacts, customers = month(300)
    gone = customers.assign(churned_at=contacts["created_at"] + pd.Timedelta(days=20))
    assert told(contacts, gone).why == "all customers who can be followed left; those who stayed are not in the list"


def test_ids_that_do_not_match_are_said():
    contacts, customers = month(300)
    other = customers.assign(customer_id="x" + customers["customer_id"])
    assert "check that both write the customer's number alike" in told(contacts, other).why


def test_too_few_customers_are_said():
    assert told(*(frame.head(20) for frame in month(300))).why.startswith("fewer than 30 customers can be followed")


def test_a_perfect_separation_makes_no_number():
    contacts, customers = month(600)
    wait = contacts["first_response_at"] - contacts["created_at"]
    slow = wait > wait.quantile(0.75)
    parted = customers.assign(churned_at=(contacts["created_at"] + pd.Timedelta(days=30)).where(slow))
    row = told(contacts, parted).ratios.set_index(["look", "covariate"]).loc[("first contact", "slow")]
    assert row["why"] == "fewer than 10 of the others left, too few for a ratio"
    assert np.isnan(row["ratio"])


def test_contacts_without_any_experience_say_so():
    contacts, customers = month(400)
    bare = contacts[["interaction_id", "customer_id", "created_at", "created_local"]]
    table = told(bare, customers)
    assert table.why == ""
    assert table.ratios["ratio"].isna().all()
    assert (table.ratios["why"] == "no customer is known to have lived this").all()
    assert table.curves.empty


def test_what_comes_after_the_period_is_not_known_yet():
    assert end_of(SPAN, Period.parse("2026-05"), "Europe/Berlin") == pd.Timestamp("2026-05-31 22:00")
    assert end_of(SPAN, PERIOD, "UTC") == SPAN[1]
