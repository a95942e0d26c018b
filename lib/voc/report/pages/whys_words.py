"""The words of the whys: how a question, an explanation and what stands behind it are said to a reader who was not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ...analysis.whys.events import RARELY
from ...analysis.whys.kinds import THEME, TIME, WORDING
from ...analysis.whys.rows import FIRST_CONTACT
from ...analysis.whys.starts import BACK, CONTACTS, LONG, OTHERS, SEASON, SLOW, UNHAPPY
from ...data.periods import Period
from ..sentences import phrase
from ..style import NBSP, cut, day_label, field_words, interval, is_missing, number

SPOKEN = (THEME, WORDING)
MOST_WORDS = 3  # of each language
FAR_OVER = 150.0  # % from which a part of what is asked is no part any more
SAID = {  # values of labels that are made of times and journeys
    "hour": "in the {0}", "weekday": "on a {0}", "segment": "from {0} customers", "manual_page": "about manual page {0}",
    "came_after": "after a contact about {0}", "after_order": "{0} after the order",
}  # fmt: skip
MEASURED = {  # measure: (why there is so much of it, why there is more, why there is less)
    UNHAPPY: ("do contacts{0} end unhappy", "do more contacts{0} end unhappy than {1}", "do fewer contacts{0} end unhappy than {1}"),
    SLOW: ("do contacts{0} wait long for an answer", "do more contacts{0} wait long for an answer than {1}", "do fewer contacts{0} wait long for an answer than {1}"),
    LONG: ("does handling{0} take long", "does handling{0} take long more often than {1}", "does handling{0} take long less often than {1}"),
    BACK: ("do customers come back{0}", "do more customers come back{0} than {1}", "do fewer customers come back{0} than {1}"),
    CONTACTS: ("do customers come{0}", "are there more contacts{0} than {1}", "are there fewer contacts{0} than {1}"),
}  # fmt: skip
COUNTED = {
    CONTACTS: "contacts", UNHAPPY: "unhappy answers (1 or 2 of 5)", SLOW: "contacts with a long wait",
    LONG: "contacts with long handling", BACK: "contacts after which the customer came back",
}  # fmt: skip


def value_words(name: str, value: str) -> str:
    """Say one value of a label.

    >>> value_words("carrier", "GoBox"), value_words("weekday", "Monday"), value_words("after_order", "1–3 days")
    ('with carrier GoBox', 'on a Monday', '1–3 days after the order')
    """
    if name == "came_after" and value == FIRST_CONTACT:
        return "without a contact in the 30 days before"
    if name == "after_order" and value == "day of the order":
        return "on the day of the order"
    return SAID[name].format(cut(value)) if name in SAID else phrase(name, value)


def spoken(words: Mapping[str, Any] | None, values: Any = ()) -> dict[str, str]:
    """Return the words of an explanation by language; under an empty language where the languages are not known apart.

    >>> spoken({"en": ["box", "tape"], "ru": []})
    {'en': 'box, tape'}
    """
    told = {code: ", ".join(list(some)[:MOST_WORDS]) for code, some in (words or {}).items() if len(some)}
    return told or {"": str(values[0])} if len(values) and not str(values[0]).isdigit() else told


def named(row: Mapping) -> str:
    """Name an explanation in the reader's words; empty for a wording of which no words are known.

    >>> named({"kind": "combination", "names": ("region", "carrier"), "values": ("South", "GoBox"), "words": {}})
    'from South with carrier GoBox'
    """
    if row["kind"] == TIME:
        return span_words(row["begin"], row["end"]) if not is_missing(row.get("begin")) else "at other days"
    if row["kind"] in SPOKEN:
        told = spoken(row.get("words"), row["values"])
        return f"saying {' / '.join(f'«{one}»' for one in told.values())}" if told else ""
    return " ".join(value_words(name, value) for name, value in zip(row["names"], row["values"], strict=True))


def span_words(begin: Any, end: Any) -> str:
    """Say a span of days.

    >>> span_words("2026-07-21", "2026-09-06").replace(NBSP, " ")
    'from 21 Jul to 6 Sep 2026'
    """
    first, last = pd.Timestamp(begin), pd.Timestamp(end)
    if (first.year, first.month) == (last.year, last.month):
        return f"from {first.day} to {day_label(last)}"
    return f"from {day_label(first, year=first.year != last.year)} to {day_label(last)}"


def cause_words(path: Sequence[Mapping]) -> str:
    """Say a path of explanations in one breath; what customers say comes last."""
    told = [words for row in path if (words := named(row))]
    if len(told) > 1 and path[-1]["kind"] in SPOKEN:
        return f"{', '.join(told[:-1])}; customers say {told[-1].removeprefix('saying ')}"
    return ", ".join(told)


def about(root: Mapping) -> str:
    """Say what a question is about: its problem, and the value that it is limited to."""
    problem = f" about {cut(root['label'])}" if root["label"] else ""
    return problem + (f" {value_words(root['where_name'], root['where_value'])}" if root["where_name"] else "")


def question(root: Mapping, now: Period) -> str:
    """Ask the first why of a story."""
    usual, more, less = MEASURED[root["measure"]]
    if root["against"] == OTHERS:
        return f"Why {usual.format(about(root))}?"
    then = now.year_before() if root["against"] == SEASON else now.previous()
    return f"Why {(less if root['sign'] < 0 else more).format(about(root), f'in {then.words}')}?"


def size(root: Mapping, now: Period, currency: str = "") -> str:
    """Say how much there is to explain, and what it costs in the period."""
    if root["against"] == OTHERS:
        return f"{counted(root, root)} in the year to the end of {now.words}; {weight(root, now, currency)}."
    then = now.year_before() if root["against"] == SEASON else now.previous()
    if root["measure"] != CONTACTS:
        known, side = int(root["here"] + root["rest"]), "fewer" if root["sign"] < 0 else "more"
        return f"{counted(root, root, people=False)} among the {known:,} of {now.words} where it is known: about {root['whole']:,.0f} {side} than the share of {then.words} would make."
    first, second, side = (then, now, "missing") if root["sign"] < 0 else (now, then, "too many, day for day")
    text = f"{int(root['here']):,} contacts in {first.words}, {int(root['rest']):,} in {second.words}: about {root['whole']:,.0f} {side}"
    return f"{text}{cost(root, currency) if root['sign'] > 0 else ''}."


def counted(row: Mapping, root: Mapping, *, people: bool = True) -> str:
    """Say how many contacts of how many customers; where each is another customer's, or nobody knows, of nobody.

    >>> counted({"n": 9, "people": 7}, {"measure": "contacts"}), counted({"n": 9, "people": 9}, {"measure": "contacts"})
    ('9 contacts of 7 customers', '9 contacts')
    """
    text = f"{int(row['n']):,} {COUNTED[root['measure']]}"
    return f"{text} of {int(row['people']):,} customers" if people and row["people"] < row["n"] else text


def weight(row: Mapping, now: Period, currency: str = "") -> str:
    """Say what contacts came to in the period: how many, hours of recorded handling, money where an hour's cost is known."""
    n = int(row["contacts_month"])
    return f"{n:,} in {now.words}{cost(row, currency)}" if n else f"none in {now.words}"


def cost(row: Mapping, currency: str = "") -> str:
    """Say the hours, and the money where it is known; empty where nothing is recorded.

    >>> cost({"hours_month": 2.0, "money_month": 64.0}, "€").replace(NBSP, " ")
    ', 2 hours of recorded handling (64 €)'
    """
    if is_missing(row["hours_month"]) or row["hours_month"] < 0.05:
        return ""
    text = f", {number(round(row['hours_month'], 1), 'contacts')}{NBSP}hours of recorded handling"
    return (
        text if is_missing(row["money_month"]) else text + f" ({row['money_month']:,.0f}{NBSP}{currency}".rstrip() + ")"
    )


def evidence(row: Mapping, root: Mapping) -> str:
    """Say what an explanation carries: how many of how many customers, what would be expected, its part and interval."""
    whole = f"{row['whole']:,.0f}"
    if row["depth"] > 1:
        of = f"of the {whole} at the step above"
    elif root["against"] == OTHERS:
        of = f"of all {whole}"
    else:
        of = f"of the {whole} that are {'missing' if root['sign'] < 0 else 'too many'}"
    expected, gone = f"{max(row['expected'], 0):,.0f}", root["sign"] < 0 and root["measure"] == CONTACTS
    part = f"{portion(row['share'])} ({interval(row['lo'], row['hi'], '%')}) {of}"
    if row["share"] > FAR_OVER:  # the whole is small because elsewhere it fell: a part of it has no meaning
        part = f"more than all {of.removeprefix('of ').removeprefix('all ')}, because elsewhere it fell meanwhile"
    elif row["kind"] in SPOKEN:
        part = f"at least {part}, for the same can be said in other words"
    if gone:  # what is missing now was there before
        return f"Before, {counted(row, root)} were here, where {expected} would be expected if it were as elsewhere: their end carries {part}."
    return (
        f"{counted(row, root)}, where {expected if expected != '0' else 'none'} would "
        f"be expected if it were as elsewhere: it carries {part}."
    )


def portion(share: float) -> str:
    """Write the part that an explanation carries; far beyond all of it only that.

    >>> portion(29.04), portion(626.0)
    ('29.0%', 'over 150%')
    """
    return f"over {FAR_OVER:.0f}%" if share > FAR_OVER else number(share, "%")


def chance(row: Mapping) -> str:
    """Say how hard it was looked for: tries, false discovery rate, confirmation on the other half of the customers."""
    from scipy.special import ndtr

    again = float(ndtr(-row["z_confirmed"]))
    return (
        f"The strongest of {row['tries']:,} tried. Among findings as strong, {_rate(row['q'])} are false; the other half of the "
        f"customers, not searched, confirms it (chance does that {_odds(again)})."
    )


def _rate(q: float) -> str:
    return "fewer than 0.1%" if q < 0.001 else f"about {number(100 * q, '%')}"


def _odds(p: float) -> str:
    """Say a chance as one in so many.

    >>> _odds(0.02), _odds(1e-9)
    ('once in 50 times', 'less than once in 1,000 times')
    """
    return "less than once in 1,000 times" if p < 0.001 else f"once in {1 / p:,.0f} times"


def event_words(row: Mapping) -> str:
    """Say which event lies near the beginning of a span, how easily one lies there, and what followed earlier ones."""
    if row["kind"] != TIME:
        return ""
    if not row["event"]:
        return "No event of the business lies near its beginning, as far as they are noted."
    lag, near = int(row["lag"]), number(100 * row["by_chance"], "%")
    gap = f"{abs(lag)} day{'' if abs(lag) == 1 else 's'}"
    when = "on the day of" if lag == 0 else f"{gap} {'after' if lag > 0 else 'before'}"
    kind = f"{field_words(row['event_kind'])}, " if row["event_kind"] else ""
    text = f"It begins {when} «{cut(row['event'])}» ({kind}{day_label(pd.Timestamp(row['event_on']))}). "
    text += f"{near} of all days have an event as near: " + (
        "a hint only." if row["by_chance"] > RARELY else "seldom by chance."
    )
    if row["before"]:
        rose = int(row["before_rose"]) or "none"
        text += f" Of {int(row['before'])} earlier events of its kind {rose} {'was' if row['before_rose'] in (0, 1) else 'were'} followed by such a rise."
    return text


def also_words(row: Mapping) -> str:
    """Name what else holds mostly the same contacts; wordings that have no words of their own are counted."""
    names = [(named({"words": {}, **one}), one["alike"]) for one in row["also"] if one["kind"] != TIME]
    told = [f"{name} ({100 * alike:.0f}% of the contacts are the same)" for name, alike in names if name]
    unnamed = sum(not name for name, _ in names)
    if unnamed:
        told.append(f"{unnamed} more wording{'s' if unnamed > 1 else ''}")
    return f"Also seen as: {'; '.join(told)}." if told else ""


def merely_words(row: Mapping) -> str:
    """Warn where an explanation shrinks within the values of another label (Simpson)."""
    if not row["merely"]:
        return ""
    left = max(row["merely_left"], 0.0)
    name = field_words(row["merely"])
    return f"Beware: within one and the same {name} only {left:.0%} of the difference is left. It may be mostly a matter of {name}."
