"""What the whys of a month are asked with: its contacts laid out for counting, what was said, what is known from before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

import pandas as pd

from ..analysis.intervals import daily_spread
from ..analysis.problems import problem_column
from ..analysis.themes.content import filled
from ..analysis.themes.naming import nameless
from ..analysis.themes.scan import TIME
from ..analysis.whys.own import held
from ..analysis.whys.rows import HANDLED, MADE, Rows, Said, rows_of
from ..analysis.whys.said import Heard, themes, topics, wordings_of, words_of
from ..analysis.whys.second import second_look
from ..analysis.whys.starts import MEASURES, Start, starts
from ..analysis.whys.stories import Whys, whys
from ..analysis.whys.tree import Growing
from ..data.problems import InputError, Problem
from ..text.entities import entities
from .texts import MENTIONS, READINGS

if TYPE_CHECKING:
    from .month import Month

KNOWN, LEDGER = "whys_known", "results_topics"
NO_MATTER = ("gone", "merged", "set aside")  # states of topics in the ledger that nothing is told of
NAMED = {"manual_page": "page", "app_version": "version"}  # label: kind of entity that a text may name it by
ASIDE = ("source", "language", "category", "tags", "status")


class Causes:
    """The questions of one month and what answers them; everything is read when it is first asked for, and once."""

    def __init__(self, month: Month):
        self.month = month

    @cached_property
    def matter(self) -> str:
        """The column that names problems: the issue where it is filled, else the category."""
        return problem_column(self.month.measured, self.month.period) or "category"

    @cached_property
    def labels(self) -> list[str]:
        """Columns that may explain: every label and dimension but what a contact is about and how it was filed."""
        names = dict.fromkeys([*self.month.settings.dimensions, *self.month.label_columns])
        return [name for name in names if name not in ASIDE and name != self.matter]

    @cached_property
    def spread(self) -> float:
        """How many times wider than Poisson the counts of contacts spread."""
        return daily_spread(self.month.measured)

    @cached_property
    def scored(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Problems and findings of the scorecard; asked for first, because where they are missing all notebooks before run."""
        if "02_scorecard" not in self.month.settings.notebooks:
            return pd.DataFrame({"label": []}), pd.DataFrame()
        return self.month.result("problems"), self.month.result("findings_02_scorecard")

    @cached_property
    def rows(self) -> Rows:
        """The contacts of the periods of the trends, with what is said in them."""
        month, _ = self.month, self.scored
        first, end = pd.Timestamp(month.history[0].start), pd.Timestamp(month.period.end)
        measures = [column for column in MEASURES.values() if column and column not in month.withheld]
        read = month.store.frame(READINGS) if month.store.has(READINGS) else None
        made = rows_of(
            month.measured, first, end, self.matter, [*self.labels, self.matter], measures=measures, sorted_as=read,
            named=self._named, seed=month.settings.seed,
        )  # fmt: skip
        said = tuple(one for one in (self._themes(made), self._topics(made)) if one is not None)
        return replace(made, said=said)

    @cached_property
    def _named(self) -> dict[str, pd.Series]:
        """Values of labels that texts name where their column is empty: a page, a version."""
        if "text" not in self.month.interactions.columns or not len(self.month.texts.corpus.contacts):
            return {}
        contacts = self.month.texts.corpus.contacts
        there = {column: kind for column, kind in NAMED.items() if column in self.labels}
        if not there:
            return {}
        own = filled(contacts, entities(contacts, kinds=tuple(there.values())), there)
        return {
            column: own.loc[own[f"{column}_named"], ["interaction_id", column]]
            .set_index("interaction_id")[column]
            .astype(str)
            for column in there
        }

    def _themes(self, rows: Rows) -> Said | None:
        """Themes that hide inside problems, as 03_topics left them."""
        there = all(self.month.store.has(f"results_{name}") for name in ("themes_inside", "themes_inside_members"))
        if not there:
            return None
        found, members = (self.month.result(name) for name in ("themes_inside", "themes_inside_members"))
        return themes(rows, Heard(rows, self.month.texts.corpus), found, members) if len(found) else None

    def _topics(self, rows: Rows) -> Said | None:
        """Who speaks of which topic, as 03_topics left it."""
        store, corpus = self.month.store, self.month.texts.corpus
        if not (store.has(MENTIONS) and store.has(LEDGER)) or not len(corpus.contacts):
            return None
        ledger = store.frame(LEDGER)
        labels = ledger[~ledger["state"].isin(NO_MATTER)].set_index("id")["label"].to_dict()
        return topics(rows, Heard(rows, corpus), store.frame(MENTIONS), labels) if labels else None

    @cached_property
    def second_look(self) -> pd.DataFrame:
        """Where figures of the period lie beyond what the months before lead to expect, by a rule of its own."""
        rows, month = self.rows, self.month
        labels = [name for name in rows.codes if name not in ("priority", "status", self.matter)]
        return second_look(rows, month.period, labels, month.settings.metrics.min_n)

    @cached_property
    def heard(self) -> Heard:
        """The words of the rows."""
        return Heard(self.rows, self.month.texts.corpus)

    @cached_property
    def growing(self) -> Growing:
        """What trees are grown with."""
        month, rows = self.month, self.rows
        labels = tuple(name for name in rows.codes if name not in (*HANDLED, self.matter))
        corpus = month.texts.corpus
        if not len(corpus.contacts):
            return Growing(rows, labels, month.settings.metrics, month.settings.seed)
        compared = [
            name for name in rows.codes if name in corpus.contacts and name not in (*HANDLED, *MADE, self.matter)
        ]
        unnamed = nameless(corpus, compared, month.loaded.vocabulary, self.matter)
        return Growing(
            rows, labels, month.settings.metrics, month.settings.seed,
            wordings=wordings_of(rows, self.heard, unnamed, month.settings.seed), words=partial(words_of, self.heard),
        )  # fmt: skip

    def questions(self, named: Sequence[str] = ()) -> list[Start]:
        """List the questions of the month; ``named`` are an analyst's («late delivery», «set-up: unhappy», «: slow»).

        Raises InputError for a problem or a measure that there is not.
        """
        month, (problems, findings) = self.month, self.scored
        inside = month.result("themes_inside") if month.store.has("results_themes_inside") else pd.DataFrame()
        begins = list(dict.fromkeys(inside.loc[inside["dimension"] == TIME, "label"])) if len(inside) else []
        try:
            return starts(
                self.rows, month.period, month.settings.metrics, problems=problems,
                findings=findings, begins=begins, named=named, spread=self.spread,
            )  # fmt: skip
        except ValueError as error:
            raise InputError(
                str(month.loaded.path), [Problem("starts", str(error), "Correct the parameters cell.")]
            ) from error

    def answer(self, asked: Sequence[Start]) -> Whys:
        """Grow a tree for each question; what was told in an earlier month is marked as known."""
        month, texts = self.month, self.month.texts
        there = bool(len(texts.corpus.contacts))
        read = (
            month.store.frame(READINGS)
            if month.store.has(READINGS)
            else pd.DataFrame(columns=["interaction_id", "mood"])
        )
        events = month.store.frame("events") if month.store.has("events") else None
        return whys(
            self.rows, asked, month.period, month.settings.metrics, self.growing, heard=self.heard if there else None,
            events=events, owners=texts.owners, category_of=self._categories,
            moods=dict(zip(read["interaction_id"], read["mood"], strict=True)), known=self.known, spread=self.spread,
        )  # fmt: skip

    @cached_property
    def _categories(self) -> dict[str, str]:
        """The category of each problem: that of most of its contacts."""
        table = self.month.measured
        if self.matter == "category" or "category" not in table.columns:
            return {}
        frame = table.select(self.matter, "category").distinct().to_pyarrow().to_pandas().dropna()
        return (
            frame.sort_values([self.matter, "category"])
            .drop_duplicates(self.matter)
            .set_index(self.matter)["category"]
            .to_dict()
        )

    @cached_property
    def known(self) -> pd.DataFrame:
        """Causes told in earlier months: cause, period."""
        store = self.month.store
        return store.frame(KNOWN) if store.has(KNOWN) else pd.DataFrame({"cause": [], "period": []}, dtype="str")

    def remember(self, found: Whys) -> None:
        """Keep what was told, so that next month it is known; a second run of a month replaces what it kept before."""
        label = self.month.period.label
        told = (
            found.nodes.loc[found.nodes["leaf"] & (found.nodes["depth"] > 0), ["cause"]]
            .drop_duplicates()
            .assign(period=label)
        )
        kept = self.known[self.known["period"] != label]
        both = (
            pd.concat([kept, told], ignore_index=True).astype("str").sort_values(["period", "cause"], ignore_index=True)
        )
        self.month.store.write(KNOWN, both)

    @cached_property
    def own(self) -> pd.DataFrame:
        """The analyst's own whys, each held against the data."""
        month = self.month
        contacts = month.texts.corpus.contacts
        texts = contacts.set_index("interaction_id")["text"] if len(contacts) else None
        return held(self.rows, month.loaded.whys, month.period, month.settings.metrics, texts, self.spread)
