"""What sorting is worth: every stage held against labels that it has not seen."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..corpus import Corpus
from ..floors import wilson
from .evidence import Given, Keywords
from .guess import Guess

ENOUGH = 30  # contacts from which the keywords of an issue are judged
STAGES = ("analyst", "source", "keyword", "model", "unsure", "no words")


def judged_keywords(given: Given, keywords: Keywords, aim: float) -> pd.DataFrame:
    """Hold the keywords of each issue against the labels of the contacts where they are alone.

    Returns one row per issue with keywords found: issue, category, found (contacts whose keywords name this issue only),
    checked (of them labelled), right (% in the right category), lo, hi, believed. Keywords that are surely right less often
    than ``aim`` (with ``ENOUGH`` checked) are not believed: the model reads these contacts.
    """
    root, issue = keywords.agreed()
    rows = pd.DataFrame({"issue": issue, "category": root, "label": given.category})[pd.notna(issue)]
    rows = rows.assign(checked=rows["label"].notna(), hit=(rows["label"] == rows["category"]).astype(int))
    found = rows.groupby(["issue", "category"], sort=True).agg(
        found=("hit", "size"), checked=("checked", "sum"), hits=("hit", "sum")
    )
    found = found.reset_index()
    made = found[["issue", "category", "found", "checked"]].assign(**_shares(found["hits"], found["checked"]))
    made["believed"] = ~((made["checked"] >= ENOUGH) & (made["hi"] < 100 * aim))
    return made


def checked_rows(corpus: Corpus, given: Given, blind: pd.DataFrame, model: Guess, language: np.ndarray) -> pd.DataFrame:
    """Set the label of each labelled contact that says something beside what it would be sorted into without it.

    Returns interaction_id, language, origin (analyst, source), category, issue (the label), said_category, said_issue, how
    (keyword, model, unsure), probability, model_category, model_issue, model_probability, given_probability (what the
    model gives the label's category). The model's are of heads that know neither the contact, nor its customer, nor its
    wording; labelled contacts that were not drawn for learning are weighed by the final head.
    """
    rows = np.flatnonzero(pd.notna(given.category) & corpus.speaking)
    made = pd.DataFrame(
        {
            "interaction_id": corpus.contacts["interaction_id"].to_numpy()[rows],
            "language": pd.Series(language[rows], dtype=object),
            "origin": pd.Series(given.origin[rows], dtype=object),
            "category": pd.Series(given.category[rows], dtype=object),
            "issue": pd.Series(given.issue[rows], dtype=object),
        }
    )
    said = blind.iloc[rows].reset_index(drop=True)
    made["said_category"], made["said_issue"] = said["category"], said["issue"]
    for name in ("how", "probability", "model_category", "model_issue", "model_probability"):
        made[name] = said[name]
    made["given_probability"] = np.nan
    if len(model.leaves):
        at = pd.Index(model.roots).get_indexer(pd.Index(given.category[rows], dtype=object))
        by_root = model.by_root(model.probable[rows])
        made["given_probability"] = np.where(at >= 0, by_root[np.arange(len(rows)), at], 0.0)
    return made


def stage_table(contacts: pd.DataFrame, checked: pd.DataFrame, given: Given, language: np.ndarray) -> pd.DataFrame:
    """Tell, per stage and language, how many contacts it decides and how often it is right.

    Returns stage, language ("all" first), n (contacts that it decides), share (% of all), checked (labelled contacts that
    it would decide if they had no label; of the source: those an analyst labelled too), right (% in the right category), lo,
    hi. Of ``unsure``, right is how often the model's best guess is: why it is not given.
    """
    beside = pd.notna(given.by_source) & (given.origin == "analyst") & pd.notna(given.category)
    tries = [
        pd.DataFrame({"stage": "source", "language": language, "hit": given.by_source == given.category})[beside],
        pd.DataFrame(
            {
                "stage": checked["how"],
                "language": checked["language"],
                "hit": checked["said_category"].where(checked["how"] != "unsure", checked["model_category"])
                == checked["category"],
            }
        ),
    ]
    tried = pd.concat(tries, ignore_index=True).astype({"hit": bool})
    rows = []
    names = ["all", *sorted(set(language))] if len(set(language)) > 1 else ["all"]
    for stage in STAGES:
        for name in names:
            inside = np.ones(len(contacts), bool) if name == "all" else language == name
            of = tried[(tried["stage"] == stage) & (tried["language"].eq(name) | (name == "all"))]
            n = int((contacts["how"].eq(stage) & inside).sum())
            share = 100 * n / inside.sum() if inside.any() else np.nan
            rows.append((stage, name, n, share, len(of), int(of["hit"].sum())))
    made = pd.DataFrame(rows, columns=["stage", "language", "n", "share", "checked", "hits"])
    return made.drop(columns="hits").assign(**_shares(made["hits"], made["checked"]))


def _shares(hits: pd.Series, n: pd.Series) -> dict[str, np.ndarray]:
    """Return right, lo, hi in per cent, missing where n is 0."""
    hits, n = hits.to_numpy(float), n.to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        lo, hi = wilson(hits, n)
        return {"right": 100 * hits / n, "lo": 100 * lo, "hi": 100 * hi}
