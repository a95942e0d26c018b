"""How much faster customers leave: hazard ratios with intervals on a logarithmic axis about one, each said in words."""

from __future__ import annotations

import pandas as pd

from voc.report.canvas import Picture, canvas
from voc.report.charts.flow import numeric
from voc.report.charts.forest import STRONG, about, dot, ratios_scale, sides, two_lines
from voc.report.marks import rule
from voc.report.style import CHART_PX, INK, RULE, cut, is_missing

ROW, TRACK, TOP, EDGE = 66, 48, 22, 6  # px
UNKNOWN = "cannot tell"


def faster(ratio: float) -> str:
    """Say a hazard ratio in words.

    >>> faster(1.8), faster(0.62), faster(1.02)
    ('leave 1.8 times as fast', 'leave more slowly, 0.62 times as fast', 'leave about as fast')
    """
    if is_missing(ratio):
        return UNKNOWN
    if 0.95 <= ratio <= 1.05:
        return "leave about as fast"
    return f"leave {ratio:.1f} times as fast" if ratio > 1 else f"leave more slowly, {ratio:.2f} times as fast"


def ratios(frame: pd.DataFrame, *, title: str, subtitle: str, alt: str) -> Picture:
    """Draw one row a covariate: its hazard ratio with the interval, coloured where it is sure or likely, grey otherwise.

    ``frame``, in the order of the rows: ``label``, ``ratio``, ``lo``, ``hi``, ``certainty``; optional ``why`` says why a row
    without a ratio has none.

    >>> frame = pd.DataFrame({"label": ["not solved"], "ratio": [1.8], "lo": [1.5], "hi": [2.2], "certainty": ["sure"]})
    >>> ratios(frame, title="t", subtitle="s", alt="not solved: 1.8 times as fast").alt
    'not solved: 1.8 times as fast'
    """
    rows = numeric(frame, "ratio", "lo", "hi")
    scale = ratios_scale(rows, [("ratio", "lo", "hi")])
    height, width = max(len(rows), 1) * ROW, CHART_PX - 2 * EDGE
    with canvas(TOP + height + 26) as board:
        sheet = board.sheet()
        sides(board, scale, ("leave more slowly", "leave faster"), EDGE, width, 9)
        ax = about(board, scale, EDGE, TOP, width, height)
        for i, row in enumerate(rows.to_dict("records")):
            y, known = i * ROW, not is_missing(row["ratio"])
            strong = known and row["certainty"] in STRONG
            rule(sheet, TOP + y)
            figure = f"{row['ratio']:.2f}× ({row['lo']:.2f}–{row['hi']:.2f})" if known else ""
            said = faster(row["ratio"]) if known else cut(row.get("why"), 60) or UNKNOWN
            word = str(row["certainty"])
            two_lines(board, TOP + y + 13, (cut(row["label"]), said), (figure, word), CHART_PX, strong=strong)
            ax.hlines([y + TRACK], *ax.get_xlim(), color=RULE, lw=1)
            ax.vlines([1], y + TRACK - 9, y + TRACK + 9, color=INK, lw=1)
            dot(ax, y + TRACK, row["ratio"], row["lo"], row["hi"], strong=strong)
        rule(sheet, TOP + height)
    return board.picture(title=title, subtitle=subtitle, alt=alt)
