"""The forecast of leaving: what it needs, what it says where nothing can be told, and what it finds in invented shops."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from churn_world import world
from voc.analysis.chances.leaks import COLUMNS as LEAKS
from voc.analysis.chances.lot import by_lot
from voc.analysis.chances.scores import BINS
from voc.analysis.churn.care import CARE, STEPS, WORTH, _days, _reasons, worth
from voc.analysis.churn.risk import NOTHING, REASONS, SCORE, TELLS, Risk, risk
from voc.analysis.churn.segments import GROUPS, SEGMENTS

FRAMES = {
    "score": SCORE,
    "bins": BINS,
    "reasons": REASONS,
    "care": CARE,
    "worth": WORTH,
    "segments": SEGMENTS,
    "leaks": LEAKS,
}


def _rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(scope="module")
def shop() -> tuple:
    return world(1, 12_000, times=8.0)


@pytest.fixture(scope="module")
def found(shop) -> Risk:
    return risk(*shop, _rng())


def test_leaving_after_slow_contacts_is_forecast(found):
    row = found.score.iloc[0]
    assert (found.why, row["verdict"]) == ("", TELLS)
    assert found.tells
    assert 0.6 < row["auc_lo"] < row["auc"] < row["auc_hi"]
    assert 0 < row["skill_lo"] < row["skill"] < row["skill_hi"]
    assert row["slope_lo"] < 1 < row["slope_hi"]
    assert row["skill"] == pytest.approx(1 - row["brier"] / row["brier_base"])
    assert found.bins["n"].sum() == row["n"]
    assert (found.bins["n"] * found.bins["observed"]).sum() == pytest.approx(row["gone"])
    assert found.reasons.head(4)["reason"].str.contains("slow|trouble|score 1").all()


def test_the_list_names_whom_service_can_still_help(found, shop):
    listed, contacts = found.care, shop[1]
    assert len(listed) == 100
    assert listed["customer_id"].is_unique
    assert listed["risk_pct"].is_monotonic_decreasing
    assert (listed["times"] > 1).all()
    assert listed["step"].isin(STEPS.values()).all()
    firsts = listed["reasons"].str.split("; ")
    assert firsts.str[0].str.contains("slow|trouble|score|unanswered").all()  # what service did comes first
    assert all(
        sum("trouble" in reason for reason in reasons) <= 2 for reasons in firsts
    )  # of the same said once: trouble, silence after it
    last = (
        contacts[contacts["customer_id"].isin(listed["customer_id"])]
        .groupby("customer_id")
        .tail(1)
        .set_index("customer_id")
    )
    assert (last["slow"] == 1).all()
    days = pd.to_datetime(last["at"].reindex(listed["customer_id"]) * 86_400, unit="s").dt.normalize()
    assert (days.to_numpy() == listed["last_contact"].to_numpy()).all()
    assert set(listed["customer_id"]) <= set(shop[0].loc[shop[0]["churned_at"].isna(), "customer_id"])
    row = found.worth.iloc[0]
    assert row["leave"] == pytest.approx(listed["risk_pct"].sum() / 100)
    assert row["lo"] > row["usual_then_pct"]  # of the list of the same kind at the test more left than of all


def test_the_same_data_give_the_same_bytes(shop, found):
    again = risk(shop[0].sample(frac=1, random_state=1), shop[1].sample(frac=1, random_state=1), shop[2], _rng())
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(found, name))


def test_the_test_knows_nothing_of_its_days(shop, found):
    """Whatever happens after the test's landmark changes who left, not the chances: they were learned before it."""
    customers, contacts, end = shop
    landmark = found.score["landmark"].iloc[0]
    saved = customers.assign(
        churned_at=customers["churned_at"].where(lambda left: left < landmark + pd.Timedelta(days=60))
    )
    later = risk(
        saved.assign(
            churned_at=saved["churned_at"].fillna(end - pd.Timedelta(minutes=1)).where(customers["churned_at"].notna())
        ),
        contacts,
        end,
        _rng(),
    )
    assert later.bins["predicted"].tolist() == found.bins["predicted"].tolist()
    assert later.score["base_rate"].iloc[0] == found.score["base_rate"].iloc[0]


def test_a_leaking_covariate_is_refused_and_not_used(shop, found):
    customers = shop[0].assign(status=np.where(shop[0]["churned_at"].notna(), "closed", "open"))
    told = risk(customers, *shop[1:], _rng())
    assert told.leaks.loc[told.leaks["refused"], "covariate"].tolist() == ["status"]
    pd.testing.assert_frame_equal(told.score, found.score)


def test_an_honest_strong_covariate_is_used_and_not_refused():
    """Customers by the month leave eight times as fast as those by the year; nothing else matters."""
    parts = []
    for seed, (contract, rate) in enumerate({"by the year": 0.0002, "by the month": 0.0016}.items()):
        customers, contacts, end = world(seed, 3000, rate=rate)
        named = contract[-5:] + customers["customer_id"]
        parts.append(
            (
                customers.assign(customer_id=named, contract=contract),
                contacts.assign(customer_id=contract[-5:] + contacts["customer_id"]),
            )
        )
    told = risk(*(pd.concat(part, ignore_index=True) for part in zip(*parts, strict=True)), end, _rng())
    assert not told.leaks["refused"].any()
    assert told.tells
    assert told.reasons["reason"].iloc[0] == "contract: by the month"
    assert told.score["auc_lo"].iloc[0] > 0.6


def test_pure_chance_tells_nothing_beyond_the_base_rate():
    verdicts = [risk(*world(seed, 4000), _rng()) for seed in range(100, 120)]
    nothing = [told for told in verdicts if told.score["verdict"].iloc[0] == NOTHING]
    assert len(nothing) >= 19
    assert all(told.care.empty and told.worth.empty for told in nothing)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda c: None, "no list of customers"),
        (lambda c: c.drop(columns="churned_at"), "no list of customers"),
        (lambda c: c.assign(churned_at=pd.NaT), "nobody on the list"),
        (
            lambda c: c.assign(churned_at=c["churned_at"].where(np.arange(len(c)) % 40 == 0)),
            "customers left within 90 days",
        ),
        (lambda c: c.iloc[:0], "no contact belongs"),
        (lambda c: c.assign(customer_id="x" + c["customer_id"]), "no contact belongs"),
    ],
)
def test_what_the_data_lack_is_said(change, why):
    customers, contacts, end = world(3, 2000)
    told = risk(change(customers), contacts, end, _rng())
    assert why in told.why
    assert not told.tells
    assert {name: list(frame.columns) for name, frame in told.frames().items()} == FRAMES
    assert told.score.empty
    assert told.care.empty


def test_a_short_history_says_how_short():
    customers, contacts, end = world(3, 2000)
    first = end.timestamp() / 86_400 - 200
    told = risk(customers, contacts[contacts["at"] >= first], end, _rng())
    assert told.why.startswith("200 days of contacts are too few")
    assert told.segments["n"].sum() > 0


def test_bare_customers_and_constant_columns_are_no_error(shop):
    customers, contacts, end = shop
    bare = risk(customers[["customer_id", "churned_at"]].assign(shop="one"), contacts, end, _rng())
    assert bare.why == ""
    assert np.isfinite(bare.score.select_dtypes("number").to_numpy(float)).all()
    assert bare.leaks["why"].tolist() == ["the same for everybody: tells nothing"]
    assert not bare.segments["group"].eq("new").any()


def test_perfect_separation_is_told_in_plain_numbers():
    """Everybody whose contact was slow leaves 30 days later, nobody else ever."""
    customers, contacts, end = world(8, 4000, rate=1e-9)
    slow = contacts[contacts["slow"] == 1].drop_duplicates("customer_id").set_index("customer_id")["at"] + 30
    left = customers["customer_id"].map(slow)
    customers["churned_at"] = pd.to_datetime(left.where(left < end.timestamp() / 86_400) * 86_400, unit="s")
    kept = contacts[~(contacts["at"].to_numpy() >= contacts["customer_id"].map(slow).to_numpy())]
    told = risk(customers, kept, end, _rng())
    row = told.score.iloc[0]
    assert row["verdict"] == TELLS
    assert 0.5 < row["auc_lo"] <= row["auc_hi"] <= 1
    assert told.reasons["times"].between(0.001, 1000).all()
    assert told.care["risk_pct"].between(0, 100).all()
    assert told.care["risk_pct"].head(20).mean() > 50


def test_contacts_without_flags_still_work(shop):
    customers, contacts, end = shop
    lost = contacts.assign(
        **dict.fromkeys(["slow", "unsolved", "opened_again", "trouble", "score", "unanswered", "bad_score"], np.nan)
    )
    told = risk(customers, lost.assign(silent_after_trouble=np.nan), end, _rng())
    assert told.why == ""
    assert told.care.empty
    assert told.segments["csat_n"].sum() == 0


def test_days_are_told_on_the_reports_clock():
    late = np.array([20_000 + 23.5 / 24])  # 4 October 2024, half past eleven at night in UTC
    assert [str(_days(late, zone)[0].date()) for zone in ("UTC", "Europe/Berlin")] == ["2024-10-04", "2024-10-05"]


def test_what_did_not_happen_is_no_reason():
    away = pd.Series({"last_slow": 0.4, "first_unsolved": 0.2, "last_unsolved": 0.3})
    codes = {"last_slow": 1, "first_unsolved": 2, "last_unsolved": 0}  # not slow; not solved; not known
    assert _reasons(away, codes, {}) == "first contact did not solve it"


def test_the_worth_of_a_list_by_hand():
    listed = pd.DataFrame({"risk_pct": [10.0] * 100})
    row = worth(listed, pd.Series([True] * 12 + [False] * 88), 0.03, 0.04).iloc[0]
    assert (row["leave"], row["listed_then"], row["left_then"], row["left_pct"]) == (pytest.approx(10), 100, 12, 12)
    assert (row["lo"], row["hi"]) == pytest.approx((7.0, 19.8), abs=0.05)  # Wilson, 12 of 100
    assert (row["lot"], row["lots"]) == (1069, 22)  # 2 (1.96 + 0.84)² ÷ (2 asin √.1 − 2 asin √.0667)² = 15.7 ÷ 0.1212²
    none = worth(pd.DataFrame(columns=CARE), pd.Series(dtype=bool), 0.03, 0.04).iloc[0]
    assert none["listed"] == 0
    assert np.isnan([none["left_pct"], none["lot"], none["lots"]]).all()


def test_a_lot_shows_a_third_with_a_chance_of_four_in_five():
    rng, n = np.random.default_rng(4), int(by_lot(0.3))
    a, b = rng.binomial(n, 0.3, 4000) / n, rng.binomial(n, 0.2, 4000) / n
    z = (a - b) / np.sqrt((a + b) / 2 * (1 - (a + b) / 2) * 2 / n)
    assert (z > 1.96).mean() == pytest.approx(0.8, abs=0.03)


def test_every_group_has_words_and_shares_of_one_whole(found):
    assert found.segments["group"].isin(GROUPS).all()
    assert found.segments["share_pct"].sum() == pytest.approx(100)
    assert (found.segments["left_lo"] <= found.segments["left_pct"]).all()
    rates = found.segments.set_index("group")["left_pct"]
    assert rates["one, trouble"] > rates["one, smooth"]


def test_it_is_quick(shop):
    began = time.perf_counter()
    risk(*shop, _rng())
    assert time.perf_counter() - began < 20
