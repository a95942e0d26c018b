"""Which contacts two series have in common, and how many more of them there are than before."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.store import to_frame
from .incidents import Shared
from .series import MARKS, TOPIC, with_marks

BEFORE = 56  # days before a span that say how many contacts are usual


def members(
    table: ir.Table,
    series: pd.DataFrame,
    since: pd.Timestamp,
    until: pd.Timestamp,
    mentions: ir.Table | None = None,
    readings: ir.Table | None = None,
) -> dict[str, pd.DataFrame]:
    """Return the contacts of each series between two days (both included): interaction_id, day.

    ``table``, ``mentions`` and ``readings`` as in ``series.daily``; ``series``: key, kind, dimension, label, those of interest.
    """
    end = until + pd.Timedelta(days=1)
    rows = with_marks(table, readings)
    rows = rows.filter((rows.created_local >= since.to_pydatetime()) & (rows.created_local < end.to_pydatetime()))
    labels = [name for name in dict.fromkeys(series["dimension"]) if name in rows.columns]
    as_told = {
        name: rows[name].cast("string") for name in labels
    }  # as ``series.daily`` names them: a flag is true or false
    frame = to_frame(rows.select("interaction_id", "day", *MARKS, **as_told))
    said = to_frame(mentions.select("interaction_id", "topic").distinct()) if mentions is not None else None
    found = {}
    for one in series.to_dict("records"):
        mine = frame
        if one["dimension"] == TOPIC and said is not None:
            mine = mine[mine["interaction_id"].isin(said.loc[said["topic"] == one["label"], "interaction_id"])]
        elif one["dimension"]:
            mine = mine[mine[one["dimension"]] == one["label"]]
        if one["kind"] in MARKS:
            mine = mine[mine[one["kind"]].fillna(False).astype(bool)]
        found[one["key"]] = mine[["interaction_id", "day"]].assign(day=pd.to_datetime(mine["day"]))
    return found


def sharing(
    found: Mapping[str, pd.DataFrame], days: pd.DatetimeIndex, of: Mapping[str, np.ndarray] | None = None
) -> Shared:
    """Make the function that tells how many contacts two series share in a span of columns, beyond the eight weeks before ``since``.

    ``of``: of a share, how many answers each day of ``days`` has: on a day of few answers few bad ones are usual. Of two shares the smaller
    counts.

    >>> on = pd.DataFrame({"interaction_id": ["a", "b", "c"], "day": pd.to_datetime(["2026-10-02"] * 3)})
    >>> excess = sharing({"x": on, "y": on.head(2)}, pd.date_range("2026-10-01", "2026-10-03"))
    >>> excess("x", "y", 1, 2, 1)
    (2.0, 0.0)
    """
    ids = {
        key: dict(zip(rows["interaction_id"], (rows["day"] - days[0]).dt.days, strict=True))
        for key, rows in found.items()
    }

    @cache
    def common(one: str, other: str) -> np.ndarray:
        small, large = sorted((ids[one], ids[other]), key=len)
        return np.sort(np.array([day for name, day in small.items() if name in large], dtype=int))

    def shared(one: str, other: str, start: int, last: int, since: int) -> tuple[float, float]:
        at = common(*sorted((one, other)))
        inside, before = ((at >= a).sum() - (at > b).sum() for a, b in ((start, last), (since - BEFORE, since - 1)))
        shares = [(of or {})[key] for key in (one, other) if key in (of or {})]
        per_day = min(shares, key=np.nansum) if shares else np.ones(len(days))
        known = np.nansum(per_day[max(since - BEFORE, 0) : since])
        usual = float(before / known * np.nansum(per_day[start : last + 1])) if known else 0.0
        return float(inside) - usual, usual

    return shared
