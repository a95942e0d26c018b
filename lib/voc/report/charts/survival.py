"""Who is still a customer: Kaplan–Meier steps of two or three groups with their bands, and how many are still watched below."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc.report.canvas import Canvas, Picture, canvas, text_width, wrap
from voc.report.charts.flow import spread_out
from voc.report.scales import numeric, tick_labels, ticks
from voc.report.style import ACCENT, CHART_PX, MUTED, number

COLORS = (ACCENT, MUTED, "#b34a00")  # dark enough for text
HIGH, LINE = 200, 17  # px: the steps, a line of words
DAYS = (30, 60, 90, 120, 180, 270, 365, 540, 730, 1095, 1460, 1825)


def survival(frame: pd.DataFrame, *, title: str, subtitle: str, alt: str) -> Picture:
    """Draw per cent kept over days as steps with bands, each group named at its end, numbers at risk below.

    ``frame``: ``group`` (words; at most three are drawn, in the order given), ``day``, ``kept_pct``, ``lo``, ``hi`` (0–100),
    ``at_risk`` (customers still watched). The axis of per cents begins where the lowest band needs it and says so.

    >>> frame = pd.DataFrame({"group": "all", "day": [0, 30], "kept_pct": [100.0, 90.0], "lo": [100.0, 80.0], "hi": 100.0})
    >>> survival(frame.assign(at_risk=[10, 9]), title="t", subtitle="s", alt="nine of ten stay").alt
    'nine of ten stay'
    """
    rows = numeric(frame, "day", "kept_pct", "lo", "hi", "at_risk")
    groups = {str(name): part.sort_values("day") for name, part in rows.groupby("group", sort=False)}
    groups = dict(list(groups.items())[: len(COLORS)])
    ends = {name: number(part["kept_pct"].iloc[-1], "%") for name, part in groups.items()}
    right = max([text_width(end, bold=True) for end in ends.values()] + [20]) + 10
    last = float(rows["day"].max()) if len(rows) else 1.0
    low = _floor(rows)
    at = ticks(low, 100, "%", 4)
    left, top = max(text_width(label) for label in tick_labels(at, "%")) + 8, 20 + LINE * len(groups)
    width = CHART_PX - left - right
    with canvas(top + HIGH + 46 + LINE * (len(groups) + 1)) as board:
        sheet = board.sheet()
        for i, name in enumerate(groups):
            sheet.plot([1, 19], [9 + i * LINE] * 2, color=COLORS[i], lw=2.6, solid_capstyle="butt")
            board.write(25, 9 + i * LINE, wrap(name, CHART_PX - 25, lines=1)[0], color=COLORS[i], bold=True)
        ax = board.axes(left, top, width, HIGH)
        days = _days(last)
        ax.set(xlim=(0, max(last, 1)), ylim=(low, 100))
        ax.set_yticks(at, tick_labels(at, "%"))
        ax.set_xticks(days, [f"{day:,}" for day in days])
        ax.tick_params(axis="x", pad=7)
        ax.grid(axis="y")
        for color, part in zip(COLORS, groups.values(), strict=False):
            ax.fill_between(part["day"], part["lo"], part["hi"], step="post", color=color, alpha=0.15, lw=0)
            ax.step(part["day"], part["kept_pct"], where="post", color=color, lw=2)
        heights = [top + HIGH * (100 - part["kept_pct"].iloc[-1]) / (100 - low) for part in groups.values()]
        for color, end, y in zip(COLORS, ends.values(), spread_out(heights, top + HIGH), strict=False):
            board.write(left + width + 6, y, end, color=color, bold=True)
        board.write(CHART_PX, top + HIGH + 14, "days", color=MUTED, ha="right")
        _at_risk(board, groups, days, (left, width, top + HIGH + 36), max(last, 1))
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def _floor(rows: pd.DataFrame) -> float:
    """Return where the axis of per cents begins: a round value below the lowest band, never above 90."""
    lowest = np.nanmin([*rows["lo"], *rows["kept_pct"], 100.0])
    return float(min(max(np.floor(lowest / 10) * 10, 0), 90))


def _days(last: float) -> list[int]:
    """Choose at most five round days that lie apart, from the beginning on."""
    inside = [day for day in DAYS if day <= last * 1.001]
    kept = [0]
    for day in inside:
        if day - kept[-1] >= last / 5.5:
            kept.append(day)
    return kept


def _at_risk(board: Canvas, groups: dict, days: list[int], box: tuple[float, float, float], last: float) -> None:
    """Write how many of each group are still watched at the axis' days."""
    left, width, y = box
    board.write(0, y, "Still watched", color=MUTED)
    for i, part in enumerate(groups.values()):
        for day in days:
            known = part[part["day"] <= day]
            if len(known):
                n = number(known["at_risk"].iloc[-1], "contacts")
                board.write(left + day / last * width, y + LINE * (i + 1), n, color=COLORS[i], ha="center")
