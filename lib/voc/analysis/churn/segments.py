"""Customers grouped by what they did, by rules that one can tell them: how content each group is, and how many then left.

Groups are formed at a moment from the year before it, so that they come before the leaving that is counted. Rules in place
of a cluster method: the same customer is in the same group next month unless he did something.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..intervals import wilson
from .landmarks import BACK
from .state import Known, gone_within, state

NEW = 90  # days since the beginning within which a customer is new
GROUPS = {
    "new": f"customer for at most {NEW} days",
    "quiet": "no contact",
    "one, smooth": "one contact, without trouble",
    "one, trouble": "one contact, with trouble",
    "several, smooth": "several contacts, none with trouble",
    "several, once": "several contacts, one with trouble",
    "several, trouble": "several contacts, two or more with trouble",
}
"""Groups and their rules; who fits several is in the first. Trouble: slow, not solved, or opened again."""
SEGMENTS = [
    "group", "rule", "n", "share_pct", "contacts_year", "asked", "answered_pct", "csat_n", "csat_pct", "csat_lo", "csat_hi", "left",
    "left_pct", "left_lo", "left_hi", "channel", "category", "since", "looked_back",
]  # fmt: skip


def group_of(described: pd.DataFrame) -> np.ndarray:
    """Return each customer's group, as its number in ``GROUPS``, from ``state``.

    >>> rows = pd.DataFrame({"tenure": [9.0, 999.0, 999.0], "contacts": [0, 0, 1], "trouble": [0, 0, 1]})
    >>> [list(GROUPS)[i] for i in group_of(rows)]
    ['new', 'quiet', 'one, trouble']
    """
    contacts, trouble = described["contacts"].to_numpy(), described["trouble"].to_numpy()
    rules = [
        described["tenure"].to_numpy() <= NEW,
        contacts == 0,
        (contacts == 1) & (trouble == 0),
        contacts == 1,
        trouble == 0,
        trouble == 1,
    ]
    return np.select(rules, range(len(rules)), len(rules))


def segments(of: Known, at: float, days: float, smallest: int = 1) -> pd.DataFrame:
    """Group the customers active at ``at`` (days since 1970) by the year before it, and count who left within ``days`` after.

    Returns a row for each group with ``smallest`` customers or more, since a customer must not be told by his group: group, rule (words), n, share_pct, contacts_year (a customer's,
    of the time he was one), asked
    (surveys), answered_pct, csat_n, csat_pct with lo and hi (answers of 4 and 5; Wilson 95 %), left, left_pct with lo and hi,
    channel and category (the commonest of its contacts), since (date) and looked_back (days).
    """
    back = min(BACK, at - of.first)
    if back <= 0 or not len(of.customers):
        return pd.DataFrame(columns=SEGMENTS)
    described = state(of, at, back)
    if described.empty:
        return pd.DataFrame(columns=SEGMENTS)
    group = group_of(described)
    gone = gone_within(of, described, at, days)
    size = len(GROUPS)
    n = np.bincount(group, minlength=size).astype(float)

    def total(values: np.ndarray) -> np.ndarray:
        return np.bincount(group, weights=values, minlength=size)

    asked, left = total(described["asked"].to_numpy()), total(gone)
    days_here = total(described["tenure"].fillna(back).clip(upper=back).to_numpy())
    rows = _rows(of, described, group, at, back)
    score = of.contacts["score"].to_numpy(float)[rows["place"]]
    told = np.isfinite(score) & (of.contacts["known_at"].to_numpy()[rows["place"]] <= at)
    csat_n = np.bincount(rows["group"][told], minlength=size).astype(float)
    happy = np.bincount(rows["group"][told], weights=score[told] >= 4, minlength=size)
    made = {
        "group": list(GROUPS),
        "rule": list(GROUPS.values()),
        "n": n.astype(int),
        "share_pct": 100 * n / n.sum(),
        "contacts_year": _over(365 * total(described["contacts"].to_numpy()), days_here),
        "asked": asked.astype(int),
        "answered_pct": 100 * _over(total(described["answered"].to_numpy()), asked),
        "csat_n": csat_n.astype(int),
        **_share("csat", happy, csat_n),
        "left": left.astype(int),
        **_share("left", left, n),
        **{name: _commonest(of.contacts[name], rows) for name in ("channel", "category")},
        "since": pd.Timestamp(at, unit="D").round("D"),
        "looked_back": round(back),
    }
    return pd.DataFrame(made)[SEGMENTS].query("n >= @smallest").reset_index(drop=True)


def apart(groups: pd.DataFrame) -> float:
    """Return the chance that groups which leave equally often differ as much as these did (χ²); nan where too few left to tell.

    Too few: an expected count below 1, or more than a fifth of them below 5 (Cochran, Biometrics 10, 1954).
    """
    from scipy.stats import chi2_contingency

    counts = np.array([groups["left"], groups["n"] - groups["left"]], dtype=float)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    if len(groups) < 2 or (expected < 1).any() or (expected < 5).mean() > 0.2:
        return float("nan")
    return float(chi2_contingency(counts, correction=False).pvalue)


def _rows(of: Known, described: pd.DataFrame, group: np.ndarray, at: float, back: float) -> dict[str, np.ndarray]:
    """Return the contacts of the time looked back over (place in ``of.contacts``) and the group of each one's customer."""
    mine = np.full(len(of.customers), -1)
    mine[described.index.to_numpy()] = group
    stamps, whose = of.contacts["at"].to_numpy(), mine[of.contacts["who"].to_numpy()]
    place = np.flatnonzero((stamps < at) & (stamps >= at - back) & (whose >= 0))
    return {"place": place, "group": whose[place]}


def _commonest(labels: pd.Series, rows: dict[str, np.ndarray]) -> list[str | None]:
    codes, names = pd.factorize(labels.astype(object), sort=True)
    code = codes[rows["place"]]
    counts = np.zeros((len(GROUPS), max(len(names), 1)), dtype=int)
    np.add.at(counts, (rows["group"][code >= 0], code[code >= 0]), 1)
    return [str(names[row.argmax()]) if row.any() else None for row in counts]


def _over(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)


def _share(name: str, part: np.ndarray, whole: np.ndarray) -> dict[str, np.ndarray]:
    lo, hi = wilson(part, np.where(whole > 0, whole, np.nan))
    return {f"{name}_pct": 100 * _over(part, whole), f"{name}_lo": 100 * lo, f"{name}_hi": 100 * hi}
