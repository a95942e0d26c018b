"""Work in and out with what stays open below, and response under load: each on its own scale, never on two."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from voc.report.canvas import Canvas, Picture, canvas, text_width
from voc.report.marks import LINE_PX, date_axis, draw_key, key_px
from voc.report.scales import date_ticks, numeric, tick_labels, ticks
from voc.report.style import (
    ACCENT,
    ACCENT_SOFT,
    CHART_PX,
    INK,
    MUTED,
    WORSE,
    number,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def flow(frame: pd.DataFrame, *, title: str, subtitle: str, alt: str) -> Picture:
    """Draw what came in and what was handled, and below, on the same weeks, what stayed open.

    ``frame``: one row a week or period in order: ``period_start`` (date), ``came``, ``handled``, ``open`` (counts);
    optional ``flag`` (True where the backlog changed by more than chance).

    >>> weeks = pd.date_range("2026-09-07", periods=3, freq="7D")
    >>> frame = pd.DataFrame({"period_start": weeks, "came": [9, 9, 8], "handled": [8, 9, 9], "open": [3, 3, 2]})
    >>> flow(frame, title="t", subtitle="s", alt="in and out are level").alt
    'in and out are level'
    """
    rows = numeric(frame, "came", "handled", "open")
    flag = rows["flag"].fillna(False).astype(bool) if "flag" in rows else pd.Series(False, index=rows.index)
    highest = float(np.nanmax([*rows["came"], *rows["handled"], 1.0]))
    ends = {name: f"{word} {number(rows[name].iloc[-1], 'contacts')}" if len(rows) else "" for name, word in _ENDS}
    right = max(text_width(word, bold=True) for word in ends.values()) + 14
    left = max(text_width(number(highest * 1.1, "contacts")), 24) + 8
    width, top, low = CHART_PX - left - right, 124, 78
    with canvas(22 + top + 34 + low + 42) as board:
        board.write(0, 9, "a week: came in and handled" if _weekly(rows) else "came in and handled", color=MUTED)
        ax = panel(board, (left, 22, width, top), len(rows), highest * 1.06, "contacts", 4)
        x = np.arange(len(rows))
        ax.fill_between(x, rows["came"], rows["handled"], color="#f0d9d0", lw=0, where=rows["came"] > rows["handled"],
                        interpolate=True, zorder=0.6)  # fmt: skip
        ax.plot(x, rows["came"], color=INK, lw=1.5)
        ax.plot(x, rows["handled"], color=ACCENT, lw=1.8)
        places = _ends(ax, [rows["came"], rows["handled"]], 22, top)
        for name, y, color in zip(("came", "handled"), places, (INK, ACCENT), strict=True):
            board.write(left + width + 8, y, ends[name], color=color, bold=True)
        below = 22 + top + 34
        marked = " (▲ grew beyond chance)" if flag.any() else ""
        board.write(0, below - 12, f"left open, 30 days old at most{marked}", color=MUTED)
        peak = float(np.nanmax([*rows["open"], 1.0])) * (1.2 if flag.any() else 1.08)
        ax = panel(board, (left, below, width, low), len(rows), peak, "contacts", 2)
        ax.bar(x, rows["open"], 0.78, color=np.where(flag, WORSE, ACCENT_SOFT), lw=0)
        ax.plot(x[flag], rows["open"][flag] + peak * 0.07, "^", color=WORSE, ms=5, mew=0, clip_on=False)
        if len(rows):
            y = _ends(ax, [rows["open"]], below, low)[0]
            board.write(left + width + 8, y, ends["open"], color=WORSE if flag.iloc[-1] else INK, bold=True)
            dates_below(board, below + low + 2, rows["period_start"], left, width)
    return board.picture(title=title, subtitle=subtitle, alt=alt)


_ENDS = (("came", "in"), ("handled", "done"), ("open", "open"))


def load_response(frame: pd.DataFrame, *, title: str, subtitle: str, unit: str, alt: str) -> Picture:
    """Draw the median response in fifths of the contacts, from the quietest hours to the busiest, from zero.

    ``frame``: one row a fifth in order: ``load`` (times the usual), ``value``, ``lo``, ``hi`` in ``unit``, ``n``.

    >>> frame = pd.DataFrame({"load": [0.5, 2.0], "value": [3.0, 5.0], "lo": [2.5, 4.0], "hi": [3.5, 6.0], "n": [90, 90]})
    >>> load_response(frame, title="t", subtitle="s", unit="minutes", alt="slower under load").alt
    'slower under load'
    """
    rows = numeric(frame, "load", "value", "lo", "hi", "n")
    highest = float(np.nanmax([*rows["value"], *rows["hi"], 1e-9])) * 1.1
    labels = tick_labels(ticks(0, highest, unit, 3), unit)
    left = max([text_width(label) for label in labels] + [24]) + 8
    width, keys = CHART_PX - left, [("interval", "95% interval")]
    top = key_px(keys) + 14
    with canvas(top + 140 + 58) as board:
        draw_key(board, board.sheet(), keys)
        ax = panel(board, (left, top, width, 140), len(rows), highest, unit, 3)
        x = np.arange(len(rows))
        ax.plot(x, rows["value"], color=ACCENT_SOFT, lw=1.2, zorder=1)
        ax.vlines(x, rows["lo"], rows["hi"], color=ACCENT, lw=2.4, alpha=0.55)
        ax.plot(x, rows["value"], "o", color=ACCENT, ms=8, mec="white", mew=1)
        for i, row in enumerate(rows.itertuples()):
            at = left + (i + 0.4) / max(len(rows) - 0.2, 0.8) * width
            if i in (0, len(rows) - 1):
                y = top + 140 * (1 - np.nanmax([row.value, row.hi]) / highest) - 11
                side = "right" if i and len(rows) > 1 else "left"
                edge = {"left": max(at - 14, left + 2), "right": CHART_PX - 2}[side]
                board.write(edge, y, number(row.value, unit), bold=True, ha=side)
            board.write(at, top + 153, f"{row.load:.1f}×", ha="center")
            board.write(at, top + 170, f"n {number(row.n, 'contacts')}", color=MUTED, ha="center")
        board.write(left, top + 189, "← quieter hours", color=MUTED)
        board.write(CHART_PX, top + 189, "busier hours than usual →", color=MUTED, ha="right")
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def _weekly(rows: pd.DataFrame) -> bool:
    gaps = pd.to_datetime(rows["period_start"]).diff().dt.days.dropna()
    return bool(len(gaps)) and float(gaps.median()) == 7


def panel(board: Canvas, box: tuple[float, float, float, float], count: int, high: float, unit: str, few: int) -> Axes:
    """Add axes at ``box`` (left, top, width, height in px) with ``count`` slots and a scale from zero to ``high``."""
    ax, at = board.axes(*box), ticks(0, high, unit, few)
    ax.set(xlim=(-0.4, max(count - 1, 0) + 0.4), ylim=(0, high), xticks=[])
    ax.set_yticks(at, tick_labels(at, unit))
    ax.grid(axis="y")
    ax.axhline(0, color=INK, lw=1)
    return ax


def _ends(ax: Axes, series: Sequence[pd.Series], top: float, height: float) -> list[float]:
    """Return where the last values stand in px from the top, moved apart so that their names do not touch."""
    low, high = ax.get_ylim()
    ends = [values.dropna().iloc[-1] if values.notna().any() else low for values in series]
    return spread_out([top + height * (1 - (end - low) / (high - low)) for end in ends], top + height)


def spread_out(places: Sequence[float], bottom: float) -> list[float]:
    """Move places apart to a line of text each, as little as it takes, none below ``bottom``.

    >>> spread_out([50.0, 48.0], 100)
    [65.0, 48.0]
    """
    order, moved = sorted(range(len(places)), key=lambda i: places[i]), list(places)
    for before, at in pairwise(order):
        moved[at] = max(moved[at], moved[before] + LINE_PX)
    limit = bottom
    for at in reversed(order):
        moved[at] = min(moved[at], limit)
        limit = moved[at] - LINE_PX
    return moved


def dates_below(board: Canvas, y: float, starts: pd.Series, left: float, width: float) -> None:
    """Write a few dates under a panel whose slots are the periods that begin on ``starts``."""
    where, dates = date_ticks(list(starts), 4)
    date_axis(board, y, [left + (i + 0.4) / max(len(starts) - 0.2, 0.8) * width for i in where], dates)
