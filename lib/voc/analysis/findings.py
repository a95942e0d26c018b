"""Which judged changes are worth telling, each once, with who takes it up.

A finding is told only when its change exceeds chance after the false discovery rate of the whole card is controlled, and
only once: a slice whose change vanishes without the contacts of a finding already told is the same story under another
name and is left out. The words are written in ``voc.report.sentences``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ..data.periods import Period
from ..data.store import to_frame
from .compare import LIKELY, SURE, by_period, compare
from .intervals import Z
from .metrics import METRICS
from .rules import MetricRules
from .scorecard import Scorecard, within
from .trace import write_trace

COLUMNS = [
    "metric", "dimension", "label", "n", "value", "lo", "hi", "before", "change", "floor", "year", "earlier", "certainty", "direction",
    "carried_share", "carried_dimension", "carried_label", "owner", "weight", "trace",
]  # fmt: skip
STANDING = (
    "driver"  # the dimension of a finding that is no change: it stands from period to period until something is done
)
SAID_ELSEWHERE = ("csat_mean", "response_rate_pct", "retention_pct")  # by csat_pct, among the limits, by churn_pct
FAMILIES = (  # figures of one thing: only the one that moved most beyond its chance is told
    ("frt_minutes", "frt_p90_minutes", "frt_business_minutes", "service_level_pct", "sla_reply_pct"),
    ("resolution_hours", "resolution_p90_hours", "first_resolution_hours", "resolution_business_hours", "sla_solved_pct",
     "requester_wait_minutes", "agent_work_minutes", "agent_wait_minutes"),
    ("fcr_pct", "repeat_pct"),
    ("contacts", "contacts_per_1000_orders"),
    ("complaint_pct", "complaints_per_1000_orders"),
)  # fmt: skip
SAME_STORY = 2.58  # |z| under which a slice without the contacts already told has no change of its own
NEARLY_ALL = 0.9  # a slice of so large a part says only what the whole says
MOST_TRIED, MOST_TOLD = 60, 12


def find(
    table: ir.Table,
    card: Scorecard,
    period: Period,
    rules: MetricRules,
    owners: Mapping[str, Mapping[str, str]],
    metric_owners: Mapping[str, str],
) -> pd.DataFrame:
    """Return the findings of a card, most important first.

    ``owners`` says per dimension and value who takes a finding up (``default: default`` takes the rest);
    ``metric_owners`` who answers for a metric as a whole. Returns one row per finding: metric, dimension and label
    (empty for the whole), n, value, lo, hi, before, change, floor, year (value a year before), earlier (contacts two periods
    ago, in as many days), certainty, direction,
    carried_share / carried_dimension / carried_label (where most of a rise lies), owner, weight, trace.
    """
    real = [SURE, LIKELY]
    years = card.changes[card.changes["against"] == "year"].set_index("metric")["before"]
    whole = card.changes[(card.changes["against"] == "previous") & card.changes["certainty"].isin(real)]
    rows = [
        _row(change, period, metric_owners.get(change["metric"]) or owner_of(owners), year=years.get(change["metric"]))
        for _, change in _first_of_families(whole[~whole["metric"].isin(SAID_ELSEWHERE)]).iterrows()
    ]
    for change in _distinct(table, card, period, rules):
        row = _row(change, period, _owner_of_slice(table, owners, change)) | _earlier(table, change, period, card)
        rows.append(row | _where(table, change, period, sorted(set(card.slices["dimension"]))))
    rows += [_row(change, period, _owner_of_slice(table, owners, change)) for change in _of_others(card)]
    found = pd.DataFrame(rows, columns=COLUMNS)
    return found.sort_values("weight", ascending=False, ignore_index=True, kind="stable")


def _first_of_families(changes: pd.DataFrame) -> pd.DataFrame:
    """Keep of each family of figures the one whose change exceeds its chance most."""
    family = {name: names[0] for names in FAMILIES for name in names}
    strength = (changes["change"] / changes["floor"]).abs()
    order = changes.assign(_family=[family.get(name, name) for name in changes["metric"]], _strength=strength)
    order = order.sort_values("_strength", ascending=False, kind="stable").drop_duplicates("_family")
    return changes.loc[order.index.sort_values()]


def _distinct(table: ir.Table, card: Scorecard, period: Period, rules: MetricRules) -> list[pd.Series]:
    """Take the slices that changed, largest first, and leave out those that are a told story under another name."""
    of_contacts = card.slices["metric"].map(lambda name: METRICS[name].of == "contacts").astype(bool)
    slices = card.slices[card.slices["certainty"].isin([SURE, LIKELY]) & of_contacts]
    whole = card.changes[card.changes["against"] == "previous"].set_index("metric")["n"]
    slices = slices[slices["n"] < NEARLY_ALL * slices["metric"].map(whole).astype(float)]
    slices = slices[_beyond_the_whole(slices, card)]
    z = (slices["change"] / slices["floor"]).abs()
    told: list[pd.Series] = []
    for _, change in slices.assign(z=z).sort_values("z", ascending=False, kind="stable").head(MOST_TRIED).iterrows():
        same = [one for one in told if one["metric"] == change["metric"]]
        if not same or _stands_alone(table, change, same, period, rules, card):
            told.append(change)
        if len(told) == MOST_TOLD:
            break
    return told


def _of_others(card: Scorecard) -> list[pd.Series]:
    """Take the slices of answers and customers that changed: they share no rows with contacts, so each is its own story."""
    others = card.slices["metric"].map(lambda name: METRICS[name].of in ("answers", "customers")).astype(bool)
    return [row for _, row in card.slices[others & card.slices["certainty"].isin([SURE, LIKELY])].iterrows()]


def _beyond_the_whole(slices: pd.DataFrame, card: Scorecard) -> pd.Series:
    """Tell which parts moved by more than chance beyond what they share with a whole that is told itself."""
    told = card.changes[(card.changes["against"] == "previous") & card.changes["certainty"].isin([SURE, LIKELY])]
    rows = told.set_index("metric")
    growth = (rows["value"] / (rows["value"] - rows["change"])).to_dict()
    common = {name: rows.loc[name, "change"] for name in rows.index}
    shared = [
        (row["value"] - row["change"]) * (growth[row["metric"]] - 1)
        if row["metric"] == "contacts"
        else common[row["metric"]]
        for row in slices[slices["metric"].isin(list(rows.index))].to_dict("records")
    ]
    excess = slices["change"].copy()
    excess[slices["metric"].isin(list(rows.index))] -= shared
    return excess.abs() > slices["floor"]


def _stands_alone(
    table: ir.Table, change: pd.Series, told: Sequence[pd.Series], period: Period, rules: MetricRules, card: Scorecard
) -> bool:
    """Tell whether a slice still moves beyond chance when the contacts of findings already told are left out."""
    rest = table.filter(table[change["dimension"]] == change["label"])
    for one in told:
        rest = rest.filter((rest[one["dimension"]] != one["label"]) | rest[one["dimension"]].isnull())
    then = period.previous()
    history = by_period(
        rest.mutate(label=rest[change["dimension"]]), [change["metric"]], [then, period], ["label"], shapes=True
    )
    again = compare(
        history, period, then, rules, by=["label"], factors=card.factors, spread=card.spread, shock=card.shock
    )
    if again.empty or np.isnan(again["p"].iloc[0]):
        return False
    z = again["change"].iloc[0] / (again["floor"].iloc[0] / Z)
    return bool(abs(z) >= SAME_STORY and np.sign(z) == np.sign(change["change"]))


def _row(change: pd.Series, period: Period, owner: str, year: float | None = None) -> dict:
    dimension, label = change.get("dimension", ""), change.get("label", "")
    where = {dimension: label} if dimension else {}
    kept = ("metric", "n", "value", "lo", "hi", "before", "change", "floor", "certainty", "direction")
    return {name: change[name] for name in kept} | {
        "dimension": dimension,
        "label": label,
        "year": np.nan if year is None else year,
        "earlier": np.nan,
        "carried_share": np.nan,
        "carried_dimension": "",
        "carried_label": "",
        "owner": owner,
        "weight": round(float(min(abs(change["change"] / change["floor"]), 20.0) * (1.0 if dimension else 1.5)), 3),
        "trace": write_trace(period, change["metric"], **where),
    }


def _earlier(table: ir.Table, change: pd.Series, period: Period, card: Scorecard) -> dict:
    """Count a slice's contacts two periods ago, where the data reach so far: a fall may be the end of a rise."""
    then = period.shift(-2)
    if change["metric"] != "contacts" or then.label not in set(card.history["period"]):
        return {}
    inside = within(table.filter(table[change["dimension"]] == change["label"]), then)
    return {"earlier": float(inside.count().to_pyarrow().as_py()) * period.days / then.days}


def owner_of(owners: Mapping[str, Mapping[str, str]], dimension: str = "", label: str = "") -> str:
    """Return who takes a finding up: named for the value, else the default, else empty."""
    named = owners.get(dimension, {})
    return named.get(label) or named.get("default") or owners.get("default", {}).get("default", "")


def _owner_of_slice(table: ir.Table, owners: Mapping[str, Mapping[str, str]], change: pd.Series) -> str:
    """Return the owner of a slice; an issue without one of its own belongs to its category's."""
    dimension, label = change["dimension"], change["label"]
    if dimension == "issue" and label not in owners.get("issue", {}) and "category" in table.columns:
        categories = _counts(table.filter(table["issue"] == label), "category")
        dimension, label = ("category", categories.idxmax()) if len(categories) else (dimension, label)
    return owner_of(owners, dimension, label)


def _where(table: ir.Table, change: pd.Series, period: Period, dimensions: Sequence[str]) -> dict:
    """Name the value of another dimension that carries most of a rise, when it carries twice its usual part or more."""
    if change["metric"] != "contacts" or change["change"] <= 0:
        return {}
    inside = table.filter(table[change["dimension"]] == change["label"])
    scale = period.days / period.previous().days
    best: dict = {}
    for name in dimensions:
        if name == change["dimension"] or {name, change["dimension"]} == {"category", "issue"}:
            continue
        now, then = (_counts(within(inside, of), name) for of in (period, period.previous()))
        now, then = now.align(then * scale, fill_value=0)
        if now.empty:
            continue
        carried = (now - then) / change["change"]
        top = carried.idxmax()
        usual = then[top] / max(then.sum(), 1)
        if carried[top] >= max(0.5, 2 * usual) and carried[top] > best.get("carried_share", 0):
            share = float(min(carried[top], 1.0))
            best = {"carried_share": share, "carried_dimension": name, "carried_label": str(top)}
    return best


def _counts(table: ir.Table, name: str) -> pd.Series:
    known = table.filter(table[name].notnull())
    return to_frame(known.group_by(name).agg(n=known.count())).set_index(name)["n"].sort_index()
