"""Words and their stems in English, Russian and Chinese, as topics and keywords count them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from sys import intern

# A word is letters with inner apostrophes and hyphens; masks such as [email] and numbers are none.
_WORD = re.compile(r"\[\w+\]|[^\W\d_]+(?:['’-][^\W\d_]+)*")
HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # inside a class of a pattern
_HAN = re.compile(f"[{HAN}]")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_LATIN = re.compile(r"^[a-z'’-]+$")
LONGEST_WORD = 40  # letters; longer runs are keys, hashes or a cat on the keyboard


def words(text: str) -> list[str]:
    """Return the words of a text in lower case; Chinese is cut by a dictionary, numbers and masks are left out.

    Example:
        >>> words("Заказ №7 не пришёл, 物流太慢了! My order's late [email]")
        ['заказ', 'не', 'пришел', '物流', '太慢', '了', 'my', "order's", 'late']
    """
    return list(_words(text))


@lru_cache(maxsize=100_000)
def _words(text: str) -> tuple[str, ...]:
    """Cut a text; sentences are asked for again by topics, categories and moods, so the last ones are remembered."""
    found: list[str] = []
    for run in _WORD.findall(unicodedata.normalize("NFKC", text.replace("№", " ")).lower().replace("ё", "е")):
        if run[0] == "[":
            continue
        if _HAN.search(run):
            found += [word for word in _cut(run) if _WORD.fullmatch(word)]
        elif len(run) <= LONGEST_WORD:
            found.append(run.replace("’", "'"))
    return tuple(map(intern, found))


def stem(word: str) -> str:
    """Return the stem of a lower-case word: Snowball's for Russian and English letters, any other word unchanged.

    Example:
        >>> stem("доставку"), stem("доставки"), stem("deliveries"), stem("物流")
        ('доставк', 'доставк', 'deliveri', '物流')
    """
    return _stem(word)


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    if _CYRILLIC.search(word):
        return _stemmer("russian").stemWord(word.replace("ё", "е"))
    return _stemmer("english").stemWord(word) if _LATIN.match(word) else word


@cache
def _stemmer(language: str):
    import snowballstemmer

    return snowballstemmer.stemmer(language)


@lru_cache(maxsize=50_000)
def _cut(run: str) -> tuple[str, ...]:
    import rjieba

    return tuple(rjieba.cut(run))


# Function words: they join what is said and say nothing of the matter. Negations stay («not», «не», «没»): «not arrived».
_ENGLISH = """
a about above after again all also am an and any are aren't as at be because been before being below between both but by
can can't cannot could couldn't did didn't do does doesn't doing don't down during each even ever every few for from
further get gets getting go going got had hadn't has hasn't have haven't having he he's her here here's hers herself
him himself his how i i'd i'll i'm i've if in into is isn't it it's its itself just let let's like make many may me
might more most much must my myself of off on once one only or other ought our ours ourselves out over own per please
quite rather really same shall she should since so some something still such than that that's the their theirs them
themselves then there there's these they they'd they'll they're they've thing things this those though through thus to
too under until up upon us very via was wasn't way we we'd we'll we're we've were weren't what what's when where which
while who whom whose why will with within would wouldn't yes yet you you'd you'll you're you've your yours yourself
hi hello hey dear thanks thank regards sincerely im ive dont cant u ur
"""
_RUSSIAN = """
а без более бы был была были было быть в вам вами вас ваш ваша ваше ваши вдруг ведь во вот все всё всего всем всех всю вы
где да даже для до другой его ее её ей ему если есть еще ещё же за зачем здесь и из или им иметь их к как какая какой
когда кого кто куда ли либо лишь между меня мне много мной могу может можно мой моя мое мои мы на над надо наконец нам
нами нас наш наша наше наши него нее неё ней нему них ничего но ну о об один одна одно он она они оно от очень перед по
под после потом потому почему при про просто раз с сам сама сами само свой своя свое свои себе себя сегодня сейчас со
совсем так также такой такая такие там тебе тебя тем теперь то тоже только том тот ту тут ты у уж уже хоть хотя чего чей
чем через что чтобы чуть эта эти это этого этой этом этот эту я здравствуйте добрый день вечер утро привет спасибо
пожалуйста уважением уважаемая уважаемые
который которая которое которые которых которую которой которым какого какому каким какие какую такого такому таким таких такую
этим этих этому этими этот тех теми тому моем моего моему моим моих моей мою вашего вашей вашему вашим ваших вашу нашего
весь всему каждый каждого каждой каждую любой любые любая любое самое самая самый самые самого данный данная данную данное данной
данного другая другое другие другого других будет будут буду будем бывает стал стала стало стали является раза разу
снова опять всегда никогда тогда поэтому именно почти чем-то что-то кто-то как-то нужно нужен нужна нужны хочу хочется пока
оч ещe либо иногда очередной целом общем видимо наверное типа вроде короче блин большое огромное
"""
_CHINESE = """
的 了 是 我 你 您 他 她 它 我们 你们 他们 在 有 和 与 及 或 就 都 也 还 又 再 很 太 非常 比较 这 那 这个 那个 这些 那些 这样 那样
什么 怎么 怎样 哪 哪里 哪个 谁 几 多少 吗 呢 吧 啊 呀 哦 哈 嗯 嘛 啦 着 过 地 得 把 被 给 对 对于 从 到 向 往 由 于 以 为 为了 因为
所以 但 但是 而 而且 如果 虽然 然后 可以 能 会 要 想 让 使 用 上 下 里 中 个 一 一个 一下 一些 一点 有点 些 只 才 却 并 且 之 其 此
自己 大家 时候 已经 现在 今天 请 请问 谢谢 您好 你好 麻烦 客服 亲 真的 就是 不是 没有 还是 感觉 觉得 比
"""
STOP: frozenset[str] = frozenset(
    word.replace("ё", "е") for block in (_ENGLISH, _RUSSIAN, _CHINESE) for word in block.split()
) - {"没有", "不是"}
"""Function words of English, Russian and Chinese in lower case."""
