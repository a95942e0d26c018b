"""One figure under several definitions: what a reader's own tool would show, and why it differs."""

from __future__ import annotations

import ibis.expr.types as ir
import pandas as pd

from ..data.periods import Period
from .intervals import measure
from .metrics import METRICS, with_measures
from .rules import MetricRules
from .scorecard import within
from .variants import VARIANTS, variant_of

COLUMNS = ["metric", "definition", "n", "value", "lo", "hi", "words"]


def differences(contacts: ir.Table, period: Period, rules: MetricRules) -> pd.DataFrame:
    """Measure a period under each definition, for the metrics in which they differ.

    ``contacts`` are without measures. Returns metric, definition (strict, zendesk, dbt), n, value, lo, hi, words (what the
    definition counts), only for metrics that the data carry and that another definition counts otherwise.
    """
    others = {name for variants in VARIANTS.values() for name in variants}
    names = [name for name in METRICS if name in others]
    parts = []
    for definition in ("strict", *VARIANTS):
        own = VARIANTS.get(definition, {})
        theirs = {name: one for name in own if (one := variant_of(definition, name, contacts.columns))}
        wanted = [name for name in names if definition == "strict" or name in theirs]
        table = with_measures(contacts, rules.model_copy(update={"definitions": definition}), wanted)
        found = measure(within(table, period), [name for name in wanted if name in table.columns])
        words = [theirs[name].words if name in theirs else METRICS[name].definition for name in found["metric"]]
        parts.append(found.assign(definition=definition, words=words))
    parts = [part for part in parts if len(part)]
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
    shared = found.groupby("metric")["definition"].transform("size") > 1
    return found.loc[shared, COLUMNS].reset_index(drop=True)
