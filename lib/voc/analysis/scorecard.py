"""The scorecard: every metric for the period, the one before and the year before, in total and by dimension."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ..data.periods import Grain, Period
from ..data.store import to_frame
from .chance import two_sided
from .compare import by_period, common_shock, compare, judge, lengths, wobble
from .coverage import covers, missing_by_label, missing_rows, none_came, withhold
from .grounds import Grounds
from .intervals import Z, daily_spread, measure, wilson
from .load.workload import backlog_by_period
from .metrics import METRICS, Metric, missing_for
from .rates import occupancy, per_orders
from .rules import MetricRules, Target

SLICED = ("contacts", "frt_minutes", "aht_minutes", "repeat_pct", "csat_pct", "nps", "churn_pct")


@dataclass(frozen=True)
class Scorecard:
    """What a card holds.

    ``history``: metric, period_start, period, n, value, lo, hi, se, floor_lo, floor_hi (noise band). ``changes``: one row per metric and comparison
    (``against`` is previous or year) with n, value, lo, hi, before, change, floor, p, q, certainty, direction, why.
    ``slices``: the same against the previous period per ``dimension`` and ``label``.
    """

    history: pd.DataFrame
    changes: pd.DataFrame
    slices: pd.DataFrame
    spread: float = 1.0
    factors: dict[str, float] = field(default_factory=dict)
    shock: float = 0.0


def scorecard(
    grounds: Grounds | ir.Table,
    period: Period,
    rules: MetricRules,
    dimensions: Sequence[str],
    days: pd.DataFrame,
    span: tuple[pd.Timestamp, pd.Timestamp] | None = None,
    targets: Mapping[str, Target] | None = None,
) -> Scorecard:
    """Measure and compare everything a card shows.

    ``grounds`` carry measures (``metrics.with_measures``; a table alone is contacts); ``days`` are flagged days
    (``completeness.flag_days``); ``span`` is from when to when the data reach (first to last contact unless said). A period
    that the data do not cover is compared with nothing; where days are missing, counts whose floor is below what is
    missing are not compared. Every comparison of the card, in total and in slices, is judged together. ``targets`` say
    which direction is good where a metric itself does not.
    """
    grounds = grounds if isinstance(grounds, Grounds) else Grounds(grounds)
    first, last = span or _span(grounds.contacts)
    partial = covers(first, last, period)
    spread = daily_spread(grounds.contacts)
    shown = [one for one in period.trend(rules.history) if one == period or not covers(first, last, one)]
    history = history_of(grounds, shown, rules, spread)
    partial = partial or none_came(history, period)
    factors = wobble(history, period, spread)
    shock = common_shock(history, period, factors, spread)
    parts = []
    for against, then in (("previous", period.previous()), ("year", period.year_before())):
        part = compare(history, period, then, rules, factors=factors, spread=spread)
        lost = missing_rows(days, period) + missing_rows(days, then)
        why = partial or covers(first, last, then) or none_came(history, then)
        parts.append(withhold(part, why, lost).assign(against=against))
    then = period.previous()
    why = partial or covers(first, last, then) or none_came(history, then)
    recent = _since(grounds, then)
    sliced = [
        withhold(part, why, missing_by_label(grounds.contacts, name, days, [then, period]))
        for name in dimensions
        for part in _slices(recent, name, period, then, rules, factors, spread, shock)
    ]
    slices = pd.concat(sliced, ignore_index=True) if sliced else parts[0].iloc[:0].assign(dimension="", label="")
    history = with_band(history, factors, spread, period.grain)
    judged = judge(pd.concat([*parts, slices.assign(against="previous")], ignore_index=True), rules)
    judged = _by_targets(judged, targets or {})
    whole = judged["dimension"].isna() if "dimension" in judged else pd.Series(True, index=judged.index)
    columns = [name for name in judged.columns if name not in ("dimension", "label")]
    return Scorecard(
        history,
        judged.loc[whole, columns].reset_index(drop=True),
        judged[~whole].reset_index(drop=True),
        spread,
        factors,
        shock,
    )


def history_of(grounds: Grounds, periods: Sequence[Period], rules: MetricRules, spread: float) -> pd.DataFrame:
    """Measure every metric in every period, whatever its rows are (columns as ``compare.by_period``)."""
    parts = [by_period(table, _own(table), periods, shapes=True) for table in grounds.measured()]
    parts.append(per_orders(grounds.contacts, grounds.volumes, periods, rules, spread))
    parts.append(occupancy(grounds.contacts, grounds.staffing, periods))
    if "resolved_at" in grounds.contacts.columns:
        parts.append(backlog_by_period(grounds.contacts, periods).reindex(columns=parts[0].columns))
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _since(grounds: Grounds, first: Period) -> Grounds:
    """Keep the rows from a period on, by their own stamp: a file in order of time is not read where all is older."""
    start = pd.Timestamp(first.start).to_pydatetime()
    tables = {name: getattr(grounds, name) for name in ("contacts", "answers", "clientele")}
    return replace(
        grounds,
        **{name: table.filter(table.created_local >= start) for name, table in tables.items() if table is not None},
    )


def _own(table: ir.Table) -> list[str]:
    """Name the metrics that the rows of a table carry: contacts, answers or customers."""
    of = "contacts" if "interaction_id" in table.columns else "answers" if "answer_id" in table.columns else "customers"
    return [name for name, metric in METRICS.items() if metric.of == of and name in table.columns]


def _by_targets(judged: pd.DataFrame, targets: Mapping[str, Target]) -> pd.DataFrame:
    """Call changes better or worse where only the target says which direction is good."""
    for name, target in targets.items():
        if target.better and METRICS[name].better is None:
            rows = (judged["metric"] == name) & (judged["direction"] != "")
            good = (judged["change"] > 0) == (target.better == "higher")
            judged.loc[rows, "direction"] = np.where(good[rows], "better", "worse")
    return judged


def with_band(history: pd.DataFrame, factors: dict[str, float], spread: float, grain: Grain) -> pd.DataFrame:
    """Add the noise band of each period: the value before it (contacts: in as many days) ± the change that chance makes."""
    rows = history.drop(columns="shape", errors="ignore").sort_values(["metric", "period_start"], ignore_index=True)
    counts = rows["metric"] == "contacts"
    days = lengths(rows["period_start"], grain)
    scale = np.where(counts, days / days.groupby(rows["metric"]).shift(), 1.0)
    wide = np.array([factors.get(name, 1.0) for name in rows["metric"]]) * np.where(counts, spread**0.5, 1.0)
    by = rows.groupby("metric")
    before = by["value"].shift() * scale
    half = Z * wide * np.hypot(rows["se"], by["se"].shift() * scale)
    return rows.assign(floor_lo=before - half, floor_hi=before + half)


def _span(table: ir.Table) -> tuple[pd.Timestamp, pd.Timestamp]:
    row = to_frame(table.aggregate(first=table.created_local.min(), last=table.created_local.max())).iloc[0]
    return pd.Timestamp(row["first"]), pd.Timestamp(row["last"])


def _slices(
    grounds: Grounds,
    name: str,
    period: Period,
    then: Period,
    rules: MetricRules,
    factors: dict[str, float],
    spread: float,
    shock: float,
) -> list[pd.DataFrame]:
    """Compare the values of one dimension in two periods, wherever there is the dimension."""
    histories = [
        by_period(
            _labelled(table, name),
            [own for own in _own(table) if own in SLICED],
            [then, period],
            ["label"],
            shapes=True,
        )
        for table in grounds.measured()
        if name in table.columns
    ]
    rates = per_orders(grounds.contacts, grounds.volumes, [then, period], rules, spread, [name])
    histories.append(rates.rename(columns={name: "label"}))
    found = []
    for history in histories:
        if len(history):
            part = compare(history, period, then, rules, by=["label"], factors=factors, spread=spread, shock=shock)
            largest = part.groupby("label")[["n", "n_before"]].transform("max").max(axis=1)
            part = part[largest >= rules.smallest_group]  # a handful of contacts may be one person's
            found.append(part.assign(dimension=name))
    return found


def _labelled(table: ir.Table, name: str) -> ir.Table:
    return table.filter(table[name].notnull()).mutate(label=table[name])


def absent(
    columns: Sequence[str], rules: MetricRules, counted: pd.DataFrame, withheld: Mapping[str, str]
) -> pd.DataFrame:
    """List metrics that the data cannot give: metric, label, why.

    ``counted`` is a history of what could be measured, ``withheld`` what too few contacts carry, with the reason.
    """
    rows, had = [], set(counted["metric"])
    for metric in METRICS.values():
        missing = missing_for(metric, columns, rules) if metric.of == "contacts" else []
        if metric.name in withheld and not missing:
            rows.append((metric.name, metric.label, withheld[metric.name]))
        elif metric.name not in had and (missing or metric.of != "contacts"):
            without = f"the data have no {' and no '.join(missing)}" if missing else ""
            rows.append((metric.name, metric.label, metric.lacking or without or _none_counted(metric)))
        elif metric.name not in had:
            rows.append((metric.name, metric.label, _none_counted(metric)))
    return pd.DataFrame(rows, columns=["metric", "label", "why"])


def _none_counted(metric: Metric) -> str:
    if metric.counted.startswith("contacts"):
        return "no contact of these periods has what it needs"
    return f"these periods have no {metric.counted}"


def category_table(
    table: ir.Table, card: Scorecard, period: Period, rules: MetricRules, by: str = "category"
) -> pd.DataFrame:
    """Sum up what customers came for in one period.

    Returns category, contacts, share (%), change (points of share), certainty, csat, lo, hi, n (answers), hours (handling
    known), sorted by contacts.
    """
    inside = within(table, period).filter(ibis._[by].notnull())
    counts = measure(inside, ["contacts"], [by]).set_index(by)
    result = pd.DataFrame({"contacts": counts["n"], "share": counts["n"] / counts["n"].sum() * 100})
    before = within(table, period.previous()).filter(ibis._[by].notnull())
    then = measure(before, ["contacts"], [by]).set_index(by)["n"] if before.count().to_pyarrow().as_py() else None
    compared = (
        card.slices[(card.slices["dimension"] == by) & (card.slices["metric"] == "contacts")]["change"].notna().any()
    )
    if then is not None and compared:
        result = result.join(_share_changes(counts["n"], then.reindex(result.index).fillna(0), rules))
    if "csat_pct" in table.columns:
        csat = measure(inside, ["csat_pct"], [by]).set_index(by)
        result = result.join(csat[["value", "lo", "hi", "n"]].rename(columns={"value": "csat"}))
    if "aht_minutes" in table.columns:
        hours = inside.group_by(by).agg(hours=inside.handle_seconds.sum() / 3600.0)
        result = result.join(to_frame(hours).set_index(by))
    result = result.rename_axis("category").reset_index()
    return result.sort_values(["contacts", "category"], ascending=[False, True], ignore_index=True)


def _share_changes(now: pd.Series, then: pd.Series, rules: MetricRules) -> pd.DataFrame:
    """Compare the shares of parts of a whole (two proportions each, judged together): change (points), certainty."""
    p1, p0 = now / now.sum(), then / then.sum()
    pooled = (now + then) / (now.sum() + then.sum())
    se = np.sqrt(pooled * (1 - pooled) * (1 / now.sum() + 1 / then.sum()))
    few = np.where(now + then < rules.min_n, f"fewer than {rules.min_n}", "")
    rows = pd.DataFrame({"metric": "contacts", "change": (p1 - p0) * 100, "floor": Z * se * 100, "why": few})
    rows["p"] = two_sided((p1 - p0) / se.where(se > 0))
    return judge(rows, rules)[["change", "certainty"]]


def within(table: ir.Table, period: Period) -> ir.Table:
    """Keep the contacts that began in a period, on the report's clock."""
    start, end = (pd.Timestamp(day).to_pydatetime() for day in (period.start, period.end))
    return table.filter((table.created_local >= start) & (table.created_local < end))


def week_grid(table: ir.Table, period: Period) -> pd.DataFrame:
    """Count contacts per hour of the day and weekday in a period, per such weekday: rows Mon–Sun, columns 0–23.

    Sources that record the day only (half of their contacts or more at exactly midnight) have no hours and are left out;
    the grid is empty when no source is left.
    """
    inside = within(table, period)
    midnight = (inside.created_local == inside.created_local.truncate("D")).cast("float64")
    inside = inside.mutate(_hour_known=midnight.mean().over(group_by=inside.source) < 0.5)
    inside = inside.filter(inside._hour_known)
    counted = inside.group_by(weekday=inside.created_local.day_of_week.index(), hour=inside.created_local.hour())
    frame = to_frame(counted.agg(n=ibis._.count()))
    if frame.empty:
        return pd.DataFrame()
    days = pd.date_range(period.start, periods=period.days).day_of_week.value_counts()
    grid = (
        frame.pivot(index="weekday", columns="hour", values="n").reindex(index=range(7), columns=range(24)).fillna(0.0)
    )
    grid = grid.div(days.reindex(range(7)).clip(lower=1), axis=0)
    return grid.set_axis(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], axis=0)


def score_distribution(table: ir.Table, period: Period, previous: Period | None = None) -> pd.DataFrame:
    """Tell how the answers spread over the scale: score, n, share, lo, hi (%) and the share of the period before."""

    def shares(of: Period) -> pd.Series:
        inside = within(table, of)
        counted = to_frame(inside.filter(inside.csat.notnull()).group_by(score=inside.csat).agg(n=ibis._.count()))
        return counted.set_index("score")["n"].reindex(range(1, 6)).fillna(0)

    n = shares(period)
    if not n.sum():
        return pd.DataFrame(columns=["score", "n", "share", "lo", "hi"])
    lo, hi = wilson(n.to_numpy(float), n.sum())
    result = pd.DataFrame(
        {
            "score": range(1, 6),
            "n": n.astype(int).to_numpy(),
            "share": (n / n.sum() * 100).to_numpy(),
            "lo": lo * 100,
            "hi": hi * 100,
        }
    )
    if previous is not None and (then := shares(previous)).sum():
        result["previous"] = (then / then.sum() * 100).to_numpy()
    return result
