"""What sorting, moods and topics are worth, put together for reading: each held against what it has not seen."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ...analysis.rules import MetricRules
from ...analysis.themes.accuracy import by_category, confusion
from ...data.periods import Period
from ...text.taxonomy.classify import Sorted
from ...text.topics.model import Topics
from ..canvas import Picture
from ..tables import Html
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
) -> list[Html | Picture | None]:
    """Say how contacts came to their category and how right that is, by stage, language and category; what drifts; what to label.

    ``right`` comes from ``accuracy.by_language``, ``moved`` from ``accuracy.drift``, ``to_label`` from
    ``labelling.worklist``; ``inside`` are the ids of the period.
    """
    of_now = sorts.contacts[sorts.contacts["interaction_id"].isin(inside)]
    each = categories.categories(by_category(sorts.checked))
    return [
        categories.lead(of_now, right, now, aim=aim),
        categories.stages(sorts.stages),
        categories.languages(right),
        categories.confused(confusion(sorts.checked)),
        map_page.fold("Each category by itself", each),
        category_checks.drifting(moved, now, rules),
        category_checks.doubts(sorts.checked, inside),
        category_checks.keywords(sorts.keywords),
        category_checks.labelling(to_label, "tables/labelling.xlsx"),
    ]


def of_limits(*parts: pd.DataFrame) -> pd.DataFrame:
    """Join what each part of the page cannot say: what, why, settles."""
    return pd.concat(parts, ignore_index=True).drop_duplicates("what", ignore_index=True)


def of_reading(mood_right: pd.DataFrame, topics: Topics) -> list[Html]:
    """Say how well moods tell unhappy from happy answers, and how steady topics are."""
    return [mood_page.said(mood_right), mood_page.accuracy_table(mood_right), map_page.space_said(topics)]
