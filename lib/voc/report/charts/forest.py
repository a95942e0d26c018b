"""Rows about a line: what the pictures of effects, slopes and ratios share – an axis that holds the line, and a dot with its interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from voc.report.canvas import Canvas, Picture, canvas, text_width, wrap
from voc.report.marks import rule
from voc.report.scales import span, tick_labels, ticks
from voc.report.style import ACCENT, ACCENT_SOFT, CHART_PX, CONTEXT, INK, MUTED, RULE, is_missing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STRONG = ("sure", "likely")
RATIOS = (1, 2, 0.5, 4, 0.25, 1.5, 0.67, 3, 0.33, 10, 0.1, 5, 0.2, 1.25, 0.8, 20, 0.05)  # those to be written first
WIDE = 3  # an interval so many times wider than the median one is drawn to the edge, lest it squeeze all others
DOT = 8  # px
ROW, TRACK, TOP, EDGE = 66, 48, 22, 6  # px
TwoLines = tuple[tuple[str, str], tuple[str, str]]


@dataclass(frozen=True)
class Scale:
    """An axis with a line that means «no effect»: its ends, its ticks with their labels, and whether it is logarithmic."""

    low: float
    high: float
    line: float
    at: list[float]
    labels: list[str]
    log: bool = False

    @property
    def share(self) -> float:
        """Where the line lies between the ends, from 0 to 1."""
        ends = np.array([self.low, self.line, self.high])
        low, line, high = np.log(ends) if self.log else ends
        return float((line - low) / (high - low))


def differences(rows: pd.DataFrame, sets: Sequence[tuple[str, str, str]]) -> Scale:
    """Return a scale about zero for differences in points; ``sets`` name the columns of value, lo and hi."""
    low, high = span([[0.0], *_reached(rows, sets)], pad=0.06)
    at = ticks(low, high, "pts", 6)
    labels = [f"{'+' if tick > 0 else ''}{label}" for tick, label in zip(at, tick_labels(at, "pts"), strict=True)]
    return Scale(low, high, 0.0, at, labels)


def ratios_scale(rows: pd.DataFrame, sets: Sequence[tuple[str, str, str]]) -> Scale:
    """Return a logarithmic scale about one for ratios, so that half and double lie equally far from it."""
    logs = [np.log(values[values > 0]) for values in _reached(rows, sets)]
    low, high = (float(np.exp(end)) for end in span([[0.0], *logs], pad=0.06))
    low, high = min(low, 0.85), max(high, 1.18)
    gap = np.log(high / low) / 9
    kept = [1.0]
    for value in RATIOS:
        if low <= value <= high and all(abs(np.log(value / other)) >= gap for other in kept):
            kept.append(value)
    at = sorted(kept)
    return Scale(low, high, 1.0, at, [f"{value:g}×" for value in at], log=True)


def _reached(rows: pd.DataFrame, sets: Sequence[tuple[str, str, str]]) -> list[np.ndarray]:
    """Return all values and the ends of those intervals that are not far wider than the median one."""
    values = np.concatenate([rows[value].to_numpy(float) for value, _, _ in sets])
    lo, hi = (np.concatenate([rows[names[end]].to_numpy(float) for names in sets]) for end in (1, 2))
    width = hi - lo
    known = width[np.isfinite(width)]
    fits = width <= WIDE * (np.median(known) if len(known) else np.inf)
    return [values, lo[fits], hi[fits]]


def forest(
    rows: pd.DataFrame,
    name: str,
    scale: Scale,
    words: tuple[str, str],
    said: Callable[[dict], TwoLines],
    *,
    title: str,
    subtitle: str,
    alt: str,
) -> Picture:
    """Draw one row an effect: two lines of words, below them its dot with the interval about the line.

    ``rows``: ``name`` (the column of the effect), ``lo``, ``hi``, ``certainty``; coloured where it is sure or likely. ``words``
    name the two sides of the line; ``said`` gives a row's two lines on the left and on the right.
    """
    height, width = max(len(rows), 1) * ROW, CHART_PX - 2 * EDGE
    with canvas(TOP + height + 26) as board:
        sheet = board.sheet()
        sides(board, scale, words, EDGE, width, 9)
        ax = about(board, scale, EDGE, TOP, width, height)
        for i, row in enumerate(rows.to_dict("records")):
            y, strong = i * ROW, row["certainty"] in STRONG and not is_missing(row[name])
            rule(sheet, TOP + y)
            two_lines(board, TOP + y + 13, *said(row), CHART_PX, strong=strong)
            ax.hlines([y + TRACK], *ax.get_xlim(), color=RULE, lw=1)
            ax.vlines([scale.line], y + TRACK - 9, y + TRACK + 9, color=INK, lw=1)
            dot(ax, y + TRACK, row[name], row["lo"], row["hi"], strong=strong)
        rule(sheet, TOP + height)
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def about(board: Canvas, scale: Scale, left: float, top: float, width: float, height: float) -> Axes:
    """Add axes in px downwards (y) whose x has the scale's line, ticks and grid."""
    ax = board.axes(left, top, width, max(height, 1))
    if scale.log:
        from matplotlib.ticker import NullLocator

        ax.set_xscale("log")
        ax.xaxis.set_minor_locator(NullLocator())
    ax.set(xlim=(scale.low, scale.high), ylim=(max(height, 1), 0), yticks=[])
    ax.set_xticks(scale.at, scale.labels)
    ax.tick_params(axis="x", pad=5)
    return ax


def sides(board: Canvas, scale: Scale, words: tuple[str, str], left: float, width: float, y: float) -> None:
    """Write what lies on either side of the line above the axis, where there is room for it."""
    x = left + scale.share * width
    for text, room, side, at in (
        (f"◂ {words[0]}", x - left - 6, "right", x - 6),
        (f"{words[1]} ▸", left + width - x - 6, "left", x + 6),
    ):
        if text_width(text) <= room:
            board.write(at, y, text, color=MUTED, ha=side)


def dot(ax: Axes, y: float, value: Any, lo: Any, hi: Any, *, strong: bool, hollow: bool = False) -> None:
    """Draw a value with its interval at ``y`` px; an interval that leaves the axis ends in an arrowhead at its edge."""
    if is_missing(value):
        return
    low, high = ax.get_xlim()
    color, soft = (ACCENT, ACCENT_SOFT) if strong else (MUTED, CONTEXT)
    if not is_missing(lo) and not is_missing(hi):
        ax.hlines([y], max(lo, low), min(hi, high), color=soft, lw=3.4)
        for beyond, at, mark in ((lo < low, low, "<"), (hi > high, high, ">")):
            if beyond:
                ax.plot([at], [y], mark, color=soft, ms=7, mew=0, clip_on=False)
    face = {"mfc": "white", "mec": color, "mew": 1.6} if hollow else {"mec": "white", "mew": 1}
    ax.plot([min(max(value, low), high)], [y], "o", color=color, ms=DOT - hollow, clip_on=False, zorder=3, **face)


def two_lines(
    board: Canvas, y: float, left: Sequence[str], right: Sequence[str], width: float, *, strong: bool
) -> None:
    """Write a row's name and its change on the left, its figure and its word on the right; the first line in ink."""
    for i, (name, figure) in enumerate(zip(left, right, strict=True)):
        color = INK if strong and not i else MUTED
        room = width - text_width(figure) - 12
        board.write(0, y + 17 * i, wrap(name, room, lines=1)[0], color=INK if not i else MUTED)
        board.write(width, y + 17 * i, figure, color=color, bold=strong and not i, ha="right")
