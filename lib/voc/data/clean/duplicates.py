"""The same contact recorded twice: a form sent twice, a chat that also became a ticket.

The engine proposes pairs of one customer minutes apart (a window, no self-join); only those few are compared by text.
Likeness is the share of matching characters as the words stand or sorted, whichever is higher (ratio and token sort
ratio of RapidFuzz): lines that another tool put in another order stay alike, a slip in a first letter does not send a word
to another place, and two different questions do not look alike. A text that goes on where the other ends (a signature, a
"please hurry") is the same one sent again.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pandas as pd

from ..audit import Outcome
from ..rules import Duplicates
from ..store import Store, to_arrow, to_frame

LOOK_BACK = 3
_SHORT = 12  # letters under which texts must be equal, and minutes apart
_ADDED = 80  # characters that a text sent again may have more
_HAN = 2.5  # letters that say as much as one Chinese character (about the ratio in translations)
_SHORT_MINUTES = 5


def near_pairs(table: ir.Table, rules: Duplicates) -> ir.Table:
    """Propose pairs: each contact with up to three earlier ones of its customer at most ``minutes`` apart.

    Only contacts with a neighbour that near are looked back from: what lies between two of them has one, too, so that
    nothing is lost, and few texts are moved. Returns interaction_id, earlier_id, minutes, text, earlier_text, source,
    earlier_source.
    """
    known = table.filter(table.customer_id.notnull() & table.text.notnull())
    columns = ["interaction_id", "customer_id", "created_at", "text", "source"]
    at, window = known.created_at.epoch_seconds(), _in_turn(known)
    gaps = known.select(*columns, _before=(at - at.lag()).over(window), _after=(at.lead() - at).over(window))
    close = rules.minutes * 60
    crowded = gaps.filter((gaps._before <= close) | (gaps._after <= close)).select(columns)
    return ibis.union(*[_looking_back(crowded, back, rules.minutes) for back in range(1, LOOK_BACK + 1)])


def _in_turn(table: ir.Table) -> ibis.expr.builders.WindowBuilder:
    """Window over each customer's contacts in order of time."""
    return ibis.window(group_by=table.customer_id, order_by=[table.created_at, table.interaction_id])


def _looking_back(table: ir.Table, back: int, minutes: int) -> ir.Table:
    window = _in_turn(table)
    before = {name: table[name].lag(back).over(window) for name in ("interaction_id", "created_at", "text", "source")}
    earlier = table.select(
        "interaction_id", "text", "source", "created_at",
        earlier_id=before["interaction_id"], earlier_at=before["created_at"],
        earlier_text=before["text"], earlier_source=before["source"],
    )  # fmt: skip
    gap = (earlier.created_at.epoch_seconds() - earlier.earlier_at.epoch_seconds()) / 60
    near = earlier.mutate(minutes=gap).filter(earlier.earlier_id.notnull() & (gap <= minutes))
    return near.drop("created_at", "earlier_at")


def likeness(text: pd.Series, other: pd.Series) -> pd.Series:
    """Return how alike two columns of texts are, 0–1, row by row."""
    from rapidfuzz import fuzz, utils

    words = [(utils.default_process(a), utils.default_process(b)) for a, b in zip(text, other, strict=True)]
    best = [max(fuzz.ratio(a, b), fuzz.token_sort_ratio(a, b)) / 100 if a and b else 0.0 for a, b in words]
    again = [_goes_on(a, b) or _goes_on(b, a) for a, b in words]
    return pd.Series(best, index=text.index).mask(again, 1.0)


def _goes_on(text: str, longer: str) -> bool:
    """Tell whether a text that says something stands at the beginning of another that adds little."""
    return len(text) >= _SHORT and len(longer) - len(text) <= _ADDED and longer.startswith(text)


def _said(text: pd.Series) -> pd.Series:
    """Tell how much each text says, in letters."""
    return text.str.len() + (_HAN - 1) * text.str.count(r"[\u3400-\u9fff]")


def find_copies(table: ir.Table, rules: Duplicates) -> pd.DataFrame:
    """Name the contacts that are copies of an earlier one, each with the nearest it copies.

    Very short texts ("ok", "спасибо") say too little: they must be equal and at most five minutes apart. Returns
    interaction_id, earlier_id, source, earlier_source, minutes, one row per copy.
    """
    pairs = to_frame(near_pairs(table, rules))
    if pairs.empty:
        return pairs
    alike = likeness(pairs["text"], pairs["earlier_text"])
    short = pairs[["text", "earlier_text"]].apply(_said).min(axis=1) < _SHORT
    same = (alike >= rules.likeness) & (~short | ((alike == 1.0) & (pairs["minutes"] <= _SHORT_MINUTES)))
    return pairs[same].sort_values(["interaction_id", "minutes"]).drop_duplicates("interaction_id")


def drop_near_duplicates(table: ir.Table, rules: Duplicates, store: Store) -> Outcome:
    """Keep the first of contacts that one customer made minutes apart with like texts, within and across sources.

    What only the copy knows (a score, a solution) is filled into the row that stays.
    """
    why = f"same customer, at most {rules.minutes} minutes apart, texts at least {rules.likeness:.0%} alike"
    if not {"customer_id", "text"} <= set(table.columns):
        return Outcome(table, "not possible: the customer or the text is not in the data")
    found = find_copies(table, rules)
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
