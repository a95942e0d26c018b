"""Chart and tables of what CSAT does not hear: the figure and its bounds, groups, signs of trouble."""

from __future__ import annotations

import pandas as pd

from ...analysis.nonresponse import ANSWERED, SIGNS, SILENT, UNASKED, UNHEARD, Hearing
from ...data.periods import Period
from ..canvas import Picture
from ..charts.bounds import bounds
from ..style import cut, field_words, interval, number
from ..tables import Col, Html, chip, moved, say, table

CERTAIN = ("sure", "likely")
MOST_ROWS = 14


def of_whole(heard: Hearing, whole: str) -> pd.DataFrame:
    """Return the scenarios of a whole (asked, all) by name."""
    return heard.whatif[heard.whatif["whole"] == whole].set_index("scenario")


def figure(row: pd.Series) -> str:
    """Write a share with its interval."""
    return f"{number(row['value'], '%')} (95% {interval(row['lo'], row['hi'], '%')})"


def count(value: float) -> str:
    """Write a count."""
    return number(value, "contacts")


def picture(heard: Hearing, period: Period) -> Picture | None:
    """Draw CSAT as answered, weighted, and within its bounds, with the goal."""
    if not 0 < heard.counts.get("answered", 0) < heard.counts["contacts"]:
        return None
    every, asked, counts = of_whole(heard, "all"), of_whole(heard, "asked"), heard.counts
    rows = [{"label": "As answered", **every.loc["answered", ["value", "lo", "hi"]], "main": True}]
    for part, label in (
        (asked, "All asked, if like those who answered"),
        (every, "All contacts, if like those who answered"),
    ):
        if len(part) and part.loc["signs", "weighted_by"]:  # too few to stand for the others: no figure
            rows.append({"label": label, **part.loc["signs", ["value", "lo", "hi"]]})
    for whole, words in (
        (asked, "All asked, whatever the silent think"),
        (every, "All contacts, whatever the others think"),
    ):
        if len(whole):
            rows.append({"label": words, "lo": whole.loc["worst", "value"], "hi": whole.loc["best", "value"]})
    goal = float(heard.tipping["goal"].iloc[0]) if len(heard.tipping) else None
    low, high = every.loc["worst", "value"], every.loc["best", "value"]
    share = counts["answered"] / counts["contacts"]
    return bounds(
        pd.DataFrame(rows),
        title=f"CSAT is {number(every.loc['answered', 'value'], '%')} by the answers; of all contacts, anything from {low:.0f}% to {high:.0f}%",
        subtitle=f"CSAT, % of answers 4 and 5, {period.words}; {counts['answered']:,.0f} answers to {counts['contacts']:,.0f} "
        f"contacts ({share:.0%}). Dots with 95% intervals; bars hold all that is possible",
        alt=f"CSAT {figure(every.loc['answered'])} as answered, {figure(every.loc['signs'])} weighted to all contacts, and "
        f"between {low:.1f}% and {high:.1f}% whatever those not heard think" + (f"; goal {goal:g}%." if goal else "."),
        goal=goal,
    )


def by_group(heard: Hearing) -> Html | None:
    """Show the groups that are asked, or answer, more or less often than the others, beyond chance; None without contacts."""
    rows = heard.rates
    if not heard.counts.get("contacts"):
        return None
    if rows["q"].isna().all() and len(rows):
        return say(
            "No group has enough contacts to tell whether it is asked, or answers, more or less often than the others."
        )
    if rows.empty:
        return say("Who is asked and who answers cannot be compared: surveys without an answer are not in the data.")
    real = rows[rows["certainty"].isin(CERTAIN)]
    order = real.sort_values(
        ["measure", "difference"], key=lambda by: by.abs() if by.name == "difference" else by, ascending=[True, False]
    )
    shown = [
        {
            "group": f"{field_words(row['dimension'])}: {cut(row['label'])}",
            "what": {"asked": "is asked", "answered": "answers"}[row["measure"]],
            **{name: row[name] for name in ("value", "lo", "hi", "n", "others", "difference", "certainty")},
        }
        for row in order.head(MOST_ROWS).to_dict("records")
    ]
    columns = [Col("group", "Group"), Col("what", "What"), Col("value", "Share", "number", "%"), Col("lo", "95% interval", "interval", "%"),
               Col("n", "n", "number", "contacts"), Col("others", "All others", "number", "%"),
               Col("difference", "Difference", "change", "%"), Col("certainty", "How sure", "chip")]  # fmt: skip
    made = table(
        pd.DataFrame(shown),
        columns=columns,
        caption="Groups that are asked, or answer, more or less often than the others",
        empty="No group is asked, or answers, more or less often than the others beyond chance.",
    )
    few = int((rows["certainty"] == "cannot tell").sum())
    return made + say(
        "{n} comparisons were judged together; beyond chance: {real}{cut}; too few to judge: {few}. All are in the table csat_hearing.",
        n=count(len(rows)), real=count(len(real)), few=count(few),
        cut=f" (the {MOST_ROWS} largest are shown)" if len(real) > MOST_ROWS else "",
    )  # fmt: skip


def silent_table(heard: Hearing) -> Html | None:
    """Show the signs of trouble of those who answered, kept silent and were not asked, and what each sign means.

    None where nobody said nothing.
    """
    if not heard.counts.get("contacts") or heard.counts["answered"] == heard.counts["contacts"]:
        return None
    if set(heard.silent["group"]) <= {ANSWERED}:
        return say("No sign of trouble is known of those who said nothing.")
    csat = heard.moods.set_index(["sign", "group"])["value"]
    rows = []
    for sign, part in heard.silent.groupby("sign", sort=False):
        row: dict = {"sign": SIGNS[sign].words}
        for one in part.to_dict("records"):
            row[one["group"]] = _share(one)
        ends = [csat.get((sign, group)) for group in ("with", "without")]
        row["csat"] = f"{number(ends[0], '%')} / {number(ends[1], '%')}"
        rows.append(row)
    groups = [name for name in (ANSWERED, SILENT, UNASKED, UNHEARD) if name in set(heard.silent["group"])]
    heads = {ANSWERED: "Answered", SILENT: "Asked, silent", UNASKED: "Not asked", UNHEARD: "No answer"}
    columns = [
        Col("sign", "Sign of trouble"),
        *(Col(name, heads[name], "number") for name in groups),
        Col("csat", "CSAT of answers with / without it", "number"),
    ]
    return table(
        pd.DataFrame(rows),
        columns=columns,
        caption="What those show who said nothing: share of contacts with each sign; differences to those who answered, "
        "within the same kinds of contact",
        wide=True,
    )


def _share(row: dict) -> Html:
    """Write a share with its interval and, below it, its difference to those who answered."""
    figure = f"{number(row['value'], '%')} ({interval(row['lo'], row['hi'], '%', bare=True)})"
    first = Html(f"<span>{figure}</span>", figure)
    if not row["certainty"]:
        return first
    second = moved(row["difference"], "%", "down", row["certainty"])
    mark = chip(row["certainty"]) if row["certainty"] in CERTAIN else Html("", "")
    return Html(f"{first.html}<br>{second.html} {mark.html}", f"{first.text}; {second.text} {mark.text}".rstrip())
