"""What customers wrote, read for a month: which contacts, in which columns, with vectors from the shared folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

from ..data.schema import INTERACTIONS
from ..data.store import to_frame
from ..text.corpus import Corpus, corpus
from ..text.embed import encoder
from ..text.vectors import Vectors
from .settings import reports_folder

if TYPE_CHECKING:
    from .month import Month

BESIDE = ("created_local", "customer_id", "csat", "survey_sent", "handle_seconds")


def vectors_of(month: Month) -> Vectors:
    """Return where sentence vectors come from: all reports of this computer share what is embedded once."""
    return Vectors(reports_folder() / ".work" / "vectors", encoder(month.settings.text.encoder))


def read_corpus(month: Month) -> Corpus:
    """Read the words of all contacts in the periods of the trends, up to the end of the period under report.

    Beside id, text, subject and language stand every label, the clock time, customer, score and handling time. Where more
    contacts than ``text.most`` have words, those of the period come first and the others are drawn by lot.
    """
    table, labels = month.interactions, [*INTERACTIONS.names("label"), *month.label_columns]
    first, end = month.history[0].start, month.period.end
    there = table.filter((table.created_local >= first) & (table.created_local < end) & _has_words(table))
    names = ["interaction_id", "text", "subject", *BESIDE, *labels]
    chosen = there.select(*dict.fromkeys(name for name in names if name in table.columns))
    if "text" not in chosen.columns:
        chosen = chosen.mutate(text=ibis.null("string"))
    most = month.settings.text.most
    if to_frame(there.aggregate(n=there.count()))["n"].iloc[0] > most:
        now = chosen.created_local >= month.period.start
        chosen = chosen.order_by([now.desc(), chosen.interaction_id.hash(), chosen.interaction_id]).limit(most)
    return corpus(to_frame(chosen), vectors_of(month))


def _has_words(table: ir.Table) -> ir.BooleanValue:
    written = [table[name].notnull() for name in ("text", "subject") if name in table.columns]
    if not written:
        return ibis.literal(False)
    return written[0] if len(written) == 1 else written[0] | written[1]
