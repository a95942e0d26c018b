"""Questions that may be answered already: a list of candidates, because nothing here has read the help pages.

Two signs. Customers say so themselves («this is probably in the FAQ», "could not find it on your site"). And some issues
are easy: solved with one reply, in a short time, for good, without anger. Neither proves that an answer stands anywhere.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pandas as pd

from ...text.taxonomy.phrases import Phrases
from ..carried import judged
from ..chance import false_discovery, share_z, two_sided
from ..compare import LIKELY, SURE, UNKNOWN
from ..intervals import wilson
from ..rules import MetricRules

COLUMNS = [
    "issue", "category", "n", "said", "said_share", "said_lo", "said_hi", "said_others", "said_certainty", "judged", "easy_share",
    "easy_lo", "easy_hi", "easy_others", "easy_certainty", "hours", "hours_known", "hours_lo", "hours_hi", "signs", "certainty",
]  # fmt: skip
SIGNS = ("one_touch_pct", "fcr_pct", "aht_minutes", "mood", "template")
"""What tells an easy contact, as far as it is known: one reply, not back, short for its channel, no anger, a template."""
FEWEST_SIGNS = 2
QUESTION = re.compile(r"[?？]|吗|怎么|如何")
LEAST_EASY = 10.0  # points above the others from which an issue is called easy
SAID = tuple(
    part.strip()
    for part in """
    in the faq, in your faq, faq, help page, help pages, help section, help center, help centre, probably a simple question, stupid question, silly question, asked a hundred times, obvious question, frequently asked,
    found nothing on your site, found nothing on your website, couldn't find the answer, not find any information, not find the information,
    not find anything about, nothing on your website, nothing on your site, nothing on the website, where can i read, where do i find, where can i find information, is it written somewhere, is this explained, is it described somewhere,
    looked on your website, looked on the website, searched your website, searched the website, searched the site, looked everywhere on, point me to the page, send me the link, is there a page, is there a guide, maybe i overlooked,
    probably overlooked, perhaps i missed it
    вопросы и ответы, в разделе помощь, раздел помощи, раздел помощь, в справке, в помощи на сайте, частые вопросы, частых вопросах, в ответах на вопросы, глупый вопрос, банальный вопрос, дурацкий вопрос,
    наверное написано, наверняка написано, наверно написано, где-то написано, где написано, не нашел на сайте, не нашла на сайте, на сайте не нашел, на сайте не нашла, не могу найти на сайте, не нашел информацию, не нашла информацию,
    не нашел ответа, не нашла ответа, не нашел ответ, не нашла ответ, на сайте нет информации, на сайте не указано, на сайте не написано, где почитать, где прочитать, где посмотреть условия, дайте ссылку, киньте ссылку, скиньте ссылку, искал на сайте, искала на сайте,
    наверное пропустил, наверное пропустила
    常见问题, 帮助中心, 帮助页面, 网站上没找到, 网站上找不到, 网上没找到, 官网没找到, 官网找不到, 页面没找到, 没找到相关, 找不到相关, 没找到说明, 找不到说明, 没看到说明, 没找到答案, 找不到答案, 哪里可以看, 在哪里可以看, 哪里能查到, 在哪看 说明,
    有没有说明, 有没有教程, 有相关说明, 发个链接, 给个链接, 可能写过, 应该写着, 应该有写, 应该有说明, 可能是我没看到, 可能我漏看
    """.replace("\n", ",").split(",")
    if part.strip()
)  # fmt: skip


@cache
def _phrases() -> Phrases:
    return Phrases(SAID)


def says_so(text: str) -> str:
    """Return the words with which a customer says that the answer may stand somewhere already; empty without them.

    Example:
        >>> says_so("Probably a simple question: how long is the return period?")
        'Probably a simple question'
        >>> says_so("На сайте так и не нашла, сколько хранится заказ"), says_so("帮助中心里没写")
        ('На сайте так и не нашла', '帮助中心')
    """
    found = _phrases().find(text)
    return text[found[0].start : found[0].end] if found else ""


def candidates(contacts: pd.DataFrame, rules: MetricRules) -> pd.DataFrame:
    """List the issues whose questions may be answered already, the best grounds first, then the most hours.

    Args:
        contacts: interaction_id, issue; optional text, customer_id, category, channel, aht_minutes (minutes of handling per
            contact), one_touch_pct and fcr_pct (0 or 1), mood (−1, 0, 1), template (bool).
        rules: fewest contacts and false discovery rates.

    Returns:
        One row per candidate issue: n (contacts), said (contacts that say so) with its share in per cent, Wilson interval,
        the others' share and certainty; judged (contacts of which at least two of ``SIGNS`` are known), easy_share (all known
        signs easy) with interval, others and certainty; hours of handling of the easy ones or those that say so, scaled from
        hours_known (% with a time) with an interval from the share's; signs («both», «words», «easy»); certainty (of the words;
        «cannot tell» where an issue is merely easy). Those with words come first. Empty where no issue stands out.
    """
    known = contacts[contacts["issue"].notna()].reset_index(drop=True) if "issue" in contacts else contacts.iloc[:0]
    if known.empty:
        return pd.DataFrame(columns=COLUMNS)
    said = _said(known)
    easy, able = _easy(known)
    rows = pd.DataFrame({"n": known.groupby("issue").size()})
    first = _against(
        known["issue"], said, known["text"].notna() if "text" in known else said.notna() & False, rules, "said"
    )
    second = _against(known["issue"], easy, able, rules, "easy")
    rows = rows.join(first).join(second)
    rows["said"] = said.groupby(known["issue"]).sum().astype(int)
    rows["judged"] = able.groupby(known["issue"]).sum().astype(int)
    large = rows["easy_share"] - rows["easy_others"] >= LEAST_EASY
    words, light = rows["said_certainty"].isin([SURE, LIKELY]), rows["easy_certainty"].isin([SURE, LIKELY]) & large
    light &= words | _asks(known)  # praise is easy too, and asks nothing
    rows["signs"] = np.select([words & light, words], ["both", "words"], "easy")
    rows["certainty"] = rows["said_certainty"].where(
        words, UNKNOWN
    )  # easy is not answered: nobody says that it stands anywhere
    rows = rows.join(_hours(known, said | easy & able))
    rows = rows[(words | light) & (rows["n"] >= rules.min_n)].rename_axis("issue").reset_index()
    if "category" in known:
        usual = known.dropna(subset=["category"]).groupby("issue")["category"].agg(lambda names: names.mode().iloc[0])
        rows["category"] = rows["issue"].map(usual)
    order = rows.assign(_easy=rows["signs"].eq("easy"), _size=rows["hours"].fillna(-1))
    order = order.sort_values(["_easy", "_size", "n", "issue"], ascending=[True, False, False, True], kind="stable")
    return order.reindex(columns=COLUMNS).reset_index(drop=True)


def _said(known: pd.DataFrame) -> pd.Series:
    if "text" not in known:
        return pd.Series(False, index=known.index)
    codes, distinct = pd.factorize(known["text"].fillna("").astype(str))
    return pd.Series(np.array([bool(says_so(text)) for text in distinct], dtype=bool)[codes], index=known.index)


def _asks(known: pd.DataFrame) -> pd.Series:
    """Tell which issues are asked as questions at least as often as contacts in general."""
    if "text" not in known or not known["text"].notna().any():
        return pd.Series(True, index=np.sort(known["issue"].unique()))
    texts = known[known["text"].notna()]
    asked = texts["text"].str.contains(QUESTION)
    usual = asked.groupby(texts["issue"]).mean() >= asked.mean()
    return usual.reindex(np.sort(known["issue"].unique()), fill_value=True)


def _easy(known: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Tell which contacts are easy by every sign that is known of them, and of which enough is known."""
    signs = pd.DataFrame(index=known.index)
    for name in ("one_touch_pct", "fcr_pct"):
        if name in known:
            signs[name] = known[name].astype(float)
    if "aht_minutes" in known:
        times = known["aht_minutes"].astype(float)
        usual = times.groupby(known["channel"]).transform("median") if "channel" in known else times.median()
        signs["aht_minutes"] = (times <= usual).astype(float).where(times.notna())
    if "mood" in known:
        signs["mood"] = (known["mood"].astype(float) == 0).astype(float).where(known["mood"].notna())
    if "template" in known:
        signs["template"] = known["template"].astype(float)
    able = signs.notna().sum(axis=1) >= FEWEST_SIGNS
    return (signs.fillna(1.0) == 1.0).all(axis=1) & able, able


def _against(issue: pd.Series, hit: pd.Series, able: pd.Series, rules: MetricRules, name: str) -> pd.DataFrame:
    """Set each issue's share against that of all other issues."""
    sums = pd.DataFrame({"issue": issue, "hit": hit & able, "able": able}).groupby("issue").sum().astype(float)
    x, n = sums["hit"].to_numpy(), sums["able"].to_numpy()
    rest, left = x.sum() - x, n.sum() - n
    with np.errstate(divide="ignore", invalid="ignore"):
        lo, hi = wilson(x, np.where(n > 0, n, np.nan))
        share, others = x / np.where(n > 0, n, np.nan), rest / np.where(left > 0, left, np.nan)
    z = share_z(x, n, rest, left)
    z = np.where((n >= rules.min_n) & (left >= rules.min_n), z, np.nan)
    q = false_discovery(pd.Series(two_sided(z), index=sums.index))
    figures = {"share": 100 * share, "lo": 100 * lo, "hi": 100 * hi, "others": 100 * others}
    made = {f"{name}_{of}": values for of, values in figures.items()}
    return pd.DataFrame(
        made | {f"{name}_certainty": judged(q, pd.Series(z > 0, index=sums.index), rules)}, index=sums.index
    )


def _hours(known: pd.DataFrame, light: pd.Series) -> pd.DataFrame:
    """Add up the handling of light contacts per issue, scaled to those without a time; the interval is the share's."""
    if "aht_minutes" not in known:
        return pd.DataFrame(
            {"hours": np.nan, "hours_known": 0.0, "hours_lo": np.nan, "hours_hi": np.nan}, index=known["issue"].unique()
        )
    seconds = known["aht_minutes"].astype(float)
    of = pd.DataFrame(
        {"issue": known["issue"], "n": 1, "light": light, "timed": light & seconds.notna(), "s": seconds.where(light)}
    )
    sums = of.groupby("issue").sum().astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = sums["s"] / sums["timed"].where(sums["timed"] > 0) / 60
        lo, hi = wilson(sums["light"].to_numpy(), sums["n"].to_numpy())
        known_share = 100 * sums["timed"] / sums["light"].where(sums["light"] > 0)
    hours = {
        "hours": sums["light"] * mean,
        "hours_known": known_share,
        "hours_lo": lo * sums["n"] * mean,
        "hours_hi": hi * sums["n"] * mean,
    }
    return pd.DataFrame(hours)
