"""Which words set one group of texts apart from another: log-odds with a prior, language by language.

Raw ratios crown words said once, raw differences crown «the». Monroe, Colaresi & Quinn («Fightin' Words», Political
Analysis 16, 2008) shrink each word's log-odds towards what both groups say together and divide by its standard error. A
text counts once under each word: one customer who repeats himself is not a vocabulary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pandas as pd

from ...text.words import STOP, stem, words
from ..chance import false_discovery
from ..intervals import Z

COLUMNS = ["language", "term", "n", "of", "others", "of_others", "share", "share_others", "odds", "lo", "hi", "z", "q"]
PRIOR = 500.0  # words' worth by which each language's common vocabulary draws the log-odds
LEAST = 3  # texts of the group that hold a term


@lru_cache(maxsize=200_000)
def terms_of(text: str) -> tuple[tuple[str, str], ...]:
    """Return (stems, as written) of the content words of a text and of neighbouring pairs of them, each once.

    >>> terms_of("Too much plastic in boxes")
    (('plastic', 'plastic'), ('box', 'boxes'), ('plastic box', 'plastic boxes'))
    """
    said = [word for word in words(text) if word not in STOP and (len(word) > 1 or word > "\u2e80")]
    single = [(stem(word), word) for word in said]
    pairs = [(f"{one[0]} {two[0]}", f"{one[1]} {two[1]}") for one, two in pairwise(single) if one != two]
    forms: dict[str, str] = {}
    for key, form in [*single, *pairs]:
        forms.setdefault(key, form)
    return tuple(forms.items())


def compare_terms(
    texts: Sequence[str], others: Sequence[str], languages: Sequence[str], languages_others: Sequence[str]
) -> pd.DataFrame:
    """Return the terms that one group of texts says more often than another of the same language.

    Args:
        texts, others: the group and what it is set against.
        languages, languages_others: language of each text.

    Returns:
        language, term (as written most often), n (texts of the group that hold it), of (texts of the group in the
        language), others, of_others, share and share_others (%), odds (ratio of odds, prior taken in) with lo and hi
        (95 %), z, q (false discovery rate over all terms of all languages); the most telling first within a language.
    """
    rows = []
    mine, rest = (_by_language(*both) for both in ((texts, languages), (others, languages_others)))
    for language in sorted(mine):
        here, there = mine[language], rest.get(language, [])
        rows += _of_language(language, here, there)
    frame = pd.DataFrame(rows, columns=COLUMNS[:-1])
    from scipy.special import ndtr

    frame["q"] = false_discovery(pd.Series(ndtr(-frame["z"].to_numpy(float)), index=frame.index))
    return frame.sort_values(["language", "z", "term"], ascending=[True, False, True], ignore_index=True)[COLUMNS]


def _by_language(texts: Sequence[str], languages: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for text, language in zip(texts, languages, strict=True):
        found.setdefault(str(language), []).append(text)
    return found


def _of_language(language: str, here: list[str], there: list[str]) -> list[tuple]:
    counts, forms = _count(here)
    rest, _ = _count(there)
    keys = sorted(key for key, n in counts.items() if n >= LEAST)
    if not keys:
        return []
    a, b = np.array([counts[key] for key in keys], float), np.array([rest.get(key, 0) for key in keys], float)
    total, total_rest = sum(counts.values()), max(sum(rest.values()), 1)
    prior = np.maximum(PRIOR * (a + b) / (total + total_rest), 0.01)
    left, left_rest = total + PRIOR - a - prior, total_rest + PRIOR - b - prior
    odds = np.log((a + prior) / left) - np.log((b + prior) / left_rest)
    error = np.sqrt(1 / (a + prior) + 1 / (b + prior))
    z = odds / error
    n, m = len(here), len(there)
    return [
        (language, forms[key].most_common(1)[0][0], int(a[i]), n, int(b[i]), m, 100 * a[i] / n, 100 * b[i] / max(m, 1),
         float(np.exp(odds[i])), float(np.exp(odds[i] - Z * error[i])), float(np.exp(odds[i] + Z * error[i])), float(z[i]))
        for i, key in enumerate(keys) if odds[i] > 0
    ]  # fmt: skip


def _count(texts: list[str]) -> tuple[Counter, dict[str, Counter]]:
    counts: Counter = Counter()
    forms: dict[str, Counter] = {}
    for text in texts:
        for key, form in terms_of(text):
            counts[key] += 1
            forms.setdefault(key, Counter())[form] += 1
    return counts, forms


def naming(found: pd.DataFrame, most: int = 4) -> dict[str, list[str]]:
    """Choose the words that name a theme in each language: telling ones, none of them part of another chosen.

    >>> rows = [("en", "plastic", 9.0, 0.001), ("en", "much plastic", 5.0, 0.01), ("en", "box", 4.0, 0.01)]
    >>> naming(pd.DataFrame(rows, columns=["language", "term", "z", "q"]))
    {'en': ['plastic', 'box']}
    """
    chosen: dict[str, list[str]] = {}
    for row in found[found["q"] <= 0.05].sort_values("z", ascending=False, kind="stable").to_dict("records"):
        kept = chosen.setdefault(row["language"], [])
        parts = set(row["term"].split())
        if len(kept) < most and not any(parts & set(one.split()) for one in kept):
            kept.append(row["term"])
    return chosen
