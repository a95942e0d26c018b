"""What a metric is: rows that count, a value for each, and a way to put the values together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir

from ..rules import MetricRules

Kind = Literal["count", "share", "mean", "median", "p90", "net", "rate", "level"]
Measure = Callable[[ir.Table, MetricRules], ir.Value]


@dataclass(frozen=True)
class Metric:
    """One metric.

    ``measure`` gives a row's value from its table and the rules, null where the row does not count; it is None where the
    figure is made from totals (kinds ``rate`` and ``level``). ``of`` says what a row is. ``scale`` turns the figure into
    its unit (shares are shown in per cent). ``needs`` names the columns without which it cannot be had, ``lacking`` says
    so in words where names of columns would not; ``better`` says which direction is good; ``subject`` is its heading in
    the scorecard; ``counted`` what its n counts.
    """

    name: str
    label: str
    unit: str
    kind: Kind
    better: Literal["up", "down"] | None
    needs: tuple[str, ...]
    measure: Measure | None
    definition: str
    source: str
    variants: str = ""
    scale: float = 1.0
    of: Literal["contacts", "answers", "customers", "days"] = "contacts"
    subject: str = "Volume"
    lacking: str = ""
    counted: str = "contacts counted"


def minutes(later: ir.Value, earlier: ir.Value) -> ir.Value:
    """Minutes between two stamps; a negative span is a fault of the data and counts as missing."""
    seconds = later.epoch_seconds() - earlier.epoch_seconds()
    return (seconds >= 0).ifelse(seconds / 60.0, ibis.null("float64"))


def among(counts: ir.BooleanValue, hit: ir.BooleanValue) -> ir.Value:
    """Write 1 where a row that counts is a hit, 0 where it is not, null where it does not count."""
    return counts.fill_null(False).ifelse(hit.fill_null(False).cast("float64"), ibis.null("float64"))
