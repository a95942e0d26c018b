"""«What customers came for» on the front page: categories, and under them what the texts say that no category does."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir
import pandas as pd

from ...analysis.themes.came_for import COLUMNS, THEME, came_for
from ...analysis.themes.lines import CATEGORY, ROOT, TOPIC
from ...data.periods import Period
from .. import front
from ..style import cut, day_label
from ..tables import Html, esc, plain, slug
from .front import Results
from .rising import name_of
from .topics_cells import anchor

PAGE = "03_topics.html"
NOTE = (
    "Set in under a category: what its customers newly say, and topics that moved without it. These contacts are counted in the "
    "category too."
)
TOPICS = (
    "No contact has a category, so the heaviest topics of the texts stand here; shares are of contacts with words, and a contact counts "
    "under each topic that it speaks of."
)


def rows_of(found: pd.DataFrame, themes: pd.DataFrame, voices: pd.DataFrame) -> pd.DataFrame:
    """Write the rows of ``front.categories``: what stands beside a category is set in under it.

    ``found`` from ``themes.came_for.came_for``; ``themes`` names the themes; ``voices`` (``panel.three``) says how many are quoted.
    What is known of no row is left out.
    """
    names = {row["theme"]: name_of(row).split(" / ")[0] for row in themes.to_dict("records")}  # in the first language
    quoted = voices[voices["kind"] == CATEGORY].groupby("root").size()
    by_topic = voices[voices["kind"] == TOPIC].groupby("label").size()
    made = []
    for row in found.to_dict("records"):
        of = (
            quoted.get(row["root"], 0)
            if row["kind"] == ROOT
            else by_topic.get(row["label"], 0)
            if row["kind"] == TOPIC
            else 0
        )
        made.append(row | {"category": _name(row, names), "voices": of, "href": _href(row) if of else None})
    frame = pd.DataFrame(made, columns=[*found.columns, "category", "voices", "href"])
    unknown = [name for name in ("change", "csat", "hours") if frame[name].isna().all()]
    return frame.drop(columns=[*unknown, *(["n"] if "csat" in unknown else [])])


def _name(row: Mapping, names: Mapping[str, str]) -> str | Html:
    if row["kind"] == ROOT:
        return row["label"]
    words, small = f"«{cut(row['label'])}»", "a topic of the texts"
    if row["kind"] == THEME:
        words = f"«{cut(names.get(row['label'], row['label']))}»"
        since = day_label(pd.Timestamp(row["since"]), year=False)
        small = f"new since {since}, {row['customers']:,.0f} customers so far"
        words_html = f'<a href="{PAGE}#rising">{esc(words)}</a>'
    else:
        words_html = esc(words)
    html = f'<span class="within">{words_html}<br><span class="small">{esc(small)}</span></span>'
    return Html(html, plain(html))


def _href(row: Mapping) -> str | None:
    if row["kind"] == THEME:
        return None
    return f"{PAGE}#{anchor(row)}" if row["kind"] == TOPIC else f"{PAGE}#heard-{slug(str(row['root']))}"


def found(month: Results, contacts: ir.Table, period: Period) -> pd.DataFrame:
    """Take what customers came for from the map of topics; empty where 03_topics was not run or nothing is sorted."""
    needed = ("topic_map", "themes_inside", "themes_inside_members")
    if not set(needed) <= set(month.results()):
        return pd.DataFrame(columns=COLUMNS)
    return came_for(*(month.result(name) for name in needed), contacts, period)


def shown(month: Results, rows: pd.DataFrame, period: Period) -> Html | None:
    """Show the categories with what stands beside them, those of the scorecard where no map was drawn, else nothing."""
    if len(rows):
        frame = rows_of(rows, month.result("themes_inside"), month.result("map_voices"))
        bare = (rows["kind"] == TOPIC).all()
        note = TOPICS if bare else NOTE if (rows["kind"] != ROOT).any() else ""
        return front.categories(frame, period=period.words, note=note, by="topic" if bare else "category")
    if "categories" in month.results():
        return front.categories(month.result("categories"), period=period.words)
    return None
