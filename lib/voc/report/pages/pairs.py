"""Sentences of figures that mislead alone: what both of a pair did, and what may be read from that."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...analysis.metrics import METRICS
from ...data.periods import Period
from ..sentences import floor_words
from ..style import change, field_words, is_missing, number, reason
from ..tables import Col, Html, say, table

READINGS: dict[str, dict[str, tuple[str, str]]] = {
    "aht_minutes repeat_pct": {
        "down up": ("Faster, but more come back", "The minutes saved may be spent again. Read ten repeats of contacts that were closed quickly before calling the shorter time a success."),
        "up down": ("Slower, but fewer come back", "The longer contacts may pay for themselves: compare the hours of both before asking for shorter ones."),
        "down down": ("Faster, and fewer come back", "Easier questions make both: see whether the mix of issues changed before praising the work."),
        "up up": ("Slower, and more come back", "Harder questions make both: see which issues grew before looking at the work."),
        "down still": ("Faster, and no price seen", "Repeats did not rise beyond chance; a rise under {floor_second} would not have been seen."),
        "up still": ("Slower, and nothing gained yet", "Repeats did not fall beyond chance; a fall under {floor_second} would not have been seen."),
        "still up": ("More come back at the same handling time", "Shorter handling is not the reason: look at which issues come back."),
        "still down": ("Fewer come back at the same handling time", "Longer handling is not the reason: ask what was done differently, and keep it."),
    },
    "frt_minutes resolution_hours": {
        "down up": ("A quicker first reply, a later solution", "A first reply that settles nothing looks like speed. Read ten contacts with an early reply and a late solution."),
        "up down": ("A later first reply, an earlier solution", "Customers wait longer for a sign and less for the solution: keep the second, and say sooner that help is coming."),
        "down down": ("Both sooner", "Fewer or easier contacts do that too: see the volume before praising the work."),
        "up up": ("Both later", "Look at load and staffing of these days first."),
        "down still": ("A quicker first reply, the solution no sooner", "What customers came for took as long as before; a gain under {floor_second} would not have been seen."),
        "up still": ("A later first reply, the solution no later", "Waiting for a sign grew, waiting for the solution did not beyond chance ({floor_second})."),
        "still up": ("A later solution after as quick a reply", "The delay lies after the first reply: look at what contacts wait for."),
        "still down": ("An earlier solution after as quick a reply", "The gain lies after the first reply: ask what was done differently, and keep it."),
    },
    "csat_pct response_rate_pct": {
        "up down": ("Happier answers, but fewer of them", "If it is the unhappy who stopped answering, the rise is their silence. See who was surveyed and who answered before believing it."),
        "down up": ("Less happy answers, but more of them", "Those who were silent before may have spoken: this can be a truer figure rather than a worse service."),
        "up up": ("Happier answers, and more of them", "Silence of the unhappy does not explain the rise; more answers of the mildly content would."),
        "down down": ("Less happy answers, and fewer of them", "Those with strong feelings answer longest: part of the fall may be the silence of the content."),
        "up still": ("Happier answers, as many as before", "How many answer does not explain the rise; who they are still may."),
        "down still": ("Less happy answers, as many as before", "How many answer does not explain the fall; who they are still may."),
        "still up": ("More answer, as happy as before", "CSAT stands on more voices than before."),
        "still down": ("Fewer answer, as happy as before", "CSAT stands on fewer voices: a change in who answers can hide a change in what they think."),
    },
    "one_touch_pct reopen_pct": {
        "up up": ("More closed with one reply, and more opened again", "Closing is not solving. Read ten contacts closed with one reply and opened again."),
        "up down": ("More solved with one reply, and fewer opened again", "Easier questions make both: see whether the mix of issues changed before praising the work."),
        "down up": ("Fewer closed with one reply, and more opened again", "Harder questions make both: see which issues grew."),
        "down down": ("Fewer closed with one reply, but fewer opened again", "The further replies may be what keeps them closed."),
        "up still": ("More closed with one reply, and no price seen", "Reopening did not rise beyond chance; a rise under {floor_second} would not have been seen."),
        "down still": ("Fewer closed with one reply, and nothing gained yet", "Reopening did not fall beyond chance; a fall under {floor_second} would not have been seen."),
        "still up": ("More opened again, as many closed with one reply", "Hasty closing is not the reason: look at which issues are opened again."),
        "still down": ("Fewer opened again, as many closed with one reply", "Ask what was done differently, and keep it."),
    },
    "resolution_hours backlog": {
        "down up": ("Solved sooner, while more stay open", "Only solved contacts have a resolution time: those that wait are not in it yet. Look at the age of what is open."),
        "up down": ("Solved later, while fewer stay open", "Old contacts being cleared raise the resolution time for a while: good work that looks bad."),
        "down down": ("Solved sooner, and fewer stay open", "Both agree: the service keeps up. Fewer contacts do that too: see the volume."),
        "up up": ("Solved later, and more stay open", "Both agree: the service does not keep up. Look at load and staffing first."),
        "down still": ("Solved sooner, as many open as before", "The gain is not bought by leaving contacts open."),
        "up still": ("Solved later, as many open as before", "No more contacts are left open: look at what solved ones waited for."),
        "still up": ("More stay open, those solved as soon as before", "A queue grows first and shows in the resolution time later."),
        "still down": ("Fewer stay open, those solved as soon as before", "The queue shrinks and nothing is paid for it."),
    },
}  # fmt: skip


def together(read: pd.DataFrame, period: Period, missing: pd.DataFrame) -> Html:
    """Say what each pair of figures means when read together, the contradictions first, and which say nothing.

    ``read`` comes from ``voc.analysis.pairs.read_together``; ``missing`` (metric, why) says why a metric is not there.
    """
    whole = read[(read["dimension"] == "") & (read["against"] == "previous")].to_dict("records")
    told = sorted((row for row in whole if _told(row)), key=lambda row: not row["contradiction"])
    lines = [_paragraph(row, "") for row in told]
    quiet = [_names(row) for row in whole if row["reading"] == "still still"]
    if quiet:
        lines.append(
            say("Both within what chance makes, so there is nothing to read: {pairs}.", pairs="; ".join(quiet))
        )
    why = missing.set_index("metric")["why"].to_dict() if len(missing) else {}
    unread: dict[str, list[str]] = {}
    for row in whole:
        if not _told(row) and row["reading"] != "still still":
            unread.setdefault(_reason(row, why), []).append(_names(row))
    if unread:
        told_why = "; ".join(f"{', '.join(names)} ({because})" for because, names in unread.items())
        lines.append(say("Cannot be read together: {pairs}.", pairs=told_why))
    year = read[(read["dimension"] == "") & (read["against"] == "year")].to_dict("records")
    lines += [_paragraph(row, f"Against {period.year_before().words}: ") for row in year if _both(row)]
    if not lines:
        return say("No two of these figures are known, so none can be read beside another.")
    return sum(lines[1:], lines[0])


def parts(read: pd.DataFrame) -> Html:
    """Show the parts (channels, products …) in which both figures of a pair moved, contradictions first."""
    rows = read[read["dimension"] != ""].sort_values(
        ["contradiction", "pair", "dimension", "label"], ascending=[False, True, True, True]
    )
    shown = [
        {
            "part": f"{field_words(row['dimension'])}: {row['label']}",
            "reading": READINGS[row["pair"]][row["reading"]][0],
            "first": _figures(row, "first", "metric"),
            "second": _figures(row, "second", "beside"),
            "certainty": row["certainty"],
        }
        for row in rows.to_dict("records")
    ]
    columns = [Col("part", "Part"), Col("reading", "Read together"), Col("first", "First figure"), Col("second", "Second figure"), Col("certainty", "How sure", "chip")]  # fmt: skip
    now = read[read["against"] == "previous"]
    compared = now["reading"].str.contains("up|down|still").any() if len(now) else False
    empty = (
        "In no channel, product or other part did both figures of a pair move beyond chance."
        if compared
        else "No part could be compared with the period before."
    )
    return table(
        pd.DataFrame(shown), columns=columns, caption="Parts in which both figures of a pair moved", empty=empty
    )


def _told(row: Mapping) -> bool:
    return row["reading"] in READINGS[row["pair"]]


def _both(row: Mapping) -> bool:
    return not {"still", "unknown", "absent"} & set(row["reading"].split())


def _paragraph(row: Mapping, start: str) -> Html:
    head, follows = READINGS[row["pair"]][row["reading"]]
    follows = follows.format(floor_second=_floor(row, "second", "beside"))
    return say(
        "{start}**{head}.** {first}; {second}. {follows}",
        certainty=row["certainty"],
        start=start,
        head=head if not start else head[0].lower() + head[1:],
        first=_figures(row, "first", "metric"),
        second=_figures(row, "second", "beside"),
        follows=follows,
    )


def _figures(row: Mapping, side: str, name: str) -> str:
    """Say a metric's figure, the one before, and whether the change is more than chance."""
    metric = METRICS[row[name]]
    now, before = (number(row[f"{part}_{side}"], metric.unit) for part in ("value", "before"))
    size = f"{change(row[f'change_{side}'], metric.unit)}, chance alone {_floor(row, side, name)}"
    return f"{metric.label} {before} → {now} ({size})"


def _floor(row: Mapping, side: str, name: str) -> str:
    floor = row[f"floor_{side}"]
    return "unknown" if is_missing(floor) else floor_words(floor, METRICS[row[name]].unit)


def _names(row: Mapping) -> str:
    first, second = (METRICS[row[name]].label for name in ("metric", "beside"))
    return f"{first} with {second[0].lower() + second[1:]}"


def _reason(row: Mapping, why: Mapping[str, str]) -> str:
    """Say why a pair cannot be read: a metric is not there, cannot be compared, or moved by less than so many tests bring."""
    sides = list(zip(row["reading"].split(), ("first", "second"), ("metric", "beside"), strict=True))
    for state, _, name in sides:
        if state == "absent":
            return reason(why.get(row[name]) or f"{METRICS[row[name]].label} is not known")
    known = next((row[f"why_{side}"] for _, side, _ in sides if row[f"why_{side}"]), "")
    return reason(known or "a change beyond its own chance, but among so many comparisons one such is expected")
