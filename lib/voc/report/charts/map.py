"""The map of what customers say as pictures: how much, in which mood, and which topics belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from voc.report.canvas import Canvas, Picture, canvas, text_width, wrap
from voc.report.marks import LINE_PX, boxes, rule
from voc.report.style import (
    ACCENT,
    ACCENT_SOFT,
    BETTER,
    CHART_PX,
    CONTEXT,
    INK,
    MUTED,
    WORSE,
    change,
    cut,
    is_missing,
    number,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABEL_PX, VALUE_PX, INDENT = 150, 92, 16
PALE = {"negative": "#dfb5a7", "positive": "#a3cbc4"}  # the hues of worse and better, for what is no more than usual
STRONG = {"negative": WORSE, "positive": BETTER}
REAL = ("sure", "likely")


def shares(frame: pd.DataFrame, *, title: str, subtitle: str, alt: str) -> Picture:
    """Draw the share of each line as a bar from zero with its interval, in colour only where it surely or likely changed.

    ``frame``, in the order of the rows: ``label``, ``value``, ``lo``, ``hi`` (%); optional ``change`` (points),
    ``certainty`` and ``faint`` (True: an unstable topic, in grey and said so).

    >>> frame = pd.DataFrame({"label": ["login"], "value": [4.0], "lo": [3.0], "hi": [5.2]})
    >>> shares(frame, title="t", subtitle="s", alt="login 4%").alt
    'login 4%'
    """
    rows = _rows(frame, "value", "lo", "hi", "change")
    labels = [wrap(cut(row.label, 90), LABEL_PX - 12) for row in rows.itertuples()]
    rows["second"] = [_moved(row) for row in rows.itertuples()]
    lines = [max(len(label), 1 + bool(second)) for label, second in zip(labels, rows["second"], strict=True)]
    heights = [LINE_PX * count + 13 for count in lines]
    high = float(np.nanmax([*rows["hi"], *rows["value"], 1e-9]))
    top, room = 2, CHART_PX - LABEL_PX - VALUE_PX
    with canvas(top + sum(heights) + 4) as board:
        sheet = board.sheet()
        y = float(top)
        for row, label, height in zip(rows.itertuples(), labels, heights, strict=True):
            real = row.certainty in REAL and not row.faint
            middle, ink = y + height / 2, MUTED if row.faint else INK
            rule(sheet, y)
            _write_label(board, 0, middle, label, ink)
            ends = [LABEL_PX + max(end, 0) / high * room for end in (row.value, row.lo, row.hi)]
            boxes(sheet, [(LABEL_PX, middle - 6, ends[0], middle + 6)], fc=ACCENT if real else CONTEXT)
            sheet.plot(ends[1:], [middle, middle], color=INK, lw=1.2, solid_capstyle="butt")
            up = LINE_PX / 2 if row.second else 0
            board.write(CHART_PX, middle - up, number(row.value, "%"), ha="right", color=ink)
            if row.second:
                board.write(CHART_PX, middle + up, row.second, ha="right", color=ACCENT if real else MUTED, bold=real)
            y += height
        rule(sheet, y)
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def _moved(row: Any) -> str:
    if row.faint:
        return "unstable"
    if row.certainty not in REAL or is_missing(row.change):
        return ""
    return f"{'▲' if row.change > 0 else '▼'} {change(row.change, '%')}"


def moods(frame: pd.DataFrame, *, title: str, subtitle: str, alt: str) -> Picture:
    """Draw the negative and the positive share of each line to both sides of a zero line, each with its interval.

    ``frame``, in the order of the rows: ``label``; ``negative``, ``positive`` (%) and of both ``_lo``, ``_hi``, ``_certainty``
    (that it differs from all others: strong colour, else pale); optional ``n``, ``note`` (a word below the label), and
    ``negative_all``, ``positive_all`` (in the first row: shares of all, drawn as thin lines). What is left to 100 % is neutral.

    >>> side = {"negative": [40.0], "negative_lo": [30.0], "negative_hi": [50.0], "negative_certainty": ["sure"]}
    >>> frame = pd.DataFrame({"label": ["login"], **side, **{k.replace("negative", "positive"): v for k, v in side.items()}})
    >>> moods(frame, title="t", subtitle="s", alt="login 40% negative").alt
    'login 40% negative'
    """
    sides = ("negative", "positive")
    rows = _rows(frame, *(f"{side}{part}" for side in sides for part in ("", "_lo", "_hi", "_all")), "n")
    labels = [wrap(cut(row.label, 90), LABEL_PX - 12) + wrap(row.note, LABEL_PX - 12) * bool(row.note) for row in rows.itertuples()]  # fmt: skip
    heights = [max(LINE_PX * len(label) + 11, 30) for label in labels]
    most = [float(np.nanmax([*rows[f"{side}_hi"], *rows[side], *rows[f"{side}_all"].fillna(0), 5])) for side in sides]
    figure = text_width("100%") + 6
    scale = (CHART_PX - LABEL_PX - 2 * figure) / sum(most)  # px a point
    zero = LABEL_PX + figure + most[0] * scale
    top = 24 + (18 if rows["negative_all"].notna().any() else 0)
    with canvas(top + sum(heights) + 4) as board:
        sheet = board.sheet()
        board.write(zero - 6, 10, "← negative", color=WORSE, ha="right", bold=True)
        board.write(zero + 6, 10, "positive →", color=BETTER, bold=True)
        _all_lines(board, sheet, rows, zero, scale, top, top + sum(heights))
        y = float(top)
        for row, label, height in zip(rows.itertuples(), labels, heights, strict=True):
            middle = y + height / 2
            rule(sheet, y)
            _write_label(board, 0, middle, label, INK, last=MUTED if row.note else INK)
            for side, sign in zip(sides, (-1, 1), strict=True):
                _mood_bar(board, sheet, row, side, zero, sign * scale, middle)
            y += height
        sheet.plot([zero, zero], [top, y], color=INK, lw=1)
        rule(sheet, y)
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def _mood_bar(board: Canvas, sheet: Axes, row: Any, side: str, zero: float, scale: float, y: float) -> None:
    value, lo, hi = (getattr(row, f"{side}{part}") for part in ("", "_lo", "_hi"))
    if is_missing(value):
        return
    real = getattr(row, f"{side}_certainty", "") in REAL
    left, right = sorted([zero, zero + value * scale])
    boxes(sheet, [(left, y - 7, right, y + 7)], fc=(STRONG if real else PALE)[side])
    ends = [zero + end * scale for end in (lo, hi) if not is_missing(end)]
    sheet.plot(ends, [y] * len(ends), color=INK, lw=1.1, solid_capstyle="butt")
    far = max([*ends, zero + value * scale], key=lambda x: abs(x - zero))
    board.write(far + (4 if scale > 0 else -4), y, f"{value:.0f}%", ha="left" if scale > 0 else "right", bold=real)


def _all_lines(
    board: Canvas, sheet: Axes, rows: pd.DataFrame, zero: float, scale: float, top: float, end: float
) -> None:
    """Draw the shares of all contacts as thin dashed lines, named above."""
    for side, sign in (("negative", -1), ("positive", 1)):
        value = rows[f"{side}_all"].iloc[0] if len(rows) else np.nan
        if is_missing(value):
            continue
        x = zero + sign * value * scale
        sheet.plot([x, x], [top - 6, end], color=MUTED, lw=1, ls=(0, (4, 3)))
        words = f"all {value:.0f}%"
        inside = min(x - 4, CHART_PX - text_width(words)) if sign > 0 else max(x + 4, LABEL_PX + text_width(words))
        board.write(inside, 28, words, color=MUTED, ha="left" if sign > 0 else "right")


def tree(frame: pd.DataFrame, *, title: str, subtitle: str, alt: str) -> Picture:
    """Draw families of topics as an indented list with bars.

    ``frame``, in the order of the rows: ``label``, ``level`` (0 a family, 1 a topic of it), ``value`` (contacts); optional
    ``faint`` (an unstable topic, in grey and said so).

    >>> frame = pd.DataFrame({"label": ["parcels", "late"], "level": [0, 1], "value": [9, 5]})
    >>> tree(frame, title="t", subtitle="s", alt="one family").alt
    'one family'
    """
    rows = _rows(frame, "value", "level")
    left, room = 262, CHART_PX - 262 - 52
    labels = [
        wrap(
            cut(row.label, 90) + (", unstable" if row.faint else ""),
            left - 22 - INDENT * row.level,
            bold=row.level == 0,
        )
        for row in rows.itertuples()
    ]
    heights = [LINE_PX * len(label) + (12 if row.level == 0 else 6) for label, row in zip(labels, rows.itertuples(), strict=True)]  # fmt: skip
    inner = rows.loc[rows["level"] > 0, "value"]
    high = max(float(inner.max() if len(inner) else 0), 1.0)
    y, stem = 2.0, 0.0
    with canvas(sum(heights) + 6) as board:
        sheet = board.sheet()
        for row, label, height in zip(rows.itertuples(), labels, heights, strict=True):
            middle, x = y + height / 2 + (2 if row.level == 0 else 0), INDENT * row.level
            _write_label(board, x, middle, label, MUTED if row.faint else INK, bold=row.level == 0)
            if row.level == 0:
                rule(sheet, y)
                stem = middle + LINE_PX * len(label) / 2
            else:
                sheet.plot([5, 5, x - 3], [stem, middle, middle], color=CONTEXT, lw=1)
                length = max(row.value, 0) / high * room
                boxes(sheet, [(left, middle - 5, left + length, middle + 5)], fc=CONTEXT if row.faint else ACCENT_SOFT)
            known = not is_missing(row.value)
            board.write(
                CHART_PX, middle, number(row.value, "contacts") if known else "", ha="right", bold=row.level == 0
            )
            y += height
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def _write_label(
    board: Canvas, x: float, y: float, lines: list[str], color: str, *, bold: bool = False, last: str | None = None
) -> None:
    """Write the lines of a label around the middle ``y``; ``last`` is the colour of its last line."""
    for i, line in enumerate(lines):
        hue = last if last and i == len(lines) - 1 and len(lines) > 1 else color
        board.write(x, y + (i - (len(lines) - 1) / 2) * (LINE_PX - 1), line, color=hue, bold=bold)


def _rows(frame: pd.DataFrame, *numeric: str) -> pd.DataFrame:
    rows = frame.reset_index(drop=True).copy()
    for name in numeric:
        rows[name] = pd.to_numeric(rows[name], errors="coerce").astype(float) if name in rows else np.nan
    for name, usual in (("faint", False), ("certainty", ""), ("note", "")):
        rows[name] = rows[name].fillna(usual) if name in rows else usual
    return rows
