"""Is a count beyond what its past makes likely? Farrington's flexible method for many series and several spans at once.

Noufaily, Enki, Farrington, Garthwaite, Andrews & Charlett (Statistics in Medicine 32, 2013): a log-linear quasi-Poisson
model of the past with a trend, a factor over the year where two years are known and one over the weekdays, in which past
outbreaks weigh little and the latest weeks are left out; the tail is a negative binomial's. Three things differ. The variance holds
the uncertainty of the expectation. A week is judged by the spread of weeks, since days in a row resemble each other. And
a fortnight that stood out a year ago is expected again within three weeks of its date, for feasts move about as much; with
one year known there is no better season.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .loglinear import Fit, fit
from .looks import DAYS, Clock, Judged, chance, joined, running, tail
from .spread import evened

ZONES = 10  # parts of the year; the one around the days judged has three weeks on either side
NEAR_WEEKS = 3
LEAST_WEEKS = 4  # of history, and fewer than half of them missing
STOOD_OUT = 0.01  # chance under which a fortnight of last year is expected again
TREND_Z = 1.96
HALF_Z = 1.28  # of the trend in each half


def judge_counts(
    counts: np.ndarray,
    first: int,
    last: int,
    spans: tuple[int, ...] = (1, 7),
    clock: Clock = DAYS,
    whole: int | None = None,
) -> list[Judged]:
    """Judge each series after each column from ``first`` to before ``last``, by what was known before that week.

    Args:
        counts: (S, T) counts in columns without gaps; a column that is not known is missing, not nought.
        first, last: columns judged; the model is learned anew each week.
        spans: how many columns a look sums up.
        clock: days or weeks.
        whole: row of all contacts together: parts that were too small to stand out a year ago share its feasts.

    Returns one ``Judged`` per span.

    >>> quiet = np.tile([4.0, 6.0, 5.0, 5.0, 4.0, 6.0, 5.0], 20)[None, :]
    >>> loud = np.append(quiet, [[25.0]], axis=1)
    >>> bool(judge_counts(loud, 140, 141, (1,))[0].p[0, 0] < 1e-6)
    True
    """
    parts: list[list[Judged]] = []
    for start in range(first, last, clock.week):
        stop = min(start + clock.week, last)
        parts.append(_one_week(counts, start, stop, spans, clock, whole))
    return [joined([week[i] for week in parts], span, len(counts)) for i, span in enumerate(spans)]


def _one_week(
    counts: np.ndarray, start: int, stop: int, spans: tuple[int, ...], clock: Clock, whole: int | None
) -> list[Judged]:
    """Learn from what came before ``start``; judge the columns from there to before ``stop``."""
    past = start - clock.left_out(start)
    begin = max(start - max(spans) + 1, 0)
    able = _able(counts[:, :past], clock)
    shape = (len(counts), stop - start)
    mean = variance_free = np.full(shape, np.nan)
    if not able.any():
        return [Judged(span, mean, mean, variance_free, mean) for span in spans]
    learned = _Learned.of(counts, past, start, stop, clock, whole)
    judged = []
    for span in spans:
        observed, expected, variance = learned.windows(counts, begin, start, stop, span)
        hidden = ~able[:, None] | np.isnan(counts[:, start:stop])
        p = np.where(hidden, np.nan, chance(observed, expected, variance))
        judged.append(Judged(span, *(np.where(hidden, np.nan, part) for part in (observed, expected, variance)), p))
    return judged


def _able(history: np.ndarray, clock: Clock) -> np.ndarray:
    known = np.isfinite(history).sum(axis=1)
    return (known >= LEAST_WEEKS * clock.week * (1 if clock.week > 1 else 2)) & (known >= history.shape[1] / 2)


@dataclass(frozen=True)
class _Learned:
    """What the past teaches about the columns up to ``stop``: all arrays over the S series."""

    fitted: Fit
    trend: np.ndarray
    design: np.ndarray
    weekly: np.ndarray
    again: np.ndarray
    again_error: np.ndarray

    @classmethod
    def of(
        cls, counts: np.ndarray, past: int, start: int, stop: int, clock: Clock, whole: int | None = None
    ) -> _Learned:
        """Fit with and without a trend, and keep it where it is beyond chance and leads to nothing unheard of."""
        design = _design(np.arange(stop), start, past, clock)
        with_trend = fit(counts[:, :past], design[:past])
        highest = np.nanmax(np.where(np.isfinite(counts[:, :past]), counts[:, :past], 0.0), axis=1)
        ahead = with_trend.predict(design[start:stop]).max(axis=1)
        trend = _steady(counts[:, :past], design[:past], with_trend) & (ahead <= highest)
        fitted = _chosen(trend, with_trend, fit(counts[:, :past], np.delete(design[:past], 1, axis=1)))
        weekly = _weekly_dispersion(counts[:, :past], fitted, clock)
        again, again_error = _again(counts, fitted.predict(design), weekly, start, stop, clock)
        if whole is not None:
            alone = again > 1
            again, again_error = (np.where(alone, part, part[whole]) for part in (again, again_error))
        return cls(fitted, trend, design, weekly, again, again_error)

    def windows(
        self, counts: np.ndarray, begin: int, start: int, stop: int, span: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Sum up the ``span`` columns that end at each column: observed, expected, variance (S, stop − start)."""
        known = np.isfinite(counts[:, begin:stop])
        mean = self.fitted.predict(self.design[begin:stop]) * self.again[:, None] * known
        slope = mean[:, :, None] * self.design[None, begin:stop]
        observed = running(np.where(known, counts[:, begin:stop], 0.0), span, stop - start)
        expected = running(mean, span, stop - start)
        gradient = running(slope, span, stop - start)
        own = self.fitted.dispersion[:, None] if span == 1 else self.weekly[:, None]
        unsure = np.einsum("sdp,spq,sdq->sd", gradient, self.fitted.unscaled, gradient, optimize=True)
        variance = own * expected + self.weekly[:, None] * unsure + (expected * self.again_error[:, None]) ** 2
        return observed, expected, variance


def _design(at: np.ndarray, now: int, past: int, clock: Clock) -> np.ndarray:
    """Level, trend (years from now), weekdays, and zones of the year counted from now where two years are known."""
    columns = [np.ones(len(at)), (at - now) / clock.year]
    columns += [(at % clock.week == day).astype(float) for day in range(1, clock.week)]
    if past >= 2 * clock.year - (NEAR_WEEKS + 2) * clock.week:
        near = NEAR_WEEKS * clock.week
        place = (at - now + near) % clock.year
        rest = clock.year - 2 * near - clock.week
        zone = np.where(
            place < clock.year - rest, 0, 1 + ((place - (clock.year - rest)) / rest * (ZONES - 1)).astype(int)
        )
        columns += [(zone == number).astype(float) for number in range(1, ZONES)]
    return np.stack(columns, axis=1)


def _steady(counts: np.ndarray, design: np.ndarray, whole: Fit) -> np.ndarray:
    """Tell which trends are beyond chance; without a season of two years they must show in both halves of the past.

    In a year that begins with Christmas everything seems to fall: but only in the first half.
    """
    slope = _slope(whole)
    steady = np.abs(slope) > TREND_Z
    if design.shape[1] > ZONES:  # zones of the year hold the season
        return steady
    rows, middle = np.flatnonzero(steady), len(design) // 2
    for half in (slice(None, middle), slice(middle, None)):
        own = _slope(fit(counts[rows, half], design[half]))
        steady[rows] &= (np.sign(own) == np.sign(slope[rows])) & (np.abs(own) > HALF_Z)
    return steady


def _slope(fitted: Fit) -> np.ndarray:
    return fitted.coef[:, 1] / np.sqrt(fitted.unscaled[:, 1, 1] * fitted.dispersion)


def _chosen(trend: np.ndarray, with_trend: Fit, without: Fit) -> Fit:
    """Take each series' fit with or without its trend (column 1), the latter with a nought for it."""
    coef = np.insert(without.coef, 1, 0.0, axis=1)
    unscaled = np.insert(np.insert(without.unscaled, 1, 0.0, axis=1), 1, 0.0, axis=2)
    return Fit(
        np.where(trend[:, None], with_trend.coef, coef),
        np.where(trend[:, None, None], with_trend.unscaled, unscaled),
        np.where(trend[:, None], with_trend.weight, without.weight),
        np.where(trend[:, None], with_trend.mean, without.mean),
        np.where(trend, with_trend.dispersion, without.dispersion),
    )


def _weekly_dispersion(counts: np.ndarray, fitted: Fit, clock: Clock) -> np.ndarray:
    """Return how much wider than Poisson whole weeks spread: as wide as days, times what days in a row have in common."""
    if clock.week == 1:
        return fitted.dispersion
    weeks = counts.shape[1] // clock.week
    known = np.isfinite(counts)
    late = slice(counts.shape[1] - weeks * clock.week, None)
    observed, mean, weight = (
        part[:, late].reshape(len(counts), weeks, clock.week).sum(axis=2)
        for part in (np.where(known, counts, 0.0), fitted.mean * known, fitted.weight / clock.week)
    )
    squares = (weight * (observed - mean) ** 2 / np.maximum(mean, 1e-9)).sum(axis=1)
    spent = fitted.coef.shape[1] - (clock.week - 1)
    freedom = np.maximum(weight.sum(axis=1) - spent, 1)
    return fitted.dispersion * evened(squares / freedom / fitted.dispersion, freedom)


def _again(
    counts: np.ndarray, mean: np.ndarray, dispersion: np.ndarray, start: int, stop: int, clock: Clock
) -> tuple[np.ndarray, np.ndarray]:
    """Return by how much each series is expected higher because a fortnight a year ago stood out, and its relative error."""
    ratio, error = np.ones(len(counts)), np.zeros(len(counts))
    middle = start - 52 * clock.week
    span, near = 2 * clock.week, NEAR_WEEKS * clock.week
    begin, end = max(middle - near - span // 2, 0), min(middle + clock.week + near + span // 2, start)
    if end - begin < span:
        return ratio, error
    known = np.isfinite(counts[:, begin:end])
    kept = end - begin - span + 1
    seen = running(np.where(known, counts[:, begin:end], 0.0), span, kept)
    usual = np.maximum(running(mean[:, begin:end] * known, span, kept), 1e-9)
    stands = tail(seen, usual, dispersion[:, None] * usual) < STOOD_OUT
    times = np.where(stands, seen / usual, 1.0)
    best = times.argmax(axis=1)
    row = np.arange(len(counts))
    high, of = times[row, best], np.maximum(seen[row, best], 1.0)
    return high, np.where(high > 1, np.sqrt(dispersion / of), 0.0)
