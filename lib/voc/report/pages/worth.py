"""What sorting, moods and topics are worth, put together for reading: each held against what it has not seen."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ...analysis.rules import MetricRules
from ...analysis.themes.accuracy import by_category, confusion
from ...data.periods import Period
from ...text.taxonomy.classify import Sorted
from ...text.topics.model import Topics
from ..folds import fold
from ..tables import Html, chip, esc, plain, say
from . import categories, category_checks
from . import moods as mood_page
from . import topics as map_page


def of_sorting(
    sorts: Sorted,
    right: pd.DataFrame,
    moved: pd.DataFrame,
    to_label: pd.DataFrame,
    inside: Sequence[str],
    now: Period,
    rules: MetricRules,
    aim: float,
) -> list[Html]:
    """Say how contacts came to their category and how right that is, by stage, language and category; what drifts; what to label.

    ``right`` comes from ``accuracy.by_language``, ``moved`` from ``accuracy.drift``, ``to_label`` from
    ``labelling.worklist``; ``inside`` are the ids of the period.
    """
    of_now = sorts.contacts[sorts.contacts["interaction_id"].isin(inside)]
    how = categories.stages(sorts.stages), categories.languages(right)
    each = categories.confused(confusion(sorts.checked)), categories.categories(by_category(sorts.checked))
    checks = (
        category_checks.drifting(moved, now, rules),
        category_checks.doubts(sorts.checked, inside),
        category_checks.keywords(sorts.keywords),
    )
    return [
        categories.lead(of_now, right, now, aim=aim),
        fold("How contacts get a category, and how right that is by language", *how),
        fold("Which category is taken for which, and each by itself", *each),
        fold("For whoever keeps the categories: drift, doubted labels, keywords that mislead", *checks),
        category_checks.labelling(to_label, "tables/labelling.xlsx"),
    ]


def of_limits(*parts: pd.DataFrame) -> pd.DataFrame:
    """Join what each part of the page cannot say: what, why, settles."""
    return pd.concat(parts, ignore_index=True).drop_duplicates("what", ignore_index=True)


def of_reading(mood_right: pd.DataFrame, topics: Topics) -> list[Html]:
    """Say how well moods tell unhappy from happy answers, and how steady topics are."""
    by_language = fold("How well moods are read, by language", mood_page.accuracy_table(mood_right))
    return [mood_page.said(mood_right), by_language, fold("How steady topics are", map_page.space_said(topics))]


def told_together(*parts: pd.DataFrame) -> pd.DataFrame:
    """Join findings of several kinds, the weightiest first."""
    kept = [part for part in parts if len(part)]
    if not kept:
        return parts[0]
    return pd.concat(kept, ignore_index=True).sort_values("weight", ascending=False, ignore_index=True, kind="stable")


def to_take(findings: pd.DataFrame) -> Html:
    """Say what the findings ask of whom; their sizes stand where they were told."""
    if findings.empty:
        return say("Nothing on this page stands out from what chance makes among so many comparisons.")
    items = [
        f"<li><strong>{esc(row['owner'] or 'Nobody is named')}</strong>: {esc(row['headline'])} {_own_step(row['follows'])}"
        f"{chip(row['certainty']).html}</li>"
        for row in findings.to_dict("records")
    ]
    html = f'<ul class="asks">{"".join(items)}</ul>'
    return Html(html, plain(html))


def _own_step(follows: str) -> str:
    """Return a step that says more than what is said of all."""
    return "" if follows.startswith("Read ten of these contacts and name") else f"{esc(follows)} "
