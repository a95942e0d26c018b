"""Contacts by day or week with one span of days brought out, and an event as a dated line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from voc.report.canvas import Picture, canvas, text_width
from voc.report.marks import boxes, rule
from voc.report.style import ACCENT, CHART_PX, CONTEXT, INK, MUTED, day_label, number

HEIGHT, TOP, GAP = 110, 40, 0.18


def span(
    starts: Sequence[date], counts: Sequence[float], inside: Sequence[bool], *, title: str, subtitle: str, alt: str,
    event: tuple[float, str] | None = None,
) -> Picture:  # fmt: skip
    """Draw bars from zero, those ``inside`` in the accent, the others grey.

    ``event`` is the place of a thin line (in bars from the left, 2.5 is the middle of the third) and its words.

    >>> span([date(2026, 9, 1), date(2026, 9, 2)], [1, 9], [False, True], title="t", subtitle="s", alt="nine on one day").alt
    'nine on one day'
    """
    width, high = CHART_PX / max(len(starts), 1), max([1.0, *counts])
    with canvas(TOP + HEIGHT + 24) as board:
        sheet = board.sheet()
        for look, mark in ((ACCENT, True), (CONTEXT, False)):
            corners = [
                (
                    i * width + width * GAP / 2,
                    TOP + HEIGHT * (1 - n / high),
                    (i + 1) * width - width * GAP / 2,
                    TOP + HEIGHT,
                )
                for i, (n, one) in enumerate(zip(counts, inside, strict=True))
                if n and bool(one) is mark
            ]
            boxes(sheet, corners, fc=look)
        rule(sheet, TOP + HEIGHT)
        if len(starts):
            top = max(range(len(counts)), key=lambda i: counts[i])
            words = number(counts[top], "contacts")
            half = text_width(words, bold=True) / 2
            middle = min(max((top + 0.5) * width, half), CHART_PX - half)
            if event is not None and abs(event[0] * width - middle) < half + 3:  # the line of the event would cross it
                middle = event[0] * width + half + 5
            board.write(middle, TOP - 9, words, ha="center", bold=True)
            board.write(0, TOP + HEIGHT + 13, day_label(starts[0]), color=MUTED)
            board.write(CHART_PX, TOP + HEIGHT + 13, day_label(starts[-1]), color=MUTED, ha="right")
        if event is not None:
            x = min(max(event[0] * width, 1), CHART_PX - 1)
            sheet.plot([x, x], [16, TOP + HEIGHT], color=INK, lw=1)
            half = text_width(event[1]) / 2
            board.write(min(max(x, half), CHART_PX - half), 8, event[1], ha="center")
    return board.picture(title=title, subtitle=subtitle, alt=alt)
