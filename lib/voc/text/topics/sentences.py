"""The sentences topics are made from: what says something, each wording once, with how many contacts say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ..corpus import Corpus
from ..embed import plain
from ..language import detect_text

if TYPE_CHECKING:
    import numpy as np


def wordings(corpus: Corpus) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the distinct speaking sentences of a corpus, in the order in which they are first said, and who says them.

    Sentences that differ in numbers, capitals or invisible letters only are one wording, as they have one vector.

    Returns:
        wordings: ``text`` (its first writing), ``vector`` (row of the corpus's vectors), ``language`` (of the contact that
        said it first, told from the text where contacts have none), ``month`` (of that contact, or ""), ``weight``
        (contacts that say it);
        mentions: ``contact`` (row of the corpus's contacts), ``wording`` (row of the wordings), each pair once.
    """
    said = corpus.segments.loc[~corpus.segments["empty"], ["contact", "text", "vector"]]
    distinct = said["text"].drop_duplicates()
    number = pd.Series(pd.factorize(distinct.map(plain))[0], index=distinct.to_numpy(), dtype="int64")
    said = said.assign(wording=number.reindex(said["text"]).to_numpy()).drop_duplicates(["contact", "wording"])
    groups = said.groupby("wording", sort=True)
    found = groups.agg(text=("text", "first"), vector=("vector", "first"), contact=("contact", "first"))
    found["weight"] = groups.size()
    found["language"] = _languages(corpus.contacts, found)
    found["month"] = _months(corpus.contacts)[found["contact"]]
    return found.drop(columns="contact").reset_index(drop=True), said[["contact", "wording"]].reset_index(drop=True)


def _months(contacts: pd.DataFrame) -> np.ndarray:
    import numpy as np

    if "created_local" not in contacts:
        return np.full(len(contacts), "", dtype=object)
    stamps = pd.to_datetime(contacts["created_local"], errors="coerce")
    return stamps.dt.strftime("%Y-%m").fillna("").to_numpy(dtype=object)


def _languages(contacts: pd.DataFrame, found: pd.DataFrame) -> pd.Series:
    """Return the language of each wording's contact, told from the wording where contacts have no such column."""
    if "language" in contacts:
        told = [None if pd.isna(name) else str(name) for name in contacts["language"]]
        return pd.Series([told[at] for at in found["contact"]], index=found.index, dtype=object)
    return pd.Series([detect_text(text) for text in found["text"]], index=found.index, dtype=object)


def draw(said: pd.DataFrame, most: int, seed: int) -> np.ndarray:
    """Draw at most ``most`` wordings (rows of ``said``, ascending): every month and language by what is said in it.

    Systematic sampling with probability proportional to ``weight`` over wordings ordered by month and language, shuffled
    within: no month and no language is missed by chance, and a wording of a thousand contacts is drawn for sure, once.
    """
    import numpy as np

    if len(said) <= most:
        return np.arange(len(said))
    shuffled = np.random.default_rng(seed).permutation(len(said))
    keys = said[["month", "language"]].fillna("").astype(str).iloc[shuffled]
    order = shuffled[keys.reset_index(drop=True).sort_values(["month", "language"], kind="stable").index.to_numpy()]
    weight = said["weight"].to_numpy(dtype=np.float64)[order]
    for _ in range(20):  # what is drawn for sure leaves its surplus to the others
        weight = np.minimum(weight, weight.sum() / most)
    reach = np.cumsum(weight)
    points = (np.arange(most) + np.random.default_rng(seed + 1).random()) * reach[-1] / most
    return np.unique(order[np.searchsorted(reach, points, side="right").clip(max=len(order) - 1)])
