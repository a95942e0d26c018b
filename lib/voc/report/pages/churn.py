"""The page of leaving, first part: who is still a customer some time after a contact, by what was lived through, and who left unheard."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..canvas import Picture
from ..charts.survival import survival
from ..style import cut, interval, is_missing, number
from ..tables import Col, Html, say, table
from .drivers_read import Gone, count, joined, nothing, noun, points, share
from .topics import capital

HALF_YEAR = 180  # days that sentences speak of, where they are there
WHAT = "When customers leave after a contact"


def lead(gone: Gone) -> Html:
    """Say of how many of a hundred customers more have left half a year after each experience, and whether that is beyond chance."""
    if gone.why or gone.kept.empty:
        return nothing(gone.why, WHAT)
    return joined([_kept(row) for row in _named(gone, _spoken(gone.kept)).to_dict("records")])


def _named(gone: Gone, kept: pd.DataFrame) -> pd.DataFrame:
    """Call each experience by the name of the group that lived through it, which stands first among its curves."""
    names = gone.curves.drop_duplicates("experience").set_index("experience")["group"].to_dict()
    return kept.assign(experience=[str(names.get(name) or name) for name in kept["experience"]])


def _spoken(kept: pd.DataFrame) -> pd.DataFrame:
    """Take for each experience the day that sentences speak of: half a year, else the last day before it, else the first."""
    apart = kept.assign(far=(kept["day"] - HALF_YEAR).abs())
    return kept.loc[apart.groupby("experience", sort=False)["far"].idxmin()]


def _kept(row: Mapping) -> Html:
    if is_missing(row["difference"]):
        return say(
            "**{what}**: too few customers to tell how many are left after {day} days.",
            what=capital(str(row["experience"])),
            day=f"{row['day']:.0f}",
        )
    beyond = row["lo"] > 0 or row["hi"] < 0
    size = "**{n} {way}**, beyond chance" if beyond else "{n} {way}, within noise"
    return say(
        "**{what}**: of 100 such customers {with_it} are still there after {day} days, of the others {without}: " + size + " (95% {ends} points).",
        what=capital(str(row["experience"])), with_it=number(row["with_pct"], "%", bare=True), without=number(row["without_pct"], "%", bare=True),
        day=f"{row['day']:.0f}", n=number(abs(row["difference"]), "pts", bare=True), way="fewer" if row["difference"] < 0 else "more",
        ends=interval(row["lo"], row["hi"], "pts", signed=True, bare=True),
    )  # fmt: skip


def curves(gone: Gone) -> list[Picture]:
    """Draw who is still a customer over the days after the contact, one picture an experience."""
    if gone.why or gone.curves.empty:
        return []
    kept = _named(gone, gone.kept)
    return [_curve(str(part["group"].iloc[0]), part, kept) for _, part in gone.curves.groupby("experience", sort=False)]


def _curve(experience: str, part: pd.DataFrame, kept: pd.DataFrame) -> Picture:
    ends = [(str(group), rows.sort_values("day").iloc[-1]) for group, rows in part.groupby("group", sort=False)]
    n = sum(rows.sort_values("day")["at_risk"].iloc[0] for _, rows in part.groupby("group", sort=False))
    told = "; ".join(f"{group}: {share(row, 'kept_pct')} after {row['day']:.0f} days" for group, row in ends)
    return survival(
        part.assign(group=[capital(str(group)) for group in part["group"]]), title=_title(experience, kept), subtitle=f"Customers still there, %, by days after the contact; 95% bands; n\u00a0{count(n)} customers",
        alt=f"{capital(experience)}. {told}.",
    )  # fmt: skip


def _title(experience: str, kept: pd.DataFrame) -> str:
    rows = kept[kept["experience"] == experience]
    if rows.empty or is_missing((row := _spoken(rows).iloc[0])["difference"]):
        return f"{capital(experience)}: too few to set against the others"
    if not (row["lo"] > 0 or row["hi"] < 0):
        return f"{capital(experience)}: no difference beyond chance after {row['day']:.0f} days"
    way = "fewer" if row["difference"] < 0 else "more"
    return f"{capital(experience)}: {number(abs(row['difference']), 'pts', bare=True)} {way} of 100 are still there after {row['day']:.0f} days"


def kept_table(gone: Gone) -> Html | None:
    """Show the kept shares at all days; None without any."""
    if gone.why or gone.kept.empty:
        return None
    rows = [
        {
            "what": capital(str(row["experience"])), "day": row["day"], "with": row["with_pct"], "without": row["without_pct"],
            "difference": points(row, "difference"), "n_with": row["n_with"], "n_without": row["n_without"],
        }
        for row in _named(gone, gone.kept).to_dict("records")
    ]  # fmt: skip
    columns = [
        Col("what", "Experience"), Col("day", "Days", "number", "contacts"), Col("with", "Kept with it", "number", "%"), Col("without", "Without", "number", "%"),
        Col("difference", "Difference (95% interval)", "number"), Col("n_with", "Customers with it", "number", "contacts"),
        Col("n_without", "Without", "number", "contacts"),
    ]  # fmt: skip
    return table(pd.DataFrame(rows), columns=columns, caption="Customers still there some days after the contact")


def silent(gone: Gone) -> Html:
    """Say which part of those who left had never been heard before, and how fast each group leaves."""
    rows = gone.silent
    if gone.why or rows.empty:
        return nothing(gone.why, "Who left without a word")
    left = rows["gone"].sum()
    first = rows.iloc[0]
    lead = say(
        "Of {left} who left, **{part} belong to «{group}»**: {n}. {often}",
        left=noun(int(left), "customer"), part=share(first, "leavers_share"), group=cut(first["group"]), n=noun(int(first["gone"]), "customer"),
        often=_often(first),
    )  # fmt: skip
    columns = [
        Col("group", "Group"), Col("n", "Customers", "number", "contacts"), Col("share", "Of all customers' time", "number", "%"), Col("gone", "Left", "number", "contacts"),
        Col("leavers_share", "Of those who left", "number", "%"), Col("lo", "95% interval", "interval", "%"),
        Col("rate", "Leave per 100 customer-years", "number"),
    ]  # fmt: skip
    return lead + table(rows, columns=columns, caption="Whom service had heard before they left")


def _often(row: Mapping) -> str:
    """Say how often a kind leaves beside all others, for a kind may hold most leavers only because most customers are of it."""
    if is_missing(row["times_others"]):
        return ""
    words = f"They left {row['times_others']:.2f} times as often as all others (95% {row['times_lo']:.2f}–{row['times_hi']:.2f})"
    return f"{words}, and {number(row['share'], '%')} of all customers' time is of this kind."
