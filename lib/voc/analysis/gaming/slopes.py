"""Handling time and returns over the months, for like contacts: do they move apart, and more than their own unrest?"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.periods import Period
from ...data.store import to_frame
from ..compare import with_period
from ..coverage import covers
from ..intervals import Z
from ..rules import MetricRules
from .marks import cells, with_strata

FEWEST = 8  # periods from which a slope is told
LEGS = {"handle": -1, "back": 1}  # the direction that would fit: handling falls, returns rise


def series(table: ir.Table, periods: Sequence[Period]) -> pd.DataFrame:
    """Measure handling time (logarithm) and returns per period and team, against the mean of their issue and channel.

    Returns period_start, years (from the first period), team (None for all together), leg, n, y (mean deviation) and v
    (its sampling variance). Periods that the data do not cover are left out.
    """
    whole = _whole_periods(table, periods)
    if not whole:
        return pd.DataFrame(columns=["period_start", "years", "team", "leg", "n", "y", "v"])
    inside = with_period(table, periods[0].grain)
    inside = inside.filter(inside.period_start.isin([period.start for period in whole]) & inside.fcr_pct.notnull())
    inside, strata = with_strata(inside)
    handled = (inside.handle_seconds > 0).fill_null(False)
    logs = handled.ifelse(inside.handle_seconds, 1.0).ln()
    inside = inside.mutate(back=1.0 - inside.fcr_pct, handle=handled.ifelse(logs, ibis.null("float64")))
    units = [name for name in ("team",) if name in table.columns]
    sums = cells(inside, ["period_start", *strata, *units], list(LEGS))
    sums["team"] = sums["team"] if units else None
    parts = [_deviations(sums, leg, strata, by) for leg in LEGS for by in ([], ["team"])]
    found = pd.concat(parts, ignore_index=True)
    found["period_start"] = pd.to_datetime(found["period_start"])
    found["years"] = (found["period_start"] - pd.Timestamp(whole[0].start)).dt.days / 365.25
    return found.sort_values(["leg", "team", "period_start"], ignore_index=True)


def _whole_periods(table: ir.Table, periods: Sequence[Period]) -> list[Period]:
    row = to_frame(table.aggregate(first=table.created_local.min(), last=table.created_local.max())).iloc[0]
    if pd.isna(row["first"]):
        return []
    return [one for one in periods if not covers(pd.Timestamp(row["first"]), pd.Timestamp(row["last"]), one)]


def _deviations(sums: pd.DataFrame, leg: str, strata: Sequence[str], by: Sequence[str]) -> pd.DataFrame:
    """Return the mean deviation of each period (and team) from what its mix of contacts usually takes."""
    known = sums[(sums[f"{leg}_n"] > 0) & sums[list(by)].notna().all(axis=1)]
    n, x, xx = (known[f"{leg}_{name}"] for name in ("n", "x", "xx"))
    keys = [known[name] for name in strata] or [pd.Series(0, index=known.index)]
    totals = pd.DataFrame({"n": n, "x": x, "xx": xx}).groupby(keys).transform("sum")
    usual = totals["x"] / totals["n"]
    inner = (totals["xx"] - totals["x"] * usual).clip(lower=0) / totals["n"]  # variance inside the stratum
    parts = known[["period_start", *by]].assign(n=n, d=x - n * usual, s=n * inner)
    found = parts.groupby(["period_start", *by], sort=True)[["n", "d", "s"]].sum().reset_index()
    found = found.assign(leg=leg, y=found["d"] / found["n"], v=found["s"] / found["n"] ** 2)
    return found.assign(team=found["team"] if "team" in by else None)[["period_start", "team", "leg", "n", "y", "v"]]


def slope(years: pd.Series, y: pd.Series, v: pd.Series) -> tuple[float, float, int]:
    """Return slope a year, its standard error and degrees of freedom.

    Weighted least squares; where the months scatter more than their n explains, the error grows by that (never less).
    """
    w = 1 / v
    middle = np.average(years, weights=w)
    across = float((w * (years - middle) ** 2).sum())
    gradient = float((w * (years - middle) * y).sum() / across)
    left = y - np.average(y, weights=w) - gradient * (years - middle)
    df = len(y) - 2
    unrest = max(1.0, float((w * left**2).sum()) / df)
    return gradient, float(np.sqrt(unrest / across)), df


def slopes(table: ir.Table, periods: Sequence[Period], rules: MetricRules) -> pd.DataFrame:
    """Tell for all contacts, and for each team beyond the others, whether handling falls while returns rise.

    Returns dimension ("" or "team"), unit, n (contacts), value, rest, difference, lo, hi (returns, points a year; for all
    together ``rest`` is 0), other_value, other_rest (handling time, % a year), p (the larger of the two one-sided ones:
    both must move) and why.
    """
    known = series(table, periods)
    rows = [_row("", "", {leg: _all(known, leg) for leg in LEGS}, rules)]
    teams = sorted(known["team"].dropna().unique())
    for team in teams if len(teams) > 1 else []:
        rows.append(_row("team", team, {leg: _beyond(known, leg, team) for leg in LEGS}, rules))
    return pd.DataFrame(rows)


def _all(known: pd.DataFrame, leg: str) -> pd.DataFrame:
    part = known[(known["leg"] == leg) & known["team"].isna()]
    return part.assign(own=part["y"])


def _beyond(known: pd.DataFrame, leg: str, team: str) -> pd.DataFrame:
    """A team's series less that of all other teams together."""
    part = known[(known["leg"] == leg) & known["team"].notna()]
    own = part[part["team"] == team].set_index("period_start")
    rest = part[part["team"] != team]
    rest = rest.assign(top=rest["y"] * rest["n"], vv=rest["v"] * rest["n"] ** 2, n_rest=rest["n"])
    both = own.join(rest.groupby("period_start")[["top", "vv", "n_rest"]].sum(), how="inner")
    usual = both["top"] / both["n_rest"]
    return both.assign(own=both["y"], y=both["y"] - usual, v=both["v"] + both["vv"] / both["n_rest"] ** 2)


def _row(dimension: str, unit: str, parts: dict[str, pd.DataFrame], rules: MetricRules) -> dict:
    from scipy.stats import t

    row = {"dimension": dimension, "unit": unit, "n": int(parts["back"]["n"].sum())}
    usable = {leg: part[(part["n"] >= rules.min_n) & (part["v"] > 0)] for leg, part in parts.items()}
    fewest = min(len(part) for part in usable.values())
    if fewest < FEWEST:
        return row | {"p": np.nan, "why": f"fewer than {FEWEST} periods with {rules.min_n} contacts to see a trend in"}
    found = {leg: slope(part["years"], part["y"], part["v"]) for leg, part in usable.items()}
    levels = {leg: slope(part["years"], part["own"], part["v"])[0] for leg, part in usable.items()}
    p = max(float(t.sf(side * found[leg][0] / found[leg][1], found[leg][2])) for leg, side in LEGS.items())
    gain, se, df = found["back"]
    half = float(t.ppf(0.975, df)) * se if df else Z * se
    return row | {
        "value": 100 * levels["back"], "rest": 100 * (levels["back"] - gain), "difference": 100 * gain,
        "lo": 100 * (gain - half), "hi": 100 * (gain + half), "p": p, "why": "",
        "other_value": 100 * np.expm1(levels["handle"]), "other_rest": 100 * np.expm1(levels["handle"] - found["handle"][0]),
    }  # fmt: skip
