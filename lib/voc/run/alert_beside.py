"""What is known beside the incidents of a look: their contacts, a likely explanation, an owner, a link, three voices."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ..analysis.alerts.sharing import BEFORE, members
from ..analysis.alerts.watch import Watched
from ..analysis.alerts.why import began_with, first_why, pair_of, pairs_of, story_of
from ..analysis.findings import owner_of
from ..analysis.themes.panel import SAID, texts_of, three
from ..analysis.whys.rows import Rows, rows_of
from ..data.store import to_frame
from ..report.pages.alerts_why import explained
from ..report.pages.topics_cells import anchor
from .alert_reads import Reads

if TYPE_CHECKING:
    from .month import Month

WHYS_PAGE, TOPICS_PAGE = "04_five_whys.html", "03_topics.html"
MATTERS = ("issue", "topic")  # whose contacts tell the category, and so the owner
LETTERS = 260  # of a voice


class Beside:
    """What is known beside incidents; ``table`` are the contacts up to the day looked at."""

    def __init__(self, month: Month, table: ir.Table, watched: Watched, reads: Reads):
        self.month, self.table, self.watched, self.reads = month, table, watched, reads
        self.incidents = watched.incidents.to_dict("records")
        self._known: dict[str, dict[str, str]] = {}

    @cached_property
    def members(self) -> pd.DataFrame:
        """The contacts of each incident's series on its days: id, interaction_id."""
        parts = [
            self._series[one["key"]]
            .loc[lambda rows, one=one: rows["day"].between(one["start"], one["last"])]
            .assign(id=one["id"])
            for one in self.incidents
        ]
        found = pd.concat(parts) if parts else pd.DataFrame(columns=["id", "interaction_id"], dtype="str")
        return found[["id", "interaction_id"]].sort_values(["id", "interaction_id"], ignore_index=True)

    def facts(self, incident: str) -> dict[str, str]:
        """Tell likely explanation, owner and link of an incident; what is not known is empty."""
        if incident not in self._known:
            self._known[incident] = self._facts(next(one for one in self.incidents if one["id"] == incident))
        return self._known[incident]

    @cached_property
    def voices(self) -> pd.DataFrame:
        """Three voices of each incident, drawn by lot: id and what ``panel.texts_of`` tells; none where too few could be meant."""
        if not len(self.members) or "text" not in self.table.columns:
            return pd.DataFrame(columns=["id", *SAID])
        inside = self.table.semi_join(self.month.store.load(self.members), "interaction_id")
        lines = self.members.rename(columns={"id": "label"}).assign(kind="alert", root="")
        drawn = three(texts_of(inside), lines, self.month.rng("alerts"), self.month.settings.metrics, most=LETTERS)
        return drawn.rename(columns={"label": "id"})[["id", *SAID]]

    def _facts(self, one: Mapping) -> dict[str, str]:
        story = self._story(one)
        inside = np.isin(self._rows.frame["interaction_id"], self._series[one["key"]]["interaction_id"])
        why = None if story else self._first_why(one, inside)
        event = began_with(self._rows, inside, one, self._events)
        return {
            "cause": explained(story, why, event),
            "owner": (story or {}).get("owner") or self._owner(one),
            "href": f"{WHYS_PAGE}#story-{story['story'].lower()}" if story else self._quoted(one),
        }

    def _story(self, one: Mapping) -> dict | None:
        if self.reads.causes.empty:
            return None
        period = self.month.period
        days = pd.Timestamp(period.start), pd.Timestamp(period.end) - pd.Timedelta(days=1)
        return story_of(one, self.reads.nodes, self.reads.causes, days)

    def _first_why(self, one: Mapping, inside: np.ndarray):
        month = self.month
        return first_why(
            self._rows, inside, one, self._labels, month.settings.metrics, month.causes.spread, month.settings.seed
        )

    @cached_property
    def _events(self) -> pd.DataFrame | None:
        return self.month.store.frame("events") if self.month.store.has("events") else None

    @cached_property
    def _labels(self) -> list[str]:
        """Columns that may explain: every label but how a contact was filed, and what it is about."""
        return [*self.month.causes.labels, self.month.causes.matter]

    @cached_property
    def _series(self) -> dict[str, pd.DataFrame]:
        """The contacts of each incident's series from eight weeks before the first incident on: interaction_id, day."""
        wanted = self.watched.series[self.watched.series["key"].isin([one["key"] for one in self.incidents])]
        return members(self.table, wanted, self._since, self.watched.until, self.reads.mentions, self.reads.readings)

    @property
    def _since(self) -> pd.Timestamp:
        return min(one["start"] for one in self.incidents) - pd.Timedelta(days=BEFORE)

    @cached_property
    def _rows(self) -> Rows:
        end = self.watched.until + pd.Timedelta(days=1)
        return rows_of(
            self.table, self._since, end, self.month.causes.matter, self._labels, seed=self.month.settings.seed
        )

    def _owner(self, one: Mapping) -> str:
        """Return who is named for the label; for an issue or a topic without a name, who is for the category of most contacts."""
        owners, (dimension, label) = self.month.texts.owners, pair_of(one["key"])
        if label in owners.get(dimension, {}) or dimension not in MATTERS or "category" not in self.table.columns:
            return owner_of(owners, dimension, label)
        ids = self.month.store.load(self.members.loc[self.members["id"] == one["id"], ["interaction_id"]])
        inside = self.table.semi_join(ids, "interaction_id")
        counts = to_frame(inside.filter(inside.category.notnull()).group_by("category").agg(n=lambda t: t.count()))
        if counts.empty:
            return owner_of(owners)
        most = counts.sort_values(["n", "category"], ascending=[False, True])["category"].iloc[0]
        return owner_of(owners, "category", most)

    def _quoted(self, one: Mapping) -> str:
        """Link to where contacts of the same topic or issue are quoted; only to what is there."""
        quoted = self.reads.quoted
        for dimension, label in pairs_of(one):
            if quoted.empty:
                break
            kind = "topic" if dimension == "topic" else "category"
            names = [self.reads.topics.get(label, label), label]
            there = quoted[(quoted["kind"] == kind) & quoted["label"].isin(names)]
            if len(there):
                return f"{TOPICS_PAGE}#{anchor(there.iloc[0])}"
        return ""
