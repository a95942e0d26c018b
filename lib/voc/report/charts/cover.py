"""Which days each source delivered: completeness is shown, never averaged over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from voc.report.canvas import Canvas, Picture, canvas, wrap
from voc.report.marks import boxes, date_axis, row_label, rule
from voc.report.style import CHART_PX, MUTED, RULE, WORSE, day_label, is_missing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOOKS: tuple[dict[str, Any], ...] = ({"fc": "white", "ec": RULE, "lw": 0.6}, {"fc": "#cfdfee"}, {"fc": "#6fa2d0"})


def coverage(frame: pd.DataFrame, *, title: str, subtitle: str, alt: str) -> Picture:
    """Draw which days or weeks each source delivered: one strip a source, flagged days marked and dated.

    ``frame``: ``day`` (date), ``source``, ``rows`` (count), ``flag`` (True, or the reason in words; False or empty when
    all is well). More than 120 days are drawn by the week. Pale cells hold under half of the source's own
    usual count (the median), white ones nothing; flagged runs get a red mark below and their dates in words, at most
    three a source.

    >>> frame = pd.DataFrame({"day": ["2026-10-01"], "source": ["calls"], "rows": [10], "flag": [False]})
    >>> coverage(frame, title="t", subtitle="s", alt="calls are complete").alt
    'calls are complete'
    """
    rows = frame.assign(
        day=pd.to_datetime(frame["day"]), bad=frame["flag"].map(lambda f: bool(f) and not is_missing(f))
    )
    weekly = rows["day"].nunique() > 120
    step = pd.Timedelta(days=7 if weekly else 1)
    first, last = rows["day"].min(), rows["day"].max()
    slots = int((last - first) / step) + 1 if len(rows) else 1
    rows["slot"] = ((rows["day"] - first) / step).astype(int) if len(rows) else 0
    sources = list(dict.fromkeys(rows["source"]))
    left, high = 112, 62
    width = (CHART_PX - left) / slots
    with canvas(len(sources) * high + 58) as board:
        sheet = board.sheet()
        for i, source in enumerate(sources):
            mine, y = rows[rows["source"] == source], i * high
            rule(sheet, y)
            row_label(board, 0, y + 20, source, left - 10)
            counts = mine.groupby("slot")["rows"].sum().reindex(range(slots), fill_value=0)
            daily = counts / np.minimum((last - first).days + 1 - np.arange(slots) * step.days, step.days)
            usual = float(daily[counts > 0].median()) if (counts > 0).any() else 1.0
            slim = 1 if width > 4 else 0
            level = np.where(counts == 0, 0, np.where(daily < usual / 2, 1, 2))
            for shade, look in enumerate(LOOKS):
                at = np.flatnonzero(level == shade)
                corners = [(left + k * width, y + 9, left + (k + 1) * width - slim, y + 31) for k in at]
                boxes(sheet, corners, **look)
            _flags(board, sheet, mine[mine["bad"]], first, step, left, width, y)
        rule(sheet, len(sources) * high)
        if len(rows):
            marks = [day_label(first), day_label(last)]
            date_axis(board, len(sources) * high + 2, [left, CHART_PX], marks, ends=True)
            cell = "week" if weekly else "day"
            words = f"One cell is a {cell}. Pale: under half of the source's usual rows. White: none."
            for k, line in enumerate(wrap(words, CHART_PX)):
                board.write(0, len(sources) * high + 32 + 16 * k, line, color=MUTED)
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def _flags(board: Canvas, sheet: Axes, bad: pd.DataFrame, first: Any, step: Any, left: float, width: float, y: float):
    """Mark flagged runs below a source's strip and write their dates."""
    if not len(bad):
        board.write(left, y + 46, "complete", color=MUTED)
        return
    days = bad.drop_duplicates("day").sort_values("day").reset_index(drop=True)
    runs = days.groupby((days["day"].diff() > step).cumsum())
    words = []
    for _, run in runs:
        a, b = run["day"].iloc[0], run["day"].iloc[-1]
        x0, x1 = (left + ((day - first) / step) * width for day in (a, b + pd.Timedelta(days=1)))
        sheet.fill_between([x0, max(x1, x0 + 3)], y + 33, y + 36, color=WORSE, lw=0)
        reason = run["flag"].iloc[0]
        span_words = day_label(a, year=False) if a == b else f"{day_label(a, year=False)} – {day_label(b, year=False)}"
        words.append(span_words + (f": {reason}" if isinstance(reason, str) else ""))
    text = "; ".join(words[:3]) + (f" and {len(words) - 3} more" if len(words) > 3 else "")
    board.write(left, y + 47, wrap(text, CHART_PX - left, lines=1)[0], color=WORSE)
