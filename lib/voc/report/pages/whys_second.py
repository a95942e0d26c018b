"""The second look on the page: where figures of the period lie beyond what the months before lead to expect."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...analysis.whys.second import BASE
from ...analysis.whys.starts import BACK, CONTACTS, LONG, SLOW, UNHAPPY
from ...data.periods import Period
from ..sentences import phrase
from ..style import field_words, number
from ..tables import Col, Html, say, table

MEASURED = {
    CONTACTS: "contacts", UNHAPPY: "unhappy answers", SLOW: "slow first replies", LONG: "long handling", BACK: "contacts of who came back",
}  # fmt: skip
UNKNOWN = "(unknown)"


def second(found: pd.DataFrame, now: Period) -> tuple[Html, ...]:
    """Say where each figure lies beyond the months before, as sentence and table; a quiet month says so."""
    if not found.attrs.get("looked", 0):
        return (say("The periods before {period} hold too few contacts to set it against.", period=now.words),)
    measures = ", ".join(list(MEASURED.values())[1:])
    if found.empty:
        return (
            say(
                "In {period} no figure looked at (contacts, {measures}) lies in any one value, or combination of up to three, beyond "
                "what the {base} periods before lead to expect.",
                period=now.words, measures=measures, base=BASE,
            ),
        )  # fmt: skip
    rows = [_row(row) for row in found.to_dict("records")]
    columns = [
        Col("measure", "figure"), Col("where", "where it lies"), Col("before", "expected"), Col("now", "seen"), Col("n", "n"),
        Col("share", "of all that is beyond"),
    ]  # fmt: skip
    told = "; ".join(
        f"{row['measure']} {row['where']}: {row['now']} where {row['before']} were to be expected" for row in rows
    )
    lead = say(
        "By the second rule, {period} lies beyond the {base} periods before in {n} place{s}: {told}.",
        period=now.words, base=BASE, n=len(rows), s="" if len(rows) == 1 else "s", told=told,
    )  # fmt: skip
    caption = "Values that rose while their siblings were spared, named as coarsely as possible; shares are those of the figure's whole excess"
    return lead, table(pd.DataFrame(rows), columns=columns, caption=caption)


def _row(row: Mapping) -> dict[str, str]:
    unit = "contacts" if row["measure"] == CONTACTS else "%"
    share = number(row["share"], "%") if 0 < row["share"] <= 150 else "–"
    return {
        "measure": MEASURED[row["measure"]], "where": " ".join(_where(*pair) for pair in zip(row["names"], row["values"], strict=True)),
        "before": number(round(row["before"], 1) if unit == "%" else round(row["before"]), unit),
        "now": number(round(row["now"], 1) if unit == "%" else round(row["now"]), unit), "n": f"{row['n']:,.0f}", "share": share,
    }  # fmt: skip


def _where(name: str, value: str) -> str:
    return f"without a known {field_words(name)}" if value == UNKNOWN else phrase(name, value)


def plain(found: pd.DataFrame) -> pd.DataFrame:
    """Write names and values as text, as tables for export hold them."""
    return found.assign(**{name: [" & ".join(values) for values in found[name]] for name in ("names", "values")})
