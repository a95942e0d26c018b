"""Words, typical sentences and labels of topics, in each language customers write in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from ..bare import judges
from ..words import STOP, stem, words
from .common import read, telling_most
from .rules import TopicRules

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_ROUND = "no not never without nothing не нет ни без никогда нельзя 没 没有 不 不是 无 未 别 不能 無"
NOT = frozenset(_ROUND.split())
"""Words that turn the next one round: they stand in a pair («не работает»), never alone."""
IN_LABEL = 3  # words of a label
LEAST_SAID = 3  # sentences of a topic from which a pair of words counts
_MARKS = "re fw fwd aw wg отв пер pls plz kindly плиз плз"  # of mail and haste: they say nothing, in any language
MAIL_MARKS = frozenset(_MARKS.split())
SHORTEST, LONGEST = 3, 200  # words, letters of a typical sentence, where there are such
ENOUGH = 0.1  # share of a topic that must be said in the main language for its label to be in it
QUOTED = 60  # letters of a sentence that stands as a label
STANDS_FOR = 0.35  # share of a word's sentences that a pair of words must make up to stand in its place
AKIN = 5  # letters that two stems of one kin begin with

Term = tuple[str, ...]
"""One stem, or two that stand side by side."""


def terms(text: str) -> dict[Term, str]:
    """Return the terms of a sentence → as it writes them: words that name something, and pairs of neighbours.

    A judgement is no name: «хорошо» stands in a pair only («хорошо работает»).

    Example:
        >>> terms("The courier did not come")
        {('courier',): 'courier', ('come',): 'come', ('not', 'come'): 'not come'}
        >>> list(terms("Very good quality").values())
        ['quality', 'good quality']
    """
    said = words(text)
    found: dict[Term, str] = {}
    for word in said:
        if _tells(word):
            found.setdefault((stem(word),), word)
    for one, other in pairwise(said):
        if (
            other in STOP
            or other in NOT
            or (one in STOP and one not in NOT)
            or one == other
            or {one, other} & MAIL_MARKS
            or not (_tells(one) or _tells(other))
        ):
            continue
        found.setdefault((stem(one), stem(other)), joined(one, other))
    return found


def telling(text: str) -> list[str]:
    """Return the words of a text that are neither function words nor judgements, each as often as it stands there."""
    return [word for word in words(text) if _tells(word)]


def _tells(word: str) -> bool:
    if word in STOP or word in NOT or word in MAIL_MARKS or judges(word):
        return False
    return len(word) > 1 or not word.isascii()


def joined(one: str, other: str) -> str:
    """Write two neighbouring words as their language does: Chinese without a space."""
    return f"{one}{other}" if not (one.isascii() or other.isascii()) and _han(one) and _han(other) else f"{one} {other}"


def _han(word: str) -> bool:
    return "\u3400" <= word[-1] <= "\u9fff"


def named(said: pd.DataFrame, topic: np.ndarray, near: np.ndarray, k: int, rules: TopicRules) -> dict[str, tuple]:
    """Return ``words``, ``examples``, ``labels`` and ``names`` of k topics.

    Words are weighed by how far they set a topic apart (``telling_most``) within each language, each sentence counting a word
    once; forms of one stem count together and are written as most sentences write them.

    Args:
        said: wordings with text, language, weight.
        topic: (n,) topic of each, −1 for none.
        near: (n,) similarity to its centre.
        k: topics.
        rules: how many words and examples, and the names an analyst gave.
    """
    languages = said["language"].to_numpy()
    weight = said.groupby("language")["weight"].sum().sort_values(ascending=False, kind="stable")
    per_language = {
        name: _ranked(said["text"].to_numpy(), read(topic, near, languages == name, k), k) for name in weight.index
    }
    told = [{name: tuple(ranked[at]) for name, ranked in per_language.items() if ranked[at]} for at in range(k)]
    examples = _examples(said, topic, near, k, rules.most_examples)
    names = _labels(told, examples, list(weight.index))
    return {
        "words": tuple({name: row[: rules.most_words] for name, row in entry.items()} for entry in told),
        "examples": examples,
        "labels": _given(names, _preferred(said, topic, k, list(weight.index)), rules.labels),
        "names": tuple(names),
    }


def _ranked(texts: np.ndarray, chosen: Sequence[np.ndarray], k: int) -> list[list[str]]:
    """Return the terms of each topic in one language, the most telling first, without near repetitions."""
    counts: list[Counter[Term]] = [Counter() for _ in range(k)]
    written: list[dict[Term, Counter[str]]] = [defaultdict(Counter) for _ in range(k)]
    for rows, counted, forms in zip(chosen, counts, written, strict=True):
        for text in texts[rows]:
            for term, form in terms(text).items():
                counted[term] += 1
                forms[term][form] += 1
    overall: Counter[Term] = Counter()
    for counted in counts:
        overall.update(counted)
    sizes, rows = [len(part) for part in chosen], []
    for counted, forms, size in zip(counts, written, sizes, strict=True):
        likely = Counter({term: n for term, n in counted.items() if n >= LEAST_SAID * (len(term) - 1)})
        best = _without_repeats(telling_most(likely, size, overall, sum(sizes)), counted)
        rows.append([max(forms[term].items(), key=lambda pair: (pair[1], pair[0]))[0] for term in best])
    return rows


def _without_repeats(ranked: Sequence[Term], counts: Counter[Term], most: int = 30) -> list[Term]:
    """Let a pair stand in place of a word of which it makes up a third, and leave it out where it is a third of neither."""
    pairs = [term for term in ranked[: 4 * most] if len(term) == 2]
    whole = {pair for pair in pairs if counts[pair] >= STANDS_FOR * min(_alone(pair, counts))}
    kept: list[Term] = []
    taken: set[str] = set()
    for term in ranked[: 4 * most]:
        pair = next((pair for pair in pairs if _stands_for(pair, term, counts)), None) if len(term) == 1 else term
        chosen = pair if pair is not None and not taken & set(pair) else term
        if (len(chosen) == 2 and chosen not in whole) or taken & set(chosen) or _akin(chosen, taken):
            continue
        kept.append(chosen)
        taken |= set(chosen) - NOT
    return kept[:most]


def _akin(term: Term, taken: set[str]) -> bool:
    """Tell whether a word begins as one that is there: «исправьте» and «исправте», "respons" and "response" are one name."""
    return any(len(one) >= AKIN and one[:AKIN] == other[:AKIN] for one in term for other in taken)


def _stands_for(pair: Term, word: Term, counts: Counter[Term]) -> bool:
    return word[0] in pair and counts[pair] >= STANDS_FOR * counts[word]


def _alone(pair: Term, counts: Counter[Term]) -> list[int]:
    return [counts[part,] for part in pair if counts[part,]] or [0]


def _labels(
    told: Sequence[dict[str, tuple[str, ...]]], examples: Sequence[dict[str, tuple[str, ...]]], languages: Sequence[str]
) -> list[dict[str, str]]:
    """Make a label of the first words of each topic in each language; equal ones take further words until they differ.

    A topic of function words only («let me know what to do») is called by its most typical sentence, in quotes.
    """
    made: list[dict[str, str]] = [{} for _ in told]
    for language in languages:
        used: set[str] = set()
        for at, (entry, typical) in enumerate(zip(told, examples, strict=True)):
            row, sentence = entry.get(language, ()), next(iter(typical.get(language, ())), "")
            tries = (
                [", ".join(row[:size]) for size in range(IN_LABEL, max(IN_LABEL, len(row)) + 1)] if len(row) > 1 else []
            )
            tries += [f"«{sentence[:QUOTED]}»"] if sentence else []
            if tries:
                made[at][language] = next((label for label in tries if label not in used), f"{tries[0]} ({at + 1})")
                used.add(made[at][language])
    return made


def _preferred(said: pd.DataFrame, topic: np.ndarray, k: int, languages: Sequence[str]) -> list[list[str]]:
    """Return, per topic, languages in the order in which its label is sought: the main one where enough of it is said."""
    import numpy as np

    weight, told = said["weight"].to_numpy(), said["language"].to_numpy()
    share = np.zeros((k, len(languages)))
    for column, name in enumerate(languages):
        inside = (topic >= 0) & (told == name)
        share[:, column] = np.bincount(topic[inside], weight[inside], k)
    share /= np.maximum(share.sum(axis=1, keepdims=True), 1)
    share[:, :1] += share[:, :1] >= ENOUGH
    return [[languages[column] for column in np.argsort(-row, kind="stable")] for row in share]


def _given(names: Sequence[dict[str, str]], preferred: Sequence[list[str]], given: dict[str, str]) -> tuple[str, ...]:
    """Return one label per topic, in the first of its languages that has one; the analyst's name before it."""
    labels = []
    for at, (entry, languages) in enumerate(zip(names, preferred, strict=True)):
        label = next((entry[name] for name in languages if name in entry), f"topic {at + 1}")
        labels.append(given.get(label, label))
    return tuple(labels)


def _examples(
    said: pd.DataFrame, topic: np.ndarray, near: np.ndarray, k: int, most: int
) -> tuple[dict[str, tuple[str, ...]], ...]:
    """Choose the sentences nearest to each centre, in each language, no two of the same words."""
    import numpy as np

    texts, languages = said["text"].to_numpy(), said["language"].to_numpy()
    found: list[dict[str, tuple[str, ...]]] = []
    for at in range(k):
        inside = np.flatnonzero(topic == at)
        inside = inside[np.argsort(-near[inside], kind="stable")]
        by_language: dict[str, list[str]] = defaultdict(list)
        for row in inside:
            if languages[row] is not None and len(by_language[languages[row]]) < 20 * most:
                by_language[languages[row]].append(texts[row])
        found.append({name: tuple(_different(rows, most)) for name, rows in sorted(by_language.items())})
    return tuple(found)


def _different(texts: Iterable[str], most: int) -> list[str]:
    """Keep the first texts whose words differ; very short and very long ones only where there are no others."""
    said = [(text, words(text)) for text in texts]
    fit = [len(found) >= SHORTEST and len(text) <= LONGEST for text, found in said]
    chosen: dict[frozenset[str], str] = {}
    for wanted in (True, False):
        for (text, found), good in zip(said, fit, strict=True):
            if good == wanted:
                chosen.setdefault(frozenset(stem(word) for word in found if word not in STOP), text)
    return list(chosen.values())[:most]
