"""Shapes of a measure: hour by weekday, the five scores, how long things take, which days are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from voc.report.canvas import Canvas, Picture, canvas, text_width, wrap
from voc.report.marks import boxes, draw_key, key_px
from voc.report.scales import log_ticks, span, tick_labels, ticks
from voc.report.style import ACCENT, CHART_PX, INK, MUTED, is_missing, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HUE = ("#f1f5f9", "#cfdfee", "#9fc1e1", "#5f97cb", "#0b5cad", "#073b70")  # light to dark, one hue


def heatmap(
    frame: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    unit: str,
    alt: str,
    peak: bool = True,
    numbers: bool | None = None,
) -> Picture:
    """Draw a table of values in one hue; the peak is outlined and named, missing cells are hatched.

    ``frame``: the index names the rows, the columns the columns, the cells are values in ``unit``. Numbers stand in the
    cells when there is room for all of them (``numbers`` forces it either way).

    >>> frame = pd.DataFrame([[1.0, 2.0]], index=["Mon"], columns=["9", "10"])
    >>> heatmap(frame, title="t", subtitle="s", unit="contacts", alt="peak Monday at 10").alt
    'peak Monday at 10'
    """
    cells = frame.astype(float).to_numpy()
    count_rows, count_columns = cells.shape
    left = min(max([text_width(str(name)) for name in frame.index] + [20]) + 10, 130)
    width = (CHART_PX - left) / max(count_columns, 1)
    known = cells[np.isfinite(cells)]
    longest = max([text_width(number(value, unit)) for value in known] + [0])
    shown = longest + 4 <= width and cells.size <= 84 if numbers is None else numbers
    height = 30 if shown else 24
    low, high = _ends(known, unit)
    with canvas(22 + count_rows * height + 34) as board:
        sheet = board.sheet()
        _column_names(board, frame.columns, left, width)
        groups: dict[str, list[tuple[float, float, float, float]]] = {}
        for (r, c), value in np.ndenumerate(cells):
            x, y = left + c * width, 22 + r * height
            shade = _shade((value - low) / (high - low)) if np.isfinite(value) else ""
            groups.setdefault(shade, []).append((x, y, x + width - 1, y + height - 1))
            if shown and shade:
                board.write(x + width / 2, y + height / 2, number(value, unit), color=_tint(shade), ha="center")
        for shade, corners in sorted(groups.items()):
            boxes(sheet, corners, **({"fc": shade} if shade else {"fc": "white", "hatch": "////", "ec": "#c9cbce"}))
        for r, name in enumerate(frame.index):
            board.write(0, 22 + (r + 0.5) * height, wrap(name, left - 8, lines=1)[0])
        foot = 22 + count_rows * height
        if len(known) and peak:
            r, c = np.unravel_index(int(np.nanargmax(cells)), cells.shape)
            x, y = left + c * width, 22 + r * height
            sheet.plot([x, x + width, x + width, x, x], [y, y, y + height, y + height, y], color=INK, lw=1.8)
            name = f"peak: {frame.index[r]}, {frame.columns[c]}: {number(cells[r, c], unit)}"
            board.write(0, foot + 20, wrap(name, 270, lines=1)[0], bold=True)
        if not shown:
            _scale(board, sheet, low, high, unit, foot + 20)
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def distribution(
    frame: pd.DataFrame, *, title: str, subtitle: str, alt: str, good: Sequence[Any] = (4, 5), note: str = ""
) -> Picture:
    """Draw the share of each score as columns from zero, with intervals and the period before as an outline.

    ``frame``: ``score``, ``share`` (0–100); optional ``n``, ``lo``, ``hi``, ``previous`` (0–100). ``good`` are the
    scores that the headline rate counts; they take the accent, and ``note`` says what they are.

    >>> frame = pd.DataFrame({"score": [1, 2, 3, 4, 5], "share": [5.0, 5, 10, 30, 50]})
    >>> distribution(frame, title="t", subtitle="s", alt="half give a 5").alt
    'half give a 5'
    """
    rows = frame.copy()
    for column in ("share", "lo", "hi", "previous", "n"):
        rows[column] = pd.to_numeric(rows[column], errors="coerce").astype(float) if column in rows else np.nan
    keys = [("outline", "period before")] if rows["previous"].notna().any() else []
    keys += [("interval", "95% interval")] if rows["lo"].notna().any() else []
    top, most = key_px(keys) + 24, float(np.nanmax([*rows["share"], *rows["hi"], *rows["previous"], 1.0]))
    width = CHART_PX / max(len(rows), 1)
    has_n = rows["n"].notna().any()
    with canvas(top + 150 + (60 if note else 42)) as board:
        sheet = board.sheet()
        draw_key(board, sheet, keys)
        for i, row in enumerate(rows.itertuples()):
            middle, half = (i + 0.5) * width, min(width * 0.3, 30)
            y = {name: top + 150 * (1 - getattr(row, name) / most) for name in ("share", "lo", "hi", "previous")}
            color = ACCENT if row.score in good else "#8a8e94"
            sheet.fill_between([middle - half, middle + half], y["share"], top + 150, color=color, lw=0)
            if not is_missing(row.previous):
                x = [middle - half - 4, middle - half - 4, middle + half + 4, middle + half + 4]
                sheet.plot(x, [top + 150, y["previous"], y["previous"], top + 150], color=MUTED, lw=1.1)
            sheet.plot([middle, middle], [y["lo"], y["hi"]], color=INK, lw=1.3)
            highest = np.nanmin([y["share"], y["hi"], y["previous"]])
            board.write(middle, highest - 11, number(row.share, "%"), bold=True, ha="center")
            board.write(middle, top + 162, row.score, ha="center")
            if has_n:
                board.write(middle, top + 178, f"n {number(row.n, 'contacts')}", color=MUTED, ha="center")
        sheet.plot([0, CHART_PX], [top + 150] * 2, color=INK, lw=1)
        if note:
            board.write(0, top + 198, wrap(note, CHART_PX, lines=1)[0], color=MUTED)
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def histogram(
    values: Any,
    *,
    title: str,
    subtitle: str,
    unit: str,
    alt: str,
    marks: Mapping[str, float] | None = None,
    log: bool | None = None,
) -> Picture:
    """Draw how a measure spreads: columns of share from zero, a logarithmic axis where it is skewed, marks by name.

    ``values``: numbers in ``unit``, or a frame of bins with ``lo``, ``hi`` (edges in ``unit``) and ``n``. ``log`` is
    decided by the data: on when all are positive and the 95th percentile is over ten times the median.
    ``marks`` such as ``{"median": 140, "p90": 900}`` are drawn as thin named lines.

    >>> histogram([1.0, 2.0, 3.0], title="t", subtitle="s", unit="minutes", alt="one to three minutes").alt
    'one to three minutes'
    """
    edges, share, log = _bins(values, log)
    low, high = edges[0], edges[-1]
    marked = sorted((marks or {}).items(), key=lambda item: item[1])
    marked = [(name, value) for name, value in marked if not is_missing(value)]
    top = 19 * len(marked) + 6
    at = log_ticks(low, high, unit) if log else ticks(low, high, unit)
    labels = tick_labels(at, unit)
    with canvas(top + 140 + 40) as board:
        sheet = board.sheet()
        ax = board.axes(38, top, CHART_PX - 52, 140)
        ax.set(xlim=(low, high), ylim=(0, max(float(share.max()) * 1.04, 1e-9)))
        if log:
            ax.set_xscale("log")
            ax.xaxis.set_minor_locator(_none())
        ax.bar(edges[:-1], share, np.diff(edges), align="edge", color="#8fb5da", ec="white", lw=0.8)
        heights = ticks(0, float(share.max()), "%", 2)
        ax.set_yticks(heights, tick_labels(heights, "%"))
        ax.set_xticks(at, labels)
        ax.tick_params(axis="x", pad=7)
        ax.grid(axis="y")
        ax.axhline(0, color=INK, lw=1.2)
        for i, (name, value) in enumerate(marked):
            where = ax.transData.transform((min(max(value, low), high), 0))[0]
            words = f"{name} {number(value, unit)}"
            side = "left" if where + text_width(words) + 8 < CHART_PX else "right"
            sheet.plot([where, where], [19 * i + 2, top + 140], color=INK, lw=1.1, zorder=3)
            board.write(where + (5 if side == "left" else -5), 19 * i + 9, words, ha=side)
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def _column_names(board: Canvas, names: Sequence[Any], left: float, width: float) -> None:
    every = next(k for k in (1, 2, 3, 4, 6, 12, len(names)) if max(text_width(str(n)) for n in names) + 4 <= k * width)
    for c in range(0, len(names), every):
        board.write(left + (c + 0.5) * width, 10, wrap(names[c], every * width, lines=1)[0], color=MUTED, ha="center")


def _ends(known: np.ndarray, unit: str) -> tuple[float, float]:
    """Return the values of the lightest and the darkest shade; counts and durations begin at zero."""
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    low = low if unit in ("%", "pts") or unit.startswith("score") else min(0.0, low)
    return low, high if high > low else low + 1.0


def _tint(shade: str) -> str:
    """Return the text colour with a contrast of at least 4.5 : 1 on ``shade`` (WCAG's relative luminance)."""
    parts = np.array([int(shade[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    light = float(linear @ [0.2126, 0.7152, 0.0722])
    return "#ffffff" if light < 0.18 else INK if light > 0.24 else "#000000"


def _shade(share: float) -> str:
    place = round(min(max(share, 0.0), 1.0) * 20) / 20 * (len(HUE) - 1)  # 21 steps, so that equal cells share a shape
    a, b = HUE[int(place)], HUE[min(int(place) + 1, len(HUE) - 1)]
    mix = [
        round(int(a[i : i + 2], 16) + (int(b[i : i + 2], 16) - int(a[i : i + 2], 16)) * (place % 1)) for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02x}" for part in mix)


def _scale(board: Canvas, sheet: Axes, low: float, high: float, unit: str, y: float) -> None:
    most, least = number(high, unit), number(low, unit)
    end = CHART_PX - text_width(most) - 4
    for k in range(24):
        sheet.fill_between([end - 60 + k * 2.5, end - 57.4 + k * 2.5], y - 5, y + 5, color=_shade(k / 23), lw=0)
    board.write(CHART_PX, y, most, color=MUTED, ha="right")
    board.write(end - 65, y, least, color=MUTED, ha="right")


def _bins(values: Any, log: bool | None) -> tuple[np.ndarray, np.ndarray, bool]:
    if isinstance(values, pd.DataFrame):
        edges = np.r_[values["lo"].to_numpy(dtype=float), float(values["hi"].iloc[-1])]
        counts = values["n"].to_numpy(dtype=float)
        ratio = edges[-1] / edges[0] if edges[0] > 0 else 0
        return edges, counts / max(counts.sum(), 1) * 100, bool(ratio > 100 if log is None else log)
    data = np.asarray(values, dtype=float)
    data = data[np.isfinite(data)]
    if not len(data):
        return np.array([0.0, 1.0]), np.array([0.0]), False
    positive = data[data > 0]
    skewed = len(positive) == len(data) and np.quantile(data, 0.95) > 10 * np.median(data)
    log = bool(skewed if log is None else log) and len(positive) > 0
    count = int(np.clip(np.sqrt(len(data)), 5, 30))
    if log:
        low, high = np.quantile(positive, 0.001) / 1.1, np.quantile(positive, 0.999) * 1.1
        edges = np.geomspace(low, max(high, low * 1.5), count + 1)
    else:
        low, high = span([data], pad=0.0)
        edges = np.linspace(low, max(high, low + 1e-6), count + 1)
    counts = np.histogram(np.clip(data, edges[0], edges[-1]), edges)[0]
    return edges, counts / counts.sum() * 100, log


def _none() -> Any:
    from matplotlib.ticker import NullLocator

    return NullLocator()
