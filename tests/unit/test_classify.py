"""Sorting: the order of evidence, several categories, what each stage is worth, and the limits."""

import numpy as np
import pandas as pd
import pytest
from sorted_contacts import ROOT_OF, SHOP, corpus_of, shop
from voc.text.taxonomy import Root, Sub, Taxonomy
from voc.text.taxonomy.classify import COLUMNS, HOW, classify, sort
from voc.text.taxonomy.evidence import find_keywords, given_labels
from voc.text.taxonomy.worth import judged_keywords


@pytest.fixture(scope="module")
def sorted_shop():
    corpus, true = shop()
    return corpus, true, classify(corpus, SHOP, seed=1)


def test_order_of_evidence_by_hand():
    """Analyst over source over keyword; nothing can be learned from so few, so the rest is open."""
    corpus = corpus_of(
        [
            ("a", "en", [("the parcel is late", "late delivery")]),
            ("b", "en", [("the parcel is late", "late delivery")]),
            ("c", "en", [("the parcel is late", "late delivery")]),
            ("d", "en", [("something odd", "lost parcel")]),
            ("e", "en", [("thanks", "")]),
            ("f", "en", [("the parcel is late", "late delivery")]),
        ],
        category=["payment", "payment", None, None, None, None],
        issue=[None, None, None, None, None, "lost parcel"],
    )
    labels = pd.DataFrame({"interaction_id": ["a"], "category": ["delivery"], "issue": ["lost parcel"]})
    found = sort(corpus, SHOP, labels, seed=1).set_index("interaction_id")
    assert list(found.reset_index().columns) == [*COLUMNS, "language"]
    assert found["how"].to_dict() == {
        "a": "analyst",
        "b": "source",
        "c": "keyword",
        "d": "unsure",
        "e": "no words",
        "f": "source",
    }
    assert found.loc["a", ["category", "issue"]].tolist() == ["delivery", "lost parcel"]
    assert found.loc["b", "category"] == "payment" and found.loc["b", "issue"] is None
    assert found.loc["c", ["category", "issue", "issue_how"]].tolist() == ["delivery", "late delivery", "keyword"]
    assert found.loc["d", "category"] is None and found.loc["f", "category"] == "delivery"  # of its issue


def test_an_analyst_may_say_that_none_fits():
    corpus = corpus_of([("a", "en", [("the parcel is late", "late delivery")])], category=["delivery"])
    labels = pd.DataFrame({"interaction_id": ["a"], "category": [None], "issue": [None]})
    row = sort(corpus, SHOP, labels).iloc[0]
    assert (row["how"], row["category"], row["issue"], row["categories"]) == ("analyst", None, None, "")


def test_who_names_the_category_alone_keeps_the_sources_issue_only_inside_it():
    corpus = corpus_of(
        [(one, "en", [("x y", "lost parcel")]) for one in "ab"], category=["delivery"] * 2, issue=["lost parcel"] * 2
    )
    labels = pd.DataFrame({"interaction_id": ["a", "b"], "category": ["delivery", "payment"], "issue": [None, None]})
    found = given_labels(corpus, SHOP, labels)
    assert found.issue.tolist() == ["lost parcel", None] and found.by_source.tolist() == ["delivery", "delivery"]


def test_unlabelled_contacts_are_sorted_rightly_and_how_well_is_told(sorted_shop):
    corpus, true, found = sorted_shop
    open_ = corpus.contacts["category"].isna().to_numpy()
    assert set(found.contacts["how"]) <= set(HOW) and open_.sum() > 15
    assert (found.contacts["issue"].to_numpy() == true)[open_].mean() > 0.9
    stages = found.stages.set_index(["stage", "language"])
    assert stages.loc[("keyword", "all"), "right"] > 95 and stages.loc[("model", "all"), "right"] > 95
    assert stages.loc[("source", "all"), "n"] == (~open_).sum()
    assert stages["n"].groupby(level="language").sum()["all"] == len(corpus.contacts)
    sure = found.contacts.loc[found.contacts["how"].eq("model"), "probability"]
    assert (
        sure.between(0.5, 1).all()
        and found.contacts.loc[found.contacts["how"].eq("source"), "probability"].isna().all()
    )


def test_checked_rows_never_saw_their_label():
    """Labels drawn by lot cannot be found again: right as often as chance, and the model answers nothing."""
    corpus, _ = shop(n=300, labelled=1.0)
    lot = np.random.default_rng(3).permutation(corpus.contacts["issue"].to_numpy())
    corpus.contacts["issue"], corpus.contacts["category"] = lot, [ROOT_OF[one] for one in lot]
    bare = Taxonomy((Root("delivery", subs=(Sub("x", {"en": ("zzz",)}),)),))
    found = classify(corpus, bare, seed=1)
    agreed = (found.checked["model_issue"] == found.checked["issue"]).mean()
    assert agreed < 0.45 and (found.checked["how"] == "unsure").all()
    assert found.floors.set_index(["level", "language"]).loc[("issue", "all"), "coverage"] == 0


def test_a_checked_model_overrules_keywords_and_misleading_ones_are_not_believed():
    corpus, _ = shop(n=900, labelled=1.0)
    wrong = Taxonomy(
        (
            Root("delivery", subs=(Sub("late delivery", {"en": ("charged twice",)}), Sub("lost parcel", {"en": ("parcel lost",)}))),
            Root("payment", subs=(Sub("charged twice", {"en": ("zzz",)}),)),
        )
    )  # fmt: skip
    judged = judged_keywords(given_labels(corpus, wrong, None), find_keywords(corpus, wrong), 0.85).set_index("issue")
    assert not judged.loc["late delivery", "believed"] and judged.loc["late delivery", "right"] == 0
    assert judged.loc["lost parcel", "believed"] and judged.loc["lost parcel", "right"] == 100
    found = classify(corpus, wrong, seed=1)
    said = found.checked[found.checked["said_category"].notna()]
    assert (said["said_category"] == said["category"]).mean() > 0.95


def test_without_labels_keywords_teach_the_model_and_that_is_said():
    corpus, true = shop(n=300, labelled=0.0)
    found = classify(corpus, SHOP, seed=1)
    by_model = found.contacts["how"].eq("model").to_numpy()
    assert (
        by_model.sum() > 50
        and (found.contacts["category"].to_numpy() == [ROOT_OF[one] for one in true])[by_model].mean() > 0.9
    )
    assert len(found.said) == 1 and "Only 0 contacts are labelled" in found.said[0]
    assert found.checked.empty and found.stages["right"].isna().all()


def test_two_matters_in_one_contact():
    corpus, _ = shop()
    both = [("the parcel is late, really", "late delivery"), ("money left my account again, sir", "charged twice")]
    rows = [(one, language, [(text, "late delivery" if "парс" in text else about) for text, about in said])
            for one, language, said in _rows_of(corpus)]  # fmt: skip
    labels = {name: [*corpus.contacts[name], None] for name in ("category", "issue")}
    more = corpus_of(
        [*rows, ("z", "en", both)], noise=0.05, **{k: pd.Series(v, dtype=object) for k, v in labels.items()}
    )
    last = sort(more, SHOP, seed=1).iloc[-1]
    assert sorted(last["categories"].split("|")) == ["delivery", "payment"]
    assert last["categories"].split("|")[0] == (last["category"] or last["categories"].split("|")[0])


def _rows_of(corpus):
    _, true = shop()
    for at, row in corpus.contacts.iterrows():
        yield row["interaction_id"], row["language"], [(row["text"], true[at])]


def test_the_same_twice_and_with_rows_of_one_kind():
    corpus, _ = shop(n=80)
    assert sort(corpus, SHOP, seed=1).equals(sort(corpus, SHOP, seed=1))


@pytest.mark.parametrize("rows", [
    [],
    [("a", "en", [("👍", "")])],
    [(f"c{i}", None, [("the same text", "lost parcel")]) for i in range(12)],
    [("a", "xx", [("\ud83d " + "x" * 20_000, "lost parcel")]), ("b", "ru", [("посылка пропала", "lost parcel")])],
])  # fmt: skip
def test_limits(rows):
    for columns in (
        {},
        {"category": pd.Series([None] * len(rows), dtype=object)},
        {"category": ["delivery"] * len(rows)},
    ):
        for taxonomy in (SHOP, None):
            found = classify(corpus_of(rows, **columns), taxonomy, seed=1)
            assert len(found.contacts) == len(rows) and found.contacts["how"].isin(HOW).all()
            assert found.head is None and any("No model" in line for line in found.said)


def test_labels_that_the_taxonomy_does_not_name_are_kept_and_said():
    corpus = corpus_of([("a", "en", [("hm", "lost parcel")])], category=["Garden"])
    found = classify(corpus, SHOP)
    assert found.contacts["category"].tolist() == ["Garden"]
    assert any("1 contacts carry categories that the taxonomy does not name (Garden)" in line for line in found.said)


def test_categories_without_issues_are_learned_as_such():
    corpus, true = shop(n=300)
    corpus.contacts["issue"] = None
    corpus.contacts["category"] = [ROOT_OF[one] if at % 5 else None for at, one in enumerate(true)]
    found = classify(corpus, Taxonomy((Root("delivery", subs=()),)), seed=1)
    by_model = found.contacts["how"].eq("model")
    assert by_model.sum() > 40 and found.contacts.loc[by_model, "issue"].isna().all()
    assert (found.contacts["category"].to_numpy() == [ROOT_OF[one] for one in true])[by_model].mean() > 0.95
