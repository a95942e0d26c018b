"""Recognise empty talk: greetings, thanks, «ok», closings and lone emoji, which say nothing of a matter.

Empty talk is set aside, not thrown away: it is counted, and how politely a customer writes stays readable. Short praise
and short scorn («Супер», «好评», "worst app ever") are empty of a *matter* too (``bare``); their mood is still read.
"""

from __future__ import annotations

from functools import lru_cache

from .bare import is_bare
from .words import words

# Words of greetings, thanks, agreement, closings, praise and scorn in a word.
_ENGLISH = """
hi hello hey hiya greetings dear sir madam sirs all everyone folks guys there anyone anybody somebody good again quick
morning afternoon evening day night nice lovely great have a an wonderful weekend ahead one just my
thanks thank thankyou thanku thx thnx tq ty tnx cheers appreciated appreciate it advance in you u so much very many lots kindly please pls plz
ok okey okay k kk alright sure yes yep yeah no nope nah fine got understood right hmm hm oh ah well noted
regards best kind warm sincerely yours truly faithfully respectfully bye goodbye cya later wishes
super excellent perfect awesome amazing cool bad terrible awful horrible wow lol haha brilliant
test testing sent from iphone android looking forward to hearing soon any done solved see above n/a na
i'm i am will wait waiting for that's that is was welcome what now next the then as can could
"""
_RUSSIAN = """
здравствуйте здравствуй здрасьте здрасте добрый доброе доброго день утро вечер ночи времени суток дня привет
приветствую хай алло ау уважаемая уважаемые уважаемый есть кто нибудь кто-нибудь тут здесь вы на сайте
спасибо спс спасибочки благодарю благодарен благодарна большое огромное вам заранее за все внимание
пожалуйста плиз пж ок окей окэй ага угу да нет неа ладно хорошо понятно понял поняла ясно принято договорились
с уважением наилучшими пожеланиями всего доброго хорошего до свидания пока жду подожду буду ждать
супер отлично классно класс круто хороший хорошая плохо ужасно ужас отстой норм нормально нормальный прекрасно
замечательно молодцы молодец лайк пять баллов бомба шикарно великолепно превосходно удобно очень устраивает тест
проверка отправлено моего айфона iphone у меня такой что делать дальше как быть см выше решено сделано держать ув
"""
_CHINESE = """
您好 你好 您 你 好 哈喽 哈罗 嗨 喂 早上好 上午好 中午好 下午好 晚上好 早上 上午 中午 下午 晚上 早安 晚安 你们 你们好
大家好 大家 尊敬 的 亲 亲爱 在 吗 在吗 有 有人吗 人 有人 人吗 在不在 请问 一下
谢谢 谢 多谢 感谢 非常 十分 非常感谢 感激 谢谢您 谢谢你 麻烦 麻烦您 麻烦你 辛苦 辛苦了 了 啦 啊 哦 嗯 嗯嗯 呢 吧 呀
哈 哈哈 哈哈哈 嘻嘻 呵呵 额 呃 好的 好吧 好啊 可以 行 没 没事 没事了 知道 知道了 收到 明白 明白了 不用 不用了 是
是的 对 对的 不 ok okay 祝 祝好 此致 敬礼 再见 拜拜 等 等您 等你 您的 你的 等待 期待 顺祝 商祺 生活 愉快 工作 顺利
好评 差评 不错 很好 很 好用 还好 还行 一般 满意 很满意 喜欢 挺好 挺 不好 垃圾 太差 差 棒 真棒 赞 给力 完美 五星
默认 系统 此 用户 填写 评价 内容 没有 测试 超级 特别 真 也 都 还 就 这个 给 怎么办 接下来 那 我 先 如题 如上
"""
# What the service is called and what it gives: empty in «Dear team» and "looking forward to your reply", but the whole
# matter in "no reply", «служба поддержки ужас», «客服太差».
_SERVICE = """
team support service customer colleagues reply answer response help question phone note app application
служба поддержки поддержка команда коллеги господа клиент помощь ответ ответа вопрос приложение разработчик разработчики
разработчикам разрабы программисты
客服 回复 消息 答复 问题
"""
_JUDGING = """
no nope nah not n't bad terrible awful horrible good great excellent perfect awesome amazing super cool brilliant
нет не неа без плохо ужасно ужас отстой супер отлично классно класс круто хорошо хороший хорошая прекрасно удобно
没 没有 不 不好 垃圾 太差 差 差评 好用 不错 很好 满意 很满意 棒 真棒 给力 完美 喜欢
"""


def _set(*blocks: str) -> frozenset[str]:
    return frozenset(word.replace("ё", "е") for block in blocks for word in block.split())


EMPTY_WORDS = _set(_ENGLISH, _RUSSIAN, _CHINESE, _SERVICE)
SERVICE_WORDS, JUDGING_WORDS = _set(_SERVICE), _set(_JUDGING)
MOST_WORDS = 8
"""A sentence of more words than this is read, whatever they are."""


@lru_cache(maxsize=200_000)
def is_empty(segment: str) -> bool:
    """Tell whether a sentence says nothing of a matter.

    It does not when it has no word, or at most eight and each of them is empty, or when it is bare praise or scorn; but
    the service *and* a judgement together ("no reply", «客服太差») are a matter.

    Example:
        >>> [is_empty(said) for said in ("Hello??", "Спасибо большое!", "好的，谢谢", "👍", "太慢了", "no refund", "no reply")]
        [True, True, True, True, False, False, False]
    """
    if is_bare(segment):
        return True
    said = words(segment)
    if len(said) > MOST_WORDS or not all(word in EMPTY_WORDS for word in said):
        return False
    return not (any(word in SERVICE_WORDS for word in said) and any(word in JUDGING_WORDS for word in said))
