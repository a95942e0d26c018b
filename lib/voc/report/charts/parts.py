"""Rows side by side: rates with intervals, changes, what the cleaning steps did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from voc.report.canvas import Canvas, Picture, canvas, text_width, wrap
from voc.report.marks import LINE_PX, draw_key, key_px, row_label, rule
from voc.report.scales import bounds, numeric, span, tick_labels, ticks
from voc.report.style import ACCENT, CHART_PX, CONTEXT, INK, MUTED, NEUTRAL, change, is_missing, judged, number, tone

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABEL_PX, VALUE_PX, ROW_PX = 138, 104, 42


def interval_bars(
    frame: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    unit: str,
    alt: str,
    order: str | Sequence[str] = "value",
    reference: float | None = None,
    reference_label: str = "all",
    min_n: int = 30,
    from_zero: bool | None = None,
) -> Picture:
    """Draw one row a group with its interval: dots for rates and durations, bars from zero for counts.

    ``frame``: ``label``, ``value`` in ``unit``; optional ``lo``, ``hi``, ``n`` (answers or contacts), ``certainty``
    (see ``CERTAINTIES``; accent only where it is sure or likely) and ``previous``. Rows with ``n`` below ``min_n`` are
    grey, say so, and stand last: they are never ranked. ``order`` is ``value``, ``n``, ``given`` or a list of labels.

    >>> frame = pd.DataFrame({"label": ["phone"], "value": [80.0], "lo": [76.0], "hi": [84.0], "n": [400]})
    >>> interval_bars(frame, title="t", subtitle="s", unit="%", alt="phone 80%").alt
    'phone 80%'
    """
    rows = _ordered(numeric(frame, "value", "lo", "hi", "n", "previous"), order, min_n)
    zero = unit == "contacts" if from_zero is None else from_zero
    floor, ceiling = bounds(unit)
    ends = [rows[["value", "lo", "hi", "previous"]].to_numpy(dtype=float), [np.nan if reference is None else reference]]
    low, high = span([*ends, [0.0]] if zero else ends, floor=0.0 if zero else floor, ceiling=ceiling)
    keys = [("before", "period before")] if rows["previous"].notna().any() else []
    keys += [("interval", "95% interval")] if rows["lo"].notna().any() else []
    top = key_px(keys) + (18 if reference is not None else 4)
    with canvas(top + len(rows) * ROW_PX + 24) as board:
        sheet = board.sheet()
        draw_key(board, sheet, keys)
        ax = _rows_axis(board, top, len(rows), low, high, unit)
        if reference is not None:
            ax.axvline(reference, color=INK, lw=1)
            words = f"{reference_label} {number(reference, unit)}"
            _above(board, ax, reference, words, top - 9)
        for i, row in enumerate(rows.itertuples()):
            _interval_row(board, sheet, ax, i, row, top, unit, zero=zero, min_n=min_n)
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def change_dots(
    frame: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    unit: str,
    alt: str,
    better: str | None = None,
    order: str | Sequence[str] = "change",
) -> Picture:
    """Draw previous → now per group; grey where the change is within noise, else an arrow and a word.

    ``frame``: ``label``, ``value`` and ``previous`` in ``unit``; optional ``change`` (their difference by default),
    ``floor`` (the change that chance alone makes) and ``certainty``. Without a certainty, a change not above its floor
    is within noise. ``better`` is ``up`` or ``down``. ``order`` as in :func:`interval_bars`, or ``change`` (largest
    first).

    >>> frame = pd.DataFrame({"label": ["chat"], "value": [70.0], "previous": [80.0], "floor": [3.0]})
    >>> change_dots(frame, title="t", subtitle="s", unit="%", alt="chat fell", better="up").alt
    'chat fell'
    """
    rows = numeric(frame, "value", "previous", "change", "floor")
    rows["change"] = rows["change"].fillna(rows["value"] - rows["previous"])
    if "certainty" not in rows:
        rows["certainty"] = np.where(rows["change"].abs() <= rows["floor"].fillna(0), "within noise", "sure")
    if order == "change":
        rows = rows.sort_values("change", key=lambda c: -c.abs(), kind="stable").reset_index(drop=True)
    else:
        rows = _ordered(rows, order, 0)
    floor, ceiling = bounds(unit)
    low, high = span([rows[["value", "previous"]].to_numpy(dtype=float)], floor=floor, ceiling=ceiling)
    keys = [("before", "period before")]
    top = key_px(keys) + 4
    with canvas(top + len(rows) * ROW_PX + 24) as board:
        sheet = board.sheet()
        draw_key(board, sheet, keys)
        ax = _rows_axis(board, top, len(rows), low, high, unit)
        for i, row in enumerate(rows.itertuples()):
            y = top + (i + 0.5) * ROW_PX
            word = judged(row.change, better, row.certainty, unit)
            moved = word in ("better", "worse", *NEUTRAL)
            color = tone(word) if moved else CONTEXT
            rule(sheet, top + i * ROW_PX)
            row_label(board, 0, y, row.label, LABEL_PX - 12)
            arrow = {"arrowstyle": "-|>" if moved else "-", "color": color, "lw": 2, "shrinkA": 4, "shrinkB": 3}
            if row.change and not is_missing(row.change):
                ax.annotate("", (row.value, i), (row.previous, i), arrowprops={**arrow, "mutation_scale": 9})
            ax.plot([row.previous], [i], "o", mfc="white", mec=MUTED, ms=6.5, mew=1.3)
            ax.plot([row.value], [i], "o", color=color, ms=8, mec="white", mew=1)
            sign = "▲ " if row.change > 0 else "▼ "
            _values(board, y, change(row.change, unit), (sign if moved else "") + word, tone(word), bold=moved)
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def steps(frame: pd.DataFrame, *, title: str, subtitle: str, alt: str) -> Picture:
    """Draw what each cleaning step did: rows removed and cells changed as bars from zero, rows kept in words.

    ``frame``: ``step`` (label), ``rows_in``, ``rows_out``, ``cells_changed`` (counts), in the order of the steps.

    >>> frame = pd.DataFrame({"step": ["dates"], "rows_in": [10], "rows_out": [9], "cells_changed": [4]})
    >>> steps(frame, title="t", subtitle="s", alt="one row removed").alt
    'one row removed'
    """
    rows = numeric(frame, "rows_in", "rows_out", "cells_changed").fillna(0)
    rows["removed"] = rows["rows_in"] - rows["rows_out"]
    half = (CHART_PX - 16) / 2
    with canvas(26 + len(rows) * 50 + 30) as board:
        sheet = board.sheet()
        board.write(0, 9, "rows taken out", color=MUTED)
        board.write(half + 16, 9, "cells changed", color=MUTED)
        for i, row in enumerate(rows.itertuples()):
            y = 26 + i * 50
            rule(sheet, y - 4)
            board.write(0, y + 10, wrap(row.step, CHART_PX, lines=1)[0])
            for x, value, color, column in (
                (0, row.removed, ACCENT, "removed"),
                (half + 16, row.cells_changed, INK, ""),
            ):
                largest = max(float((rows[column] if column else rows["cells_changed"]).max()), 1.0)
                length = max(value, 0) / largest * (half - 66)
                sheet.fill_between([x, x + length], y + 22, y + 36, color=color if column else MUTED, lw=0)
                words = number(value, "contacts") if value else "none"
                board.write(x + length + (5 if value else 0), y + 29, words, color=INK if value else MUTED)
        rule(sheet, 22 + len(rows) * 50)
        if len(rows):
            first, last = number(rows["rows_in"].iloc[0], "contacts"), number(rows["rows_out"].iloc[-1], "contacts")
            board.write(0, 36 + len(rows) * 50, f"Rows that came in: {first}; that remain: {last}.", bold=True)
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def _ordered(rows: pd.DataFrame, order: str | Sequence[str], min_n: int) -> pd.DataFrame:
    if order == "given":
        return rows
    if isinstance(order, str):
        rows = rows.sort_values(order, ascending=False, na_position="last", kind="stable")
        small = (rows["n"] < min_n) if "n" in rows else pd.Series(False, index=rows.index)
        return pd.concat([rows[~small], rows[small]]).reset_index(drop=True)
    place = {label: i for i, label in enumerate(order)}
    return rows.sort_values("label", key=lambda c: c.map(place).fillna(len(place)), kind="stable").reset_index(
        drop=True
    )


def _rows_axis(board: Canvas, top: float, count: int, low: float, high: float, unit: str) -> Axes:
    ax = board.axes(LABEL_PX, top, CHART_PX - LABEL_PX - VALUE_PX - 12, max(count, 1) * ROW_PX)
    at = next((few for count in (2, 4, 6) if len(few := ticks(low, high, unit, count)) > 1), [low])
    labels = tick_labels(at, unit)
    if sum(text_width(label) + 10 for label in labels) > CHART_PX - LABEL_PX - VALUE_PX:
        at, labels = [at[0], at[-1]], [labels[0], labels[-1]]
    ax.set(xlim=(low, high), ylim=(max(count, 1) - 0.5, -0.5), yticks=[])
    ax.set_xticks(at, labels)
    ax.grid(axis="x")
    return ax


def _above(board: Canvas, ax: Axes, value: float, words: str, y: float) -> None:
    low, high = ax.get_xlim()
    x = LABEL_PX + (value - low) / (high - low) * (CHART_PX - LABEL_PX - VALUE_PX - 12)
    half = text_width(words) / 2
    board.write(min(max(x, half), CHART_PX - half), y, words, ha="center")


def _values(board: Canvas, y: float, first: str, second: str, color: str, *, bold: bool) -> None:
    up = LINE_PX / 2 - 0.5 if second else 0
    board.write(CHART_PX, y - up, first, bold=bold, color=color, ha="right")
    if second:
        board.write(CHART_PX, y + up, second, color=color if bold else MUTED, ha="right")


def _interval_row(
    board: Canvas, sheet: Axes, ax: Axes, i: int, row: Any, top: float, unit: str, *, zero: bool, min_n: int
) -> None:
    small = row.n < min_n
    certainty = getattr(row, "certainty", "sure")
    strong = not small and certainty in ("sure", "likely") and not is_missing(row.value)
    color = ACCENT if strong else CONTEXT
    y = top + (i + 0.5) * ROW_PX
    rule(sheet, top + i * ROW_PX)
    row_label(board, 0, y, row.label, LABEL_PX - 12, color=INK if strong else MUTED)
    if zero:
        ax.barh([i], [row.value], height=0.42, color=color, alpha=0.85 if not is_missing(row.lo) else 1, lw=0)
    ax.hlines([i], row.lo, row.hi, color=INK if zero else color, lw=1.2 if zero else 2.4, alpha=1 if zero else 0.55)
    ax.plot([row.previous], [i], "o", mfc="white", mec=MUTED, ms=6.5, mew=1.3)
    if not zero:
        ax.plot([row.value], [i], "o", color=color, ms=8, mec="white", mew=1)
    first = number(row.value, unit)
    count = "" if is_missing(row.n) or (unit == "contacts" and row.n == row.value) else f"n {number(row.n, 'contacts')}"
    if small:
        count = f"{count}, too few" if count else "too few"
    elif certainty in ("within noise", "cannot tell"):
        first, count = f"{first}, {count}" if count else first, str(certainty)
    _values(board, y, first, count, INK if strong else MUTED, bold=False)
