"""Periods against periods: the change, the change that chance alone makes, and a word for how sure it is.

The noise floor is the change that chance makes 19 times in 20. It starts from the standard errors of both figures (of a
share: of both periods pooled, because chance alone means that they share one) and is
widened by the series' own history: where month-to-month changes have been larger than sampling explains (clustered
contacts, season), the floor grows by that factor (Laney's p′ idea, Quality Engineering 14(4), 2002). All comparisons of a
card are judged together: the false discovery rate is controlled (Benjamini & Hochberg 1995), so a quiet month reads as
quiet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ..data.periods import Grain, Period
from .intervals import Z, measure
from .metrics import METRICS
from .rules import MetricRules

_UNIT = {"week": "W", "month": "M", "quarter": "Q"}
SURE, LIKELY, NOISE, UNKNOWN = "sure", "likely", "within noise", "cannot tell"


def with_period(table: ir.Table, grain: Grain) -> ir.Table:
    """Add ``period_start``: the first day of each contact's week, month or quarter on the report's clock."""
    return table.mutate(period_start=table.created_local.truncate(_UNIT[grain]).date())


def by_period(table: ir.Table, names: Sequence[str], periods: Sequence[Period], by: Sequence[str] = ()) -> pd.DataFrame:
    """Measure every period.

    Returns metric, period_start (timestamp), period (label), the ``by`` columns, n, value, lo, hi, se; a period without
    contacts counts 0 contacts in totals and has no row for other metrics.
    """
    grain, first, end = periods[0].grain, periods[0].start, periods[-1].end
    spanned = with_period(table, grain)
    spanned = spanned.filter((spanned.period_start >= first) & (spanned.period_start < end))
    frame = measure(spanned, names, ["period_start", *by])
    frame["period_start"] = pd.to_datetime(frame["period_start"])
    labels = {pd.Timestamp(period.start): period.label for period in periods}
    frame["period"] = frame["period_start"].map(labels)
    return frame[["metric", "period_start", "period", *by, "n", "value", "lo", "hi", "se"]]


def wobble(history: pd.DataFrame, until: Period, spread: float = 1.0, fewest: int = 8) -> dict[str, float]:
    """Tell, per metric, how much larger its past changes were than chance explains; 1 where history is short.

    Contacts are taken per day, and their chance is that of days which spread ``spread`` times as wide as Poisson: neither
    the length of months nor crowded days may pass for a restless past. Uses the changes before the current one, so that
    the month in question cannot excuse itself.
    """
    factors = {}
    for name, part in history[history["period_start"] < pd.Timestamp(until.start)].groupby("metric"):
        part = part.sort_values("period_start")
        value, se = part["value"], part["se"]
        if METRICS[str(name)].kind == "count":
            days = lengths(part["period_start"], until.grain)
            value, se = value / days, se * spread**0.5 / days
        z = value.diff() / np.hypot(se, se.shift())
        z = z.replace([np.inf, -np.inf], np.nan).dropna()
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

    ``history`` comes from ``by_period``; ``factors`` from ``wobble``; ``spread`` from ``intervals.daily_spread``; ``shock``
    from ``common_shock``: the parts of a whole that wobbles wobble with it. Medians of times are compared as ratios
    (their logarithms), because waiting times spread in proportion to their size. Returns
    metric, the ``by`` columns, n, value, lo, hi, n_before, before, change, floor, p, why. Contacts are compared per day,
    so that a month of 31 days does not win by a day. ``why`` says why there is no comparison, else it is empty.
    """
    keys = ["metric", *by]
    left = history[history["period_start"] == pd.Timestamp(now.start)].set_index(keys)
    right = history[history["period_start"] == pd.Timestamp(then.start)].set_index(keys)
    both = left[["n", "value", "lo", "hi", "se"]].join(
        right[["n", "value", "lo", "hi", "se"]], how="outer", rsuffix="_before"
    )
    both = both.rename(columns={"value_before": "before"}).reset_index()
    counts = both["metric"].map(lambda name: METRICS[name].kind == "count").astype(bool)
    both.loc[counts, ["n", "value", "n_before", "before"]] = both.loc[
        counts, ["n", "value", "n_before", "before"]
    ].fillna(0.0)
    days = now.days / then.days
    expected = np.where(counts, both["before"] * days, both["before"])
    both["change"] = both["value"] - expected
    count_se = np.sqrt(spread * (both["value"] + both["before"] * days**2).clip(lower=1))
    pooled_se = _pooled_se(both)
    se = np.where(counts, count_se, pooled_se.where(pooled_se > 0, np.hypot(both["se"], both["se_before"])))
    factor = np.array([(factors or {}).get(name, 1.0) for name in both["metric"]])
    if by:  # a part's count has its own chance, and the whole's season on top
        factor = np.where(counts, 1.0, factor)
        se = np.where(counts, np.hypot(se, expected * shock), se)
    z = (both["change"] / (se * factor)).where(~_medians(both), _log_z(both) / factor)
    both["floor"] = pd.Series(Z * se * factor, index=both.index).where(
        ~_medians(both) | (z == 0), Z * (both["change"] / z).abs()
    )
    both["p"] = two_sided(z)
    both.loc[counts, ["change", "floor"]] = both.loc[counts, ["change", "floor"]].round()  # nobody makes half a contact
    few = np.where(counts, both[["n", "n_before"]].max(axis=1), both[["n", "n_before"]].min(axis=1)) < rules.min_n
    both["why"] = np.where(few, f"fewer than {rules.min_n} to judge from", "")
    both.loc[both["change"].isna(), "why"] = "nothing to compare with"
    both[["n", "n_before"]] = both[["n", "n_before"]].fillna(0).astype("int64")
    if not counts.empty:  # the interval of a count is as wide as its days spread
        half = Z * np.sqrt(spread * both.loc[counts, "value"].clip(lower=1))
        both.loc[counts, "lo"] = (both.loc[counts, "value"] - half).clip(lower=0)
        both.loc[counts, "hi"] = both.loc[counts, "value"] + half
    return both[[*keys, "n", "value", "lo", "hi", "n_before", "before", "change", "floor", "p", "why"]]


def _medians(both: pd.DataFrame) -> pd.Series:
    """Mark medians whose interval and values are above zero on both sides: those that have logarithms."""
    above = (both[["value", "lo", "hi", "before", "lo_before", "hi_before"]] > 0).all(axis=1)
    return (
        above & both["metric"].map(lambda name: METRICS[name].kind == "median").astype(bool) & (both["hi"] > both["lo"])
    )


def _log_z(both: pd.DataFrame) -> pd.Series:
    """Log of the ratio of two figures over its standard error, from their 95 % intervals."""
    logs = np.log(both[["value", "lo", "hi", "before", "lo_before", "hi_before"]].where(lambda column: column > 0))
    se = np.hypot(logs["hi"] - logs["lo"], logs["hi_before"] - logs["lo_before"]) / (2 * Z)
    return (logs["value"] - logs["before"]) / se


def common_shock(history: pd.DataFrame, until: Period, factors: Mapping[str, float], spread: float) -> float:
    """Relative standard deviation of a month's change in contacts that all parts share: season, weather, the shop's luck.

    What the whole's past changes were wider than chance (``wobble``) is not a matter of single channels or products.
    Without it each part of a busy December is called more, though the whole is within its noise.
    """
    past = history[(history["metric"] == "contacts") & (history["period_start"] < pd.Timestamp(until.start))]
    usual = past["value"].tail(12).mean()
    factor = factors.get("contacts", 1.0)
    return float(np.sqrt((factor**2 - 1) * 2 * spread / usual)) if usual > 0 else 0.0


def _pooled_se(both: pd.DataFrame) -> pd.Series:
    """Standard error of the difference of two shares that are one; missing for other metrics.

    Standard errors cut from two Wilson intervals call twice as many changes real at p = 0.001 with 30 to 50 answers.
    """
    scale = (
        both["metric"].map(lambda name: METRICS[name].scale if METRICS[name].kind == "share" else np.nan).astype(float)
    )
    size = both["n"] + both["n_before"]
    share = (both["value"] * both["n"] + both["before"] * both["n_before"]) / size / scale
    variance = share * (1 - share) * size / (both["n"] * both["n_before"])
    return scale * np.sqrt(variance.clip(lower=0))


def two_sided(z: pd.Series) -> np.ndarray:
    """Return the chance of a standard normal value at least as far from zero."""
    from scipy.stats import norm

    return 2 * norm.sf(np.abs(z.to_numpy(float)))


def judge(changes: pd.DataFrame, rules: MetricRules) -> pd.DataFrame:
    """Add q (false discovery rate over all rows together), certainty and direction.

    Certainty is ``sure``, ``likely``, ``within noise`` or ``cannot tell``: the last also for a change beyond its own
    chance that is no more than so many comparisons bring now and then (its ``why`` is empty). Direction is better, worse, more, fewer or
    empty where the change is within noise or unknown.
    """
    from statsmodels.stats.multitest import multipletests

    judged = changes.copy()
    judged["q"] = np.nan
    able = (judged["why"] == "") & judged["p"].notna()
    if able.any():
        judged.loc[able, "q"] = multipletests(judged.loc[able, "p"], method="fdr_bh")[1]
    within = judged["change"].abs() <= judged["floor"]
    judged["certainty"] = np.select(
        [~able, judged["q"] <= rules.sure, judged["q"] <= rules.likely, within], [UNKNOWN, SURE, LIKELY, NOISE], UNKNOWN
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
