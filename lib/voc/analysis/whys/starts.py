"""Where the first why is asked: what weighs most, what moved beyond its noise floor, where something begins, what an analyst names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ...data.periods import Period
from ..chance import false_discovery, two_sided
from ..compare import LIKELY, SURE
from ..problems import UNHAPPY as BITTER
from ..rules import MetricRules
from .contrast import COUNT, SHARE, Contrast, effects, total
from .question import Question
from .rows import Rows

CONTACTS, UNHAPPY, SLOW, LONG, BACK = "contacts", "unhappy", "slow", "long", "back"
MEASURES = {  # what is asked about: the column it is made of
    CONTACTS: "", UNHAPPY: "csat", SLOW: "frt_minutes", LONG: "aht_minutes", BACK: "repeat_pct",
}  # fmt: skip
OF_METRIC = {
    "contacts": CONTACTS, "csat_pct": UNHAPPY, "frt_minutes": SLOW, "frt_p90_minutes": SLOW, "frt_business_minutes": SLOW,
    "service_level_pct": SLOW, "sla_reply_pct": SLOW, "aht_minutes": LONG, "fcr_pct": BACK, "repeat_pct": BACK,
}  # fmt: skip
OTHERS, PREVIOUS, SEASON = "others", "previous", "season"
YEAR = 365  # days of a standing question: one month has too few contacts to say where they come from
USUAL = 0.75  # quantile, within the channel and before, above which a wait or a handling is longer than usual
MOST = 12  # stories told
WEIGHS, OFTEN, BEGINS, MOVED, ASKED = "weighs", "often", "begins", "moved", "asked"


@dataclass(frozen=True)
class Start:
    """One question to begin with.

    ``label`` is the problem (empty for all contacts), ``where`` a value that the contacts are limited to, ``measure`` one of
    ``MEASURES``, ``against`` what it is set against, ``why`` the reason it is asked, ``sign`` −1 for why less.
    """

    label: str
    measure: str = CONTACTS
    against: str = OTHERS
    why: str = WEIGHS
    where: tuple[str, str] | None = None
    sign: int = 1

    @property
    def key(self) -> tuple:
        """What makes two starts the same question."""
        return self.label, self.measure, self.against, self.where


def starts(
    rows: Rows,
    period: Period,
    rules: MetricRules,
    *,
    problems: pd.DataFrame,
    findings: pd.DataFrame,
    begins: Sequence[str] = (),
    named: Sequence[str] = (),
    spread: float = 1.0,
    most: int = MOST,
) -> list[Start]:
    """List the questions of a month, those named by an analyst first, then by why they are asked.

    Args:
        rows: contacts of the year and of the period before.
        period: under report.
        problems: the heaviest ones, heaviest first (``problems.top_problems``): label, dimension.
        findings: what moved beyond chance (``findings.find``): metric, dimension, label, direction, change, certainty.
        begins: problems inside which a theme begins.
        named: «problem», «problem: measure» or «: measure», as an analyst writes them.
        spread: of counts, times Poisson.
        most: stories told at most; named ones always are.
    """
    asked = [_named(text, rows) for text in named]
    inside = year_before(rows, period)
    counts = pd.Series(rows.problem[inside & (rows.problem != "")]).value_counts()
    often = [label for label, n in counts.head(5).items() if n >= rules.min_n]
    heavy = [label for label in problems.get("label", []) if label in counts.index]
    moved = list(_moved(findings, rows))
    seasonal = list(against_season(rows, period, rules, spread))
    found = [
        *asked,
        *moved,
        *(Start(label, why=WEIGHS) for label in heavy),
        *(Start(label, why=BEGINS) for label in begins if label in counts.index),
        *(Start(label, why=OFTEN) for label in often),
        *seasonal,
    ]
    kept = list({one.key: one for one in reversed(found)}.values())[::-1]
    return kept[: max(most, len(asked))]


def _named(text: str, rows: Rows) -> Start:
    label, _, measure = (part.strip() for part in text.partition(":"))
    measure = measure or CONTACTS
    known = set(rows.problem)
    if label and label not in known:
        raise ValueError(f"there is no problem {label!r}; there are {', '.join(sorted(known - {''}))}")
    if measure not in MEASURES:
        raise ValueError(f"{measure!r} is no measure; there are {', '.join(MEASURES)}")
    return Start(label, measure, OTHERS if measure in (CONTACTS, UNHAPPY) and label else PREVIOUS, ASKED)


def _moved(findings: pd.DataFrame, rows: Rows) -> Iterable[Start]:
    """Turn findings into questions: why more or less of it than the period before."""
    for row in findings.to_dict("records"):
        measure = OF_METRIC.get(row["metric"])
        if measure is None or row["certainty"] not in (SURE, LIKELY) or row["direction"] == "first":
            continue
        dimension, label = (row.get(key) if isinstance(row.get(key), str) else "" for key in ("dimension", "label"))
        less = row["change"] < 0 if measure != UNHAPPY else row["change"] > 0
        less = row["change"] > 0 if row["metric"] in ("fcr_pct", "service_level_pct", "sla_reply_pct") else less
        about = label if dimension == rows.matter else ""
        where = (dimension, label) if dimension and dimension != rows.matter and dimension in rows.codes else None
        if dimension and not about and where is None:
            continue
        yield Start(about, measure, PREVIOUS, MOVED, where, -1 if less else 1)


def against_season(rows: Rows, period: Period, rules: MetricRules, spread: float) -> Iterable[Start]:
    """Find problems of which there are more than in the same period a year before, the growth of all contacts taken out."""
    then, now = within(rows, period.year_before()), within(rows, period)
    labels, code = np.unique(rows.problem.astype(str), return_inverse=True)
    a, b = (np.bincount(code[kept], minlength=len(labels)).astype(float) for kept in (now, then))
    if not b.sum() or not a.sum():
        return
    whole = np.array([a.sum(), b.sum()])
    z = effects(np.column_stack([a, b]), whole, Contrast(COUNT, np.zeros(0, np.int8), spread)).z
    able = (np.minimum(a, b) >= 5) & (a + b >= rules.min_n) & (labels != "")
    q = false_discovery(pd.Series(two_sided(z)).where(able & (z > 0)))
    for at in np.argsort(-np.nan_to_num(z), kind="stable"):
        if q[at] <= rules.sure:
            yield Start(str(labels[at]), CONTACTS, SEASON, MOVED)


def year_before(rows: Rows, period: Period) -> np.ndarray:
    """Mark the rows of the year that ends with a period."""
    end = (pd.Timestamp(period.end) - rows.first).days
    return (rows.day >= end - YEAR) & (rows.day < end)


def within(rows: Rows, period: Period) -> np.ndarray:
    """Mark the rows of a period."""
    first, end = ((pd.Timestamp(day) - rows.first).days for day in (period.start, period.end))
    return (rows.day >= first) & (rows.day < end)


def question(
    rows: Rows, start: Start, period: Period, spread: float, fewest: int = 30
) -> tuple[Question, float] | None:
    """Lay out the contrasts of a start, and how much there is to explain.

    None where its measure is not in the data, or fewer than ``fewest`` contacts (answers) stand on either side of a comparison.
    """
    about = (rows.problem == start.label) if start.label else np.ones(len(rows), dtype=bool)
    if start.where:
        about &= rows.is_value(*start.where)
    asked = (
        _standing(rows, start, about, period, spread)
        if start.against == OTHERS
        else _change(rows, start, about, period, spread)
    )
    if asked is None or not _comparable(asked.main, start, fewest):
        return None
    now, then = spans(start, period)
    scale = 0.0 if start.against == OTHERS else now.days / then.days
    taken = {start.where[0]} if start.where else set()
    return replace(asked, about=start.label, taken=frozenset(taken)), total(asked.main, scale)


def _comparable(main: Contrast, start: Start, fewest: int) -> bool:
    """Tell whether a period can be set against another: a month with a handful of contacts explains nothing of the next."""
    if start.against == OTHERS:
        return True
    by_group = np.bincount(main.group[main.group >= 0], minlength=main.groups)
    sides = (by_group[0], by_group[1]) if main.form == COUNT else (by_group[:2].sum(), by_group[2:].sum())
    if start.measure == CONTACTS:  # what is new has no before, and that it is new is the question
        return sides[0] >= fewest
    return min(sides) >= fewest


def spans(start: Start, period: Period) -> tuple[Period, Period]:
    """Return the period whose excess is asked about, and the one it is set against.

    Contacts that are missing cannot be asked: where there are fewer than before, what was there before is looked at.
    """
    then = period.year_before() if start.against == SEASON else period.previous()
    return (then, period) if start.measure == CONTACTS and start.sign < 0 else (period, then)


def _standing(rows: Rows, start: Start, about: np.ndarray, period: Period, spread: float) -> Question | None:
    """Set a problem against all other contacts of a year, or its unhappy answers against the others."""
    inside = year_before(rows, period)
    end = (pd.Timestamp(period.end) - rows.first).days
    if start.measure == CONTACTS:
        case, base = inside & about, inside & ~about & (rows.problem != "")
    else:
        bad, known = marked(rows, start.measure, inside)
        case, base = inside & about & known & bad, inside & about & known & ~bad
    if not case.any() or not base.any():
        return None
    main = Contrast(COUNT, _groups(case, base), spread if start.measure == CONTACTS else 1.0, start.sign)
    siblings = replace(main, group=_groups(case, np.zeros_like(case))) if start.measure == CONTACTS else main
    return Question(main, case, siblings, main, days=(max(0, end - YEAR), end), standing=True)


def _change(rows: Rows, start: Start, about: np.ndarray, period: Period, spread: float) -> Question | None:
    """Set a period against the one before, or the same a year before."""
    asked_of, set_against = spans(start, period)
    now, then = within(rows, asked_of), within(rows, set_against)
    days = tuple((pd.Timestamp(day) - rows.first).days for day in (asked_of.start, asked_of.end))
    if not (now & about).any() or not (then & about).any():
        return None
    if start.measure == CONTACTS:
        main = Contrast(COUNT, _groups(now & about, then & about), spread)
        others = now & ~about
        timed = Contrast(COUNT, _groups(now & about, others), spread)
        return Question(
            main, now & about, None, timed, _rated(now, then, about, spread), days, exact_days=not others.any()
        )
    bad, known = marked(rows, start.measure, then)
    if not (known & now & about).any() or not (known & then & about).any():
        return None
    group = np.full(len(rows), -1, dtype=np.int8)
    for at, kept in enumerate((now & bad, now & ~bad, then & bad, then & ~bad)):
        group[kept & about & known] = at
    timed = Contrast(COUNT, np.where(group < 2, group, -1).astype(np.int8), 1.0, start.sign)
    return Question(Contrast(SHARE, group, 1.0, start.sign), group == 0, None, timed, days=days)


def _rated(now: np.ndarray, then: np.ndarray, about: np.ndarray, spread: float) -> Contrast | None:
    """Ask of all contacts whether the share that is about something has changed; None where everything is."""
    if not ((now & ~about).any() and (then & ~about).any()):
        return None
    group = np.full(len(now), -1, dtype=np.int8)
    for at, kept in enumerate((now & about, now & ~about, then & about, then & ~about)):
        group[kept] = at
    return Contrast(SHARE, group, spread)


def _groups(case: np.ndarray, base: np.ndarray) -> np.ndarray:
    return np.where(case, 0, np.where(base, 1, -1)).astype(np.int8)


def marked(rows: Rows, measure: str, usual: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mark the rows that a measure is bad of, and those where it is known.

    A wait or a handling is bad when it is longer than three quarters of the same channel's among the rows ``usual``: an
    e-mail is no slow chat.
    """
    column = MEASURES[measure]
    if column not in rows.frame:
        none = np.zeros(len(rows), dtype=bool)
        return none, none
    value = rows.frame[column].to_numpy(float, na_value=np.nan)
    known = np.isfinite(value)
    if measure == UNHAPPY:
        return known & (value <= BITTER), known
    if measure == BACK:
        return known & (value > 0), known
    channel = rows.codes.get("channel", np.zeros(len(rows), np.int32))
    limit = np.full(len(rows), np.inf)
    for code in np.unique(channel):
        own = channel == code
        if (own & usual & known).any():
            limit[own] = np.quantile(value[own & usual & known], USUAL)
    return known & (value > limit), known & np.isfinite(limit)
