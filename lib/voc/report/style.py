"""Colours, type scale and the one way in which numbers, durations and dates are written.

Units are the words that metrics use: ``contacts`` (any count), ``seconds``, ``minutes``, ``hours``, ``%`` (0–100),
``score 1–5`` and ``pts`` (percentage points). Whatever a page, table or chart prints goes through here, so that the
same figure reads the same everywhere.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from typing import Any

INK = "#1d1d1f"
MUTED = "#5b5f66"
RULE = "#e4e4e1"
PAPER = "#ffffff"
ACCENT = "#0b5cad"
ACCENT_SOFT = "#9fbfdf"
WORSE = "#b3401f"
BETTER = "#00705f"
CONTEXT = "#a9acb1"  # marks in the background; never text
BAND = "#eeeeea"  # the noise band behind a line
OKABE_ITO = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")

TEXT_PX = 13  # text inside charts
TITLE_PX = 16
CHART_PX = 420  # drawn width of a chart: 13 px text is still over 10 px on a 375 px phone

FONTS = (
    'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", "Liberation Sans", '
    '"PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif'
)

CERTAINTIES = ("sure", "likely", "within noise", "cannot tell")
NEUTRAL = ("more", "fewer", "higher", "lower")
SECONDS = {"seconds": 1.0, "minutes": 60.0, "hours": 3600.0}
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DURATION_UNITS = (("s", 1, "min", 60, 3600), ("min", 60, "h", 60, 48 * 3600), ("h", 3600, "d", 24, math.inf))
MISSING = "–"
MINUS = "−"
NBSP = "\u00a0"
LABEL_LETTERS = 60  # a longer label is a text that got into a label's column
FIELD_WORDS = {
    "created_at": "time of the contact", "first_response_at": "time of first response", "resolved_at": "time of solution",
    "first_resolved_at": "time first solved", "handle_seconds": "handling time", "talk_seconds": "talk time",
    "hold_seconds": "hold time", "wrap_seconds": "wrap-up time", "queue_seconds": "waiting time", "csat": "CSAT",
    "nps": "NPS", "ces": "effort score", "survey_sent": "mark of surveys sent", "reopened": "times reopened",
    "abandoned": "mark of calls given up",
}  # fmt: skip


def is_missing(value: Any) -> bool:
    """Tell whether ``value`` is None, NaN, NaT or pandas' NA.

    >>> is_missing(float("nan")), is_missing(0)
    (True, False)
    """
    if value is None:
        return True
    try:
        return bool(value != value)
    except TypeError:  # pandas.NA refuses to be a truth value
        return True


def cut(label: Any, most: int = LABEL_LETTERS) -> str:
    """Shorten a label that is longer than a headline, a chart or a table can bear.

    >>> cut("delivery"), cut("abcdef", 4)
    ('delivery', 'abc…')
    """
    text = "" if is_missing(label) else str(label)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def field_words(name: str) -> str:
    """Say a field or column in words.

    >>> field_words("handle_seconds"), field_words("customer_id")
    ('handling time', 'customer id')
    """
    return FIELD_WORDS.get(name, name.replace("_", " "))


def reason(why: Any) -> str:
    """Write a reason for readers: fields in words, per cent without a blank.

    >>> reason("the data have no customer_id; 3.0 % of contacts have it")
    'the data have no customer id; 3.0% of contacts have it'
    """
    text = "" if is_missing(why) else str(why)
    text = re.sub(
        r"\b[a-z]+(?:_[a-z]+)+\b|(?<=\bno )(?:csat|nps|ces|abandoned|reopened)\b",
        lambda name: field_words(name[0]),
        text,
    )
    return re.sub(r"(?<=\d) %", "%", text)


def duration(seconds: float) -> str:
    """Write a duration in at most two neighbouring units (s, min, h, d), rounded, never "60 min".

    >>> duration(12_000).replace(NBSP, " ")
    '3 h 20 min'
    """
    total = abs(float(seconds))
    sign = MINUS if seconds < 0 else ""
    for units in DURATION_UNITS:
        small, size, large, step, limit = units
        whole, rest = divmod(round(total / size), step)
        if whole * step * size < limit:
            break
    if small == "s" and total < 10 and total != round(total):
        return f"{sign}{total:.1f}{NBSP}s"
    parts = [f"{whole:,}{NBSP}{large}"] if whole else []
    if rest or not whole:
        parts.append(f"{rest}{NBSP}{small}")
    return sign + NBSP.join(parts)


def number(value: Any, unit: str, *, bare: bool = False) -> str:
    """Write a value in its unit: counts with thousands commas, shares with one decimal, durations in words.

    ``bare`` leaves "%" and "pts" out, for columns that carry the unit in their head. Counts never carry a noun: the
    sentence around them does. Missing values become an en dash.

    >>> number(4512, "contacts"), number(81.26, "%"), number(4.206, "score 1–5")
    ('4,512', '81.3%', '4.21')
    """
    if is_missing(value):
        return MISSING
    value = float(value)
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    if unit in SECONDS:
        return duration(value * SECONDS[unit])
    if unit == "%":
        text, tail = f"{value:,.1f}", "%"
    elif unit == "pts":
        text, tail = f"{value:,.1f}", f"{NBSP}pts"
    elif unit.startswith("score"):
        text, tail = f"{value:,.2f}", ""
    else:
        decimals = 0 if value == round(value) or abs(value) >= 100 else 1
        text, tail = f"{value:,.{decimals}f}", ""
    if not any(digit in text for digit in "123456789"):
        text = text.removeprefix("-")  # no "−0.0"
    return text.replace("-", MINUS) + ("" if bare else tail)


def change(value: Any, unit: str, *, bare: bool = False) -> str:
    """Write a difference with its sign; the difference of two shares is in percentage points.

    >>> change(-3.21, "%").replace(NBSP, " "), change(312, "contacts")
    ('−3.2 pts', '+312')
    """
    if is_missing(value):
        return MISSING
    text = number(abs(float(value)), "pts" if unit == "%" else unit, bare=bare)
    if not any(digit in text for digit in "123456789∞"):
        return f"±{text}"
    return ("+" if value > 0 else MINUS) + text


def relative(now: Any, before: Any) -> str:
    """Write by how much ``now`` differs from ``before``, in percent of ``before``.

    >>> relative(112, 100)
    '+12%'
    """
    if is_missing(now) or is_missing(before) or not float(before):
        return MISSING
    percent = (float(now) / float(before) - 1) * 100
    text = f"{abs(percent):.0f}" if abs(percent) >= 9.95 else f"{abs(percent):.1f}"
    return ("±" if float(text) == 0 else "+" if percent > 0 else MINUS) + text + "%"


def interval(lo: Any, hi: Any, unit: str, *, signed: bool = False, bare: bool = False) -> str:
    """Write an interval; ``signed`` for intervals of differences ("−1.2 to +3.4 pts").

    >>> interval(78.1, 84.2, "%")
    '78.1–84.2%'
    """
    if is_missing(lo) or is_missing(hi):
        return MISSING
    if signed:
        plain = "pts" if unit == "%" else unit
        return f"{change(lo, plain, bare=True)} to {change(hi, plain, bare=bare)}"
    if unit in SECONDS:
        low, high = number(lo, unit), number(hi, unit)
        return low if low == high else f"{low} – {high}"
    if unit == "contacts":  # nobody makes half a contact
        lo, hi = round(lo), round(hi)
    joint = " to " if lo < 0 else "–"
    return f"{number(lo, unit, bare=True)}{joint}{number(hi, unit, bare=bare)}"


def day_label(day: date | datetime, *, year: bool = True) -> str:
    """Write a day: "3 Sep 2026", without the year "3 Sep".

    >>> day_label(date(2026, 9, 3)).replace(NBSP, " ")
    '3 Sep 2026'
    """
    text = f"{day.day}{NBSP}{MONTHS[day.month - 1][:3]}"
    return f"{text}{NBSP}{day.year}" if year else text


def period_label(start: date | datetime, kind: str = "month") -> str:
    """Name the period that begins at ``start``; ``kind`` is day, week, month, quarter or year.

    >>> period_label(date(2026, 10, 1)), period_label(date(2026, 7, 1), "quarter")
    ('October 2026', 'Q3 2026')
    """
    if kind == "day":
        return day_label(start)
    if kind == "week":
        return f"week of {day_label(start)}"
    if kind == "quarter":
        return f"Q{(start.month + 2) // 3} {start.year}"
    return str(start.year) if kind == "year" else f"{MONTHS[start.month - 1]} {start.year}"


def judged(value: Any, better: Any, certainty: Any = None, unit: str = "") -> str:
    """Say what a change is: ``better`` or ``worse``, else ``more``/``fewer`` (counts) or ``higher``/``lower``.

    ``better`` is the good direction, ``up`` or ``down``; missing means neither. A change within noise, or one of which
    nothing can be told, is called just that, never better or worse.

    >>> judged(3.0, "down", "sure"), judged(3.0, "up", "within noise")
    ('worse', 'within noise')
    """
    if is_missing(value):
        return "cannot tell"
    if certainty in ("within noise", "cannot tell"):
        return str(certainty)
    if float(value) == 0:
        return "unchanged"
    if better not in ("up", "down"):
        up, down = ("more", "fewer") if unit == "contacts" else ("higher", "lower")
        return up if value > 0 else down
    return "better" if (value > 0) == (better == "up") else "worse"


def tone(word: str) -> str:
    """Return the colour that belongs to a word of :func:`judged`.

    >>> tone("worse") == WORSE
    True
    """
    return {"better": BETTER, "worse": WORSE, **dict.fromkeys(NEUTRAL, INK)}.get(word, MUTED)
