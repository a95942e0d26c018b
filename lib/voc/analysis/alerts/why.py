"""The first why of an incident: what was told of it in a tree of whys, or which value of which label carries half of it.

What is tried and how it is confirmed is that of ``voc.analysis.whys``; here one step of it is asked of each incident, set against
the same series in the eight weeks before.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..compare import LIKELY, SURE
from ..rules import MetricRules
from ..whys.contrast import COUNT, Contrast
from ..whys.ends import START, path_of
from ..whys.events import NO_EVENT, event_of
from ..whys.evidence import interval, mask, merely
from ..whys.kinds import TIME
from ..whys.question import Question
from ..whys.rows import Rows
from ..whys.starts import OTHERS
from ..whys.tree import CONFIRMED, SURELY, gives_away
from ..whys.tries import tried
from .incidents import MAINLY, NEAR
from .sharing import BEFORE

CARRIES = 0.5  # of the excess, from which a value is the first why


@dataclass(frozen=True)
class FirstWhy:
    """A value of a label that carries most of an incident: its share of the excess with 95 %."""

    name: str
    value: str
    share: float
    lo: float
    hi: float
    certainty: str


def first_why(
    rows: Rows,
    inside: np.ndarray,
    incident: Mapping,
    labels: Sequence[str],
    rules: MetricRules,
    spread: float,
    seed: int,
) -> FirstWhy | None:
    """Find the value that carries half of an incident's excess or more; None where none does beyond chance.

    Args:
        rows: contacts from eight weeks before the incident on.
        inside: mask of the contacts of its series.
        incident: id, key, start, last, excess.
        labels: columns that may explain it; its own, and what is given away by it, is left out.
        rules, spread: as for ``whys``. ``seed``: of the draws of the interval.

    The evidence is found on one half of the customers and confirmed on the other, at a false discovery rate over all values tried.
    """
    asked = _asked(rows, inside, incident, spread)
    usable = _usable(rows, labels, incident["key"], asked)
    if asked.main.cases.sum() < rules.min_n or not usable:
        return None
    found = tried(rows, asked, usable, 1)
    large = found[
        (found["q"] <= rules.likely)
        & (found["z_confirmed"] >= CONFIRMED)
        & (found["excess"] >= CARRIES * incident["excess"])
    ]
    for one in large.to_dict("records"):
        if len(np.unique(rows.teller[mask(rows, one) & asked.main.cases])) < max(rules.smallest_group, 2):
            continue
        rng = np.random.default_rng(list(f"{seed}/{incident['id']}".encode()))
        lo, hi = interval(rows, asked, one, rng, incident["excess"])
        sure = one["q"] <= rules.sure and one["z_confirmed"] >= SURELY and not merely(rows, asked, one, usable)[0]
        share = one["excess"] / incident["excess"]
        return FirstWhy(one["names"][0], one["values"][0], share, lo, hi, SURE if sure else LIKELY)
    return None


def began_with(rows: Rows, inside: np.ndarray, incident: Mapping, events: pd.DataFrame | None) -> dict:
    """Name the event of the business that an incident begins with (``whys.events.event_of``); an empty one where there is none."""
    begin, end = _days(rows, incident)
    during = (rows.day >= begin) & (rows.day < end)
    timed = Contrast(COUNT, np.where(during & inside, 0, np.where(during, 1, -1)).astype(np.int8))
    return event_of(rows, timed, {"begin": begin, "end": end}, events) if during.any() else dict(NO_EVENT)


def story_of(
    incident: Mapping, nodes: pd.DataFrame, causes: pd.DataFrame, period: tuple[pd.Timestamp, pd.Timestamp]
) -> dict | None:
    """Find the cause that a tree of whys told of an incident's label and days; None where none did.

    Args:
        incident: key, related, start, last.
        nodes, causes: result tables ``whys`` and ``whys_causes``, the latter most important first.
        period: first and last day that questions without days of their own are about.

    A cause counts if the label stands on the way to it and half of its days, or nearly, are those of the incident. What is asked of
    a year as a whole explains no rise unless it names days.
    """
    stories = {story: part.to_dict("records") for story, part in nodes.groupby("story")}
    told = [(_facts(stories[row["story"]], row["node"], period), row) for row in causes.to_dict("records")]
    for pair in pairs_of(incident):
        for facts, row in told:
            if pair in facts["pairs"] and facts["days"] and _mostly_then(incident, *facts["days"]):
                return {**row, "of_rise": facts["of_rise"]}
    return None


def _asked(rows: Rows, inside: np.ndarray, incident: Mapping, spread: float) -> Question:
    begin, end = _days(rows, incident)
    now = inside & (rows.day >= begin) & (rows.day < end)
    before = inside & (rows.day >= begin - BEFORE) & (rows.day < begin)
    group = np.where(now, 0, np.where(before, 1, -1)).astype(np.int8)
    return Question(Contrast(COUNT, group, spread), now, days=(begin, end), taken=frozenset({TIME}))


def _days(rows: Rows, incident: Mapping) -> tuple[int, int]:
    """Return the first day of an incident and the one after its last, as numbers of the rows."""
    begin, last = ((pd.Timestamp(incident[name]) - rows.first).days for name in ("start", "last"))
    return begin, last + 1


def _usable(rows: Rows, labels: Sequence[str], key: str, asked: Question) -> list[str]:
    own = pair_of(key)[0]
    inside = asked.main.group >= 0
    kept = []
    for name in labels:
        known = inside & (rows.codes[name] >= 0) if name in rows.codes else np.zeros(0, dtype=bool)
        if name == own or len(np.unique(rows.codes[name][known] if known.any() else [])) < 2:
            continue
        if own not in rows.codes or not gives_away(rows, own, name):
            kept.append(name)
    return kept


def pair_of(key: str) -> tuple[str, str]:
    """Return the dimension and label of a series.

    >>> pair_of("contacts/issue=login"), pair_of("contacts")
    (('issue', 'login'), ('', ''))
    """
    dimension, _, label = key.partition("/")[2].partition("=")
    return dimension, label


def pairs_of(incident: Mapping) -> list[tuple[str, str]]:
    """List the labels that an incident stands under, the one in front first; all contacts have none."""
    return [pair for pair in dict.fromkeys(map(pair_of, [incident["key"], *incident["related"]])) if pair[0]]


def _facts(story: list[dict], node: str, period: tuple[pd.Timestamp, pd.Timestamp]) -> dict:
    """Tell which labels stand on the way to a cause, on which days it was, and whether its question is why there is more."""
    root = next(one for one in story if one["kind"] == START)
    leaf = next(one for one in story if one["node"] == node)
    path = path_of(leaf, story) if leaf is not root else []
    pairs = {(root["where_name"], root["where_value"])}
    pairs |= {(name, root["label"]) for name in ("issue", "category")}
    for one in path:
        pairs |= set(zip(json.loads(one["names"]), json.loads(one["values"]), strict=True))
    rise = root["against"] != OTHERS and root["sign"] > 0
    spans = [(one["begin"], one["end"] - pd.Timedelta(days=1)) for one in path if one["kind"] == TIME]
    return {"pairs": pairs, "days": spans[0] if spans else period if rise else None, "of_rise": rise}


def _mostly_then(incident: Mapping, begin: pd.Timestamp, last: pd.Timestamp) -> bool:
    near = pd.Timedelta(days=NEAR)
    inside = min(last, incident["last"] + near) - max(begin, incident["start"] - near) + pd.Timedelta(days=1)
    return bool(inside >= MAINLY * (last - begin + pd.Timedelta(days=1)))
