"""What customers of a month wrote, with all that it is read with: vectors, labels of staff, comments, topics so far."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from ..analysis.themes.mentions import mentions, period_numbers, tellers
from ..analysis.themes.naming import nameless
from ..data.problems import InputError, Problem
from ..data.schema import INTERACTIONS
from ..data.store import to_frame
from ..text.corpus import Corpus, corpus
from ..text.embed import encoder
from ..text.sentiment.comments import of_comments
from ..text.taxonomy.labelled import read_labels
from ..text.topics.ledger import Ledger, begin, decided, step
from ..text.topics.ledger_tables import TABLES, from_tables, to_tables
from ..text.vectors import Vectors
from .settings import vectors_folder

if TYPE_CHECKING:
    import numpy as np

    from .month import Month

BESIDE = ("created_local", "customer_id", "csat", "survey_sent", "handle_seconds")
READINGS, MENTIONS = "readings", "mentions"


class Texts:
    """The words of one month; everything is read when it is first asked for, and once."""

    def __init__(self, month: Month):
        self.month, self.rules = month, month.settings.text

    @cached_property
    def vectors(self) -> Vectors:
        """Where sentence vectors come from: all reports of this computer share what is embedded once."""
        return Vectors(vectors_folder(), encoder(self.rules.encoder))

    @cached_property
    def corpus(self) -> Corpus:
        """The words of all contacts in the periods of the trends, up to the end of the period under report.

        Beside id, text, subject and language stand every label, the clock time, customer, score and handling time. Where
        more contacts than ``text.most`` have words, those of the period come first and the others are drawn by lot.
        """
        month, table = self.month, self.month.interactions
        first, end = month.history[0].start, month.period.end
        there = table.filter((table.created_local >= first) & (table.created_local < end) & has_words(table))
        names = ["interaction_id", "text", "subject", *BESIDE, *INTERACTIONS.names("label"), *month.label_columns]
        chosen = there.select(*dict.fromkeys(name for name in names if name in table.columns))
        if "text" not in chosen.columns:
            chosen = chosen.mutate(text=ibis.null("string"))
        if to_frame(there.aggregate(n=there.count()))["n"].iloc[0] > self.rules.most:
            now = chosen.created_local >= month.period.start
            chosen = chosen.order_by([now.desc(), chosen.interaction_id.hash(), chosen.interaction_id])
            chosen = chosen.limit(self.rules.most)
        return corpus(to_frame(chosen), self.vectors)

    @cached_property
    def comments(self) -> Corpus | None:
        """The comments of surveys, with their scores; None where there are none."""
        surveys = self.month.find("surveys")
        if surveys is None or "comment" not in surveys.columns:
            return None
        return of_comments(to_frame(surveys), self.vectors, self.month.settings.languages)

    @cached_property
    def labelled(self) -> pd.DataFrame | None:
        """What staff wrote into the labelling lists that params name; None where there is no list or no taxonomy."""
        loaded = self.month.loaded
        if loaded.taxonomy is None or not loaded.labelled:
            return None
        ids = to_frame(self.month.interactions.select("interaction_id"))["interaction_id"]
        return read_labels(loaded.labelled, loaded.taxonomy, set(ids))

    @property
    def matter(self) -> str:
        """The finest column that says what a contact was about: issue where it is filled, else category."""
        return next((name for name in ("issue", "category") if name in self.corpus.contacts), "issue")

    @property
    def values(self) -> list[str]:
        """Dimensions whose values are set against each other in what is said; channel and team change how people write."""
        aside = ("channel", "team", "category", "issue", "source", "language")
        return [name for name in self.month.settings.dimensions if name not in aside]

    @property
    def places(self) -> list[str]:
        """Columns at which questions may concentrate: every label but what they are about, whose they are, how they came."""
        aside = ("category", "issue", "product", "channel", "source", "language", "status", "priority", "team", "tags")
        return [name for name in self.month.label_columns if name not in aside]

    @cached_property
    def owners(self) -> dict[str, dict[str, str]]:
        """Who takes up a finding: the teams file, and for issues without a line there the taxonomy's owners."""
        known, teams = self.month.loaded.taxonomy, self.month.loaded.owners
        if known is None:
            return teams
        own = {sub.name: known.owner_of(root.name, sub.name) for root, sub in known.subs()}
        return {**teams, "issue": {name: who for name, who in own.items() if who} | teams.get("issue", {})}

    @cached_property
    def ledger(self) -> Ledger:
        """The topics of this month: followed from the state of the period before, or fitted on the whole history.

        A run of a period begins from the state of the one before it, so that the same input gives the same topics however
        often it runs. Raises InputError for ids in ``text.themes`` that there are not.
        """
        month, said, rules = self.month, self.corpus, self.rules
        course = period_numbers(said.contacts["created_local"], month.history), tellers(said.contacts)
        labels = [one.label for one in month.history]
        names = {table: f"{table}_{month.period.grain}" for table in TABLES}
        there = all(month.store.has(name) for name in names.values())
        kept = {table: month.store.frame(name) for table, name in names.items()} if there else None
        before = from_tables(kept, month.period.label) if kept else None
        try:
            if before is not None and before.topics.encoder == rules.encoder:
                now = step(before, said, *course, labels, rules.themes, month.settings.seed)
            else:
                from ..text.topics.fit import fit

                now = begin(fit(said, rules.topics, month.settings.seed, rules.encoder), said, *course, labels)
                kept = None
            now = decided(now, rules.themes, month.period.label)
        except ValueError as error:
            raise InputError(
                str(month.loaded.path), [Problem("text.themes", str(error), "Take the id out.")]
            ) from error
        for table, frame in to_tables(now, month.period.label, kept).items():
            month.store.write(names[table], frame)
        return now

    @cached_property
    def assigned(self) -> np.ndarray:
        """(distinct sentences,) the row of the ledger that each belongs to, −1 for none."""
        return self.ledger.assign(self.corpus.vectors)[0]

    @cached_property
    def told(self) -> pd.DataFrame:
        """Who speaks of which topic: interaction_id, topic (an id, "none" or "empty"), sentences, main."""
        return mentions(self.corpus, self.assigned, self.ledger.ids)

    @property
    def matters(self) -> pd.DataFrame:
        """``told`` without what is said beside any matter: courtesy, haste, circumstances."""
        beside = {one for one, aside in zip(self.ledger.ids, self.ledger.topics.beside, strict=True) if aside}
        return self.told[~self.told["topic"].isin(beside)]

    @property
    def standing(self) -> dict[str, Any]:
        """How topics stand, as the review of categories asks: among how many, whose, how steady, in how many periods, named."""
        book, contacts = self.ledger, self.corpus.contacts
        number = pd.Series(
            period_numbers(contacts["created_local"], self.month.history), index=contacts["interaction_id"]
        )
        seen = self.told.assign(period=self.told["interaction_id"].map(number)).groupby("topic")["period"].nunique()
        return {
            "stability": dict(zip(book.ids, book.topics.stability.astype(float), strict=True)),
            "with_words": len(contacts), "owners": self.owners, "greyed": book.topics.greyed, "periods_seen": seen.to_dict(), "labelled": tuple(self.rules.themes.names),
        }  # fmt: skip

    def told_without(self, dimension: str) -> pd.DataFrame:
        """The same without the sentences that name a value of a dimension: that its buyers speak of a kettle is no news."""
        if dimension not in self.corpus.contacts:
            return self.told
        unnamed = nameless(self.corpus, [dimension], self.month.loaded.vocabulary, self.matter)
        return mentions(self.corpus, self.assigned, self.ledger.ids, unnamed.get(dimension))

    def keep(self, sorts: pd.DataFrame, moods: pd.DataFrame) -> None:
        """Leave in the store what was read of each contact: its category and mood, and the topics it speaks of."""
        read = sorts[["interaction_id", "category", "issue", "how", "probability", "categories"]]
        read = read.merge(moods[["interaction_id", "mood", "p"]], on="interaction_id", how="left", validate="1:1")
        self.month.store.write(READINGS, read)
        self.month.store.write(MENTIONS, self.told)


def has_words(table: ir.Table) -> ir.BooleanValue:
    """Mark the contacts that have words of their own."""
    written = [table[name].notnull() for name in ("text", "subject") if name in table.columns]
    if not written:
        return ibis.literal(False)
    return written[0] if len(written) == 1 else written[0] | written[1]
