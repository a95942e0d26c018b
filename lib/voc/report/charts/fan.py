"""What was and what may come: figures as dots, the true figure behind them as a band that opens into a fan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from voc.report.canvas import Canvas, Picture, canvas, text_width
from voc.report.charts.flow import spread_out
from voc.report.marks import SOFTER, boxes, date_axis, draw_key, key_px
from voc.report.scales import bounds, date_ticks, numeric, span, tick_labels, ticks
from voc.report.style import ACCENT, ACCENT_SOFT, BAND, CHART_PX, CONTEXT, INK, MUTED, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HIGH = 200  # px of the panel
SHADES = ((95, "#e6eff8"), (80, SOFTER), (50, ACCENT_SOFT))
WIDE = 0.84  # of a period: how wide the boxes ahead are
PAST = ("seen", "value", "lo", "hi")
AHEAD = ("value", "lo50", "hi50", "lo80", "hi80", "lo95", "hi95", "observed_lo95", "observed_hi95")


def fan(
    past: pd.DataFrame, ahead: pd.DataFrame, *, title: str, subtitle: str, unit: str, alt: str, said: pd.DataFrame | None = None
) -> Picture:  # fmt: skip
    """Draw figures with the band in which the true one lay, and ahead of them where it will lie in 50, 80 and 95 of 100 cases.

    ``past``: ``at`` (first day of the period), ``seen`` (the figure; missing where nothing is known), ``value``, ``lo``, ``hi``
    (the true figure). ``ahead``: ``at``, ``value``, ``lo50`` … ``hi95``, ``observed_lo95``, ``observed_hi95`` (what the figure
    itself may show: thin lines). ``said``: ``at``, ``value`` and ``lo``, ``hi``, what earlier forecasts had said: open dots. All
    in ``unit``. Periods without a figure are hatched.

    >>> months = pd.date_range("2026-08-01", periods=4, freq="MS")
    >>> past = pd.DataFrame({"at": months[:3], "seen": [80.0, 82.0, 81.0], "value": 81.0, "lo": 80.0, "hi": 82.0})
    >>> ends = dict.fromkeys(["lo50", "lo80", "lo95", "observed_lo95"], 79.0) | dict.fromkeys(["hi50", "hi80", "hi95", "observed_hi95"], 83.0)
    >>> ahead = pd.DataFrame({"at": months[3:], "value": [81.0], **ends})
    >>> fan(past, ahead, title="t", subtitle="s", unit="%", alt="about 81% ahead").alt
    'about 81% ahead'
    """
    was, comes = numeric(past, *PAST), numeric(ahead, *AHEAD)
    told = numeric(said, "value", "lo", "hi") if said is not None and len(said) else None
    step, first = _step(was["at"], comes["at"])
    places = [_place(rows["at"], first, step) for rows in (was, comes)]
    end = float(max([*places[0], *places[1], 0.0])) + 0.5
    low, high = _reach(was, comes, told, unit)
    at = ticks(low, high, unit)
    left = max([text_width(label) for label in tick_labels(at, unit)] + [24]) + 8
    ends = [number(comes[name].iloc[-1], unit) for name in ("hi80", "value", "lo80")] if len(comes) else [""]
    width = CHART_PX - left - max(text_width(word, bold=True) for word in ends) - 14
    keys = _keys(was, comes, told)
    top = key_px(keys) + 10
    with canvas(top + HIGH + 42) as board:
        draw_key(board, board.sheet(), keys)
        ax = board.axes(left, top, width, HIGH)
        ax.set(xlim=(-0.5, end), ylim=(low, high), xticks=[])
        ax.set_yticks(at, tick_labels(at, unit))
        ax.grid(axis="y")
        _gaps(ax, was, places[0], low, high)
        _past(ax, was, places[0])
        _ahead(ax, comes, places[1])
        if told is not None:
            _said(ax, told, _place(told["at"], first, step))
        if len(comes):
            _named(board, comes, ends, (left + width + 8, top), (low, high))
        _dates(board, was, comes, places, (left, width, end), top + HIGH + 2)
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def _step(*columns: pd.Series) -> tuple[float, pd.Timestamp]:
    """Return the days from one period to the next, and the first day."""
    days = pd.DatetimeIndex(sorted({pd.Timestamp(day) for column in columns for day in column}))
    gaps = np.diff(days.to_numpy()).astype("timedelta64[D]").astype(float)
    return (float(np.median(gaps)) if len(gaps) else 1.0), (days[0] if len(days) else pd.Timestamp(0))


def _place(days: pd.Series, first: pd.Timestamp, step: float) -> np.ndarray:
    """Number periods from the first on; months count alike, though their days differ."""
    days = pd.to_datetime(days)
    if 27 < step < 32:
        return ((days.dt.year - first.year) * 12 + days.dt.month - first.month).to_numpy(float)
    return np.round((days - first).dt.days.to_numpy(float) / step)


def _reach(was: pd.DataFrame, comes: pd.DataFrame, told: pd.DataFrame | None, unit: str) -> tuple[float, float]:
    floor, ceiling = bounds(unit)
    columns = [was[list(PAST)].to_numpy(), comes[list(AHEAD)].to_numpy()]
    columns += [told[["value", "lo", "hi"]].to_numpy()] if told is not None else []
    low, high = span(columns, floor=floor, ceiling=ceiling)
    return (0.0, high) if floor == 0 and unit != "%" and low < 0.35 * high else (low, high)


def _keys(was: pd.DataFrame, comes: pd.DataFrame, told: pd.DataFrame | None) -> list[tuple[str, str]]:
    """List what the key must explain: only what is drawn."""
    keys = [("seen", "the figure")] if was["seen"].notna().any() else []
    keys += [("band", "the true one, 95%")] if was["lo"].notna().any() else []
    keys += [("fan", "ahead: 50, 80, 95%"), ("may", "the figure may show, 95%")] if len(comes) else []
    return keys + ([("before", "foretold")] if told is not None else [])


def _gaps(ax: Axes, was: pd.DataFrame, x: np.ndarray, low: float, high: float) -> None:
    """Hatch the periods of which no figure is known, also those that have no row."""
    there = set(x[was["seen"].notna()])
    last = int(x.max()) if len(x) else -1
    empty = [at for at in range(last + 1) if float(at) not in there]
    boxes(ax, [(at - 0.5, low, at + 0.5, high) for at in empty], fc="white", hatch="////", ec="#c9cbce", zorder=0.4)


def _past(ax: Axes, was: pd.DataFrame, x: np.ndarray) -> None:
    """Draw the true figure as a thin line in its band, broken where nothing is known, and the figures as dots of one size."""
    if not len(was):
        return
    known = was.assign(x=x).set_index("x").reindex(np.arange(x.min(), x.max() + 1))
    true = known[["value", "lo", "hi"]].where(known["seen"].notna())
    alone = true["value"].notna() & true["value"].shift().isna() & true["value"].shift(-1).isna()
    at = known.index.to_numpy(float)
    ax.fill_between(at, true["lo"], true["hi"], color=BAND, lw=0, zorder=0.6)
    ax.vlines(at[alone], true["lo"][alone], true["hi"][alone], color=BAND, lw=9, zorder=0.6)
    ax.plot(at, true["value"], color=CONTEXT, lw=1.2, zorder=1.5)
    ax.plot(x, was["seen"], "o", color=MUTED, ms=4.4, mew=0, zorder=3)


def _ahead(ax: Axes, comes: pd.DataFrame, x: np.ndarray) -> None:
    half = WIDE / 2
    for level, shade in SHADES:
        corners = [
            (place - half, lo, place + half, hi)
            for place, lo, hi in zip(x, comes[f"lo{level}"], comes[f"hi{level}"], strict=True)
            if np.isfinite(lo) and np.isfinite(hi)
        ]
        boxes(ax, corners, fc=shade, zorder=1)
    for end in ("observed_lo95", "observed_hi95"):
        ax.hlines(comes[end], x - half, x + half, color=ACCENT, lw=1.2, zorder=2)
    ax.plot(x, comes["value"], "o", color=ACCENT, ms=6.5, mew=1.2, mec="white", zorder=4)


def _said(ax: Axes, told: pd.DataFrame, x: np.ndarray) -> None:
    ax.vlines(x, told["lo"], told["hi"], color=CONTEXT, lw=1.2, zorder=2.2)
    ax.plot(x, told["value"], "o", mfc="white", mec=INK, ms=6.5, mew=1.2, zorder=2.6)


def _named(
    board: Canvas, comes: pd.DataFrame, words: list[str], corner: tuple[float, float], reach: tuple[float, float]
) -> None:
    """Write at the right what is expected of the last period ahead, and the ends of its 80% interval."""
    low, high = reach
    last = comes.iloc[-1]
    y = [corner[1] + HIGH * (1 - (last[name] - low) / (high - low)) for name in ("hi80", "value", "lo80")]
    for place, word, bold in zip(spread_out(y, corner[1] + HIGH), words, (False, True, False), strict=True):
        board.write(corner[0], place, word, color=ACCENT if bold else MUTED, bold=bold)


def _dates(board: Canvas, was: pd.DataFrame, comes: pd.DataFrame, places: list, box: tuple, y: float) -> None:
    left, width, end = box
    days = [*was["at"], *comes["at"]]
    x = np.concatenate(places)
    where, labels = date_ticks(days, 4)
    date_axis(board, y, [left + (x[i] + 0.5) / (end + 0.5) * width for i in where], labels)
