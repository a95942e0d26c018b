"""Recognise bare praise and bare scorn: «Отличное приложение», "I love this app", «东西很不错» judge and name no matter.

A list of single empty words («Супер») cannot hold them: a judgement takes a subject, a form and an adverb. So a sentence is
bare when it has a judging word and else only function words, degrees, and words for the thing as a whole. What is judged
(delivery, price, the staff, how it works) makes it a matter again.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from .words import STOP, stem, words

_JUDGING = """
good great nice excellent awesome amazing perfect perfectly wonderful fantastic brilliant lovely love loved loving like liked best
better super superb fabulous outstanding cool happy satisfied pleased glad impressed recommend recommended bad poor terrible
awful horrible worst worse dreadful pathetic disgusting useless worthless rubbish garbage trash crap lousy disappointed
disappointing disappointment unhappy dissatisfied unsatisfied hate hated ok okay fine decent
отличный отлично хороший хорошо прекрасный прекрасно замечательный замечательно супер суперский классный классно класс клас круто
крутой круть лучший лучше идеальный идеально шикарный шикарно великолепный великолепно превосходный превосходно удобный удобно
нравится нравиться понравилось понравился люблю обожаю доволен довольна довольны доволна молодцы молодец рекомендую советую
радует устраивает восторг бомба огонь неплохой неплохо норм нормальный нормально нормуль здорово приятный приятно полезный
плохой плохо ужасный ужасно ужас ужасы отвратительный отвратительно отстой кошмар бред фигня хрень ерунда чушь дерьмо говно гадость позор
разочарован разочарована разочарование хуже худший ненавижу недоволен недовольна бесит раздражает бесполезный бесполезно
бесполезное неудобный неудобно зачет пойдет сойдет гуд четко кайф чудесно чудесный восхитительно изумительно
好 好评 差评 不错 挺好 很好 好好 真好 太好 蛮好 还好 还行 一般 一般般 满意 喜欢 好用 棒 真棒 赞 完美 优秀 给力 五星 推荐 值得 差 太差 很差 差劲
垃圾 失望 糟糕 坑 坑人 坑爹 后悔 凑合 将就 好东西
"""
_THINGS = """
app apps application applications program programme software thing things product products item items experience ever job
everything overall work life
приложение приложения приложуха прилага прила прога программа программка апп апликация вещь штука целом общем общее
впечатление продукт товар все
东西 商品 产品 宝贝 货 物品 整体 总体 总的来说 体验 感觉 次 这次
"""
_DEGREES = """
absolutely totally really truly extremely simply pretty far always indeed thank thanks guys just
просто реально действительно вообще самый самое самая полностью абсолютно пока вполне достаточно весьма максимально оч спасибо
большое огромное ребята разработчики разработчикам создателям лично честно никогда всегда пользоваться считаю думаю
挺 蛮 真 超 超级 特别 十分 相当 真心 真是 绝对 确实 总体 好 哈 哈哈 吧 了 的 地 得 很 最 极 极了 不 没 无 那么 这么 买 货 这 种 只能 说 看 看起来
"""
_NOTS = "not no never nothing isn't wasn't don't didn't не ни нет"
_SERVED = frozenset(
    {"客服", "regards", "sincerely", "dear"}
)  # function words of a chat that are judged here, or a closing
_HAN = re.compile(r"[\u3400-\u9fff]")
MOST = 8
"""A sentence of more words than this is read, whatever they are."""


@lru_cache(maxsize=200_000)
def is_bare(segment: str) -> bool:
    """Tell whether a sentence of at most eight words only praises or scorns, and says not what for.

    Example:
        >>> [is_bare(said) for said in ("Отличное приложение!", "I love this app", "东西很不错", "Not good at all")]
        [True, True, True, True]
        >>> [is_bare(said) for said in ("Отличная доставка", "good service", "物流太差", "Где заказ?", "works well")]
        [False, False, False, False, False]
    """
    said = words(segment)
    if not said or len(said) > MOST:
        return False
    judging, beside = _lists()
    found = False
    for word in said:
        key = _key(word)
        if key in judging:
            found = True
        elif key not in beside and (word not in STOP or word in _SERVED):
            return False
    return found


def judges(word: str) -> bool:
    """Tell whether a lower-case word judges: «отличное», "great", «不错»."""
    return _key(word) in _lists()[0]


def _key(word: str) -> str:
    """Return what a word is looked up by: Russian by stem, English and Chinese as they are written."""
    return word if _HAN.search(word) or word.isascii() else stem(word)


@cache
def _lists() -> tuple[frozenset[str], frozenset[str]]:
    """Return judging words and what may stand beside them, as ``_key`` has them."""
    judging, *beside = (
        frozenset(map(_key, block.replace("ё", "е").split())) for block in (_JUDGING, _THINGS, _DEGREES, _NOTS)
    )
    return judging, frozenset().union(*beside)
