"""What a figure is, what it may be, and what it cannot leave: estimates with intervals above ranges without assumption."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from voc.report.canvas import Canvas, Picture, canvas, text_width, wrap
from voc.report.marks import SAMPLES, rule
from voc.report.scales import bounds as allowed
from voc.report.scales import span, tick_labels, ticks
from voc.report.style import ACCENT, ACCENT_SOFT, CHART_PX, CONTEXT, MUTED, RULE, cut, interval, is_missing, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINE, TRACK, EDGE = 18, 22, 6  # px: a line of words, the marks below it, room at both ends for a dot


def bounds(
    frame: pd.DataFrame, *, title: str, subtitle: str, alt: str, unit: str = "%", goal: float | None = None
) -> Picture:
    """Draw one row a figure on a common scale: a dot with its interval, or a range of what is possible.

    ``frame``, in the order of the rows: ``label``, ``value`` (missing: the row is a range), ``lo``, ``hi`` (the
    interval, or the ends of the range) in ``unit``; optional ``main`` marks the figure that the title speaks of.
    Shares are drawn from 0 to 100, so that a range looks as wide as it is.

    >>> frame = pd.DataFrame({"label": ["as answered", "worst to best"], "value": [75.0, None], "lo": [72.0, 20], "hi": [78.0, 93]})
    >>> bounds(frame, title="t", subtitle="s", alt="75% or anything", goal=80).alt
    '75% or anything'
    """
    rows = frame.reset_index(drop=True).copy()
    for name in ("value", "lo", "hi"):
        rows[name] = pd.to_numeric(rows[name], errors="coerce").astype(float) if name in rows else np.nan
    rows["main"] = rows["main"].eq(True) if "main" in rows else False
    least, most = allowed(unit)
    ends = [rows[["value", "lo", "hi"]].to_numpy(float), [np.nan if goal is None else goal]]
    low, high = (least, most) if least is not None and most is not None else span(ends, floor=least, ceiling=most)
    labels = [
        wrap(cut(row.label, 90), CHART_PX - text_width(_figure(row, unit), bold=row.main) - 20, bold=row.main)
        for row in rows.itertuples()
    ]
    heights = [LINE * len(lines) + TRACK + 8 for lines in labels]
    top = 20 if goal is not None else 2
    with canvas(top + sum(heights) + 24) as board:
        sheet = board.sheet()
        ax = _axis(board, top, sum(heights), low, high, unit)
        if goal is not None:
            _above(board, ax, goal, f"goal {tick_labels([goal], unit)[0]}")
        y = float(top)
        for row, lines, height in zip(rows.itertuples(), labels, heights, strict=True):
            rule(sheet, y)
            for i, line in enumerate(lines):
                board.write(0, y + LINE * (i + 0.5) + 3, line, bold=row.main)
            board.write(CHART_PX, y + LINE / 2 + 3, _figure(row, unit), ha="right", bold=row.main)
            middle = y - top + LINE * len(lines) + TRACK / 2 + 2
            if goal is not None:  # beside the marks only: a line through the figures would strike them out
                ax.plot([goal, goal], [middle - 9, middle + 9], **SAMPLES["target"])
            _marks(ax, row, middle)
            y += height
        rule(sheet, y)
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def _figure(row: Any, unit: str) -> str:
    """Write a row's figure: the value with its interval, or the ends of its range."""
    if is_missing(row.value):
        return interval(row.lo, row.hi, unit)
    ends = "" if is_missing(row.lo) else f" ({interval(row.lo, row.hi, unit, bare=True)})"
    return number(row.value, unit) + ends


def _axis(board: Canvas, top: float, height: float, low: float, high: float, unit: str) -> Axes:
    ax = board.axes(EDGE, top, CHART_PX - 2 * EDGE, height)
    ax.set(xlim=(low, high), ylim=(max(height, 1), 0), yticks=[])
    at = ticks(low, high, unit, 4)
    ax.set_xticks(at, tick_labels(at, unit))
    names = ax.get_xticklabels()
    for name, side in ((names[0], "left"), (names[-1], "right")) if len(names) > 1 else ():
        name.set_ha(side)
    return ax


def _above(board: Canvas, ax: Axes, value: float, words: str) -> None:
    """Write a word above the axis at a value."""
    low, high = ax.get_xlim()
    x = EDGE + (value - low) / (high - low) * (CHART_PX - 2 * EDGE)
    half = text_width(words) / 2
    board.write(min(max(x, half), CHART_PX - half), 9, words, color=MUTED, ha="center")


def _marks(ax: Axes, row: Any, y: float) -> None:
    ax.hlines([y], *ax.get_xlim(), color=RULE, lw=1)
    if is_missing(row.value):
        ax.fill_between([row.lo, row.hi], y - 6, y + 6, color=RULE, lw=0)
        ax.vlines([row.lo, row.hi], y - 6, y + 6, color=MUTED, lw=1.4)
        return
    color = ACCENT if row.main else MUTED
    ax.hlines([y], row.lo, row.hi, color=ACCENT_SOFT if row.main else CONTEXT, lw=3)
    ax.plot([row.value], [y], "o", color=color, ms=8, mec="white", mew=1)
