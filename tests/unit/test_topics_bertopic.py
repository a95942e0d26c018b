import sys

import numpy as np
import pytest
from test_topics_fit import RULES, contacts, made
from voc.text.topics import Topics
from voc.text.topics.fit import fit
from voc.text.topics.stages import analyser, as_bertopic, documents


@pytest.fixture(scope="module")
def opened():
    spoken = made(contacts(each=20))
    topics = fit(spoken, RULES, encoder="by word")
    from test_topics_fit import ByWord

    return spoken, topics, as_bertopic(topics, spoken, encode=ByWord().encode)


def test_numbers_counts_and_names_are_those_of_our_topics(opened):
    spoken, topics, model = opened
    info = model.get_topic_info()
    ours = topics.assign(spoken.vectors[documents(spoken)["vector"]])[0]
    for at, label in enumerate(topics.labels):
        row = info[info["Topic"] == at].iloc[0]
        assert row["Count"] == (ours == at).sum() and row["CustomName"] == label
        assert model.get_topic(at)[0][0] in " ".join(topics.words[at]["en"])


def test_new_texts_go_to_the_same_topics_and_strange_ones_to_none(opened):
    spoken, topics, model = opened
    at, near = model.transform(["My refund seems big a", "qwerty"])
    assert "refund" in topics.labels[at[0]] and at[1] == -1 and near[0] > near[1]
    again, _ = model.transform(documents(spoken)["text"].tolist(), spoken.vectors[documents(spoken)["vector"]])
    assert again == model.topics_


def test_trees_times_and_pictures_of_bertopic_work(opened):
    spoken, _, model = opened
    said = documents(spoken)
    tree = model.hierarchical_topics(said["text"].tolist())
    assert len(tree) == len(opened[1]) - 1
    times = model.topics_over_time(said["text"].tolist(), said["created_local"].tolist(), nr_bins=3)
    assert times["Frequency"].sum() == len(said)
    for picture in (
        model.visualize_barchart(),
        model.visualize_hierarchy(hierarchical_topics=tree),
        model.visualize_topics_over_time(times),
        model.visualize_heatmap(),
    ):
        assert type(picture).__name__ == "Figure"


def test_umap_and_hdbscan_are_not_needed(opened):
    assert not {"umap", "hdbscan"} & set(sys.modules)


def test_no_topics_is_an_error_that_says_why(opened):
    with pytest.raises(ValueError, match=r"nothing to open.*no texts"):
        as_bertopic(Topics.none("by word", 32, "no texts"), opened[0])


def test_words_are_counted_by_stem_and_written_as_most_write_them():
    words = analyser(["parcels are late", "parcels", "my parcel", "物流太慢"])
    assert words("The parcel, the PARCELS") == ["parcels", "parcels"]
    assert "物流" in words("物流太慢了") and words("unseen words")[0] == "unseen"


def test_more_sentences_than_asked_for_are_drawn_by_lot_in_their_order(opened):
    said = documents(opened[0], most=50)
    assert len(said) == 50 and (np.diff(said["contact"]) >= 0).all()
    assert said.equals(documents(opened[0], most=50))
