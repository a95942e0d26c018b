"""Every pattern × every group tested, all judged together; what stays inside the house, because agents stand in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.periods import Period
from ..chance import false_discovery
from ..compare import LIKELY, NOISE, SURE, UNKNOWN
from ..rules import MetricRules
from .detectors import DETECTORS, Detector, unable
from .marks import cells, marked, window
from .slopes import slopes
from .strata import against_rest, chance, gap_against_rest, spread_of, with_interval

FIGURES = ["n", "value", "rest", "difference", "lo", "hi", "other_value", "other_rest"]
COLUMNS = ["detector", "dimension", "unit", *FIGURES, "p", "q", "certainty", "why", "adjusted_for"]
NOTHING_VARIES = "all or none of these contacts show it, in every group"
MAIN, SECOND = "main", "second"

Test = Callable[[pd.DataFrame, str, Sequence[str], int], pd.DataFrame]


def judged(
    measured: ir.Table,
    period: Period,
    rules: MetricRules,
    removed: pd.DataFrame | ir.Table | None,
    periods: Sequence[Period],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Test every pattern in every group that it is looked for in.

    Returns the tests (detector, dimension: "", "team" or "agent_id", unit: the group, n, value, rest, difference, lo, hi,
    other_value, other_rest, p, q, certainty, why, adjusted_for) and who works where (agent_id, team: where most of the agent's contacts
    are, contacts). Shares and their differences are in per cent and points. A pattern that cannot be looked for, or in no
    group, has one row with ``why``. Holds pseudonyms of agents: never to be shown or saved.
    """
    reasons = {
        name: unable(one, measured.columns, rules, copies_known=removed is not None) for name, one in DETECTORS.items()
    }
    able = [name for name, why in reasons.items() if not why]
    table, strata, marks = marked(window(measured, period, rules), rules, copies_of(removed))
    units = [name for name in ("team", "agent_id") if name in table.columns]
    sums = cells(table, [*strata, "bad", *units], marks)
    staff = _staff(sums, units)
    homes = staff.set_index("agent_id")["team"].to_dict()
    parts = [
        _lines(DETECTORS[name], unit, sums, strata, homes, rules)
        for name in able
        for unit in _units(DETECTORS[name], units)
    ]
    if "handling falls while returns rise" in able:
        trend = slopes(measured, periods, rules).assign(detector="handling falls while returns rise")
        parts.append(trend)
    if "templates" in able:
        parts.append(_after_templates(table, strata, rules))
    parts += [pd.DataFrame([{"detector": name, "dimension": "", "why": why}]) for name, why in reasons.items() if why]
    tests = pd.concat([part for part in parts if len(part)], ignore_index=True).reindex(columns=COLUMNS)
    silent = [name for name in able if name not in set(tests["detector"])]
    none = [{"detector": name, "dimension": "", "why": "no contact of these days has what it needs"} for name in silent]
    tests = pd.concat([tests, pd.DataFrame(none, columns=COLUMNS)], ignore_index=True) if none else tests
    return _with_certainty(tests.assign(adjusted_for=" and ".join(strata)), rules), staff


def copies_of(removed: pd.DataFrame | ir.Table | None) -> ir.Table | None:
    """Return the ids (kept_id) of contacts of which another copy was taken out; the same row twice is the export's doing."""
    if removed is None:
        return None
    if isinstance(removed, pd.DataFrame):
        if "kept_id" not in removed.columns or removed.empty:
            return ibis.memtable({"kept_id": []}, schema={"kept_id": "string"})
        kept = removed[removed["kept_id"].notna() & (removed["kept_id"] != removed["interaction_id"])]
        return ibis.memtable({"kept_id": kept["kept_id"].astype(str).tolist()}, schema={"kept_id": "string"})
    return removed.filter(removed.kept_id.notnull() & (removed.kept_id != removed.interaction_id)).select("kept_id")


def _units(detector: Detector, there: Sequence[str]) -> list[str]:
    return [] if "" in detector.units else [unit for unit in detector.units if unit in there]


def _lines(
    detector: Detector,
    unit: str,
    sums: pd.DataFrame,
    strata: Sequence[str],
    homes: Mapping[str, str],
    rules: MetricRules,
) -> pd.DataFrame:
    """Test one pattern in every group of a kind."""
    test = TESTS[detector.name]
    groups = test(sums, unit, strata, detector.side)
    if MAIN not in groups or groups[MAIN].empty:
        return pd.DataFrame()
    agents = test(sums, "agent_id", strata, detector.side) if "agent_id" in sums.columns else {}
    inside = homes if unit == "team" else None
    spread = {
        leg: spread_of(agents[leg].loc[agents[leg]["n"] >= rules.min_n, "z"], inside) if leg in agents else 1.0
        for leg in groups
    }
    p = pd.DataFrame({leg: chance(part, _side(detector, leg), spread[leg]) for leg, part in groups.items()})
    main = with_interval(groups[MAIN], spread[MAIN])
    found = 100 * main[["value", "rest", "difference", "lo", "hi"]]
    if SECOND in groups:
        second = groups[SECOND]
        found["other_value"], found["other_rest"] = _in_percent(second, logs=detector.name == SHORT)
    found = found.assign(n=main["n"], p=p.max(axis=1, skipna=False), detector=detector.name, dimension=unit, why="")
    found.loc[found["p"].isna(), "why"] = NOTHING_VARIES
    found.loc[found["n"] < rules.min_n, ["p", "why"]] = [np.nan, f"fewer than {rules.min_n} contacts to judge from"]
    return found.rename_axis("unit").reset_index()


def _side(detector: Detector, leg: str) -> int:
    return -1 if detector.name == SHORT and leg == SECOND else detector.side


def _in_percent(second: pd.DataFrame, *, logs: bool) -> tuple[pd.Series, pd.Series]:
    """Write the second figure: shares in per cent, handling time as per cent above or below the others' (0)."""
    if logs:
        return 100 * np.expm1(second["difference"]), second["difference"] * 0.0
    return 100 * second["value"], 100 * second["rest"]


def _each(**legs: str) -> Test:
    """Make a test of several marks that must all stand out (their largest p counts: intersection–union)."""

    def test(sums: pd.DataFrame, unit: str, strata: Sequence[str], side: int) -> dict[str, pd.DataFrame]:
        if not all(f"{mark}_n" in sums for mark in legs.values()):
            return {}
        return {leg: against_rest(sums, unit, mark, strata, side=side) for leg, mark in legs.items()}

    return test


def _gap(sums: pd.DataFrame, unit: str, strata: Sequence[str], side: int) -> dict[str, pd.DataFrame]:
    return {MAIN: gap_against_rest(sums, unit, "sent", strata, "bad")}


def _like_signs(sums: pd.DataFrame, unit: str, strata: Sequence[str], side: int) -> dict[str, pd.DataFrame]:
    return {MAIN: against_rest(sums, unit, "low", [*strata, "bad"], side=side)}


SHORT = "short handling, many returns"
TESTS: dict[str, Test] = {
    "quick close": _each(main="quick_back", second="quick", third="back"),
    "reassigned after a bad score": _each(main="reassigned"),
    "surveys after bad signs": _gap,
    "surveys in total": _each(main="sent"),
    "low answers": _like_signs,
    "splits": _each(main="split"),
    "copies": _each(main="copied"),
    "templates": _each(main="template_back", second="template", third="reply_back"),
    SHORT: _each(main="handle_back", second="handle"),
}


def _after_templates(table: ir.Table, strata: Sequence[str], rules: MetricRules) -> pd.DataFrame:
    """Set returns after templates against returns after replies in own words, whoever wrote them."""
    sums = cells(table.filter(table.template.notnull()), [*strata, "template"], ["reply_back"])
    found = against_rest(sums, "template", "reply_back", strata, side=1)
    found = with_interval(found.assign(p=chance(found, 1, 1.0)), 1.0)[lambda rows: rows.index == 1.0]
    row = 100 * found[["value", "rest", "difference", "lo", "hi"]]
    row = row.assign(n=found["n"], p=found["p"], detector="templates", dimension="", unit="", why="")
    row["other_value"] = 100 * sums.loc[sums["template"] == 1.0, "contacts"].sum() / max(sums["contacts"].sum(), 1)
    row.loc[row["p"].isna(), "why"] = NOTHING_VARIES
    row.loc[row["n"] < rules.min_n, ["p", "why"]] = [np.nan, f"fewer than {rules.min_n} contacts to judge from"]
    return row.reset_index(drop=True)


def _with_certainty(tests: pd.DataFrame, rules: MetricRules) -> pd.DataFrame:
    """Judge all tests together: the false discovery rate over patterns × groups (Benjamini & Hochberg 1995)."""
    words = {name: tests[name].astype(object).where(tests[name].notna(), "") for name in ("why", "unit")}
    tests = tests.assign(**words)
    able = (tests["why"] == "") & tests["p"].notna()
    tests["q"] = q = false_discovery(tests["p"].where(able))
    tests["certainty"] = np.select([~able, q <= rules.sure, q <= rules.likely], [UNKNOWN, SURE, LIKELY], NOISE)
    return tests[COLUMNS]


def _staff(sums: pd.DataFrame, units: Sequence[str]) -> pd.DataFrame:
    """Tell in which team each agent has most contacts (the first by name where two have as many)."""
    if "agent_id" not in units:
        return pd.DataFrame(columns=["agent_id", "team", "contacts"])
    frame = sums if "team" in units else sums.assign(team="")
    frame = frame[frame["agent_id"].notna()].assign(team=frame["team"].fillna(""))
    counts = frame.groupby(["agent_id", "team"])["contacts"].sum().reset_index()
    counts = counts.sort_values(["agent_id", "contacts", "team"], ascending=[True, False, True])
    return counts.drop_duplicates("agent_id", ignore_index=True)
