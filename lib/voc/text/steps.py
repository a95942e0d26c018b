"""Cleaning of texts as audited steps: tidied, and their language told."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from ..data.audit import Outcome
from ..data.schema import INTERACTIONS
from ..data.store import Store, to_frame
from .language import language
from .tidy import REPAIRS, tidied


def tidy_texts(table: ir.Table, store: Store, columns: tuple[str, ...] = tuple(INTERACTIONS.names("text"))) -> Outcome:
    """Repair encodings, take out markup, quoted mail and signatures; keep in ``text_repairs`` what was done to a row."""
    present = [name for name in columns if name in table.columns]
    if not present:
        return Outcome(table, "the data have no texts")
    staged = store.settle(table.mutate(**{f"_t_{name}": tidied(table[name]) for name in present}))
    marks = (
        ibis.union(
            *[staged.select("interaction_id", mark=staged[f"_t_{name}"].repaired.unnest()) for name in present],
            distinct=True,
        )
        if len(present) > 1
        else staged.select("interaction_id", mark=staged[f"_t_{present[0]}"].repaired.unnest())
    )
    per_row = marks.group_by("interaction_id").agg(text_repairs=marks.mark.group_concat("|", order_by=marks.mark))
    texts = {name: staged[f"_t_{name}"].text.nullif("") for name in present}
    plain = staged.mutate(**texts).drop(*[f"_t_{name}" for name in present])
    done = store.settle(plain.left_join(per_row, "interaction_id").drop("interaction_id_right"))
    counts = to_frame(
        done.aggregate(**{name: done.text_repairs.contains(name).fill_null(False).sum() for name in REPAIRS})
    ).iloc[0]
    said = ", ".join(f"{name} {int(n):,}" for name, n in counts.items())
    return Outcome(
        done, f"texts repaired: {said}", cells=int(done.text_repairs.notnull().sum().to_pyarrow().as_py() or 0)
    )


def tell_language(table: ir.Table, languages: list[str]) -> Outcome:
    """Tell each text's language; texts without words have none, other languages are named too."""
    done = table.mutate(language=language(table.text, languages))
    return Outcome(done, f"by script, then by a detector where a script is shared; expected: {', '.join(languages)}")
