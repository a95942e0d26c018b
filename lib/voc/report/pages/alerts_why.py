"""The likely explanation of an alert in words: what the whys told of it, else what carries most of it; and what it coincides with."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...analysis.alerts.why import FirstWhy
from ...analysis.compare import SURE
from ..sentences import phrase
from ..style import cut, day_label, number
from .drivers_read import noun

MOST = 300  # letters of a cause that the whys told
SAYS_NOTHING = 0.2  # of all days with an event as near, from which none is named


def explained(story: Mapping | None, why: FirstWhy | None, event: Mapping) -> str:
    """Say what is known of why: the story that was told, else the value that carries half, and the event it begins with."""
    words = [story_words(story) if story else why_words(why) if why else "", event_words(event)]
    if story and event["event"] and event["event"] in words[0]:
        words = words[:1]
    told = "; ".join(word for word in words if word)
    return told[:1].upper() + told[1:]


def story_words(cause: Mapping) -> str:
    """Say what the whys told as the cause, and how much it carries of a rise that they were asked of.

    >>> story_words({"cause": "with app version 7.3", "of_rise": True, "carried": 80.0, "lo": 61.0, "hi": 97.0, "problem": "More contacts"})
    'with app version 7.3; 80.0% (95% 61.0–97.0) of «More contacts»'
    """
    words = cut(cause["cause"], MOST)
    return (
        f"{words}; {_share(cause['carried'], cause['lo'], cause['hi'])} of «{cut(cause['problem'])}»"
        if cause["of_rise"]
        else words
    )


def why_words(why: FirstWhy) -> str:
    """Say which value carries most of an incident.

    >>> why_words(FirstWhy("app_version", "7.3", 0.82, 0.6, 0.97, "likely"))
    'those with app version 7.3 carry 82.0% (95% 60.0–97.0) of the rise, likely'
    """
    likely = "" if why.certainty == SURE else ", likely"
    return f"those {phrase(why.name, why.value)} carry {_share(100 * why.share, 100 * why.lo, 100 * why.hi)} of the rise{likely}"


def event_words(event: Mapping) -> str:
    """Name the event that an incident begins with, and how easily one lies as near by chance; empty where there is none.

    >>> event_words({"event": "App 7.3", "event_on": "2026-10-01", "lag": 2, "by_chance": 0.034}).replace("\\xa0", " ")
    'coincides with «App 7.3», 1 Oct 2026, 2 days before it began (an event lies as near to 3.4% of all days)'
    """
    if not event["event"] or event["by_chance"] > SAYS_NOTHING:
        return ""
    lag = int(event["lag"])
    when = f"{noun(abs(lag), 'day')} {'before' if lag > 0 else 'after'} it began" if lag else "the day it began"
    near = f"an event lies as near to {number(100 * event['by_chance'], '%')} of all days"
    return f"coincides with «{cut(event['event'])}», {day_label(pd.Timestamp(event['event_on']))}, {when} ({near})"


def _share(value: float, lo: float, hi: float) -> str:
    """Write a share with its interval; an excess may be carried more than once where the rest fell."""
    return f"{number(value, '%')} (95% {number(lo, '%', bare=True)}–{number(hi, '%', bare=True)})"
