"""The honest picture: what a driver does among contacts of the same kind, beside what it seems to do over all of them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...analysis.drivers.within import ALIKE, EXPLAINED, HIDDEN, NEITHER, REVERSED, STRONGER, UNKNOWN, WEAKER
from ..canvas import Picture
from ..charts.slopes import slopes
from ..folds import fold
from ..style import cut, is_missing, number
from ..tables import Col, Html, say, table
from .drivers import ends, signed, where_more
from .drivers_read import Found, count, joined, listed, more_of, nothing, noun, points

ORDER = (REVERSED, HIDDEN, EXPLAINED, STRONGER, WEAKER, ALIKE, UNKNOWN, NEITHER)
MEANING = {
    EXPLAINED: "{names}: explained by the kind of contact. Kinds that have more of it are scored differently anyway; within a kind nothing is left beyond chance.",
    STRONGER: "{names}: the same way within a kind of contact, and stronger than over all; different kinds had covered a part of it.",
    WEAKER: "{names}: the same way within a kind of contact, but weaker than over all.",
    ALIKE: "{names}: the same within a kind of contact as over all.",
    HIDDEN: "{names}: hidden over all, there within a kind of contact; different kinds had covered it.",
    NEITHER: "{names}: nothing beyond chance, neither over all nor within a kind of contact.",
    UNKNOWN: "{names}: these answers cannot tell whether it differs within a kind of contact.",
}  # fmt: skip


def within(found: Found) -> Html:
    """Say in words what becomes of each driver within the same kind of contact; reversed ones first, each on its own."""
    rows = found.within
    if found.why or rows.empty:
        return nothing(found.why, "What a driver does within the same kind of contact")
    lines = [_reversed(found, row) for row in rows[rows["reading"] == REVERSED].to_dict("records")]
    for reading, words in MEANING.items():
        names = [f"«{cut(label)}»" for label in rows.loc[rows["reading"] == reading, "label"]]
        if names:
            lines.append(say(words, names=listed(names)))
    return joined(lines)


def _reversed(found: Found, row: Mapping) -> Html:
    down, up = ("lower", "higher") if row["pooled"] < 0 else ("higher", "lower")
    return say(
        "**«{label}» turns round.** Over all contacts CSAT is {down} {where}: {pooled} {step}. Among contacts of the same "
        "kind it is {up}: {within}. Both are true. Whoever acts on the first figure acts on the mix of contacts, not on the driver.",
        label=cut(row["label"]), where=where_more(more_of(found, row["driver"])), down=down, up=up, step=row["step"], pooled=points(row, "pooled", "pooled_lo", "pooled_hi"),
        within=points(row, "within", "within_lo", "within_hi"),
    )  # fmt: skip


def picture(found: Found) -> Picture | None:
    """Draw each driver over all contacts and within the same kind, reversed ones first; None without any."""
    if found.why or found.within.empty:
        return None
    rows = _ordered(found.within)
    told = [
        f"{cut(row['label'])} {row['step']}: all together {points(row, 'pooled', 'pooled_lo', 'pooled_hi')}, same kind "
        f"{points(row, 'within', 'within_lo', 'within_hi')}, {row['reading']}"
        for row in rows.to_dict("records")
    ]
    kinds = int(rows["kinds"].max())
    subtitle = (
        f"Points of CSAT, 95% intervals; up to {count(rows['n'].max())} answers in {noun(kinds, 'kind')} of contact"
    )
    return slopes(rows, title=_title(rows), subtitle=subtitle, alt=f"{'; '.join(told)}.")


def _ordered(rows: pd.DataFrame) -> pd.DataFrame:
    place = {reading: at for at, reading in enumerate(ORDER)}
    order = rows.assign(at=rows["reading"].map(place).fillna(len(ORDER)), size=-rows["within"].abs())
    return order.sort_values(["at", "size"], kind="stable", ignore_index=True)


def _title(rows: pd.DataFrame) -> str:
    turned = [cut(label, 40) for label in rows.loc[rows["reading"] == REVERSED, "label"]]
    if turned:
        return f"{listed(turned)} {'turns' if len(turned) == 1 else 'turn'} round within the same kind of contact"
    gone = int((rows["reading"] == EXPLAINED).sum())
    if gone:
        return f"Of {noun(len(rows), 'driver')}, {gone} {'is' if gone == 1 else 'are'} explained by the kind of contact"
    return "No driver turns round within the same kind of contact"


def table_of(found: Found) -> Html | None:
    """Show the same as figures, with the rank correlations, folded away; None without any."""
    if found.why or found.within.empty:
        return None
    rows = [
        {
            "label": row["label"], "step": row["step"], "n": row["n"], "kinds": row["kinds"], "reading": row["reading"],
            "pooled": points(row, "pooled", "pooled_lo", "pooled_hi"), "within": points(row, "within", "within_lo", "within_hi"),
            "rho": _rho(row, "pooled"), "rho_within": _rho(row, "within"),
        }
        for row in _ordered(found.within).to_dict("records")
    ]  # fmt: skip
    columns = [
        Col("label", "Driver"), Col("step", "Step"), Col("pooled", "All together, points", "number"), Col("within", "Same kind, points", "number"),
        Col("reading", "Reading"), Col("rho", "Rank correlation, all together", "number"), Col("rho_within", "Same kind", "number"),
        Col("n", "Answers", "number", "contacts"), Col("kinds", "Kinds", "number", "contacts"),
    ]  # fmt: skip
    return fold(
        "The same as figures",
        table(pd.DataFrame(rows), columns=columns, caption="All together and within the same kind of contact"),
    )


def _rho(row: Mapping, which: str) -> str:
    value = row.get(f"rho_{which}")
    return (
        number(None, "")
        if is_missing(value)
        else f"{signed(value)} ({ends(row, f'rho_{which}_lo', f'rho_{which}_hi')})"
    )
