"""What texts name: products and other values of the data's own lists, sums of money, versions, pages; numbers as kinds only.

Where a column is empty, what its customers name is the only way to it; how often that is stands here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ...text.entities import HIDDEN, catalogue, entities
from ...text.entity_patterns import KINDS
from ..intervals import wilson

COLUMNS = ["kind", "value", "contacts", "of", "share", "lo", "hi", "middle"]
AMOUNT = "amount"
NAMED = ("product", "carrier")
"""Columns whose values are looked for in texts: names of things that are no everyday words."""


def count_named(
    contacts: pd.DataFrame, columns: Sequence[str], vocabulary: Mapping[str, Mapping[str, Sequence[str]]] | None = None
) -> pd.DataFrame:
    """Count the contacts that name each thing.

    Args:
        contacts: interaction_id, text, and ``columns``.
        columns: columns whose values are looked for in the texts too (product, carrier …).
        vocabulary: column → value → wordings (``month.loaded.vocabulary``).

    Returns:
        Per kind one row for any value (value is empty) and one per value, the most frequent first: kind, value (currencies of
        sums; none of order numbers, dates and persons' names, which are told as kinds only), contacts (each once), of (contacts
        with words), share, lo, hi (%), middle (median sum of a currency).

    Example:
        >>> texts = pd.DataFrame({"interaction_id": ["a", "b"], "text": ["Paid €20 for order #12345678", "hello"]})
        >>> count_named(texts, [])[["kind", "value", "contacts", "middle"]].fillna(0).values.tolist()
        [['amount', '', 1, 0.0], ['amount', 'EUR', 1, 20.0], ['order', '', 1, 0.0]]
    """
    of = int(contacts["text"].notna().sum())
    found = entities(contacts, catalogue(contacts, columns, vocabulary))
    if found.empty:
        return pd.DataFrame(columns=COLUMNS)
    sums = found["value"].where(found["kind"] == AMOUNT, "").str.extract(r"^(?P<sum>[\d.]+) (?P<code>[A-Z]{3})$")
    found = found.assign(
        value=found["value"].where(found["kind"] != AMOUNT, sums["code"]), sum=sums["sum"].astype(float)
    )
    each = found[~found["kind"].isin(HIDDEN)]
    keys = ["kind", "value"]
    counts = pd.concat(
        [
            part.groupby(keys)["interaction_id"].nunique().rename("contacts").reset_index()
            for part in (found.assign(value=""), each)
        ]
    )
    counts = counts.merge(each.groupby(keys)["sum"].median().rename("middle").reset_index(), on=keys, how="left")
    lo, hi = wilson(counts["contacts"].to_numpy(float), np.full(len(counts), float(of)))
    counts = counts.assign(of=of, share=100 * counts["contacts"] / of, lo=100 * lo, hi=100 * hi)
    order = {kind: at for at, kind in enumerate([*columns, *KINDS])}
    counts = counts.assign(_kind=counts["kind"].map(order), _any=counts["value"] != "")
    counts = counts.sort_values(["_kind", "_any", "contacts", "value"], ascending=[True, True, False, True])
    return counts[COLUMNS].reset_index(drop=True)
