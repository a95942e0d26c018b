"""What cannot wait: danger, threats, money gone, deadlines, customers about to leave; with the words that say so.

Signals are words, not understanding: each is shown with the words found, so that a person can see at a glance whether it
is meant. An emergency may be a false alarm; a missed one may hurt somebody, so its words are wide.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pandas as pd

from .taxonomy.model import SEVERITIES, Taxonomy
from .taxonomy.phrases import Phrases

LEVELS = ("emergency", "urgent", "soon")
"""At once (somebody may be harmed); today (law, press, money gone); next in turn (deadline, anger, about to leave)."""
SIGNALS = ["interaction_id", "kind", "level", "words", "start", "end"]
QUEUE = ["interaction_id", "level", "kinds", "words", "churn", "category", "issue", "severity", "owner"]


@dataclass(frozen=True)
class Kind:
    """A kind of signal: its level, what it means, and its words in any language (see ``taxonomy.phrases``)."""

    level: str
    meaning: str
    words: tuple[str, ...]


def _words(block: str) -> tuple[str, ...]:
    return tuple(part.strip() for line in block.splitlines() for part in line.split(",") if part.strip())


KINDS: dict[str, Kind] = {
    "safety": Kind("emergency", "somebody was or may be harmed: fire, shock, burn, injury, poison", _words("""
        caught fire, on fire, burst into flames, flames, smoke coming, started smoking, smoke came out, smells of burning, burning smell,
        burnt smell, sparks, sparking, electric shock, electrocuted, got shocked, gave me a shock, short circuit, exploded, explosion,
        burned my hand, burned myself, burnt my hand, burnt myself, scalded, got burned, melted, melting, injured, injury, got hurt, hurt myself, hurt my hand, hurt my child,
        cut my hand, cut my finger, bleeding, hospital, ambulance, emergency room, choking hazard, choked, swollen battery, battery swelling,
        gas smell, gas leak, carbon monoxide, poisoning, poisoned, allergic reaction, dangerous for children, hazard to children, fire brigade
        загорел*, пожар, задымил*, пошел дым, дымится, искрит, искры, запах гари, пахнет гарью, воняет гарью, ударило током, бьет током,
        удар током, короткое замыкание, замкнуло, взорвал*, взрыв, обжегся, обожгл*, обжег руку, ожог*, расплавил*, оплавил*, травм*, поранил*,
        порезал* руку, порезал* палец, кровь, скорая помощь, скорую помощь, вызвали скорую, в больниц*, вздулся аккумулятор, вздулась батарея, запах газа, отравил*, отравлен*,
        аллергическая реакция, опасно для детей, опасно для жизни, угроза жизни
        着火, 起火, 冒烟, 冒火, 火花, 烧焦, 焦味, 糊味, 漏电, 触电, 被电到, 电到了, 短路, 爆炸了, 炸了, 烫伤, 烧伤, 烫到, 受伤, 划伤, 割伤, 流血, 住院, 医院,
        救护车, 电池鼓包, 鼓包, 煤气味, 漏气, 中毒, 过敏反应, 危险, 安全隐患, 火灾, 消防
    """)),
    "fraud": Kind("urgent", "money or an account taken by somebody else", _words("""
        fraud, fraudulent, scam, scammed, stolen money, money stolen, stole my money, hacked, account hacked, unauthorised charge,
        unauthorized charge, unauthorised payment, unauthorized payment, unauthorised transaction, unauthorized transaction, not authorise,
        not authorize payment, not authorize charge, didn't make this payment, without my consent, without my permission, identity theft, phishing, someone else used my card
        мошен*, украли деньги, украли с карты, взломали, взлом аккаунта, без моего ведома, без моего согласия, без разрешения, не совершал* оплату,
        не совершал* покупку, чужой платеж, несанкционир*, фишинг, обманули на деньги, развод на деньги, кто-то воспользовался картой
        诈骗, 骗子, 被骗, 骗钱, 盗刷, 被盗, 盗号, 账号被盗, 未经我同意, 没经过我同意, 未经授权, 不是我本人, 非本人操作, 钓鱼
    """)),
    "legal": Kind("urgent", "a lawyer, a court or an authority is named", _words("""
        lawyer, solicitor, attorney, sue you, sue the company, take you to court, go to court, in court, legal action, legal steps, legal department,
        trading standards, consumer protection, consumer rights, ombudsman, small claims, chargeback, data protection authority, police report, report you to the police, report you to the authorities
        юрист*, адвокат*, в суд, через суд, суде, судиться, иск, исковое, роспотребнадзор*, прокуратур*, защита прав потребителей,
        защите прав потребителей, досудебн*, в полицию, заявление в полицию, чарджбэк*, чарджбек*, роскомнадзор*
        律师, 起诉, 法院, 法律途径, 打官司, 维权, 消费者协会, 消协, 12315, 工商局, 市场监管, 报警, 派出所, 公安, 拒付, 消费者权益
    """)),
    "press": Kind("urgent", "the customer will go public", _words("""
        inform the press, contact the press, newspaper, journalist, tv station, on social media, post it online, post about this, tell everyone, go viral,
        negative review everywhere, leave a bad review, one star review, trustpilot, name and shame
        в прессу, журналист*, в газету, на телевидение, в сми, в соцсетях, в социальных сетях, расскажу всем, напишу отзыв, оставлю отзыв, плохой отзыв, негативный отзыв
        曝光, 媒体, 记者, 上热搜, 发微博, 发朋友圈, 发抖音, 发小红书, 挂网上, 给差评, 打差评, 黑猫投诉
    """)),
    "deadline": Kind("soon", "it is needed by a day that is near", _words("""
        urgent, urgently, asap, as soon as possible, need it immediately, reply immediately, refund immediately, emergency, by tomorrow, by tonight, before tomorrow, until tomorrow, need it today, need it tomorrow,
        by friday, by monday, before the weekend, wedding, birthday present, birthday gift, birthday is tomorrow, for a birthday, flight tomorrow, leaving tomorrow, on holiday tomorrow, time critical, deadline
        срочн*, немедленно, как можно скорее, как можно быстрее, до завтра, к завтрашн*, нужно завтра, нужен завтра, нужна завтра, до пятницы, до понедельника, до выходных,
        ко дню рождения, на день рождения, свадьб*, завтра улета*, завтра уезжа*, горит срок, очень нужно сегодня
        紧急, 加急, 急用, 很急, 特别急, 非常急, 急急急, 急需, 尽快, 赶紧, 马上处理, 马上解决, 马上回复, 马上发货, 马上退款, 立刻处理, 立刻解决, 立刻退款, 立即处理, 立即解决, 立即退款, 今天之内, 今天就要, 明天就要, 明天要用, 明天之前, 周末之前, 婚礼, 生日礼物, 过生日, 明天出差, 赶时间
    """)),
    "escalation": Kind("soon", "asks for somebody above, or writes again and again", _words("""
        speak to a manager, speak to your manager, your manager, your supervisor, escalate, file a complaint, formal complaint, official complaint, third time i write, third time i call,
        second time i write, second time i call, how many times, several times already, last warning, final warning, unacceptable, outrageous, disgrace
        старш* смены, ваше руководство, руководств* компании, начальник*, директор*, официальная жалоба, официальную жалобу, пишу жалобу, буду жаловаться, подам жалобу, в третий раз пишу, третий раз пишу,
        второй раз пишу, сколько можно ждать, сколько можно повторять, ну сколько можно, сколько раз, уже несколько раз, последнее предупреждение, неприемлемо, возмущ*, безобразие
        找你们经理, 叫你们经理, 找领导, 找主管, 上级, 升级处理, 要投诉, 我要投诉, 正式投诉, 第三次, 第二次联系, 多少次了, 好几次了, 一次又一次, 最后一次, 最后通牒, 忍无可忍, 太过分, 不可接受
    """)),
    "churn": Kind("soon", "the customer says that he or she leaves", _words("""
        never again, never order again, never buy again, never order from you, never buy from you, never shop, not order again, not buy again, won't order again, won't buy again, lost a customer, lose a customer,
        losing me as a customer, take my business elsewhere, go elsewhere, shop elsewhere, switch to a competitor, going to a competitor, to your competitors, close my account, delete my account, cancel my membership,
        goodbye forever, avoid this shop, stay away
        больше не куплю, больше не закажу, больше не буду заказывать, больше не буду покупать, больше ничего не закажу, больше никогда, никогда больше, ни ногой, это последний раз, ухожу от вас, уйду к другим,
        уйду к конкурент*, к конкурент*, потеряли клиента, теряете клиента, удалите аккаунт, удалить аккаунт, обхожу стороной, обойду стороной, отказываюсь от ваших услуг, не связывайтесь
        再也不买, 再也不会买, 再也不来, 再也不会来, 不会再买, 不会再来, 不会再光顾, 以后不买, 最后一次买, 最后一次购买, 不再购买, 失去一个客户, 失去我这个客户, 换别家, 去别家, 换一家, 别家买, 拉黑, 卸载, 注销账号, 注销账户,
        劝大家别买, 大家别买, 千万别买, 避雷
    """)),
}  # fmt: skip
NOT_MEANT = {
    # what sounds like danger and is talk: found first as the longer phrase, and told as nothing
    "fire tv, fire stick, fire sale, court shoes, tennis court, not urgent, not urgently",
    "не срочн*, взрыв мозга, искры из глаз, скорая помощь в выборе",
    "便宜到爆炸, 好吃到爆, 不着急, 不急, 不紧急, 不危险, 没有危险, 火爆, 卖炸了, 好用炸了, 冒险",
}


@cache
def _phrases() -> tuple[Phrases, tuple[str, ...]]:
    listed = [(kind, word) for kind, known in KINDS.items() for word in known.words]
    listed += [("", word) for block in sorted(NOT_MEANT) for word in _words(block)]
    return Phrases([word for _, word in listed]), tuple(kind for kind, _ in listed)


def urgent_words(text: str) -> list[tuple[str, int, int]]:
    """Return (kind, start, end) of every signal in a text, in its order; what is denied («not urgent») is none.

    Example:
        >>> text = "The charger caught fire. I will call my lawyer!"
        >>> [(kind, text[start:end]) for kind, start, end in urgent_words(text)]
        [('safety', 'caught fire'), ('legal', 'lawyer')]
    """
    phrases, kinds = _phrases()
    return [(kinds[one.phrase], one.start, one.end) for one in phrases.find(text) if kinds[one.phrase]]


def signals(contacts: pd.DataFrame) -> pd.DataFrame:
    """Find what cannot wait; each distinct text is read once.

    Args:
        contacts: interaction_id, text.

    Returns:
        One row per signal, by interaction_id and place: interaction_id, kind (of ``KINDS``), level (of ``LEVELS``), words
        (as they stand in the text), start, end.
    """
    said = contacts.loc[contacts["text"].notna(), ["interaction_id", "text"]]
    said = said.sort_values("interaction_id", kind="stable")
    codes, distinct = pd.factorize(said["text"].astype(str))
    of = [
        [
            (kind, KINDS[kind].level, " ".join(text[start:end].split()), start, end)
            for kind, start, end in urgent_words(text)
        ]
        for text in distinct
    ]
    ids = said["interaction_id"].tolist()
    rows = [(name, *one) for name, code in zip(ids, codes, strict=True) for one in of[code]]
    return pd.DataFrame(rows, columns=SIGNALS).astype({"start": "int64", "end": "int64"})


def queue(contacts: pd.DataFrame, found: pd.DataFrame, taxonomy: Taxonomy | None = None) -> pd.DataFrame:
    """Put the contacts with signals in the order in which somebody should look at them, each with who takes it up.

    Args:
        contacts: interaction_id; optional category, issue and created_at (the older first among equals).
        found: from ``signals``.
        taxonomy: names owners and severities; without it both are empty.

    Returns:
        One row per contact: interaction_id, level (its most pressing), kinds and words (joined by «|»), churn (says that he
        or she leaves), category, issue, severity, owner (each empty where unknown); emergencies first, then by level, severity and number of kinds.
    """
    taxonomy = taxonomy or Taxonomy()
    if found.empty:
        return pd.DataFrame(columns=QUEUE)
    rank = found["level"].map({level: place for place, level in enumerate(LEVELS)})
    ordered = found.assign(rank=rank).sort_values(["rank", "interaction_id", "start"], kind="stable")
    rows = ordered.groupby("interaction_id").agg(
        level=("level", "first"),
        rank=("rank", "first"),
        kinds=("kind", lambda kinds: "|".join(dict.fromkeys(kinds))),
        words=("words", lambda words: "|".join(dict.fromkeys(words))),
        churn=("kind", lambda kinds: "churn" in set(kinds)),
        n=("kind", "nunique"),
    )
    known = contacts.set_index("interaction_id").reindex(columns=["category", "issue", "created_at"])
    rows = rows.join(known).reset_index()
    labels = [(_word(row["category"]), _word(row["issue"])) for row in rows.to_dict("records")]
    rows["category"], rows["issue"] = [one or "" for one, _ in labels], [one or "" for _, one in labels]
    rows["severity"] = [taxonomy.severity_of(*one) or "" for one in labels]
    rows["owner"] = [taxonomy.owner_of(*one) for one in labels]
    rows["_severity"] = rows["severity"].map({name: -place for place, name in enumerate(SEVERITIES)}).fillna(1)
    rows = rows.assign(_n=-rows["n"]).sort_values(
        ["rank", "_severity", "_n", "created_at", "interaction_id"], kind="stable"
    )
    return rows[QUEUE].reset_index(drop=True)


def _word(value: object) -> str | None:
    return value if isinstance(value, str) else None
