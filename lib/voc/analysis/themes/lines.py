"""Under which lines of the map a contact counts: the category it was sorted to, and every topic that it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.periods import Period
from ...data.store import to_frame
from ..compare import with_period
from .mentions import EMPTY as EMPTY_ID

if TYPE_CHECKING:
    from ...text.corpus import Corpus

LINE = ["kind", "root", "label"]
ROOT, CATEGORY, TOPIC = "root", "category", "topic"
UNSORTED, WORDLESS, NO_FINER = "not sorted", "nothing said", "no finer category"
OUTLIER, EMPTY, SEVERAL = "near to no topic", "empty talk", "across categories"
REST = (NO_FINER, UNSORTED, WORDLESS, OUTLIER, EMPTY)
MOSTLY = 0.5  # part of a topic's sorted contacts from which it lies in one category


class Named(Protocol):
    """What the map needs of topics as they are kept (``voc.text.topics.Topics``)."""

    labels: Sequence[str]
    stability: np.ndarray
    stable: np.ndarray


def named(topics: Named, ids: Sequence[str] | None = None) -> pd.DataFrame:
    """Return topic (its id in ``mentions``), label, stability (0–1) and stable; equal labels are told apart by number.

    ``ids`` are the ledger's, in the order of the topics; their numbers as text where left out.
    """
    labels = pd.Series(list(topics.labels), dtype="str")
    again = labels.groupby(labels).cumcount() + 1
    told = [f"{label} ({n})" if n > 1 else label for label, n in zip(labels, again, strict=True)]
    names = [str(number) for number in range(len(told))] if ids is None else list(ids)
    stability, stable = np.asarray(topics.stability, float), np.asarray(topics.stable, bool)
    frame = pd.DataFrame({"topic": names, "label": told, "stability": stability, "stable": stable})
    return frame.astype({"topic": "str", "label": "str"})  # also where there is none


def contacts_of(table: ir.Table, periods: Sequence[Period]) -> pd.DataFrame:
    """Fetch what the map reads of the contacts of some periods.

    Returns interaction_id, period_start and, where the data have them, csat_pct and repeat_pct (0 or 1, missing where
    not counted), handle_seconds, category and issue (the source's); by interaction_id.
    """
    grain, first, end = periods[0].grain, periods[0].start, periods[-1].end
    spanned = with_period(table, grain)
    spanned = spanned.filter((spanned.period_start >= first) & (spanned.period_start < end))
    wanted = ("csat_pct", "repeat_pct", "handle_seconds", "category", "issue")
    columns = [name for name in wanted if name in table.columns]
    frame = to_frame(spanned.select("interaction_id", "period_start", *columns).order_by("interaction_id"))
    return frame.assign(period_start=pd.to_datetime(frame["period_start"]))


def members(
    sorts: pd.DataFrame | None,
    mentions: pd.DataFrame | None = None,
    topics: pd.DataFrame | None = None,
    contacts: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """List under which lines of the map each contact counts.

    Args:
        sorts: interaction_id, category, issue and, where known, how; one row a contact.
        mentions: interaction_id, topic (``mentions.mentions``): every contact with words, under each of its topics.
        topics: topic, label (``named``).
        contacts: interaction_id, category, issue (``contacts_of``): whoever was not sorted, having written nothing, counts
            under the source's label, or under a line of contacts that say nothing.

    Returns:
        interaction_id, kind (root, category or topic), root, label. Contacts without a category or a topic count under a
        line of their own, so that each kind holds every contact it speaks of. A topic's root is the category of most of
        its sorted contacts, or ``SEVERAL``; empty where nothing is sorted.

    Example:
        >>> one = pd.DataFrame({"interaction_id": ["a"], "category": ["delivery"], "issue": ["late delivery"]})
        >>> members(one)[LINE].to_numpy().tolist()
        [['root', 'delivery', 'delivery'], ['category', 'delivery', 'late delivery']]
    """
    parts = [pd.DataFrame(columns=["interaction_id", *LINE], dtype="str")]
    if sorts is not None and contacts is not None:
        silent = contacts[~contacts["interaction_id"].isin(sorts["interaction_id"])]
        sorts = pd.concat(
            [sorts, silent.reindex(columns=["interaction_id", "category", "issue"]).assign(how="no words")]
        )
    if sorts is not None and len(sorts):
        parts += _by_category(sorts.reset_index(drop=True))
    if mentions is not None and topics is not None:
        parts.append(_by_topic(mentions, topics, parts[-1]))
    return pd.concat(parts, ignore_index=True).drop_duplicates(ignore_index=True)


def _by_category(sorts: pd.DataFrame) -> list[pd.DataFrame]:
    rows = sorts.reindex(columns=["interaction_id", "category", "issue", "how"])
    category, issue = (rows[name].fillna("").astype(str) for name in ("category", "issue"))
    both = pd.DataFrame({"category": category, "issue": issue})[(category != "") & (issue != "")]
    home = both.groupby("issue")["category"].agg(lambda names: names.mode().iloc[0])
    root = category.where(category != "", issue.map(home).fillna(""))
    nothing = np.where(rows["how"] == "no words", WORDLESS, UNSORTED)
    label = issue.where(issue != "", np.where(root != "", NO_FINER, nothing))
    part = pd.DataFrame({"interaction_id": rows["interaction_id"], "kind": CATEGORY, "root": root, "label": label})
    known = part[part["root"] != ""]
    return [known.assign(kind=ROOT, label=known["root"]), part]


def _by_topic(mentions: pd.DataFrame, topics: pd.DataFrame, placed: pd.DataFrame) -> pd.DataFrame:
    names = dict(zip(topics["topic"], topics["label"], strict=True)) | {EMPTY_ID: EMPTY}
    label = mentions["topic"].map(names).fillna(OUTLIER)
    part = pd.DataFrame({"interaction_id": mentions["interaction_id"], "label": label}).drop_duplicates()
    several = part["interaction_id"].duplicated(keep=False)
    part = part[~(several & part["label"].isin([OUTLIER, EMPTY]))]  # a topic that is not shown leaves its contacts
    home = part[~part["label"].isin([OUTLIER, EMPTY])]
    home = home.merge(placed.loc[placed["root"] != "", ["interaction_id", "root"]], on="interaction_id")
    shares = home.groupby("label")["root"].value_counts(normalize=True).rename("share").reset_index()
    most = shares.drop_duplicates("label").set_index("label")
    roots = most["root"].where(most["share"] >= MOSTLY, SEVERAL).to_dict()
    root = pd.Series([roots.get(label, "") for label in part["label"]], index=part.index, dtype="str")
    return part.assign(kind=TOPIC, root=root)[["interaction_id", *LINE]]


def sentences_of(corpus: Corpus, assigned: np.ndarray, topics: pd.DataFrame) -> pd.DataFrame:
    """Return the first sentence of each contact that speaks of each topic: interaction_id, label, sentence.

    ``assigned`` (distinct sentences,) is the topic number of each row of ``corpus.vectors``; ``topics`` from ``named``.
    """
    spoken = corpus.segments[~corpus.segments["empty"]]
    topic = assigned[spoken["vector"].to_numpy()] if len(spoken) else np.zeros(0, dtype=int)
    spoken, topic = spoken[topic >= 0], topic[topic >= 0]
    found = pd.DataFrame({
        "interaction_id": corpus.contacts["interaction_id"].to_numpy()[spoken["contact"]],
        "label": topics["label"].to_numpy(object)[topic], "sentence": spoken["text"].to_numpy(),
    })  # fmt: skip
    return found.drop_duplicates(["interaction_id", "label"], ignore_index=True)
