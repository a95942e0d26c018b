"""Sort contacts into categories: by what is known of them, else by keywords, else by a model, else «unsure».

The order of evidence: an analyst's label, the source's own, keywords that agree on one category, a model trained on what
is labelled, unsure. Keywords give way where the model has been checked and is ``SURE`` of something else. Every stage is
held against labels that it has not seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..corpus import Corpus
from ..floors import Floor
from ..heads import Head
from .evidence import Given, Keywords, find_keywords, given_labels
from .guess import Guess, guess
from .model import Taxonomy
from .worth import checked_rows, judged_keywords, stage_table

HOW = ("analyst", "source", "keyword", "model", "unsure", "no words")
COLUMNS = ["interaction_id", "category", "issue", "how", "issue_how", "probability", "categories", "model_category",
           "model_issue", "model_probability"]  # fmt: skip
BESIDE = ("language", "created_local")  # carried along where the corpus has them
SURE = 0.8  # probability from which a checked model overrules keywords (where it did, it was right 98 times in 100)
SENTENCE = 0.9  # probability from which one sentence of several adds a category of its own
PROPOSED = 3  # proposals beside an unsure contact


@dataclass(frozen=True)
class Sorted:
    """Contacts sorted into categories, and what that sorting is worth.

    Attributes:
        contacts: one row per contact of the corpus; see ``sort``.
        checked: one row per labelled contact that says something, as it would be sorted without its label; see
            ``worth.checked_rows``.
        stages: per stage and language, how many it decides and how often it is right; see ``worth.stage_table``.
        keywords: per issue, how often its keywords are right, and whether they are believed; see ``worth.judged_keywords``.
        floors: level (issue, category), language ("all" first), and from which probability ``at`` the model answers, with
            coverage, accuracy, lo, hi (shares of the n contacts held out).
        proposals: per unsure contact: row (in the corpus), interaction_id, ``category_1, issue_1, probability_1`` … ``_3``.
        said: sentences for the reader on what was learned from and what was set aside.
        head: the trained head; None where nothing could be learned.
    """

    contacts: pd.DataFrame
    checked: pd.DataFrame
    stages: pd.DataFrame
    keywords: pd.DataFrame
    floors: pd.DataFrame
    proposals: pd.DataFrame
    said: tuple[str, ...] = ()
    head: Head | None = field(default=None, repr=False)


def sort(
    corpus: Corpus, taxonomy: Taxonomy | None, labels: pd.DataFrame | None = None, *, seed: int = 0, aim: float = 0.85
) -> pd.DataFrame:
    """Sort contacts into categories and return one row per contact of the corpus.

    Args:
        corpus: contacts with words; ``category``, ``issue`` (the source's), ``customer_id`` and ``language`` are read where
            they are there.
        taxonomy: categories with keywords; None where there is none.
        labels: what analysts said (``labelling.read_labels``): interaction_id, category, issue; category None says that
            none fits.
        seed: of the folds.
        aim: share right that the model's answers have to reach, by the lower end of their interval, in each language.

    Returns:
        interaction_id, category, issue (None where unknown), how (one of ``HOW``; of the category), issue_how, probability
        (that the category is right: the model's, or the measured one of keywords; missing for labels), categories (all that
        apply, the main one first, joined by «|»), and what the model says of every contact, whatever decided:
        model_category, model_issue, model_probability (of the category; out of fold where the contact is labelled);
        language and created_local where the corpus has them.

        A further category needs a sentence of its own of which the model is ``SENTENCE`` sure; keywords alone name one
        where there is no model, or none that could be checked.

    Example:
        ``sort(corpus, read("params/taxonomy.yml"), seed=1)["how"].value_counts()``
    """
    return classify(corpus, taxonomy, labels, seed=seed, aim=aim).contacts


def classify(
    corpus: Corpus, taxonomy: Taxonomy | None, labels: pd.DataFrame | None = None, *, seed: int = 0, aim: float = 0.85
) -> Sorted:
    """Sort contacts as ``sort`` does, and return beside it what the sorting is worth."""
    language, texts = languages(corpus), texts_of(corpus)
    given, keywords = given_labels(corpus, taxonomy, labels), find_keywords(corpus, taxonomy)
    judged = judged_keywords(given, keywords, aim)
    keywords = keywords.without(judged.loc[~judged["believed"].astype(bool), "issue"])
    model = guess(corpus, given, keywords, texts, seed=seed)
    floors = model.floors(given, language, aim)
    rows = (corpus, keywords, model, floors, language)
    checked = checked_rows(corpus, given, _decided(given.blank(), *rows), model, language)
    contacts = _decided(given, *rows)
    stages = stage_table(contacts, checked, given, language)
    by_keyword = stages[stages["stage"] == "keyword"].set_index("language")["right"] / 100
    measured = pd.Series(language).map(by_keyword).fillna(by_keyword.get("all", np.nan)).to_numpy(float)
    contacts["probability"] = np.where(contacts["how"] == "keyword", measured, contacts["probability"])
    contacts["categories"] = _all_that_apply(corpus, contacts, keywords, model)
    return Sorted(
        contacts=contacts[COLUMNS].assign(
            **{name: corpus.contacts[name].to_numpy() for name in BESIDE if name in corpus.contacts}
        ),
        checked=checked,
        stages=stages,
        keywords=judged,
        floors=_floor_table(floors),
        proposals=_proposals(contacts, model),
        said=(*given.said, *model.said),
        head=model.head,
    )


def languages(corpus: Corpus) -> np.ndarray:
    """Return the language of each contact, "not known" where there is none."""
    if "language" not in corpus.contacts:
        return np.full(len(corpus.contacts), "not known", dtype=object)
    known = corpus.contacts["language"]
    return known.astype(object).where(known.notna(), "not known").to_numpy()


def texts_of(corpus: Corpus) -> list[str]:
    """Return the speaking sentences of each contact as one text, all its sentences where none speaks."""
    contact = corpus.segments["contact"].to_numpy()
    counts = ~corpus.segments["empty"].to_numpy() | ~corpus.speaking[contact]
    parts: list[list[str]] = [[] for _ in range(len(corpus.contacts))]
    for of, text in zip(contact[counts], corpus.segments["text"].to_numpy(object)[counts], strict=True):
        parts[of].append(text)
    return ["\n".join(part) for part in parts]


def _decided(
    given: Given,
    corpus: Corpus,
    keywords: Keywords,
    model: Guess,
    floors: dict[str, dict[str, Floor]],
    language: np.ndarray,
) -> pd.DataFrame:
    """Take for each contact the first evidence there is."""
    word_root, word_issue = keywords.agreed()
    root, root_sure = model.best_root()
    leaf_root, leaf_issue, leaf_sure = model.best_leaf()
    by_issue, by_root = (
        np.array([floors[level].get(name, floors[level]["all"]).at for name in language], dtype=float)
        for level in ("issue", "category")
    )
    if model.checked:
        other = (leaf_sure >= SURE) & pd.notna(word_issue) & (leaf_issue != word_issue) & model.deep
        word_issue = np.where(other, None, word_issue)
        word_root = np.where((root_sure >= SURE) & (root != word_root), None, word_root)
    able = np.where(pd.notna(leaf_issue), leaf_sure, np.nan) >= by_issue
    root_able = able | (root_sure >= by_root)
    root = np.where(able, leaf_root, root)  # the likeliest issue names its category, not another one's sum
    open_ = pd.isna(given.category) & ~given.none
    stages = [open_ & pd.notna(word_root), open_ & root_able]
    category = np.select(stages, [word_root, root], given.category)
    unsure = np.where(corpus.speaking, "unsure", "no words")
    how = np.select([~open_, *stages], [given.origin, "keyword", "model"], unsure)
    category = np.where(how == "unsure", None, category)
    missing = pd.isna(given.issue) & pd.notna(category)
    stages = [missing & pd.notna(word_issue) & (word_root == category), missing & able & (leaf_root == category)]
    issue = np.select(stages, [word_issue, leaf_issue], given.issue)
    said = np.where(pd.notna(given.issue), given.origin, None)
    issue_how = np.select(stages, ["keyword", "model"], said)
    probability = np.where(np.isin(how, ["model", "unsure"]), _probability_of(model, category), np.nan)
    return pd.DataFrame(
        {
            "interaction_id": corpus.contacts["interaction_id"].to_numpy(),
            "category": pd.Series(category, dtype=object),
            "issue": pd.Series(issue, dtype=object),
            "how": pd.Series(how, dtype=object),
            "issue_how": pd.Series(issue_how, dtype=object),
            "probability": probability,
            "model_category": pd.Series(model.best_root()[0], dtype=object),
            "model_issue": pd.Series(leaf_issue, dtype=object),
            "model_probability": root_sure,
        }
    )


def _probability_of(model: Guess, category: np.ndarray) -> np.ndarray:
    """Return the model's probability of each contact's category, of its likeliest where it has none."""
    if not len(model.leaves):
        return np.full(len(category), np.nan)
    by_root = model.by_root(model.probable)
    at = pd.Index(model.roots).get_indexer(pd.Index(category, dtype=object))
    return np.where(at >= 0, by_root[np.arange(len(at)), at], by_root.max(axis=1))


def _all_that_apply(corpus: Corpus, contacts: pd.DataFrame, keywords: Keywords, model: Guess) -> list[str]:
    """Join a contact's category and those that single sentences of it name."""
    main, segments = contacts["category"].to_numpy(object), corpus.segments
    contact, speaks = segments["contact"].to_numpy(), ~segments["empty"].to_numpy()
    several = np.bincount(contact[speaks], minlength=len(main)) > 1
    rows = np.flatnonzero(speaks & several[contact])
    of_main, word = main[contact[rows]], keywords.of_sentences(len(segments))[rows]
    said = np.where(pd.notna(word), word, None)
    if model.head is not None and len(rows):
        vector = segments["vector"].to_numpy()[rows]
        first, place = np.unique(vector, return_index=True)[1], np.unique(vector, return_inverse=True)[1]
        texts = segments["text"].to_numpy(object)[rows][first]
        by_root = model.by_root(model.head.probabilities(list(texts), corpus.vectors[vector[first]]).astype(np.float32))
        top, sure = model.roots[by_root.argmax(axis=1)][place], by_root.max(axis=1)[place]
        said = np.where(sure >= SENTENCE, top, None if model.checked else said)
    more = pd.DataFrame({"contact": contact[rows], "category": said})[pd.notna(said) & (said != of_main)]
    joined = more.drop_duplicates().groupby("contact", sort=True)["category"].agg("|".join)
    first = pd.Series(main, dtype=object).fillna("")
    further = joined.reindex(range(len(main))).fillna("")
    return [one + ("|" if one and more else "") + more for one, more in zip(first, further, strict=True)]


def _floor_table(floors: dict[str, dict[str, Floor]]) -> pd.DataFrame:
    rows = [(level, name, *floor) for level, part in floors.items() for name, floor in part.items()]
    return pd.DataFrame(rows, columns=["level", "language", *Floor._fields])


def _proposals(contacts: pd.DataFrame, model: Guess) -> pd.DataFrame:
    """Return the likeliest classes of every unsure contact; none where there is no model."""
    rows = np.flatnonzero(contacts["how"] == "unsure")
    made = pd.DataFrame({"row": rows, "interaction_id": contacts["interaction_id"].to_numpy()[rows]})
    order = np.argsort(-model.probable[rows], axis=1, kind="stable")
    for place in range(PROPOSED):
        there = place < order.shape[1]
        for name in ("category", "issue"):
            values = model.leaves[name].to_numpy(object)[order[:, place]] if there else np.full(len(rows), None)
            made[f"{name}_{place + 1}"] = pd.Series(values, dtype=object)
        made[f"probability_{place + 1}"] = model.probable[rows, order[:, place]] if there else np.nan
    return made
