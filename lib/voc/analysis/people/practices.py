"""Who is clearly faster at something without worse satisfaction or more returning customers: a practice worth copying.

Speed alone is no practice: it is also what haste looks like. A cell (one agent's contacts of one category or issue, or all
of them) must be faster than the others' on the same issues and channels, beyond the usual spread between people and after
the false discovery rate over all cells; and both its CSAT and its returning customers must be shown to be no worse than a
stated margin (one-sided 95 % bound: non-inferiority, as in ICH E9). What is too few to show it is "cannot tell".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..chance import false_discovery, two_sided
from ..compare import LIKELY, SURE, UNKNOWN
from ..findings import SAME_STORY
from ..intervals import Z
from ..rules import MetricRules
from .agents import FEWEST_PEOPLE
from .between import normal_score, usual_spread
from .effects import figures, in_units, interval_of, two_digits
from .expected import LADDER, LOGGED, SURVEYED, Handled, standardise

MARGINS = {"csat_pct": 10.0, "return_pct": 5.0}  # points; how much worse would still pass
FASTER = 0.8  # ratio of handling times above which a difference is not worth anybody's while
ONE_SIDED, POWER = 1.6448536269514722, 0.8416212335729143  # standard normal quantiles of 95 % and 80 %
COPY, HASTE, COST, OPEN = "worth copying", "more customers come back", "less satisfied", UNKNOWN
SCOPES: tuple[tuple[str, Sequence[Sequence[str]]], ...] = (
    ("all", LADDER),
    ("category", (("issue", "channel"), ("category", "channel"), ("category",))),
    ("issue", (("issue", "channel"), ("issue",))),
)
CHECKED = ("n", "value", "expected", "difference", "lo", "hi", "bound", "verdict", "why")
COLUMNS = [
    "scope", "label", "n", "ratio", "ratio_lo", "ratio_hi", "minutes", "minutes_expected", "q", "certainty",
    *(f"{name}_{part}" for name in ("csat", "return") for part in CHECKED), "verdict",
]  # fmt: skip


@dataclass(frozen=True)
class Practices:
    """Cells that are clearly faster than expected, without names; ``people`` are for the lab.

    ``rows``: scope (all, category, issue), label, n (contacts timed), ratio of handling times with ratio_lo and ratio_hi
    (95 %), minutes and minutes_expected (geometric means), q, certainty; for csat and return: n, value, expected (%),
    difference, lo, hi (points, 95 %), bound (one-sided 95 %, on the bad side), verdict (not worse, worse, cannot tell), why;
    and the verdict of all: worth copying, more customers come back, less satisfied, cannot tell. ``tried`` counts the cells
    that were judged; ``why`` says why none could be.
    """

    rows: pd.DataFrame
    tried: int
    why: str
    margins: Mapping[str, float]
    people: pd.Series = field(repr=False)


def practices(found: Handled, rules: MetricRules, margins: Mapping[str, float] = MARGINS) -> Practices:
    """Look for agents who are clearly faster at something, and say whether anything speaks against copying it.

    Categories and issues worked on by fewer than ``rules.smallest_group`` agents are left out: they would point at a
    person. A cell is judged from half of ``rules.min_n`` timed contacts on, because a mean of logarithms needs fewer than a
    share; satisfaction and returns from ``rules.min_n``. A cell that is fast only through the contacts of a cell already
    told is not told again. ``margins`` are points.
    """
    cells, least = found.of_agents(), max(rules.smallest_group, FEWEST_PEOPLE)
    people = pd.Series(dtype=object)
    if cells["agent_id"].nunique() < least:
        return Practices(pd.DataFrame(columns=COLUMNS), 0, f"fewer than {least} agents", margins, people)
    scopes = [_scope(cells, *scope, rules, least) for scope in SCOPES]
    frame = pd.concat([part for part in scopes if len(part)] or scopes[:1], ignore_index=True)
    timed = frame[(frame["metric"] == LOGGED) & (frame["n"] >= rules.min_n / 2)]
    if timed.empty:
        why = (
            "no handling times" if (found.missing["metric"] == LOGGED).any() else "too few handling times to judge from"
        )
        return Practices(pd.DataFrame(columns=COLUMNS), 0, why, margins, people)
    fast = _faster(timed, rules)
    told = [row for row in fast.to_dict("records") if row["ratio"] <= FASTER]
    told = _once(cells, told, rules)
    rows = pd.DataFrame([_row(one, frame, rules, margins) for one in told], columns=COLUMNS)
    people = pd.Series([one["agent_id"] for one in told], dtype=object)
    return Practices(rows, len(timed), "", margins, people)


def _scope(
    cells: pd.DataFrame, scope: str, ladder: Sequence[Sequence[str]], rules: MetricRules, least: int
) -> pd.DataFrame:
    """Compare agents within each category or issue (or over all), and centre them on the usual agent there."""
    cells = cells.assign(all="all contacts")
    known = cells[cells[scope] != ""]
    enough = known.groupby(["metric", scope])["agent_id"].transform("nunique") >= least
    rows = standardise(known[enough], "agent_id", ladder, rules.min_n, within=(scope,))
    parts = [_centred(part) for _, part in rows[rows["se"] > 0].groupby(["metric", scope]) if len(part) >= least]
    empty = pd.DataFrame(columns=[*rows.columns, "middle", "total"])
    made = pd.concat(parts, ignore_index=True) if parts else empty
    return made.rename(columns={scope: "label"}).assign(scope=scope)


def _centred(part: pd.DataFrame) -> pd.DataFrame:
    n = part["n"].to_numpy(float)
    c = 1 + ((n**2).sum() - n**2) / (n.sum() - n) ** 2
    middle, tau2 = usual_spread(part["effect"].to_numpy(float), part["se"].to_numpy(float), c)
    total = np.sqrt(part["se"] ** 2 + c * tau2)
    return part.assign(effect=part["effect"] - middle, expected=part["expected"] + middle, middle=middle, total=total)


def _faster(timed: pd.DataFrame, rules: MetricRules) -> pd.DataFrame:
    """Return the cells that are faster than expected beyond chance and usual spread, clearest first."""
    skew = timed["skew"] * (timed["se"] / timed["total"]) ** 3
    z = normal_score(timed["effect"] / timed["total"], skew)
    q = false_discovery(pd.Series(two_sided(z), index=timed.index))
    certainty = np.select([q <= rules.sure, q <= rules.likely], [SURE, LIKELY], UNKNOWN)
    rows = timed.assign(z=z, q=q, certainty=certainty, ratio=np.exp(timed["effect"]))
    rows = rows[(rows["certainty"] != UNKNOWN) & (rows["effect"] < 0)]
    return rows.sort_values(["z", "scope", "label", "agent_id"], ignore_index=True)


def _once(cells: pd.DataFrame, fast: list[dict], rules: MetricRules) -> list[dict]:
    """Leave out cells that are fast only through the contacts of a cell already told of the same agent."""
    ladders, told = dict(SCOPES), []
    for one in fast:
        before = [other for other in told if other["agent_id"] == one["agent_id"]]
        if not before:
            told.append(one)
            continue
        rest = cells[cells["metric"] == LOGGED].assign(all="all contacts")
        rest = rest[rest[one["scope"]] == one["label"]]
        for other in before:
            rest = rest[rest[other["scope"]] != other["label"]]
        again = standardise(rest, "agent_id", ladders[one["scope"]], rules.min_n)
        again = again[again["agent_id"] == one["agent_id"]]
        if len(again) and again["n"].iloc[0] >= rules.min_n / 2:
            spread = np.sqrt(again["se"].iloc[0] ** 2 + one["total"] ** 2 - one["se"] ** 2)
            if again["effect"].iloc[0] - one["middle"] <= -SAME_STORY * spread:
                told.append(one)
    return told


def _row(one: Mapping, frame: pd.DataFrame, rules: MetricRules, margins: Mapping[str, float]) -> dict:
    """Put together what is known of one fast cell: its speed, its satisfaction, its returns, and the verdict."""
    same = frame[(frame["scope"] == one["scope"]) & (frame["label"] == one["label"])]
    same = same[same["agent_id"] == one["agent_id"]].set_index("metric", drop=False)
    csat, back = (_check(same, name, margins[name], rules.min_n) for name in ("csat_pct", "return_pct"))
    if csat["verdict"] == "not worse" and SURVEYED in same.index:
        asked = same.loc[[SURVEYED]]
        if interval_of(asked, Z)[1].iloc[0] < 0:
            csat |= {"verdict": UNKNOWN, "why": "fewer of these customers were surveyed than usual"}
    verdicts = (csat["verdict"], back["verdict"])
    verdict = (
        HASTE
        if back["verdict"] == "worse"
        else COST
        if csat["verdict"] == "worse"
        else OPEN
        if UNKNOWN in verdicts
        else COPY
    )
    ends = np.exp(np.array([one["effect"] - Z * one["se"], one["effect"] + Z * one["se"]]))
    return {
        **{name: one[name] for name in ("scope", "label", "n", "ratio", "q", "certainty")},
        "ratio_lo": ends[0],
        "ratio_hi": ends[1],
        "minutes": float(np.exp(one["observed"])),
        "minutes_expected": float(np.exp(one["expected"])),
        **{f"csat_{name}": value for name, value in csat.items()},
        **{f"return_{name}": value for name, value in back.items()},
        "verdict": verdict,
    }


def _check(same: pd.DataFrame, name: str, margin: float, min_n: int) -> dict:
    """Tell whether a share is shown to be no worse than ``margin`` points, shown to be worse, or neither."""
    nothing = dict.fromkeys(CHECKED, np.nan) | {"n": 0, "verdict": UNKNOWN, "why": "none is known"}
    if name not in same.index:
        return nothing
    row = same.loc[[name]]
    n, sign = int(row["n"].iloc[0]), 1 if name == "csat_pct" else -1  # more satisfaction is good, more returns are bad
    metric = row["metric"]
    lo, hi = (in_units(metric, end).iloc[0] for end in interval_of(row, Z))
    bound = in_units(metric, interval_of(row, ONE_SIDED)[0 if sign > 0 else 1]).iloc[0]
    worse = hi < 0 if sign > 0 else lo > 0
    passed = bound * sign > -margin
    known = n >= min_n and (worse or passed)
    return {
        "n": n,
        "value": figures(metric, row["observed"]).iloc[0],
        "expected": figures(metric, row["expected"]).iloc[0],
        "difference": in_units(metric, row["effect"]).iloc[0],
        "lo": lo,
        "hi": hi,
        "bound": bound,
        "verdict": UNKNOWN if not known else "worse" if worse else "not worse",
        "why": "" if known else _why_open(n, needed(float(row["expected"].iloc[0]), margin)),
    }


def _why_open(n: int, enough: int) -> str:
    return f"too few: about {enough:,} would settle it" if n < enough else "too close to call"


def needed(share: float, margin: float) -> int:
    """Tell how many contacts show that a share (0–1) is no worse than ``margin`` points, in four of five cases when it is equal.

    >>> needed(0.75, 10.0)
    116
    """
    return int(np.ceil((ONE_SIDED + POWER) ** 2 * share * (1 - share) / (margin / 100) ** 2))


def shareable(found: Practices) -> pd.DataFrame:
    """Return what may be saved and published: what could be copied, with counts in two digits that name nobody.

    Cells that are no practice stay out: they would be blame.
    """
    rows = found.rows[found.rows["verdict"].isin([COPY, OPEN])].reset_index(drop=True)
    return rows.assign(**{name: two_digits(rows[name]) for name in ("n", "csat_n", "return_n")})


def identify(found: Practices) -> pd.DataFrame:
    """Name the pseudonyms behind the rows; for the analyst's own screen, never to be saved or published.

    Returns agent_id, scope, label, n, ratio, verdict.
    """
    rows = found.rows.assign(agent_id=found.people.reindex(found.rows.index))
    return rows[["agent_id", "scope", "label", "n", "ratio", "verdict"]]
