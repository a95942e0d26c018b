"""What a realistic change would bring: one row a factor, its effect with the interval about zero, the change in words."""

from __future__ import annotations

import pandas as pd

from voc.report.canvas import Picture
from voc.report.charts.forest import TwoLines, differences, forest
from voc.report.scales import numeric
from voc.report.style import MISSING, change, cut, interval, is_missing


def effects(
    frame: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    alt: str,
    words: tuple[str, str] = ("CSAT falls", "CSAT rises"),
) -> Picture:
    """Draw one row a factor: the effect of its change in points, coloured where it is sure or likely, grey otherwise.

    ``frame``, in the order of the rows: ``label``, ``change`` (words such as "from 11 to 4 min"), ``effect``, ``lo``,
    ``hi`` in points, ``certainty``. ``words`` name the two sides of zero.

    >>> frame = pd.DataFrame({"label": ["reply"], "change": ["from 11 to 4 min"], "effect": [3.0], "lo": [1.0], "hi": [5.0]})
    >>> effects(frame.assign(certainty="sure"), title="t", subtitle="s", alt="quicker replies bring 3 points").alt
    'quicker replies bring 3 points'
    """
    rows = numeric(frame, "effect", "lo", "hi")
    scale = differences(rows, [("effect", "lo", "hi")])
    return forest(rows, "effect", scale, words, _said, title=title, subtitle=subtitle, alt=alt)


def _said(row: dict) -> TwoLines:
    ends = interval(row["lo"], row["hi"], "pts", signed=True, bare=True)
    figure = MISSING if is_missing(row["effect"]) else f"{change(row['effect'], 'pts')} ({ends})"
    return (cut(row["label"]), cut(row["change"], 90)), (figure, str(row["certainty"]))
