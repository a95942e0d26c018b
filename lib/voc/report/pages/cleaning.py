"""Sentences, tables and charts of the page about the data and their repair."""

from __future__ import annotations

import re
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.audit import Audit
from ...data.periods import Period
from ...data.store import to_frame
from .. import charts
from ..canvas import Picture
from ..front_parts import LANGUAGES
from ..style import cut, day_label, field_words, number, reason
from ..tables import Col, Html, say, table

HOW = {
    "same": "already so",
    "listed": "wordings listed",
    "spelling": "typing errors",
    "unlisted": "kept as they are",
}

STEP_WORDS = {
    "tidy ids": "Ids cleaned of blanks and #",
    "drop repeated ids": "Same id again",
    "empty midnights": "Hour unknown (00:00)",
    "restore swapped dates": "Day and month exchanged",
    "empty impossible times": "Impossible order of times",
    "drop outside dates": "Dated outside the data's span",
    "tidy texts": "Markup, threads and signatures",
    "drop near duplicates": "Same contact twice",
    "unify": "Labels brought to one class",
    "empty impossible numbers": "Impossible numbers",
    "add handling": "Handling time summed up",
    "tell language": "Language told",
    "mask texts": "Personal data masked",
    "replace ids": "Ids made pseudonyms",
    "match activity": "Activity matched to contacts",
    "empty impossible numbers of activity": "Impossible numbers (activity)",
    "empty impossible numbers of staffing": "Impossible numbers (staffing)",
    "empty impossible numbers of shifts": "Impossible numbers (planned shifts)",
    "look at scales": "Scale of the answers",
    "empty impossible scores": "Impossible survey scores",
    "drop repeated surveys": "Same survey again",
    "join scores": "Survey answers joined",
    "decide missing": "Missing values",
}


def step_words(name: str) -> str:
    """Name a step of the trail in a manager's words.

    >>> step_words("unify"), step_words("read tickets")
    ('Labels brought to one class', 'Read tickets')
    """
    return STEP_WORDS.get(name, name[:1].upper() + name[1:])


def counted(n: int, noun: str) -> str:
    """Write a number with its noun.

    >>> counted(1, "row"), counted(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _why(text: str) -> str:
    return re.sub(r"\bcontrol(?= [\d,]+)", "invisible characters", reason(text))


def step_sentence(audit: Audit, *names: str) -> Html:
    """Say what the named steps did: one sentence per step, from the lines of the trail."""
    lines = {line["step"]: line for line in audit.lines}
    parts = [_line(lines[name]) for name in names if name in lines]
    return sum(parts[1:], parts[0]) if parts else say("Nothing had to be done.")


def _line(line: dict) -> Html:
    gone, changed = line["rows_in"] - line["rows_out"], line["cells_changed"]
    did = []
    if gone:
        did.append(f"{gone:,} of {counted(line['rows_in'], 'row')} taken out ({gone / line['rows_in']:.2%})")
    if changed:
        did.append(f"{counted(changed, 'cell')} changed")
    return say(
        "**{step}**: {did} – {why}.",
        step=step_words(line["step"]),
        did=", ".join(did) or "nothing had to be changed",
        why=_why(line["why"]),
    )


def files_table(files: pd.DataFrame) -> Html:
    """Show what each file gave."""
    columns = [
        Col("source", "Source"),
        Col("file", "File"),
        Col("table", "Fills"),
        Col("rows", "Rows", "number", "contacts"),
    ]
    return table(files, columns=columns, caption="Files of this run")


def trail_table(trail: pd.DataFrame) -> Html:
    """Show the audit trail of cleaning."""
    counts = {"rows_in": "Rows in", "rows_out": "Rows out", "cells_changed": "Cells changed"}
    columns = [
        Col("step", "Step"),
        *[Col(name, head, "number", "contacts") for name, head in counts.items()],
        Col("why", "Why"),
    ]
    shown = trail.assign(step=trail["step"].map(step_words), why=trail["why"].map(_why))
    return table(shown, columns=columns, caption="The audit trail")


def fitness_table(fit: pd.DataFrame) -> Html:
    """Show what the data are fit for."""
    columns = [Col("analysis", "Analysis"), Col("verdict", "Verdict"), Col("filled_pct", "Contacts that have it", "number", "%"),
               Col("why", "Why"), Col("settles", "What would settle it")]  # fmt: skip
    return table(fit.assign(why=fit["why"].map(reason)), columns=columns, caption="What the data are fit for")


def unlisted_sentence(mapped: pd.DataFrame, most: int = 8) -> Html:
    """Name the wordings that belong to no listed class, the most frequent first."""
    rows = mapped[mapped["how"] == "unlisted"].sort_values(["n", "label"], ascending=[False, True])
    if rows.empty:
        return say("Every wording belongs to a listed class, or its column has no list.")
    return say(
        "**{n}** {verb} to no listed class and {kept}: {names}{more}.",
        n=counted(len(rows), "wording"),
        verb="belongs" if len(rows) == 1 else "belong",
        kept="was kept as it is" if len(rows) == 1 else "were kept as they are",
        names=", ".join(rows["label"].head(most).map(cut)),
        more=" …" if len(rows) > most else "",
    )


def label_table(mapped: pd.DataFrame) -> Html:
    """Show, per column, how many wordings there were and how each kind was brought to its class."""
    rows = mapped.pivot_table(index="column", columns="how", values="n", aggfunc="sum", fill_value=0)
    wordings = mapped.groupby("column")["label"].size()
    classes = mapped.groupby("column")["class"].nunique()
    shown = pd.DataFrame(
        {
            "column": rows.index,
            "wordings": wordings.reindex(rows.index).to_numpy(),
            "classes": classes.reindex(rows.index).to_numpy(),
        }
    )
    for how in HOW:
        shown[how] = rows[how].to_numpy() if how in rows else 0
    shown = shown[shown["wordings"] > shown["classes"]]
    shown["column"] = shown["column"].map(field_words)
    columns = [
        Col("column", "Column"),
        Col("wordings", "Wordings", "number", "contacts"),
        Col("classes", "Classes", "number", "contacts"),
    ]
    columns += [Col(how, f"Rows: {words}", "number", "contacts") for how, words in HOW.items()]
    return table(shown, columns=columns, caption="Wordings brought to classes", empty="Every label had one wording.")


def language_chart(contacts: ir.Table) -> Picture | Html:
    """Draw the share of each language among texts that have words."""
    if "language" not in contacts.columns:
        return say("The data have no texts, so there is no language to tell.")
    spoken = to_frame(contacts.group_by("language").agg(n=ibis._.count()))
    none = int(spoken.loc[spoken["language"].isna(), "n"].sum())
    known = spoken.dropna().sort_values(["n", "language"], ascending=[False, True])
    if known.empty:
        return say("No text has words.")
    total = known["n"].sum()
    bars = pd.DataFrame(
        {
            "label": [LANGUAGES.get(code, "other" if code == "und" else code) for code in known["language"]],
            "value": known["n"] / total * 100,
            "n": known["n"],
        }
    )
    first = bars.iloc[0]
    return charts.interval_bars(
        bars,
        title=f"{first['label']} is the language of {first['value']:.0f}% of the texts",
        subtitle=f"Share of texts with words by language, n {total:,}"
        + (f"; {counted(none, 'contact')} without words" if none else ""),
        unit="%",
        alt="Share of texts by language: " + ", ".join(f"{row.label} {row.value:.1f}%" for row in bars.itertuples()),
        from_zero=True,
    )


def coverage_chart(days: pd.DataFrame) -> Picture | Html:
    """Draw rows per day and source with incomplete days marked."""
    flagged = int(days["flag"].sum())
    sources = days["source"].nunique()
    title = f"{flagged} days are incomplete" if flagged != 1 else "One day is incomplete"
    title = title if flagged else "No day is visibly incomplete"
    return charts.coverage(
        days[["day", "source", "rows", "flag"]],
        title=title,
        subtitle=f"Contacts per day{f' in each of {sources} sources' if sources != 1 else ''}; flagged: fewer than chance allows",
        alt=f"Rows per day by source. {flagged} days flagged as incomplete.",
    )


def flagged_sentence(days: pd.DataFrame, most: int = 6) -> Html:
    """Name the incomplete days and what they lack."""
    bad = days[days["flag"]].sort_values("rows", kind="stable")
    if bad.empty:
        return say(
            "No day of any source has fewer contacts than chance allows; a source that is missing altogether cannot be seen this way."
        )
    named = [
        f"{day_label(row.day)} in {row.source} ({row.rows:,} instead of about {row.expected:,.0f})"
        for row in bad.head(most).itertuples()
    ]
    more = f", and {len(bad) - most} more" if len(bad) > most else ""
    return say(
        "Incomplete: {days}{more}. They lack about **{lost}** contacts; figures of volume that include them are understated.",
        days="; ".join(named),
        more=more,
        lost=number(round((bad["expected"] - bad["rows"]).sum()), "contacts"),
    )


def field_chart(fields: pd.DataFrame) -> Picture | Html:
    """Draw the share of contacts that have each field, fullest first."""
    whole = fields[fields["group"] == "all"].sort_values(["filled_pct", "field"], ascending=[False, True])
    if whole.empty:
        return say("The data have no fields besides the id and the time of a contact.")
    bars = pd.DataFrame({"label": whole["field"].map(field_words), "value": whole["filled_pct"]})
    thin = int((bars["value"] < 20).sum())
    verb = "is" if thin == 1 else "are"
    return charts.interval_bars(
        bars,
        title=f"{thin} of {len(bars)} fields {verb} filled for fewer than a fifth of contacts"
        if thin
        else "Every field is filled for a fifth of contacts or more",
        subtitle=f"Contacts that have the field, %, n {int(whole['n'].iloc[0]):,}",
        unit="%",
        alt="Share of contacts with each field: "
        + ", ".join(f"{row.label} {row.value:.0f}%" for row in bars.itertuples()),
        from_zero=True,
    )


def steps_chart(trail: pd.DataFrame) -> Picture:
    """Draw rows removed and cells changed by each step of cleaning."""
    steps = trail[~trail["step"].str.startswith("read ")]
    cells, first = steps.groupby("step")["cells_changed"].sum(), int(steps["rows_in"].iloc[0])
    labels, answers = int(cells.get("unify", 0)), int(cells.get("join scores", 0))  # no repairs: nothing was wrong
    gone, changed = int((steps["rows_in"] - steps["rows_out"]).sum()), int(cells.sum()) - labels - answers
    besides = [f"{labels:,} labels brought to their class"] if labels else []
    besides += [f"{answers:,} survey answers joined"] if answers else []
    out = f"{gone / first:.1%} of the rows were taken out" if gone else "No row was taken out"
    mended = f"{counted(changed, 'cell')} repaired" if changed else "no cell repaired"
    return charts.steps(
        steps.assign(step=steps["step"].map(step_words))[["step", "rows_in", "rows_out", "cells_changed"]],
        title=f"{out}, {mended}",
        subtitle=f"Rows taken out and cells changed by each step, from {counted(first, 'row')}"
        + (f"; besides {' and '.join(besides)}" if besides else ""),
        alt=f"Cleaning removed {gone:,} of {counted(first, 'row')} and repaired {counted(changed, 'cell')}.",
    )


def verdict(trail: pd.DataFrame, fit: pd.DataFrame) -> Html:
    """Conclude in words a manager can read: how much was wrong, and what may be concluded from what is left."""
    steps = trail[~trail["step"].str.startswith("read ")]
    first, last = int(steps["rows_in"].iloc[0]), int(steps["rows_out"].iloc[-1])
    groups = {
        name: fit.loc[fit["verdict"] == name, "analysis"].str[0].str.lower()
        + fit.loc[fit["verdict"] == name, "analysis"].str[1:]
        for name in ("fit", "with care", "not fit")
    }
    text = say(
        "Of **{first}** **{last}** {remain}.",
        first=counted(first, "row"),
        last=counted(last, "contact"),
        remain="remains" if last == 1 else "remain",
    )
    for name, words in (
        ("fit", "The data are fit for {list}."),
        ("with care", "They serve with care for {list}."),
        ("not fit", "They are not fit for {list}, and no figure of it is shown."),
    ):
        if len(groups[name]):
            text += say(words, list="; ".join(groups[name]))
    return text


def all_limits(fit_limits: pd.DataFrame, days: pd.DataFrame, periods: Sequence[Period]) -> pd.DataFrame:
    """Join what the data are not fit for with the incomplete days of the periods compared: what, why, settles."""
    inside = [(days["day"] >= pd.Timestamp(one.start)) & (days["day"] < pd.Timestamp(one.end)) for one in periods]
    bad = days[days["flag"] & np.logical_or.reduce(inside)]
    if bad.empty:
        return fit_limits
    named = ", ".join(f"{day_label(row.day)} ({row.source})" for row in bad.head(4).itertuples()) + (
        " …" if len(bad) > 4 else ""
    )
    lost = (bad["expected"] - bad["rows"]).sum()
    row = {
        "what": "The full volume of days whose export is incomplete",
        "why": f"{'one day lacks' if len(bad) == 1 else f'{len(bad)} days lack'} about {lost:,.0f} contacts: {named}",
        "settles": "Export these days again and re-run.",
    }
    return pd.concat([pd.DataFrame([row]), fit_limits], ignore_index=True)
