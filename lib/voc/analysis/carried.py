"""Which value of another dimension carries a problem: its part there against its usual part in all other contacts."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ..data.periods import Period
from ..data.store import to_frame
from .chance import false_discovery
from .compare import LIKELY, NOISE, SURE, UNKNOWN
from .findings import SAME_STORY
from .intervals import Z, wilson
from .rules import MetricRules
from .scorecard import within
from .trace import write_trace

# what the service itself decides says who took the contact, not where the problem arises
HANDLED = ("agent_id", "team", "supervisor", "manager", "shift", "tenure", "priority", "status")
NAMES = ("category", "issue", "tags", "source")
LEAST = {"share": 25.0, "excess": 10.0, "odds": 2.0}  # smallest part (%), points above the usual, and odds ratio told
KNOWN = 50.0  # % of a problem's contacts of which a dimension must be known before its part says something of them all
MOST_TOLD = 2
CARRIED_COLUMNS = [
    "dimension", "label", "carried_dimension", "carried_label", "place", "n", "hits", "share", "lo", "hi", "n_elsewhere",
    "elsewhere", "excess", "ratio", "ratio_lo", "ratio_hi", "share_before", "n_before", "newly", "known", "tried", "q", "certainty",
    "trace",
]  # fmt: skip


def carried(
    table: ir.Table, period: Period, rules: MetricRules, problems: pd.DataFrame, dimensions: Sequence[str]
) -> pd.DataFrame:
    """Find the values of other dimensions that have a much larger part in a problem than in all other contacts.

    ``problems`` comes from ``problems.top_problems``. Shares are among contacts whose dimension is known, here and
    elsewhere: that only deliveries have a carrier is true by construction and says nothing. Each customer counts once in
    the test, because one who writes ten times is no ten cases. Columns that name the same thing as ``problems`` and those
    that the service fills itself (team, priority) are left out. A value is told when the false discovery rate over all
    values tried allows it and its part is large (``LEAST``); a second one when it stands without the contacts of the
    first. Returns one row a value: dimension, label (the problem), carried_dimension, carried_label, place (1, 2; 0 where
    the dimension is known of too few contacts to speak of them all), n (contacts of the problem with the dimension known),
    hits, share (%) with lo, hi, n_elsewhere, elsewhere (%), excess (points), ratio with ratio_lo, ratio_hi, share_before
    and n_before (the same problem a period before), newly (how sure it is that its part grew since), known (% of the
    problem's contacts), tried (values), q, certainty, trace.
    """
    if problems.empty:
        return pd.DataFrame(columns=CARRIED_COLUMNS)
    by, contacts = problems["dimension"].iloc[0], problems.set_index("label")["contacts"]
    inside = within(table, period).filter(ibis._[by].notnull())
    tried = [
        _shares(inside, by, list(contacts.index), name, rules) for name in dimensions if _may_carry(name, by, table)
    ]
    tried = [part for part in tried if len(part)]
    if not tried:
        return pd.DataFrame(columns=CARRIED_COLUMNS)
    rows = pd.concat(tried, ignore_index=True)
    rows["known"] = rows["n"] / rows["label"].map(contacts) * 100
    rows["q"] = false_discovery(rows["p"])
    rows["certainty"] = judged(rows["q"], rows["z"] > 0, rules)
    rows["tried"] = int(rows["p"].notna().sum())
    large = rows[_large(rows)].sort_values(["excess", "carried_label"], ascending=[False, True])
    told = [_distinct(inside, by, large[large["label"] == label], rules) for label in contacts.index]
    found = pd.DataFrame([row for part in told for row in part])
    if found.empty:
        return pd.DataFrame(columns=CARRIED_COLUMNS)
    found["dimension"] = by
    then = within(table, period.previous())
    before = [_share_then(then, by, row) for row in found.to_dict("records")]
    found[["share_before", "n_before"]] = pd.DataFrame(before, columns=["share", "n"], index=found.index)
    found["newly"] = _newly(found, rules)
    found["trace"] = [
        write_trace(period, "contacts", **{by: row["label"], row["carried_dimension"]: row["carried_label"]})
        for row in found.to_dict("records")
    ]
    return found.reindex(columns=CARRIED_COLUMNS)


def _may_carry(name: str, by: str, table: ir.Table) -> bool:
    usable = name in table.columns and table[name].type().is_string()
    return usable and name != by and name not in (*HANDLED, *NAMES)


def _shares(inside: ir.Table, by: str, labels: Sequence[str], name: str, rules: MetricRules) -> pd.DataFrame:
    """Set each value's part in each problem against its part in all other contacts whose dimension is known."""
    known = inside.filter(inside[name].notnull())
    who = ibis.coalesce(known.customer_id, known.interaction_id) if "customer_id" in known.columns else None
    counted = known.group_by(label=known[by], value=known[name])
    frame = to_frame(counted.agg(n=known.count(), people=known.count() if who is None else who.nunique()))
    if frame.empty or same_thing(frame[frame["people"] >= rules.smallest_group]):
        return pd.DataFrame()
    parts = [_against_others(frame, label, rules) for label in labels]
    return pd.concat(parts, ignore_index=True).assign(carried_dimension=name)


def same_thing(counts: pd.DataFrame, least: float = 0.9) -> bool:
    """Tell whether one column nearly gives the other away (Goodman & Kruskal's lambda, JASA 49, 1954).

    ``counts``: label, value, n. A queue called «refunds» does not carry refunds, it is another name for them.

    >>> same_thing(pd.DataFrame({"label": ["a", "b"], "value": ["queue a", "queue b"], "n": [9, 5]}))
    True
    """
    return one_gives_the_other(
        counts.pivot_table(index="label", columns="value", values="n", fill_value=0, aggfunc="sum").to_numpy(float),
        least,
    )


def one_gives_the_other(cells: np.ndarray, least: float = 0.9) -> bool:
    """Tell the same from a table of counts (labels, values).

    >>> one_gives_the_other(np.array([[9.0, 0.0], [0.0, 5.0]])), one_gives_the_other(np.array([[9.0, 8.0], [4.0, 5.0]]))
    (True, False)
    """
    if not cells.size:
        return False
    for side in (0, 1):
        usual = cells.sum(axis=1 - side).max()
        if cells.max(axis=side).sum() - usual >= least * (cells.sum() - usual) > 0:
            return True
    return False


def _against_others(counts: pd.DataFrame, label: str, rules: MetricRules) -> pd.DataFrame:
    mine = counts["label"] == label
    here, rest = (counts[rows].groupby("value")[["n", "people"]].sum() for rows in (mine, ~mine))
    (n, m), (rest_n, k) = here.sum(), rest.sum()  # m and k are people, the cases of the test
    if min(m, k) < rules.min_n:
        return pd.DataFrame()
    here = here[here["people"] >= rules.smallest_group]
    rest = rest.reindex(here.index).fillna(0)
    p, r, people, others = here["n"] / n, rest["n"] / rest_n, here["people"], rest["people"]
    pooled = (people + others) / (m + k)
    z = (people / m - others / k) / np.sqrt(pooled * (1 - pooled) * (1 / m + 1 / k)).where(lambda se: se > 0)
    lo, hi = wilson((p * m).to_numpy(float), np.full(len(p), float(m)))
    a, b = p * m + 0.5, r * k + 0.5
    ratio, wide = a / b * (k + 0.5) / (m + 0.5), np.exp(Z * np.sqrt(1 / a - 1 / (m + 0.5) + 1 / b - 1 / (k + 0.5)))
    rows = {
        "label": label, "carried_label": here.index, "n": int(n), "hits": here["n"], "share": p * 100, "lo": lo * 100,
        "hi": hi * 100, "n_elsewhere": int(rest_n), "elsewhere": r * 100, "excess": (p - r) * 100, "ratio": p / r.where(r > 0),
        "ratio_lo": ratio / wide, "ratio_hi": ratio * wide, "z": z, "p": _exact(people, others, m, k),
    }  # fmt: skip
    return pd.DataFrame(rows).reset_index(drop=True)


def _large(rows: pd.DataFrame) -> pd.Series:
    p, r = rows["share"] / 100, rows["elsewhere"] / 100
    odds = p * (1 - r) >= LEAST["odds"] * r * (1 - p)
    big = (rows["share"] >= LEAST["share"]) & (rows["excess"] >= LEAST["excess"])
    return odds & big & rows["certainty"].isin([SURE, LIKELY])


def _distinct(inside: ir.Table, by: str, rows: pd.DataFrame, rules: MetricRules) -> list[dict]:
    """Keep the largest excess, and the next that stands without the contacts of those kept."""
    kept: list[dict] = []
    for row in rows[rows["known"] >= KNOWN].to_dict("records"):
        rest = inside
        for one in kept:
            value = rest[one["carried_dimension"]]
            rest = rest.filter(value.isnull() | (value != one["carried_label"]))
        again = _shares(rest, by, [row["label"]], row["carried_dimension"], rules) if kept else pd.DataFrame([row])
        same = again[again["carried_label"] == row["carried_label"]] if len(again) else again
        if not kept or (len(same) and same["z"].iloc[0] >= SAME_STORY):
            kept.append(row | {"place": len(kept) + 1})
        if len(kept) == MOST_TOLD:
            break
    seldom = rows[rows["known"] < KNOWN].head(1).to_dict("records")
    return kept or [row | {"place": 0} for row in seldom]


def _share_then(then: ir.Table, by: str, row: dict) -> tuple[float, int]:
    """Return the value's part in the same problem a period before, and the contacts it is a part of."""
    known = then.filter((then[by] == row["label"]) & then[row["carried_dimension"]].notnull())
    hits = (known[row["carried_dimension"]] == row["carried_label"]).sum()
    counted = to_frame(known.aggregate(n=known.count(), hits=hits)).iloc[0]
    return (float(counted["hits"]) / counted["n"] * 100 if counted["n"] else np.nan), int(counted["n"])


def _newly(found: pd.DataFrame, rules: MetricRules) -> np.ndarray:
    """Say how sure it is that a value's part is larger than in the same problem a period before."""
    enough = found["n_before"] >= rules.min_n
    chances = [
        float(_exact(row["hits"], row["share_before"] / 100 * row["n_before"], row["n"], row["n_before"]))
        if able
        else np.nan
        for row, able in zip(found.to_dict("records"), enough, strict=True)
    ]
    q = false_discovery(pd.Series(chances, index=found.index, dtype=float))
    return judged(q, found["share"] > found["share_before"], rules)


def _exact(here: pd.Series | float, rest: pd.Series | float, m: float, k: float) -> np.ndarray:
    """Return the two-sided chance of so many of m here, given here + rest among m + k: small parts are far from normal."""
    from scipy.stats import hypergeom

    x, others = np.rint(here).astype(int), np.rint(rest).astype(int)
    hits = x + others
    tails = hypergeom.sf(x - 1, int(m + k), hits, int(m)), hypergeom.cdf(x, int(m + k), hits, int(m))
    return np.minimum(1.0, 2 * np.minimum(*tails))


def judged(q: pd.Series, up: pd.Series, rules: MetricRules) -> np.ndarray:
    """Say how sure it is that something is above what it is compared with, from false discovery rates."""
    return np.select([q.isna(), up & (q <= rules.sure), up & (q <= rules.likely)], [UNKNOWN, SURE, LIKELY], NOISE)
