"""All together against the same kind of contact: two effects a driver about zero, and what becomes of the first in the second."""

from __future__ import annotations

import pandas as pd

from voc.report.canvas import Picture, canvas, text_width, wrap
from voc.report.charts.forest import about, differences, dot, sides
from voc.report.marks import rule
from voc.report.scales import numeric
from voc.report.style import ACCENT, CHART_PX, INK, MUTED, RULE, change, cut

ROW, LINE, TOP = 76, 21, 22  # px
NAMES = ("pooled", "within")
SAID = ("all together", "same kind of contact")
LEFT, RIGHT = 140, 52  # px for the names of the two dots, and for their figures
REVERSED = "reversed"


def slopes(
    frame: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    alt: str,
    words: tuple[str, str] = ("CSAT falls", "CSAT rises"),
    said: tuple[str, str] = SAID,
) -> Picture:
    """Draw two dots a driver: its effect over all contacts, and among contacts of one kind; a reversed pair is coloured.

    ``frame``, in the order of the rows: ``label``, ``step`` (words such as "per doubling"), ``pooled``, ``pooled_lo``,
    ``pooled_hi``, ``within``, ``within_lo``, ``within_hi`` in points, ``reading`` (what became of it: "reversed", "alike", …). ``said`` names the two dots, ``words`` the sides of zero.

    >>> frame = pd.DataFrame({"label": ["time"], "step": ["per doubling"], "pooled": [-2.0], "pooled_lo": [-3.0], "pooled_hi": [-1.0]})
    >>> frame = frame.assign(within=1.0, within_lo=0.2, within_hi=1.8, reading="reversed")
    >>> slopes(frame, title="t", subtitle="s", alt="time turns round").alt
    'time turns round'
    """
    sets = [(name, f"{name}_lo", f"{name}_hi") for name in NAMES]
    rows = numeric(frame, *(column for names in sets for column in names))
    scale = differences(rows, sets)
    height, width = max(len(rows), 1) * ROW, CHART_PX - LEFT - RIGHT
    with canvas(TOP + height + 26) as board:
        sheet = board.sheet()
        sides(board, scale, words, LEFT, width, 9)
        ax = about(board, scale, LEFT, TOP, width, height)
        for i, row in enumerate(rows.to_dict("records")):
            y, turned = i * ROW, row["reading"] == REVERSED
            rule(sheet, TOP + y)
            _names(board, row, TOP + y + 14, turned)
            for k, (dots, (name, lo, hi)) in enumerate(zip(said, sets, strict=True)):
                at = y + 35 + k * LINE
                ax.hlines([at], *ax.get_xlim(), color=RULE, lw=1)
                dot(ax, at, row[name], row[lo], row[hi], strong=turned, hollow=not k)
                board.write(0, TOP + at, dots, color=MUTED)
                figure = change(row[name], "pts", bare=True)
                board.write(CHART_PX, TOP + at, figure, ha="right", bold=turned, color=ACCENT if turned else INK)
            ax.vlines([0], y + 26, y + 35 + LINE + 9, color=INK, lw=1)
        rule(sheet, TOP + height)
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def _names(board, row: dict, y: float, turned: bool) -> None:
    """Write the driver with its step on the left and the reading on the right."""
    reading = ("⇄ " if turned else "") + str(row["reading"])
    room = CHART_PX - text_width(reading, bold=turned) - 12
    name = wrap(cut(row["label"]), room, lines=1)[0]
    board.write(0, y, name)
    step, used = str(row["step"] or ""), 1.06 * text_width(name) + 10  # a reader's font may be wider
    if step and used + text_width(step) <= room:
        board.write(used, y, step, color=MUTED)
    board.write(CHART_PX, y, reading, ha="right", bold=turned, color=ACCENT if turned else MUTED)
