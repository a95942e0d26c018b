"""A theme that a scan found, and the two groups that it is set against: since it began and before, a value and all others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...data.periods import Period
from ...text.corpus import Corpus
from .balls import Balls
from .change import rough_z, swing
from .mentions import one_by_group
from .onset import locate
from .scan import TIME

MARGIN = 8  # weeks before the first start that was tried in which a beginning may still lie
GROWS = {"z": 5.0, "times": 10.0, "voices": 3}  # how far above all others a further wording must lie in its place
NO_ONSET = {
    "begin_first": None,
    "begin_last": None,
    "begins": None,
    "ended": np.nan,
    "end_first": None,
    "end_last": None,
}


@dataclass
class Find:
    """Neighbourhoods that hold one theme: the cell that leads, where it lies, the numbers of all its neighbourhoods.

    ``kept`` (rows of ``corpus.vectors``,) leaves out sentences that only name what is compared.
    """

    lead: dict
    part: Balls
    taken: list[int]
    kept: np.ndarray | None = None

    @property
    def name(self) -> str:
        """Return a name that is the same in every run over the same data."""
        place = (
            self.lead["dimension"]
            if self.lead["dimension"] == TIME
            else f"{self.lead['dimension']} {self.lead['value']}"
        )
        return f"{self.lead['label']} · {place} · {self.lead['ball']}"


@dataclass(frozen=True)
class Sides:
    """Who has a theme, and the two groups that are set against each other: masks over all contacts."""

    has: np.ndarray
    here: np.ndarray
    there: np.ndarray
    onset: dict


def weeks_of(periods: Sequence[Period]) -> list[Period]:
    """List the weeks that cover some consecutive periods."""
    found = [Period.holding(periods[0].start, "week")]
    while found[-1].end < periods[-1].end:
        found.append(found[-1].shift(1))
    return found


def sides_of(
    corpus: Corpus, one: Find, teller: np.ndarray, week: np.ndarray, weeks: Sequence[Period], late: np.ndarray,
    values: Mapping[str, np.ndarray], earliest: int,
) -> Sides:  # fmt: skip
    """Return who has a theme, the groups it is set against, and between which weeks it began."""
    inside, has = (np.zeros(len(corpus.contacts), dtype=bool) for _ in range(2))
    inside[one.part.rows] = True
    has[one.part.rows[np.asarray(one.part.said(one.kept)[:, one.taken].sum(axis=1)).ravel() > 0]] = True
    inside &= week >= 0
    if one.lead["dimension"] != TIME:
        own = values[one.lead["dimension"]]
        value = (own == one.lead["value"]).astype(bool)
        return Sides(has, inside & late & value, inside & late & pd.notna(own) & ~value, NO_ONSET)
    counts, whole = (_by_week(teller, week, rows, len(weeks)) for rows in (has & inside, inside))
    found = locate(counts, whole, float(swing(counts[None, :], whole)[0]), earliest)
    onset = {
        "begin_first": weeks[found.first].start, "begin_last": weeks[found.last].end, "begins": weeks[found.likeliest].start,
        "ended": found.ended, "end_first": weeks[found.end_first].start if found.end_first >= 0 else None,
        "end_last": weeks[found.end_last].end if found.end_last >= 0 else None,
    }  # fmt: skip
    over = found.end_last if found.end_last >= 0 else len(weeks)
    return Sides(has, inside & (week >= found.likeliest) & (week <= over), inside & (week < found.likeliest), onset)


def together(found: Sequence[Find], sides: Sequence[Sides]) -> list[Find]:
    """Tell as one what began together in one category: one cause is told in many words."""
    kept: list[tuple[Find, Sides]] = []
    for one, side in zip(found, sides, strict=True):
        if one.lead["dimension"] == TIME:
            same = next((other for other, its in kept if _began_with(one, side, other, its)), None)
            if same is not None:
                same.taken.extend(one.taken)
                continue
        kept.append((one, side))
    return [one for one, _ in kept]


def _began_with(one: Find, side: Sides, other: Find, its: Sides) -> bool:
    if other.lead["dimension"] != TIME or one.lead["label"] != other.lead["label"]:
        return False
    first, last = (max(side.onset[key], its.onset[key]) if key == "begin_first" else min(side.onset[key], its.onset[key])
                   for key in ("begin_first", "begin_last"))  # fmt: skip
    return first < last


def grow(
    one: Find,
    side: Sides,
    places: Sequence[Mapping],
    teller: np.ndarray,
    values: Mapping[str, np.ndarray],
    unnamed: Mapping[str, np.ndarray],
) -> None:
    """Add what else is said since then in that place and hardly anywhere else: one cause is told in many words.

    Where and since when is known by now, so that a rarer wording can be told from chance (``GROWS``) that could not before.
    """
    if one.lead["dimension"] != TIME or not places:
        return
    here = side.here.copy()
    for place in places[:2]:
        here &= values[place["dimension"]] == place["value"]
    kept = [unnamed[place["dimension"]] for place in places[:2] if place["dimension"] in unnamed]
    said = one.part.said(np.logical_and.reduce(kept) if kept else None)
    group = np.where(here, 0, np.where(side.here | side.there, 1, -1))[one.part.rows]
    hits, n = one_by_group(said, teller[one.part.rows], group, 2)
    z = rough_z(hits[:, 0], n[0], hits[:, 1], n[1])
    only = hits[:, 0] / max(n[0], 1) >= GROWS["times"] * hits[:, 1] / max(n[1], 1)
    more = np.flatnonzero((z >= GROWS["z"]) & only & (hits[:, 0] >= GROWS["voices"]))
    one.taken.extend(sorted(set(more.tolist()) - set(one.taken)))


def _by_week(teller: np.ndarray, week: np.ndarray, rows: np.ndarray, weeks: int) -> np.ndarray:
    place = np.unique(teller[rows] * weeks + week[rows])
    return np.bincount(place % weeks, minlength=weeks)


def voices_in(teller: np.ndarray, rows: np.ndarray) -> int:
    """Count the different tellers among some contacts."""
    return len(np.unique(teller[rows]))
