"""The map of what customers say: a line per category and per topic with its share, changes, costs and moods.

A contact counts once under the category it was sorted to, so that categories make up the whole and hours are not counted
twice; it counts under every topic that one of its sentences has, so that topics may sum to more than the whole. Shares are
parts of a whole: they are judged as ``voc.analysis.load.mix`` judges channels, widened by how much more than chance they
moved in the past, and all changes of the map are judged together. What customers of a line answer and feel is set beside
that of all others, and these differences are judged together too.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
import pandas as pd

from ...data.periods import Period
from ..chance import share_z, two_sided
from ..compare import UNKNOWN, noise_floor
from ..coverage import covers, missing_rows
from ..findings import owner_of
from ..fitness import NEEDS
from ..intervals import Z, wilson
from ..rules import MetricRules
from ..season import with_certainty
from .lines import CATEGORY, LINE, REST, ROOT, TOPIC

LEVELS = ("csat", "repeat", "negative", "neutral", "positive")
REAL = ("sure", "likely")
FEWEST_STEPS = 8  # past changes of a line that tell how restless shares are
KINDS = (ROOT, CATEGORY, TOPIC)
TIMED_FROM = next(need.care_from for need in NEEDS if "aht_minutes" in need.metrics)
"""Share of contacts (%) with a handling time from which hours are told: a few would put their own lines on top."""
NO_CATEGORY = "no contact has a category"


def topic_map(
    contacts: pd.DataFrame,
    lines: pd.DataFrame,
    now: Period,
    rules: MetricRules,
    *,
    moods: pd.DataFrame | None = None,
    topics: pd.DataFrame | None = None,
    span: tuple[pd.Timestamp, pd.Timestamp] | None = None,
    days: pd.DataFrame | None = None,
    owners: Mapping[str, Mapping[str, str]] | None = None,
) -> pd.DataFrame:
    """Measure every line of the map in a period.

    Args:
        contacts: from ``lines.contacts_of``, over as many periods as restlessness is to be judged by.
        lines: from ``lines.members``.
        moods: interaction_id, mood (−1, 0, 1).
        topics: label, stability, stable (``lines.named``).
        span: from when to when the data reach. ``days``: flagged days (``voc.data.completeness.flag_days``); a change that
            what they lack could make is not judged.
        owners: per dimension (issue, category) and value, who takes it up.

    Returns:
        One row a line, roots and lines in the order of hours (of contacts where no hours are known), lines without a matter
        of their own last: kind, root, label, rest (unsorted, outliers, empty talk), contacts, of (all contacts of the
        kind), share with lo, hi (%). Against the period before: before, change, floor, q, certainty, why (points); against
        the same period a year before the same with ``_year``; season: the same step was there a year before. Per level (csat,
        repeat, negative, neutral, positive; %): itself, _lo, _hi, _n, _rest (all others), _all and _of (all of the kind, and how many), _certainty (of the difference to
        them). hours, hours_share (%), hours_known (%); split: more negative *and* more positive than others, which an
        average loses; stability, stable, owner. A line that has no contact now but had some before has 0.
    """
    counted = _Counted(contacts, lines)
    frame = counted.lines.assign(rest=counted.lines["label"].isin(REST))
    spread = _spread(counted, now, rules)
    frame = frame.join(_shares(counted, now, spread)).join(_changes(counted, now, rules, spread, span, days))
    frame = frame.join(_levels(counted, now, rules, moods)).join(_hours(counted, now))
    higher = [
        frame[f"{name}_certainty"].isin(REAL) & (frame[name] > frame[f"{name}_rest"])
        for name in ("negative", "positive")
    ]
    frame["split"] = higher[0] & higher[1]
    frame = _without_categories(frame)
    there = (frame["contacts"] > 0) | (frame["before"] > 0) | (frame["before_year"] > 0)
    return _ordered(_with_names(frame[there], topics, owners or {}))


class _Counted:
    """Contacts per line and period, as arrays: ``line`` and ``contact`` are row numbers of each membership."""

    def __init__(self, contacts: pd.DataFrame, lines: pd.DataFrame):
        self.contacts = contacts.reset_index(drop=True)
        at = pd.Index(self.contacts["interaction_id"]).get_indexer(lines["interaction_id"])
        lines, self.contact = lines[at >= 0], at[at >= 0]
        self.lines = lines[LINE].drop_duplicates().sort_values(LINE, ignore_index=True)
        self.line = pd.MultiIndex.from_frame(self.lines).get_indexer(pd.MultiIndex.from_frame(lines[LINE]))
        self.kind = self.lines["kind"].to_numpy(object)
        # roots are the same contacts as categories: shares of both are of all that were to be sorted
        self.base = np.where(self.kind == ROOT, CATEGORY, self.kind)

    def inside(self, period: Period) -> np.ndarray:
        """Tell which contacts are of a period."""
        return (self.contacts["period_start"] == pd.Timestamp(period.start)).to_numpy()

    def per_line(self, weight: np.ndarray) -> np.ndarray:
        """Add a weight of each contact up over the contacts of each line: (lines,)."""
        return np.bincount(self.line, weight[self.contact], minlength=len(self.lines)).astype(float)

    def per_kind(self, weight: np.ndarray) -> np.ndarray:
        """Add a weight up over all contacts of each line's kind, each once: (lines,)."""
        sums = {base: weight[rows].sum() for base, rows in self._rows.items()}
        return np.array([sums[base] for base in self.base], dtype=float)

    @cached_property
    def _rows(self) -> dict[str, np.ndarray]:
        return {base: np.unique(self.contact[(self.base == base)[self.line]]) for base in set(self.base)}

    def count(self, period: Period) -> tuple[np.ndarray, np.ndarray]:
        """Return the contacts of each line and of all lines of its kind in a period."""
        weight = self.inside(period).astype(float)
        return self.per_line(weight), self.per_kind(weight)


def _shares(counted: _Counted, now: Period, spread: float) -> pd.DataFrame:
    n, of = counted.count(now)
    lo, hi = _interval(n, of, spread)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = 100 * n / of
    return pd.DataFrame({"contacts": n.astype("int64"), "of": of.astype("int64"), "share": share, "lo": lo, "hi": hi})


def _interval(hits: np.ndarray, n: np.ndarray, spread: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Return Wilson's interval in per cent, as wide as if ``spread`` contacts that resemble each other counted as one."""
    with np.errstate(invalid="ignore", divide="ignore"):
        lo, hi = wilson(hits / spread, n / spread)
    return 100 * lo, 100 * hi


def _spread(counted: _Counted, now: Period, rules: MetricRules) -> float:
    """Tell how many times wider than chance shares moved between past periods, their steady drift left out."""
    starts = sorted(start for start in counted.contacts["period_start"].unique() if start < pd.Timestamp(now.start))
    counts = [counted.count(Period(start.date(), now.grain)) for start in starts]
    if len(counts) <= FEWEST_STEPS:
        return 1.0
    n, of = (np.array(part) for part in zip(*counts, strict=True))  # (periods, lines)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = n / of
        z = np.diff(share, axis=0) / np.sqrt(share[1:] * (1 - share[1:]) * (1 / of[1:] + 1 / of[:-1]))
    z[~(np.isfinite(z) & (n[1:] >= rules.min_n))] = np.nan
    z = z[:, np.isfinite(z).sum(axis=0) >= FEWEST_STEPS]
    if not z.size:
        return 1.0
    return float(max(1.0, (1.4826 * np.nanmedian(np.abs(z - np.nanmedian(z, axis=0)))) ** 2))


def _step(counted: _Counted, to: Period, since: Period, spread: float) -> dict[str, np.ndarray]:
    """Set the shares of two periods against each other: before, change, se (points), z, and the larger count of both."""
    (n, of), (m, all_) = counted.count(to), counted.count(since)
    with np.errstate(invalid="ignore", divide="ignore"):
        both = (n + m) / (of + all_)
        se = 100 * np.sqrt(spread * both * (1 - both) * (1 / of + 1 / all_))
        before, change = 100 * m / all_, 100 * (n / of - m / all_)
    z = share_z(n, of, m, all_) / np.sqrt(spread)
    return {"before": before, "change": change, "se": se, "z": z, "most": np.maximum(n, m), "all": np.minimum(of, all_)}


def _changes(
    counted: _Counted,
    now: Period,
    rules: MetricRules,
    spread: float,
    span: tuple[pd.Timestamp, pd.Timestamp] | None,
    days: pd.DataFrame | None,
) -> pd.DataFrame:
    """Judge every line's change against the period before and the year before, all together; tell what is the season's."""
    year, parts = now.year_before(), {}
    for name, then in (("", now.previous()), ("_year", year)):
        step = _step(counted, now, then, spread)
        floor = noise_floor(pd.Series(step["change"]), step["z"], Z * step["se"])
        lost = (missing_rows(days, now) + missing_rows(days, then)) if days is not None and len(days) else 0.0
        why = (covers(*span, now) or covers(*span, then)) if span is not None else ""
        beyond = np.abs(step["change"]) > floor
        with np.errstate(invalid="ignore", divide="ignore"):
            could = beyond & (np.abs(step["change"]) - floor <= 100 * lost / (step["all"] + lost))
        rows = pd.DataFrame({"before": step["before"], "change": step["change"], "floor": floor, "p": two_sided(step["z"])})  # fmt: skip
        rows["why"] = np.select(
            [np.isnan(step["change"]), step["most"] < rules.min_n, could & (lost > 0)],
            ["nothing to compare with", f"fewer than {rules.min_n} to judge from", f"about {lost:,.0f} contacts of incomplete days are missing"],
            "",
        )  # fmt: skip
        if why:
            rows = rows.assign(before=np.nan, change=np.nan, floor=np.nan, p=np.nan, why=why)
        parts[name] = rows
    judged = with_certainty(pd.concat(parts.values(), ignore_index=True), rules)
    first, second = judged.iloc[: len(rows)], judged.iloc[len(rows) :].reset_index(drop=True)
    columns = ["before", "change", "floor", "q", "certainty", "why"]
    told = first[columns].join(second[columns].add_suffix("_year"))
    now_, then_ = _step(counted, now, now.previous(), spread), _step(counted, year, year.previous(), spread)
    alike = np.abs(now_["change"] - then_["change"]) <= Z * np.hypot(now_["se"], then_["se"])
    told["season"] = (np.abs(now_["z"]) > Z) & (np.abs(then_["z"]) > Z) & (now_["z"] * then_["z"] > 0) & alike
    return told


def _without_categories(frame: pd.DataFrame) -> pd.DataFrame:
    """Judge no change of the lines that take what no category holds, where there is no category at all."""
    rows = frame["kind"] == CATEGORY
    if frame.loc[rows, "rest"].all():
        for tail in ("", "_year"):
            frame.loc[rows, [f"certainty{tail}", f"why{tail}"]] = [UNKNOWN, NO_CATEGORY]
    return frame


def _levels(counted: _Counted, now: Period, rules: MetricRules, moods: pd.DataFrame | None) -> pd.DataFrame:
    """Set each line's answers, returns and moods beside those of all others of its kind, all judged together."""
    values = {"csat": counted.contacts.get("csat_pct"), "repeat": counted.contacts.get("repeat_pct")}
    if moods is not None:
        mood = counted.contacts["interaction_id"].map(moods.set_index("interaction_id")["mood"])
        values |= {name: mood.eq(sign).where(mood.notna()) for sign, name in ((-1, "negative"), (0, "neutral"), (1, "positive"))}  # fmt: skip
    inside, parts = counted.inside(now), []
    for name in LEVELS:
        x = values.get(name)
        x = np.full(len(inside), np.nan) if x is None else x.astype(float).to_numpy()
        known, hit = (inside & np.isfinite(x)).astype(float), np.where(inside, np.nan_to_num(x), 0.0)
        n, hits, all_n, all_hits = (sums(of) for sums in (counted.per_line, counted.per_kind) for of in (known, hit))
        lo, hi = _interval(hits, n)
        with np.errstate(invalid="ignore", divide="ignore"):
            row = pd.DataFrame({"value": 100 * hits / n, "lo": lo, "hi": hi, "n": n.astype("int64"), "rest": 100 * (all_hits - hits) / (all_n - n), "all": 100 * all_hits / all_n, "of": all_n.astype("int64")})  # fmt: skip
        row["p"] = two_sided(share_z(hits, n, all_hits - hits, all_n - n))
        few = np.minimum(n, all_n - n) < rules.min_n
        parts.append(row.assign(metric=name, why=np.where(few, f"fewer than {rules.min_n} to judge from", "")))
    judged = with_certainty(pd.concat(parts, ignore_index=True), rules)
    columns, size = ["value", "lo", "hi", "n", "rest", "all", "of", "certainty"], len(counted.lines)
    wide = [judged[columns].iloc[at * size :].head(size).reset_index(drop=True) for at in range(len(LEVELS))]
    named = [part.add_prefix(f"{name}_").rename(columns={f"{name}_value": name}) for name, part in zip(LEVELS, wide, strict=True)]  # fmt: skip
    return pd.concat(named, axis=1)


def _hours(counted: _Counted, now: Period) -> pd.DataFrame:
    seconds = counted.contacts.get("handle_seconds")
    if seconds is None or 100 * seconds[counted.inside(now)].notna().mean() < TIMED_FROM:
        return pd.DataFrame({name: np.full(len(counted.lines), np.nan) for name in ("hours", "hours_share", "hours_known")})  # fmt: skip
    inside, x = counted.inside(now), seconds.astype(float).to_numpy()
    hours = np.where(inside, np.nan_to_num(x), 0.0).round(1) / 3600
    known = counted.per_line((inside & np.isfinite(x)).astype(float))
    of_line, of_all = counted.per_line(hours), counted.per_kind(hours)
    with np.errstate(invalid="ignore", divide="ignore"):
        share, part = 100 * of_line / of_all, 100 * known / counted.per_line(inside.astype(float))
    return pd.DataFrame(
        {"hours": np.where(known > 0, of_line, np.nan), "hours_share": np.where(known > 0, share, np.nan), "hours_known": part}
    )  # fmt: skip


def _with_names(
    frame: pd.DataFrame, topics: pd.DataFrame | None, owners: Mapping[str, Mapping[str, str]]
) -> pd.DataFrame:
    """Add how far each topic can be trusted, and who takes a line up: its own owner, else its root's."""
    frame = frame.assign(stability=np.nan, stable=True)
    if topics is not None and len(topics):
        own = topics.set_index("label")
        rows = (frame["kind"] == TOPIC) & frame["label"].isin(own.index)
        frame.loc[rows, "stability"] = frame.loc[rows, "label"].map(own["stability"]).astype(float)
        frame.loc[rows, "stable"] = frame.loc[rows, "label"].map(own["stable"]).astype(bool)
    named = [
        owner_of(owners, "issue", label) if kind == CATEGORY and label in owners.get("issue", {}) else owner_of(owners, "category", root)
        for kind, root, label in frame[LINE].itertuples(index=False)
    ]  # fmt: skip
    return frame.assign(owner=named)


def _ordered(frame: pd.DataFrame) -> pd.DataFrame:
    """Put kinds, roots and lines in order: heaviest first, lines without a matter of their own last."""
    weight = frame["hours"] if frame["hours"].notna().any() else frame["contacts"].astype(float)
    frame = frame.assign(_weight=weight.fillna(0.0), _kind=frame["kind"].map(KINDS.index), _loose=frame["root"] == "")
    frame["_root"] = frame.groupby(["kind", "root"])["_weight"].transform("sum")
    order = ["_kind", "_loose", "_root", "root", "rest", "_weight", "label"]
    frame = frame.sort_values(order, ascending=[True, True, False, True, True, False, True], kind="stable")
    return frame.drop(columns=[name for name in frame.columns if name.startswith("_")]).reset_index(drop=True)
