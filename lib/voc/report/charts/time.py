"""Lines over time: one measure, small lines for cards, many measures on one scale."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from voc.report.canvas import Canvas, Picture, canvas, text_width, wrap
from voc.report.marks import SAMPLES, date_axis, draw_key, key_px
from voc.report.scales import bounds, date_ticks, span, tick_labels, ticks
from voc.report.style import (
    ACCENT,
    ACCENT_SOFT,
    BAND,
    CHART_PX,
    MUTED,
    day_label,
    is_missing,
    number,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Events = pd.DataFrame | Sequence[tuple[Any, str]] | None


def trend(
    frame: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    unit: str,
    alt: str,
    target: float | None = None,
    events: Events = None,
    noise: float | None = None,
    better: str | None = None,
    season_label: str = "a year before",
) -> Picture:
    """Draw one measure over time, its intervals, and the band within which chance alone moves it.

    ``frame``: one row a period in order: ``period_start`` (date), ``value`` in ``unit``; optional ``lo``, ``hi``
    (interval), ``floor_lo``, ``floor_hi`` (noise band), ``season`` (the same period a year before). A missing value
    breaks the line. ``noise`` draws the band as ± that much around the previous period's value when the frame has none.
    ``events``: ``(date, label)`` pairs or a frame with ``starts_on`` and ``label``; thin dated lines. ``better``
    (``up``/``down``) words the target: "at least" or "at most".

    >>> months = pd.date_range("2026-01-01", periods=3, freq="MS")
    >>> frame = pd.DataFrame({"period_start": months, "value": [80.0, 81.0, 79.5]})
    >>> trend(frame, title="Flat", subtitle="CSAT, %", unit="%", alt="CSAT flat near 80%").alt
    'CSAT flat near 80%'
    """
    rows = _rows(frame, noise)
    marked = _events(events, rows["period_start"])
    keys = _keys(rows, unit, target, better, season_label)
    low, high = _range([rows], unit, target)
    at = ticks(low, high, unit)
    left = max([text_width(label) for label in tick_labels(at, unit)] + [24]) + 8
    last = rows["value"].last_valid_index()
    ending = number(rows["value"][last], unit) if last is not None else ""
    width = CHART_PX - left - min(max(text_width(ending, bold=True) + 16, 26), 120)
    top = key_px(keys) + 19 * min(len(marked), 3) + 8
    with canvas(top + 166 + 40) as board:
        sheet = board.sheet()
        draw_key(board, sheet, keys)
        ax = board.axes(left, top, width, 166)
        _axis(ax, low, high, len(rows), at, tick_labels(at, unit))
        where, dates = date_ticks(rows["period_start"], 4)
        places = [left + (i + 0.4) / (len(rows) - 0.2) * width for i in range(len(rows))]
        date_axis(board, top + 168, [places[i] for i in where], dates)
        _mark_events(board, sheet, marked, rows, places, key_px(keys), top + 166)
        _line(ax, rows, dots=len(rows) <= 16)
        _references(ax, rows, target)
        if last is not None:
            ax.annotate(
                ending, (last, rows["value"][last]), (9, 0), textcoords="offset points", va="center_baseline",
                weight="bold", color=ACCENT, annotation_clip=False,
            )  # fmt: skip
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def sparkline(frame: pd.DataFrame, *, unit: str, alt: str, target: float | None = None) -> Picture:
    """Draw a small line without text for a card: 24 periods, noise band, target dashed, the last value as a dot.

    ``frame`` as for :func:`trend`.

    >>> sparkline(pd.DataFrame({"period_start": [1], "value": [3.0]}), unit="contacts", alt="one month").title
    ''
    """
    rows = _rows(frame, None).tail(24).reset_index(drop=True)
    low, high = _range([rows], unit, target)
    with canvas(56, 200) as board:
        ax = board.axes(3, 4, 190, 48)
        _axis(ax, low, high, len(rows), [], [])
        _references(ax, rows, target)
        _line(ax, rows, dots=False, whiskers=False)
    return board.picture(alt=alt)


def small_multiples(
    frame: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    unit: str,
    alt: str,
    target: float | None = None,
    columns: int = 2,
) -> Picture:
    """Draw one small line per panel on shared scales, in the order in which the panels first appear.

    ``frame`` as for :func:`trend`, with ``panel`` (label) besides.

    >>> two = pd.DataFrame({"panel": ["a", "b"], "period_start": ["2026-01-01"] * 2, "value": [1.0, 2.0]})
    >>> small_multiples(two, title="t", subtitle="s", unit="contacts", alt="two panels").alt
    'two panels'
    """
    panels = list(dict.fromkeys(frame["panel"]))
    parts = {panel: _rows(frame[frame["panel"] == panel], None) for panel in panels}
    low, high = _range(list(parts.values()), unit, target)
    at = next((few for count in (2, 4, 6) if len(few := ticks(low, high, unit, count)) > 1), [low])
    labels = tick_labels(at, unit)
    left = max([text_width(label) for label in labels] + [20]) + 8
    gap, lines = 14, -(-len(panels) // columns)
    width = (CHART_PX - left - gap * (columns - 1)) / columns
    keys = _keys(pd.concat(parts.values()), unit, target, None, "")[:2] if parts else []
    head = key_px(keys)
    with canvas(head + max(lines, 1) * 122 + 26) as board:
        draw_key(board, board.sheet(), keys)
        for i, (panel, rows) in enumerate(parts.items()):
            x, y = left + (i % columns) * (width + gap), head + (i // columns) * 122
            ax = board.axes(x, y + 26, width - 8, 84)
            _axis(ax, low, high, len(rows), at, labels if i % columns == 0 else [""] * len(at))
            if i + columns >= len(panels) and len(rows) > 1:
                dates = [day.replace("\n", " ") for day in date_ticks(rows["period_start"].iloc[[0, -1]], 1)[1]]
                date_axis(board, y + 111, [x, x + width - 8], dates, ends=True)
            _line(ax, rows, dots=False, whiskers=False)
            _references(ax, rows, target)
            last = rows["value"].last_valid_index()
            value = number(rows["value"][last], unit) if last is not None else "no data"
            room = width - 14 - text_width(value, bold=True)
            board.write(x, y + 13, wrap(panel, room, lines=1)[0])
            board.write(
                x + width - 8, y + 13, value, bold=True, color=ACCENT if last is not None else MUTED, ha="right"
            )
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def _rows(frame: pd.DataFrame, noise: float | None) -> pd.DataFrame:
    rows = frame.reset_index(drop=True).copy()
    for column in ("value", "lo", "hi", "floor_lo", "floor_hi", "season"):
        rows[column] = pd.to_numeric(rows[column], errors="coerce") if column in rows else np.nan
    if noise is not None and rows["floor_lo"].isna().all():
        before = rows["value"].dropna().iloc[-2:-1].mean()
        rows["floor_lo"], rows["floor_hi"] = before - noise, before + noise
    return rows


def _range(parts: Iterable[pd.DataFrame], unit: str, target: float | None) -> tuple[float, float]:
    """Return the scale: lines, band and target in full; a few huge intervals may run out of it."""
    columns = [rows[["value", "floor_lo", "floor_hi", "season"]].to_numpy(dtype=float) for rows in parts]
    ends = np.concatenate([rows[["lo", "hi"]].to_numpy(dtype=float).ravel() for rows in parts] + [np.array([np.nan])])
    ends = ends[np.isfinite(ends)]
    if len(ends):
        inner = span(columns, pad=1.0)
        columns.append(np.clip(ends, *inner))
    floor, ceiling = bounds(unit)
    low, high = span([*columns, [target if target is not None else np.nan]], floor=floor, ceiling=ceiling)
    return (0.0, high) if unit == "contacts" or (floor == 0 and unit != "%" and low < 0.35 * high) else (low, high)


def _axis(ax: Axes, low: float, high: float, count: int, at: Sequence[float], labels: Sequence[str]) -> None:
    ax.set(xlim=(-0.4, max(count - 1, 0) + 0.4), ylim=(low, high), xticks=[])
    ax.set_yticks(at, labels)
    ax.grid(axis="y")


def _keys(
    rows: pd.DataFrame, unit: str, target: float | None, better: str | None, season: str
) -> list[tuple[str, str]]:
    """List what the key line must explain: only what is drawn."""
    words = {"up": "target: at least", "down": "target: at most"}.get(better or "", "target")
    keys = [("target", f"{words} {number(target, unit)}")] if target is not None else []
    keys += [("season", season)] if rows["season"].notna().any() else []
    keys += [("band", "chance alone")] if rows["floor_lo"].notna().any() else []
    return keys + ([("interval", "95% interval")] if rows["lo"].notna().any() else [])


def _line(ax: Axes, rows: pd.DataFrame, *, dots: bool, whiskers: bool = True) -> None:
    x, y = rows.index.to_numpy(dtype=float), rows["value"].to_numpy(dtype=float)
    ax.fill_between(x, rows["floor_lo"], rows["floor_hi"], color=BAND, lw=0, zorder=0.5)
    if whiskers:
        ax.vlines(x, rows["lo"], rows["hi"], color=ACCENT_SOFT, lw=2, zorder=1.5)
    ax.plot(x, y, color=ACCENT, lw=1.8, zorder=2.5, solid_capstyle="round")
    alone = np.isfinite(y) & ~np.isfinite(np.r_[np.nan, y[:-1]]) & ~np.isfinite(np.r_[y[1:], np.nan])
    show = np.isfinite(y) if dots else alone
    ax.plot(x[show], y[show], "o", color=ACCENT, ms=3.6, mew=0, zorder=3)
    last = rows["value"].last_valid_index()
    if last is not None:
        ax.plot([last], [y[last]], "o", color=ACCENT, ms=8, mew=1.5, mec="white", zorder=4, clip_on=False)


def _references(ax: Axes, rows: pd.DataFrame, target: float | None) -> None:
    if rows["season"].notna().any():
        ax.plot(rows.index, rows["season"], zorder=2, **SAMPLES["season"])
    if target is not None:
        ax.axhline(target, zorder=2, **SAMPLES["target"])


def _events(events: Events, periods: pd.Series) -> list[tuple[pd.Timestamp, str]]:
    if events is None or not len(events) or not len(periods):
        return []
    pairs = zip(events["starts_on"], events["label"], strict=True) if isinstance(events, pd.DataFrame) else events
    days = pd.to_datetime(periods)
    step = (days.iloc[-1] - days.iloc[0]) / max(len(days) - 1, 1)
    dated = sorted((pd.Timestamp(day), str(label)) for day, label in pairs if not is_missing(day))
    return [(day, label) for day, label in dated if days.iloc[0] <= day <= days.iloc[-1] + step]


def _mark_events(
    board: Canvas, sheet: Axes, marked: list, rows: pd.DataFrame, places: list[float], top: float, bottom: float
) -> None:
    start = pd.to_datetime(rows["period_start"])
    days = [(day - start.iloc[0]).total_seconds() for day in start]
    for i, (day, label) in enumerate(marked):
        x = float(np.interp((day - start.iloc[0]).total_seconds(), days, places))
        y = top + 9 + 19 * (i % 3)
        sheet.plot([x, x], [y - 8, bottom], color=MUTED, lw=0.9, ls=(0, (1, 2)))
        words = f"{day_label(day, year=False)}: {label}"
        to_right = x + text_width(words) + 8 < CHART_PX or x < CHART_PX / 2
        side, room = ("left", CHART_PX - x) if to_right else ("right", x)
        text = wrap(words, room - 8, lines=1)[0]
        board.write(x + (5 if side == "left" else -5), y, text, ha=side)
