"""Natural experiments: times and places where something else moved a driver, and what the scores did then."""

from __future__ import annotations

from collections.abc import Mapping

from ..canvas import Picture
from ..charts.slopes import slopes
from ..style import cut, is_missing, number
from ..tables import Html, say
from .drivers_read import Found, count, joined, label_of, names_of, nothing, points, words_of
from .topics import capital

SAID = ("by association", "when it was moved")


def natural(found: Found) -> Html:
    """Tell each natural experiment: what moved the driver, what followed, what the association had led one to expect, the checks."""
    rows = found.natural
    if found.why or rows.empty:
        return nothing(
            found.why or "nothing outside moved a driver far enough in this span", "What follows when a driver is moved"
        )
    names = names_of(found)
    return joined([_told(row, label_of(names, row["driver"])) for row in rows.to_dict("records")])


def _told(row: Mapping, label: str) -> Html:
    moved = (
        row["moved"] if isinstance(row["moved"], str) else "" if is_missing(row["moved"]) else number(row["moved"], "")
    )
    return say(
        "**{what}** ({kind}, n\u00a0{n}). It moved «{label}»{moved}; CSAT then differed by {effect}. By the association {expected} would be expected: "
        "**{agrees}**. {checks}",
        what=capital(cut(row["what"], 120)), kind=words_of(row, "kind"), n=count(row["n"]), label=label, moved=f" ({moved})" if moved else "", effect=points(row),
        expected=points(row, "expected", "expected_lo", "expected_hi"), agrees=words_of(row, "agrees") or "cannot tell", checks=words_of(row, "checks"),
    )  # fmt: skip


def picture(found: Found) -> Picture | None:
    """Draw what the association leads one to expect beside what followed when the driver was moved; None without any."""
    rows = (
        found.natural[found.natural["effect"].notna()]
        if not found.why and len(found.natural)
        else found.natural.iloc[:0]
    )
    if rows.empty:
        return None
    names = names_of(found)
    columns = {
        "what": "label",
        "agrees": "reading",
        "expected": "pooled",
        "expected_lo": "pooled_lo",
        "expected_hi": "pooled_hi",
    }
    columns |= {"effect": "within", "lo": "within_lo", "hi": "within_hi"}
    drawn = (
        rows[list(columns)].rename(columns=columns).assign(step="", label=[capital(str(what)) for what in rows["what"]])
    )
    told = [
        f"{cut(row['what'])} ({label_of(names, row['driver'])}): {points(row)}, {row['agrees']}"
        for row in rows.to_dict("records")
    ]
    sizes = list(dict.fromkeys(count(n) for n in (rows["n"].min(), rows["n"].max())))
    return slopes(
        drawn, title="What followed when a driver was moved, beside what the association says", alt=f"{'; '.join(told)}.",
        subtitle=f"Points of CSAT, 95% intervals; n\u00a0{' to '.join(sizes)} answers",
        said=SAID,
    )  # fmt: skip
