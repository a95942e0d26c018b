"""Personal data: what identifies a person is masked in texts and replaced by pseudonyms in ids."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from ..audit import Outcome
from ..privacy import masking
from ..pseudonyms import pseudonym
from ..schema import INTERACTIONS
from ..store import Store, to_frame

PREFIXES = {"customer_id": "c-", "agent_id": "a-", "order_id": "o-"}


def mask_texts(
    table: ir.Table, regions: list[str], store: Store, columns: tuple[str, ...] = tuple(INTERACTIONS.names("text"))
) -> Outcome:
    """Mask e-mail addresses, phone, card and account numbers, and what links carry, in every text column."""
    present = [name for name in columns if name in table.columns]
    if not present:
        return Outcome(table, "the data have no texts")
    staged = store.settle(table.mutate(**{f"_m_{name}": masking(table[name], tuple(regions)) for name in present}))
    found: dict[str, int] = {}
    for name in present:
        kinds = staged.filter(staged[f"_m_{name}"].notnull()).select(kind=staged[f"_m_{name}"].kinds.unnest())
        for kind, n in to_frame(kinds.group_by("kind").agg(n=ibis._.count())).itertuples(index=False):
            found[kind] = found.get(kind, 0) + int(n)
    done = staged.mutate(**{name: staged[f"_m_{name}"].text for name in present}).drop(
        *[f"_m_{name}" for name in present]
    )
    said = ", ".join(f"{found[kind]:,} {kind}s" for kind in sorted(found)) or "nothing found"
    return Outcome(done, f"masked in texts: {said}", cells=sum(found.values()))


def replace_ids(table: ir.Table, key: str, others: Sequence[str] = ()) -> Outcome:
    """Replace ids of customers, agents and orders by keyed hashes: the same in every source and month.

    ``others`` are further columns that name persons (params: ``persons``), such as supervisors.
    """
    prefixes = PREFIXES | dict.fromkeys(others, "p-")
    present = [name for name in prefixes if name in table.columns]
    done = table.mutate(**{name: pseudonym(table[name], key, prefixes[name]) for name in present})
    return Outcome(done, "ids of customers, agents and orders are keyed hashes; without the key nobody gets back")
