"""Which topics are new, rising or fading: more than noise, more than the season, and since when.

Voices of a topic are counted by period, a customer once. ``change.changes`` judges whether its share has moved for good;
``onset.locate`` says between which weeks that began; a topic with hardly a voice before is new. Slow drifts without a step
are left to the seasonal Kendall test on weeks (``voc.analysis.season``). All topics are judged together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ...data.periods import Period
from ..chance import false_discovery, two_sided
from ..compare import LIKELY, NOISE, SURE, UNKNOWN
from ..findings import COLUMNS as FINDING_COLUMNS
from ..findings import owner_of
from ..intervals import Z, wilson
from ..kendall import inflation, kendall, sen
from ..rules import MetricRules
from ..season import PER_YEAR
from ..trace import write_trace
from .change import changes, swing
from .lasting import NEW_SOURCE, lasting, mostly_new
from .mentions import EMPTY, NONE, matrix, period_numbers, tellers, tellers_by_period
from .onset import locate, words_of

NEW, RISING, PASSED, FADING, STEADY = "new", "rising", "came and went", "fading", "steady"
DRIFTS_UP, DRIFTS_DOWN = "drifts up", "drifts down"
ORDER = (NEW, RISING, PASSED, FADING, DRIFTS_UP, DRIFTS_DOWN, STEADY)
OVER = 0.9  # chance that it has ended from which a rise came and went
NEARLY_NOTHING = 0.05  # share before its start, as a part of the share after, at which a topic is new
COLUMNS = [
    "topic", "kind", "certainty", "q", "voices", "of", "share", "lo", "hi", "voices_before", "of_before", "share_before",
    "begins", "begin_first", "begin_last", "begin_words", "ended", "season", "swing", "trend", "trend_lo", "trend_hi", "why",
]  # fmt: skip


def rising(
    said: pd.DataFrame,
    contacts: pd.DataFrame,
    periods: Sequence[Period],
    rules: MetricRules,
    *,
    orders: np.ndarray | None = None,
    spread: float = 1.0,
    recent: int | None = None,
    drifts: bool = True,
) -> pd.DataFrame:
    """Judge every topic's course.

    Args:
        said: rows of ``mentions``.
        contacts: the contacts with words: interaction_id, created_local and, where known, source, customer_id and text. Only
            those of lasting sources are counted.
        periods: consecutive, oldest first; the last one is under report.
        rules: levels of certainty.
        orders: (periods,) orders where they are known; days otherwise.
        spread: of counts, from ``intervals.daily_spread``.
        recent: last periods in which a change may begin; a year unless said.
        drifts: also judge slow trends over all weeks.

    Returns:
        One row a topic, what moved most first: topic, kind (``ORDER``),
        certainty, q, voices since the start among ``of``, share with lo and hi (%), voices_before, of_before, share_before,
        begins (likeliest day), begin_first to begin_last (95 %), begin_words, ended (chance that it is over), season (was
        the same season of a year before compared with), swing (times wider than chance), trend with trend_lo and trend_hi
        (points a year, where judged), why (why there is no judgement, else empty).
    """
    topics = sorted(set(said["topic"]) - {NONE, EMPTY})
    if not topics or not periods or not len(contacts):
        return pd.DataFrame(columns=COLUMNS)
    year = PER_YEAR[periods[0].grain]
    window = min(recent or year, len(periods) - 1)
    kept = lasting(contacts, periods, window)
    new_source = mostly_new(said, contacts, kept, topics)
    contacts = contacts[kept].reset_index(drop=True)
    said = said[said["interaction_id"].isin(contacts["interaction_id"])]
    who, when = tellers(contacts), contacts["created_local"]
    own = matrix(said, contacts, topics)
    counts, whole = tellers_by_period(own, who, period_numbers(when, periods), len(periods))
    exposure = np.array([one.days for one in periods], float) if orders is None else np.asarray(orders, float)
    found = changes(counts, whole, exposure, year, window, spread)
    q = false_discovery(pd.Series(found.p))
    why = np.where(np.isnan(found.p), "too few voices to judge from", "")
    why = np.where(new_source, NEW_SOURCE, why)
    if not found.tried:
        why = np.full(len(topics), f"fewer than {len(periods) + 1} periods")
    certainty = np.select([why != "", q <= rules.sure, q <= rules.likely], [UNKNOWN, SURE, LIKELY], NOISE)
    grid = _weeks_of(periods)
    by_week, whole_week = tellers_by_period(own, who, period_numbers(when, grid), len(grid))
    rows = []
    for number, topic in enumerate(topics):
        moved = certainty[number] in (SURE, LIKELY)
        row = {"topic": topic, "certainty": certainty[number], "q": q[number], "swing": found.swing[number]}
        row |= {"season": bool(found.season[number]), "why": why[number], "z": found.z[number]}
        if moved and found.z[number] < 0:
            row |= _fell(counts[number], whole, int(found.start[number]), periods)
        elif moved:
            row |= _rose(by_week[number], whole_week, grid)
        else:
            row |= _now(counts[number], whole)
        rows.append(row)
    frame = pd.DataFrame(rows)
    frame = _with_drifts(frame, by_week, whole_week, grid, rules) if drifts else frame
    frame["order"] = frame["kind"].map(ORDER.index)
    frame["size"] = -(frame["share"] - frame["share_before"]).abs().fillna(0)
    ordered = frame.sort_values(["order", "size", "topic"], ignore_index=True, kind="stable")
    return ordered.reindex(columns=COLUMNS)


def _weeks_of(periods: Sequence[Period]) -> list[Period]:
    found = [Period.holding(periods[0].start, "week")]
    while found[-1].end < periods[-1].end:
        found.append(found[-1].shift(1))
    return found


def _rose(counts: np.ndarray, whole: np.ndarray, grid: Sequence[Period]) -> dict:
    """Say between which weeks a rise began, whether it is over, and how large the topic was before and since."""
    onset = locate(counts, whole, float(swing(counts[None, :], whole)[0]), max(1, len(grid) - 60))
    over = onset.ended >= OVER
    sides = _sides(counts, whole, onset.likeliest, onset.end_last + 1 if over else None)
    new = sides["share_before"] <= NEARLY_NOTHING * sides["share"]
    return sides | {
        "kind": PASSED if over else NEW if new else RISING, "begins": grid[onset.likeliest].start,
        "begin_first": grid[onset.first].start, "begin_last": grid[onset.last].end,
        "begin_words": words_of(onset.first, onset.last, grid), "ended": onset.ended,
    }  # fmt: skip


def _fell(counts: np.ndarray, whole: np.ndarray, start: int, periods: Sequence[Period]) -> dict:
    """Say about when a fall began: topics fade slowly, so no week is named."""
    about = {"begins": periods[start].start, "begin_words": f"about {periods[start].words}", "ended": np.nan}
    return _sides(counts, whole, start, None) | {"kind": FADING} | about


def _sides(counts: np.ndarray, whole: np.ndarray, start: int, end: int | None) -> dict:
    before = _share(counts[:start], whole[:start])
    return _share(counts[start:end], whole[start:end]) | {f"{name}_before": before[name] for name in _BOTH}


_BOTH = ("voices", "of", "share")


def _now(counts: np.ndarray, whole: np.ndarray) -> dict:
    """Set the last period beside all before it, for topics that have not moved."""
    return _sides(counts, whole, len(counts) - 1, None) | {"kind": STEADY, "begin_words": "", "ended": np.nan}


def _share(counts: np.ndarray, whole: np.ndarray) -> dict:
    hits, n = int(counts.sum()), int(whole.sum())
    lo, hi = wilson(np.array(float(hits)), np.array(float(max(n, 1))))
    return {"voices": hits, "of": n, "share": 100 * hits / max(n, 1), "lo": 100 * float(lo), "hi": 100 * float(hi)}


def _with_drifts(
    frame: pd.DataFrame, counts: np.ndarray, whole: np.ndarray, grid: Sequence[Period], rules: MetricRules
) -> pd.DataFrame:
    """Judge slow trends of the topics that no step explains, as ``season.trend_of`` does, all weeks together."""
    inside = slice(1, -1)  # the first and the last week may be cut
    shares = 100 * counts[:, inside] / np.maximum(whole[inside], 1)
    ordinal, year = np.arange(shares.shape[1]), PER_YEAR["week"]
    lag = year if len(ordinal) >= 2 * year - 1 else 0
    trend = {name: np.full(len(frame), np.nan) for name in ("trend", "trend_lo", "trend_hi", "p")}
    for number in np.flatnonzero(
        (frame["kind"] == STEADY) & (counts.sum(axis=1) >= len(grid))
    ):  # a voice a week, or all ties
        season = ordinal % year if lag else np.zeros(len(ordinal), dtype=int)
        score, variance, _, slopes = kendall(shares[number], ordinal, season, year)
        widened = variance * inflation(shares[number], ordinal, lag)
        z = np.sign(score) * max(abs(score) - 1, 0) / np.sqrt(widened) if widened > 0 else 0.0
        found = (*sen(slopes, widened), float(two_sided(np.array([z]))[0]))
        for name, value in zip(trend, found, strict=True):
            trend[name][number] = value
    frame = frame.assign(**trend)
    q = false_discovery(frame["p"])
    drifts = (q <= rules.likely).to_numpy()
    frame["kind"] = np.select([drifts & (frame["trend"] > 0), drifts], [DRIFTS_UP, DRIFTS_DOWN], frame["kind"])
    frame["certainty"] = np.select([drifts & (q <= rules.sure), drifts], [SURE, LIKELY], frame["certainty"])
    return frame.assign(q=np.where(drifts, q, frame["q"]))


def history(
    said: pd.DataFrame, contacts: pd.DataFrame, periods: Sequence[Period], topics: Sequence[str]
) -> pd.DataFrame:
    """Return each topic's share of voices by period, with what chance alone makes of it.

    Returns topic, period_start, period, n (voices with the topic), of (all voices), value (share, %), lo, hi, floor_lo and
    floor_hi (the share of the year before the period, ± what chance makes of it, swing taken in) and season (the share a
    year before); the columns that ``report.charts.time`` draws.
    """
    own = matrix(said, contacts, topics)
    counts, whole = tellers_by_period(
        own, tellers(contacts), period_numbers(contacts["created_local"], periods), len(periods)
    )
    year, scale = PER_YEAR[periods[0].grain], swing(counts, whole)
    rows = []
    for topic, k, wide in zip(topics, counts.astype(float), scale, strict=True):
        share = 100 * k / np.maximum(whole, 1)
        lo, hi = wilson(k, np.maximum(whole, 1).astype(float))
        for at, period in enumerate(periods):
            first = max(0, at - year)
            usual = k[first:at].sum() / max(whole[first:at].sum(), 1) if at - first >= 3 else np.nan
            half = Z * wide * np.sqrt(usual * (1 - usual) * (1 / max(whole[at], 1) + 1 / max(whole[first:at].sum(), 1)))
            rows.append(
                {
                    "topic": topic, "period_start": pd.Timestamp(period.start), "period": period.label, "n": int(k[at]),
                    "of": int(whole[at]), "value": share[at] if whole[at] else np.nan, "lo": 100 * lo[at], "hi": 100 * hi[at],
                    "floor_lo": 100 * max(usual - half, 0.0), "floor_hi": 100 * (usual + half),
                    "season": share[at - year] if at >= year else np.nan,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def findings(
    found: pd.DataFrame,
    said: pd.DataFrame,
    contacts: pd.DataFrame,
    period: Period,
    *,
    labels: Mapping[str, str],
    owners: Mapping[str, Mapping[str, str]],
    homes: Mapping[str, tuple[str, str]] | None = None,
    kinds: Sequence[str] = (NEW, RISING),
) -> pd.DataFrame:
    """Turn moved topics into findings of a period, in contacts.

    Args:
        found: from ``rising``. said, contacts: as there. period: under report.
        labels: name of each topic.
        owners: who takes what up. homes: topic → (dimension, label) of the category it mostly lies in.
        kinds: which are told.

    Returns:
        The columns of ``voc.analysis.findings`` with ``topic``, ``kind`` and ``begin_words`` beside them: ``n`` and
        ``value`` are contacts of the period, ``before`` what its share before the start would make of the period,
        ``floor`` the change that chance makes of it.
    """
    inside = contacts[period_numbers(contacts["created_local"], [period]) == 0]
    ids = set(inside["interaction_id"])
    mine = said[said["interaction_id"].isin(ids)]
    n = mine.groupby("topic")["interaction_id"].nunique()
    rows = []
    for row in found[found["kind"].isin(kinds) & found["certainty"].isin([SURE, LIKELY])].to_dict("records"):
        topic, value = row["topic"], int(n.get(row["topic"], 0))
        before = row["share_before"] / 100 * len(inside)
        floor = Z * row["swing"] * np.sqrt(max(before, 1.0))
        half = Z * np.sqrt(max(value, 1))
        rows.append(
            {
                "metric": "contacts", "dimension": "topic", "label": labels.get(topic, topic), "n": value, "value": float(value),
                "lo": max(value - half, 0.0), "hi": value + half, "before": round(before), "change": value - round(before),
                "floor": round(floor), "certainty": row["certainty"], "direction": "more" if row["kind"] != FADING else "fewer",
                "carried_dimension": "", "carried_label": "", "owner": owner_of(owners, *(homes or {}).get(topic, ("", ""))),
                "weight": round(float(min(abs(value - before) / max(floor, 1e-9), 20.0)), 3),
                "trace": write_trace(period, "contacts", topic=topic),
                "topic": topic, "kind": row["kind"], "begin_words": row["begin_words"],
            }
        )  # fmt: skip
    frame = pd.DataFrame(rows, columns=[*FINDING_COLUMNS, "topic", "kind", "begin_words"])
    return frame.sort_values("weight", ascending=False, ignore_index=True, kind="stable")
