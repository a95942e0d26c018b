"""What the pages on drivers read, and how they write an effect: in points of CSAT, with its interval, never as a coefficient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd

from ..style import change, cut, field_words, interval, is_missing, number, reason
from ..tables import Col, Html, esc, say, table
from .topics import capital

CERTAIN = ("sure", "likely")
UNKNOWN = "cannot tell"
LABEL = "label"  # kind of a factor that nobody can move
TIMES = ("minutes", "hours", "times usual")  # scales on which more is longer


class Found(Protocol):
    """What drives satisfaction: one frame a question (columns in docs/data_dictionary.md), and why nothing can be told."""

    why: str
    silent: str
    scores: pd.DataFrame
    plain: pd.DataFrame
    bins: pd.DataFrame
    within: pd.DataFrame
    curve: pd.DataFrame
    bends: pd.DataFrame
    factors: pd.DataFrame
    where: pd.DataFrame
    natural: pd.DataFrame
    agents: pd.DataFrame
    checks: pd.DataFrame
    since: pd.Timestamp | None


class Gone(Protocol):
    """When customers leave after a contact: one frame a question, and why nothing can be told."""

    why: str
    curves: pd.DataFrame
    kept: pd.DataFrame
    ratios: pd.DataFrame
    guards: pd.DataFrame
    silent: pd.DataFrame
    checks: pd.DataFrame


def nothing(why: str, what: str) -> Html:
    """Say that a part has nothing to show, and why.

    >>> nothing("the data have no csat", "What goes with satisfaction").text
    'What goes with satisfaction cannot be told: the data have no CSAT.'
    """
    return say("{what} cannot be told: {why}.", what=what, why=reason(why) or "there are too few answers")


def certain(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows that go beyond chance."""
    return frame[frame["certainty"].isin(CERTAIN)]


def movable(factors: pd.DataFrame) -> pd.DataFrame:
    """Keep the factors that somebody can move: labels such as the issue or the product say whom it concerns."""
    return factors[factors["kind"] != LABEL]


def names_of(found: Found) -> dict[str, str]:
    """Return the label of each driver, wherever it is told."""
    pairs = [*zip(found.plain["driver"], found.plain["label"], strict=True)]
    pairs += [*zip(found.within["driver"], found.within["label"], strict=True)]
    return {
        str(name): cut(label)
        for name, label in [*zip(found.factors["factor"], found.factors["label"], strict=True), *pairs]
    }


def label_of(names: Mapping[str, str], driver: str) -> str:
    """Return a driver's label, or its name in words."""
    return names.get(str(driver)) or capital(field_words(str(driver)))


def more_of(found: Found, driver: str) -> str:
    """Return what more of a driver is: longer, for times; more, for anything else; empty for what is so or not so."""
    rows = found.plain.loc[found.plain["driver"] == driver, "scale"]
    scale = str(rows.iloc[0]) if len(rows) else ""
    return "" if scale == "yes/no" else "longer" if scale in TIMES else "more"


def points(row: Mapping[str, Any], value: str = "effect", lo: str = "lo", hi: str = "hi") -> str:
    """Write an effect in points with its interval.

    >>> points({"effect": 3.1, "lo": 1.2, "hi": 5.0}).replace(chr(160), " ")
    '+3.1 pts (+1.2 to +5.0)'
    """
    if is_missing(row.get(value)):
        return UNKNOWN
    ends = interval(row.get(lo), row.get(hi), "pts", signed=True, bare=True)
    return change(row[value], "pts") + ("" if is_missing(row.get(lo)) else f" ({ends})")


def share(row: Mapping[str, Any], value: str, lo: str = "lo", hi: str = "hi") -> str:
    """Write a share with its interval."""
    return f"{number(row[value], '%')} ({interval(row[lo], row[hi], '%')})"


def error_saved(part: float, digits: int) -> str:
    """Write a share of the error saved, in per cent; more error has a minus.

    >>> error_saved(0.1234, 1), error_saved(-0.00213, 2)
    ('12.3%', '−0.21%')
    """
    return f"{100 * part:.{digits}f}%".replace("-", "−")


def count(value: Any) -> str:
    """Write a count."""
    return number(value, "contacts")


def plainly(x: float, digits: int) -> str:
    """Write a number with so many leading digits and never as a power of ten.

    >>> plainly(1.4286, 3), plainly(0.000123, 3), plainly(-19195.7, 3), plainly(0.0, 3)
    ('1.43', '0.000123', '−19,196', '0')
    """
    if is_missing(x):
        return number(None, "")
    text = f"{x:,.0f}" if abs(x) >= 10**digits else np.format_float_positional(x, digits, fractional=False, trim="-")
    return text.replace("-", "−")


def words_of(row: Mapping[str, Any], name: str) -> str:
    """Return a text of a row; empty where it is missing."""
    return "" if is_missing(row.get(name)) else str(row[name])


def noun(n: int, one: str, more: str = "") -> str:
    """Write a count with its noun.

    >>> noun(1, "driver"), noun(2, "difference")
    ('1 driver', '2 differences')
    """
    return f"{n:,} {one if n == 1 else more or one + 's'}"


def listed(names: Sequence[str]) -> str:
    """Join names as a sentence does.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    kept = list(dict.fromkeys(names))
    return " and ".join([", ".join(kept[:-1]), kept[-1]]) if len(kept) > 1 else "".join(kept)


def joined(lines: Sequence[Html | None]) -> Html:
    """Put sentences below each other; None is left out."""
    kept = [line for line in lines if line is not None]
    return sum(kept[1:], kept[0]) if kept else Html("")


def stacked(first: str, second: str) -> Html:
    """Write two lines in one cell, the second small."""
    small = f'<span class="small">{esc(second)}</span>' if second else ""
    return Html(f'<span class="roomy">{esc(first)} {small}</span>', f"{first} {second}".strip())


def checks(frame: pd.DataFrame) -> Html:
    """Show technical detail for the statistician: item, value, what it means."""
    if frame.empty:
        return say("Nothing was fitted, so there is nothing to check.")
    rows = frame.assign(value=[value if isinstance(value, str) else plainly(value, 3) for value in frame["value"]])
    columns = [Col("item", "What"), Col("value", "Figure", "number"), Col("words", "What it means")]
    return table(rows, columns=columns, caption="Model, fit and checks")
