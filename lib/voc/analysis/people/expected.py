"""What others reach with the same questions: observed against expected figures, so that hard questions are no blame.

Indirect standardisation: a group's contacts are sorted into strata (issue × channel; what is too rare is pooled by
category and channel, then by channel), and the expected figure is what all *other* groups reach in the same strata in the
group's own mix. Shares are compared in proportions, handling times as means of logarithms (ratios of geometric means).
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.clock import DAY
from ...data.periods import Period
from ...data.store import to_frame
from ..metrics import METRICS, missing_for
from ..metrics.metric import among
from ..rules import MetricRules

MIX = ("channel", "category", "issue")
LOGGED = "aht_minutes"
AGENT_METRICS = ("csat_pct", "fcr_pct", "return_pct", LOGGED)
SURVEYED = "surveyed_pct"  # judges nobody: who is asked decides what a satisfaction score can say
LABELS = {"return_pct": "Customers who came back"} | {
    name: METRICS[name].label for name in AGENT_METRICS if name in METRICS
}
LADDER = (("issue", "channel"), ("category", "channel"), ("channel",))
HELD = "too few contacts carry it"
NONE = "no contact of these days has what it needs"
CELLS = ["metric", "agent_id", *MIX, "n", "total", "squares"]


@dataclass(frozen=True)
class Handled:
    """What was handled by whom, over which days.

    ``cells``: one row per metric, agent, channel, category and issue (empty where unknown) with n, total, squares (of 0/1,
    of log minutes for handling time). ``missing``: metric, label, why. ``since`` and ``until`` bound the days (``until`` is
    excluded).
    """

    cells: pd.DataFrame
    missing: pd.DataFrame
    since: pd.Timestamp
    until: pd.Timestamp

    @property
    def days(self) -> str:
        """The days in words, for readers."""
        last = self.until - pd.Timedelta(days=1)
        return f"{self.since.day} {self.since:%B %Y} to {last.day} {last:%B %Y}"

    def of_agents(self) -> pd.DataFrame:
        """Return the cells whose agent is known."""
        return self.cells[self.cells["agent_id"] != ""]


def with_return(table: ir.Table, rules: MetricRules) -> ir.Table:
    """Add ``return_pct``: 1 where the customer came back about the same issue within the window, 0 where not.

    The scorecard's repeats (``repeat_pct``) stand at the contact that *received* the customer again; what an agent does
    shows at the contact *before*. Contacts too young to know are null, as are those without customer or issue. The table
    is returned as it is where it lacks the columns.
    """
    if not {"customer_id", rules.same_issue} <= set(table.columns):
        return table
    at, seconds = table.created_at.epoch_seconds(), rules.repeat_days * DAY
    window = ibis.window(
        group_by=[table.customer_id, table[rules.same_issue]], order_by=[table.created_at, table.interaction_id]
    )
    watched = at <= at.max().as_scalar() - seconds
    counts = table.customer_id.notnull() & table[rules.same_issue].notnull() & watched
    return table.mutate(return_pct=among(counts, (at.lead() - at).over(window) <= seconds))


def handled(table: ir.Table, period: Period, rules: MetricRules) -> Handled:
    """Sum up what each agent handled in the ``rules.agent_days`` days up to the period's end, in one pass over the table.

    ``table`` are measured contacts (``metrics.with_measures``). Calls that were abandoned had no agent and are left out.
    Contacts whose agent is unknown keep an empty ``agent_id``: they say nothing of people and something of issues.
    """
    start, end = pd.Timestamp(period.end - timedelta(days=rules.agent_days)), pd.Timestamp(period.end)
    recent = with_return(table.filter(table.created_local >= start.to_pydatetime()), rules)  # returns lie ahead only
    if "survey_sent" in recent.columns and "csat_pct" in recent.columns:
        asked = recent.survey_sent.fill_null(False) | recent.csat.notnull()
        recent = recent.mutate(**{SURVEYED: asked.cast("float64")})
    inside = recent.filter(recent.created_local < end.to_pydatetime())
    if "abandoned" in inside.columns:
        inside = inside.filter(~inside.abandoned.fill_null(False))
    names = [name for name in (*AGENT_METRICS, SURVEYED) if name in inside.columns]
    parts = [pd.DataFrame(columns=CELLS)]
    if names:
        keys = {
            name: inside[name].fill_null("") if name in inside.columns else ibis.literal("")
            for name in ("agent_id", *MIX)
        }
        sums = {f"{name} {part}": made for name in names for part, made in _sums(inside[name], name).items()}
        wide = to_frame(inside.group_by(**keys).aggregate(**sums))
        parts = [_long(wide, name) for name in names]
    found = pd.concat(parts, ignore_index=True).sort_values(CELLS[:5], ignore_index=True)
    return Handled(found, _missing(found, recent.columns, rules), start, end)


def _missing(found: pd.DataFrame, columns: Sequence[str], rules: MetricRules) -> pd.DataFrame:
    """Say which metrics nothing can be said of, and why."""
    rows = []
    for name in AGENT_METRICS:
        if name not in set(found["metric"]):
            lacks = missing_for(METRICS["repeat_pct" if name == "return_pct" else name], columns, rules)
            held = name not in columns
            why = f"the data have no {' and no '.join(lacks)}" if lacks else HELD if held else NONE
            rows.append((name, LABELS[name], why))
    return pd.DataFrame(rows, columns=["metric", "label", "why"])


def _sums(x: ir.FloatingValue, name: str) -> dict[str, ir.Value]:
    """Count, sum and sum of squares, in whole millionths: sums of integers do not depend on the order of threads."""
    x = (x > 0).ifelse(x, ibis.null("float64")).ln() if name == LOGGED else x
    return {
        "n": x.count(),
        "total": (x * 1e6).round().cast("int64").sum(),
        "squares": (x * x * 1e6).round().cast("int64").sum(),
    }


def _long(wide: pd.DataFrame, name: str) -> pd.DataFrame:
    part = wide[["agent_id", *MIX]].assign(metric=name, n=wide[f"{name} n"].fillna(0).astype("int64"))
    for column in ("total", "squares"):
        part[column] = wide[f"{name} {column}"].fillna(0).astype(float) / 1e6
    return part[part["n"] > 0][CELLS]


def standardise(
    found: pd.DataFrame,
    unit: str,
    ladder: Sequence[Sequence[str]] = LADDER,
    fewest: int = 30,
    within: Sequence[str] = (),
) -> pd.DataFrame:
    """Set each unit's figure beside what all other units reach with the same mix.

    ``found`` are cells; ``unit`` the column whose values are compared (``agent_id``, ``issue``); ``ladder`` the columns of
    the strata, finest first: a stratum of fewer than ``fewest`` contacts, of one unit only, or with an unknown label is
    pooled with its like on the next step, and on the last step in any case. ``within`` names columns in whose every value
    the comparison is made anew. A unit's contacts in a stratum that nobody else has cannot be compared: ``alone`` counts
    them.

    Returns metric, the ``within`` columns, the unit, n, alone, observed, expected, effect (their difference), se (of the
    effect when only chance differs: Var = Σ w² σ² (1/n + 1/n of the others)), skew (of the same), se_expected. Shares are
    proportions, handling time is log minutes.

    Source: indirect standardisation with the others as the standard (Keiding & Clayton, Statist. Sci. 29(4), 2014).
    """
    keys = ["metric", *within]
    columns = [*keys, unit, "n", "alone", "observed", "expected", "effect", "se", "skew", "se_expected"]
    if found.empty:
        return pd.DataFrame(columns=columns)
    found = found.reset_index(drop=True)
    rows = found.assign(stratum=_strata(found, unit, keys, ladder, fewest))
    own = rows.groupby([*keys, "stratum", unit], as_index=False)[["n", "total"]].sum()
    own = own.merge(_whole_strata(rows, [*keys, "stratum"]), on=[*keys, "stratum"], validate="many_to_one")
    alone = own[own["whole"] == own["n"]].groupby([*keys, unit])["n"].sum()
    own = own[own["whole"] > own["n"]].copy()
    n, rest = own["n"], own["whole"] - own["n"]
    weight = n / own.groupby([*keys, unit])["n"].transform("sum")
    own["observed"] = weight * own["total"] / n
    own["expected"] = weight * (own["sum"] - own["total"]) / rest
    own["var"] = weight**2 * own["sigma2"] * (1 / n + 1 / rest)
    own["var_expected"] = weight**2 * own["sigma2"] / rest
    own["third"] = weight**3 * own["kappa3"] * (1 / n**2 - 1 / rest**2)
    added = ["n", "observed", "expected", "var", "var_expected", "third"]
    summed = own.groupby([*keys, unit])[added].sum()
    summed["alone"] = alone.reindex(summed.index).fillna(0).astype("int64")
    summed["effect"] = summed["observed"] - summed["expected"]
    summed["se"], summed["se_expected"] = np.sqrt(summed["var"]), np.sqrt(summed["var_expected"])
    summed["skew"] = (summed["third"] / summed["var"].where(summed["var"] > 0) ** 1.5).fillna(0.0)
    return summed.reset_index()[columns]


def _strata(
    found: pd.DataFrame, unit: str, keys: Sequence[str], ladder: Sequence[Sequence[str]], fewest: int
) -> pd.Series:
    """Name the stratum of each cell: the finest step of the ladder that holds enough contacts of several units."""
    place = pd.Series("", index=found.index, dtype=object)
    for step, names in enumerate(ladder):
        open_ = found[place == ""]
        if open_.empty:
            break
        if step == len(ladder) - 1:
            enough = pd.Series(True, index=open_.index)
        else:
            by = open_.groupby([*keys, *names])
            known = functools.reduce(operator.and_, (open_[name] != "" for name in names))
            enough = known & (by["n"].transform("sum") >= fewest) & (by[unit].transform("nunique") > 1)
        label = functools.reduce(operator.add, (open_[name] + "|" for name in names))
        place.loc[enough[enough].index] = f"{step}|" + label[enough]
    return place


def _whole_strata(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Contacts, sum, variance and third central moment of one contact's value in each stratum."""
    whole = rows.groupby(keys, as_index=False)[["n", "total", "squares"]].sum()
    whole = whole.rename(columns={"n": "whole", "total": "sum"})
    size = whole["whole"]
    share = (whole["sum"] + 1) / (size + 2)  # a stratum without any failure is not free of chance
    spread = (whole["squares"] - whole["sum"] ** 2 / size).clip(lower=0) / (size - 1).where(size > 1)
    spread = spread.where(spread > 1e-9, 0.0)  # sums in millionths: less than this is rounding
    logged = whole["metric"] == LOGGED
    whole["sigma2"] = (share * (1 - share)).where(~logged, spread)
    whole["kappa3"] = (share * (1 - share) * (1 - 2 * share)).where(~logged, 0.0)
    return whole.drop(columns="squares")
