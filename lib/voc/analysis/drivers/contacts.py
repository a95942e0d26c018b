"""What is known of the contacts of a span: the columns that drivers and their context are told from."""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir
import pandas as pd

from ..who_when import part_of_day, weekday
from .known import DRIVERS

FEWEST = 60  # answers that know a driver, and answers on either side of a yes/no
CONTEXT = ("channel", "part_of_day", "weekday", "month", "segment", "product", "language")
"""What a contact was before anybody served it, beside its issue: held alike in every honest comparison."""


def told_with_the_score(table: ir.Table, read: pd.DataFrame | None) -> dict[str, str]:
    """Say why the mood of texts is no driver where texts stand only beside scores: it may be the score in words."""
    if read is None or "mood" not in read or not {"text", "csat"} <= set(table.columns):
        return {}
    alone = table.filter(table.text.notnull() & table.csat.isnull()).count().to_pyarrow().as_py()
    return (
        {} if alone >= FEWEST else {"mood": "texts stand only where a score was given: they may be the score in words"}
    )


def narrow(table: ir.Table, since: pd.Timestamp, until: pd.Timestamp, labels: Sequence[str]) -> ir.Table:
    """Keep of the contacts of a span what drivers are told from: ids, stamp, score, labels, ``d_<driver>`` of each driver there is."""
    inside = table.filter(
        (table.created_local >= since.to_pydatetime()) & (table.created_local < until.to_pydatetime())
    )
    made = {f"d_{one.name}": one.value(inside) for one in DRIVERS if set(one.needs) <= set(inside.columns)}
    inside = inside.mutate(**made)
    wanted = [
        "interaction_id",
        "customer_id",
        "agent_id",
        "created_local",
        "csat",
        "category",
        *CONTEXT,
        *labels,
        *made,
    ]
    return inside.select(*(name for name in dict.fromkeys(wanted) if name in inside.columns))


def with_read(frame: pd.DataFrame, read: pd.DataFrame | None, matter: str) -> pd.DataFrame:
    """Take what was read of a text: what it is about, where no source says so, and its mood."""
    if read is None or read.empty:
        return frame
    said = read[read["interaction_id"].isin(frame["interaction_id"])]  # there are far more texts than answers
    own = said.drop_duplicates("interaction_id").set_index("interaction_id")
    out = frame.copy()
    if matter in own:
        told = out["interaction_id"].map(own[matter]).replace("", None)
        out[matter] = out[matter].astype(object).where(out[matter].notna(), told) if matter in out else told
    if "mood" in own:
        mood = pd.to_numeric(out["interaction_id"].map(own["mood"]), errors="coerce")
        out["d_mood"] = mood.lt(0).astype(float).where(mood.notna())
    return out


def with_hours(frame: pd.DataFrame) -> pd.DataFrame:
    """Add when a contact came: part_of_day, weekday, month."""
    stamps = pd.to_datetime(frame["created_local"])
    return frame.assign(part_of_day=part_of_day(stamps), weekday=weekday(stamps), month=stamps.dt.strftime("%Y-%m"))
