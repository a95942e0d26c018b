"""What texts name, for readers: how many name each kind of thing, and which most."""

from __future__ import annotations

import pandas as pd

from ...data.periods import Period
from ..folds import fold
from ..style import cut, field_words, number
from ..tables import Col, Html, say, table

NAMES = {
    "amount": "A sum of money", "version": "A version", "page": "A page", "order": "An order number", "date": "A date",
    "name": "A person's name",
}  # fmt: skip
KIND_ONLY = "told as a kind only"
MOST = 4


def named_shown(rows: pd.DataFrame, now: Period) -> Html:
    """Fold away what texts name; say so where they name nothing. ``rows`` from ``themes.named.count_named``."""
    if rows.empty:
        return say(
            "No text of {period} names a product, a sum, a version, a page, an order or a date.", period=now.words
        )
    every = rows[rows["value"] == ""]
    shown = every.assign(
        name=[NAMES.get(kind) or field_words(kind).capitalize() for kind in every["kind"]],
        most=[_most(rows[(rows["kind"] == kind) & (rows["value"] != "")]) for kind in every["kind"]],
    )
    columns = [
        Col("name", "Named"), Col("contacts", "Contacts", "number", "contacts"), Col("share", "Share", "number", "%"),
        Col("range", "95% interval", "interval", "%"), Col("most", "Most often"),
    ]  # fmt: skip
    caption = f"What texts name, {now.words}; of {int(rows['of'].iloc[0]):,} contacts with words"
    return fold(
        "What texts name: products, sums, versions, pages, numbers",
        table(shown, columns=columns, caption=caption, wide=True),
    )


def _most(values: pd.DataFrame) -> str:
    if values.empty:
        return KIND_ONLY
    told = [f"{cut(row['value'], 28)} {row['contacts']:,}{_sum(row)}" for row in values.head(MOST).to_dict("records")]
    more = f"; {len(values) - MOST} more" if len(values) > MOST else ""
    return "; ".join(told) + more


def _sum(row: dict) -> str:
    return "" if pd.isna(row["middle"]) else f" (half of the sums above {number(row['middle'], 'contacts')})"
