"""Words that are a verdict by themselves, and the negations that turn them: what vectors of meaning blur.

Sentence vectors put «terrible service» near «great service», because both speak of service. A short list of plain
verdicts in English, Russian and Chinese sets that right; what it does not know is left to the rest of the evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from ..terms import HAN_RUN
from ..words import stem, words

WORTH, MOST = 1.5, 3.0
"""Logits that one verdict word speaks for a mood, and the most that several do."""
NEAR = 3
"""Words before a verdict within which a negation turns it: «not a very good», «не очень удобно»."""

_BAD = """
terrible awful horrible worst bad poor useless pathetic disgusting rubbish garbage trash crap lousy disappointed
disappointing disappointment frustrated frustrating frustration angry annoyed annoying furious unacceptable ridiculous
outrageous disgrace rude hate unhappy dissatisfied unsatisfied scam fraud cheated cheating worse nightmare shame
hopeless unhelpful incompetent worthless disappointingly dreadful appalling
ужасный ужасно ужас плохой плохо отвратительный отвратительно кошмар отстой разочарован разочарована разочарование безобразие
хамство хамят грубый грубо бесполезный бесполезно позор мошенники обман обманули возмутительно возмущен возмущена недоволен
недовольна худший хуже дерьмо гадость ненавижу бесит раздражает раздражен глючит глюк тормозит неудобно неудобный
нехорошо безответственность издевательство надоело
"""
_GOOD = """
good great excellent awesome amazing perfect perfectly wonderful fantastic brilliant lovely love loved best super superb
nice happy satisfied pleased glad helpful friendly polite impressed delighted recommend recommended beautiful
outstanding marvelous thrilled fabulous enjoyed
отличный отлично хороший хорошо прекрасный прекрасно замечательный замечательно супер классный классно класс круто крутой
доволен довольна довольны удобный удобно молодцы молодец нравится понравилось понравился люблю рекомендую советую радует
идеальный идеально лучший приятный приятно вежливый шикарно великолепно восторг неплохо неплохой
"""
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_NOT = "not no never don't doesn't didn't isn't wasn't aren't won't can't cannot without hardly nothing не нет ни без никогда"
_WISH = "morning afternoon evening day night weekend regards wishes luck утро день вечер дня вечера утра времени"
_BAD_HAN = """
太差 很差 差劲 差评 最差 极差 真差 好差 差得 失望 烂 坑人 坑爹 骗 假货 恶心 气愤 生气 愤怒 郁闷 后悔 糟糕 恶劣 上当 无语 难用
难吃 难看 难闻 太慢 不值 不行 不满 不爽 不咋地 不怎么样 不怎样 扯淡 忽悠 劣质 太贵
"""
_GOOD_HAN = """
不错 很好 真好 挺好 太好了 非常好 超好 满意 喜欢 好用 好吃 好看 漂亮 推荐 很棒 真棒 太棒 超赞 赞 完美 优秀 给力 舒服 值得 实惠
划算 新鲜 开心 惊喜 热情 周到 贴心 好评 没毛病 没得说
"""
# Words that are a verdict in some places only: «不好意思» is an apology, «方便的话» a courtesy, rubbish is also collected.
_BAD_SOME = r"不好(?!意思|也不)|垃圾(?=[，。！!,. ]|$|东西|产品|质量|货|软件|服务|客服|快递)"
_GOOD_SOME = r"方便(?!的话|时|吗)|耐心(?!等)|没(?:有)?让(?:我|人)失望"
_NOT_HAN = re.compile(r"(?:不|没有?|无|别|未)(?:是|太|很|够|怎么|那么|非常|能|会|觉得|算|再|想)*$")


@lru_cache(maxsize=200_000)
def verdict(text: str) -> float:
    """Return the evidence of verdict words in logits, praise above and scorn below zero.

    Example:
        >>> verdict("Terrible service"), verdict("not bad at all"), verdict("不太好用"), verdict("Good morning")
        (-1.5, 1.5, -1.5, 0.0)
    """
    runs = HAN_RUN.search(text)
    said = words(HAN_RUN.sub(" ", text) if runs else text)
    stems, negations, wishes = _lists()
    total = 0.0
    for at, word in enumerate(said):
        side = stems.get(stem(word) if _CYRILLIC.match(word) else word, 0)
        if side and not (at + 1 < len(said) and said[at + 1] in wishes):
            turned = any(before in negations for before in said[max(0, at - NEAR) : at])
            total += -side if turned else side
    if runs:
        total += sum(_han(text))
    return max(-MOST, min(MOST, WORTH * total))


def _han(text: str) -> Iterator[int]:
    """Give each verdict in Chinese: 1 or −1, turned where a negation stands right before it."""
    for found in _chinese().finditer(text):
        side = 1 if found.lastgroup == "good" else -1
        yield -side if _NOT_HAN.search(text[max(0, found.start() - 6) : found.start()]) else side


@cache
def _lists() -> tuple[dict[str, int], frozenset[str], frozenset[str]]:
    # English forms stand as they are: a stem would make «please» of «pleased» and «help» of «helpful»
    bad, good = ({stem(word) if _CYRILLIC.match(word) else word for word in block.split()} for block in (_BAD, _GOOD))
    sides = dict.fromkeys(sorted(good - bad), 1) | dict.fromkeys(sorted(bad - good), -1)
    return sides, frozenset(_NOT.split()), frozenset(_WISH.split())


@cache
def _chinese() -> re.Pattern[str]:
    bad, good = ("|".join(sorted(block.split(), key=len, reverse=True)) for block in (_BAD_HAN, _GOOD_HAN))
    return re.compile(f"(?P<good>{_GOOD_SOME}|{good})|(?P<bad>{_BAD_SOME}|{bad})")
