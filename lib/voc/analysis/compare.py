"""Periods against periods: the change, the change that chance alone makes, and a word for how sure it is.

Each kind of figure is judged by a test that keeps its level in small groups too (``voc.analysis.chance``), from the
hypothesis that both periods are one. The noise floor is the change that chance makes 19 times in 20: a change lies beyond
it exactly where its chance is below 5 %. It is widened by the series' own history: where month-to-month changes have been
larger than sampling explains (clustered contacts, season), the floor grows by that factor (Laney's p′ idea, Quality
Engineering 14(4), 2002). All comparisons of a card are judged together: the false discovery rate is controlled (Benjamini
& Hochberg 1995), so a quiet month reads as quiet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ..data.periods import Grain, Period
from .chance import distance, false_discovery, kinds_of, standard_error, two_sided
from .intervals import Z, measure
from .metrics import METRICS
from .rules import MetricRules

_UNIT = {"week": "W", "month": "M", "quarter": "Q"}
_FIGURES = ["n", "value", "lo", "hi", "se"]
SURE, LIKELY, NOISE, UNKNOWN = "sure", "likely", "within noise", "cannot tell"


def with_period(table: ir.Table, grain: Grain) -> ir.Table:
    """Add ``period_start``: the first day of each contact's week, month or quarter on the report's clock."""
    return table.mutate(period_start=table.created_local.truncate(_UNIT[grain]).date())


def by_period(
    table: ir.Table, names: Sequence[str], periods: Sequence[Period], by: Sequence[str] = (), *, shapes: bool = False
) -> pd.DataFrame:
    """Measure every period.

    Returns metric, period_start (timestamp), period (label), the ``by`` columns, n, value, lo, hi, se; a period without
    contacts counts 0 contacts in totals and has no row for other metrics. ``shapes`` adds what ``compare`` judges means
    and quantiles by (see ``intervals.measure``); without it they are judged by their intervals alone, less sharply.
    """
    columns = ["metric", "period_start", "period", *by, *_FIGURES, *(["shape"] if shapes else [])]
    if not periods:
        return pd.DataFrame(columns=columns)
    grain, first, end = periods[0].grain, periods[0].start, periods[-1].end
    spanned = with_period(table, grain)
    spanned = spanned.filter((spanned.period_start >= first) & (spanned.period_start < end))
    frame = measure(spanned, names, ["period_start", *by], shapes=shapes)
    frame["period_start"] = pd.to_datetime(frame["period_start"])
    labels = {pd.Timestamp(period.start): period.label for period in periods}
    frame["period"] = frame["period_start"].map(labels)
    return frame[columns]


def wobble(history: pd.DataFrame, until: Period, spread: float = 1.0, fewest: int = 8) -> dict[str, float]:
    """Tell, per metric, how much larger its past changes were than chance explains; 1 where history is short.

    Contacts are taken per day, and their chance is that of days which spread ``spread`` times as wide as Poisson: neither
    the length of months nor crowded days may pass for a restless past. Uses the changes before the current one, so that
    the month in question cannot excuse itself.
    """
    factors = {}
    for name, part in history[history["period_start"] < pd.Timestamp(until.start)].groupby("metric"):
        part = part.sort_values("period_start", ignore_index=True)
        days = lengths(part["period_start"], until.grain)
        pairs = part.join(part.shift().add_suffix("_before")).iloc[1:]
        z = distance(pairs, (days / days.shift()).iloc[1:].to_numpy(float), spread)
        z = z[np.isfinite(z)]
        factors[str(name)] = float(max(1.0, 1.4826 * np.median(np.abs(z)))) if len(z) >= fewest else 1.0
    return factors


def lengths(starts: pd.Series, grain: Grain) -> pd.Series:
    """Return the days of the periods that begin on ``starts``."""
    return starts.map(lambda start: Period.holding(start.date(), grain).days)


def compare(
    history: pd.DataFrame,
    now: Period,
    then: Period,
    rules: MetricRules,
    *,
    by: Sequence[str] = (),
    factors: Mapping[str, float] | None = None,
    spread: float = 1.0,
    shock: float = 0.0,
) -> pd.DataFrame:
    """Set one period against another.

    ``history`` comes from ``by_period(..., shapes=True)``; ``factors`` from ``wobble``; ``spread`` from
    ``intervals.daily_spread``; ``shock`` from ``common_shock``: the parts of a whole that wobbles wobble with it. Returns
    metric, the ``by`` columns, n, value, lo, hi, n_before, before, change, floor, p, why. Contacts are compared per day,
    so that a month of 31 days does not win by a day. ``why`` says why there is no comparison, else it is empty.
    """
    both = _paired(history, now, then, ["metric", *by])
    counts = kinds_of(both) == "count"
    days = now.days / then.days
    both["change"] = both["value"] - np.where(counts, both["value_before"] * days, both["value_before"])
    factor = np.array([(factors or {}).get(name, 1.0) for name in both["metric"]])
    z, se = distance(both, days, spread) / factor, standard_error(both, days, spread) * factor
    if by:  # a part's count has its own chance, and the whole's season on top
        own = np.hypot(se / factor, both["value_before"] * days * shock)
        z, se = np.where(counts, both["change"] / own, z), np.where(counts, own, se)
    both["p"] = two_sided(z)
    both["floor"] = noise_floor(both["change"], z, Z * se)
    both.loc[counts, ["change", "floor"]] = both.loc[counts, ["change", "floor"]].round()  # nobody makes half a contact
    both["why"] = _reasons(both, counts, rules)
    both[["n", "n_before"]] = both[["n", "n_before"]].fillna(0).astype("int64")
    half = Z * np.sqrt(spread * both["value"].clip(lower=1))  # the interval of a count is as wide as its days spread
    both["lo"] = both["lo"].mask(counts, (both["value"] - half).clip(lower=0))
    both["hi"] = both["hi"].mask(counts, both["value"] + half)
    both = both.rename(columns={"value_before": "before"})
    return both[["metric", *by, "n", "value", "lo", "hi", "n_before", "before", "change", "floor", "p", "why"]]


def _paired(history: pd.DataFrame, now: Period, then: Period, keys: Sequence[str]) -> pd.DataFrame:
    """Put two periods side by side, the earlier one's columns with ``_before``; who has no contacts counts none."""
    columns = [*_FIGURES, *(["shape"] if "shape" in history.columns else [])]
    sides = [
        history[history["period_start"] == pd.Timestamp(period.start)].set_index(list(keys))[columns]
        for period in (now, then)
    ]
    both = sides[0].join(sides[1].add_suffix("_before"), how="outer").reset_index()
    counts = kinds_of(both) == "count"
    for name in ("n", "value", "n_before", "value_before"):
        both[name] = both[name].astype(float).mask(counts & both[name].isna(), 0.0)
    return both


def noise_floor(change: pd.Series, z: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Return the change that chance makes 19 times in 20, such that a change is beyond it where its z is beyond 1.96.

    ``usual`` is that change as the standard errors have it. Within noise it is shown, but at least the change itself;
    beyond noise the test is the judge, and the floor is what the change would be at z = 1.96.
    """
    size, z, usual = np.abs(np.asarray(change, float)), np.asarray(z, float), np.asarray(usual, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.abs(z) > Z, size * Z / np.abs(z), np.maximum(usual, size))


def _reasons(both: pd.DataFrame, counts: np.ndarray, rules: MetricRules) -> np.ndarray:
    """Say why a pair is not judged; empty where it is."""
    n = both[["n", "n_before"]]
    # counts by their sum: gated by the larger one, only counts that happened to move would be judged
    few = np.where(counts, n.sum(axis=1), n.min(axis=1)) < rules.min_n
    unknown = both["p"].isna() | both["floor"].isna()
    return np.select(
        [both["change"].isna(), few, unknown],
        ["nothing to compare with", f"fewer than {rules.min_n} to judge from", "too few for an interval"],
        "",
    )


def common_shock(history: pd.DataFrame, until: Period, factors: Mapping[str, float], spread: float) -> float:
    """Relative standard deviation of a month's change in contacts that all parts share: season, weather, the shop's luck.

    What the whole's past changes were wider than chance (``wobble``) is not a matter of single channels or products.
    Without it each part of a busy December is called more, though the whole is within its noise.
    """
    past = history[(history["metric"] == "contacts") & (history["period_start"] < pd.Timestamp(until.start))]
    usual = past["value"].tail(12).mean()
    factor = factors.get("contacts", 1.0)
    return float(np.sqrt((factor**2 - 1) * 2 * spread / usual)) if usual > 0 else 0.0


def judge(changes: pd.DataFrame, rules: MetricRules) -> pd.DataFrame:
    """Add q (false discovery rate over all rows together), certainty and direction.

    Certainty is ``sure``, ``likely``, ``within noise`` or ``cannot tell``: the last also for a change beyond its own
    chance that is no more than so many comparisons bring now and then (its ``why`` is empty). Direction is better, worse, more, fewer or
    empty where the change is within noise or unknown.
    """
    judged = changes.copy()
    able = (judged["why"] == "") & judged["p"].notna()
    judged["q"] = false_discovery(judged["p"].where(able))
    within = judged["change"].abs() <= judged["floor"]
    judged["certainty"] = np.select(
        [~able, within, judged["q"] <= rules.sure, judged["q"] <= rules.likely], [UNKNOWN, NOISE, SURE, LIKELY], UNKNOWN
    )
    judged["direction"] = [
        _direction(METRICS[name].better, change) if certainty in (SURE, LIKELY) else ""
        for name, change, certainty in judged[["metric", "change", "certainty"]].itertuples(index=False)
    ]
    return judged


def _direction(better: str | None, change: float) -> str:
    if better is None:
        return "more" if change > 0 else "fewer"
    return "better" if (change > 0) == (better == "up") else "worse"


def smallest_effect(n_before: float, n_after: float, share: float = 0.8, power: float = 0.8) -> float:
    """Return the smallest change of a share, in points, that so many answers show with the given chance (``power``).

    What is smaller is likelier to be missed than found, so a quiet month does not say that nothing happened. From the
    standard error of both shares as one (Fleiss, Levin & Paik, Statistical Methods for Rates and Proportions, 2003, ch. 4).

    >>> round(smallest_effect(400, 400), 1)
    7.9
    """
    from scipy.special import ndtri

    return float(100 * (Z + ndtri(power)) * np.sqrt(share * (1 - share) * (1 / n_before + 1 / n_after)))


def perfect_error(n: int, share: float = 0.8) -> float:
    """Return the mean error, in points, of a forecast that knows the true share but not whose answers come.

    The noise floor of a share of ``n`` answers: no model can do better. De Moivre's mean deviation of a binomial count
    (Diaconis & Zabell, Statistical Science 6, 1991).

    >>> round(perfect_error(200), 2)
    2.25
    """
    from scipy.stats import binom

    most = np.floor(n * share) + 1
    return float(100 * 2 * most * (1 - share) * binom.pmf(most, n, share) / n)
