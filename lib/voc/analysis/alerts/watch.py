"""Look at the newest days of everything watched: what is beyond chance, as incidents, and what would have been seen.

Nothing here reads or writes files: an hourly job calls ``watch`` with the contacts there are and the last whole day, and
enters its incidents into the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from .attained import raised
from .budget import Thresholds, thresholds
from .counts import judge_counts
from .detectable import smallest_rise
from .incidents import INCIDENT, Shared, Size, incidents, no_contacts, none_found
from .looks import Judged, running
from .rules import AlertRules
from .series import Panel, daily, panel_of
from .shares import judge_shares
from .sharing import BEFORE, members, sharing
from .shifts import RECENT, level_spells
from .spells import SPELL, bursts, sized

NAMED = ["kind", "dimension", "label"]
COLUMNS = [*INCIDENT[:1], *NAMED, *INCIDENT[1:]]


@dataclass(frozen=True)
class Watched:
    """What a look found.

    ``until``: the last day looked at; ``series``: key, kind, dimension, label of all watched, with ``judged`` (whether the last day
    could be); ``incidents``: ``COLUMNS``, newest first; ``thresholds``: what an alarm must exceed; ``detectable``: per series and span
    the smallest rise that would have been seen (``detectable.COLUMNS``).
    """

    until: pd.Timestamp
    series: pd.DataFrame
    incidents: pd.DataFrame
    thresholds: Thresholds
    detectable: pd.DataFrame

    @property
    def going(self) -> pd.DataFrame:
        """The incidents that go on."""
        return self.incidents[self.incidents["state"] == "going"].reset_index(drop=True)


def watch(
    table: ir.Table,
    rules: AlertRules,
    until: pd.Timestamp | str,
    *,
    mentions: ir.Table | None = None,
    readings: ir.Table | None = None,
    incomplete: Sequence[pd.Timestamp] = (),
) -> Watched:
    """Look at all series up to a day.

    Args:
        table: contacts with ``interaction_id``, ``created_local``, labels and, where known, ``csat``.
        rules: the budget of false alarms and what is watched.
        until: the last whole day.
        mentions: interaction_id, topic; readings: interaction_id, mood. Left out, topics and moods are not watched.
        incomplete: days on which an export lacks contacts (``voc.data.completeness``): not judged.
    """
    panel = panel_of(daily(table, rules, mentions, readings), until, rules, incomplete)

    def meet(keys: Sequence[str], earliest: int) -> Shared:
        since = panel.days[max(earliest - BEFORE, 0)]
        wanted = panel.series[panel.series["key"].isin(keys)]
        of = {key: n for key, n, counted in zip(panel.series["key"], panel.n, panel.counts, strict=True) if not counted}
        return sharing(members(table, wanted, since, panel.days[-1], mentions, readings), panel.days, of)

    return look(panel, rules, meet)


def look(panel: Panel, rules: AlertRules, meet: Callable[[Sequence[str], int], Shared] | None = None) -> Watched:
    """Look at the last ``rules.back`` days of a panel.

    ``meet`` makes, of the keys in alarm and the first column that matters, the function that tells what two series share; without it
    only alarms of one series are one incident.
    """
    allowed = allowed_of(panel, rules)
    until = panel.days[-1] if len(panel.days) else pd.NaT
    if not len(panel.series):
        none = none_found().reindex(columns=COLUMNS)
        return Watched(
            until, panel.series.assign(judged=[]), none, allowed, smallest_rise([], 1, np.zeros(0), np.zeros(0), 0.01)
        )
    last = len(panel.days)
    first = max(last - rules.back - 7 * RECENT, 0)
    first = max(
        first - panel.days[first].weekday(), 0
    )  # a week is learned from its Monday on, whatever the day of the look
    looks = judged(panel, first, last, rules.spans)
    allowed = replace(allowed, look=raised(looks, answers(panel, looks), allowed.look))
    spells = spells_of(panel, looks, first, rules, allowed)
    spells = spells[spells["last"] >= last - rules.back].reset_index(drop=True)
    shared = meet(spells["key"].tolist(), int(spells["start"].min())) if meet and len(spells) else no_contacts
    sure = float(np.log10(rules.likely_every))
    found = incidents(spells, shared, panel.days, rules.quiet, sure, _size_of(panel, looks, first))
    named = found.merge(panel.series, on="key", how="left", validate="m:1")[COLUMNS]
    series = panel.series.assign(judged=np.isfinite(looks[0].p[:, -1]))
    return Watched(until, series, named, allowed, _detectable(panel, looks, allowed.look))


def _size_of(panel: Panel, looks: Sequence[Judged], first: int) -> Size:
    place = {key: at for at, key in enumerate(panel.series["key"])}
    return lambda key, start, last: sized(looks, place[key], start - first, last - first)


def allowed_of(panel: Panel, rules: AlertRules) -> Thresholds:
    """Share the budget out among the series of a panel."""
    levels = len(panel.series) if rules.levels else 0
    return thresholds(rules.budget, len(panel.series), levels, rules.spans, rules.quiet, rules.likely_every)


def judged(panel: Panel, first: int, last: int, spans: tuple[int, ...]) -> list[Judged]:
    """Judge all series of a panel day by day, counts and shares in the panel's order."""
    of = panel.counts
    whole = np.flatnonzero(panel.series.loc[of, "dimension"] == "")
    counts = judge_counts(panel.count[of], first, last, spans, whole=int(whole[0]) if len(whole) else None)
    shares = judge_shares(panel.count[~of], panel.n[~of], first, last, spans)
    place = np.argsort(np.concatenate([np.flatnonzero(of), np.flatnonzero(~of)]))
    names = ("observed", "expected", "variance", "p")
    return [
        Judged(span, *(np.concatenate([getattr(one, name), getattr(other, name)])[place] for name in names))
        for span, one, other in zip(spans, counts, shares, strict=True)
    ]


def answers(panel: Panel, looks: list[Judged]) -> list[np.ndarray]:
    """Return beside each look the answers that a share was judged on; missing for counts."""
    return [
        np.where(panel.counts[:, None], np.nan, running(np.nan_to_num(panel.n), look.span, look.p.shape[1]))
        for look in looks
    ]


def spells_of(panel: Panel, looks: list[Judged], first: int, rules: AlertRules, allowed: Thresholds) -> pd.DataFrame:
    """Return all spells of alarms, bursts and changes of level, from the column ``first`` on."""
    keys = panel.series["key"].tolist()
    found = bursts(looks, keys, first, allowed.look, rules.quiet)
    if not rules.levels:
        return found
    shifted = level_spells(panel, max(len(panel.days) - rules.back, 0), allowed.price, looks, first)
    parts = [part for part in (found, shifted) if len(part)]
    return pd.concat(parts, ignore_index=True)[SPELL] if parts else found


def _detectable(panel: Panel, looks: list[Judged], chance: float) -> pd.DataFrame:
    """Say of the last look at each series what it would have seen."""
    keys = panel.series["key"].tolist()
    parts = []
    for one in looks:
        n = np.nansum(panel.n[:, -one.span :], axis=1)
        most = np.where(panel.counts, np.inf, n)
        parts.append(smallest_rise(keys, one.span, one.expected[:, -1], one.variance[:, -1], chance, most))
    return pd.concat(parts, ignore_index=True).sort_values(["key", "span"], ignore_index=True)
