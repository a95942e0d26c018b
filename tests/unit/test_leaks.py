"""Covariates that know the outcome are refused with the reason; honest ones, however strong, are not."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from voc.analysis.chances.leaks import COLUMNS, leaks

DATA = Path(os.environ.get("VOC_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data")
TELCO = DATA / "telco-churn-satisfaction" / "Telco_customer_churn_status.xlsx"
LEFT = pd.Series([1] * 40 + [0] * 160)


def _one(values: list, **more: object) -> pd.Series:
    return leaks(pd.DataFrame({"x": values}), LEFT, **more).iloc[0]


def test_a_level_that_decides_is_named_with_its_rate():
    """Score 1 and 2: 30 + 30 customers, all left, of 80 who left; score 3: 20 left and 320 stayed."""
    left = pd.Series([1] * 80 + [0] * 320)
    told = leaks(pd.DataFrame({"x": [1] * 30 + [2] * 30 + [3] * 340}), left).iloc[0]
    assert told["refused"]
    assert told["level"] == "1, 2"
    assert told["rate"] == 1
    assert told["why"] == "of 60 customers with these values all left, 75% of all who left: it knows the outcome"
    assert told["auc"] == pytest.approx(
        0.75 + 0.25 / 2
    )  # of pairs: 60 of 80 leavers lie below every stayer, the rest tie


def test_a_level_that_decides_who_stays():
    """All 6,000 active ones stayed; of 4,000 others 3,000 left."""
    left = pd.Series([0] * 6000 + [1] * 3000 + [0] * 1000)
    told = leaks(pd.DataFrame({"state": ["active"] * 6000 + ["unknown"] * 4000}), left).iloc[0]
    assert (told["refused"], told["level"], told["rate"]) == (True, "active", 0)
    assert "6,000 customers with these values all stayed, 86% of all who stayed" in told["why"]


@pytest.mark.parametrize("values", [["price"] * 40 + [None] * 160, [7.5] * 40 + [np.nan] * 160])
def test_a_column_filled_in_only_where_somebody_left(values):
    told = _one(values)
    assert (told["refused"], told["level"], told["n"]) == (True, "filled in", 40)


def test_an_interval_of_numbers_that_decides():
    """Leavers have 900 to 939, in the midst of stayers from 0 to 1,999: no order tells them apart, the interval does."""
    values = [900 + i for i in range(40)] + [i * 5 for i in range(160)]
    left = pd.Series([1] * 40 + [0] * 160)
    frame = pd.DataFrame({"x": [*values, *values, *values]}).astype(float)
    told = leaks(frame, pd.concat([left] * 3, ignore_index=True)).iloc[0]
    assert told["refused"]
    assert "900" in told["level"] or "93" in told["level"]


def test_a_number_that_tells_all_apart_though_no_interval_does():
    rng = np.random.default_rng(1)
    left = pd.Series(np.repeat([1, 0], 1000))
    told = leaks(pd.DataFrame({"x": rng.normal(size=2000) + 2.9 * left}), left).iloc[0]
    assert told["refused"]
    assert told["auc"] > 0.97


def test_stamps_later_than_the_moment_and_names_about_leaving_are_refused():
    at = pd.Timestamp("2026-01-01")
    days = [at - pd.Timedelta(days=i) for i in range(200)]
    assert not _one(days[::2] + days[1::2], at=at)["refused"]
    late = _one([*days[:199], at + pd.Timedelta(days=1)], at=at)
    assert (late["refused"], late["why"]) == (True, "1 of its stamps are later than the moment it is asked at")
    named = leaks(pd.DataFrame({"Churn risk": [1, 2] * 100}), LEFT).iloc[0]
    assert named["refused"]
    assert named["why"].startswith("its name says")


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([1] * 200, "the same for everybody: tells nothing"),
        ([None] * 200, "the same for everybody: tells nothing"),
        ([f"c-{i}" for i in range(200)], "nearly every customer has another value: cannot be judged"),
    ],
)
def test_what_cannot_be_judged_says_so(values, why):
    told = _one(values)
    assert (told["refused"], told["why"]) == (False, why)


def test_too_few_who_left_and_no_columns_at_all():
    few = leaks(pd.DataFrame({"x": [1] * 9 + [0] * 191}), pd.Series([1] * 9 + [0] * 191)).iloc[0]
    assert (few["refused"], few["why"]) == (False, "fewer than 10 customers left or stayed: cannot be judged")
    assert leaks(pd.DataFrame(index=LEFT.index), LEFT).columns.tolist() == COLUMNS


def _worlds(seed: int) -> tuple[pd.DataFrame, pd.Series]:
    """Noise of every kind, a label and a number of which leaving depends with odds ratio 8 (of a number: per two spreads)."""
    rng = np.random.default_rng(seed)
    n, base = int(rng.choice([300, 2000])), rng.choice([0.03, 0.1, 0.3])
    month, bill = rng.random(n) < 0.3, rng.normal(size=n)
    logit = np.log(base / (1 - base)) + np.log(8) * month + np.log(8) / 2 * bill
    frame = {
        "contract": np.where(month, "by month", "by year"),
        "bill": bill,
        "product": rng.integers(0, 400, n).astype(str),
        "rare": np.where(rng.random(n) < 0.02, 1.0, np.nan),
        "visits": rng.poisson(1.0, n),
        "since": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 900, n), unit="D"),
    }
    return pd.DataFrame(frame), pd.Series(rng.random(n) < 1 / (1 + np.exp(-logit)))


def test_no_honest_covariate_is_refused_in_200_draws():
    drawn = [leaks(*_worlds(seed)).assign(seed=seed) for seed in range(200)]
    told = pd.concat(drawn)
    assert told[told["refused"]].empty
    assert told.loc[told["covariate"].isin(["contract", "bill"]), "auc"].median() > 0.65  # strong indeed


@pytest.mark.skipif(
    not TELCO.exists() and not os.environ.get("CI"), reason="the public table is not part of this repository"
)
def test_the_public_table_whose_scores_leak():
    rows = pd.read_excel(TELCO, engine="calamine")
    told = leaks(rows.drop(columns="Churn Label"), rows["Churn Label"] == "Yes").set_index("covariate")
    knowing = ["Satisfaction Score", "Customer Status", "Churn Value", "Churn Score", "Churn Category", "Churn Reason"]
    assert told.index[told["refused"]].tolist() == knowing
    assert told["why"][knowing].str.contains("it knows the outcome").all()
    assert told.loc["Satisfaction Score", "level"] == "1, 2"
    assert told.loc["Satisfaction Score", "n"] == 7043
    assert not told.loc["CLTV", "refused"]
    assert 0.5 < told.loc["CLTV", "auc"] < 0.65
