"""Shares and scores by day of the report's clock, for data too short to be told by week or month."""

from __future__ import annotations

import ibis.expr.types as ir
import pandas as pd

from ..intervals import measure
from .repeats import repeated
from .series import Series, measured


def measured_daily(table: ir.Table, metric: str, *, name: str = "") -> Series:
    """Make a series by day of a share, net score or mean.

    ``table``: measured contacts with ``created_local``. Days without an answer are gaps. Raises ValueError where nothing is
    known of the metric, and for kinds that cannot be forecast.
    """
    spread = repeated(table, metric, "day")
    rows = measure(table.mutate(period_start=table.created_local.date()), [metric], ["period_start"])
    return measured(
        rows.assign(period_start=pd.to_datetime(rows["period_start"])), metric, "day", name=name, spread=spread
    )
