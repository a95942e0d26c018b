"""The same contact recorded twice: a form sent twice, a chat that also became a ticket.

The engine proposes pairs of one customer minutes apart (a window, no self-join); only those few are compared by text.
Likeness is the share of matching characters after the best alignment of words (token sort ratio of RapidFuzz), so a
greeting before or a signature after does not hide a copy, and two different questions do not look alike.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pandas as pd

from ..audit import Outcome
from ..rules import Duplicates
from ..store import Store, to_arrow, to_frame

LOOK_BACK = 3
_SHORT = 12  # characters under which texts must be equal, and minutes apart
_SHORT_MINUTES = 5


def near_pairs(table: ir.Table, rules: Duplicates) -> ir.Table:
    """Propose pairs: each contact with up to three earlier ones of its customer at most ``minutes`` apart.

    Returns interaction_id, earlier_id, minutes, text, earlier_text, source, earlier_source.
    """
    known = table.filter(table.customer_id.notnull() & table.text.notnull())
    order = [known.created_at, known.interaction_id]
    window = ibis.window(group_by=known.customer_id, order_by=order)
    pairs = []
    for back in range(1, LOOK_BACK + 1):
        earlier = known.mutate(
            earlier_id=known.interaction_id.lag(back).over(window),
            earlier_at=known.created_at.lag(back).over(window),
            earlier_text=known.text.lag(back).over(window),
            earlier_source=known.source.lag(back).over(window),
        )
        gap = (earlier.created_at.epoch_seconds() - earlier.earlier_at.epoch_seconds()) / 60
        near = earlier.filter(earlier.earlier_id.notnull() & (gap <= rules.minutes))
        columns = ["interaction_id", "earlier_id", "text", "earlier_text", "source", "earlier_source"]
        pairs.append(near.mutate(minutes=gap).select(*columns, "minutes"))
    return ibis.union(*pairs)


def likeness(text: pd.Series, other: pd.Series) -> pd.Series:
    """Return how alike two columns of texts are, 0–1, row by row."""
    from rapidfuzz import fuzz, utils

    words = [(utils.default_process(a), utils.default_process(b)) for a, b in zip(text, other, strict=True)]
    return pd.Series([fuzz.token_sort_ratio(a, b) / 100 if a and b else 0.0 for a, b in words], index=text.index)


def drop_near_duplicates(table: ir.Table, rules: Duplicates, store: Store) -> Outcome:
    """Keep the first of contacts that one customer made minutes apart with like texts, within and across sources.

    Very short texts ("ok", "спасибо") say too little: they must be equal and at most five minutes apart. What only the
    copy knows (a score, a solution) is filled into the row that stays.
    """
    why = f"same customer, at most {rules.minutes} minutes apart, texts at least {rules.likeness:.0%} alike"
    if not {"customer_id", "text"} <= set(table.columns):
        return Outcome(table, "not possible: the customer or the text is not in the data")
    pairs = to_frame(near_pairs(table, rules))
    if pairs.empty:
        return Outcome(table, why)
    alike = likeness(pairs["text"], pairs["earlier_text"])
    short = pairs[["text", "earlier_text"]].apply(lambda column: column.str.len()).min(axis=1) < _SHORT
    same = (alike >= rules.likeness) & (~short | ((alike == 1.0) & (pairs["minutes"] <= _SHORT_MINUTES)))
    found = pairs[same].sort_values(["interaction_id", "minutes"]).drop_duplicates("interaction_id")
    if found.empty:
        return Outcome(table, why)
    kept = _first_of_each(dict(zip(found["interaction_id"], found["earlier_id"], strict=True)))
    across = found["source"] != found["earlier_source"]
    gone = pd.DataFrame(
        {
            "interaction_id": found["interaction_id"],
            "reason": across.map({True: "copy in another source", False: "sent again minutes later"}),
            "kept_id": found["interaction_id"].map(kept),
        }
    )
    copies = store.load(gone)
    removed = copies.join(table.select("interaction_id", row=table["_row"]), "interaction_id")
    removed = removed.select("interaction_id", "row", "reason", "kept_id")
    return Outcome(_filled_from_copies(table, copies), why, removed=to_arrow(removed))


def _first_of_each(earlier: dict[str, str]) -> dict[str, str]:
    """Follow chains of copies to the contact that stays."""

    def first(name: str) -> str:
        while name in earlier:
            name = earlier[name]
        return name

    return {name: first(name) for name in earlier}


def _filled_from_copies(table: ir.Table, copies: ir.Table) -> ir.Table:
    fillable = [name for name in table.columns if not name.startswith("_") and name not in ("interaction_id", "source")]
    from_copy = table.join(copies.select("interaction_id", "kept_id"), "interaction_id").group_by("kept_id")
    best = from_copy.aggregate(**{f"copy_{name}": table[name].max() for name in fillable})
    joined = table.anti_join(copies, "interaction_id").left_join(best, [("interaction_id", "kept_id")])
    fills = {name: ibis.coalesce(joined[name], joined[f"copy_{name}"]) for name in fillable}
    return joined.mutate(**fills).select(*table.columns)
