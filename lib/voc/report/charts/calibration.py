"""Chances beside what happened: one dot a group of customers, its interval, and the line on which both are the same."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc.report.canvas import Canvas, Picture, canvas, text_width
from voc.report.scales import numeric, tick_labels, ticks
from voc.report.style import ACCENT, CHART_PX, CONTEXT, INK, MUTED, number

TOP, HIGH, LINE = 26, 250, 17  # px
RIGHT = 12


def calibration(
    bins: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    alt: str,
    usual: float | None = None,
    x_label: str = "said beforehand",
    of: str = "customers",
) -> Picture:
    """Draw observed over predicted per cent with intervals; on the diagonal of 100 customers given 10% ten left.

    ``bins``: ``predicted``, ``observed``, ``lo``, ``hi`` (0–100), ``n``. ``usual`` is the share that a forecast would give to
    everybody, drawn as a level line. The fewest and the most of a dot stand below, ``of`` says what they are.

    >>> bins = pd.DataFrame({"predicted": [5.0, 20.0], "observed": [4.0, 22.0], "lo": [2.0, 15.0], "hi": [7.0, 31.0], "n": [100, 100]})
    >>> calibration(bins, title="t", subtitle="s", alt="what was said came true").alt
    'what was said came true'
    """
    rows = numeric(bins, "predicted", "observed", "lo", "hi", "n")
    rows = rows[rows["predicted"].notna() & rows["observed"].notna()]
    top_x, top_y = _end(rows["predicted"]), _end(pd.concat([rows["hi"], rows["observed"]]))
    across, up = ticks(0, top_x, "%", 4), ticks(0, top_y, "%", 4)
    left = max([text_width(label) for label in tick_labels(up, "%")] + [24]) + 8
    width = CHART_PX - left - RIGHT
    with canvas(TOP + HIGH + 40 + LINE) as board:
        ax = board.axes(left, TOP, width, HIGH)
        ax.set(xlim=(0, top_x), ylim=(0, top_y))
        ax.set_yticks(up, tick_labels(up, "%"))
        ax.set_xticks(across, tick_labels(across, "%"))
        ax.tick_params(axis="x", pad=6)
        ax.grid(axis="y")
        both = min(top_x, top_y)
        ax.plot([0, both], [0, both], color=MUTED, lw=1, ls=(0, (4, 3)))
        if usual is not None and 0 < usual < top_y:
            ax.axhline(usual, color=CONTEXT, lw=1.6)
        ax.vlines(rows["predicted"], rows["lo"], rows["hi"], color=ACCENT, lw=2)
        ax.plot(rows["predicted"], rows["observed"], "o", color=ACCENT, ms=7, mec="white", mew=1)
        _key(board, usual)
        board.write(CHART_PX - RIGHT, TOP + HIGH + 32, x_label, color=MUTED, ha="right")
        if len(rows):
            board.write(0, TOP + HIGH + 32 + LINE, _sizes(rows["n"], of), color=MUTED)
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def _end(values: pd.Series) -> float:
    """Return where an axis of per cents ends: a little beyond the largest value, 100 at most."""
    known = values[np.isfinite(values)]
    return float(min(100.0, max(1.0, known.max() * 1.08))) if len(known) else 10.0


def _key(board: Canvas, usual: float | None) -> None:
    """Write above the panel what the lines are."""
    sheet = board.sheet()
    x = 0.0
    lines = [("as said", {"color": MUTED, "lw": 1, "ls": (0, (4, 3))})]
    if usual is not None:
        lines.append((f"the same for everybody: {number(usual, '%')}", {"color": CONTEXT, "lw": 1.6}))
    for words, look in lines:
        sheet.plot([x, x + 18], [9, 9], **look)
        board.write(x + 23, 9, words, color=MUTED if look["color"] == MUTED else INK)
        x += 23 + text_width(words) + 16


def _sizes(n: pd.Series, of: str) -> str:
    low, high = number(n.min(), "contacts"), number(n.max(), "contacts")
    return f"each dot: {low if low == high else f'{low} to {high}'} {of}; bars: 95% intervals"
