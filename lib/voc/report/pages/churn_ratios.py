"""How much faster customers leave after trouble: ratios with their intervals, whether they last, and what was guarded against."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..canvas import Picture
from ..charts.ratios import faster, ratios
from ..folds import fold
from ..style import cut, interval, is_missing, number, reason
from ..tables import Col, Html, say, table
from .drivers_read import CERTAIN, UNKNOWN, Gone, certain, count, joined, nothing, noun, plainly
from .topics import capital

FIRST, SO_FAR = "first contact", "up to now"
LOOKS = {FIRST: "after the first contact", SO_FAR: "given all that happened up to each day"}
UNSOLVED = "unsolved"  # the covariate that is FCR turned round


def size(row: Mapping) -> str:
    """Write a ratio with its interval.

    >>> size({"ratio": 1.8, "lo": 1.5, "hi": 2.2})
    '1.80 (1.50–2.20)'
    """
    return f"{row['ratio']:.2f} ({row['lo']:.2f}–{row['hi']:.2f})"


def words(gone: Gone) -> Html:
    """Say which experiences go with leaving faster beyond chance, in leavers per hundred, and which cannot be told."""
    if gone.why or gone.ratios.empty:
        return nothing(gone.why, "How much faster customers leave after trouble")
    lines = [_look(gone.ratios[gone.ratios["look"] == look], said) for look, said in LOOKS.items()]
    return joined([*lines, _unknown(gone.ratios)])


def _look(rows: pd.DataFrame, said: str) -> Html | None:
    judged = rows[rows["ratio"].notna()]
    if judged.empty:
        return None
    real = certain(judged).sort_values("ratio", ascending=False, kind="stable")
    if real.empty:
        return say(
            "{said}: of {n} none goes with leaving beyond chance.",
            said=capital(said),
            n=noun(len(judged), "experience"),
        )
    told = "; ".join(_one(row) for row in real.to_dict("records"))
    return say("**{said}**: {told}.", said=capital(said), told=told)


def _one(row: Mapping) -> str:
    said = str(row["proportional"] or "") if not is_missing(row["proportional"]) else ""
    lasting = f", {'whether it lasts cannot be told' if said == UNKNOWN else said}" if said else ""
    return f"with «{cut(row['label'])}» customers {faster(row['ratio'])} (95% {row['lo']:.2f}–{row['hi']:.2f}{_of_hundred(row)}{lasting})"


def _of_hundred(row: Mapping) -> str:
    """Say how many more of a hundred leave within half a year, with the interval; empty where that cannot be told."""
    if is_missing(row["per100"]):
        return ""
    sign = 1 if row["per100"] > 0 else -1
    ends = interval(*sorted((sign * row["per100_lo"], sign * row["per100_hi"])), "pts", bare=True)
    return f"; {number(abs(row['per100']), 'pts', bare=True)} ({ends}) {'more' if sign > 0 else 'fewer'} of 100 within half a year"


def _unknown(rows: pd.DataFrame) -> Html | None:
    open_ = rows[rows["ratio"].isna() | rows["why"].fillna("").ne("")]
    if open_.empty:
        return None
    told = "; ".join(
        f"«{cut(row['label'])}» ({row['look']}): {reason(row['why']) or 'too few'}" for row in open_.to_dict("records")
    )
    return say("Cannot be told: {told}.", told=told)


def fcr(gone: Gone) -> Html | None:
    """Say what first contact resolution has to do with leaving, in a line of its own; None where it is not among the ratios."""
    rows = (
        gone.ratios[(gone.ratios["covariate"] == UNSOLVED) & (gone.ratios["look"] == FIRST)]
        if not gone.why
        else gone.ratios.iloc[:0]
    )
    if rows.empty:
        return None
    row = rows.iloc[0]
    if is_missing(row["ratio"]):
        text = "**FCR and leaving**: whether customers whose first contact was not solved leave faster cannot be told: {why}."
        return say(text, why=reason(row["why"]) or "too few")
    if row["certainty"] not in CERTAIN:
        text = "**FCR and leaving**: customers whose first contact was not solved leave neither faster nor more slowly beyond chance."
        return say(text, str(row["certainty"]))
    return say(
        "**FCR and leaving**: customers whose first contact was not solved {faster}{more}. It is an association: who leaves may have had the harder matter.",
        str(row["certainty"]), faster=faster(row["ratio"]), more=_of_hundred(row),
    )  # fmt: skip


def pictures(gone: Gone) -> list[Picture]:
    """Draw the ratios of each look, the largest first."""
    if gone.why:
        return []
    parts = [(look, gone.ratios[gone.ratios["look"] == look]) for look in LOOKS]
    return [_picture(look, part) for look, part in parts if part["ratio"].notna().any()]


def _picture(look: str, part: pd.DataFrame) -> Picture:
    rows = part.sort_values("ratio", ascending=False, na_position="last", kind="stable")
    real = certain(rows[rows["ratio"].notna()])
    title = f"{LOOKS[look]}: nothing goes with leaving beyond chance"
    if len(real):
        top = real.loc[real["ratio"].sub(1).abs().idxmax()]
        title = f"{LOOKS[look]}: with «{cut(top['label'], 40)}» customers {faster(top['ratio'])}"
    told = "; ".join(
        f"{cut(row['label'])}: {'cannot tell' if is_missing(row['ratio']) else size(row)}"
        for row in rows.to_dict("records")
    )
    subtitle = (
        f"Ratio of the speed of leaving, 95% interval; up to {count(rows['gone'].max())} left with the experience"
    )
    return ratios(
        rows.assign(label=[capital(str(label)) for label in rows["label"]]),
        title=capital(title),
        subtitle=subtitle,
        alt=f"{capital(LOOKS[look])}. {told}.",
    )


def lasting(gone: Gone) -> Html | None:
    """Show whether each ratio is alike early and late, folded; None without any."""
    rows = gone.ratios[gone.ratios["ratio"].notna()] if not gone.why else gone.ratios.iloc[:0]
    if rows.empty:
        return None
    shown = [
        {
            "label": cut(row["label"]), "look": row["look"], "ratio": size(row), "early": _plain(row["early"]), "late": _plain(row["late"]),
            "p": "" if is_missing(row["p_alike"]) else f"{row['p_alike']:.3f}", "proportional": row["proportional"], "n": row["n"], "gone": row["gone"],
            "certainty": row["certainty"],
        }
        for row in rows.to_dict("records")
    ]  # fmt: skip
    columns = [
        Col("label", "Experience"), Col("look", "Look"), Col("ratio", "Ratio (95% interval)", "number"), Col("certainty", "How sure", "chip"),
        Col("early", "Early", "number"), Col("late", "Late", "number"), Col("p", "p, alike", "number"), Col("proportional", "Reading"),
        Col("n", "Customers", "number", "contacts"), Col("gone", "Left", "number", "contacts"),
    ]  # fmt: skip
    made = table(
        pd.DataFrame(shown), columns=columns, caption="Is the ratio the same early and late after the contact?"
    )
    return fold("Does it last? Early and late ratios", made)


def _plain(value: float) -> str:
    return number(None, "") if is_missing(value) else f"{value:.2f}"


def guards(gone: Gone) -> Html:
    """Show what could make such ratios false, what was done against it, and the figure that came of it."""
    rows = gone.guards
    if gone.why or rows.empty:
        return nothing(gone.why, "What was guarded against")
    shown = rows.assign(figure=[plainly(figure, 3) for figure in rows["figure"]])
    columns = [
        Col("guard", "What could be false"),
        Col("what", "What was done"),
        Col("figure", "Figure", "number"),
        Col("words", "What it says"),
    ]
    made = table(shown, columns=columns, caption="Guards against false ratios")
    return fold(f"What could make these ratios false: {noun(len(rows), 'check')}", made)
