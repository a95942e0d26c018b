"""Sentences, tables and charts of the workload: in against handled, what stays open, where customers come, what drifts."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...analysis.compare import LIKELY, NOISE, SURE
from ...analysis.load.mix import Mix
from ...analysis.load.netflow import STALE_DAYS, by_week
from ...analysis.load.workload import EVERY, Flow
from ...analysis.metrics import METRICS
from ...data.periods import Period
from ..canvas import Picture
from ..charts import drift as drift_charts
from ..charts import flow as flow_charts
from ..sentences import floor_words
from ..style import change, day_label, duration, field_words, interval, is_missing, number, reason
from ..tables import Col, Html, say, table

REAL = (SURE, LIKELY)
VERDICT = {
    SURE: "surely more than chance",
    LIKELY: "likely more than chance",
    NOISE: "within what chance alone makes",
}
AMONG_MANY = "no more than so many comparisons bring now and then"
LIMITS = (
    "What stays open is counted from the stamps of coming and last solution: a contact that was solved, opened again and "
    "solved once more counts as open all the while, and one that nobody marks solved is stale after thirty days, whether or "
    "not anybody still works on it. Shares speak of where contacts came, not of where customers wanted to come."
)
MOST_WEEKS = 52


def flow_said(found: Flow, judged: pd.DataFrame, ages: pd.DataFrame, period: Period, owner: str = "") -> Html:
    """Say what came in, what was handled, what stayed open and how old it is, and what to do about it.

    ``judged`` comes from ``voc.analysis.load.balance.balance``, ``ages`` from ``voc.analysis.load.workload.ages``.
    """
    whole = judged[judged["channel"] == EVERY]
    if whole.empty:
        return say(
            "The work in and out cannot be told: {why}.", why=reason(found.why) or "no contact came in the period"
        )
    row = whole.iloc[0]
    first = say(
        "**{came}** {noun} came in during {period}. Solved: **{solved}**; given up by the customer or closed without a solution: "
        "{up}; unsolved for more than {days} days since then: {stale}.", noun="contact" if row["came"] == 1 else "contacts",
        came=number(row["came"], "contacts"), period=period.words, solved=number(row["solved"] + row["late"], "contacts"),
        up=number(row["given_up"], "contacts"), stale=number(row["went_stale"], "contacts"), days=STALE_DAYS,
    )  # fmt: skip
    return first + _balance(row, period) + _age(ages, owner) + _left_out(found)


def _balance(row: pd.Series, period: Period) -> Html:
    if row["why"]:
        return say("Open at the end: {open}. Against the start nothing can be said: {why}.",
                   open=number(row["open"], "contacts"), why=reason(row["why"]))  # fmt: skip
    return say(
        "At the end of {period} **{open}** were open, after {opened} at its start: {change}, {verdict} ({floor}). For every "
        "100 that came in, {kept} left (95% {interval}).",
        row["certainty"],
        period=period.words, open=number(row["open"], "contacts"), opened=number(row["opened"], "contacts"),
        change=change(row["change"], "contacts"), verdict=VERDICT.get(row["certainty"], AMONG_MANY),
        floor=floor_words(round(row["floor"]), "contacts"), kept=f"{row['kept_up']:.1f}",
        interval=f"{row['kept_lo']:.1f}–{row['kept_hi']:.1f}",
    )  # fmt: skip


def _age(ages: pd.DataFrame, owner: str) -> Html:
    if ages.empty or not ages["n"].iloc[0]:
        return say("Nothing that is {days} days old or younger was open at the end.", days=STALE_DAYS)
    now = ages.iloc[0]
    text = say(
        "Half of the open ones had waited for less than {median}, nine of ten for less than {p90}{then}.",
        median=duration(now["median"] * 3600), p90=duration(now["p90"] * 3600),
        then="".join(
            f"; at the end of {Period.parse(row.period).words} {duration(row.median * 3600)} and {duration(row.p90 * 3600)}"
            for row in ages.iloc[1:].itertuples() if row.n
        ),
    )  # fmt: skip
    if not now["stale"]:
        return text
    return text + say(
        "{stale} more have been open for longer than {days} days. Next step{owner}: take ten of them by lot and see whether "
        "they wait for somebody or were only never closed.",
        stale=number(now["stale"], "contacts"), days=STALE_DAYS, owner=f" ({owner})" if owner else "",
    )  # fmt: skip


def _left_out(found: Flow) -> Html:
    lines = [
        say("Left out: {n} contacts by {channel} from {source}, because the source {why}.", n=number(row["n"], "contacts"),
            channel=row["channel"], source=row["source"], why=reason(row["why"]))
        if row["why"].startswith("marks")
        else say("Left out: {n} contacts by {channel} from {source}, {why}.", n=number(row["n"], "contacts"),
                 channel=row["channel"], source=row["source"], why=row["why"])
        for row in found.left_out.to_dict("records")
    ]  # fmt: skip
    return sum(lines, Html(""))


def flow_table(judged: pd.DataFrame, period: Period) -> Html | None:
    """Show in, handled and open by channel, with the change of the backlog and how sure it is; None without any work."""
    if judged.empty:
        return None
    columns = [
        Col("channel", "Channel"), Col("came", "Came in", "number", "contacts"), Col("solved", "Solved", "number", "contacts"),
        Col("given_up", "Given up", "number", "contacts"), Col("open", "Open at the end", "number", "contacts"),
        Col("change", "Change", "change", "contacts", better="down"), Col("chance", "Chance alone", "number"),
    ]  # fmt: skip
    rows = judged.assign(
        solved=judged["solved"] + judged["late"],
        chance=["" if is_missing(floor) else floor_words(round(floor), "contacts") for floor in judged["floor"]],
    )
    return table(rows, columns=columns, caption=f"Work in and out by channel, {period.words}", wide=True)


def flow_drawn(found: Flow, weeks: pd.DataFrame, period: Period) -> Picture | Html:
    """Draw in, handled and open by the week for a year; ``weeks`` come from ``voc.analysis.load.balance.growing_weeks``."""
    if found.days.empty:
        return say("There is no picture of the work: {why}.", why=reason(found.why))
    daily = found.days[found.days["channel"] == EVERY].set_index("day")
    rows = by_week(daily, pd.Timestamp(period.end)).tail(MOST_WEEKS).reset_index()
    if len(rows) < 3:
        return say("Fewer than three whole weeks are known, so the work is not drawn.")
    grew = weeks[weeks["certainty"].isin(REAL) & (weeks["change"] > 0)]
    rows["flag"] = rows["week"].isin(grew["week"])
    rows = rows.assign(period_start=rows["week"], handled=rows["solved"] + rows["given_up"])
    inside = grew[grew["week"].isin(rows["week"])]
    title = "What came in was handled: in no week did a backlog grow by more than chance"
    if len(inside):
        worst = inside.loc[inside["change"].idxmax()]
        title = (
            f"The backlog of {worst['channel']} grew by {worst['change']:.0f} in the week of {day_label(worst['week'])}"
        )
    return flow_charts.flow(
        rows,
        title=title,
        subtitle=f"Contacts a week, {len(rows)} whole weeks up to {day_label(rows['week'].iloc[-1] + pd.Timedelta(days=6))}, "
        f"n {rows['came'].sum():,.0f}",
        alt=f"Contacts in and handled a week, and those left open: {rows['open'].iloc[-1]:.0f} at the end of the last week.",
    )


def mix_said(found: Mix, period: Period, owner: str = "") -> Html:
    """Say which channels gain and lose, over the years and against the period and the year before."""
    if found.why:
        return say("Where customers come cannot be told: {why}.", why=reason(found.why))
    what, drifting = found.by.replace("_", " "), _by_size(found.slopes, "slope")
    lines = [_drift(found, row, period) for row in drifting]
    told = {row["label"] for row in drifting}
    lines += [
        _share_change(row, period)
        for row in _by_size(found.changes, "change")
        if row["against"] == "previous" or row["label"] not in told
    ]
    if not (found.changes["why"] == "").any() and not (found.slopes["why"] == "").any():
        why = reason(found.changes["why"].mode().iloc[0])
        return say("Nothing can be said of a shift between {what}s: {why}.", what=what, why=why)
    if not lines:
        return say(
            "No {what}'s share moves by more than chance, over the years or against the periods before.", what=what
        )
    step = say(
        "Next step{owner}: set shifts and training by where customers will come, not by where they came last year; ask first "
        "whether a {what} was closed to them.", owner=f" ({owner})" if owner else "", what=what,
    )  # fmt: skip
    return sum(lines, Html("")) + step


def _drift(found: Mix, row: Mapping, period: Period) -> Html:
    how = (
        "each week set against the same week of other years, so the season is out"
        if "seasonal" in row["how"]
        else f"over {row['n']} weeks; with less than two years the season cannot be taken out"
    )
    now = found.changes[(found.changes["label"] == row["label"]) & (found.changes["against"] == "year")].iloc[0]
    year = "" if now["why"] else f", {change(now['change'], '%')} on {period.year_before().words}"
    return say(
        "The share of **{label}** {verb} by **{slope}** a year (95% {interval}), {how}. In {period} it is {value} (95% {range}, "
        "n\u00a0{n}){year}.",
        row["certainty"], label=row["label"], verb="rises" if row["slope"] > 0 else "falls", how=how, year=year,
        slope=number(abs(row["slope"]), "pts"), interval=interval(row["lo"], row["hi"], "pts", signed=True),
        period=period.words, value=number(now["value"], "%"), range=interval(now["lo"], now["hi"], "%"), n=f"{now['n']:,}",
    )  # fmt: skip


def _share_change(row: Mapping, period: Period) -> Html:
    then = period.previous() if row["against"] == "previous" else period.year_before()
    return say(
        "In {period} {label} took {value} (95% {interval}, n\u00a0{n}), {change} on {then}; chance alone makes {floor}.",
        row["certainty"], period=period.words, label=row["label"], value=number(row["value"], "%"), n=f"{row['n']:,}",
        interval=interval(row["lo"], row["hi"], "%"), change=change(row["change"], "%"), then=then.words,
        floor=floor_words(row["floor"], "%"),
    )  # fmt: skip


def _by_size(rows: pd.DataFrame, name: str) -> list[dict]:
    real = rows[rows["certainty"].isin(REAL)]
    return real.loc[real[name].abs().sort_values(ascending=False, kind="stable").index].to_dict("records")


def mix_drawn(found: Mix, period: Period) -> Picture | None:
    """Draw each channel's share over the periods; those that drift by more than chance in colour."""
    if found.history.empty or found.history["period_start"].nunique() < 3:
        return None
    real = _by_size(found.slopes, "slope")
    rows = found.history.assign(strong=found.history["label"].isin([row["label"] for row in real]))
    title = f"No {found.by.replace('_', ' ')}'s share drifts by more than chance"
    if real:
        moves = [f"{row['label']} {'gains' if row['slope'] > 0 else 'loses'} {number(abs(row['slope']), 'pts')}" for row in real[:2]]  # fmt: skip
        title = " and ".join(moves) + " a year"
    last = rows[rows["period_start"] == pd.Timestamp(period.start)]
    return drift_charts.share_lines(
        rows,
        title=title[:1].upper() + title[1:],
        subtitle=f"Share of contacts by {field_words(found.by)}, %, per {period.grain}; n {last['whole'].max():,.0f} in the last",
        alt=f"Shares of {len(last)} values of {field_words(found.by)} over {rows['period_start'].nunique()} periods; "
        + ", ".join(f"{row['label']} {number(row['value'], '%')}" for row in last.to_dict("records")) + ".",
    )  # fmt: skip


def trends_table(found: pd.DataFrame) -> Html:
    """Show the trend of each metric of ``voc.analysis.season.trends``: its slope a year with interval, and how sure it is."""
    rows = [_trend(row) for row in found.to_dict("records")]
    columns = [
        Col("label", "Measure"), Col("slope", "Change a year", "number"), Col("interval", "95% interval", "number"),
        Col("relative", "In per cent", "number"), Col("certainty", "How sure", "chip"), Col("n", "Periods", "number", "contacts"),
    ]  # fmt: skip
    seasonal = found["how"].str.contains("seasonal").any() if len(found) else False
    caption = (
        "Trends, season taken out" if seasonal else "Trends; the season is still in them (less than two years of data)"
    )
    return table(
        pd.DataFrame(rows),
        columns=columns,
        caption=caption,
        wide=True,
        empty="No measure has a history long enough for a trend.",
    )


def _trend(row: Mapping) -> dict:
    metric = METRICS.get(row["metric"])
    label, unit, kind = (metric.label, metric.unit, metric.kind) if metric else (row["metric"], "%", "share")
    plain = "pts" if unit == "%" else unit
    return {
        "label": f"{label} a day" if kind == "count" else label,
        "slope": row["why"] or change(row["slope"], plain),
        "interval": "" if is_missing(row["lo"]) or is_missing(row["hi"]) else interval(row["lo"], row["hi"], plain, signed=True),
        "relative": "" if is_missing(row["relative"]) else change(row["relative"], "pts", bare=True) + "%",
        "certainty": row["certainty"],
        "n": row["n"],
    }  # fmt: skip
