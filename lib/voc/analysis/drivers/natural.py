"""Natural experiments: what the scores did where something outside the contact moved a driver.

Two things move a driver without asking what the contact is about. A channel is overrun for some weeks: the scores of its
contacts are set against those of the same kind in other weeks and of other channels in the same months (difference in
differences: Card & Krueger, American Economic Review 84, 1994). And the rota hands a contact to a quick or to a slow agent: the
agent's usual pace is the instrument (Wald 1940; Angrist, Imbens & Rubin, JASA 91, 1996), with errors by agent. Both are weaker
than a lot: an overrun tires agents too, and a slow agent may differ in more than pace. So what is checked is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.store import to_frame
from ..intervals import Z
from .known import Driver
from .model import Model, Points, happy_chance, model
from .ranks import spearman_within
from .rows import Answers

COLUMNS = [
    "driver", "what", "kind", "n", "moved", "effect", "lo", "hi", "expected", "expected_lo", "expected_hi", "agrees", "checks",
]  # fmt: skip
BEFORE_AFTER, ROTA = "before and after", "rota"
FEWEST_TREATED, FEWEST_AGENTS, FEWEST_PACED = 40, 12, 100  # answers; agents; their contacts with handling times
AGREES, DIFFERS, WIDE = "agrees", "does not agree", "too few answers to tell"
LEAST_IN_WEEK, FEWEST_WEEKS = (
    1.0,
    8,
)  # variance of the happy of a week, about six answers; weeks that say how weeks differ
UNALIKE = 0.05  # chance below which a check says that contacts differed


def natural(
    answers: Answers, table: ir.Table, overruns: pd.DataFrame | None, models: Mapping[str, Model]
) -> pd.DataFrame:
    """Return what natural experiments there are (``COLUMNS``).

    ``answers`` may reach further back than the drivers' span: such weeks are rare. ``table``: measured contacts, for agents'
    paces; ``overruns``: channel, week, over; ``models``: the curves whose association is held against them.
    """
    rows = [_overrun(answers, overruns, models.get("first_response")), _rota(answers, table, models.get("handling"))]
    return pd.DataFrame([row for row in rows if row], columns=COLUMNS)


def standing(found: pd.DataFrame) -> dict[str, str]:
    """Return the kind of experiment that bears a driver out: beyond chance, and agreeing with the association."""
    firm = found[(found["agrees"] == AGREES) & (found["lo"] * found["hi"] > 0)]
    return dict(zip(firm["driver"], firm["kind"], strict=True))


def agreement(seen: Points, expected: Points) -> str:
    """Say whether what followed agrees with what the association says.

    >>> agreement(Points(-4.0, 1.0), Points(-3.0, 0.5)), agreement(Points(-1.0, 3.0), Points(-3.0, 0.5))
    ('agrees', 'too few answers to tell')
    """
    if abs(seen.value - expected.value) > Z * np.hypot(seen.se, expected.se):
        return DIFFERS
    return WIDE if seen.lo <= 0 <= seen.hi else AGREES


def outside(name: str, label: str) -> Driver:
    """Make a yes/no driver of what came from outside, before everything else."""
    return Driver(name, label, "", 0, "yes/no", (), lambda table: table[name], 0, "", "")


def _overrun(answers: Answers, overruns: pd.DataFrame | None, curve: Model | None) -> dict | None:
    """Set the answers of a channel's overrun weeks against all others of the same kind and month."""
    if overruns is None or curve is None or not overruns["over"].any() or "channel" not in answers.labels:
        return None
    over = overruns[overruns["over"].astype(bool)]
    codes, values = answers.labels["channel"]
    week = answers.frame["at"].dt.normalize() - pd.to_timedelta(answers.frame["at"].dt.day_of_week, unit="D")
    own = pd.MultiIndex.from_arrays([values[codes], week.astype("datetime64[s]")])
    there = pd.MultiIndex.from_arrays([over["channel"].astype(object), over["week"].astype("datetime64[s]")])
    inside = own.isin(there) & (codes >= 0)
    if inside.sum() < FEWEST_TREATED:
        return None
    u = answers.frame["first_response"].to_numpy(float)
    same = np.isin(codes, np.unique(codes[inside]))
    base, moved = np.nanmedian(u[same & ~inside]), np.nanmedian(u[inside])
    driver = outside("overrun", "Week in which the channel was overrun")
    with_it = replace(answers, frame=answers.frame.assign(overrun=inside.astype(float)))
    made = model(with_it, driver, held=("matter", "kind", "context"))
    if made is None:
        return None
    channels, weeks = sorted(set(own[inside].get_level_values(0))), own[inside].get_level_values(1).nunique()
    noun = "Channel" if len(channels) == 1 else "Channels"
    what = f"{noun} {' and '.join(map(str, channels))} could not keep up in {weeks} week{'s' if weeks > 1 else ''}"
    wider = restless(made, pd.factorize(own)[0], same & ~inside)
    return _told("first_response", what, BEFORE_AFTER, int(inside.sum()), made, curve, base, moved, wider) | {
        "checks": _same_matters(answers, inside, same)
    }


def restless(made: Model, week: np.ndarray, usual: np.ndarray) -> float:
    """Tell how many times wider the CSAT of weeks spreads than the chance of their answers; at least 1.

    A few weeks are compared with others: what makes any week better or worse than its answers' chance is a part of the error
    (quasi-likelihood: McCullagh & Nelder, Generalized Linear Models, 1989, 4.5). ``week`` numbers each row's week of its
    channel, ``usual`` marks the rows of weeks in which nothing happened.
    """
    p = happy_chance(made.answers, made.rows, made.fit)
    gap = made.answers.frame["happy"].to_numpy(float)[made.rows] - p
    week, usual = week[made.rows], usual[made.rows]
    chance = np.bincount(week[usual], (p * (1 - p))[usual])
    apart = np.bincount(week[usual], gap[usual])
    enough = chance >= LEAST_IN_WEEK
    return (
        float(np.sqrt(max(1.0, (apart[enough] ** 2 / chance[enough]).mean()))) if enough.sum() >= FEWEST_WEEKS else 1.0
    )


def _told(
    driver: str, what: str, kind: str, n: int, made: Model, curve: Model, base: float, moved: float, wider: float = 1.0
) -> dict:  # fmt: skip
    """Lay the effect seen beside the one that the association expects of the same move; ``wider``: how much errors grow."""
    size = len(made.rows)
    seen = _by_few(made.points(np.zeros(size), np.ones(size)), len(np.unique(made.design.cluster)))
    seen = Points(seen.value, seen.se * wider)
    expected = curve.points(np.full(len(curve.rows), base), np.full(len(curve.rows), moved))
    return {
        "driver": driver, "what": what, "kind": kind, "n": n, "moved": f"{np.exp(moved - base):.1f} times as long",
        "effect": seen.value, "lo": seen.lo, "hi": seen.hi, "expected": expected.value, "expected_lo": expected.lo,
        "expected_hi": expected.hi, "agrees": agreement(seen, expected),
    }  # fmt: skip


def _by_few(seen: Points, groups: int) -> Points:
    """Widen the error of an effect told from few groups: Student's t with two degrees less than groups in place of the normal.

    Agents are a dozen or some dozens (Donald & Lang, Review of Economics and Statistics 89, 2007).
    """
    from scipy.stats import t

    return Points(seen.value, seen.se * float(t.ppf(0.975, max(groups - 2, 1))) / Z)


def _same_matters(answers: Answers, inside: np.ndarray, same: np.ndarray) -> str:
    """Say whether the contacts of those weeks were about the same as in other weeks of the channel."""
    from scipy.stats import chi2_contingency

    if answers.matter not in answers.labels:
        return "What the contacts were about is not known."
    codes = answers.labels[answers.matter][0]
    rows = same & (codes >= 0)
    counts = np.array([np.bincount(codes[rows & mask], minlength=codes.max() + 1) for mask in (inside, ~inside)])
    counts = counts[:, counts.sum(axis=0) >= 20]
    if counts.shape[1] < 2 or (counts.sum(axis=1) == 0).any():
        return "Too few contacts to tell whether they were about the same."
    p = float(chi2_contingency(counts).pvalue)
    same_words = (
        "They were about the same as in other weeks"
        if p > UNALIKE
        else "They were not about the same as in other weeks; that is held alike"
    )
    return f"{same_words} (chance {p:.2f})."


def paces(table: ir.Table, matter: str, until: pd.Timestamp) -> pd.Series:
    """Return each agent's usual pace: mean logarithm of handling time against the same issue and channel; slow is above nought.

    ``table``: measured contacts, of which those before ``until`` count, so that a month is told alike whatever came after it.
    Agents with fewer than a hundred such contacts are left out.
    """
    if not {"agent_id", "aht_minutes"} <= set(table.columns):
        return pd.Series(dtype=float)
    by = [name for name in (matter, "channel") if name in table.columns]
    known = table.filter(table.aht_minutes.notnull() & (table.aht_minutes > 0) & table.agent_id.notnull())
    known = known.filter(known.created_local < until.to_pydatetime())
    cells = to_frame(known.group_by(["agent_id", *by]).agg(n=known.count(), total=known.aht_minutes.ln().sum()))
    if by:
        kind = cells.groupby(by, dropna=False)[["n", "total"]].transform("sum")
    else:
        kind = pd.DataFrame({"n": cells["n"].sum(), "total": cells["total"].sum()}, index=cells.index)
    apart = (cells["total"] - cells["n"] * kind["total"] / kind["n"]).groupby(cells["agent_id"]).sum()
    n = cells.groupby("agent_id")["n"].sum()
    return (apart / n)[n >= FEWEST_PACED].sort_index()


def _rota(answers: Answers, table: ir.Table, curve: Model | None) -> dict | None:
    """Set contacts that came to the slower third of agents against those that came to the quicker third, of the same kind."""
    if curve is None or answers.agents is None:
        return None
    pace = paces(table, answers.matter, answers.until).reindex(answers.agents).to_numpy(float)
    known = np.flatnonzero(~np.isnan(pace))
    if len(known) < FEWEST_AGENTS:
        return None
    low, high = np.quantile(pace[known], (1 / 3, 2 / 3))
    own = np.where(answers.agent >= 0, pace[answers.agent], np.nan)
    slow = np.where(own >= high, 1.0, np.where(own <= low, 0.0, np.nan))
    taken = answers.known(curve.driver)
    slow = np.where(taken, slow, np.nan)
    driver = outside("slow_agent", "Agent is of the slower third")
    # what differs from agent to agent is alike in all contacts of one: errors go by agent here, not by customer
    with_it = replace(answers, frame=answers.frame.assign(slow_agent=slow), customer=answers.agent)
    made = model(with_it, driver, held=("matter", "kind", "context"))
    if made is None:
        return None
    quick, late = own[slow == 0].mean(), own[slow == 1].mean()
    middle = float(np.median(curve.u))
    base, moved = middle - (late - quick) / 2, middle + (late - quick) / 2
    what = "The rota gave contacts of the same kind to quicker or to slower agents"
    return _told("handling", what, ROTA, len(made.rows), made, curve, base, moved) | {
        "checks": _as_by_lot(answers, slow)
    }


def _as_by_lot(answers: Answers, slow: np.ndarray) -> str:
    """Say whether the contacts of slow and of quick agents were alike in what came before the agent."""
    told = []
    for driver in answers.drivers:
        if driver.step > 1:
            continue
        x = answers.frame[driver.name].to_numpy(float)
        rows = ~np.isnan(x) & ~np.isnan(slow)
        found = spearman_within(slow[rows], x[rows], answers.customer[rows], answers.kind[rows])
        if found.n and not np.isnan(found.p):
            told.append((driver.label, found))
    if not told:
        return "Nothing that came before the agent is known."
    unlike = [f"«{label}» ({one.rho:+.2f})" for label, one in told if one.p < UNALIKE / len(told)]
    names = ", ".join(f"«{label}»" for label, _ in told)
    if unlike:
        return f"Their contacts were not alike before: rank correlation with {', '.join(unlike)}."
    return f"As by lot in what came before the agent: {names}."
