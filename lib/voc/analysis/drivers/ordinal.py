"""Ordinal regression: proportional odds with many labels, shrunken where they are persons, and errors by customer.

The cumulative logit model P(score ≤ j) = σ(θ_j − η) (McCullagh, JRSS B 42, 1980), η = x'β + one effect for each label of
each group. The logarithm of its likelihood is concave (Pratt, JASA 76, 1981), so Newton's method with halved steps finds
the one maximum. Effects of a group are drawn towards nought by λ/2 Σu²: with λ = 1/τ² they are the modes of random
effects of variance τ² (Fahrmeir & Tutz 2001, ch. 7), with a small λ they are all but free and only kept finite.
Labels enter as codes, never as columns of ones and noughts, so that hundreds of agents cost little. Errors allow for the
answers of one customer being alike (sandwich: Liang & Zeger, Biometrika 73, 1986).

``statsmodels``' OrderedModel fits the same model by numerical derivatives; tests hold this one against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.special import expit

from . import crossed
from .design import Design

MOST_STEPS, NEAR, SMALLEST_STEP = 60, 1e-7, 1e-6


@dataclass(frozen=True)
class Fit:
    """A fitted model: parameters in the order cuts, x, labels; their covariance (robust); predictors of the rows.

    ``naive`` holds the variances that ignore who answered; ``by_eta`` (n,) by how much each answer's log likelihood grows
    with its predictor, ``curve`` (n,) how fast that falls; ``loglik`` is without the pull; ``converged`` is False where the
    maximum was not reached (then nothing may be told).
    """

    params: np.ndarray
    cov: np.ndarray
    naive: np.ndarray
    eta: np.ndarray
    by_eta: np.ndarray
    curve: np.ndarray
    loglik: float
    cuts: int
    columns: int
    converged: bool

    @property
    def theta(self) -> np.ndarray:
        """Cut points."""
        return self.params[: self.cuts]

    @property
    def beta(self) -> np.ndarray:
        """Coefficients of the columns."""
        return self.params[self.cuts : self.cuts + self.columns]

    @property
    def labels(self) -> np.ndarray:
        """Effects of all labels, group after group."""
        return self.params[self.cuts + self.columns :]


def fit(design: Design) -> Fit:
    """Fit by Newton's method, each step halved until it gains."""
    z, cuts = design.ones(), int(design.y.max())
    pairs = crossed.pairs([(one.codes, one.size, one.values) for one in design.groups])
    pull = np.concatenate([np.zeros(cuts + design.x.shape[1]), *(np.full(g.size, g.pull) for g in design.groups)])
    weight = np.ones(len(design.y)) if design.weight is None else design.weight
    params = _beginning(design, weight, len(pull))
    state = _state(design, z, weight, params, pull)
    for _ in range(MOST_STEPS):
        score, hessian = _newton(design, z, pairs, weight, state, params, pull)
        step = np.linalg.solve(hessian, score)
        converged = float(score @ step) < NEAR
        better = None if converged else _better(design, z, weight, state, params, pull, step)
        if better is None:
            break
        params, state = better
    return _finished(design, z, weight, state, params, pull, hessian, converged=converged)


@dataclass(frozen=True)
class _State:
    eta: np.ndarray
    upper: np.ndarray
    lower: np.ndarray
    loglik: float
    objective: float


def _beginning(design: Design, weight: np.ndarray, size: int) -> np.ndarray:
    """Begin at the shares of the scores, without any effect."""
    below = np.cumsum(np.bincount(design.y, weight))[:-1] / weight.sum()
    params = np.zeros(size)
    params[: len(below)] = np.log(below / (1 - below))
    return params


def _state(design: Design, z: csr_array, weight: np.ndarray, params: np.ndarray, pull: np.ndarray) -> _State:
    cuts, p = int(design.y.max()), design.x.shape[1]
    eta = design.x @ params[cuts : cuts + p] + z @ params[cuts + p :]
    edges = np.concatenate([[-np.inf], params[:cuts], [np.inf]])
    upper, lower = edges[design.y + 1] - eta, edges[design.y] - eta
    with np.errstate(invalid="ignore"):
        between = np.where(np.isfinite(upper) & np.isfinite(lower), np.log1p(-np.exp(lower - upper)), 0.0)
    loglik = float(weight @ (-np.logaddexp(0, -upper) - np.logaddexp(0, lower) + between))
    return _State(eta, upper, lower, loglik, loglik - 0.5 * float(pull @ params**2))


def _better(
    design: Design,
    z: csr_array,
    weight: np.ndarray,
    state: _State,
    params: np.ndarray,
    pull: np.ndarray,
    step: np.ndarray,
) -> tuple[np.ndarray, _State] | None:
    """Go the largest part of a step, whole, half, a quarter …, that gains and keeps the cuts in order; None where none does."""
    cuts, size = int(design.y.max()), 1.0
    while size > SMALLEST_STEP:
        trial = params + size * step
        made = _state(design, z, weight, trial, pull) if (np.diff(trial[:cuts]) > 0).all() else None
        if made is not None and made.objective >= state.objective:
            return trial, made
        size /= 2
    return None


def _pieces(state: _State) -> tuple[np.ndarray, ...]:
    """Derivatives of each row's log likelihood: by the predictor, by its upper and lower cut, and their curvatures."""
    up, low = expit(-state.upper), expit(state.lower)
    both = np.isfinite(state.upper) & np.isfinite(state.lower)
    gap = np.where(both, state.upper - state.lower, 1.0)
    near = np.where(both, 1 / np.expm1(gap), 0.0)
    bend = np.where(both, near * (1 + near), 0.0)
    curve_up, curve_low = up * (1 - up), low * (1 - low)
    return low - up, up + near, -(low + near), curve_up, curve_low, bend


def _newton(
    design: Design,
    z: csr_array,
    pairs: Sequence[crossed.Pair],
    weight: np.ndarray,
    state: _State,
    params: np.ndarray,
    pull: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    by_eta, by_upper, by_lower, curve_up, curve_low, bend = (weight * piece for piece in _pieces(state))
    cuts, p = int(design.y.max()), design.x.shape[1]
    y, x, a = design.y, design.x, cuts + p
    by_cut, curve_at_cut = _at_cuts(y, by_upper, by_lower, cuts), _at_cuts(y, curve_up, curve_low, cuts)
    score = np.concatenate([by_cut.sum(axis=0), x.T @ by_eta, z.T @ by_eta]) - pull * params
    weighted = (curve_up + curve_low)[:, None] * x
    hessian = np.zeros((len(params), len(params)))
    hessian[:cuts, :cuts] = np.diag(_at_cuts(y, curve_up + bend, curve_low + bend, cuts).sum(axis=0))
    beside, inner = np.bincount(y, bend, cuts + 1)[1:cuts], np.arange(cuts - 1)
    hessian[inner, inner + 1] = -beside
    hessian[:cuts, cuts:a] = -(curve_at_cut.T @ x)
    hessian[cuts:a, cuts:a] = x.T @ weighted
    if z.shape[1]:
        hessian[:cuts, a:] = -(z.T @ curve_at_cut).T
        hessian[cuts:a, a:] = (z.T @ weighted).T
        hessian[a:, a:] = crossed.table(pairs, curve_up + curve_low, z.shape[1])
    upper = np.triu(hessian)
    return score, upper + np.triu(upper, 1).T + np.diag(pull)


def _rows_of(z: csr_array) -> np.ndarray:
    return np.repeat(np.arange(z.shape[0]), np.diff(z.indptr))


def _at_cuts(y: np.ndarray, at_upper: np.ndarray, at_lower: np.ndarray, cuts: int) -> np.ndarray:
    """Lay row values by the cut above and below each row's score: (n, cuts); the outermost scores have one of them."""
    rows, made = np.arange(len(y)), np.zeros((len(y), cuts + 2))
    made[rows, y + 1], made[rows, y] = at_upper, at_lower
    return made[:, 1 : cuts + 1]


def _finished(
    design: Design,
    z: csr_array,
    weight: np.ndarray,
    state: _State,
    params: np.ndarray,
    pull: np.ndarray,
    hessian: np.ndarray,
    *,
    converged: bool,
) -> Fit:
    """Add the covariance: the bread is the curvature, the filling the scores summed by who answered, and the pull."""
    by_eta, by_upper, by_lower, curve_up, curve_low, _ = _pieces(state)
    cuts, p, n = int(design.y.max()), design.x.shape[1], len(design.y)
    filling = np.diag(pull)
    size = int(design.cluster.max()) + 1
    mine = csr_array((weight, (design.cluster, np.arange(n))), shape=(size, n))
    dense = mine @ np.hstack([_at_cuts(design.y, by_upper, by_lower, cuts), by_eta[:, None] * design.x])
    ones = mine @ csr_array((by_eta[_rows_of(z)] * z.data, z.indices, z.indptr), shape=z.shape)
    a = cuts + p
    filling[:a, :a] += dense.T @ dense
    if z.shape[1]:
        cross = (ones.T @ dense).T
        filling[:a, a:] += cross
        filling[a:, :a] += cross.T
        filling[a:, a:] += (ones.T @ ones).toarray()
    bread = np.linalg.inv(hessian)
    cov = bread @ filling @ bread * (size / max(size - 1, 1))
    curve = curve_up + curve_low
    return Fit(params, cov, np.diag(bread).copy(), state.eta, by_eta, curve, state.loglik, cuts, p, converged)
