"""Hazard ratios against published and closed-form answers, and against Cox's model of statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from statsmodels.duration.hazard_regression import PHReg
from voc.analysis.churn.hazard import TimeAtRisk, add_up, band_cuts, extra_gone, fit

# Freireich et al. (Blood 21, 1963): weeks in remission; 1 = relapse, 0 = censored.
DRUG = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
DRUG_GONE = [1] * 9 + [0] * 12
NONE = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def freireich() -> pd.DataFrame:
    """The 42 children: start, stop (weeks), gone, treated with 6-MP or not."""
    frame = pd.DataFrame({"stop": [*DRUG, *NONE], "gone": [*DRUG_GONE, *[1] * 21], "placebo": [0] * 21 + [1] * 21})
    return frame.assign(start=0.0)


def one_column(risk: TimeAtRisk, name: str) -> sparse.csr_matrix:
    return sparse.csr_matrix(risk.patterns[[name]].to_numpy(float))


def drawn(rng: np.random.Generator, n: int = 3000) -> pd.DataFrame:
    """Customers with two states and a rate of leaving that falls after 60 days: ratios 2 and 0.7."""
    frame = pd.DataFrame({"a": rng.random(n) < 0.3, "b": rng.random(n) < 0.5}).astype(float)
    rate = 0.004 * np.exp(np.log(2) * frame["a"] + np.log(0.7) * frame["b"])
    clock = rng.exponential(1, n) / rate
    days = np.where(clock < 120, clock / 2, clock - 60)
    end = rng.uniform(30, 400, n)
    return frame.assign(start=0.0, stop=np.minimum(days, end), gone=days <= end)


def test_in_one_band_the_ratio_is_that_of_leavers_a_day():
    """4 leavers in 100 days against 2 in 200: 0.04 ÷ 0.01 = 4; variance of its logarithm 1/4 + 1/2."""
    spells = pd.DataFrame({"start": 0.0, "stop": [25.0] * 4 + [100.0, 100.0], "gone": [True] * 6})
    risk = add_up(spells, pd.DataFrame({"slow": [1] * 4 + [0] * 2}), np.array([0.0]))
    model = fit(one_column(risk, "slow"), risk)
    assert np.exp(model.beta[0]) == pytest.approx(4)
    assert model.se[0] == pytest.approx(np.sqrt(0.75))
    assert model.base[0] == pytest.approx(0.01)


def test_spells_are_cut_at_the_bands_and_leavers_fall_into_theirs():
    spells = pd.DataFrame({"start": [0.0, 5.0], "stop": [10.0, 25.0], "gone": [True, True]})
    risk = add_up(spells, pd.DataFrame({"x": [0, 0]}), np.array([0.0, 10.0, 20.0]))
    assert risk.exposure.tolist() == [[15.0, 10.0, 5.0]]
    assert risk.gone.tolist() == [[1.0, 0.0, 1.0]]
    assert risk.people.tolist() == [2]


def test_coxs_model_reproduces_the_published_ratio():
    """Cox (JRSS B 34, 1972) and textbooks since: Breslow 1.509 (.410), Efron 1.572 (.412)."""
    frame = freireich()
    for ties, beta, se in (("breslow", 1.509, 0.410), ("efron", 1.572, 0.412)):
        found = PHReg(frame["stop"], frame[["placebo"]], status=frame["gone"], ties=ties).fit(disp=0)
        assert (round(found.params[0], 3), round(found.bse[0], 3)) == (beta, se)


def test_with_a_band_for_every_week_the_ratio_is_the_published_one():
    frame = freireich()
    risk = add_up(frame, frame[["placebo"]], np.arange(0.0, 36.0))
    model = fit(one_column(risk, "placebo"), risk)
    assert (round(model.beta[0], 3), round(model.se[0], 3)) == (1.509, 0.410)


def test_a_dozen_bands_are_as_good_as_coxs_model():
    frame = drawn(np.random.default_rng(5))
    cuts = band_cuts(frame.loc[frame["gone"], "stop"].to_numpy())
    risk = add_up(frame, frame[["a", "b"]], cuts)
    model = fit(sparse.csr_matrix(risk.patterns.to_numpy(float)), risk)
    cox = PHReg(frame["stop"], frame[["a", "b"]], status=frame["gone"], ties="efron").fit(disp=0)
    assert len(cuts) == 12
    assert np.abs(model.beta - cox.params).max() < 0.01
    assert np.abs(model.se / cox.bse - 1).max() < 0.01


def test_spells_cut_in_two_say_the_same():
    frame = drawn(np.random.default_rng(6), 800)
    half = frame["stop"] / 2
    halves = pd.concat([frame.assign(stop=half, gone=False), frame.assign(start=half)])
    both = []
    for spells in (frame, halves):
        risk = add_up(spells, spells[["a", "b"]], np.array([0.0, 30.0, 90.0]))
        both.append(fit(sparse.csr_matrix(risk.patterns.to_numpy(float)), risk).beta)
    assert both[0] == pytest.approx(both[1], abs=1e-9)


def test_early_and_late_add_up_to_the_whole():
    frame = drawn(np.random.default_rng(7), 500)
    risk = add_up(frame, frame[["a"]], np.array([0.0, 30.0, 90.0]))
    twice = risk.early_and_late(1)
    assert twice.exposure[:2, 1:].sum() == 0
    assert twice.exposure[2:, :1].sum() == 0
    assert twice.gone.sum() == risk.gone.sum()


def test_extra_leavers_of_one_band_in_closed_form():
    """Of 100 in the state 100 (1 − e^(−0.04·10)) = 32.97 leave within 10 days, else 100 (1 − e^(−0.01·10)) = 9.52."""
    spells = pd.DataFrame({"start": 0.0, "stop": [25.0] * 4 + [100.0, 100.0], "gone": [True] * 6})
    risk = add_up(spells, pd.DataFrame({"slow": [1] * 4 + [0] * 2}), np.array([0.0]))
    design = one_column(risk, "slow")
    extra, se = extra_gone(fit(design, risk), design, risk, 0, 10.0)
    assert extra == pytest.approx(32.968 - 9.516, abs=0.001)
    # independent rates: (t e^(−λt))² λ²/leavers of each side
    assert se == pytest.approx(100 * np.hypot(0.4 * np.exp(-0.4) / 2, 0.1 * np.exp(-0.1) / np.sqrt(2)), rel=1e-6)


def test_the_error_of_extra_leavers_is_that_of_drawing_again():
    rng, found = np.random.default_rng(8), []
    for _ in range(150):
        frame = drawn(rng, 1500)
        risk = add_up(frame, frame[["a", "b"]], np.array([0.0, 60.0, 120.0]))
        design = sparse.csr_matrix(risk.patterns.to_numpy(float))
        found.append(extra_gone(fit(design, risk), design, risk, 0, 180.0))
    extra, se = np.array(found).T
    assert se.mean() == pytest.approx(extra.std(ddof=1), rel=0.15)


def test_a_column_that_says_what_another_said_has_no_ratio():
    frame = drawn(np.random.default_rng(9), 500)
    risk = add_up(frame, frame[["a"]], np.array([0.0]))
    model = fit(sparse.csr_matrix(risk.patterns[["a", "a"]].to_numpy(float)), risk)
    assert np.isfinite(model.beta).tolist() == [True, False]


@pytest.mark.parametrize("leavers", [[False] * 4, [True, True, False, False]])
def test_where_nobody_left_in_a_state_no_ratio_is_made_up(leavers: list[bool]):
    spells = pd.DataFrame({"start": 0.0, "stop": [10.0, 20.0, 30.0, 30.0], "gone": leavers})
    risk = add_up(spells, pd.DataFrame({"slow": [1, 1, 0, 0]}), np.array([0.0]))
    with pytest.raises(ArithmeticError):
        fit(one_column(risk, "slow"), risk)
