"""The time of the week: when contacts come, and at which hours answers take longer than usual.

Channels answer at very different speeds and are busy at different hours, so a plain median by hour would mostly show which
channel is open. Here each answer is set against its own channel's middle time first; a cell says how many times as long.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.periods import Period
from ...data.store import to_frame
from ..intervals import wilson
from ..rules import MetricRules
from ..season import with_certainty

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LOOK_BACK = 13  # weeks up to the period's end: one month has four Mondays, too few to judge an hour from
LEAST_DATES = 4
CELLS = [
    "weekday", "hour", "n", "dates", "value", "minutes", "slower_pct", "typical_pct", "p", "why", "q", "certainty",
]  # fmt: skip


def timed(table: ir.Table, start: pd.Timestamp, end: pd.Timestamp) -> ir.Table | None:
    """Keep the contacts from ``start`` to ``end`` (excluded) of sources that record the hour; None where there are none.

    A source with half of its contacts or more at exactly midnight records the day only.
    """
    inside = table.filter((table.created_local >= start.to_pydatetime()) & (table.created_local < end.to_pydatetime()))
    midnight = (inside.created_local == inside.created_local.truncate("D")).cast("float64")
    shares = to_frame(inside.group_by("source").agg(midnight=midnight.mean())).sort_values("source")
    known = shares.loc[shares["midnight"] < 0.5, "source"].tolist()
    if not known:
        return None
    return inside if len(known) == len(shares) else inside.filter(inside.source.isin(known))


def response_week(table: ir.Table, period: Period, rules: MetricRules, channel: str | None = None) -> pd.DataFrame:
    """Tell for each hour of the week how long first answers take, against what is usual for their channel.

    ``table``: contacts with created_local, source, channel and the measure frt_minutes, looked at over thirteen weeks up to
    the period's end; ``channel`` keeps one. Returns weekday (Mon …), hour, n (answered), dates, value (median of the answer's
    time ÷ its channel's median), minutes (median), slower_pct (share slower than their channel's median), typical_pct (the
    same drawn towards a half as far as chance alone explains its distance; Efron & Morris 1975), p, why, q, certainty:
    whether the share differs from a half, dates as clusters (sign test on clusters; Datta & Satten, Biometrics 61, 2005),
    all cells judged together. Empty where nothing records the hour.
    """
    if "frt_minutes" not in table.columns:
        return pd.DataFrame(columns=CELLS)
    end = pd.Timestamp(period.end)
    inside = timed(_known(table, channel), end - pd.Timedelta(weeks=LOOK_BACK), end)
    if inside is None:
        return pd.DataFrame(columns=CELLS)
    answered = inside.filter(inside.frt_minutes.notnull())
    middle = answered.group_by("channel").agg(middle=answered.frt_minutes.median())
    at = answered.inner_join(middle, "channel")
    at = at.mutate(
        day=at.created_local.date(), weekday=at.created_local.day_of_week.index(), hour=at.created_local.hour(),
        slower=(at.frt_minutes > at.middle).cast("int64") - (at.frt_minutes < at.middle).cast("int64"),
        times=at.frt_minutes / at.middle.nullif(0),
    )  # fmt: skip
    middles = {"value": at.times.median(), "minutes": at.frt_minutes.median()}
    cells = to_frame(at.group_by("weekday", "hour").agg(n=at.count(), excess=at.slower.sum(), **middles))
    if cells.empty:
        return pd.DataFrame(columns=CELLS)
    dates = to_frame(at.group_by("weekday", "hour", "day").agg(size=at.count(), excess=at.slower.sum()))
    products = {"ee": dates["excess"] ** 2, "en": dates["excess"] * dates["size"], "nn": dates["size"] ** 2}
    clusters = dates.assign(dates=1, **products).groupby(["weekday", "hour"])[["dates", *products]].sum()
    cells = cells.merge(clusters.reset_index(), on=["weekday", "hour"]).sort_values(
        ["weekday", "hour"], ignore_index=True
    )
    cells["slower_pct"] = 50 * (1 + cells["excess"] / cells["n"])
    spread = _spread(cells)
    cells["p"] = _cluster_p(cells, spread)
    few = (cells["dates"] < LEAST_DATES) | (cells["n"] < rules.min_n)
    cells["why"] = np.where(few, f"fewer than {rules.min_n} answers or {LEAST_DATES} dates", "")
    cells["typical_pct"] = _drawn_in(cells, spread, ~few)
    cells["weekday"] = [DAYS[int(day)] for day in cells["weekday"]]
    return with_certainty(cells, rules)[CELLS]


def volume_week(table: ir.Table, period: Period, channel: str | None = None) -> pd.DataFrame:
    """Tell how the contacts of a period spread over the days of the week and the hours of the day.

    Returns kind (weekday or hour), label (Mon …, 0–23), n, value (share of contacts, %, days that occur once more than
    others evened out), lo, hi, even (the share if all were alike). Empty where nothing records the hour.
    """
    columns = ["kind", "label", "n", "value", "lo", "hi", "even"]
    inside = timed(_known(table, channel), pd.Timestamp(period.start), pd.Timestamp(period.end))
    if inside is None:
        return pd.DataFrame(columns=columns)
    counted = inside.group_by(weekday=inside.created_local.day_of_week.index(), hour=inside.created_local.hour())
    frame = to_frame(counted.agg(n=ibis._.count()))
    there = pd.date_range(period.start, periods=period.days).day_of_week.value_counts().reindex(range(7)).fillna(0)
    weight = {"weekday": there, "hour": pd.Series(1.0, index=range(24))}
    parts = []
    for kind, places in weight.items():
        n = frame.groupby(kind)["n"].sum().reindex(places.index).fillna(0)
        rate = (n / places.where(places > 0)).fillna(0.0)
        share = rate / rate.sum()
        lo, hi = wilson(share.to_numpy(float) * n.sum(), np.full(len(share), float(n.sum())))
        label = [DAYS[int(at)] for at in places.index] if kind == "weekday" else [str(at) for at in places.index]
        parts.append(pd.DataFrame({"kind": kind, "label": label, "n": n.astype("int64").to_numpy(),
                                   "value": 100 * share.to_numpy(), "lo": 100 * lo, "hi": 100 * hi,
                                   "even": 100 / int((places > 0).sum())}))  # fmt: skip
    return pd.concat(parts, ignore_index=True)[columns]


def _known(table: ir.Table, channel: str | None) -> ir.Table:
    named = table if "channel" in table.columns else table.mutate(channel=ibis.literal("all"))
    return named.filter(named.channel == channel) if channel is not None else named.filter(named.channel.notnull())


def _spread(cells: pd.DataFrame) -> pd.Series:
    """Variance of each cell's excess of slow answers, linearised over its dates; never below that of single answers."""
    ratio = cells["excess"] / cells["n"]
    between = cells["ee"] - 2 * ratio * cells["en"] + ratio**2 * cells["nn"]
    between = between * cells["dates"] / (cells["dates"] - 1).where(cells["dates"] > 1)
    return np.maximum(between, cells["n"] * (1 - ratio**2)).clip(lower=1.0)


def _cluster_p(cells: pd.DataFrame, spread: pd.Series) -> np.ndarray:
    """Two-sided chance of so lopsided a cell when its dates are independent and each as often slow as fast."""
    from scipy.stats import t

    return np.asarray(2 * t.sf(cells["excess"].abs() / np.sqrt(spread), cells["dates"] - 1))


def _drawn_in(cells: pd.DataFrame, spread: pd.Series, able: pd.Series) -> pd.Series:
    """Draw the shares towards a half by as much of their spread as chance explains; missing where there are few."""
    off, chance = cells["slower_pct"] - 50, 2500 * spread / cells["n"] ** 2
    real = max(float((off**2 - chance)[able].mean()), 0.0) if (able & chance.notna()).any() else 0.0
    return (50 + off * real / (real + chance)).where(able & chance.notna())
