"""The pages' words on what is worth copying from an unnamed agent, and on which issues are hard."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from ...analysis.people.expected import LOGGED
from ...analysis.people.practices import COPY, COST, HASTE, OPEN, Practices, shareable
from ..style import change, interval, number
from ..tables import Col, Html, say, table
from .agents import OWNER, percent

WHERE = {"all": "contacts of every kind", "category": "contacts about {0}", "issue": "contacts about {0}"}
PRACTICE = [
    Col("what", "What"), Col("time", "Time, of the usual"), Col("csat", "CSAT"), Col("back", "Came back"), Col("verdict", "Verdict"),
]  # fmt: skip
HARD = [
    Col("issue", "Issue"), Col("value", "Here", "number"), Col("others", "Others", "number"), Col("range", "Difference, 95%", "number"),
    Col("n", "n", "number", "contacts"), Col("certainty", "How sure", "chip"),
]  # fmt: skip


def practice_words(found: Practices) -> Html:
    """Say which practice is worth copying, which might be, and which speed is none."""
    if found.why:
        return say("No practice can be looked for: {why}.", why=found.why)
    if found.rows.empty:
        return say(
            "Among {n} pairs of an agent and a subject nobody is clearly faster than usual: nothing to copy.",
            n=found.tried,
        )
    lines = [_practice(row, found) for row in shareable(found).to_dict("records")]
    lines = lines or [say("Nothing here is shown to be worth copying.")]
    for verdict, words in ((HASTE, "more of their customers come back"), (COST, "their customers are less satisfied")):
        part = found.rows[found.rows["verdict"] == verdict]
        if len(part):
            lines.append(_no_practice(part, found.people.reindex(part.index).nunique(), words, verdict))
    return sum(lines[1:], lines[0])


def _practice(row: dict, found: Practices) -> Html:
    start = "One agent handles {what} in {share} the usual time: {now} instead of {usual} (95% {lo}–{hi}%, n {n})."
    values = {
        "what": WHERE[row["scope"]].format(row["label"]),
        "share": _share_words(row["ratio"]),
        "now": number(row["minutes"], "minutes"),
        "usual": number(row["minutes_expected"], "minutes"),
        "lo": f"{100 * row['ratio_lo']:.0f}",
        "hi": f"{100 * row['ratio_hi']:.0f}",
        "n": f"{row['n']:,}",
        "csat": _check_words(row, "csat", "answers"),
        "back": _check_words(row, "return", "contacts"),
        "m1": number(found.margins["csat_pct"], "pts"),
        "m2": number(found.margins["return_pct"], "pts"),
    }
    if row["verdict"] == COPY:
        rest = (
            " CSAT there is no worse: {csat}; no more customers come back: {back} (shown to within {m1} and {m2}). **Worth "
            "copying:** let the team lead ask how, and write a checklist."
        )
        return say(start + rest, certainty=row["certainty"], **values)
    rest = (
        " Whether it costs anything is not shown. CSAT: {csat}. Customers who came back: {back}. **Not yet a practice to "
        "copy:** let the team lead listen to ten of these contacts. («No worse» means within {m1} of CSAT and {m2} of returns.)"
    )
    return say(start + rest, certainty=OPEN, **values)


def _check_words(row: dict, name: str, counted: str) -> str:
    if not row[f"{name}_n"]:
        return f"no {counted}"
    size = f"{change(row[f'{name}_difference'], '%')}, 95% {interval(row[f'{name}_lo'], row[f'{name}_hi'], '%', signed=True)}"
    why = f", {row[f'{name}_why']}" if row[f"{name}_why"] else ""
    return f"{size}, {row[f'{name}_n']:,} {counted}{why}"


def _no_practice(part: pd.DataFrame, agents: int, words: str, verdict: str) -> Html:
    name = "return" if verdict == HASTE else "csat"
    where = "in all they handle" if (part["scope"] == "all").all() else "at something"
    return say(
        "{who} clearly faster {where} ({ratio} of the usual time), but {words} ({points}, each beyond chance): **no practice.** "
        "Habits that flatter a figure are looked at on their own.",
        who="One agent is" if agents == 1 else f"{agents} agents are",
        where=where,
        words=words,
        ratio=_ends(part["ratio"].min() * 100, part["ratio"].max() * 100, lambda value: f"{value:.0f}%"),
        points=_ends(part[f"{name}_difference"].min(), part[f"{name}_difference"].max(), lambda x: change(x, "%")),
    )


def _ends(low: float, high: float, write: Callable[[float], str]) -> str:
    return write(low) if write(low) == write(high) else f"{write(low)} to {write(high)}"


def _share_words(ratio: float) -> str:
    known = ((0.23, 0.28, "about a quarter of"), (0.3, 0.37, "about a third of"), (0.45, 0.55, "about half"))
    return next((words for low, high, words in known if low <= ratio <= high), f"{ratio:.0%} of")


def practice_table(found: Practices) -> Html | None:
    """Show what is clearly faster, with what speaks for and against copying it; None without any."""
    rows = [
        {
            "what": row["label"],
            "time": f"{row['ratio']:.0%} ({row['ratio_lo']:.0%}–{row['ratio_hi']:.0%}), n {row['n']:,}",
            "csat": _check_words(row, "csat", "answers"),
            "back": _check_words(row, "return", "contacts"),
            "verdict": row["verdict"],
        }
        for row in shareable(found).to_dict("records")
    ]
    caption = "Clearly faster than usual, one unnamed agent a row: a practice, or not known yet"
    return table(pd.DataFrame(rows), columns=PRACTICE, caption=caption) if rows else None


def checklist(found: Practices) -> Html | None:
    """Say what team leads do with a practice; None without one."""
    if not (found.rows["verdict"] == COPY).any():
        return None
    return say("{owner}: turn what is worth copying into a checklist and try it in one team first.", owner=OWNER)


def hard_words(rows: pd.DataFrame) -> Html:
    """Say which issues are solved least often at the first contact and which take longest, on the same channels."""
    lines = []
    for name, template in (
        ("fcr_pct", "Solved least often at the first contact: **{issue}**, {value} against {others} for all other issues on the same channels (95% {range}, n {n})."),
        (LOGGED, "Longest to handle: **{issue}**, {value} against {others} (95% {range}, n {n})."),
    ):  # fmt: skip
        part = _hardest(rows, name).head(1)
        lines += [say(template, certainty=row["certainty"], **_hard_row(row)) for row in part.to_dict("records")]
    if rows.empty:
        return say(
            "Which questions are hard cannot be told: the data name no issue, or too few contacts of each are solved or timed."
        )
    if not lines:
        return say("No issue is harder than the others beyond chance.")
    lines.append(say("{owner}: write the checklist for these first.", owner=OWNER))
    return sum(lines[1:], lines[0])


def hard_table(rows: pd.DataFrame, name: str, most: int = 8) -> Html | None:
    """Show the hardest issues by one measure (``fcr_pct`` or ``aht_minutes``), each against all others on its channels.

    None where no issue stands out by either, which ``hard_words`` says.
    """
    caption = "Solved least often at the first contact" if name == "fcr_pct" else "Longest to handle"
    part = _hardest(rows, name).head(most)
    if all(_hardest(rows, one).empty for one in ("fcr_pct", LOGGED)):
        return None
    shown = pd.DataFrame([_hard_row(row) | {"certainty": row["certainty"]} for row in part.to_dict("records")])
    empty = f"{caption}: no issue stands out beyond chance."
    return table(shown, columns=HARD, caption=f"{caption}, after the mix of channels", empty=empty)


def _hardest(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    of = (rows["metric"] == name) & rows["direction"].isin(["worse", "longer"])
    return rows[of & rows["certainty"].isin(["sure", "likely"])]


def _hard_row(row: dict) -> dict:
    unit = "minutes" if row["metric"] == LOGGED else "%"
    ends = (
        f"{percent(row['lo'])} to {percent(row['hi'])}"
        if row["metric"] == LOGGED
        else interval(row["lo"], row["hi"], "%", signed=True)
    )
    return {
        "issue": row["issue"], "value": number(row["value"], unit), "others": number(row["expected"], unit), "range": ends, "n": row["n"],
    }  # fmt: skip
