"""Find many phrases in a text in one pass, in any of their inflections: the engine behind keywords and catalogues.

A phrase is words (found by their stems), Chinese strings (found inside longer ones) or both. Its parts may stand in any
order and a little apart, but not across the end of a sentence. «не», "not" and "n't" bind to the word they deny.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from .units import SKIP, TOKEN, Unit, denies, fold, stem_of, units

WORD, END = 3, 60  # how far the parts of a text reach: a word counts three characters
GAP = 3 * WORD  # what may stand between the parts of a phrase: three words, or nine characters
REACH = 2  # words that a negation reaches
DENIES, SKIPPED = (("", "denies"),), (("", "skipped"),)  # what a word is that is never a part of a phrase


class Found(NamedTuple):
    """A phrase found: its number, from where to where it reaches in the text, and the places of its parts."""

    phrase: int
    start: int
    end: int
    parts: tuple[tuple[int, int], ...]


class _Hit(NamedTuple):
    at: int
    to: int
    start: int
    end: int
    since: int  # where the negation begins that binds to it, else ``start``
    denied: bool


class Phrases:
    """Many phrases, ready to be found. Phrases of which nothing can be found are never found.

    Example:
        >>> phrases = Phrases(["не пришла посылка", "возврат*", "退款"])
        >>> [(found.phrase, found.start, found.end) for found in phrases.find("Посылку жду месяц, она так и не пришла!")]
        [(0, 0, 38)]
    """

    def __init__(self, phrases: Sequence[str]):
        self.phrases = tuple(phrases)
        taken = [units(phrase) for phrase in self.phrases]
        common = Counter(unit for parts in taken for unit in parts)
        self._anchored: dict[tuple[str, str, bool], list[tuple[int, tuple[Unit, ...], int]]] = {}
        for number, parts in enumerate(taken):
            if parts:
                first, *rest = sorted(parts, key=lambda unit: (common[unit], unit.form, unit.kind))
                width = GAP + sum(len(unit.form) if unit.kind == "han" else WORD for unit in parts)
                key = (first.form, first.kind, first.denied)
                self._anchored.setdefault(key, []).append((number, tuple(rest), width))
        self._stems = {unit.form for parts in taken for unit in parts if unit.kind == "word"}
        self._starts = {unit.form for parts in taken for unit in parts if unit.kind == "start"}
        self._lengths = sorted({len(form) for form in self._starts})
        self._characters = _tree({unit.form for parts in taken for unit in parts if unit.kind == "han"})
        self._exact: dict[str, list[tuple[str, ...]]] = {}
        for form in sorted({unit.form for parts in taken for unit in parts if unit.kind == "exact"}):
            self._exact.setdefault(form.split(" ")[0], []).append(tuple(form.split(" ")))
        self._of_word: dict[str, tuple[tuple[str, str], ...]] = {}

    def find(self, text: str) -> list[Found]:
        """Return each phrase that a text holds, once, in the order of the text; a part of a longer one is not told.

        A phrase is dropped when all its parts lie inside the parts of a longer phrase found there («refund» inside
        «refund not received»); phrases that only share a word are both told.
        """
        folded, places = fold(text)
        hits = self._hits(folded)
        if not hits:
            return []
        found: dict[int, Found] = {}
        for key in hits:
            for number, rest, width in self._anchored.get(key, ()):
                tried = (_together(number, hit, key[2], rest, width, hits) for hit in hits[key])
                made = next((made for made in tried if made), None)
                if made:
                    found[number] = made
        kept = self._longest(list(found.values()))
        if places is not None:
            kept = [_moved(one, places) for one in kept]
        return sorted(kept, key=lambda one: (one.start, one.end, one.phrase))

    def _hits(self, folded: str) -> dict[tuple[str, str, bool], list[_Hit]]:
        hits: dict[tuple[str, str, bool], list[_Hit]] = {}
        at, reach, since = 0, 0, 0
        said: list[tuple[str, int, int, int]] = []
        for token in TOKEN.finditer(folded):
            kind, (start, end) = token.lastgroup, token.span()
            if kind == "han":
                for form, first, last in self._inside(token[0]):
                    hit = _Hit(at + first, at + last, start + first, start + last, start + first, False)
                    hits.setdefault((form, "han", False), []).append(hit)
                at, reach = at + end - start, 0
            elif kind == "word":
                word = token[0]
                if self._exact:
                    said.append((stem_of(word), start, end, at))
                known = self._of_word.get(word)
                known = self._known(word) if known is None else known
                if known is DENIES:
                    reach, since = REACH, start
                elif known is not SKIPPED:
                    for form, how in known:
                        hit = _Hit(at, at + WORD, start, end, since if reach else start, reach > 0)
                        hits.setdefault((form, how, False), []).append(hit)
                        if reach:
                            hits.setdefault((form, how, True), []).append(hit)
                    at += WORD
                    reach -= reach > 0
            else:
                at, reach = at + (END if kind == "end" else 0), 0
                said.append(("", start, end, at))
        for place, (form, start, _, since) in enumerate(said):
            for forms in self._exact.get(form, ()):
                if tuple(one[0] for one in said[place : place + len(forms)]) == forms:
                    hit = _Hit(since, since + WORD, start, said[place + len(forms) - 1][2], start, False)
                    hits.setdefault((" ".join(forms), "exact", False), []).append(hit)
        return hits

    def _known(self, word: str) -> tuple[tuple[str, str], ...]:
        """Tell what a word may be a part of, ``DENIES`` or ``SKIPPED``, and remember it."""
        if denies(word) or word in SKIP:
            known = DENIES if denies(word) else SKIPPED
        else:
            whole = stem_of(word)
            starts = (word[:length] for length in self._lengths if length <= len(word))
            known = tuple((start, "start") for start in starts if start in self._starts)
            known = (((whole, "word"),) if whole in self._stems else ()) + known
        if len(self._of_word) < 500_000:  # a mailbox of random letters must not fill the memory
            self._of_word[word] = known
        return known

    def _inside(self, run: str) -> list[tuple[str, int, int]]:
        """Find Chinese strings in a run of characters; of two characters only those that cut no longer word."""
        found: list[tuple[str, int, int]] = []
        for first in range(len(run)):
            node = self._characters
            for last in range(first, len(run)):
                node = node.get(run[last])
                if node is None:
                    break
                if "" in node:
                    found.append((run[first : last + 1], first, last + 1))
        if any(last - first == 2 for _, first, last in found):
            ends = word_ends(run)
            return [one for one in found if one[2] - one[1] > 2 or (one[1] in ends and one[2] in ends)]
        return found

    def _longest(self, found: list[Found]) -> list[Found]:
        strength = {
            one.phrase: (sum(end - start for start, end in one.parts), len(self.phrases[one.phrase]), -one.phrase)
            for one in found
        }
        ordered = sorted(found, key=lambda one: strength[one.phrase], reverse=True)
        kept: list[Found] = []
        for one in ordered:
            if not any(_covers(longer, one) for longer in kept):
                kept.append(one)
        return kept


def _together(number: int, hit: _Hit, bound: bool, rest: tuple[Unit, ...], width: int, hits: dict) -> Found | None:
    """Put the nearest hits of the other parts beside one hit, if all lie near enough."""
    chosen = [hit]
    denied = [hit] if bound else []
    for unit in rest:
        there = hits.get((unit.form, unit.kind, unit.denied))
        if not there:
            return None
        place = bisect_left(there, hit.at, key=lambda one: one.at)
        near = [
            one for one in there[max(place - 1, 0) : place + 2] if all(one.start != other.start for other in chosen)
        ]
        if not near:
            return None
        chosen.append(min(near, key=lambda one: (abs(one.at - hit.at), one.at)))
        denied += [chosen[-1]] if unit.denied else []
    if max(one.to for one in chosen) - min(one.at for one in chosen) > width:
        return None
    parts = sorted((one.since if one in denied else one.start, one.end) for one in chosen)
    return Found(number, parts[0][0], max(end for _, end in parts), tuple(parts))


def _covers(longer: Found, one: Found) -> bool:
    return all(any(first <= start and end <= last for first, last in longer.parts) for start, end in one.parts)


def _moved(one: Found, places: list[int]) -> Found:
    parts = tuple((places[start], places[end - 1] + 1) for start, end in one.parts)
    return Found(one.phrase, places[one.start], places[one.end - 1] + 1, parts)


def _tree(forms: set[str]) -> dict:
    top: dict = {}
    for form in sorted(forms):
        node = top
        for character in form:
            node = node.setdefault(character, {})
        node[""] = {}
    return top


@lru_cache(maxsize=50_000)
def word_ends(run: str) -> frozenset[int]:
    """Return the places in a run of Chinese characters where no word of the dictionary is cut, both ends included."""
    import rjieba

    ends, at = {0}, 0
    for word in rjieba.cut(run, False):  # without guessing new words: the guesses swallow neighbours
        at += len(word)
        ends.add(at)
    return frozenset(ends)
