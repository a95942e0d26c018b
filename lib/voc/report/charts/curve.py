"""A share over how long something took: the adjusted line with its band, the raw shares behind it, and where it bends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from voc.report.canvas import Canvas, Picture, canvas, text_width, wrap
from voc.report.marks import LINE_PX, SOFTER, draw_key, key_px
from voc.report.scales import numeric, span, tick_labels, ticks
from voc.report.style import ACCENT, CHART_PX, CONTEXT, INK, MUTED, SECONDS, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HIGH, RUG = 190, 8  # px: the panel, and the marks of how the contacts spread below it
ROUND = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 4 * 3600, 8 * 3600, 86400, 2 * 86400, 4 * 86400, 7 * 86400, 14 * 86400, 30 * 86400)  # fmt: skip
FACTORS = (0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5, 10, 20)


def curve(
    line: pd.DataFrame,
    bins: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    alt: str,
    unit: str,
    x_label: str,
    bends: pd.DataFrame | None = None,
    log: bool | None = None,
    spread: Sequence[float] = (),
) -> Picture:
    """Draw the adjusted share over a duration (or another driver) with its 95% band, and the raw shares of bins behind it.

    ``line``: ``x`` in ``unit`` (``minutes``, ``hours``, ``times`` or any other word), ``csat``, ``lo``, ``hi`` (0–100). ``bins``:
    ``middle``, ``csat``, ``lo``, ``hi`` of contacts as they are. ``bends`` marks places on the line: ``x``, ``words``.
    ``spread`` are values of x that part the contacts into equal numbers; they are drawn as ticks below. ``log`` is decided by the data: on
    where the largest x is over ten times the smallest and none is zero.

    >>> line = pd.DataFrame({"x": [1.0, 30.0], "csat": [85.0, 70.0], "lo": [83.0, 66.0], "hi": [87.0, 74.0]})
    >>> curve(line, line.rename(columns={"x": "middle"}), title="t", subtitle="s", alt="it falls", unit="minutes", x_label="wait").alt
    'it falls'
    """
    line, bins = numeric(line, "x", "csat", "lo", "hi"), numeric(bins, "middle", "csat", "lo", "hi")
    places = pd.concat([line["x"], bins["middle"]])
    log = bool(len(places) and places.min() > 0 and places.max() > 10 * places.min()) if log is None else log
    low, high = span([line[["csat", "lo", "hi"]], bins[["csat", "lo", "hi"]]], floor=0, ceiling=100)
    heights = ticks(low, high, "%", 4)
    left = max([text_width(label) for label in tick_labels(heights, "%")] + [24]) + 8
    keys = [("adjusted", "adjusted, 95%")] if len(line) else []
    keys += [("before", "as they are, 95% interval")] if len(bins) else []
    marked = 2 * LINE_PX if bends is not None else 0
    top, width = key_px(keys) + 8 + marked, CHART_PX - left - 10
    with canvas(top + HIGH + 48 + (LINE_PX if len(spread) else 0)) as board:
        draw_key(board, board.sheet(), keys)
        ax = board.axes(left, top, width, HIGH)
        ends = _ends(places, log)
        ax.set(xlim=ends, ylim=(low, high), xscale="log" if log else "linear")
        _ticks(ax, ends, unit, width, log=log)
        ax.set_yticks(heights, tick_labels(heights, "%"))
        ax.grid(axis="y")
        ax.vlines(bins["middle"], bins["lo"], bins["hi"], color=CONTEXT, lw=1.6)
        ax.plot(bins["middle"], bins["csat"], "o", mfc="white", mec=MUTED, ms=6.5, mew=1.3)
        ax.fill_between(line["x"], line["lo"], line["hi"], color=SOFTER, lw=0, zorder=0.6)
        ax.plot(line["x"], line["csat"], color=ACCENT, lw=2.4)
        inside = [x for x in spread if ends[0] <= x <= ends[1]]
        ax.vlines(inside, low, low + (high - low) * RUG / HIGH, color=INK, lw=1)
        _bends(board, ax, line, bends, (left, top))
        board.write(left, top + HIGH + 38, wrap(x_label, width, lines=1)[0], color=MUTED)
        if inside:
            board.write(
                left, top + HIGH + 38 + LINE_PX, "marks at the foot: as many contacts between any two", color=MUTED
            )
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def _ends(places: pd.Series, log: bool) -> tuple[float, float]:
    """Return the ends of the axis with a little room on both sides."""
    known = places[np.isfinite(places)]
    if known.empty:
        return 0.0, 1.0
    if log:
        low, high = (float(np.exp(end)) for end in span([np.log(known)], pad=0.03))
        return low, high
    return span([known], pad=0.03, floor=0.0 if known.min() >= 0 else None)


def _ticks(ax: Axes, ends: tuple[float, float], unit: str, width: float, *, log: bool) -> None:
    """Write round values along x that do not touch each other, the roundest first."""
    from matplotlib.ticker import NullLocator

    if log and unit in SECONDS:
        at = [mark / SECONDS[unit] for mark in ROUND]
    else:
        at = list(FACTORS) if log else ticks(*ends, unit, 5)
    at = [x for x in at if ends[0] <= x <= ends[1]]
    labels = [_named(x, unit) for x in at]
    ax.set_xticks([])
    ax.xaxis.set_minor_locator(NullLocator())
    low, high, *values = np.log([*ends, *at]) if log else [*ends, *at]
    kept: list[int] = []
    used = -np.inf
    for i, (value, label) in enumerate(zip(values, labels, strict=True)):
        middle, half = (value - low) / (high - low) * width, text_width(label) / 2
        if middle - half >= used + 12 and middle + half <= width + 10:
            kept.append(i)
            used = middle + half
    ax.set_xticks([at[i] for i in kept], [labels[i] for i in kept])
    ax.tick_params(axis="x", pad=6)


def _named(x: float, unit: str) -> str:
    if unit in SECONDS:
        return number(x, unit) if x else "0"
    return f"{x:g}×" if unit == "times" else f"{x:,g}"


def _bends(
    board: Canvas, ax: Axes, line: pd.DataFrame, bends: pd.DataFrame | None, corner: tuple[float, float]
) -> None:
    """Mark places on the line and write their words above the panel, each where it does not touch the one before."""
    if bends is None or not len(bends) or not len(line):
        return
    left, top = corner
    high = ax.get_ylim()[1]
    used = [0.0, 0.0]  # how far the words reach on the line next to the panel, and on the one above it
    for row in bends.sort_values("x").to_dict("records"):
        y = float(np.interp(row["x"], line["x"], line["csat"]))
        x = left + float(ax.transData.transform((row["x"], y))[0] - ax.bbox.x0)
        half = text_width(row["words"], bold=True) / 2
        middle = min(max(x, half), CHART_PX - half)
        ax.plot([row["x"]], [y], "D", color=ACCENT, ms=6.5, mec="white", mew=1, zorder=4)
        free = [level for level in (0, 1) if middle - half >= used[level]]
        if not free:
            continue
        used[free[0]] = middle + half + 10
        ax.vlines([row["x"]], y, high, color=ACCENT, lw=0.9, ls=(0, (2, 3)))
        board.write(middle, top - 9 - LINE_PX * free[0], row["words"], color=ACCENT, bold=True, ha="center")
