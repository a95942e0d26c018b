"""What a look at the newest days reads of earlier notebooks: topics, moods, and what the whys told; or nothing of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import ibis.expr.types as ir
import pandas as pd

from ..analysis.alerts.series import TOPIC
from ..data.store import Store, opened, to_frame
from .texts import MENTIONS, READINGS, has_words

if TYPE_CHECKING:
    from .month import Month

COVERED = 0.95  # of the contacts with words that must have been read, lately and before
LATELY = 28  # days
VOICES, NODES, CAUSES, TOPICS = "map_voices", "whys", "whys_causes", "topics"


@dataclass(frozen=True)
class Reads:
    """``mentions`` and ``readings`` as in ``Texts.keep``; ``topics``: id → name, each name once; ``nodes``, ``causes`` of the whys and
    ``quoted`` (``map_voices``) are empty where they were not told."""

    mentions: ir.Table | None = None
    readings: ir.Table | None = None
    topics: Mapping[str, str] = field(default_factory=dict)
    nodes: pd.DataFrame = field(default_factory=pd.DataFrame)
    causes: pd.DataFrame = field(default_factory=pd.DataFrame)
    quoted: pd.DataFrame = field(default_factory=pd.DataFrame)

    def told(self, key: str) -> str:
        """Return the key of a series as it is told: a topic by its name.

        >>> Reads(topics={"T7": "page 3"}).told("contacts/topic=T7"), Reads().told("contacts/topic=T7")
        ('contacts/topic=page 3', 'contacts/topic=T7')
        """
        of, _, label = key.partition("=")
        return f"{of}={self.topics.get(label, label)}" if of.endswith(f"/{TOPIC}") else key


def reads_of_report(month: Month, table: ir.Table) -> Reads:
    """Return what the notebooks before left of ``table``; those that are no part of the report left nothing."""
    parts = month.settings.notebooks
    topics = month.result(TOPICS) if "03_topics" in parts else None
    asked = "04_five_whys" in parts
    nodes, causes = (month.result(name) if asked else pd.DataFrame() for name in (NODES, CAUSES))
    quoted = month.result(VOICES) if topics is not None else pd.DataFrame()
    mentions, readings = (month.find(name) if topics is not None else None for name in (MENTIONS, READINGS))
    read = mentions is not None and covers(table, mentions)
    said = matters(mentions, topics) if read else None
    return Reads(said, readings if read else None, names_of(topics), nodes, causes, quoted)


def reads_beside(month: Month, place: str | Path, table: ir.Table) -> Reads:
    """Return what a report's store knows of topics and moods of ``table``, if it has read these contacts; the names in any case."""
    if "://" in str(place) or not Path(place).is_dir():
        return Reads()
    with opened(place) as store:
        topics = _frame(store, f"results_{TOPICS}")
        mentions, readings = (_frame(store, name) for name in (MENTIONS, READINGS))
    if mentions is None or readings is None:
        return Reads(topics=names_of(topics))
    loaded = month.store.load(mentions)
    if not covers(table, loaded):
        return Reads(topics=names_of(topics))
    return Reads(matters(loaded, topics), month.store.load(readings), names_of(topics))


def covers(table: ir.Table, mentions: ir.Table) -> bool:
    """Tell whether nearly all contacts with words were read, those of the last four weeks and those before.

    Where new ones were not, a topic would seem to fall silent; where older ones were not, to rise.
    """
    written = table.filter(has_words(table)).select("interaction_id", "created_local")
    read = mentions.select("interaction_id").distinct().mutate(read=True)
    both = written.left_join(read, "interaction_id")
    last = to_frame(written.aggregate(last=written.created_local.max()))["last"].iloc[0]
    if pd.isna(last):
        return False
    since = pd.Timestamp(last).normalize() - pd.Timedelta(days=LATELY)
    part = both.group_by(late=both.created_local >= since.to_pydatetime()).agg(n=both.count(), read=both.read.count())
    counted = to_frame(part)
    return bool((counted["read"] >= COVERED * counted["n"]).all())


def matters(mentions: ir.Table, topics: pd.DataFrame | None) -> ir.Table:
    """Leave out what is said beside any matter: that more customers give thanks is no incident."""
    if topics is None or "beside" not in topics:
        return mentions
    return mentions.filter(mentions["topic"].notin(topics.loc[topics["beside"].astype(bool), "id"].tolist()))


def names_of(topics: pd.DataFrame | None) -> dict[str, str]:
    """Return the name of each topic of the ledger; one that several share is followed by the id.

    >>> names_of(pd.DataFrame({"id": ["T1", "T2", "T3"], "label": ["page", "page", "box"]}))
    {'T1': 'page (T1)', 'T2': 'page (T2)', 'T3': 'box'}
    """
    if topics is None or topics.empty:
        return {}
    shared = topics["label"].duplicated(keep=False)
    names = topics["label"].where(~shared, topics["label"] + " (" + topics["id"] + ")")
    return dict(zip(topics["id"], names, strict=True))


def _frame(store: Store, name: str) -> pd.DataFrame | None:
    return store.frame(name) if store.has(name) else None
