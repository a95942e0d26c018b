"""How good are probabilities: Brier score against the base rate, who is told from whom, and whether 10 % means 10 %."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..intervals import Z, wilson

BINS = ["bin", "n", "predicted", "observed", "lo", "hi"]
RESAMPLES, BLOCKS = 1000, 2000
VAGUE = 5.0  # standard error of a slope from which on it says nothing: chances are all but alike, or part all


def auc_of(score: np.ndarray, happened: np.ndarray) -> float:
    """Return the share of pairs, one where it happened and one where not, in which the former has the higher score, ties half.

    >>> auc_of(np.array([1.0, 2.0, 2.0, 3.0]), np.array([False, True, False, True]))
    0.875
    """
    from scipy.stats import rankdata

    happened = np.asarray(happened, bool)
    hits, others = int(happened.sum()), int((~happened).sum())
    if not hits or not others:
        return float("nan")
    return float((rankdata(score)[happened].sum() - hits * (hits + 1) / 2) / (hits * others))


def auc_interval(score: np.ndarray, happened: np.ndarray, who: np.ndarray | None = None) -> tuple[float, float, float]:
    """Return the area under the curve with its 95 % interval, nan where it has none.

    ``who`` numbers the customer of each row where customers have several: their rows are one piece of evidence (Obuchowski,
    Biometrics 53, 1997).

    Where all pairs are right, or none, as many pairs are counted as the smaller side has rows (Wilson). Else DeLong's variance
    (Biometrics 44, 1988) by ranks (Sun & Xu, IEEE Signal Processing Letters 21, 2014), on the logit scale.
    """
    from scipy.stats import rankdata

    happened = np.asarray(happened, bool)
    hits, others = int(happened.sum()), int((~happened).sum())
    area = auc_of(score, happened)
    fewer = min(hits, others)
    if fewer < 2:
        return area, float("nan"), float("nan")
    if area in (0, 1):
        return area, *(float(end) for end in wilson(np.array(area * fewer), np.array(float(fewer))))
    ranks = rankdata(score)
    beaten = (ranks[happened] - rankdata(score[happened])) / others
    lost = 1 - (ranks[~happened] - rankdata(score[~happened])) / hits
    if who is None:
        variance = beaten.var(ddof=1) / hits + lost.var(ddof=1) / others
    else:
        share = np.empty(len(happened))
        share[happened], share[~happened] = (beaten - area) / hits, (lost - area) / others
        pieces = np.bincount(pd.factorize(who)[0], weights=share)
        variance = (pieces**2).sum() * len(pieces) / max(len(pieces) - 1, 1)
    se = np.sqrt(variance) / (area * (1 - area))
    ends = np.log(area / (1 - area)) + np.array([-Z, Z]) * se
    return area, *(float(end) for end in 1 / (1 + np.exp(-ends)))


def brier(chance: np.ndarray | float, happened: np.ndarray) -> float:
    """Return the mean squared distance of probabilities from what happened (Brier 1950): 0 is perfect.

    >>> brier(np.array([0.5, 1.0]), np.array([0, 1]))
    0.125
    """
    return float(np.mean((np.asarray(happened, float) - chance) ** 2))


def skill(
    chance: np.ndarray,
    base: np.ndarray | float,
    happened: np.ndarray,
    rng: np.random.Generator,
    resamples: int = RESAMPLES,
    who: np.ndarray | None = None,
) -> tuple[float, float, float]:
    """Return by which share probabilities err less than the base rate, with its 95 % interval from resampled customers.

    1 − Brier ÷ Brier of the base rate, one row a customer unless ``who`` numbers the customer of each row. 0: they tell
    nothing beyond the base rate. More than ``BLOCKS`` customers are dealt into so many blocks by lot, and blocks are
    resampled: the same variance, less work.
    """
    happened = np.asarray(happened, float)
    customer = np.arange(len(happened)) if who is None else pd.factorize(who)[0]
    block = (rng.permutation(int(customer.max()) + 1) % BLOCKS)[customer]
    sums = np.array([np.bincount(block, weights=(happened - told) ** 2) for told in (chance, base)])
    drawn = rng.multinomial(sums.shape[1], np.full(sums.shape[1], 1 / sums.shape[1]), size=resamples) @ sums.T
    lo, hi = np.quantile(1 - drawn[:, 0] / drawn[:, 1], [0.025, 0.975])
    return float(1 - sums[0].sum() / sums[1].sum()), float(lo), float(hi)


def bins_of(chance: np.ndarray, happened: np.ndarray, least: int, most: int = 10) -> pd.DataFrame:
    """Set predicted chances beside what happened, in up to ``most`` groups of equally many rows.

    Returns bin (from 1, rising), n, predicted (mean), observed (share in which it happened), lo, hi (Wilson 95 %). Groups of fewer than
    ``least`` are not made; rows with the same chance stay together.

    >>> bins_of(np.array([0.1, 0.1, 0.3, 0.3]), np.array([0, 0, 0, 1]), 2, 2)[["n", "predicted", "observed"]].values.tolist()
    [[2.0, 0.1, 0.0], [2.0, 0.3, 0.5]]
    """
    groups = max(1, min(most, len(chance) // max(least, 1)))
    inner = np.unique(np.quantile(chance, np.linspace(0, 1, groups + 1)[1:-1], method="higher"))
    frame = pd.DataFrame({"part": np.searchsorted(inner, chance, side="right"), "chance": chance, "happened": happened})
    made = (
        frame.astype({"happened": float})
        .groupby("part")
        .agg(n=("happened", "size"), predicted=("chance", "mean"), k=("happened", "sum"))
    )
    lo, hi = wilson(made["k"].to_numpy(), made["n"].to_numpy())
    made = made.assign(bin=np.arange(1, len(made) + 1), observed=made["k"] / made["n"], lo=lo, hi=hi)
    return made.reset_index(drop=True)[BINS]


@dataclass(frozen=True)
class Calibration:
    """Slope and intercept of calibration with their 95 % intervals; nan where they cannot be told.

    Slope: 1 where differences between rows are neither over- nor understated (below 1: overstated). Intercept: 0 where
    it happened as often as predicted, at slope 1 (Cox 1958; Van Calster et al., Journal of Clinical Epidemiology 74, 2016).
    """

    slope: float = np.nan
    slope_lo: float = np.nan
    slope_hi: float = np.nan
    intercept: float = np.nan
    intercept_lo: float = np.nan
    intercept_hi: float = np.nan

    @property
    def wrong(self) -> bool:
        """Whether the intervals shut out that chances are right as they are."""
        return not (self.slope_lo <= 1 <= self.slope_hi and self.intercept_lo <= 0 <= self.intercept_hi)


def calibration(chance: np.ndarray, happened: np.ndarray) -> Calibration:
    """Hold chances against what happened; all nan where it happened always or never.

    The slope is nan too where chances are all but alike, or all are told apart.
    """
    logit = _logit(chance)
    if not 0 < np.sum(happened) < len(happened):
        return Calibration()
    at, se = newton(np.ones((len(logit), 1)), happened, logit)
    told = {"intercept": at[0], "intercept_lo": at[0] - Z * se[0], "intercept_hi": at[0] + Z * se[0]}
    at, se = _line(logit, happened) if logit.std() > 1e-9 else (np.full(2, np.nan), np.full(2, np.inf))
    if se[1] < VAGUE:
        told |= {"slope": at[1], "slope_lo": at[1] - Z * se[1], "slope_hi": at[1] + Z * se[1]}
    return Calibration(**{name: float(value) for name, value in told.items()})


def recalibrated(chance: np.ndarray, happened: np.ndarray) -> tuple[float, float]:
    """Return intercept and slope by which logits are to be changed so that chances fit what happened.

    The slope is never negative: where differences are the wrong way round, all get the same chance.
    """
    logit = _logit(chance)
    at = _line(logit, happened)[0] if logit.std() > 1e-9 else np.zeros(2)
    if at[1] <= 0:
        share = float(np.mean(happened))
        return float(np.log(share / (1 - share))), 0.0
    return float(at[0]), float(at[1])


def _line(logit: np.ndarray, happened: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fit intercept and slope of the logit, scaled for the solver; return them and their standard errors."""
    middle, spread = logit.mean(), logit.std()
    at, se = newton(np.column_stack([np.ones(len(logit)), (logit - middle) / spread]), happened)
    return np.array([at[0] - at[1] * middle / spread, at[1] / spread]), np.array([np.nan, se[1] / spread])


def _logit(chance: np.ndarray) -> np.ndarray:
    inside = np.clip(chance, 1e-9, 1 - 1e-9)
    return np.log(inside / (1 - inside))


def newton(
    x: np.ndarray,
    happened: np.ndarray,
    offset: np.ndarray | float = 0.0,
    ridge: np.ndarray | float = 1e-6,
    n: np.ndarray | float = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the coefficients of a logistic regression and their standard errors, by Newton's steps.

    ``x``: (rows, columns) with its own column of ones; ``happened``: how often it did in the ``n`` cases of each row;
    ``offset``: a known part of the logit; ``ridge``: penalty per column (half of it times the coefficient's square), which keeps
    coefficients finite where a column separates perfectly.
    """
    happened = np.asarray(happened, float)
    at, penalty = np.zeros(x.shape[1]), np.broadcast_to(np.asarray(ridge, float), (x.shape[1],))
    value = -np.inf
    for _ in range(100):
        linear = x @ at + offset
        chance = 1 / (1 + np.exp(-np.clip(linear, -40, 40)))
        slope = x.T @ (happened - n * chance) - penalty * at
        bend = (x.T * (n * chance * (1 - chance))) @ x + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        size = 1.0
        while size > 1e-6:  # never downhill: steps are halved until the likelihood rises
            tried = at + size * step
            linear = x @ tried + offset
            new = float(happened @ linear - (n * np.logaddexp(0, linear)).sum() - penalty @ tried**2 / 2)
            if new >= value:
                break
            size /= 2
        at = tried
        if new - value < 1e-9 * (1 + abs(new)):
            break
        value = new
    return at, np.sqrt(np.diag(np.linalg.inv(bend)))
