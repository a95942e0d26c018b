"""Is a share beyond what its past makes likely? Laney's p′ chart, exact where answers are few.

A p chart calls alarm too often, because shares move from day to day by more than the binomial. Laney (Quality Engineering
14(4), 2002) widens its limits by σ_z, the mean moving range of the standardised past ÷ 1.128. Here σ_z never narrows them, the
usual share's own uncertainty is added, and the tail is a beta-binomial's with that variance where fewer than a thousand of either
kind are expected and chance is small, the normal's otherwise (with fifty, its far tail is only half as heavy as it should be).
"""

from __future__ import annotations

import numpy as np

from .looks import DAYS, Clock, Judged, joined, running
from .spread import evened

RANGE = 1.128  # mean range of two standard normal values
RANGE_WORTH = 0.605  # degrees of freedom that one moving range is worth against one square
EXACT = 1000.0  # expected bad or good ones below which the beta-binomial is summed up
PAST_YEARS = 1.0
LEAST_ANSWERS = 30  # in the past, below which nothing is judged
MAY_MATTER = 0.2  # chance by the normal tail above which nothing is summed up exactly
_PSEUDO = 0.5  # answers of either kind added to the past: a share of nought is never sure


def judge_shares(
    bad: np.ndarray, n: np.ndarray, first: int, last: int, spans: tuple[int, ...] = (1, 7), clock: Clock = DAYS
) -> list[Judged]:
    """Judge each share after each column from ``first`` to before ``last`` by the year before, its latest weeks left out.

    Args:
        bad, n: (S, T) answers that are bad, and answers; a column without any is not judged.
        first, last, spans, clock: as in ``judge_counts``.

    Returns one ``Judged`` per span; observed, expected and variance count bad answers, ``p`` is the chance of so many or more.
    Raises ValueError when there are more bad answers than answers.

    >>> n = np.full((1, 101), 20.0)
    >>> bad = np.append(np.tile([2.0, 1.0, 3.0, 2.0], 25), 12.0)[None, :]
    >>> bool(judge_shares(bad, n, 100, 101, (1,))[0].p[0, 0] < 1e-5)
    True
    """
    bad, n = np.nan_to_num(bad), np.nan_to_num(n)
    if (bad < 0).any() or (bad > n).any():
        raise ValueError("bad answers must lie between nought and all answers")
    found = []
    for span in spans:
        parts = [
            _one_week(bad, n, start, min(start + clock.week, last), span, clock)
            for start in range(first, last, clock.week)
        ]
        found.append(joined(parts, span, len(bad)))
    return found


def laney(bad: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the usual share and σ_z of each row, columns without answers left out; σ_z at least 1, evened over all rows.

    >>> share, sigma = laney(np.array([[2.0, 8.0, 2.0, 8.0]]), np.full((1, 4), 10.0))
    >>> share.tolist(), sigma.round(3).tolist()
    ([0.5], [3.364])
    """
    total = n.sum(axis=1)
    share = (bad.sum(axis=1) + _PSEUDO) / (total + 2 * _PSEUDO)
    squared, blocks = np.full(len(bad), np.nan), np.ones(len(bad))
    for row in range(len(bad)):
        known = n[row] > 0
        if known.sum() < 3:
            continue
        spread = np.sqrt(share[row] * (1 - share[row]) / n[row, known])
        z = (bad[row, known] / n[row, known] - share[row]) / spread
        squared[row], blocks[row] = (np.abs(np.diff(z)).mean() / RANGE) ** 2, len(z)
    return share, np.sqrt(evened(squared, RANGE_WORTH * blocks))


def share_tails(
    bad: np.ndarray, n: np.ndarray, share: np.ndarray, widened: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return P(X ≥ bad) and P(X ≤ bad) of counts with mean n·share and ``widened`` times the binomial's variance.

    >>> high, low = share_tails(np.array([3.0]), np.array([3.0]), np.array([0.5]), np.array([1.0]))
    >>> high.round(3).tolist(), low.round(3).tolist()
    ([0.125], [1.0])

    Chances above 0.2 of few answers are the normal tail's: nothing hangs on them.
    """
    from scipy.special import ndtr

    mean = n * share
    spread = np.sqrt(np.maximum(mean * (1 - share) * widened, 1e-12))
    high, low = ndtr((mean - bad + 0.5) / spread), ndtr((bad - mean + 0.5) / spread)
    few = (np.minimum(mean, n - mean) < EXACT) & (np.minimum(high, low) < MAY_MATTER) & (n > 0)
    for at in np.argwhere(few):
        place = tuple(at)
        high[place], low[place] = _exact(bad[place], int(n[place]), share[place], widened[place])
    none = n <= 0
    return np.where(none, np.nan, high), np.where(none, np.nan, low)


def _exact(bad: float, n: int, share: float, widened: float) -> tuple[float, float]:
    """Sum up the tails of a beta-binomial (a binomial where nothing is widened)."""
    chance, k = chances_of(n, share, widened), np.arange(n + 1)
    return float(min(chance[k >= bad].sum(), 1.0)), float(min(chance[k <= bad].sum(), 1.0))


def chances_of(n: int, share: float, widened: float) -> np.ndarray:
    """Return the chances of 0 … n bad answers of n: a beta-binomial's with ``widened`` times the binomial's variance.

    >>> chances_of(2, 0.5, 1.0).round(3).tolist()
    [0.25, 0.5, 0.25]
    """
    from scipy.special import betaln, gammaln, xlog1py, xlogy

    k = np.arange(n + 1)
    choose = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    alike = min((widened - 1) / (n - 1), 0.99) if n > 1 else 0.0
    if alike > 1e-9:
        a, b = share * (1 / alike - 1), (1 - share) * (1 / alike - 1)
        log = choose + betaln(k + a, n - k + b) - betaln(a, b)
    else:
        log = choose + xlogy(k, share) + xlog1py(n - k, -share)
    return np.exp(log)


def _one_week(bad: np.ndarray, n: np.ndarray, start: int, stop: int, span: int, clock: Clock) -> Judged:
    past = start - clock.left_out(start)
    begin = max(past - int(PAST_YEARS * clock.year), 0)
    usual_bad, usual_n = (_blocks(part[:, begin:past], span) for part in (bad, n))
    share, sigma = laney(usual_bad, usual_n)
    known = usual_n.sum(axis=1)
    now_bad, now_n = (running(part[:, max(start - span + 1, 0) : stop], span, stop - start) for part in (bad, n))
    of = np.broadcast_to(share[:, None], now_n.shape)
    widened = sigma[:, None] ** 2 * (1 + now_n / np.maximum(known, 1.0)[:, None])
    high = sum(share_tails(now_bad + more, now_n, of, widened)[0] for more in (0, 1)) / 2  # as ``looks.chance``
    hidden = (known < LEAST_ANSWERS)[:, None] | (n[:, start:stop] <= 0)
    expected = now_n * of
    parts = (np.where(hidden, np.nan, part) for part in (now_bad, expected, expected * (1 - of) * widened, high))
    return Judged(span, *parts)


def _blocks(values: np.ndarray, span: int) -> np.ndarray:
    """Sum up neighbouring columns, the latest block whole."""
    blocks = values.shape[1] // span
    return values[:, values.shape[1] - blocks * span :].reshape(len(values), blocks, span).sum(axis=2)
