"""An analyst's own whys on a page: hers with her verdict, and beside each what the data say now."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...data.periods import Period
from ..style import cut, day_label, is_missing, number
from ..tables import Html, say
from .topics import capital

OUTCOMES = {"yes": "the data agree", "no": "the data do not agree", "cannot tell": "the data cannot tell"}


def own(held: pd.DataFrame, now: Period) -> Html:
    """Show an analyst's own whys as hers with her verdict, and beside each what the data say now."""
    if held.empty:
        return say(
            "No whys of an analyst are on file; the file named under «whys» in the params keeps them from month to month."
        )
    parts = [_own(row, now) for row in held.to_dict("records")]
    return sum(parts[1:], parts[0])


def _own(row: Mapping, now: Period) -> Html:
    day = "" if is_missing(row["on"]) else f", {day_label(pd.Timestamp(row['on']))}"
    note = f" ({row['verdict_note']})" if row["verdict_note"] else ""
    text = say(
        "**{problem}: «{because}»** — {by}{day}; verdict: {verdict}{note}.", problem=capital(cut(row["problem"])), because=row["because"],
        by=row["by"] or "an analyst", day=day, verdict=row["verdict"], note=note,
    )  # fmt: skip
    seen = " ".join(part for part in (row["seen_by"], f"«{row['says']}»" if row["says"] else "") if part)
    if row["agrees"] not in ("yes", "no"):
        return text + say(
            "{now}: {said}: {why}.",
            now=now.words,
            said=OUTCOMES["cannot tell"],
            why=row["why"] or "there are too few contacts to compare with",
            certainty="cannot tell",
        )
    side = "more than if it were as elsewhere" if row["share"] >= 0 else "fewer than if it were as elsewhere"
    return text + say(
        "{now}: {said}. {n} of {whole} contacts about it show {seen}: {excess} ({share} of the problem) {side}.{both}",
        now=now.words, said=OUTCOMES[row["agrees"]], n=f"{int(row['n']):,}", whole=f"{row['whole']:,.0f}", seen=seen,
        excess=f"{abs(row['excess']):,.0f}", share=number(abs(row["share"]), "%"), side=side, certainty=row["certainty"],
        both=" That it goes together does not prove the reason she gives." if row["agrees"] == "yes" else "",
    )  # fmt: skip


def plain(held: pd.DataFrame) -> pd.DataFrame:
    """Return the analyst's own whys as a plain table for store and files."""
    return held.assign(
        on=pd.to_datetime(held["on"]),
        **{name: held[name].astype(float) for name in ("n", "whole", "share", "excess", "here", "rest", "z")},
    )
