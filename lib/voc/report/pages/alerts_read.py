"""What the pages on alerts read, and how they name a series that is watched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import pandas as pd

from ...analysis.alerts.ledger import Precision
from ..sentences import phrase
from ..style import is_missing, number
from .drivers_read import listed
from .topics import capital

GOING, OVER = "going", "over"
LEVEL = "level"  # what: a lasting change of level; else a burst
CONTACTS, UNHAPPY, NEGATIVE, SLOW = "contacts", "unhappy", "negative", "slow"
NAMES = {CONTACTS: "contacts", UNHAPPY: "answers below a 4", NEGATIVE: "negative texts", SLOW: "slow first responses"}
VERDICTS = {
    "true": "so it was, and it was news",
    "false": "it was not so",
    "known": "so it was, and known without the alert",
}


class Alerts(Protocol):
    """What is watched and what was found.

    ``why``: why nothing can be watched, else empty. ``until``: the last day looked at. ``rules``: the params' ``AlertRules``.
    ``series``: key, kind, dimension, label, judged. ``ledger``: the columns of ``voc.analysis.alerts.ledger`` and, where known,
    owner, cause (the likely explanation in words), href (where it is told). ``detectable``: those of
    ``voc.analysis.alerts.detectable``. ``voices``: id of the alert, text (masked), language, channel, date, score, asked.
    ``precision``: how often alerts were right so far.
    """

    why: str
    until: pd.Timestamp
    rules: Any
    series: pd.DataFrame
    ledger: pd.DataFrame
    detectable: pd.DataFrame
    voices: pd.DataFrame
    precision: Precision


def parted(key: object) -> tuple[str, str, str]:
    """Part the key of a series into kind, dimension and label.

    >>> parted("contacts/category=delivery"), parted("unhappy")
    (('contacts', 'category', 'delivery'), ('unhappy', '', ''))
    """
    kind, _, rest = str(key).partition("/")
    dimension, _, label = rest.partition("=")
    return kind, dimension, label


def subject(key: object) -> str:
    """Say in words what a series counts.

    >>> subject("contacts/category=delivery"), subject("unhappy")
    ('contacts about delivery', 'answers below a 4')
    """
    kind, dimension, label = parted(key)
    where = phrase("category" if dimension == "topic" else dimension, label)
    return f"{NAMES.get(kind, kind)} {where}".strip()


def subjects(keys: Sequence[str], most: int = 5) -> str:
    """Say in words what several series count; the kind once, where the same follows.

    >>> subjects(["unhappy/category=app", "unhappy/category=order", "contacts"])
    'answers below a 4 about app, about order and contacts'
    """
    kept: list[str] = []
    before = ""
    for key in list(keys)[: most if len(keys) <= most else most - 1]:
        kind, words = parted(key)[0], subject(key)
        where = words.removeprefix(NAMES.get(kind, kind)).strip()
        kept.append(where if kind == before and where else words)
        before = kind
    return listed([*kept, f"{len(keys) - len(kept)} others"] if len(keys) > most else kept)


def state_of(row: Mapping[str, Any], until: pd.Timestamp, new_days: int = 1) -> str:
    """Say whether an alert is new (first seen on the last day looked at), going on, or ended.

    >>> day = pd.Timestamp("2026-10-31")
    >>> [state_of({"state": state, "seen": seen}, day) for state, seen in (("going", day), ("going", day - pd.Timedelta(days=3)), ("over", day))]
    ['new', 'going on', 'ended']
    """
    if row["state"] != GOING:
        return "ended"
    return "new" if (pd.Timestamp(until).normalize() - pd.Timestamp(row["seen"])).days < new_days else "going on"


def text_of(row: Mapping[str, Any], name: str) -> str:
    """Return a text of a row; empty where the column or the text is missing."""
    return "" if is_missing(row.get(name)) else str(row[name]).strip()


def whole(value: Any) -> str:
    """Write a count without decimals, whatever its model made of it."""
    return number(None if is_missing(value) else round(float(value)), "contacts")


def about(value: float) -> str:
    """Write what is expected: small counts with a decimal, so that little is not nothing.

    >>> about(0.4), about(40.3)
    ('0.4', '40')
    """
    return whole(value) if value >= 10 else number(value, "contacts")


def named(key: object) -> str:
    """Name a series at the beginning of a line."""
    return capital(subject(key))
