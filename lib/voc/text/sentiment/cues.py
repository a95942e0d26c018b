"""What a sentence shows besides its meaning: emoji that carry a mood, and courtesies that carry none."""

from __future__ import annotations

import re
from functools import lru_cache

from ..bare import is_bare
from ..smalltalk import is_empty
from ..words import words

GLAD = frozenset("👍👌👏🙌💪😀😃😄😁😊☺🙂😍🥰😘😇🤗🤩😎😻❤🧡💛💚💙💜💖💕💯🎉🥳🌹🌸💐✅⭐🌟🏆🆗")
CROSS = frozenset("👎😡😠🤬😤😞😔😟🙁☹😣😖😫😩😢😭😒🙄😑😾💔🤮🤢🤦💩😱😰😓😿❌🖕🤡")
"""Emoji as people use them in service: laughing tears (😂) and prayers (🙏) go both ways and stand in neither set."""
MOST = 2.0
"""The evidence of emoji, in logits: as much as a probability of .88."""

_VERDICTS = """
super excellent perfect awesome amazing cool nice good bad terrible awful horrible wow wonderful brilliant great lovely
супер отлично классно класс круто хороший хорошая плохо ужасно ужас отстой прекрасно замечательно молодцы молодец лайк
бомба шикарно великолепно превосходно удобно устраивает
好评 差评 不错 很好 好用 还好 还行 满意 很满意 喜欢 挺好 不好 垃圾 太差 差 棒 真棒 赞 给力 完美 五星
"""
_WISHES = """
morning afternoon evening day night weekend утро день вечер дня вечера утра пожеланиями доброго добрый доброе
早上 上午 中午 下午 晚上 早安 晚安 祝
"""
_ANY = re.compile(f"[{''.join(sorted(GLAD | CROSS))}]")
LONGEST = 80  # letters; what is longer says more than a courtesy
NOTHING = frozenset(["无", "暂无", "没有", "none", "na", "nil", "нет"])
"""What forms hold where nobody wrote a thing."""
VERDICTS, WISHES = frozenset(_VERDICTS.split()), frozenset(_WISHES.split())


def emoji(text: str) -> float:
    """Return the evidence of emoji in logits, glad above and cross below zero; several say no more than two.

    Example:
        >>> emoji("ok 👍"), emoji("😡😡😡"), emoji("fine"), emoji("👍👎")
        (1.0, -2.0, 0.0, 0.0)
    """
    found = sum((letter in GLAD) - (letter in CROSS) for letter in _ANY.findall(text))
    return max(-MOST, min(MOST, float(found)))


@lru_cache(maxsize=200_000)
def is_courtesy(text: str) -> bool:
    """Tell whether a sentence is a greeting, thanks or closing without a verdict: it is no mood, whatever its words mean.

    Example:
        >>> [is_courtesy(said) for said in ("Good morning!", "Спасибо!", "很好", "Thanks, great", "not arrived")]
        [True, True, False, False, False]
    """
    if len(text) > LONGEST:
        return False
    said = set(words(text))
    if said and said <= NOTHING:
        return True
    if not is_empty(text):
        return False
    return bool(said & WISHES) or not (said & VERDICTS or is_bare(text))
