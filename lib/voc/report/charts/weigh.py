"""Frequency × severity in one bar: how many contacts, how many of them are expected to be unhappy, and how sure that is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc.report.canvas import Canvas, Picture, canvas, text_width, wrap
from voc.report.marks import rule
from voc.report.scales import tick_labels, ticks
from voc.report.style import ACCENT, CHART_PX, INK, MUTED, RULE, cut, number

ROW_PX, BAR_PX = 58, 15


def weigh(
    frame: pd.DataFrame, *, title: str, subtitle: str, alt: str, part: str = "unhappy", whole: str = "contacts"
) -> Picture:
    """Draw one row a problem: a pale bar for its contacts, the part that weighs filled, with its interval.

    ``frame``, in the order to be drawn: ``label``, ``contacts``, ``weight`` (not more than contacts), ``lo`` and ``hi``
    (interval of the weight), and optional ``place`` (words such as "1–4"). The length of the pale bar is frequency, the
    filled share is severity, the filled length is what weighs. ``part`` and ``whole`` name the two in the key.

    >>> frame = pd.DataFrame({"label": ["refund"], "contacts": [97], "weight": [35.0], "lo": [22.0], "hi": [50.0]})
    >>> weigh(frame, title="t", subtitle="s", alt="refund weighs most").alt
    'refund weighs most'
    """
    rows = frame.reset_index(drop=True)
    numbers = rows[["contacts", "weight", "lo", "hi"]].astype(float)
    high = float(np.nanmax(numbers.to_numpy())) * 1.04 if len(rows) else 1.0
    right = max([text_width(_of(row)) for row in rows.to_dict("records")] + [40]) + 14
    with canvas(30 + max(len(rows), 1) * ROW_PX + 26) as board:
        sheet = board.sheet()
        _key(board, sheet, part, whole)
        ax = board.axes(0, 26, CHART_PX - right, max(len(rows), 1) * ROW_PX)
        ax.set(xlim=(0, high), ylim=(max(len(rows), 1) * ROW_PX, 0), yticks=[])
        at = ticks(0, high, "contacts", 3)
        ax.set_xticks(at, tick_labels(at, "contacts"))
        ax.xaxis.get_majorticklabels()[0].set_ha("left")
        ax.grid(axis="x")
        for i, row in enumerate(rows.to_dict("records")):
            top = i * ROW_PX
            rule(sheet, 26 + top)
            y = top + 38
            ax.fill_between([0, row["contacts"]], y - BAR_PX / 2, y + BAR_PX / 2, color=RULE, lw=0)
            ax.fill_between([0, row["weight"]], y - BAR_PX / 2, y + BAR_PX / 2, color=ACCENT, lw=0)
            ax.hlines([y], row["lo"], row["hi"], color=INK, lw=1.4)
            ax.vlines([row["lo"], row["hi"]], y - 4, y + 4, color=INK, lw=1.4)
            place = f"{row['place']}  " if row.get("place") else ""
            board.write(0, 26 + top + 17, place, color=MUTED)
            room = CHART_PX - text_width(place) - 4
            board.write(text_width(place), 26 + top + 17, wrap(cut(row["label"]), room, lines=1)[0])
            board.write(CHART_PX, 26 + y, _of(row), ha="right")
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def _of(row: dict) -> str:
    return f"{number(round(row['weight']), 'contacts')} of {number(row['contacts'], 'contacts')}"


def _key(board: Canvas, sheet: object, part: str, whole: str) -> None:
    """Explain the two lengths and the interval above the bars."""
    x = 0.0
    for color, words in ((ACCENT, part), (RULE, whole), ("", "95% interval")):
        if color:
            sheet.fill_between([x, x + 16], 4, 14, color=color, lw=0)
        else:
            sheet.plot([x, x + 16], [9, 9], color=INK, lw=1.4)
        board.write(x + 21, 9, words, color=MUTED)
        x += 21 + text_width(words) + 16
