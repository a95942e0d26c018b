"""Why, on the front page: the causes in three lines each, and the trees that they come from folded below."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from ...data.periods import Period
from ..canvas import plot_only
from ..front_parts import part
from ..style import cut
from ..tables import Html, chip, esc, plain, safe_href
from .topics import fold
from .whys import stories_of
from .whys_causes import ACT, ASKED, LETTERS, restored
from .whys_drawn import tree
from .whys_findings import detail
from .whys_words import question

NOTEBOOK = "04_five_whys"
MOST = 5


def why(
    causes: pd.DataFrame | None, nodes: pd.DataFrame | None, now: Period, currency: str = "", most: int = MOST,
    above: Collection[str] = (),
) -> Html | None:  # fmt: skip
    """Return the section «Why»: causes that somebody can act on, then whom to ask; None where the whys were not asked.

    ``causes`` and ``nodes`` are the tables ``whys_causes`` and ``whys``; a cause whose story is among the links ``above`` stands in
    brief already and keeps its head line only.
    """
    if causes is None or nodes is None:
        return None
    told = causes[causes["group"].isin([ACT, ASKED])].head(most)
    if told.empty:
        text = "Of what was asked, nothing in these data explains more than chance does, or only what is known already."
        return part("Why", f'<p class="quiet-month">{text}</p>', name="why", flow=True)
    items = "".join(_item(row, now, currency, above) for row in told.to_dict("records"))
    return part("Why", f'<ol class="brief">{items}</ol>{_trees(told, nodes, now).html}', name="why")


def _item(row: dict, now: Period, currency: str, above: Collection[str]) -> str:
    head = f"{row['problem']} – {cut(row['cause'], LETTERS)}"
    href = f"{NOTEBOOK}.html#story-{row['story'].lower()}"
    target = safe_href(href)
    link = f'<a href="{target}">the story<span class=away> of {esc(head)}</span></a>'
    if href in above:
        return f'<li><h3>{esc(head)}</h3><p class="detail">{chip(row["certainty"]).html} Told in brief. {link}</p></li>'
    owner = f' <span class="owner">{esc(row["owner"])}</span>'
    return (
        f'<li><h3>{esc(head)}</h3><p class="detail">{chip(row["certainty"]).html} {esc(detail(row, now, currency))} {link}</p>'
        f'<p class="follows">{esc(row["next_step"])}{owner}</p></li>'
    )


def _trees(told: pd.DataFrame, nodes: pd.DataFrame, now: Period) -> Html:
    """Fold the trees of the causes told."""
    known = restored(nodes[nodes["story"].isin(told["story"])])
    drawn = [(story, picture) for story in stories_of(known) if (picture := tree(story, now)) is not None]
    figures = "".join(
        f"<figure><figcaption><strong>{esc(question(story[0], now))}</strong> <span>{esc(picture.subtitle)}</span></figcaption>"
        f"{plot_only(picture.svg, picture.head_px)}</figure>"
        for story, picture in drawn
    )
    name = f"{len(drawn)} tree{'' if len(drawn) == 1 else 's'}: what carries how much at each why"
    return fold(name, Html(f'<div class="figures">{figures}</div>', plain(figures)))
