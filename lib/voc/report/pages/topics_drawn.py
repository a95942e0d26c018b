"""The map of what customers say in pictures: how much, in which mood, which topics belong together, and their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ...analysis.rules import MetricRules
from ...analysis.themes.came_for import changed
from ...analysis.themes.families import lines_of
from ...analysis.themes.lines import CATEGORY, TOPIC
from ...data.periods import Period
from ..canvas import Picture
from ..charts import map as charts
from ..folds import fold
from ..front_parts import LANGUAGES
from ..style import cut, number
from ..tables import Col, Html, esc, table
from .topics import WORDS, capital
from .topics_cells import REAL


def share_chart(said: pd.DataFrame, kind: str, now: Period, most: int = 12) -> Picture | None:
    """Draw the shares of the heaviest lines and of those that changed, coloured only where the change is beyond noise."""
    moved_ = changed(said[said["kind"] == kind])
    rows = said.loc[lines_of(said, kind, most).index.union(moved_.index[:4])]
    rows = rows[rows["contacts"] > 0].sort_values(["share", "label"], ascending=[False, True])
    if rows.empty:
        return None
    if len(moved_):
        row = moved_.iloc[0]
        verb = "grew" if row["change"] > 0 else "shrank"
        title = (
            f"{capital(cut(row['label']))} {verb} by {number(abs(row['change']), 'pts')} to {number(row['share'], '%')}"
        )
    elif (said.loc[said["kind"] == kind, "why"] == "").any():
        title = f"No share of a {'category' if kind == CATEGORY else 'topic'} changed beyond chance"
    else:
        title = f"{capital(cut(rows['label'].iloc[0]))} is named most: {number(rows['share'].iloc[0], '%')}"
    of = "contacts" if kind == CATEGORY else "contacts with words"
    subtitle = f"Share of {of}, %, {now.words}; line: 95% interval; in colour what changed beyond chance since {now.previous().label}; n {int(rows['of'].max()):,}"
    told = "; ".join(f"{cut(row['label'])} {number(row['share'], '%')}" for row in rows.to_dict("records"))
    drawn = rows.rename(columns={"share": "value"}).assign(faint=~rows["stable"])
    return charts.shares(drawn, title=title, subtitle=subtitle, alt=f"Shares of {WORDS[kind]}: {told}.")


def mood_chart(said: pd.DataFrame, kind: str, now: Period, rules: MetricRules, most: int = 12) -> Picture | None:
    """Draw negative against positive of lines whose average loses a mood, of the angriest and of the heaviest; else None."""
    able = said[(said["kind"] == kind) & ~said["rest"] & said["stable"] & (said["negative_n"] >= rules.min_n)]
    angry = able[able["negative_certainty"].isin(REAL) & (able["negative"] > able["negative_rest"])]
    angry = angry.sort_values(["negative", "label"], ascending=[False, True])
    wanted = [*able.index[able["split"]][:3], *angry.index[: most // 2], *lines_of(able, kind, most).index]
    rows = able.loc[list(dict.fromkeys(wanted))[:most]].sort_values(["negative", "label"], ascending=[False, True])
    if rows.empty:
        return None
    worst = rows[rows["negative_certainty"].isin(REAL) & (rows["negative"] > rows["negative_rest"])]
    title = "No mood here differs from that of the others beyond chance"
    if len(worst):
        row = worst.iloc[0]
        title = f"{capital(cut(row['label']))}: {row['negative']:.0f}% negative, against {row['negative_rest']:.0f}% of all others"
    elif rows["split"].any():
        title = (
            f"{capital(cut(rows.loc[rows['split'], 'label'].iloc[0]))} divides: more angry and more pleased than others"
        )
    subtitle = f"Mood of the texts, % of contacts, {now.words}; the rest to 100% is neutral; line: 95% interval; strong colour: surely or likely other than all others; n {int(rows['negative_of'].max()):,}"  # fmt: skip
    told = "; ".join(f"{cut(row['label'])} {row['negative']:.0f}% negative, {row['positive']:.0f}% positive" for row in rows.to_dict("records"))  # fmt: skip
    drawn = rows.assign(note=["split in mood" if split else "" for split in rows["split"]])
    return charts.moods(drawn, title=title, subtitle=subtitle, alt=f"Moods: {told}.")


def tree_shown(families: pd.DataFrame, now: Period) -> Html:
    """Fold away which topics lie near each other; nothing where there are none."""
    return fold("Which topics lie near each other, as a tree", tree_chart(families, now))


def tree_chart(families: pd.DataFrame, now: Period) -> Picture | None:
    """Draw the families of topics (``families.family_tree``) as an indented list; None where there are none."""
    heads = families[families["level"] == 0]
    if heads.empty:
        return None
    first = heads.iloc[0]
    title = f"Most is said of «{cut(first['label'])}»: {number(first['value'], 'contacts')} contacts"
    subtitle = f"Topics that lie near each other, contacts of {now.words}; a contact counts under each topic that it speaks of, and once in a family"  # fmt: skip
    told = "; ".join(f"{cut(row['label'])} {number(row['value'], 'contacts')}" for row in heads.to_dict("records"))
    return charts.tree(families, title=title, subtitle=subtitle, alt=f"Families of topics: {told}.")


def words_table(
    said: pd.DataFrame, topics: pd.DataFrame, words: Sequence[Mapping[str, Sequence[str]]], languages: Sequence[str],
    now: Period, most: int = 10,
) -> Html:  # fmt: skip
    """Show, for the heaviest topics, their most telling words in each language side by side, folded away."""
    of = dict(zip(topics["label"], words, strict=False))
    rows: list[dict[str, Any]] = []
    for row in lines_of(said, TOPIC, most).to_dict("records"):
        own = of.get(row["label"], {})
        rows.append({"label": row["label"]} | {
            name: Html(f'<span lang="{esc(name)}">{esc(", ".join(own[name][:6]))}</span>') if own.get(name) else Html('<span class="small">not told in it</span>')
            for name in languages
        })  # fmt: skip
    columns = [Col("label", "Topic"), *(Col(name, LANGUAGES.get(name, name)) for name in languages)]
    caption = f"The words that mark each topic against all others, {now.words}"
    empty = "No topic was found, so there are no words of topics to show."
    shown = table(pd.DataFrame(rows), columns=columns, caption=caption, wide=True, empty=empty)
    return fold("The words of the largest topics, language by language", shown) if rows else shown
