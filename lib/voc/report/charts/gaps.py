"""Where people are missing and where they idle: one cell an hour of the week, its sign and size, coloured only beyond chance."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from voc.report.canvas import Picture, canvas, text_width
from voc.report.marks import boxes
from voc.report.scales import numeric
from voc.report.style import ACCENT, BAND, CHART_PX, INK, MINUS, MUTED, WORSE, is_missing

CELL_PX = 26  # height of a row
LOOKS = {"missing": ("#fbeae4", WORSE), "idle": ("#dbe8f5", ACCENT), "fits": (BAND, MUTED)}
UNTOLD = {"fc": "white", "hatch": "////", "ec": "#c9cbce"}
OUTLINE = {"ec": WORSE, "lw": 1.6, "zorder": 2}
KEY = (("missing", "people missing"), ("idle", "fewer would do"), ("fits", "fits"), ("", "cannot tell"))


def gaps(frame: pd.DataFrame, *, title: str, subtitle: str, alt: str, weekdays: Sequence[str]) -> Picture:
    """Draw people planned beyond need (+) or short of it (−) where that is more than chance; hours short of people are outlined.

    ``frame``: ``weekday`` (of ``weekdays``), ``hour`` (0–23), ``gap`` (people), ``verdict`` (``missing``, ``idle``, ``fits`` or
    empty where it cannot be told: hatched). Hours in which nobody is needed nor planned may be left out.

    >>> frame = pd.DataFrame({"weekday": ["Monday"], "hour": [9], "gap": [-2.0], "verdict": ["missing"]})
    >>> gaps(frame, title="t", subtitle="s", alt="two missing on Monday at 9", weekdays=["Monday"]).alt
    'two missing on Monday at 9'
    """
    rows = numeric(frame, "gap", "hour")
    hours = sorted({int(hour) for hour in rows["hour"].dropna()})
    names = [day for day in weekdays if day in set(rows["weekday"])]
    left = max([text_width(name[:3]) for name in names] + [20]) + 10
    width = (CHART_PX - left) / max(len(hours), 1)
    with canvas(22 + len(names) * CELL_PX + 26) as board:
        sheet = board.sheet()
        every = next(k for k in (1, 2, 3, 4, 24) if text_width("22") + 3 <= k * width)
        for column, hour in enumerate(hours):
            if column % every == 0:
                board.write(left + (column + 0.5) * width, 10, str(hour), color=MUTED, ha="center")
        looks: dict[str, list[tuple[float, float, float, float]]] = {}
        for row in rows.to_dict("records"):
            x, y = left + hours.index(int(row["hour"])) * width, 22 + names.index(row["weekday"]) * CELL_PX
            word = row["verdict"] if row["verdict"] in LOOKS and not is_missing(row["gap"]) else ""
            looks.setdefault(word, []).append((x, y, x + width - 1, y + CELL_PX - 1))
            if word in ("missing", "idle"):
                words = signed(row["gap"], width)
                board.write(x + (width - 1) / 2, y + CELL_PX / 2, words, color=LOOKS[word][1], bold=True, ha="center")
        for word, corners in sorted(looks.items()):
            boxes(sheet, corners, **_look(word))
        for i, name in enumerate(names):
            board.write(0, 22 + (i + 0.5) * CELL_PX, name[:3], color=INK)
        _key(board, sheet, 22 + len(names) * CELL_PX + 14, [name for name, _ in KEY if name in looks])
    return board.picture(title=title, subtitle=subtitle, alt=alt)


def signed(gap: float, width: float) -> str:
    """Write people beyond need or short of it, as far as there is room: with a decimal, whole, without a sign.

    >>> signed(-2.0, 30), signed(-0.8, 31), signed(-0.8, 40), signed(-2.0, 16)
    ('−2', '−1', '−0.8', '2')
    """
    tenths, whole = f"{abs(gap):.1f}".removesuffix(".0"), f"{abs(gap):.0f}"
    sign = "" if float(tenths) == 0 else "+" if gap > 0 else MINUS
    fitting = (words for words in (sign + tenths, sign + whole, whole) if text_width(words, bold=True) + 2 <= width)
    return next(fitting, whole)


def _key(board, sheet, y: float, names: Sequence[str]) -> None:
    """Write below the cells what their colours say."""
    x = 0.0
    for name, words in KEY:
        if name in names:
            boxes(sheet, [(x + 1, y - 6, x + 18, y + 6)], **_look(name))
            board.write(x + 23, y, words, color=LOOKS[name][1] if name else MUTED)
            x += text_width(words) + 33


def _look(word: str) -> dict:
    """Return how a cell looks; one of which nothing can be told is hatched."""
    return {"fc": LOOKS[word][0], **(OUTLINE if word == "missing" else {})} if word else UNTOLD
