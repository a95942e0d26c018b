"""Slow movements and sudden ones: how shares drift, and the weeks in which a channel runs over."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc.report.canvas import Canvas, Picture, canvas, text_width, wrap
from voc.report.charts.flow import dates_below, panel, spread_out
from voc.report.marks import draw_key, key_px
from voc.report.scales import log_ticks, numeric, span, tick_labels, ticks
from voc.report.style import ACCENT, ACCENT_SOFT, CHART_PX, CONTEXT, MUTED, OKABE_ITO, WORSE, day_label, number

DARK = (OKABE_ITO[0], "#b34a00", "#00705f", "#9a4d7f", "#8a6100", "#3a3d42")  # the palette, dark enough for text


def share_lines(frame: pd.DataFrame, *, title: str, subtitle: str, alt: str) -> Picture:
    """Draw each part's share over time, named at its end; those that drift in colour with their interval, the rest grey.

    ``frame``: ``label``, ``period_start`` (date), ``value`` (0–100); optional ``lo``, ``hi``, ``strong`` (True where the
    share drifts by more than chance).

    >>> months = pd.date_range("2026-08-01", periods=3, freq="MS")
    >>> frame = pd.DataFrame({"label": "chat", "period_start": months, "value": [20.0, 22.0, 24.0]})
    >>> share_lines(frame, title="t", subtitle="s", alt="chat grows").alt
    'chat grows'
    """
    rows = numeric(frame, "value", "lo", "hi")
    starts = pd.Index(sorted(pd.to_datetime(rows["period_start"]).unique()))
    wide = {name: part.set_index(pd.to_datetime(part["period_start"])).reindex(starts) for name, part in rows.groupby("label", sort=False)}  # fmt: skip
    strong = [
        name for name, part in wide.items() if "strong" in part and part["strong"].fillna(False).astype(bool).any()
    ]
    color = dict(zip(strong, DARK, strict=False))
    last = {name: part["value"].dropna().iloc[-1] for name, part in wide.items() if part["value"].notna().any()}
    ends = {name: f"{wrap(name, 92, lines=1)[0]} {number(value, '%')}" for name, value in last.items()}
    right = max([text_width(word, bold=name in color) for name, word in ends.items()] + [20]) + 12
    highest = float(np.nanmax([*rows["value"], *rows["hi"], 1.0])) * 1.04
    keys = [("band", "95% interval, where the share drifts")] if color and rows["lo"].notna().any() else []
    left, top, high = 40, key_px(keys) + 10, max(190, 19 * len(ends))
    width = CHART_PX - left - right
    with canvas(top + high + 42) as board:
        draw_key(board, board.sheet(), keys)
        ax = panel(board, (left, top, width, high), len(starts), highest, "%", 4)
        x = np.arange(len(starts))
        for name, part in sorted(wide.items(), key=lambda item: item[0] in color):
            shade = color.get(name, CONTEXT)
            if name in color:
                ax.fill_between(x, part["lo"], part["hi"], color=shade, alpha=0.16, lw=0)
            ax.plot(x, part["value"], color=shade, lw=2.2 if name in color else 1.3)
        places = spread_out([top + high * (1 - value / highest) for value in last.values()], top + high)
        for (name, word), y in zip(ends.items(), places, strict=True):
            board.write(left + width + 8, y, word, color=color.get(name, MUTED), bold=name in color)
        dates_below(board, top + high + 2, pd.Series(starts), left, width)
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def overrun(frame: pd.DataFrame, *, title: str, subtitle: str, unit: str, alt: str) -> Picture:
    """Draw one channel's weekly median on a logarithmic scale with its usual, and name the weeks that run over.

    ``frame``: ``week`` (first day), ``value``, ``lo``, ``hi``, ``usual`` in ``unit``, ``times``, ``over`` (bool).

    >>> weeks = pd.date_range("2026-09-07", periods=2, freq="7D")
    >>> frame = pd.DataFrame({"week": weeks, "value": [9.0, 30.0], "usual": 9.0, "times": [1.0, 3.3], "over": [False, True]})
    >>> overrun(frame, title="t", subtitle="s", unit="minutes", alt="one week over").alt
    'one week over'
    """
    rows = numeric(frame, "value", "lo", "hi", "usual", "times")
    over = rows["over"].fillna(False).astype(bool)
    logs = np.log10(rows[["value", "lo", "hi", "usual"]].where(lambda cells: cells > 0))
    low, high = (10**end for end in span([logs.to_numpy()], pad=0.08))
    at = log_ticks(low, high, unit)
    at = at if len(at) > 1 else [one for one in ticks(low, high, unit, 3) if one > 0]
    labels = tick_labels(at, unit)
    left = max([text_width(label) for label in labels] + [24]) + 8
    width, keys = CHART_PX - left - 6, [("season", "usual"), ("interval", "95% interval")]
    top = key_px(keys) + 26
    with canvas(top + 150 + 42) as board:
        sheet = board.sheet()
        draw_key(board, sheet, keys)
        ax = board.axes(left, top, width, 150)
        ax.set(xlim=(-0.4, max(len(rows) - 1, 0) + 0.4), ylim=(low, high), xticks=[], yscale="log")
        ax.yaxis.set_minor_locator(_none())
        ax.set_yticks(at, labels)
        ax.grid(axis="y")
        x = rows.index.to_numpy()
        ax.vlines(x, rows["lo"], rows["hi"], color=np.where(over, WORSE, ACCENT_SOFT), lw=1.6)
        ax.plot(x, rows["usual"], color=CONTEXT, lw=1.6, ls=(0, (1, 1.5)))
        ax.plot(x, rows["value"], color=ACCENT, lw=1.4)
        ax.plot(x[over], rows["value"][over], "o", color=WORSE, ms=5.5, mew=0)
        _name_runs(board, rows, over, left, width, top - 12)
        dates_below(board, top + 152, rows["week"], left, width)
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def _name_runs(board: Canvas, rows: pd.DataFrame, over: pd.Series, left: float, width: float, y: float) -> None:
    """Write when the worst run lay and how far above its usual; further ones are counted."""
    runs = [part for _, part in rows[over].groupby((~over).cumsum()[over])]
    if not runs:
        return
    worst = max(runs, key=lambda part: part["times"].max())
    days = [pd.Timestamp(worst["week"].iloc[0]), pd.Timestamp(worst["week"].iloc[-1]) + pd.Timedelta(days=6)]
    more = f" and {len(runs) - 1} more" if len(runs) > 1 else ""
    words = (
        f"{day_label(days[0], year=False)} – {day_label(days[1], year=False)}: {worst['times'].max():.1f}× usual{more}"
    )
    x = left + (worst.index.to_numpy().mean() + 0.4) / max(len(rows) - 0.2, 0.8) * width
    half = text_width(words, bold=True) / 2 + 5
    board.write(min(max(x, half), CHART_PX - half), y, words, color=WORSE, bold=True, ha="center")


def _none() -> object:
    from matplotlib.ticker import NullLocator

    return NullLocator()
