"""Topics of each text of a table of any size, as a vectorised function of the engine.

The report reads its texts as one corpus (``voc.text.corpus``). A warehouse's or Spark's tables are too large for that:
here the engine hands over some thousand texts at a time, on as many workers as it has, and gets a list of topics a text.
"""

from __future__ import annotations

from pathlib import Path

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pyarrow as pa

from .embed import encoder
from .segments import split
from .smalltalk import is_empty
from .topics.model import NONE, Topics
from .vectors import Vectors


def topics_of(column: ir.StringValue, topics: Topics, folder: Path | None = None) -> ir.ArrayValue:
    """Return the topics of each text of a column inside the engine; the rule stands with ``topics_array``.

    ``folder`` holds vectors that were computed before; nothing is added to it.

    Example:
        ``table.mutate(topics=topics_of(table.text, topics))``
    """

    def voc_topics(texts):
        return topics_array(texts, topics, Vectors(folder, encoder(topics.encoder), add=False))

    return ibis.udf.scalar.pyarrow(voc_topics, signature=((dt.string,), dt.Array(dt.int32)))(column)


def topics_array(values: pa.Array | pa.ChunkedArray, topics: Topics, vectors: Vectors) -> pa.Array:
    """Tell the topics of each text of a column.

    Args:
        values: a column of n texts.
        topics: a fit whose encoder made the vectors.
        vectors: where sentence vectors come from.

    Returns:
        n lists of topic numbers, those of the most sentences first; empty where no sentence speaks or is near to a topic.
    """
    texts = [text or "" for text in values.to_pylist()]
    parts = [[sentence for sentence in split(text) if not is_empty(sentence)] for text in texts]
    distinct = {sentence: at for at, sentence in enumerate(dict.fromkeys(s for part in parts for s in part))}
    numbers = topics.assign(vectors.of(list(distinct)))[0].tolist()
    return pa.array([_ranked([numbers[distinct[s]] for s in part]) for part in parts], type=pa.list_(pa.int32()))


def _ranked(found: list[int]) -> list[int]:
    """Order topics by how many sentences have them, first named first."""
    counts = {topic: found.count(topic) for topic in dict.fromkeys(found) if topic != NONE}
    return sorted(counts, key=counts.__getitem__, reverse=True)
