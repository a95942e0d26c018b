"""Take a phrase apart into what is looked for: stems, beginnings of words, Chinese characters; and bring texts to one form."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from ..words import HAN, stem
from .hanzi import SIMPLIFIED

SHORTEST_STEM = 3  # letters before a «*»
TOKEN = re.compile(
    rf"(?P<han>[{HAN}]+)|(?P<word>[^\W_{HAN}]+(?:'[^\W\d_{HAN}]+)*\*?)|(?P<end>[.!?;…](?=\s|$)|[。！？；\n])|(?P<comma>[,，:：、])"
)
_ONE_FOR_ONE = str.maketrans({"ё": "е", "’": "'", "‘": "'", "ʼ": "'", "`": "'"}) | SIMPLIFIED
_NOT = frozenset(
    """
    not never cannot cant dont doesnt didnt wont isnt arent wasnt werent hasnt havent couldnt
    не ни
    """.split()  # noqa: SIM905 - a list of words is read as words
)
SKIP = frozenset(
    """
    a an the this that these those my our your his her its their i we you he she it they me us him them
    is are am was were be been being do does did done has have had having will would shall should can could may might must
    of to and or so very really just still yet even already also too please any some there here
    я мы вы ты он она оно они мне мной меня нам нас вам вас тебе тебя ему ей его ее их мой моя мое мои мою моего моей моих моим наш наша наше наши
    ваш ваша ваше ваши свой свою свои этот эта это эти этого этой и а же ли бы уже еще так вот был была было были есть
    пожалуйста просто очень сих пор так
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Unit:
    """One part of a phrase: a stem, the beginning of a word («возвра*»), Chinese characters or a sequence; denied or not.

    ``kind`` is word, start, han or exact: «does it fit» without its function words would be any «fit», so a phrase of which
    only one word would be left is looked for as it stands, word after word.
    """

    form: str
    kind: str
    denied: bool = False


@lru_cache(maxsize=20_000)
def units(phrase: str) -> tuple[Unit, ...]:
    """Take a phrase apart, in an order that does not depend on how it is written; empty where nothing can be found.

    Example:
        >>> [unit.form for unit in units("the parcel hasn't arrived")], [unit.form for unit in units("没收到 包裹")]
        (['arriv', 'parcel'], ['包裹', '没收到'])
    """
    found: list[Unit] = []
    said: list[str] = []
    denied = False
    for token in TOKEN.finditer(fold(phrase)[0]):
        said += [token["word"]] if token["word"] else []
        if token["han"]:
            found.append(Unit(token["han"], "han"))
        elif (word := token["word"]) is None:
            continue
        elif denies(word):
            denied = True
        elif word not in SKIP:
            beginning = word.endswith("*")
            found.append(Unit(word[:-1] if beginning else stem_of(word), "start" if beginning else "word", denied))
            denied = False
    if len(said) > 1 and len(found) == 1 and found[0].kind == "word" and not found[0].denied:
        return (Unit(" ".join(map(stem_of, said)), "exact"),)
    return tuple(sorted(dict.fromkeys(found), key=lambda unit: (unit.form, unit.kind, unit.denied)))


def fold(text: str) -> tuple[str, list[int] | None]:
    """Bring a text into the form that is compared: lower case, half width, ё as е, simplified Chinese.

    Returns the form and, only where its places are not those of the text, the place of each of its characters there.
    """
    low = text.lower()
    if low.isascii():
        return low, None
    if len(low) == len(text) and unicodedata.is_normalized("NFKC", low):
        return low.translate(_ONE_FOR_ONE), None
    parts = [unicodedata.normalize("NFKC", letter).lower() for letter in text]
    places = [place for place, part in enumerate(parts) for _ in part]
    return "".join(parts).translate(_ONE_FOR_ONE), places


def denies(word: str) -> bool:
    """Tell whether a lower-case word denies the one after it: «не», "not", "hasn't"."""
    return word in _NOT or word.endswith("n't")


@lru_cache(maxsize=200_000)
def stem_of(word: str) -> str:
    """Return the stem of a lower-case word, possessives like the word itself."""
    whole = stem(word)
    return stem(word.removesuffix("'s")) if whole == word and word.endswith("'s") else whole
