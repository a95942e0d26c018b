"""What a realistic change would bring: one row a factor, its effect with the interval about zero, the change in words."""

from __future__ import annotations

import pandas as pd

from voc.report.canvas import Picture, canvas
from voc.report.charts.flow import numeric
from voc.report.charts.forest import STRONG, about, differences, dot, sides, two_lines
from voc.report.marks import rule
from voc.report.style import CHART_PX, INK, MISSING, RULE, change, cut, interval, is_missing

ROW, TRACK, TOP, EDGE = 66, 48, 22, 6  # px


def effects(
    frame: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    alt: str,
    words: tuple[str, str] = ("CSAT falls", "CSAT rises"),
) -> Picture:
    """Draw one row a factor: the effect of its change in points, coloured where it is sure or likely, grey otherwise.

    ``frame``, in the order of the rows: ``label``, ``change`` (words such as "from 11 to 4 min"), ``effect``, ``lo``,
    ``hi`` in points, ``certainty``. ``words`` name the two sides of zero.

    >>> frame = pd.DataFrame({"label": ["reply"], "change": ["from 11 to 4 min"], "effect": [3.0], "lo": [1.0], "hi": [5.0]})
    >>> effects(frame.assign(certainty="sure"), title="t", subtitle="s", alt="quicker replies bring 3 points").alt
    'quicker replies bring 3 points'
    """
    rows = numeric(frame, "effect", "lo", "hi")
    scale = differences(rows, [("effect", "lo", "hi")])
    height, width = max(len(rows), 1) * ROW, CHART_PX - 2 * EDGE
    with canvas(TOP + height + 26) as board:
        sheet = board.sheet()
        sides(board, scale, words, EDGE, width, 9)
        ax = about(board, scale, EDGE, TOP, width, height)
        for i, row in enumerate(rows.to_dict("records")):
            y, strong = i * ROW, row["certainty"] in STRONG and not is_missing(row["effect"])
            rule(sheet, TOP + y)
            known = not is_missing(row["effect"])
            figure = f"{change(row['effect'], 'pts')} ({_ends(row)})" if known else MISSING
            left, right = (cut(row["label"]), cut(row["change"], 90)), (figure, str(row["certainty"]))
            two_lines(board, TOP + y + 13, left, right, CHART_PX, strong=strong)
            ax.hlines([y + TRACK], *ax.get_xlim(), color=RULE, lw=1)
            ax.vlines([0], y + TRACK - 9, y + TRACK + 9, color=INK, lw=1)
            dot(ax, y + TRACK + 0.5, row["effect"], row["lo"], row["hi"], strong=strong)
        rule(sheet, TOP + height)
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def _ends(row: dict) -> str:
    return interval(row["lo"], row["hi"], "pts", signed=True, bare=True)
