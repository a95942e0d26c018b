"""Moods as figures: shares and net mood of any group and by period.

A contact without words has no mood and counts nowhere. Contacts of one customer are alike in mood and count for fewer
(Kish's design effect). How often single moods are read wrong stands in ``mood_checks``: a group's share errs with it,
alike in all groups of one language, so differences within a language are surer than levels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...data.periods import Grain, Period
from ..intervals import Z, wilson

if TYPE_CHECKING:
    from ...text.sentiment import Sentiments

UNIT = {"week": "W-SUN", "month": "M", "quarter": "Q"}
MEASURES = ("negative", "positive", "net")
"""Per cent of contacts that read negative, positive, and the difference positive less negative in points."""
KEPT = ("created_local", "channel", "language", "category", "issue", "product", "csat", "survey_sent", "customer_id")
FIGURES = ["n", "value", "lo", "hi"]


def mood_frame(found: Sentiments, contacts: pd.DataFrame) -> pd.DataFrame:
    """Put moods beside what else is known of the contacts.

    Args:
        found: from ``voc.text.sentiment.sentiments``.
        contacts: the corpus' contacts, in its order, with any of ``KEPT``.

    Returns:
        One row a contact with words: interaction_id, mood (−1, 0, 1), p, negative, neutral, positive, mixed, net, cold,
        sentences (that were read: courtesies left out), and what there is of ``KEPT``.
    """
    read = found.sentences[found.sentences["neutral"] < 1].groupby("contact").size()
    known = [name for name in KEPT if name in contacts.columns]
    frame = found.contacts.merge(contacts[["interaction_id", *known]], on="interaction_id", validate="1:1", how="left")
    if len(frame) != len(contacts):
        raise ValueError(f"{len(contacts)} contacts, but {len(frame)} moods: both must come from one corpus")
    return frame.assign(sentences=read.reindex(range(len(frame)), fill_value=0).to_numpy())


def spread(values: pd.Series, customers: pd.Series | None) -> float:
    """Tell how many times wider a share spreads because one customer's contacts are alike; 1 where they are not.

    ``values`` are 1 or 0; customers without an id count alone. From the customers' totals around the share (Cochran,
    Sampling Techniques, 1977, 9A.3) over the binomial variance.

    >>> spread(pd.Series([1, 1, 0, 0]), pd.Series(["a", "a", "b", "b"]))
    2.0
    """
    share = values.mean()
    if customers is None or not 0 < share < 1:
        return 1.0
    codes = pd.factorize(customers)[0]
    codes = np.where(codes < 0, codes.max(initial=-1) + 1 + np.arange(len(codes)), codes)
    totals = np.bincount(codes, values.to_numpy(float) - share)
    return float(max(1.0, (totals**2).sum() / (len(values) * share * (1 - share))))


def shares(frame: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the mood of each group: the ``by`` columns, measure (see ``MEASURES``), n, value, lo, hi.

    Shares have Wilson's interval, the net Rocks' adjusted Wald (2016), both on as many contacts as they are worth.
    """
    wider = spreads(frame)
    counted = counts_of(frame, list(by))
    return pd.concat([figures(counted, list(by), measure, wider) for measure in MEASURES], ignore_index=True)


def spreads(frame: pd.DataFrame) -> dict[str, float]:
    """Return the design effect of each measure; the net's is the larger of its sides'."""
    customers = frame.get("customer_id")
    sides = {
        name: spread((frame["mood"] == mood).astype(int), customers)
        for name, mood in (("negative", -1), ("positive", 1))
    }
    return sides | {"net": max(sides.values())} if len(frame) else dict.fromkeys(MEASURES, 1.0)


def counts_of(frame: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Count contacts, negative and positive ones per group."""
    marked = frame.assign(negative=(frame["mood"] == -1).astype(int), positive=(frame["mood"] == 1).astype(int))
    sums = {"n": ("mood", "size"), "negative": ("negative", "sum"), "positive": ("positive", "sum")}
    if by:
        return marked.groupby(by, dropna=True, observed=True).agg(**sums).reset_index()
    return pd.DataFrame([{name: len(frame) if name == "n" else int(marked[name].sum()) for name in sums}])


def figures(counted: pd.DataFrame, by: list[str], measure: str, wider: Mapping[str, float]) -> pd.DataFrame:
    """Turn counts into the value and interval of one measure; ``wider`` from ``spreads``."""
    n = counted["n"].to_numpy(float)
    worth = np.maximum(n / wider[measure], 1e-9)
    with np.errstate(divide="ignore", invalid="ignore"):
        if measure == "net":
            up, down = (counted[side].to_numpy(float) / n * worth for side in ("positive", "negative"))
            value, middle = (up - down) / worth, (up - down) / (worth + 3)
            half = Z * np.sqrt(((up + down + 1.5) / (worth + 3) - middle**2) / (worth + 3))
            lo, hi = np.maximum(middle - half, -1), np.minimum(middle + half, 1)
        else:
            value = counted[measure].to_numpy(float) / n
            lo, hi = wilson(value * worth, worth)
    ends = {"value": value * 100, "lo": lo * 100, "hi": hi * 100}
    return counted[by].assign(measure=measure, n=counted["n"].to_numpy(), **ends)[[*by, "measure", *FIGURES]]


def by_period(frame: pd.DataFrame, periods: Sequence[Period], by: Sequence[str] = ()) -> pd.DataFrame:
    """Measure every period: period_start (timestamp), the ``by`` columns, measure, n, value, lo, hi.

    ``frame`` has created_local (the contact's time on the report's clock). A period without a text has no row.
    """
    if not periods:
        return pd.DataFrame(columns=["period_start", *by, "measure", *FIGURES])
    dated = frame.assign(period_start=starts(frame["created_local"], periods[0].grain))
    inside = dated[dated["period_start"].isin([pd.Timestamp(period.start) for period in periods])]
    return shares(inside, ["period_start", *by])


def starts(stamps: pd.Series, grain: Grain) -> pd.Series:
    """Return the first day of each stamp's week, month or quarter."""
    return pd.to_datetime(stamps).dt.to_period(UNIT[grain]).dt.start_time
