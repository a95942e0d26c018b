"""One driver's model: its curve, what came before it held alike, and what it moves in points of CSAT.

The model is of the five scores (``ordinal``), the answer in points of CSAT: the share of 4 and 5 if every answered contact
had the one value of the driver, against the other value (standardisation: Lane & Nelder, Biometrics 38, 1982), with the
interval of the delta method.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array
from scipy.special import expit

from ..intervals import Z
from . import splines
from .design import Design
from .held import ALL, design_of
from .known import Driver
from .ordinal import Fit, fit
from .rows import Answers


@dataclass(frozen=True)
class Points:
    """A difference in points of CSAT with its 95 % interval and standard error."""

    value: float
    se: float

    @property
    def lo(self) -> float:
        """Lower end."""
        return self.value - Z * self.se

    @property
    def hi(self) -> float:
        """Upper end."""
        return self.value + Z * self.se


@dataclass(frozen=True)
class Model:
    """A fitted model of the scores by one driver.

    ``rows`` are the places of its answers, ``knots`` where the driver's curve bends (fewer than three: straight).
    """

    answers: Answers
    driver: Driver
    rows: np.ndarray
    knots: np.ndarray
    design: Design
    fit: Fit

    @property
    def u(self) -> np.ndarray:
        """The driver on its scale."""
        return self.answers.frame[self.driver.name].to_numpy(float)[self.rows]

    @property
    def happy_cut(self) -> int:
        """Place of the cut between unhappy and happy among the parameters."""
        return happy_cut(self.answers, self.rows)

    @cached_property
    def ones(self) -> csr_array:
        """The labels as a matrix."""
        return self.design.ones()

    @property
    def width(self) -> int:
        """How many columns the driver has."""
        return max(len(self.knots) - 1, 1)

    @cached_property
    def rest(self) -> np.ndarray:
        """The predictor of each answer without the driver, from the happy cut."""
        own = self.design.x[:, : self.width] @ self.fit.beta[: self.width]
        return self.fit.eta - own - self.fit.theta[self.happy_cut]

    @cached_property
    def share(self) -> np.ndarray:
        """(n,) the part of the whole that each answer stands for."""
        weight = self.design.weight if self.design.weight is not None else np.ones(len(self.rows))
        return weight / weight.sum()

    def _at(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the columns with the driver at ``u``, and each answer's chance to be happy then."""
        basis = splines.basis(u, self.knots)
        p = expit(self.rest + basis @ self.fit.beta[: self.width])
        return np.hstack([basis, self.design.x[:, self.width :]]), p

    def _cuts(self, by_predictor: np.ndarray) -> np.ndarray:
        """Return the gradient by the cuts: a higher happy cut is a lower predictor for everybody."""
        cuts = np.zeros(self.fit.cuts)
        cuts[self.happy_cut] = -by_predictor.sum()
        return cuts

    def _mean(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return each answer's chance to be happy if it had the value ``u``, and the gradient of their mean by all parameters."""
        x, p = self._at(u)
        slope = self.share * p * (1 - p)
        return p, np.concatenate([self._cuts(slope), x.T @ slope, self.ones.T @ slope])

    def _in_points(self, each: np.ndarray, gradient: np.ndarray) -> Points:
        """Average over the answers, in points; the answers too are a draw, so that their own spread is a part of the error."""
        value = float(self.share @ each)
        own = np.bincount(self.design.cluster, self.share * (each - value))
        return Points(100 * value, 100 * float(np.sqrt(gradient @ self.fit.cov @ gradient + own @ own)))

    def mean(self) -> float:
        """Return CSAT (0–1) of the answers as they are, by the model."""
        return float(self.share @ self._at(self.u)[1])

    def points(self, before: np.ndarray, after: np.ndarray) -> Points:
        """Return by how many points CSAT differs when the answers' values go from ``before`` to ``after``."""
        (low, by_low), (high, by_high) = self._mean(before), self._mean(after)
        return self._in_points(high - low, by_high - by_low)

    def level(self, u: float) -> Points:
        """Return CSAT in per cent if all answers had the value ``u``."""
        return self._in_points(*self._mean(np.full(len(self.rows), u)))

    def slope(self, u: float) -> Points:
        """Return the points of CSAT for one more on the driver's scale, at ``u``."""
        x, p = self._at(np.full(len(self.rows), u))
        change = splines.slopes(np.array([u]), self.knots)[0]
        rate = float(change @ self.fit.beta[: self.width])
        one = self.share * p * (1 - p)
        two = rate * one * (1 - 2 * p)
        by_x = x.T @ two
        by_x[: self.width] += change * one.sum()
        gradient = np.concatenate([self._cuts(two), by_x, self.ones.T @ two])
        return Points(100 * rate * one.sum(), 100 * float(np.sqrt(gradient @ self.fit.cov @ gradient)))

    def bend_p(self) -> float:
        """Return how likely so much bend is by chance where the truth is straight (Wald); missing where it cannot bend."""
        if self.width < 2:
            return np.nan
        at = slice(self.fit.cuts + 1, self.fit.cuts + self.width)
        return wald(self.fit.params[at], self.fit.cov[at, at])


def wald(effects: np.ndarray, cov: np.ndarray) -> float:
    """Return how likely so large effects are by chance where all are nought."""
    from scipy.stats import chi2

    return float(chi2.sf(effects @ np.linalg.solve(cov, effects), len(effects)))


def model(
    answers: Answers,
    driver: Driver,
    *,
    held: Sequence[str] = ALL,
    straight: bool = False,
    only: np.ndarray | None = None,
    weight: np.ndarray | None = None,
    pull_of_agents: float = np.inf,
    labels: Sequence[str] = (),
) -> Model | None:
    """Fit the scores by a driver.

    Args:
        answers: as laid out by ``rows.answers_of``.
        driver: one of ``answers.drivers``.
        held: what is held alike: what the contact is about, its kind (with its channel), its context, the drivers that
            come before, the agent (shrunken by ``pull_of_agents`` = 1/τ²; infinite: agents are left out).
        straight: no curve.
        only: mask of the answers to take; weight: a weight for each answer.
        labels: further label columns that are held alike.

    Returns None where the model has no maximum or too few answers on either side.
    """
    known = answers.known(driver) if only is None else answers.known(driver) & only
    rows = np.flatnonzero(known)
    happy = answers.frame["happy"].to_numpy()[rows]
    u = answers.frame[driver.name].to_numpy(float)[rows]
    if len(rows) < 30 or min(happy.sum(), (~happy).sum()) < 5 or np.ptp(u) == 0:
        return None
    knots = np.unique(u)[:2] if straight or not driver.is_time else splines.knots_of(u)
    design = design_of(answers, driver, rows, splines.basis(u, knots), held, weight, pull_of_agents, labels)
    made = fit(design)
    return Model(answers, driver, rows, knots, design, made) if made.converged else None


def happy_chance(answers: Answers, rows: np.ndarray, made: Fit) -> np.ndarray:
    """Return each answer's chance to be 4 or 5 by a fitted model."""
    return expit(made.eta - made.theta[happy_cut(answers, rows)])


def happy_cut(answers: Answers, rows: np.ndarray) -> int:
    """Return the place of the cut between unhappy and happy among the parameters."""
    return int((np.unique(answers.y[rows]) < answers.cut).sum()) - 1
