"""Many groups against what is expected of them: the fewer contacts, the wider the limits of chance; nobody is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from voc.report.canvas import Canvas, Picture, canvas, text_width, wrap
from voc.report.marks import LINE_PX
from voc.report.scales import tick_labels, ticks
from voc.report.style import BAND, CHART_PX, CONTEXT, INK, MUTED, tone

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RATIOS = (-90, -75, -50, -40, -30, -20, -10, 0, 10, 25, 50, 100, 200, 400, 900)  # per cent, as far down as up
JUDGED = ("better", "worse")
LEADS = ((1, 2, 5), (1, 2, 3, 5, 7), (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9))
HEIGHT_PX = 250


def funnel(
    rows: pd.DataFrame,
    limits: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    unit: str,
    alt: str,
    n_label: str = "contacts per agent",
    words: dict[str, str] | None = None,
) -> Picture:
    """Draw differences from what is expected over n, with the limits of chance; only those beyond them are coloured.

    ``rows``: ``n`` (count) and ``difference`` in ``unit`` (``pts``, or ``%`` of what is expected, drawn on a logarithmic
    scale so that half and double are equally far); optional ``direction`` (``better``, ``worse``, ``longer``, ``shorter``;
    empty inside the limits) and ``why`` (text where n is too small to judge: drawn hollow). ``limits``: ``n`` rising,
    ``lo95``, ``hi95``, ``lo998``, ``hi998`` in ``unit``. ``words`` says per direction what is written beside the marks
    instead of the direction itself.

    >>> rows = pd.DataFrame({"n": [50, 100], "difference": [1.0, -2.0]})
    >>> ends = {"lo95": [-9.0, -6.0], "hi95": [9.0, 6.0], "lo998": [-14.0, -10.0], "hi998": [14.0, 10.0]}
    >>> limits = pd.DataFrame({"n": [40, 120], **ends})
    >>> funnel(rows, limits, title="t", subtitle="s", unit="pts", alt="two agents as expected").alt
    'two agents as expected'
    """
    rows = rows.reset_index(drop=True)
    for name in ("direction", "why"):
        rows[name] = rows[name].fillna("").astype(str) if name in rows else ""
    rows["y"] = _scaled(rows["difference"], unit)
    lines = {name: _scaled(limits[name], unit) for name in ("lo95", "hi95", "lo998", "hi998")}
    reach = np.concatenate([rows["y"].to_numpy(float), *(line.to_numpy(float) for line in lines.values())])
    low, high = _reach(reach, rows)
    at, labels = _heights(low, high, unit)
    left, right = max(text_width(label) for label in labels) + 10, 46
    with canvas(HEIGHT_PX + 54) as board:
        ax = board.axes(left, 6, CHART_PX - left - right, HEIGHT_PX)
        ax.set_xscale("log")
        ax.set(xlim=(limits["n"].min(), limits["n"].max()), ylim=(low, high))
        ax.xaxis.set_minor_locator(_none())
        places = _counts(limits["n"].min(), limits["n"].max())
        ax.set_xticks(places, [f"{place:,}" for place in places])
        ax.set_yticks(at, labels)
        ax.tick_params(axis="x", pad=6)
        ax.fill_between(limits["n"], lines["lo95"], lines["hi95"], color=BAND, lw=0, zorder=0.5)
        ax.axhline(0, color=MUTED, lw=1.1, zorder=1)
        for name in ("lo998", "hi998"):
            ax.plot(limits["n"], lines[name], color=MUTED, lw=1.1, ls=(0, (4, 3)), zorder=1)
        _dots(ax, rows)
        _ends(board, ax, lines)
        _said(board, ax, rows, words or {})
        hollow = "; hollow: not judged" if ((rows["why"] != "") & (rows["direction"] == "")).any() else ""
        board.write(left, HEIGHT_PX + 41, wrap(n_label + hollow, CHART_PX - left, lines=1)[0], color=MUTED)
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def _scaled(values: pd.Series, unit: str) -> pd.Series:
    """Bring differences onto the axis: points as they are, per cent as logarithms of the ratio."""
    values = pd.to_numeric(values).astype(float)
    return values if unit == "pts" else np.log1p(values / 100)


def _reach(values: np.ndarray, rows: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of the axis, with room for a word outside the marks beyond the limits."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    called = rows[rows["direction"] != ""].groupby("direction")["y"].mean()
    below, above = 0.12 if (called < 0).any() else 0.04, 0.12 if (called > 0).any() else 0.04
    return low - below * (high - low), high + above * (high - low)


def _heights(low: float, high: float, unit: str) -> tuple[list[float], list[str]]:
    """Choose about five signed ticks."""
    if unit == "pts":
        at = ticks(low, high, "pts", 6)
        return at, [
            f"{'+' if value > 0 else ''}{label}" for value, label in zip(at, tick_labels(at, "pts"), strict=True)
        ]
    known = [value for value in RATIOS if low <= np.log1p(value / 100) <= high]
    gap = (high - low) / 9
    kept = [0]
    for value in sorted(known, key=abs):
        if all(abs(np.log1p(value / 100) - np.log1p(other / 100)) >= gap for other in kept):
            kept.append(value)
    return [float(np.log1p(value / 100)) for value in kept], [
        ("0" if not value else f"{value:+d}%".replace("-", "−")) for value in kept
    ]


def _counts(low: float, high: float) -> list[int]:
    """Choose three to five round counts for a logarithmic axis."""
    for leads in LEADS:
        steps = [lead * 10**power for power in range(9) for lead in leads]
        inside = sorted({int(step) for step in steps if low <= step <= high and step == int(step)})
        if len(inside) >= 3:
            break
    while len(inside) > 5:
        inside = inside[len(inside) % 2 :: 2]
    return inside


def _dots(ax: Axes, rows: pd.DataFrame) -> None:
    few = (rows["why"] != "") & (rows["direction"] == "")
    calm = (rows["direction"] == "") & ~few
    ax.plot(rows["n"][calm], rows["y"][calm], "o", color="#8a8e94", ms=6, mew=0.8, mec="white", zorder=3, clip_on=False)
    ax.plot(rows["n"][few], rows["y"][few], "o", mfc="white", mec=CONTEXT, ms=5.5, mew=1.2, zorder=2.5, clip_on=False)
    for sign, mark in ((-1, "v"), (1, "^")):
        for direction, part in rows[(rows["direction"] != "") & (np.sign(rows["y"]) == sign)].groupby("direction"):
            look = {"color": _colour(str(direction)), "ms": 8.5, "mew": 1, "mec": "white", "zorder": 4}
            ax.plot(part["n"], part["y"], mark, clip_on=False, **look)


def _colour(direction: str) -> str:
    return tone(direction) if direction in JUDGED else INK


def _ends(board: Canvas, ax: Axes, lines: dict[str, pd.Series]) -> None:
    """Name the limits where they end, and the line of what is expected."""
    lowest = board.height
    for words, height in (("usual", 0.0), ("95%", lines["hi95"].iloc[-1]), ("99.8%", lines["hi998"].iloc[-1])):
        lowest = min(_pixel(ax, board, float(height)), lowest - LINE_PX + 2)
        board.write(CHART_PX - 42, lowest, words, color=MUTED)


def _said(board: Canvas, ax: Axes, rows: pd.DataFrame, words: dict[str, str]) -> None:
    """Write once per direction how many lie beyond the limits, outside the mark that lies farthest out."""
    for direction, part in rows[rows["direction"] != ""].groupby("direction"):
        said = f"{len(part)} {words.get(str(direction), str(direction))}"
        farthest = part.loc[part["y"].abs().idxmax()]
        y = _pixel(ax, board, float(farthest["y"])) + (17 if farthest["y"] < 0 else -17)
        x = _along(ax, float(farthest["n"]))
        half = text_width(said, bold=True) / 2
        x = min(max(x, half + 44), CHART_PX - 50 - half)
        board.write(x, y, said, bold=True, color=_colour(str(direction)), ha="center")


def _pixel(ax: Axes, board: Canvas, y: float) -> float:
    """Return how many px below the top a height of the axes lies."""
    return board.height - float(ax.transData.transform((ax.get_xlim()[0], y))[1])


def _along(ax: Axes, x: float) -> float:
    """Return how many px from the left a place on the axis lies."""
    return float(ax.transData.transform((x, 0))[0])


def _none():
    from matplotlib.ticker import NullLocator

    return NullLocator()
