"""Topics over time, by product and in a tree; the ledger of their ids; what the review of categories should decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ...analysis.metrics import METRICS
from ...analysis.themes.mentions import EMPTY, LINE_WORDS, NONE
from ...analysis.themes.review import WATCH
from ...analysis.themes.rising import STEADY
from ...data.periods import Period
from ...text.topics.tree import families
from ..canvas import Picture
from ..charts.grid import heatmap
from ..charts.time import small_multiples
from ..folds import fold
from ..style import cut, field_words, interval, is_missing, number
from ..tables import Col, Html, say, table

REAL = ("sure", "likely")
MOST_PANELS, MOST_ROWS, MOST_COLUMNS = 8, 12, 10


def how_many(several: Mapping[str, float], sizes: pd.DataFrame) -> Html:
    """Say how many contacts hold more than one topic, how many none, and how many are empty talk."""
    if not several["contacts"]:
        return say(
            "No contact has a topic: {n} contacts with words were read.",
            n=f"{int(sizes['of'].max()) if len(sizes) else 0:,}",
        )
    rest = sizes[sizes["topic"].isin([NONE, EMPTY])].to_dict("records")
    told = "; ".join(f"{number(row['share'], '%')} {LINE_WORDS[row['topic']]}" for row in rest)
    return say(
        "**{pct}** of contacts with a topic hold more than one ({interval}, n {n}): shares add up to more than 100%. "
        "Of all contacts with words: {told}.",
        pct=number(several["pct"], "%"), interval=interval(several["lo"], several["hi"], "%"), n=f"{several['contacts']:,}",
        told=told or "each has a topic",
    )  # fmt: skip


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


def by_dimension(
    cells: pd.DataFrame, labels: Mapping[str, str], dimension: str, span: str, most: int = MOST_ROWS
) -> Picture | Html:
    """Draw the share of topics within each value of a dimension, only where it exceeds its noise; a sentence where none does.

    ``cells`` comes from ``themes.across.by_value``; ``span`` says in words over which time.
    """
    own = cells[cells["dimension"] == dimension]
    real = own[own["certainty"].isin(REAL)]
    name = field_words(dimension)
    if own.empty:
        return say("The data have no {name} with enough voices, so topics cannot be set out by it.", name=name)
    if real.empty:
        return say(
            "No topic's share differs by {name} beyond chance ({n} cells judged together).",
            name=name,
            n=f"{len(own):,}",
        )
    strength = (
        real.assign(weight=(real["share"] - real["rest"]).abs() * np.sqrt(real["of"])).groupby("topic")["weight"].max()
    )
    chosen = strength.sort_values(ascending=False, kind="stable").index[:most]
    values = own.groupby("label")["of"].first().sort_values(ascending=False, kind="stable").index[:MOST_COLUMNS]
    grid = real.pivot_table(index="topic", columns="label", values="share").reindex(index=chosen, columns=values)
    grid = grid.set_axis([cut(labels.get(topic, topic), 24) for topic in grid.index], axis=0)
    top = real.loc[((real["share"] - real["rest"]) * np.sqrt(real["of"])).idxmax()]
    title = f"{cut(labels.get(top['topic'], top['topic']), 40)}: {number(top['share'], '%')} in {cut(top['label'], 30)}, {number(top['rest'], '%')} elsewhere"
    subtitle = f"Customers who speak of it, % of customers of each {name}, {span}; hatched: within noise; n {int(own.groupby('label')['of'].first().sum()):,}"
    if grid.columns.isna().all() or not grid.notna().any().any():
        return say("No topic's share differs by {name} beyond chance.", name=name)
    return heatmap(grid, title=title, subtitle=subtitle, unit="%", alt=f"{title}. {subtitle}.", peak=False)


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


def costs(measures: pd.DataFrame, labels: Mapping[str, str], span: str, most: int = MOST_ROWS) -> Html:
    """Show what contacts with a topic cost and bring beside contacts without it; grey where within noise."""
    if measures.empty:
        return say(
            "The data have no satisfaction, handling time or returns, so topics cannot be set beside what they cost."
        )
    names = list(dict.fromkeys(measures["metric"]))
    strong = (
        measures.assign(z=measures["z"].abs()).groupby("topic")["z"].max().sort_values(ascending=False, kind="stable")
    )
    rows = []
    for topic in strong.index[:most]:
        row = {"label": labels.get(topic, topic)}
        for one in measures[measures["topic"] == topic].to_dict("records"):
            row |= {f"{one['metric']} value": one["value"], f"{one['metric']} difference": one["difference"],
                    f"{one['metric']} certainty": one["certainty"]}  # fmt: skip
        rows.append(row)
    columns = [Col("label", "Topic")]
    for name in names:
        metric = METRICS[name]
        columns += [Col(f"{name} value", metric.label, "number", metric.unit),
                    Col(f"{name} difference", "against others", "change", metric.unit, metric.better or "", f"{name} certainty")]  # fmt: skip
    return table(pd.DataFrame(rows), columns=columns, caption=f"What contacts with a topic cost, {span}")


def tree(
    merge_tree: np.ndarray,
    ids: Sequence[str],
    labels: Mapping[str, str],
    sizes: pd.DataFrame,
    groups: int | None = None,
) -> Html:
    """Show the topics in groups of neighbours in meaning, largest group first."""
    if not len(ids):
        return say("There are no topics to put in order.")
    count = groups or max(2, round(len(ids) ** 0.5))
    family = families(merge_tree, count) if len(ids) > 1 else np.zeros(1, dtype=int)
    frame = pd.DataFrame({"topic": list(ids), "family": family}).merge(sizes, on="topic", how="inner")
    if frame.empty:
        return say("No topic was spoken of in this span.")
    frame["label"] = frame["topic"].map(lambda one: labels.get(one, one))
    frame = frame.sort_values(["contacts", "topic"], ascending=[False, True])
    weight = frame.groupby("family")["contacts"].sum()
    head = frame.drop_duplicates("family").set_index("family")["label"]
    many = frame.groupby("family").size()
    frame["group"] = [
        f"{cut(head[one])} and {many[one] - 1} near it" if many[one] > 1 else f"{cut(head[one])}, alone"
        for one in frame["family"]
    ]
    frame["weight"] = frame["family"].map(weight)
    frame = frame.sort_values(["weight", "family", "contacts", "topic"], ascending=[False, True, False, True])
    columns = [Col("label", "Topic"), Col("contacts", "Contacts", "number", "contacts"), Col("share", "Share", "number", "%"),
               Col("share", "95% interval", "interval", "%")]  # fmt: skip
    return table(frame, columns=columns, caption="Topics by nearness of meaning", group="group", bars=["contacts"])


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


def limits(several: Mapping[str, float], stability: pd.Series | None = None, greyed: float = 0.5) -> pd.DataFrame:
    """List what topics cannot say: what, why, settles."""
    rows = [
        (
            "How satisfied a topic makes customers",
            "contacts with a topic differ from others in all else that was asked",
            "Compare the same topic before and after a change.",
        )
    ]
    if stability is not None and len(stability) and (n := int((stability < greyed).sum())):
        why = "refits on half the texts do not find them again"
        rows.append((f"Where {n} unsteady topics end", why, "More texts, or merging them in params."))
    if not is_missing(several.get("pct")) and several["contacts"] < 100:
        rows.append(("How large topics are", f"only {several['contacts']} contacts have one", "A longer period."))
    return pd.DataFrame(rows, columns=["what", "why", "settles"])
