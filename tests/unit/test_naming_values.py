"""Words that only name a value of a dimension, on sentences written here."""

import numpy as np
import pandas as pd
from voc.analysis.themes.naming import nameless
from voc.text.corpus import Corpus


def a_corpus(**columns: list) -> Corpus:
    """Sixty contacts of three products: every buyer of one says «kora», whatever the matter; the others name nothing."""
    texts = [
        f"kora {matter} {at}" if at % 3 == 0 else f"{matter} {at}"
        for at in range(20)
        for matter in ("late", "broken", "refund")
    ]
    contacts = pd.DataFrame({"interaction_id": [f"c{at:03d}" for at in range(60)], "text": texts, "language": "en"})
    contacts["product"] = [("one", "two", "three")[at // 3 % 3] for at in range(60)]
    segments = pd.DataFrame({"contact": range(60), "text": texts, "empty": False, "vector": range(60)})
    return Corpus(contacts.assign(**columns), segments, np.zeros((60, 2), dtype=np.float32))


def test_a_word_that_goes_with_one_value_in_every_category_is_a_name_for_it():
    said = a_corpus(issue=["late", "broken", "refund"] * 20)
    assert nameless(said, ["product"], {}, "issue")["product"].tolist() == [
        "kora" not in text for text in said.contacts["text"]
    ]


def test_without_categories_no_word_is_called_a_name():
    assert nameless(a_corpus(), ["product"], {}, "issue")["product"].all()
