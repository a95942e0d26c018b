"""Branches with the part that each carries: a bar from zero with its interval, the name above or beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from voc.report.canvas import Picture, canvas, wrap
from voc.report.marks import LINE_PX, boxes, rule
from voc.report.style import ACCENT, ACCENT_SOFT, CHART_PX, CONTEXT, INK, MUTED, is_missing

INDENT, VALUE_PX = 16, 46
LABEL_LINES = 4
CEILING = 150.0  # per cent at which an interval is cut: it says «far more than all» from here on


@dataclass(frozen=True)
class Branch:
    """One row: its name, how deep it stands, the part in per cent with its interval, a note below, and how it looks.

    ``look`` is ``taken`` (accent), ``rival`` (soft) or ``faint`` (grey: chance can make it).
    """

    label: str
    value: float
    lo: float = float("nan")
    hi: float = float("nan")
    level: int = 0
    note: str = ""
    look: str = "taken"


LOOKS = {"taken": ACCENT, "rival": ACCENT_SOFT, "faint": CONTEXT}


def branches(rows: Sequence[Branch], *, title: str, subtitle: str, alt: str) -> Picture:
    """Draw branches below each other, indented by level, each with a bar of the part that it carries.

    Names take the full width above their bar, so that they stay readable on a phone.

    >>> branches([Branch("from South", 8.0, 6.5, 9.7)], title="t", subtitle="s", alt="South 8%").alt
    'South 8%'
    """
    names = [wrap(row.label, CHART_PX - INDENT * row.level - 2, lines=LABEL_LINES) for row in rows]
    notes = [wrap(row.note, CHART_PX - INDENT * row.level - 2, lines=2) if row.note else [] for row in rows]
    high = max([20.0, *(min(end, CEILING) for row in rows for end in (row.value, row.hi) if not is_missing(end))])
    deepest = max((row.level for row in rows), default=0) * INDENT
    scale = (CHART_PX - deepest - VALUE_PX) / high
    heights = [LINE_PX * (len(name) + len(note)) + 26 for name, note in zip(names, notes, strict=True)]
    y = 2.0
    with canvas(y + sum(heights) + 4) as board:
        sheet = board.sheet()
        stems: dict[int, float] = {}
        for row, name, note, height in zip(rows, names, notes, heights, strict=True):
            x, color = INDENT * row.level, LOOKS[row.look]
            if row.level == 0:
                rule(sheet, y)
            elif row.level - 1 in stems:
                left = x - INDENT + 5
                sheet.plot([left, left, x - 3], [stems[row.level - 1], y + 12, y + 12], color=CONTEXT, lw=1)
            for i, line in enumerate(name):
                board.write(x, y + 12 + i * LINE_PX, line, color=MUTED if row.look == "faint" else INK)
            bar = y + LINE_PX * len(name) + 9
            length = min(max(row.value, 0.0), CEILING) * scale
            boxes(sheet, [(x, bar - 5, x + length, bar + 5)], fc=color)
            end = length
            if not is_missing(row.lo):
                low, end = (min(max(edge, 0.0), CEILING) * scale for edge in (row.lo, row.hi))
                inside = min(end, length)
                sheet.plot([x + low, x + inside], [bar, bar], color="white", lw=1.5, solid_capstyle="butt")
                sheet.plot([x + inside, x + end], [bar, bar], color=INK, lw=1.3, solid_capstyle="butt")
            faint = row.look == "faint"
            board.write(
                x + max(length, end) + 5,
                bar,
                f"{row.value:.0f}%",
                color=MUTED if faint else INK,
                bold=row.look == "taken",
            )
            for i, line in enumerate(note):
                board.write(x, bar + 15 + i * LINE_PX, line, color=MUTED)
            stems[row.level] = bar + 8 + LINE_PX * len(note)
            y += height
    return board.picture(title=title, subtitle=subtitle, alt=alt)
