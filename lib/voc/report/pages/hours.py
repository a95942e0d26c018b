"""Sentences and charts of the time of the week, of response under load, and of the weeks in which a channel runs over."""

from __future__ import annotations

import pandas as pd

from ...analysis.compare import LIKELY, SURE
from ...analysis.load.hours import DAYS, LOOK_BACK
from ...analysis.load.strain import LoadResponse, overruns
from ...data.periods import Period
from .. import charts
from ..canvas import Picture
from ..charts import drift as drift_charts
from ..charts import flow as flow_charts
from ..style import day_label, interval, number, reason
from ..tables import Col, Html, say, table

REAL = (SURE, LIKELY)
LEAST_CELLS = 24  # hours of the week with answers enough, to draw a map
LEAST = 30  # contacts from which full days are told from empty ones
TOO_FEW_WEEKS = "No channel has weeks enough with a first response to tell whether one runs over."
NO_HOURS = "The data record the day of a contact but not its hour, or none in {period}: nothing can be said of the time of the week."
LIMITS = (
    "Nights and week-ends count in full, so a channel that is closed at night answers late for contacts that came at night. "
    "That answers slow when load rises is an association: a fault that makes customers write can also slow the answers. "
    "Weeks are judged by first response; a channel that answers in time and solves late is seen in the backlog instead."
)


def week_said(volume: pd.DataFrame, cells: pd.DataFrame, period: Period, owner: str = "") -> Html:
    """Say when most and fewest contacts come, and at which hours answers take longer or shorter than their channel's usual.

    Days and hours are named only where more than chance lies between them.

    ``volume`` comes from ``voc.analysis.load.hours.volume_week``, ``cells`` from ``voc.analysis.load.hours.response_week``.
    """
    if volume.empty:
        return say(NO_HOURS, period=period.words)
    n = int(volume.loc[volume["kind"] == "weekday", "n"].sum())
    if n < LEAST:
        text = say(
            "Too few contacts in {period} ({n}) to tell full days and hours from empty ones.", period=period.words, n=n
        )
    else:
        parts = [
            _volume(volume[volume["kind"] == kind], words) for kind, words in (("weekday", "day"), ("hour", "hour"))
        ]
        text = say("Contacts in {period}: {days}; {hours}.", period=period.words, days=parts[0], hours=parts[1])
    if cells.empty:
        return text + say("No contact of a known hour has a first response.")
    able = cells[cells["why"] == ""]
    if able.empty:
        return text + say("No hour of the week has answers enough to be judged.")
    real = able[able["certainty"].isin(REAL)]
    slow, quick = real[real["slower_pct"] > 50], real[real["slower_pct"] < 50]
    if real.empty:
        return text + say(
            "No hour of the week answers later or sooner than its channels usually do, by more than chance, in the "
            "{weeks} weeks up to the end of {period} ({n} hours had answers enough).",
            weeks=LOOK_BACK, period=period.words, n=len(able),
        )  # fmt: skip
    lines = [text]
    for rows, word in ((slow, "later"), (quick, "sooner")):
        if len(rows):
            lines.append(say(
                "Answers come {word} than their channels' usual in {n} hours of the week, most of all {hours}.",
                rows["certainty"].max() if (rows["certainty"] == rows["certainty"].iloc[0]).all() else SURE,
                word=word, n=len(rows), hours=_hours(rows),
            ))  # fmt: skip
    if len(slow):
        lines.append(say("Next step{owner}: see who is there at these hours, before looking at how they work.",
                         owner=f" ({owner})" if owner else ""))  # fmt: skip
    return sum(lines[1:], lines[0])


def _volume(rows: pd.DataFrame, word: str) -> str:
    from scipy.stats import binom

    ordered = rows[rows["even"].notna()].sort_values(["value", "n"], ascending=False, kind="stable")
    most, least = ordered.iloc[0], ordered.iloc[-1]
    came, even, places = int(rows["n"].sum()), most["even"] / 100, len(ordered)
    if places * min(binom.sf(most["n"] - 1, came, even), binom.cdf(least["n"], came, even)) > 0.05:
        return f"no {word} is fuller or emptier than others beyond chance"
    names = [
        row["label"] if word == "day" else f"{row['label']}:00–{int(row['label']) + 1}:00" for row in (most, least)
    ]
    return (
        f"the fullest {word} is {names[0]} with {number(most['value'], '%')} ({interval(most['lo'], most['hi'], '%')}), "
        f"the emptiest {names[1]} with {number(least['value'], '%')} ({interval(least['lo'], least['hi'], '%')})"
    )


def _hours(rows: pd.DataFrame, most: int = 3) -> str:
    far = rows.loc[(rows["slower_pct"] - 50).abs().sort_values(ascending=False, kind="stable").index].head(most)
    words = [
        f"{row['weekday']} {row['hour']}:00 ({row['value']:.1f} times the usual, n {row['n']:,})" for row in far.to_dict("records")
    ]  # fmt: skip
    return ", ".join(words)


def response_drawn(cells: pd.DataFrame, period: Period, channel: str = "") -> Picture | Html:
    """Draw the hours of the week by how many of their answers are slower than usual; for one ``channel`` by its minutes.

    Shares are drawn towards a half as far as chance explains them; where it explains all of them, the title says that the
    shades are chance.
    """
    able = cells[cells["why"] == ""]
    if len(able) < LEAST_CELLS:
        return say(
            "There is no map of response by hour: {n} of the 168 hours of the week have answers enough.", n=len(able)
        )
    plain = able["typical_pct"].max() - able["typical_pct"].min() < 1
    value, unit = ("minutes", "minutes") if channel else ("slower_pct" if plain else "typical_pct", "%")
    hours = range(int(able["hour"].min()), int(able["hour"].max()) + 1)
    grid = (
        able.pivot(index="weekday", columns="hour", values=value).reindex(index=list(DAYS), columns=hours).astype(float)
    )
    real = able[able["certainty"].isin(REAL) & (able["slower_pct"] > 50)]
    if len(real):
        worst = real.loc[real["slower_pct"].idxmax()]
        title = f"{worst['weekday']} at {worst['hour']}:00 answers come {worst['value']:.1f} times as late as usual"
    else:
        title = "No hour of the week answers later than usual" + (
            ": these shades are chance" if plain else ", beyond chance"
        )
    what = f"Median first response by {channel}, minutes" if channel else "Answers slower than their channel's median, %; usual is 50%"  # fmt: skip
    return charts.heatmap(
        grid,
        title=title,
        subtitle=f"{what}; {LOOK_BACK} weeks up to {day_label(pd.Timestamp(period.end) - pd.Timedelta(days=1))}, "
        f"n {cells['n'].sum():,}; hatched: too few",
        unit=unit,
        alt=f"First response by hour and weekday; {len(real)} of {len(able)} hours are slower than usual beyond chance.",
        peak=len(real) > 0,
        numbers=False,
    )


def load_said(found: LoadResponse, owner: str = "") -> Html:
    """Say in which channels answers come later when load rises, or that none does beyond chance."""
    if found.why:
        return say("Whether answers slow under load cannot be told: {why}.", why=reason(found.why))
    able = found.channels[(found.channels["why"] == "") & found.channels["rho"].notna()]
    if able.empty:
        return say("No channel has contacts enough to tell whether answers slow under load.")
    slips = found.slips()
    lines = [
        say(
            "**{channel}** answers **{times} times** as late in its busiest fifth as in its quietest (95% {interval}; rank "
            "correlation of load and response {rho}, n\u00a0{n} on {days} days).",
            row["certainty"], channel=row["channel"], times=f"{row['times']:.2f}", rho=f"{row['rho']:+.2f}".replace("-", "−"),
            interval=f"{row['times_lo']:.2f}–{row['times_hi']:.2f}", n=f"{row['n']:,}", days=row["days"],
        )
        for row in slips.to_dict("records")
    ]  # fmt: skip
    rest = len(able) - len(slips)
    if not lines:
        largest = able.loc[able["rho"].abs().idxmax()]
        return say(
            "In none of {n} channels do answers come later when load rises, by more than chance. The strongest rank "
            "correlation is {rho} (95% {lo} to {hi}), by {channel}.",
            n=len(able), channel=largest["channel"],
            **{name: f"{largest[name]:+.2f}".replace("-", "−") for name in ("rho", "lo", "hi")},
        )  # fmt: skip
    step = say(
        "Next step{owner}: add hands, or offer a call back, in the hours that are fullest against their usual; {rest}.",
        owner=f" ({owner})" if owner else "",
        rest=f"in the other {rest} channels load makes no difference that can be told" if rest else "every channel slips",
    )  # fmt: skip
    return sum(lines[1:], lines[0]) + step


def load_drawn(found: LoadResponse) -> Picture | None:
    """Draw response by load for the channel where it slips most, else for the one with most contacts."""
    able = found.channels[(found.channels["why"] == "") & found.channels["rho"].notna()]
    if found.why or able.empty:
        return None
    slips = found.slips()
    row = slips.iloc[0] if len(slips) else able.loc[able["n"].idxmax()]
    rows = found.bins[found.bins["channel"] == row["channel"]]
    title = f"{row['channel']} answers {row['times']:.1f} times as late in its busiest hours"
    if not len(slips):
        title = f"{row['channel']}: busier hours are answered no later, beyond chance"
    return flow_charts.load_response(
        rows,
        title=title[:1].upper() + title[1:],
        subtitle="Median first response by load (other contacts of the hour ÷ usual then), hour and week evened out, "
        f"{row['days']} days, n {row['n']:,}",
        unit="minutes",
        alt=f"First response by load, {row['channel']}: {number(rows['value'].iloc[0], 'minutes')} when quiet, "
        f"{number(rows['value'].iloc[-1], 'minutes')} when busy.",
    )


def overrun_said(judged: pd.DataFrame, period: Period, owner: str = "") -> Html:
    """Say which channels ran over in the period and before, and when.

    ``judged`` comes from ``voc.analysis.load.strain.overrun_weeks``.
    """
    able = judged[judged["why"] == ""] if len(judged) else judged
    if not len(able):
        return say(TOO_FEW_WEEKS)
    runs = overruns(judged)
    start, end = pd.Timestamp(period.start), pd.Timestamp(period.end)
    now = runs[(runs["end"] >= start) & (runs["start"] < end)]
    lines = [_run(row) for row in now.to_dict("records")]
    if not lines:
        lines = [say("In {period} no channel had a week in which it answered later than its own usual by more than chance ({n} "
                     "weeks of {channels} channels judged, the years before included).", period=period.words, n=len(able),
                     channels=able["channel"].nunique())]  # fmt: skip
    else:
        lines.append(say("Next step{owner}: look at who was there and what came in these weeks, and tell the customers who "
                         "waited.", owner=f" ({owner})" if owner else ""))  # fmt: skip
    return sum(lines[1:], lines[0])


def _run(row: dict) -> Html:
    return say(
        "**{channel}** ran over from {start} to {end}: its weekly median first response reached **{times} times** its usual "
        "({weeks} weeks beyond chance, n\u00a0{n}).",
        row["certainty"], channel=row["channel"], start=day_label(row["start"]), end=day_label(row["end"]),
        times=f"{row['times']:.1f}", weeks=row["weeks"], n=f"{row['n']:,}",
    )  # fmt: skip


def overrun_table(judged: pd.DataFrame) -> Html | None:
    """List all runs of weeks in which a channel answered later than its usual, the worst first; None where none is judged."""
    if not len(judged) or not (judged["why"] == "").any():
        return None
    runs = overruns(judged)
    rows = runs.assign(factor=[f"{times:.1f}×" for times in runs.get("times", [])])
    columns = [
        Col("channel", "Channel"), Col("start", "From", "date"), Col("end", "To", "date"), Col("weeks", "Weeks", "number", "contacts"),
        Col("factor", "Worst week against usual", "number"), Col("n", "Contacts", "number", "contacts"), Col("certainty", "How sure", "chip"),
    ]  # fmt: skip
    return table(rows, columns=columns, caption="Weeks in which a channel ran over", wide=True,
                 empty="In the whole history no channel answered later than its own usual by more than chance.")  # fmt: skip


def overrun_drawn(judged: pd.DataFrame) -> Picture | None:
    """Draw the weekly first response of the channel that ran over most, against its usual."""
    runs = overruns(judged) if len(judged) else judged
    if runs.empty:
        return None
    worst = runs.iloc[0]
    rows = judged[judged["channel"] == worst["channel"]]
    name = str(worst["channel"])
    weeks = "a week" if worst["weeks"] == 1 else f"{worst['weeks']} weeks"
    return drift_charts.overrun(
        rows,
        title=f"{name[:1].upper()}{name[1:]} ran over for {weeks} from {day_label(worst['start'])}",
        subtitle=f"Median first response a week, {name}, logarithmic scale, n {rows['n'].sum():,}",
        unit="minutes",
        alt=f"Weekly first response by {name}; {int(rows['over'].sum())} of {len(rows)} weeks ran over.",
    )
