"""Small pieces that several charts share: the key line, date labels, row labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from voc.report.canvas import Canvas, text_width, wrap
from voc.report.style import ACCENT, ACCENT_SOFT, BAND, CHART_PX, CONTEXT, INK, MUTED, RULE, cut

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SOFTER = "#cfdfef"  # a band of the accent
LINE_PX = 17  # one line of text inside a chart
SAMPLES: dict[str, dict[str, Any]] = {
    "target": {"color": MUTED, "lw": 1, "ls": (0, (4, 3))},
    "season": {"color": CONTEXT, "lw": 1.6, "ls": (0, (1, 1.5))},
    "interval": {"color": ACCENT_SOFT, "lw": 2},
    "band": {"color": BAND, "lw": 11, "solid_capstyle": "butt"},
    "adjusted": {"color": SOFTER, "lw": 11, "solid_capstyle": "butt"},
    "before": {"color": MUTED, "marker": "o", "mfc": "white", "ms": 6.5, "mew": 1.3, "lw": 0},
    "seen": {"color": MUTED, "marker": "o", "ms": 4.4, "mew": 0, "lw": 0},
    "fan": {"color": ACCENT_SOFT, "lw": 11, "solid_capstyle": "butt"},
    "may": {"color": ACCENT, "lw": 1.2},
    "outline": {"color": MUTED, "marker": "s", "mfc": "none", "ms": 9, "mew": 1.2, "lw": 0},
}


def key_px(items: Sequence[tuple[str, str]], width: float = CHART_PX) -> float:
    """Return the height that :func:`draw_key` needs for ``items``.

    >>> key_px([])
    0
    """
    return LINE_PX * len(_key_lines(items, width)) + 5 if items else 0


def draw_key(
    board: Canvas, sheet: Axes, items: Sequence[tuple[str, str]], y: float = 0, width: float = CHART_PX
) -> None:
    """Write a key line of ``(sample, words)`` pairs at ``y`` px; the samples are the names in :data:`SAMPLES`."""
    for row, line in enumerate(_key_lines(items, width)):
        x, middle = 1.0, y + 9 + row * LINE_PX
        for sample, words in line:
            dot = "marker" in SAMPLES[sample]
            ends = [x + 5] if dot else [x + 4, x + 4] if sample == "interval" else [x, x + 18]
            rise = [middle - 6, middle + 6] if sample == "interval" else [middle] * len(ends)
            sheet.plot(ends, rise, **SAMPLES[sample])
            x += 14 if dot or sample == "interval" else 23
            board.write(x, middle, words, color=MUTED)
            x += text_width(words) + 14


def _key_lines(items: Sequence[tuple[str, str]], width: float) -> list[list[tuple[str, str]]]:
    lines: list[list[tuple[str, str]]] = []
    used = width
    for item in items:
        need = text_width(item[1]) + 37
        if used + need > width and (used or not lines):
            lines.append([])
            used = 0
        lines[-1].append(item)
        used += need
    return lines


def date_axis(board: Canvas, y: float, places: Sequence[float], labels: Sequence[str], *, ends: bool = False) -> None:
    """Write date labels (year on a second line) below an axis at ``y`` px; ``ends`` keeps both inside the axis."""
    for i, (x, label) in enumerate(zip(places, labels, strict=True)):
        side = ("left" if i == 0 else "right") if ends and len(labels) > 1 else "center"
        side = "right" if x + text_width(label.split("\n")[0]) / 2 > CHART_PX else side
        for row, text in enumerate(label.split("\n")):
            board.write(x, y + 10 + 15 * row, text, color=MUTED, ha=side)


def row_label(board: Canvas, x: float, y: float, text: Any, width: float, *, color: str = INK) -> None:
    """Write a row's name in one or two lines around the middle ``y`` px."""
    lines = wrap(cut(text), width)
    for i, line in enumerate(lines):
        board.write(x, y + (i - (len(lines) - 1) / 2) * (LINE_PX - 1), line, color=color)


def boxes(sheet: Axes, corners: Sequence[tuple[float, float, float, float]], **look: Any) -> None:
    """Draw many rectangles (left, top, right, bottom in px) of one look as a single shape: a small file."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if not len(corners):
        return
    points = [point for x0, y0, x1, y1 in corners for point in ((x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0))]
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY] * len(corners)
    sheet.add_patch(PathPatch(Path(points, codes), clip_on=False, **{"lw": 0, **look}))


def rule(sheet: Axes, y: float, x0: float = 0, x1: float = CHART_PX) -> None:
    """Draw a thin horizontal rule at ``y`` px."""
    sheet.plot([x0, x1], [y, y], color=RULE, lw=1, solid_capstyle="butt")
