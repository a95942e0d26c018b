"""The shop's customers: who they are, where they live, what they speak and since when they buy."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc.data.sample.world import DAYS, LANGUAGE_SHARES, LANGUAGES, REGION_SHARES, REGIONS, SEGMENT_SHARES, SEGMENTS

_FIRST = {
    "en": "anna ben clara daniel emma frank gina harry irene jack kate liam mona nick olga paul rita sam tom vera",
    "ru": "alexey boris vika galina dmitry elena zhenya irina katya leonid marina nadya oleg polina roman svetlana",
    "zh": "wei fang jing lei min yan tao hui juan gang ping xin yu qiang ling bo chen dan hao jie",
}
_LAST = {
    "en": "adams baker carter dawson ellis foster grant hughes irving jones kelly lewis meyer novak owens price",
    "ru": "ivanov petrov sidorov smirnov kuznetsov popov volkov sokolov lebedev kozlov morozov orlov zaytsev",
    "zh": "wang li zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo",
}
_HOSTS = {
    "en": ("gmail.com", "outlook.com", "yahoo.co.uk", "mail.example.org", "proton.me"),
    "ru": ("mail.ru", "yandex.ru", "gmail.com", "bk.ru", "list.ru"),
    "zh": ("qq.com", "163.com", "126.com", "sina.cn", "gmail.com"),
}


def draw_customers(rng: np.random.Generator, count: int) -> pd.DataFrame:
    """Draw the customers: ``customer``, ``language``, ``region``, ``segment``, ``email``, ``signup_day``, ``weight``.

    ``signup_day`` counts from the first day of the period and is negative for older customers; ``weight`` is how
    readily a customer makes contact (a long tail: a few write often).
    """
    language = rng.choice(len(LANGUAGES), count, p=LANGUAGE_SHARES)
    region = rng.choice(len(REGIONS), count, p=REGION_SHARES)
    old = rng.random(count) < 0.62
    signup = np.where(old, -rng.integers(1, 1500, count), rng.integers(0, DAYS - 20, count))
    segment = rng.choice(len(SEGMENTS), count, p=SEGMENT_SHARES)
    segment = np.where((segment == 0) & (signup < -400), 1, segment)
    first, last = rng.random(count), rng.random(count)
    style, host, number = rng.integers(0, 4, count), rng.random(count), rng.integers(1, 99, count)
    emails = []
    for i in range(count):
        tongue = LANGUAGES[language[i]]
        given, family, hosts = _FIRST[tongue].split(), _LAST[tongue].split(), _HOSTS[tongue]
        name, surname = given[int(first[i] * len(given))], family[int(last[i] * len(family))]
        shape = ("{n}.{s}", "{n}{s}{k}", "{n[0]}_{s}{k}", "{s}.{n}+shop")[style[i]]
        emails.append(shape.format(n=name, s=surname, k=number[i]) + "@" + hosts[int(host[i] * len(hosts))])
    return pd.DataFrame(
        {
            "customer": [f"C{100000 + 7 * i}" for i in range(count)],
            "language": np.array(LANGUAGES, dtype=object)[language],
            "region": np.array(REGIONS, dtype=object)[region],
            "segment": np.array(SEGMENTS, dtype=object)[segment],
            "email": emails,
            "signup_day": signup,
            "weight": rng.gamma(0.8, 1.0, count) + 0.05,
        }
    )


def pick(rng: np.random.Generator, customers: pd.DataFrame, days: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Choose a customer (row number) for contacts on the given days from the rows ``among``, by weight.

    Nobody makes contact before signing up; after eight draws those left over get an old customer.
    """
    share = np.cumsum(customers["weight"].to_numpy()[among])
    signup = customers["signup_day"].to_numpy()
    chosen = among[np.searchsorted(share, rng.random(len(days)) * share[-1], side="right")]
    for _ in range(8):
        early = np.flatnonzero(signup[chosen] > days)
        if not len(early):
            return chosen
        chosen[early] = among[np.searchsorted(share, rng.random(len(early)) * share[-1], side="right")]
    old = among[signup[among] < 0]
    early = np.flatnonzero(signup[chosen] > days)
    chosen[early] = old[rng.integers(0, len(old), len(early))]
    return chosen
