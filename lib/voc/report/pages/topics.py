"""The map of what customers say, for reading: sentences, one table with the lighter lines folded, limits."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...analysis.rules import MetricRules
from ...analysis.themes.came_for import changed, is_echo
from ...analysis.themes.families import lines_of
from ...analysis.themes.lines import CATEGORY, EMPTY, OUTLIER, ROOT, SEVERAL, TOPIC, UNSORTED, WORDLESS
from ...data.periods import Period
from ...text.topics.model import Topics
from ..folds import fold
from ..style import cut, interval, is_missing, number
from ..tables import Html, plain, say, table
from .topics_cells import cells_of, columns

FEW = 12  # lines up to which a table stands open as it is
WORDS = {CATEGORY: "categories", TOPIC: "topics"}
SAME_STEP = "; a year before it made the same step, so it is likely the season"


def lead(said: pd.DataFrame, now: Period, most: int = 4) -> Html:
    """Say how much of what customers came for is named, and what changed beyond chance, with owner and next step."""
    if said.empty:
        return say(
            "No contact of {period} is sorted, and none has a topic, so there is no map to draw.", period=now.words
        )
    return _size(said, now) + _news(said, now, most)


def topics_lead(said: pd.DataFrame) -> Html:
    """Say into how many topics the sentences fall, and what lies in none; nothing where there are no topics."""
    rows = said[said["kind"] == TOPIC].set_index("label")
    if rows.empty:
        return Html("")
    part = {name: rows.loc[rows.index == name, "contacts"].sum() / rows["of"].max() for name in (OUTLIER, EMPTY)}
    shaky = int((~rows["stable"]).sum())
    grey = f" {shaky} of the topics did not come out again when they were made anew from half of the texts: they are called unstable, and no change of them is told." if shaky else ""  # fmt: skip
    return say(
        "The sentences fall into **{many}** topics; a contact counts under each that it speaks of. {outlier} of the contacts with words "
        "are near to none, and {empty} say nothing of a matter (greetings, thanks, «ok»).{grey}",
        many=int((~rows["rest"] & (rows["contacts"] > 0)).sum()), outlier=f"{part[OUTLIER]:.1%}", empty=f"{part[EMPTY]:.1%}", grey=grey,
    )  # fmt: skip


def _size(said: pd.DataFrame, now: Period) -> Html:
    rows = said[said["kind"].isin(WORDS)]
    kind = CATEGORY if (rows["kind"] == CATEGORY).any() else TOPIC
    of, heaviest = int(rows.loc[rows["kind"] == kind, "of"].max()), lines_of(said, kind, 3)
    if heaviest.empty:
        return say("**{n}** contacts in {period}; none of them names a matter.", n=f"{of:,}", period=now.words)
    told = "; ".join(f"{cut(row['label'])} ({_weight(row)})" for row in heaviest.to_dict("records"))
    start = "Heaviest by recorded handling time" if heaviest["hours"].notna().any() else "Named most"
    return say(
        "**{n}** contacts {with_}in {period}{named}. {start}: {told}.", n=f"{of:,}", period=now.words, start=start, told=told,
        with_="" if kind == CATEGORY else "with words ", named=_sorted(said, of) if kind == CATEGORY else "",
    )  # fmt: skip


def _sorted(said: pd.DataFrame, of: int) -> str:
    """Say which part of the contacts has a category, and how many categories there are."""
    rows = said[said["kind"] == CATEGORY]
    many = int((~rows["rest"] & (rows["contacts"] > 0)).sum())
    named = 1 - rows.loc[rows["label"].isin([UNSORTED, WORDLESS]), "contacts"].sum() / of
    return f", {named:.1%} of them in {f'one of {many} categories' if many > 1 else 'one category'}"


def _weight(row: Mapping) -> str:
    share = f"{row['share']:.1f}% of contacts"
    return share if is_missing(row["hours"]) else f"{row['hours_share']:.1f}% of the hours, {share}"


def _news(said: pd.DataFrame, now: Period, most: int) -> Html:
    rows, judged = changed(said), (said["why"] == "").any()
    if not judged:
        return say("Nothing can be said of changes: {why}.", why=said["why"].mode().iloc[0])
    if rows.empty:
        return say(
            "Against {then}, no share on this map changed by more than chance makes among so many lines.",
            then=now.previous().words,
        )
    rows = rows.assign(way=rows["change"] > 0)
    echo = is_echo(rows)
    told = rows[~echo]
    lines = [_change_said(row, now, _echoes(row, rows[echo])) for row in told.head(most).to_dict("records")]
    if left := len(told) - len(lines):
        lines.append(say("{n} more changed beyond chance; they are marked in the tables.", n=left))
    return sum(lines[1:], lines[0])


def _echoes(row: Mapping, echo: pd.DataFrame) -> str:
    """Say which topics tell the same as a category: made without the label, they confirm it."""
    same = echo[(echo["root"] == row["root"]) & (echo["way"] == row["way"])]
    if row["kind"] != CATEGORY or same.empty:
        return ""
    names = "; ".join(f"«{cut(label)}»" for label in same["label"].head(2))
    return f" The texts say so too, without that label: topic {names}."


def _change_said(row: Mapping, now: Period, echoes: str) -> Html:
    what = "of contacts" if row["kind"] == CATEGORY else "of contacts with words"
    step = (
        "read its three voices below and name what began before acting"
        if row["change"] > 0
        else "check that nothing is lost: a closed form looks the same as fewer questions"
    )
    return say(
        "**{name}**: {share} {what} ({range_}), {size} than in {then} (chance alone ±{floor}){season}.{echoes} {owner}: {step}.",
        certainty=row["certainty"], name=capital(cut(row["label"])), share=number(row["share"], "%"), what=what,
        range_=interval(row["lo"], row["hi"], "%"), then=now.previous().words, floor=number(row["floor"], "pts"),
        size=f"{number(abs(row['change']), 'pts')} {'more' if row['change'] > 0 else 'less'}",
        season=SAME_STEP if row["season"] else "", echoes=echoes, owner=row["owner"] or "Nobody is named", step=step,
    )  # fmt: skip


def capital(text: str) -> str:
    """Begin a sentence with a label."""
    return text[:1].upper() + text[1:]


def overview(said: pd.DataFrame, kind: str, now: Period, rules: MetricRules, few: int = FEW) -> Html:
    """Show the map of one kind (category or topic): the roots and what changed stand open, every line is folded below.

    A table of up to ``few`` lines stands open as it is. Names lead to the voices of ``heard``.
    """
    rows = said[(said["kind"] == kind) & (said["contacts"] > 0)]
    if rows.empty:
        missing = "no contact is sorted into a category" if kind == CATEGORY else "no topic was found in the texts"
        return say("{what} of {period}: {why}.", what=capital(WORDS[kind]), period=now.words, why=missing)
    sums = said[(said["kind"] == ROOT) & (kind == CATEGORY) & (said["contacts"] > 0)]
    every = _by_root(pd.concat([sums, rows]))
    caption = f"What customers {'came for' if kind == CATEGORY else 'speak of'}, {now.words}"
    key = Html(
        '<p class="small">In brackets 95% intervals; ○ within noise, ? cannot tell; an arrow under a rate: surely or likely above '
        f"or below all others. A name leads to its voices.{_hours_known(said, kind)}</p>"
    )
    key = Html(key.html, plain(key.html))
    whole = _table(every, rules, now, kind, caption)
    if len(every) <= few:
        return key + whole
    name = f"All {int((~rows['rest']).sum())} {WORDS[kind]} in one table"
    first = every[(every["kind"] == ROOT) | every.index.isin(changed(rows).index)]
    if kind == TOPIC:
        return fold(name, key, whole)
    cells = cells_of(first, rules, heads=False)
    return key + table(cells, columns=columns(cells, now, kind), caption=caption, wide=True) + fold(name, whole)


def _by_root(rows: pd.DataFrame) -> pd.DataFrame:
    """Put lines under their roots in the order given; what lies across roots comes after them, what lies in none last."""
    order = rows["root"].map({root: at for at, root in enumerate(dict.fromkeys(rows["root"]))})
    order += 1000 * (rows["root"] == SEVERAL) + 2000 * (rows["root"] == "")
    return rows.loc[order.sort_values(kind="stable").index]


def _table(rows: pd.DataFrame, rules: MetricRules, now: Period, kind: str, caption: str) -> Html:
    cells = cells_of(rows, rules)
    return table(cells, columns=columns(cells, now, kind), caption=caption, group="root", wide=True)


def space_said(topics: Topics) -> Html:
    """Say how far topics can be trusted: whether refits find them again, and whether they follow language instead of sense."""
    if not len(topics):
        return say("There are no topics: {why}", why=" ".join(topics.notes) or "nothing was said often enough.")
    parts = say(
        "**How steady topics are.** Made anew from halves of the texts, {found} of {all} topics come out again; two halves "
        "agree to {agreed} (adjusted Rand index: 0 is chance, 1 the same). {outliers} of the sentences are near to no topic.",
        found=f"{int(topics.stable.sum())}", all=f"{len(topics)}", agreed=f"{topics.agreement:.2f}",
        outliers=f"{topics.outlier_share:.1%}",
    )  # fmt: skip
    if "nmi" in topics.leak:
        parts += say(
            "**Do topics follow language instead of sense?** What they share with language is {nmi} on a scale from 0 to 1 "
            "(chance alone: {chance}); {mixed} of the topics that are large enough are told in every main language.",
            nmi=f"{topics.leak['nmi']:.3f}", chance=f"{topics.leak.get('nmi_by_chance', 0.0):.3f}",
            mixed=f"{topics.leak.get('mixed', 0.0):.0%}",
        )  # fmt: skip
    notes = [note for note in topics.notes if "grey" not in note]
    return parts + say("{notes}", notes=" ".join(notes)) if notes else parts


def _hours_known(said: pd.DataFrame, kind: str) -> str:
    rows = said[(said["kind"] == kind) & said["hours_known"].notna()]
    if rows.empty or rows["hours"].isna().all():
        return ""
    known = (rows["hours_known"] * rows["contacts"]).sum() / rows["contacts"].sum()
    return "" if known > 99.5 else f" Handling time is recorded for {known:.0f}% of the contacts."


def limits(said: pd.DataFrame) -> pd.DataFrame:
    """List what the map cannot say: what, why, settles."""
    rows = []
    for kind, name, settles in (
        (CATEGORY, UNSORTED, "Fill in the labelling list: the next run learns from it."),
        (CATEGORY, WORDLESS, "Have the reason noted when a contact without words is closed."),
        (TOPIC, OUTLIER, "Read a few of them each quarter: a new matter begins here."),
    ):
        found = said[(said["kind"] == kind) & (said["label"] == name)]
        if len(found) and found["contacts"].sum():
            row = found.iloc[0]
            one = row["contacts"] == 1
            what = "What one contact is about" if one else f"What {row['contacts']:,} contacts are about"
            why = f"{'it is' if one else 'they are'} {name}"
            bare = f"{'it has' if one else 'they have'} no label and {'says' if one else 'say'} nothing of a matter"
            rows.append((what, bare if name == WORDLESS else why, settles))
    topics = said[said["kind"] == TOPIC]
    if (~topics["stable"]).any():
        n = int((~topics["stable"]).sum())
        rows.append(("How large one unstable topic is" if n == 1 else f"How large {n} unstable topics are", "other halves of the texts make other topics of them", "More texts, or name them as categories."))  # fmt: skip
    if said["negative"].isna().all():
        rows.append(
            ("In which mood customers write", "no text could be read for its mood", "Texts, and scores to learn from.")
        )
    if said["csat"].isna().all():
        rows.append(("How content customers leave, by category", "the data have no satisfaction answers", "Ask a random part of all customers."))  # fmt: skip
    return pd.DataFrame(rows, columns=["what", "why", "settles"])
