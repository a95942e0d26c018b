"""Themes that hide inside a category: what its contacts say more of late, or of one region, carrier or product only.

The categories of a company are coarser than what goes wrong: «late delivery» holds the notice that never came and the
promise that sales made. Neighbourhoods of sentences are scanned (``scan``), all comparisons of all categories are judged
together, neighbourhoods that hold the same voices are told as one theme, and each is then measured (``stories``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...data.periods import Period
from ...text.corpus import Corpus
from ..chance import false_discovery
from ..rules import MetricRules
from ..season import PER_YEAR
from .balls import Balls, balls
from .finds import Find
from .mentions import period_numbers, tellers
from .naming import nameless
from .scan import TIME, scan
from .stories import MEMBER_COLUMNS, THEME_COLUMNS, measured

FEWEST = 60  # contacts of a category from which it is looked into
ALIKE, ALIKE_SAME, TOGETHER = 0.6, 0.45, 0.5
"""Likeness of centres (across comparisons, and within one), or common part of the contacts, from which two finds are one."""
MOST = {
    TIME: 12,
    "value": 2,
}  # finds per category by time (those that began together are told as one), and per dimension
MOST_THEMES = 40


@dataclass(frozen=True)
class Inside:
    """Themes inside categories.

    Attributes:
        themes: one row a theme, see ``stories.measured``.
        members: theme, interaction_id, vector (a sentence of it, row of ``corpus.vectors``), since (is the contact among
            those that ``themes`` counts).
        compared: how many neighbourhoods were set against something.
        asked: how many questions that were («has anything in this category risen», «does this carrier's part differ»).
        looked: categories looked into.
    """

    themes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=THEME_COLUMNS))
    members: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=MEMBER_COLUMNS))
    compared: int = 0
    asked: int = 0
    looked: tuple[str, ...] = ()


def lay(corpus: Corpus, by: str, seed: int) -> list[Balls]:
    """Lay neighbourhoods through every category of a column that is large enough."""
    values = corpus.contacts[by].fillna("").astype(str)
    groups = sorted(values.groupby(values).indices.items())
    return [balls(corpus, np.sort(rows), label, seed) for label, rows in groups if label and len(rows) >= FEWEST]


def within(
    corpus: Corpus,
    periods: Sequence[Period],
    rules: MetricRules,
    *,
    by: str = "issue",
    dimensions: Sequence[str] = (),
    names: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    orders: np.ndarray | None = None,
    spread: float = 1.0,
    seed: int = 0,
    recent: int | None = None,
) -> Inside:
    """Find what is said more inside a category: since some period, or by one value of a dimension.

    Args:
        corpus: contacts with created_local, the columns ``by`` and ``dimensions``, where known customer_id and csat_pct (or csat, 1–5).
        periods: consecutive, oldest first; the last one is under report.
        rules: fewest contacts, levels of certainty.
        by: column that names categories.
        dimensions: columns whose values are set against each other, the last ``recent`` periods together. How people
            write differs by channel and language whatever they write of: leave those out.
        names: dimension → value → wordings (the labels file): sentences that name a value of a dimension are left out
            where its values are compared.
        orders: (periods,) orders where they are known; days otherwise.
        spread: of counts, from ``intervals.daily_spread``.
        seed: of the lot that lays the neighbourhoods.
        recent: last periods in which a theme may begin; a year unless said.

    Raises:
        KeyError: when the contacts have no column ``created_local``.
    """
    if not len(corpus.contacts) or by not in corpus.contacts or len(periods) < 2:
        return Inside()
    dimensions = [name for name in dimensions if name in corpus.contacts and name != by]
    teller = tellers(corpus.contacts)
    period = period_numbers(corpus.contacts["created_local"], periods)
    recent = min(recent or PER_YEAR[periods[0].grain], len(periods) - 1)
    exposure = np.array([one.days for one in periods], float) if orders is None else np.asarray(orders, float)
    parts = lay(corpus, by, seed)
    values = {name: corpus.contacts[name].astype(object).to_numpy() for name in dimensions}
    unnamed = nameless(corpus, dimensions, names or {}, by)
    cells, questions = scan(
        parts, teller, period, exposure, values, year=PER_YEAR[periods[0].grain], recent=recent, least=rules.min_n,
        spread=spread, nameless=unnamed,
    )  # fmt: skip
    found = gather(called(cells, questions, rules), {part.label: part for part in parts}, unnamed)
    themes, members = measured(corpus, found, by, teller, periods, recent, values, rules, unnamed)
    looked = tuple(part.label for part in parts)
    return Inside(themes, members, int(questions["compared"].sum()), len(questions), looked)


def called(cells: pd.DataFrame, questions: pd.DataFrame, rules: MetricRules) -> pd.DataFrame:
    """Keep what two steps of false discovery control allow, the surest first (Benjamini & Bogomolov, JRSS B 76, 2014).

    First the questions: «has anything in this category risen», «does this carrier's part say anything more»; each by
    Simes' test over its neighbourhoods. Then the neighbourhoods of the questions answered yes, at a level that allows for
    their choice. Neighbourhoods overlap by the hundred: judged all in one heap, one large theme would carry chance along.
    Returns the cells kept with ``q`` of their question.
    """
    keys = ["label", "dimension", "value"]
    ordered = cells.sort_values([*keys, "p", "ball"], ignore_index=True)
    if ordered.empty:
        return ordered.assign(q=[])
    ordered = ordered.merge(questions, on=keys, how="left")
    place = ordered.groupby(keys).cumcount() + 1
    ordered["own"] = np.minimum(ordered["p"] * ordered["compared"] / place, 1.0)
    ordered["own"] = ordered[::-1].groupby(keys)["own"].cummin()[::-1]
    asked = questions.merge(ordered.groupby(keys, as_index=False)["own"].min(), on=keys, how="left")
    asked["q"] = false_discovery(asked["own"].fillna(1.0))
    answered = asked[asked["q"] <= rules.likely]
    level = rules.likely * len(answered) / max(len(asked), 1)
    kept = ordered[ordered["own"] <= level].merge(answered[[*keys, "q"]], on=keys)
    return kept.sort_values(["strength", "label", "ball"], ascending=[False, True, True], ignore_index=True)


def gather(
    cells: pd.DataFrame, parts: Mapping[str, Balls], unnamed: Mapping[str, np.ndarray] | None = None
) -> list[Find]:
    """Gather cells that hold the same voices into finds, strongest first; what is told by time is not told by values.

    ``unnamed``: dimension → sentences that name none of its values (``naming.nameless``).
    """
    told: list[Find] = []
    ordered = cells.assign(late=cells["dimension"] != TIME).sort_values("late", kind="stable")
    for label, own_cells in ordered.groupby("label", sort=True):
        part = parts[str(label)]
        said = part.said().tocsc()
        own: list[Find] = []
        for cell in own_cells.to_dict("records"):
            same = next((one for one in own if _same(part, said, one, cell)), None)
            if same is not None:
                if _question(cell) == _question(same.lead):
                    same.taken.append(int(cell["ball"]))
                continue
            most = MOST[TIME] if cell["dimension"] == TIME else MOST["value"]
            if sum(one.lead["dimension"] == cell["dimension"] for one in own) < most:
                own.append(Find(cell, part, [int(cell["ball"])], (unnamed or {}).get(cell["dimension"])))
        told += own
    told.sort(
        key=lambda one: (one.lead["dimension"] != TIME, -one.lead["strength"], one.lead["label"], one.lead["ball"])
    )
    return told[:MOST_THEMES]


def _question(cell: Mapping) -> tuple[str, str]:
    return cell["dimension"], cell["value"]


def _same(part: Balls, said: object, find: Find, cell: Mapping) -> bool:
    one, other = find.lead["ball"], cell["ball"]
    alike = ALIKE_SAME if _question(cell) == _question(find.lead) else ALIKE
    if float(part.centres[one] @ part.centres[other]) >= alike:
        return True
    a, b = (said.indices[said.indptr[ball] : said.indptr[ball + 1]] for ball in (one, other))
    return len(np.intersect1d(a, b)) >= TOGETHER * max(min(len(a), len(b)), 1)
