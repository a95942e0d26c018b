"""Groups against others of the same kind, one voice a customer, all judged together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.store import to_frame
from ..chance import false_discovery, two_sided
from ..compare import LIKELY, NOISE, SURE, UNKNOWN
from ..intervals import Z, wilson
from ..rules import MetricRules
from .signs import kind_of, known_signs, sums

ANSWERED, SILENT, UNASKED, UNHEARD = "answered", "asked, silent", "not asked", "no answer"
Strata = Sequence[tuple[float, float, float, float]]


def design_effects(table: ir.Table, names: Sequence[str]) -> dict[str, float]:
    """Tell how many times wider a share spreads because one customer's contacts are alike; 1 where they are not.

    ``names`` are columns of 1, 0 or missing. From the customers' totals around the share (Cochran, Sampling Techniques,
    1977, 9A.3), over the binomial variance (Kish, Survey Sampling, 1965, 8.2).
    """
    if "customer_id" not in table.columns:
        return dict.fromkeys(names, 1.0)
    known = table.filter(table.customer_id.notnull())
    own = {f"n {name}": known[name].count() for name in names} | {
        f"x {name}": known[name].sum().cast("int64").fill_null(0) for name in names
    }
    each, totals = known.group_by("customer_id").agg(**own), {}
    for name in names:
        n, x = each[f"n {name}"], each[f"x {name}"]
        made = {"n": n, "x": x, "xx": x * x, "xn": x * n, "nn": n * n}
        totals |= {f"{part} {name}": value.sum() for part, value in made.items()}
    row = to_frame(each.agg(**totals)).iloc[0].fillna(0).astype(float)
    return {name: _spread(*(row[f"{part} {name}"] for part in ("n", "x", "xx", "xn", "nn"))) for name in names}


def _spread(n: float, x: float, xx: float, xn: float, nn: float) -> float:
    share = x / n if n else 0.0
    chance = n * share * (1 - share)
    return max(1.0, (xx - 2 * share * xn + share**2 * nn) / chance) if chance > 0 else 1.0


def group_rates(
    inside: ir.Table, dimensions: Sequence[str], rules: MetricRules, spread: Mapping[str, float]
) -> list[dict]:
    """Set each group's share asked (of contacts) and answered (of those asked) beside all others of its dimension."""
    rows = []
    for dimension in [name for name in dimensions if name in inside.columns]:
        known = inside.filter(inside[dimension].notnull())
        groups = to_frame(known.group_by(label=known[dimension].cast("string")).agg(**sums(known)))
        groups = groups[groups["contacts"] >= rules.smallest_group].sort_values("label")
        for measure, of in (("asked", "contacts"), ("answered", "asked")):
            x, n = groups[measure].to_numpy(float), groups[of].to_numpy(float)
            for label, hits, size in zip(groups["label"], x, n, strict=True):
                if size:
                    found = against(hits, size, [(hits, size, x.sum() - hits, n.sum() - size)], spread[f"is_{measure}"])
                    rows.append({"measure": measure, "dimension": dimension, "label": label, **found})
    return rows


def group_signs(cells: pd.DataFrame, spread: Mapping[str, float], *, recorded: bool) -> list[dict]:
    """Set the signs of trouble of those who said nothing beside those of the answered, within kinds of contact."""
    answered, asked, contacts = cells["answered"], cells["asked"], cells["contacts"]
    parts = {ANSWERED: answered, UNHEARD: contacts - answered}
    if recorded:
        parts = {ANSWERED: answered, SILENT: asked - answered, UNASKED: contacts - asked}
    kind, rows = kind_of(cells), []
    for sign in known_signs(cells):
        has, known = cells[sign] == 1, cells[sign].notna()
        by_kind = {
            group: pd.DataFrame({"x": n.where(has, 0), "n": n.where(known, 0)}).groupby(kind).sum()
            for group, n in parts.items()
        }
        base = by_kind[ANSWERED]
        for group, own in by_kind.items():
            strata = [] if group == ANSWERED else list(zip(own["x"], own["n"], base["x"], base["n"], strict=True))
            if own["n"].sum():
                found = against(own["x"].sum(), own["n"].sum(), strata, spread[sign])
                rows.append({"sign": sign, "group": group, **found})
    return rows


def moods(cells: pd.DataFrame) -> pd.DataFrame:
    """Tell the CSAT of answers with and without each sign: sign, group (with, without), n, value, lo, hi (%)."""
    rows = []
    for sign in known_signs(cells):
        for group, level in (("with", 1), ("without", 0)):
            part = cells[cells[sign] == level]
            n = int(part["answered"].sum())
            if n:
                found = against(part["happy"].sum(), n, [], 1.0)
                rows.append(
                    {"sign": sign, "group": group, **{name: found[name] for name in ("n", "value", "lo", "hi")}}
                )
    return pd.DataFrame(rows, columns=["sign", "group", "n", "value", "lo", "hi"])


def against(hits: float, n: float, strata: Strata, spread: float) -> dict:
    """Set hits ÷ n beside what others of the same strata have: (hits, n, hits of others, n of others) of each stratum.

    The others are weighted as the group's own contacts fall into the strata (direct standardisation); strata without
    others are left out of the comparison. Its chance is that of one common share in each stratum, times the design
    effect.

    >>> found = against(20, 100, [(20, 100, 50, 100)], 1.0)
    >>> found["others"], round(found["difference"]), round(found["se"], 2)
    (50.0, -30, 6.75)
    """
    lo, hi = wilson(np.array(hits / spread), np.array(n / spread))
    row = {"n": int(n), "value": hits / n * 100, "lo": float(lo) * 100, "hi": float(hi) * 100}
    both = [one for one in strata if one[1] > 0 and one[3] > 0]
    x1, n1, x0, n0 = np.array(both, dtype=float).reshape(-1, 4).T
    if not n1.sum():
        return row | {"others": np.nan, "difference": np.nan, "se": np.nan, "fewest": 0.0}
    weight, common = n1 / n1.sum(), (x1 + x0) / (n1 + n0)
    se = np.sqrt((weight**2 * common * (1 - common) * (1 / n1 + 1 / n0)).sum() * spread) * 100
    others = float((weight * x0 / n0).sum()) * 100
    difference = float(x1.sum() / n1.sum()) * 100 - others
    return row | {"others": others, "difference": difference, "se": float(se), "fewest": min(n1.sum(), n0.sum())}


def judged_together(
    parts: Mapping[str, list[dict]], columns: Mapping[str, list[str]], rules: MetricRules
) -> dict[str, pd.DataFrame]:
    """Judge all comparisons together: floor (points that chance makes 19 times in 20), q, certainty ("" for none)."""
    rows = pd.DataFrame([{"part": part, **row} for part, found in parts.items() for row in found])
    if rows.empty:
        return {part: pd.DataFrame(columns=columns[part]) for part in parts}
    able = (rows["fewest"] >= rules.min_n) & rows["difference"].notna()
    chance = pd.Series(two_sided(rows["difference"] / rows["se"].where(rows["se"] > 0)), index=rows.index)
    chance = chance.fillna(1.0)  # without any spread all of both have it, or none
    rows["floor"], rows["q"] = Z * rows["se"], false_discovery(chance.where(able))
    sure, likely = rows["q"] <= rules.sure, rows["q"] <= rules.likely
    rows["certainty"] = np.select([rows["difference"].isna(), ~able, sure, likely], ["", UNKNOWN, SURE, LIKELY], NOISE)
    return {
        part: rows.loc[rows["part"] == part].reindex(columns=columns[part]).reset_index(drop=True) for part in parts
    }
