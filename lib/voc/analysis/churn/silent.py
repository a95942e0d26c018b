"""Who left without a word: leavers by what they let be heard in the ``BACK`` days before, and how often each kind leaves.

Every customer's time is cut where a contact or an answer comes and where it has been ``BACK`` days ago; so the leavers of a
kind are set against all the time that customers spent in it, and a kind is not large merely because many are in it.
"""

from __future__ import annotations

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.clock import DAY
from ...data.store import to_frame
from ..intervals import Z, wilson
from ..rules import MetricRules

BACK = 90
"""Days before in which a contact or an answer counts as heard of."""
GROUPS = {
    0: f"silent: no contact and no answer in {BACK} days",
    1: f"in contact in {BACK} days, but no answer to any survey",
    2: f"answered a survey in {BACK} days",
}
YEAR = 365.25
SILENT = [
    "group", "n", "share", "gone", "rate", "rate_lo", "rate_hi", "times_others", "times_lo", "times_hi", "leavers_share",
    "lo", "hi",
]  # fmt: skip


def silent(
    lived: pd.DataFrame, listed: pd.DataFrame, surveys: ir.Table | None, first: float, end: float, rules: MetricRules
) -> pd.DataFrame:
    """Set the leavers of the last ``rules.agent_days`` days side by side by what was heard of them before.

    ``lived``: contacts from ``experience``; ``listed``: from ``cohort.people``; the data lie between ``first`` and ``end``
    (days), and the first ``BACK`` of them are only looked back on. Returns one row per kind: group, n (customers who were of
    the kind for a time), share (% of the customers' time), gone, rate (leavers in 100 customer-years) with interval,
    times_others (rate ÷ that of all others) with interval, leavers_share (% of leavers) with lo and hi. Empty where fewer
    than ``rules.smallest_group`` left.
    """
    spells = kinds(lived, listed, surveys, max(first + BACK, end - rules.agent_days), end)
    if spells["gone"].sum() < rules.smallest_group:
        return pd.DataFrame(columns=SILENT)
    return _figures(spells)


def kinds(
    lived: pd.DataFrame, listed: pd.DataFrame, surveys: ir.Table | None, since: float, end: float
) -> pd.DataFrame:
    """Return every customer's time from ``since`` to ``end`` (days) by kind: customer_id, who, days, kind, gone (at its end)."""
    left = listed["left"].where(listed["left"] < end)
    begin = np.fmax(listed["began"].to_numpy(float), since)
    people = pd.DataFrame({"begin": begin, "stop": left.fillna(end), "gone": left.notna()})
    people["id"] = listed["customer_id"].to_numpy()
    people = people[people["stop"] > people["begin"]].reset_index(drop=True)
    return _cut(people, _heard(lived, surveys))


def _heard(lived: pd.DataFrame, surveys: ir.Table | None) -> list[pd.DataFrame]:
    """Return when contacts and when answers came: two frames of customer_id and at (days)."""
    contacts = lived[["customer_id", "at"]]
    answers = [lived.loc[lived["score"].notna(), ["customer_id", "at"]]]
    if surveys is not None and {"customer_id", "answered_at"} <= set(surveys.columns):
        given = surveys.filter(surveys.answered_at.notnull(), surveys.customer_id.notnull())
        dated = given.select("customer_id", at=given.answered_at.epoch_seconds() / float(DAY))
        answers = [to_frame(dated).astype({"at": float})]
    return [contacts, pd.concat(answers, ignore_index=True)]


def _cut(people: pd.DataFrame, heard: list[pd.DataFrame]) -> pd.DataFrame:
    """Cut each customer's time where what was heard in the last ``BACK`` days changes: who, days, kind, gone."""
    index = pd.Index(people["id"])
    owners, moments, steps = [np.arange(len(people))], [people["begin"].to_numpy(float)], [np.zeros((len(people), 2))]
    for side, events in enumerate(heard):
        who, at = index.get_indexer(events["customer_id"]), events["at"].to_numpy(float)
        who, at = who[who >= 0], at[who >= 0]
        inside = (at + BACK > people["begin"].to_numpy()[who]) & (at < people["stop"].to_numpy()[who])
        who, at = who[inside], at[inside]
        for shift, step in ((0.0, 1.0), (BACK, -1.0)):
            change = np.zeros((len(who), 2))
            change[:, side] = step
            owners.append(who)
            moments.append(at + shift)
            steps.append(change)
    owner, at, change = np.concatenate(owners), np.concatenate(moments), np.concatenate(steps)
    order = np.lexsort((at, owner))
    owner, at = owner[order], at[order]
    running = np.cumsum(change[order], axis=0)  # each customer's steps up have their steps down, so all end at nought
    begin, stop = people["begin"].to_numpy()[owner], people["stop"].to_numpy()[owner]
    following = np.append(np.where(owner[1:] == owner[:-1], at[1:], np.inf), np.inf)
    start, until = np.maximum(at, begin), np.minimum(following, stop)
    there = until - start > 1e-6
    kind = np.select([running[:, 1] > 0.5, running[:, 0] > 0.5], [2, 1], 0)
    spells = pd.DataFrame({"who": owner, "days": until - start, "kind": kind})[there]
    spells.insert(0, "customer_id", people["id"].to_numpy()[owner[there]])
    return spells.assign(gone=people["gone"].to_numpy()[owner[there]] & (until == stop)[there])


def _figures(spells: pd.DataFrame) -> pd.DataFrame:
    sums = spells.groupby("kind").agg(n=("who", "nunique"), days=("days", "sum"), gone=("gone", "sum"))
    sums = sums.reindex(list(GROUPS), fill_value=0)
    gone, days = sums["gone"].to_numpy(float), sums["days"].to_numpy(float)
    rate, low, high = rates(gone, days)
    times, times_lo, times_hi = rate_ratio(gone, days, gone.sum() - gone, days.sum() - days)
    lo, hi = wilson(gone, gone.sum())
    values = {
        "group": list(GROUPS.values()), "n": sums["n"].to_numpy(), "share": 100 * days / days.sum(), "gone": sums["gone"].to_numpy(int),
        "rate": rate, "rate_lo": low, "rate_hi": high, "times_others": times, "times_lo": times_lo, "times_hi": times_hi,
        "leavers_share": 100 * gone / gone.sum(), "lo": 100 * lo, "hi": 100 * hi,
    }  # fmt: skip
    return pd.DataFrame(values)[SILENT]


def rates(gone: np.ndarray, days: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return leavers in 100 customer-years with the exact Poisson interval (Garwood, Biometrika 28, 1936).

    >>> [round(float(x), 2) for x in rates(np.array(10.0), np.array(36525.0))]
    [10.0, 4.8, 18.39]
    """
    from scipy.special import gammaincinv

    with np.errstate(divide="ignore", invalid="ignore"):
        years = np.where(days > 0, days / YEAR / 100, np.nan)
        low = np.where(gone > 0, gammaincinv(np.maximum(gone, 1), 0.025), 0.0)
        return gone / years, low / years, gammaincinv(gone + 1, 0.975) / years


def rate_ratio(
    gone: np.ndarray, days: np.ndarray, others: np.ndarray, other_days: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a rate ÷ another and its interval; missing where nobody left on either side."""
    with np.errstate(divide="ignore", invalid="ignore"):
        times = np.where((gone > 0) & (others > 0), (gone / days) / (others / other_days), np.nan)
        factor = np.exp(Z * np.sqrt(1 / gone + 1 / others))
        return times, times / factor, times * factor
