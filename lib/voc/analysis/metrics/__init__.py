"""Every metric once: what it is, which rows count, its value per row, and how values become one figure.

A metric is a column of per-row measures (null where the row does not count) and a way to put them together: ``count``,
``share`` (of 0/1), ``mean``, ``median``, ``p90``, ``net``; or a ratio or level made of totals. So the rows behind any
figure are those whose measure is not null, a new metric is one entry here, and numerator and denominator can never come
from different filters. Rows are contacts, answers, customers or days.
"""

from __future__ import annotations

from collections.abc import Iterable

import ibis.expr.types as ir

from ..rules import MetricRules
from ..variants import variant_of
from .beyond import BEYOND, CONTACTS
from .metric import Metric
from .outcomes import OUTCOMES, is_complaint
from .times import TIMES

__all__ = ["METRICS", "SUBJECTS", "Metric", "is_complaint", "measure_of", "missing_for", "with_measures"]

SUBJECTS = ("Volume", "Waiting", "Handling", "Outcome", "Judgement", "Customers")
_ALL = {metric.name: metric for metric in (CONTACTS, *TIMES, *OUTCOMES, *BEYOND)}
METRICS: dict[str, Metric] = {
    metric.name: metric for subject in SUBJECTS for metric in _ALL.values() if metric.subject == subject
}


def missing_for(metric: Metric, columns: Iterable[str], rules: MetricRules) -> list[str]:
    """List the columns, or the settings, that a metric needs and there are not."""
    needs = [*metric.needs, *([rules.same_issue] if metric.name in ("fcr_pct", "repeat_pct") else [])]
    known = {*columns, *(f"sla.{name}" for name in rules.sla)}
    known |= {"complaints"} if any(name in known for name in rules.complaints) else set()
    return [name for name in needs if name not in known]


def measure_of(metric: Metric, table: ir.Table, rules: MetricRules) -> ir.Value:
    """Return a row's value under the definitions that params choose (``strict``, ``zendesk``, ``dbt``)."""
    other = variant_of(rules.definitions, metric.name, table.columns)
    return (other or metric).measure(table, rules)


def with_measures(
    table: ir.Table, rules: MetricRules, names: Iterable[str] = tuple(METRICS), of: str = "contacts"
) -> ir.Table:
    """Add one column per metric that the data allow: the row's measure, null where it does not count."""
    able = [
        METRICS[name]
        for name in names
        if METRICS[name].of == of and not missing_for(METRICS[name], table.columns, rules)
    ]
    return table.mutate(**{metric.name: measure_of(metric, table, rules) for metric in able})
