"""How much faster customers leave: hazard ratios with intervals on a logarithmic axis about one, each said in words."""

from __future__ import annotations

import pandas as pd

from voc.report.canvas import Picture
from voc.report.charts.forest import TwoLines, forest, ratios_scale
from voc.report.scales import numeric
from voc.report.style import cut, is_missing

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
    words = ("leave more slowly", "leave faster")
    return forest(rows, "ratio", scale, words, _said, title=title, subtitle=subtitle, alt=alt)


def _said(row: dict) -> TwoLines:
    known = not is_missing(row["ratio"])
    figure = f"{row['ratio']:.2f}× ({row['lo']:.2f}–{row['hi']:.2f})" if known else ""
    words = faster(row["ratio"]) if known else cut(row.get("why"), 60) or UNKNOWN
    return (cut(row["label"], 42), words), (figure, str(row["certainty"]))
