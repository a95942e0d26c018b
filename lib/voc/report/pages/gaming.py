"""The section about figures that may be worked for instead of customers: patterns, never accusations."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from ...analysis.compare import LIKELY, SURE
from ...analysis.gaming import DETECTORS
from ...analysis.rules import MetricRules
from ...data.periods import Period
from .. import charts
from ..canvas import Picture
from ..style import change, cut, day_label, interval, is_missing, number, reason
from ..tables import Col, Html, say, table

FOUND = (SURE, LIKELY)
COLUMN = r" \([a-z_]+\)$"  # the column's own name, for analysts who read the table
SURVEYS = ("surveys after bad signs", "surveys in total", "low answers")
CLOSING = ("quick close", "short handling, many returns")
STORIES = (
    (CLOSING, "contacts closed quickly or in little time whose customers come back"),
    (SURVEYS, "surveys that do not reach unhappy customers"),
    (("reassigned after a bad score",), "contacts handed on after a bad score"),
    (("splits",), "one question counted as two contacts"),
    (("copies",), "copies of contacts"),
    (("templates",), "templates that close without solving"),
    (("handling falls while returns rise",), "handling time going down while returns go up"),
)
NUMBERS = (
    "Nothing",
    "One thing",
    "Two things",
    "Three things",
    "Four things",
    "Five things",
    "Six things",
    "Seven things",
)
GAPS = {"surveys after bad signs": "pts", "handling falls while returns rise": "pts"}
MEASURES = {
    "quick close": "closed quickly and came back", "reassigned after a bad score": "answered contacts handed on",
    "surveys after bad signs": "surveys after bad signs, against its other contacts,",
    "surveys in total": "closed contacts with a survey", "low answers": "answers of 1 and 2",
    "splits": "second contacts within two hours", "copies": "contacts with a copy removed",
    "templates": "answered with a template and came back", "short handling, many returns": "customers who came back",
    "handling falls while returns rise": "returns a year",
}  # fmt: skip


def section(found: pd.DataFrame, period: Period, rules: MetricRules) -> list[Html | Picture]:
    """Set the section: what is consistent with gaming, a table with the innocent explanations, charts, what is quiet.

    ``found`` comes from ``voc.analysis.gaming.detect``.
    """
    if (found["why"] != "").all():
        return [part for part in (summary(found), not_looked(found)) if part is not None]
    end = day_label(pd.Timestamp(period.end) - pd.Timedelta(days=1))
    like = found["adjusted_for"].iloc[0]
    looked = say(
        "{n} of {all} patterns of figures worked for instead of customers could be looked for in the {days} days to {end}, "
        "each group against all others{like}. A pattern is not an intention: each has an everyday explanation, which stands beside it. "
        "A team can stand out because of a few in it; agents are only counted, never named.",
        n=found.loc[found["why"] == "", "detector"].nunique(),
        all=len(DETECTORS), days=rules.agent_days, end=end,
        like=f", like with like by {like}" if like else "; what they handle cannot be allowed for",
    )  # fmt: skip
    parts: list[Html | Picture | None] = [looked, summary(found), findings_table(found), *pictures(found)]
    return [part for part in [*parts, quiet(found), not_looked(found)] if part is not None]


def stories(found: pd.DataFrame) -> list[tuple[str, list[str], str]]:
    """List what is consistent with gaming: words, the detectors that agree, and where.

    Surveys are told where the signs before the survey speak, or both other angles do: few surveys alone may be a tool, few
    low answers alone a good team.
    """
    told = []
    for names, words in STORIES:
        part = found[found["detector"].isin(names) & found["certainty"].isin(FOUND)]
        placed = part[~part["group"].isin(["agents", "small teams"])]
        if names == SURVEYS:
            placed = placed.groupby("group").filter(lambda rows: SURVEYS[0] in set(rows["detector"]) or len(rows) > 1)
            part = part[part["group"].isin(placed["group"]) | (part["detector"] == SURVEYS[0])]
        if len(part):
            where = " and ".join(cut(label) for label in dict.fromkeys(placed["label"]) if label != "all contacts")
            where = where or next(iter(part.loc[part["group"].isin(["agents", "small teams"]), "label"]), "")
            told.append((words, list(dict.fromkeys(part["detector"])), where))
    return told


def summary(found: pd.DataFrame) -> Html:
    """Say how many things are consistent with gaming, and which; or that none is."""
    told = stories(found)
    if (found["why"] != "").all():
        return say("Whether figures are worked for instead of customers cannot be told from these data.")
    if not told:
        return say("Nothing found here is consistent with figures being worked for instead of customers.")
    count = NUMBERS[len(told)] if len(told) < len(NUMBERS) else f"{len(told)} things"
    verb = "is" if len(told) == 1 else "are"
    said = "; ".join(words + (f" ({where})" if where else "") for words, _, where in told)
    return say(
        "**{count}** {verb} consistent with figures being worked for instead of customers: {said}. Whether that is so, these "
        "data cannot tell; the table says what else explains it and what would settle it.",
        count=count, verb=verb, said=said,
    )  # fmt: skip


def findings_table(found: pd.DataFrame) -> Html | None:
    """Show each pattern that was found: what was looked for, what was found, what else explains it, what would settle it."""
    real = found[found["certainty"].isin(FOUND)]
    if real.empty:
        return None
    told = [name for names, _ in STORIES for name in names if name in set(real["detector"])]
    rows = [_row(name, real[real["detector"] == name]) for name in told]
    frame = pd.DataFrame(rows)
    for column in ("innocent", "settles"):
        frame[column] = frame[column].mask(frame[column] == frame[column].shift(), "as above")
    columns = [Col("name", "Pattern"), Col("looked", "What was looked for"), Col("found", "What was found"), Col("certainty", "How sure", "chip"),
               Col("innocent", "Innocent explanation"), Col("settles", "What would settle it"), Col("owner", "Who should look")]  # fmt: skip
    return table(frame, columns=columns, caption="Patterns found, and what else explains them", wide=True)


def _row(name: str, part: pd.DataFrame) -> dict:
    detector = DETECTORS[name]
    return {
        "name": _capital(name),
        "looked": f"{detector.looks}.",
        "found": " ".join(found_words(row) for row in part.to_dict("records")),
        "certainty": SURE if (part["certainty"] == SURE).any() else LIKELY,
        "innocent": detector.innocent,
        "settles": detector.settles,
        "owner": "; ".join(dict.fromkeys(part["owner"])),
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def found_words(row: Mapping) -> str:
    """Say one finding: where, how much, against what, with interval and n; of agents only how many.

    >>> found_words({"detector": "quick close", "group": "agents", "label": "1 of 38 agents", "value": None})
    '1 of 38 agents.'
    """
    if is_missing(row["value"]):
        return f"{row['label']}."
    name = row["detector"]
    unit = GAPS.get(name, "%")
    here, rest = (change(row[key], unit) if unit == "pts" else number(row[key], unit) for key in ("value", "rest"))
    size = interval(row["lo"], row["hi"], "%", signed=True, bare=True)
    beside = _beside(row)
    return (
        f"{cut(row['label'])}: {MEASURES[name]} {here}; like contacts elsewhere {rest}; difference "
        f"{change(row['difference'], '%')} (95% {size}, n\u00a0{row['n']:,.0f}){beside}."
    )


def _beside(row: Mapping) -> str:
    """Say the second figure of a pattern that has two."""
    value, rest = row.get("other_value"), row.get("other_rest")
    if is_missing(value):
        return ""
    if row["detector"] == "quick close":
        return f"; {number(value, '%')} closed quickly against {number(rest, '%')}"
    if row["detector"] == "templates":
        return f"; {number(value, '%')} with a template" + ("" if is_missing(rest) else f" against {number(rest, '%')}")
    if row["detector"] == "short handling, many returns":
        return f"; handling {number(abs(value), '%')} {'shorter' if value < 0 else 'longer'}"
    return f"; handling time {change(value, 'percent').removesuffix(' percent')}% a year against {change(rest, 'percent')}%"


def pictures(found: pd.DataFrame, most: int = 2) -> list[Picture]:
    """Draw, for each thing told of a team, the figures of every team in its first pattern."""
    drawn = []
    for _, names, where in stories(found):
        teams = found[(found["detector"] == names[0]) & found["group"].str.startswith("team/") & found["lo"].notna()]
        if where and len(teams) > 1 and teams["certainty"].isin(FOUND).any():
            drawn.append(_picture(names[0], teams))
    return drawn[:most]


def _picture(name: str, teams: pd.DataFrame) -> Picture:
    """Draw each team's figure; the interval is that of its difference to the others."""
    out = teams[teams["certainty"].isin(FOUND)].sort_values("p", kind="stable")
    most, unit = out.iloc[0], GAPS.get(name, "%")
    rows = teams[["label", "value", "n", "certainty"]].assign(
        lo=teams["rest"] + teams["lo"], hi=teams["rest"] + teams["hi"]
    )
    said = ", ".join(f"{cut(row['label'])} {number(row['value'], unit)}" for row in rows.to_dict("records"))
    measure = _capital(MEASURES[name].rstrip(","))
    return charts.interval_bars(
        rows,
        title=f"{_capital(name) if unit == 'pts' else measure}: {number(most['value'], unit)} in {cut(most['label'])}, "
        f"{number(most['rest'], unit)} elsewhere" + (f"; {len(out) - 1} more stand out" if len(out) > 1 else ""),
        subtitle=f"{measure}, {'points' if unit == 'pts' else '%'} by team; intervals of the difference to all others for like contacts",
        unit=unit,
        alt=f"{measure}, by team: {said}.",
    )


def quiet(found: pd.DataFrame) -> Html | None:
    """Name the patterns that were looked for and not found, in one line, and those too thin to judge in another."""
    judged = found[found["why"] == ""]
    calm = [name for name in DETECTORS if name in set(judged["detector"])]
    calm = [name for name in calm if not judged.loc[judged["detector"] == name, "certainty"].isin(FOUND).any()]
    if not calm:
        return None
    return say("Looked for and quiet, nothing beyond chance: {names}.", names="; ".join(calm))


def not_looked(found: pd.DataFrame) -> Html | None:
    """Name the patterns that could not be looked for, each with what is missing."""
    able = set(found.loc[found["why"] == "", "detector"])
    none = found[~found["detector"].isin(able)].drop_duplicates("detector")
    said = [
        f"{', '.join(rows['detector'])} – {reason(re.sub(COLUMN, '', why))}"
        for why, rows in none.groupby("why", sort=False)
    ]
    return say("Could not be looked for: {names}.", names="; ".join(said)) if said else None
