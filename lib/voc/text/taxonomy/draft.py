"""Propose a taxonomy for another business from the topics that its customers' texts fall into."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import yaml

from .check import SHORTEST_CHINESE
from .model import MOST_ROOTS, NOBODY, SEVERITIES
from .phrases import Phrases
from .units import units

if TYPE_CHECKING:
    from ..topics import Topics

MOST_KEYWORDS = 8
LEAST_RIGHT = 0.5  # share of a keyword's sentences that belong to its topic
MOST_SENTENCES = 30_000  # sentences that words are judged by
LEAST_ROOT = 0.03  # share of all that a branch must hold to be a root category of its own
HEAD = f"""\
# A draft made of the topics that customers' texts fall into. Read it beside example texts, then:
#   1. name roots and subcategories as people here call them; merge what is one matter, take out what is none;
#   2. add the words and phrases that you know customers use: single words are weak, phrases are strong;
#   3. write who takes each root up in place of the {NOBODY}, and a severity ({", ".join(SEVERITIES)}) where it is not {SEVERITIES[0]}.
# `voc taxonomy check <this file>` tells what is wrong or left.
"""


def draft(
    topics: Topics, sentences: Sequence[str] = (), assigned: Sequence[int] = (), most_roots: int = MOST_ROOTS
) -> str:
    """Write a taxonomy file: topics are subcategories, the branches of their merge tree root categories.

    A keyword must belong to one topic alone, so words that several topics have are left out, or paired with another. A
    topic without any word of its own is left out and named in the head of the file.

    Args:
        topics: labels, words (per topic {language: words}), sizes (k,) and merge_tree (k − 1, 4), as ``topics.fit`` gives.
        sentences, assigned: sentences and the topic of each (−1: none), by which words are judged: a keyword is kept that
            stands in its own topic at least every other time. Without them all words of one topic alone are kept.
        most_roots: at most so many root categories.

    Returns:
        YAML that passes the check but for owners, which are to be written in; roots and subcategories by size.

    Raises:
        ValueError: there is no topic, or none has a word of its own.
    """
    weak = _weak(topics, sentences, assigned)
    said = _apart([_keywords(topics, topic, weak) for topic in range(len(topics.labels))])
    able = [topic for topic in range(len(topics.labels)) if said[topic]]
    if not able:
        raise ValueError("there are no topics with words of their own to draft a taxonomy from: more texts are needed")
    branches: dict[int, list[int]] = {}
    for topic, branch in enumerate(_branches(topics, most_roots)):
        if said[topic]:
            branches.setdefault(branch, []).append(topic)
    size = {topic: float(topics.sizes[topic]) for topic in able}
    ordered = sorted(branches.values(), key=lambda members: (-sum(size[one] for one in members), members))
    taken: set[str] = set()
    names = {topic: _unique(topics.labels[topic], taken) for members in ordered for topic in _by_size(members, size)}
    roots = {}
    for members in ordered:
        members = _by_size(members, size)
        subs = {names[topic]: {"keywords": said[topic]} for topic in members}
        name = _unique(_shared(topics, members, size), taken)
        roots[name] = {"owner": NOBODY, "severity": SEVERITIES[0], "subs": subs}
    left = [topics.labels[topic] for topic in range(len(topics.labels)) if topic not in able]
    note = (
        f"# Left out, because all their words belong to other topics too: {'; '.join(map(_line, left))}\n"
        if left
        else ""
    )
    body = yaml.safe_dump({"roots": roots}, allow_unicode=True, sort_keys=False, width=118, default_flow_style=None)
    return HEAD + note + body


def _weak(topics: Topics, sentences: Sequence[str], assigned: Sequence[int]) -> set[tuple[int, tuple]]:
    """Find the (topic, units) whose word stands in other topics' sentences more often than in its own topic's."""
    listed = sorted(
        {(topic, word) for topic, said in enumerate(topics.words) for words in said.values() for word in words}
    )
    if not len(sentences):
        return set()
    phrases = Phrases([_line(word) for _, word in listed])
    step = -(-len(sentences) // MOST_SENTENCES)
    there, own = Counter(), Counter()
    for sentence, topic in zip(sentences[::step], assigned[::step], strict=True):
        for one in phrases.find(sentence):
            parts = units(phrases.phrases[one.phrase])
            there[parts] += 1
            own[parts, int(topic)] += 1
    found = {(topic, units(_line(word))) for topic, word in listed}
    return {(topic, parts) for topic, parts in found if own[parts, topic] < max(LEAST_RIGHT * there[parts], 1)}


def _keywords(topics: Topics, topic: int, weak: set[tuple[int, tuple]]) -> dict[str, list[str]]:
    """Return a topic's own words by language: those that no other topic has, else its first word with another."""
    others = Counter(parts for other, said in enumerate(topics.words) if other != topic for parts in _parts(said))
    mine: dict[str, list[str]] = {}
    for language, words in topics.words[topic].items():
        usable = [_line(word) for word in words if _is_usable(_line(word))]
        own = [word for word in usable if not others[units(word)] and (topic, units(word)) not in weak]
        pairs = [
            f"{one} {other}"
            for at, one in enumerate(usable)
            for other in usable[at + 1 :]
            if units(one) != units(other)
        ]
        kept = {units(word): word for word in reversed(own[:MOST_KEYWORDS] or pairs[:1])}
        if kept:
            mine[str(language)] = list(reversed(kept.values()))
    return mine


def _apart(said: list[dict[str, list[str]]]) -> list[dict[str, list[str]]]:
    """Leave every keyword, whatever its inflection or order, to the first topic that has it."""
    taken: set[tuple] = set()
    kept: list[dict[str, list[str]]] = []
    for words in said:
        mine: dict[str, list[str]] = {}
        for language, listed in words.items():
            new = [word for word in listed if units(word) not in taken]
            taken |= {units(word) for word in new}
            if new:
                mine[language] = new
        kept.append(mine)
    return kept


def _parts(said: dict[str, Sequence[str]]) -> set[tuple]:
    return {units(_line(word)) for words in said.values() for word in words}


def _is_usable(word: str) -> bool:
    parts = units(word)
    long_enough = all(len(unit.form) >= SHORTEST_CHINESE for unit in parts)
    return bool(parts) and long_enough and "*" not in word


def _branches(topics: Topics, most: int) -> list[int]:
    """Cut the merge tree into at most so many branches, the heaviest first, and tell each topic's.

    A plain cut at one height splits off what is odd and small; so a branch too light to be a root category stays with its
    neighbour.
    """
    k = len(topics.labels)
    most = most if k > most else max(1, k // 2)
    below = {k + at: (int(row[0]), int(row[1])) for at, row in enumerate(topics.merge_tree)}
    leaves = {node: _leaves(node, below) for node in [*range(k), *below]}
    weight = {node: float(sum(topics.sizes[leaf] for leaf in leaves[node])) for node in leaves}
    least = LEAST_ROOT * sum(float(size) for size in topics.sizes)
    branches: list[tuple[int, list[int]]] = [
        (max(leaves), [])
    ]  # a node of the tree, and the light ones that stay with it
    whole: set[int] = set()
    while len(branches) < most:
        able = [branch for branch in branches if branch[0] not in whole]
        if not able:
            break
        heaviest = max(able, key=lambda branch: (weight[branch[0]], -branch[0]))
        node, beside = heaviest
        while node in below and min(weight[child] for child in below[node]) < least:
            light, heavy = sorted(below[node], key=lambda child: (weight[child], child))
            node, beside = heavy, [*beside, *leaves[light]]
        if node not in below:
            whole.add(heaviest[0])
            continue
        first, second = sorted(below[node], key=lambda child: (-weight[child], child))
        branches.remove(heaviest)
        branches += [(first, beside), (second, [])]
    of = {leaf: place for place, (node, beside) in enumerate(branches) for leaf in [*leaves[node], *beside]}
    return [of[topic] for topic in range(k)]


def _leaves(node: int, below: dict[int, tuple[int, int]]) -> list[int]:
    found, left = [], [node]
    while left:
        one = left.pop()
        if one in below:
            left += below[one]
        else:
            found.append(one)
    return found


def _shared(topics: Topics, members: Sequence[int], size: dict[int, float]) -> str:
    """Name a branch by a word that several of its topics share and few others have, else after its largest topic."""
    weight: dict[str, float] = defaultdict(float)
    inside: Counter[str] = Counter()
    everywhere = Counter(_line(word) for said in topics.words for words in said.values() for word in words)
    for topic in members:
        language = max(topics.words[topic], key=lambda code: len(topics.words[topic][code]), default="")
        for word in dict.fromkeys(map(_line, topics.words[topic].get(language, ()))):
            weight[word] += size[topic] / everywhere[word]
            inside[word] += 1
    common = [word for word in weight if inside[word] > 1 and inside[word] >= everywhere[word] / 2]
    best = min(common, key=lambda word: (-weight[word], word), default="")
    return best or topics.labels[members[0]].split(",")[0]


def _by_size(members: Sequence[int], size: dict[int, float]) -> list[int]:
    return sorted(members, key=lambda topic: (-size[topic], topic))


def _unique(name: str, taken: set[str]) -> str:
    name = _line(name) or "unnamed"
    number, made = 1, name
    while made.casefold() in taken:
        number, made = number + 1, f"{name} ({number + 1})"
    taken.add(made.casefold())
    return made


def _line(text: str) -> str:
    """Return a text on one line without what YAML cannot carry."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in str(text)).split())
