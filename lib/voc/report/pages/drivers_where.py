"""Whether a driver matters everywhere alike, and whether its effect survives what those think who did not answer."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..folds import fold
from ..style import cut, field_words, interval, is_missing, number, reason
from ..tables import Col, Html, say, table
from .drivers_factors import ordered
from .drivers_read import (
    CERTAIN,
    UNKNOWN,
    Found,
    certain,
    joined,
    label_of,
    listed,
    movable,
    names_of,
    nothing,
    noun,
    points,
)

MOST_ROWS = 12


def where(found: Found) -> Html:
    """Say in which groups a driver's effect differs from all others beyond chance, and list those; the rest is alike or unknown."""
    rows = found.where
    if found.why or rows.empty:
        return nothing(found.why, "Whether a driver matters everywhere")
    real = certain(rows).sort_values("difference", key=lambda size: -size.abs(), kind="stable")
    open_ = int((rows["certainty"] == UNKNOWN).sum())
    alone = f"; {open_} would if tried alone, but not among so many" if open_ else ""
    names = names_of(found)
    drivers = listed([f"«{label_of(names, driver)}»" for driver in rows["driver"]])
    if real.empty:
        return say(
            "{drivers}, each in every group ({n}): nowhere does an effect differ from all others beyond chance{alone}. "
            "That is no proof that it is the same everywhere: small differences stay unseen.",
            drivers=drivers, n=noun(len(rows), "comparison"), alone=alone,
        )  # fmt: skip
    lead = say(
        "{drivers}, each in every group ({n}): **{real} of these differ from all others beyond chance**{alone}.",
        drivers=drivers, n=noun(len(rows), "comparison"), real=len(real), alone=alone,
    )  # fmt: skip
    return joined([lead, _where(real.head(MOST_ROWS), names)])


def _where(rows: pd.DataFrame, names: Mapping[str, str]) -> Html:
    shown = [
        {
            "group": f"{field_words(row['dimension'])}: {cut(row['label'])}", "driver": label_of(names, row["driver"]), "effect": points(row),
            "rest": points(row, "rest", "", ""), "difference": points(row, "difference", "diff_lo", "diff_hi"), "certainty": row["certainty"], "n": row["n"],
        }
        for row in rows.to_dict("records")
    ]  # fmt: skip
    columns = [
        Col("group", "Group"), Col("driver", "Driver"), Col("effect", "Points here (95% interval)", "number"), Col("rest", "Everywhere else", "number"),
        Col("difference", "Difference (95% interval)", "number"), Col("certainty", "How sure", "chip"), Col("n", "Answers", "number", "contacts"),
    ]  # fmt: skip
    return table(pd.DataFrame(shown), columns=columns, caption="Groups in which an effect is unlike that of all others")


def unheard(found: Found) -> Html:
    """Say what becomes of each effect when the answers stand for all contacts, and whatever those think who were not heard."""
    rows = found.factors
    if found.why or rows.empty:
        return nothing(found.why, "What those would change who did not answer")
    if found.silent:
        return say("Nothing can be weighed here: {why}.", why=reason(found.silent))
    rows = ordered(movable(rows))
    real = certain(rows[rows["weighted"].notna()])
    lines = [_weighted(real), _bounded(real), _table(rows)]
    return joined([line for line in lines if line is not None])


def _weighted(real: pd.DataFrame) -> Html | None:
    if real.empty:
        return None
    same = real[((real["weighted_lo"] > 0) & (real["effect"] > 0)) | ((real["weighted_hi"] < 0) & (real["effect"] < 0))]
    moved = (real["weighted"] - real["effect"]).abs().max()
    return say(
        "Weighted so that the answers stand for all contacts of the same kind, **{same} of {n} effects beyond chance stay so**; the largest shift is "
        "{moved}. That the silent are like those who answered is assumed, not seen.",
        same=len(same), n=len(real), moved=number(moved, "pts"),
    )  # fmt: skip


def _bounded(real: pd.DataFrame) -> Html | None:
    known = real[real["worst"].notna() & real["best"].notna()]
    if known.empty:
        return None
    firm = known[(known[["worst", "best"]].min(axis=1) > 0) | (known[["worst", "best"]].max(axis=1) < 0)]
    text = "**Whatever the silent think**, {firm} of {n} keep their direction"
    text += (
        ": {names}."
        if len(firm)
        else ": with so many silent, the answers alone prove no direction. Only asking the silent could."
    )
    return say(text, firm=len(firm), n=len(known), names=listed([f"«{cut(label)}»" for label in firm["label"]]))


def _table(rows: pd.DataFrame) -> Html | None:
    if rows.empty:
        return None
    shown = [
        {
            "label": row["label"], "effect": points(row), "weighted": points(row, "weighted", "weighted_lo", "weighted_hi"),
            "bounds": "" if is_missing(row["worst"]) else interval(*sorted((row["worst"], row["best"])), "pts", signed=True, bare=True),
            "certainty": row["certainty"],
        }
        for row in rows.to_dict("records")
    ]  # fmt: skip
    columns = [
        Col("label", "Factor"), Col("effect", "As answered", "number"), Col("weighted", "Weighted to all contacts", "number"),
        Col("bounds", "Whatever the silent think, points", "number"), Col("certainty", "How sure", "chip"),
    ]  # fmt: skip
    made = table(
        pd.DataFrame(shown), columns=columns, caption="Effects in points of CSAT, from the most to the least assumed"
    )
    return fold("Effect by effect", made) if not rows["certainty"].isin(CERTAIN).any() else made
