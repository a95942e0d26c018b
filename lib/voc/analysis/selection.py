"""The sorted values around a quantile of each group, exactly, without sorting or even keeping all the others.

Of many rows a few in a hundred, drawn by lot, tell between which two values a group's wanted places must lie (Floyd &
Rivest, CACM 18, 1975); one pass over the table then counts what lies below and keeps what lies between. The lot decides
only how much is kept, never a figure: where a wanted place is not among the values kept, all are sorted after all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import ibis
import ibis.expr.types as ir
import pandas as pd

from ..data.store import to_frame

MANY = 500_000  # rows under which all values are sorted: that is faster than two passes
DRAWN = 1 / 32  # of the rows
FEW = 64  # drawn values under which a group is sorted as a whole
SAFE = 5.0  # standard deviations of a drawn value's place
_LEAST, _MOST = ibis.literal(float("-inf")), ibis.literal(float("inf"))
Sums = Callable[[ir.Table], Mapping[str, ir.Value]]


def gather(
    table: ir.Table, shares: Mapping[str, float], by: Sequence[str], deviations: float, sums: Sums | None = None
) -> pd.DataFrame:
    """Aggregate each group, and keep the values around a quantile of some columns.

    ``shares`` says which quantile of which column; ``sums`` makes further aggregates of the table. Returns one row per
    group, sorted: the ``by`` columns, the sums, and for each column of ``shares``: ``… n`` (values known), ``… near`` (the
    sorted values within so many standard deviations of the quantile's place) and ``… below`` (how many lie before them).
    """
    many = bool(shares) and table.count().to_pyarrow().as_py() >= MANY
    found = _gathered(table, shares, list(by), deviations, sums, drawn=many)
    if many and not found[[f"{name} there" for name in shares]].all(axis=None):
        found = _gathered(table, shares, list(by), deviations, sums, drawn=False)
    found = found.drop(columns=[f"{name} there" for name in shares])
    return found.sort_values(list(by), ignore_index=True) if by else found


def _gathered(
    table: ir.Table, shares: Mapping[str, float], by: list[str], deviations: float, sums: Sums | None, *, drawn: bool
) -> pd.DataFrame:
    table = _with_ends(table, shares, by, deviations) if drawn else table
    made = dict(sums(table)) if sums else {}
    for name in shares:
        x = table[name]
        inside = x.between(table[f"{name} least"], table[f"{name} most"]) if drawn else None
        made |= {f"{name} n": x.count(), f"{name} between": x.collect(where=inside).sort()}
        made |= {f"{name} under": x.count(where=x < table[f"{name} least"])} if drawn else {}
    groups = table.group_by(by).aggregate(**made) if by else table.aggregate(**made)
    kept = {}
    for name, share in shares.items():
        n, between = groups[f"{name} n"], groups[f"{name} between"]
        under = groups[f"{name} under"] if drawn else ibis.literal(0)
        first, end = _wanted(n, share, deviations)
        there = (first >= under) & (ibis.least(end, n) <= under + between.length())
        kept |= {f"{name} below": first, f"{name} near": between[first - under : end - under]}
        kept |= {f"{name} there": (n == 0) | there.fill_null(False)}
    spare = [name for name in made if name.endswith((" under", " between"))]
    return to_frame(groups.mutate(**kept).drop(*spare))


def _wanted(n: ir.Value, share: float, deviations: float) -> tuple[ir.Value, ir.Value]:
    """Return the first wanted place and the one after the last; places count from 0."""
    half = deviations * (n * share * (1 - share)).sqrt() + 2
    return ibis.greatest((n * share - half).floor().cast("int64"), 0), (n * share + half).ceil().cast("int64") + 1


def _with_ends(table: ir.Table, shares: Mapping[str, float], by: list[str], deviations: float) -> ir.Table:
    """Add to each row between which values its group's wanted places most likely lie."""
    rows = table.mutate(_drawn=ibis.random() < DRAWN)
    made = {f"{name} n": rows[name].count() for name in shares}
    made |= {f"{name} lot": rows[name].collect(where=rows._drawn).sort() for name in shares}
    lots = rows.group_by(by).aggregate(**made) if by else rows.aggregate(**made)
    ends = {}
    for name, share in shares.items():
        lot, n, m = lots[f"{name} lot"], lots[f"{name} n"], lots[f"{name} lot"].length()
        half = (
            SAFE * (m * share * (1 - share)).sqrt()
            + deviations * (n * share * (1 - share)).sqrt() * m / ibis.greatest(n, 1)
            + 2
        )
        low, high = ((m * share - half).floor().cast("int64"), (m * share + half).ceil().cast("int64"))
        ends[f"{name} least"] = ((m >= FEW) & (low >= 0)).ifelse(lot[low], _LEAST).fill_null(_LEAST)
        ends[f"{name} most"] = ((m >= FEW) & (high < m)).ifelse(lot[high], _MOST).fill_null(_MOST)
    ends = lots.select(**{f"_by {key}": lots[key] for key in by}, **ends)
    same = [table[key].identical_to(ends[f"_by {key}"]) for key in by]
    joined = table.left_join(ends, same) if by else table.cross_join(ends)
    return joined.drop(*(f"_by {key}" for key in by))
