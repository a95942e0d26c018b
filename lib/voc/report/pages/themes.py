"""Topics over time and by product; the ledger of their ids; what the review of categories should decide."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...analysis.themes.review import WATCH
from ...analysis.themes.rising import STEADY
from ...data.periods import Period
from ..canvas import Picture
from ..charts.time import small_multiples
from ..folds import fold
from ..style import cut, field_words, interval, number
from ..tables import Col, Html, say, table

REAL = ("sure", "likely")
MOST_PANELS = 8


def over_time(
    history: pd.DataFrame, courses: pd.DataFrame, labels: Mapping[str, str], most: int = MOST_PANELS
) -> Picture | None:
    """Draw the topics that moved, else the largest, as small lines on one scale with their noise bands; None without topics."""
    if history.empty or courses.empty:
        return None
    moved = courses[(courses["kind"] != STEADY) & courses["certainty"].isin(REAL)]["topic"].tolist()[:most]
    sizes = history.groupby("topic")["n"].sum().sort_values(ascending=False, kind="stable")
    chosen = moved or sizes.index.tolist()[:most]
    frame = pd.concat([history[history["topic"] == topic].assign(panel=labels.get(topic, topic)) for topic in chosen])
    frame = frame.assign(panel=frame["panel"].map(cut)).drop(columns=["season", "lo", "hi"])
    first, last = frame["period"].iloc[0], frame["period"].iloc[-1]
    title = (
        f"{len(moved)} topics moved beyond chance and season" if moved else "No topic moved beyond chance and season"
    )
    title = title.replace("1 topics", "1 topic")
    subtitle = f"Customers who speak of it, % of customers with words, {first} to {last}; n {int(frame['n'].sum()):,}"
    told = "; ".join(
        f"{cut(labels.get(topic, topic))} {number(history.loc[history['topic'] == topic, 'value'].iloc[-1], '%')}"
        for topic in chosen
    )
    picture = small_multiples(frame, title=title, subtitle=subtitle, unit="%", alt=f"{title}. Last period: {told}.")
    return picture


def said_more(cells: pd.DataFrame, labels: Mapping[str, str], dimension: str, span: str, most: int = 3) -> Html:
    """Fold away what each value's customers say more than all others', the surest first: one row a value."""
    real = cells[(cells["dimension"] == dimension) & cells["certainty"].isin(REAL) & (cells["direction"] == "more")]
    rows = []
    for value, part in real.groupby("label"):
        best = part.sort_values(["z", "topic"], ascending=[False, True]).head(most).to_dict("records")
        told = "; ".join(
            f"{cut(labels.get(one['topic'], one['topic']), 40)} {number(one['share'], '%')} ({number(one['rest'], '%')})"
            for one in best
        )
        rows.append({"value": value, "of": int(part["of"].iloc[0]), "told": told})
    name = field_words(dimension)
    columns = [Col("value", name[:1].upper() + name[1:]), Col("of", "Customers", "number", "contacts"), Col("told", "Say more of (and all others)")]  # fmt: skip
    if not rows:
        return say("No topic's share differs by {name} beyond chance.", name=name)
    caption = f"What is said more, by {name}, {span}: only what exceeds its noise"
    frame = pd.DataFrame(rows, columns=["value", "of", "told"]).sort_values(["of", "value"], ascending=[False, True])
    return fold(
        f"What is said more with one {name} than with all others", table(frame, columns=columns, caption=caption)
    )


def proposals(review: pd.DataFrame, labels: Mapping[str, str], most: int = 10) -> Html:
    """Say what the review of categories should decide; fold away the rule and the evidence of each, count what to watch.

    At most ``most`` of the largest stand here, all are in the exported table.
    """
    decide = review[review["proposal"] != WATCH]
    rows = decide.head(most).assign(label=[labels.get(one, one) for one in decide["topic"].head(most)])
    rows["home"] = [
        f"{cut(row['root'])} {number(row['root_share'], '%')} ({interval(row['root_lo'], row['root_hi'], '%')})"
        if row["root"]
        else "not sorted"
        for row in rows.to_dict("records")
    ]
    columns = [Col("label", "Topic"), Col("proposal", "Proposal"), Col("rule", "Because"), Col("contacts", "Contacts", "number", "contacts"),
               Col("share", "Share", "number", "%"), Col("home", "Most of it in"), Col("owner", "Who"), Col("next_step", "Next step")]  # fmt: skip
    watched = int((review["proposal"] == WATCH).sum())
    wait = f" {watched:,} topics are watched until the next review." if watched else ""
    if rows.empty:
        return say("Nothing to decide: no topic is new, rising or large and unnamed.{wait}", wait=wait)
    counts = decide["proposal"].value_counts()
    first = rows.iloc[0]
    lead = say(
        "**{n}** {topics} for a decision ({told}). The largest, «{label}»: {rule}.{wait} All stand in the exported table.",
        n=f"{len(decide):,}", topics="topic asks" if len(decide) == 1 else "topics ask", label=cut(first["label"]), rule=first["rule"],
        told="; ".join(f"{name}: {n:,}" for name, n in counts.items()), wait=wait,
    )  # fmt: skip
    shown = table(rows, columns=columns, caption="For the review of categories", wide=True)
    return lead + fold(f"The {len(rows)} largest with their grounds" if len(rows) > 1 else "Its grounds", shown)


def ledger(rows: pd.DataFrame, proposed: pd.DataFrame, period: Period) -> Html:
    """Show how topics stand in the ledger: counts of each state, and those that are new, gone, merged or split."""
    if rows.empty:
        return say("There are no topics, so the ledger is empty.")
    counts = rows["state"].value_counts()
    told = ", ".join(f"{int(n)} {'as before' if state == 'same' else state}" for state, n in counts.items())
    text = say(
        "The ledger of {period} holds **{n}** topics: {told}. Ids stay; names may change.",
        period=period.words, n=len(rows), told="all as before" if set(counts.index) == {"same"} else told,
    )  # fmt: skip
    moved = rows[rows["state"] != "same"].assign(
        parents=lambda part: part["parents"].where(part["parents"] != "", part["into"])
    )
    columns = [Col("id", "Id"), Col("label", "Topic"), Col("state", "State"), Col("born", "First seen"), Col("last_seen", "Last seen"),
               Col("parents", "From, or into")]  # fmt: skip
    if len(moved):
        text = text + table(moved, columns=columns, caption="Topics that changed their state")
    labels = dict(zip(rows["id"], rows["label"], strict=True))
    if len(proposed):
        shown = proposed.assign(
            topic=[f"{row['id']} {cut(labels.get(row['id'], ''))}" for row in proposed.to_dict("records")],
            share=100 * proposed["share"].astype(float),
        )
        columns = [Col("topic", "Topic"), Col("event", "Proposal"), Col("others", "With"), Col("share", "Part that goes there", "number", "%"),
                   Col("words", "What the check calls it")]  # fmt: skip
        text = text + table(
            shown, columns=columns, caption="What a check refit proposes; nothing is changed unless params say so"
        )
    return text
