"""Completeness: days and sources with too few rows, fields with too few values.

Incomplete data give wrong results quietly: a day whose export failed looks like a quiet day. Expected rows of a day are
the median of the same weekday in the four weeks before and after; a day is flagged when so few rows as were found come
less than once in 10,000 days by chance, with the spread that the source's own days show (negative binomial). A week or
more without a row is judged as one: it would otherwise be its own neighbour, and a lost month pass for a quiet one.
"""

from __future__ import annotations

from itertools import pairwise

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from .schema import INTERACTIONS
from .store import to_frame

RARE = 1e-4
_FEWEST = 5.0  # expected rows a day below which no single day can be called incomplete
_GAP = 7  # days in a row without a row, between rows, that are judged as one
STILL_TO_COME = 3.0  # usual contacts of the rest of a day; that none of them came happens by chance once in twenty days
USUAL_DAYS = 28


def rows_per_day(table: ir.Table, by: str = "source") -> pd.DataFrame:
    """Count rows per day (report's clock) and source; days without rows inside the data's span count 0.

    Returns day, ``by``, rows, sorted.
    """
    counted = table.group_by(day=table.created_local.date(), group=table[by]).agg(rows=table.count())
    found = to_frame(counted.filter(counted.group.notnull()))
    if found.empty:
        return pd.DataFrame({"day": pd.to_datetime([]), by: [], "rows": []})
    found["day"] = pd.to_datetime(found["day"])
    days = pd.date_range(found["day"].min(), found["day"].max())
    wide = found.pivot(index="day", columns="group", values="rows").reindex(days).fillna(0).astype("int64")
    long = wide.rename_axis("day").melt(ignore_index=False, var_name=by, value_name="rows").reset_index()
    return long.sort_values([by, "day"], ignore_index=True)


def flag_days(days: pd.DataFrame, by: str = "source") -> pd.DataFrame:
    """Add expected rows, the chance of so few, and ``flag`` to a table of day, ``by``, rows."""
    from scipy.stats import nbinom, poisson

    parts = []
    for _, part in days.groupby(by, sort=True):
        part = part.sort_values("day").copy()
        gap = _gaps(part["rows"].to_numpy())
        part["expected"] = _expected(np.where(gap > 0, np.nan, part["rows"].to_numpy(float)))
        spread = _overdispersion(part["rows"].to_numpy(float), part["expected"].to_numpy())
        mean = part["expected"].to_numpy()
        if spread > 1:  # a negative binomial with variance spread × mean
            size = mean / (spread - 1)
            chance = nbinom.cdf(part["rows"], size.clip(1e-9), 1 / spread)
        else:
            chance = poisson.cdf(part["rows"], mean)
        part["chance"] = chance
        part["flag"] = (mean >= _FEWEST) & (chance < RARE)
        for name in range(1, gap.max(initial=0) + 1):
            inside = gap == name
            none = float(np.exp(-mean[inside].sum() / spread))  # that nothing comes in all of these days
            part.loc[inside, "chance"] = np.minimum(part.loc[inside, "chance"], none)
            part.loc[inside, "flag"] |= none < RARE
        part["flag"] &= part["rows"].cumsum() > 0  # a source that has not begun lacks nothing
        parts.append(part)
    return pd.concat(parts, ignore_index=True) if parts else days.assign(expected=[], chance=[], flag=[])


def incomplete(days: pd.DataFrame) -> list[pd.Timestamp]:
    """List the days that ``flag_days`` flagged for any source, each once, in order.

    >>> incomplete(pd.DataFrame({"day": ["2026-10-12", "2026-10-12", "2026-10-13"], "flag": [True, True, False]}))
    [Timestamp('2026-10-12 00:00:00')]
    """
    return sorted(set(pd.to_datetime(days.loc[days["flag"], "day"])))


def _gaps(rows: np.ndarray) -> np.ndarray:
    """Number the runs of a week or more without a row between the first and the last row; 0 for all other days."""
    there = np.flatnonzero(rows > 0)
    found, name = np.zeros(len(rows), dtype=int), 0
    for before, after in pairwise(there):
        if after - before > _GAP:
            name += 1
            found[before + 1 : after] = name
    return found


def _expected(rows: np.ndarray) -> np.ndarray:
    """Median of the same weekday four weeks either side, the day itself and missing ones left out."""
    offsets = [7 * week for week in range(-4, 5) if week]
    padded = np.pad(rows, 28, constant_values=np.nan)
    near = np.stack([padded[28 + offset : 28 + offset + len(rows)] for offset in offsets])
    all_missing = np.isnan(near).all(axis=0)
    near[:, all_missing] = np.nanmedian(rows)
    return np.nanmedian(near, axis=0)


def _overdispersion(rows: np.ndarray, expected: np.ndarray) -> float:
    """Variance over mean of the daily counts around their expectation, robust to the bad days themselves."""
    use = expected >= 1
    if use.sum() < 14:
        return 1.0
    scaled = (rows[use] - expected[use]) / np.sqrt(expected[use])
    return float(max(1.0, (1.4826 * np.median(np.abs(scaled - np.median(scaled)))) ** 2))


def filled_fields(table: ir.Table, columns: list[str] | None = None, by: str = "source") -> pd.DataFrame:
    """Tell what share of each field is filled, in total and in each source; by default every field that may be empty.

    Returns field, group (``all`` or the source), n, filled_pct (0–100).
    """
    columns = columns or [
        column.name for column in INTERACTIONS.columns if not column.required and column.role != "flag"
    ]
    present = [name for name in columns if name in table.columns and name != "created_local"]
    shares = {name: table[name].notnull().cast("float64").mean() * 100 for name in present}
    parts = [to_frame(table.aggregate(n=table.count(), **shares)).assign(group="all")]
    parts.append(to_frame(table.group_by(group=table[by]).aggregate(n=table.count(), **shares)).sort_values("group"))
    wide = pd.concat(parts, ignore_index=True)
    long = wide.melt(id_vars=["group", "n"], var_name="field", value_name="filled_pct")
    return long[["field", "group", "n", "filled_pct"]]


def span(table: ir.Table) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first and the last contact on the report's clock."""
    row = to_frame(table.aggregate(first=table.created_local.min(), last=table.created_local.max())).iloc[0]
    return pd.Timestamp(row["first"]), pd.Timestamp(row["last"])


def last_whole_day(table: ir.Table) -> pd.Timestamp:
    """Return the last day that is known as a whole, on the report's clock.

    That is the day of the last contact if fewer than ``STILL_TO_COME`` usually come after its hour, else the day before: what an
    export made at noon holds of its day would pass for a quiet day. Where only the day is recorded nothing ever comes later.
    """
    last = span(table)[1]
    day = last.normalize()
    first = day - pd.Timedelta(days=USUAL_DAYS)
    before = table.filter((table.created_local >= first.to_pydatetime()) & (table.created_local < day.to_pydatetime()))
    later = before.filter(before.created_local.time() > last.time())
    found = to_frame(later.aggregate(n=later.count()))["n"].iloc[0] / USUAL_DAYS
    return day if found < STILL_TO_COME else day - pd.Timedelta(days=1)
