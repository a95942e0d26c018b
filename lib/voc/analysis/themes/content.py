"""Where in a product, a manual or an app the questions about one issue come from: localise in content.

A value (page 3, version 7.2, one carrier) carries an issue's questions about one product when its share there exceeds its
share in the same questions about the other products. What is true by construction is never told: a column that gives the
issue or the product away, and what the service fills in itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.periods import Period
from ...data.store import to_frame
from ..carried import HANDLED, NAMES, judged, same_thing
from ..chance import share_z, two_sided
from ..compare import LIKELY, SURE
from ..findings import SAME_STORY
from ..intervals import wilson
from ..rules import MetricRules

COLUMNS = [
    "issue", "category", "holder", "held", "place", "value", "said", "n", "hits", "share", "lo", "hi", "n_others", "others",
    "others_lo", "others_hi", "excess", "people", "z", "q", "certainty", "tried",
]  # fmt: skip
LEAST = {"share": 15.0, "excess": 10.0, "odds": 2.0}  # smallest share (%), points above the others, odds ratio told
MOST_TRIED, MOST_TOLD = 40, 10
IN_TEXT = " in the text"
CASE = "_case"
ASKED = ("issue", "category", "product", "channel", "one_touch_pct", "fcr_pct", "aht_minutes")
"""Columns that content and candidates look at, beside the places."""
HOLDERS = ("product", "payment_method", "carrier")
"""Columns within whose values questions may concentrate."""


def recent(table: ir.Table, period: Period, rules: MetricRules, columns: Iterable[str]) -> pd.DataFrame:
    """Take the contacts of the last ``agent_days`` days up to the period's end, with the columns that are there.

    One month has too few questions about one product to say from which page they come. Returns interaction_id,
    customer_id, text and ``columns``, by interaction_id.
    """
    end = pd.Timestamp(period.end)
    first = end - pd.Timedelta(days=rules.agent_days)
    names = dict.fromkeys(["interaction_id", "customer_id", "text", "language", *columns])
    inside = table.filter((table.created_local >= first.to_pydatetime()) & (table.created_local < end.to_pydatetime()))
    found = to_frame(inside.select(*[name for name in names if name in table.columns]).order_by("interaction_id"))
    return found if "text" in found else found.assign(text=pd.Series(None, index=found.index, dtype="str"))


def filled(contacts: pd.DataFrame, found: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """Fill gaps of columns with what the texts name: column → kind of entity (``{"manual_page": "page"}``).

    Only where a text names exactly one value of the kind; a column that is not there is made. Returns the contacts with
    the columns filled and ``<column>_named`` telling which cells came from a text.
    """
    made = contacts.copy()
    for column, kind in columns.items():
        of = found.loc[found["kind"] == kind].groupby("interaction_id")["value"].agg(lambda values: set(values))
        single = of[of.map(len) == 1].map(lambda values: next(iter(values)))
        named = made["interaction_id"].map(single).astype(object)
        known = made[column] if column in made else pd.Series(None, index=made.index, dtype=object)
        made[f"{column}_named"] = known.isna() & named.notna()
        made[column] = known.astype(object).where(known.notna(), named)
    return made


def localise(
    contacts: pd.DataFrame,
    rules: MetricRules,
    *,
    places: Sequence[str],
    holders: Sequence[str] = ("product",),
    by: str = "issue",
    named: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Find where the questions about an issue concentrate: value × issue × product against the other products.

    Args:
        contacts: interaction_id, ``by``, the columns of ``places`` and ``holders``; optional customer_id, category, text.
        rules: ``min_n`` people on each side, ``smallest_group`` people behind a value, false discovery rates.
        places: columns with content: manual_page, app_version, carrier …; those that cannot be told are left out.
        holders: columns of what a question is about, each value of which is set against the others.
        named: entities (interaction_id, kind, value): what texts name is looked at too, as a share of contacts with text.

    Returns:
        The findings, the clearest first, each told once: issue, category, holder and held (column and value, empty where an
        issue as a whole is set against all other issues), place and value, said (named in texts, not a column), n
        (questions whose place is known), hits, share (%) with lo and hi (Wilson, people counted once), n_others, others (%)
        with others_lo and others_hi, excess (points), people, z (exact test with mid-p, each person a case), q (false discovery
        rate over everything tried), certainty, tried (how many were tried).

    Example:
        ``localise(recent(month.measured, now, rules, columns), rules, places=["manual_page"])``
    """
    data = _long(contacts, places, holders, by, named)
    tried = _tried(data, holders, by, rules)
    if tried.empty:
        return pd.DataFrame(columns=COLUMNS)
    tried["q"] = _benjamini_yekutieli(tried["p"])
    tried["certainty"] = judged(tried["q"], tried["z"] > 0, rules)
    tried["tried"] = int(tried["p"].notna().sum())
    p, r = tried["share"] / 100, tried["others"] / 100
    large = (tried["share"] >= LEAST["share"]) & (tried["excess"] >= LEAST["excess"])
    large &= (p * (1 - r) >= LEAST["odds"] * r * (1 - p)) & tried["certainty"].isin([SURE, LIKELY])
    # a column says more than a text, a product more than the issue as a whole
    order = tried[large]
    order = order.assign(whole=order["holder"] == "")
    order = order.sort_values(["whole", "said", "z", "issue", "held", "place", "value"],
                              ascending=[True, True, False, True, True, True, True], kind="stable")  # fmt: skip
    told = _distinct(data, order.head(MOST_TRIED), by, rules)
    found = pd.DataFrame(told).reindex(columns=COLUMNS)
    if "category" in contacts and len(found):
        usual = contacts.dropna(subset=[by, "category"]).groupby(by)["category"].agg(lambda names: names.mode().iloc[0])
        found["category"] = found["issue"].map(usual)
    return found.sort_values("z", ascending=False, kind="stable", ignore_index=True)


def behind(contacts: pd.DataFrame, finding: Mapping, named: pd.DataFrame | None = None, by: str = "issue") -> list[str]:
    """Return the ids of the contacts that make up a finding's hits."""
    rows = contacts[contacts[by] == finding["issue"]]
    if finding["holder"]:
        rows = rows[rows[finding["holder"]] == finding["held"]]
    if finding["said"]:
        kind = finding["place"].removesuffix(IN_TEXT)
        of = named[(named["kind"] == kind) & (named["value"] == finding["value"])]
        return sorted(set(rows["interaction_id"]) & set(of["interaction_id"]))
    return sorted(rows.loc[rows[finding["place"]].astype(str) == finding["value"], "interaction_id"])


def _long(
    contacts: pd.DataFrame, places: Sequence[str], holders: Sequence[str], by: str, named: pd.DataFrame | None
) -> dict[str, pd.DataFrame]:
    """Write one frame per place: who (case), the issue, the holders, and the value or nothing."""
    usable = [name for name in dict.fromkeys(places) if name in contacts and name not in (by, *HANDLED, *NAMES)]
    known = contacts[contacts[by].notna()] if by in contacts else contacts.iloc[:0].assign(**{by: None})
    who = known["customer_id"].fillna(known["interaction_id"]) if "customer_id" in known else known["interaction_id"]
    there = [name for name in holders if name in known]
    base = known[["interaction_id", by, *there]].assign(**{CASE: who})
    data = {
        name: base.assign(_value=known[name].astype(object)).dropna(subset=["_value"]).astype({"_value": str})
        for name in usable
        if name not in there or len(there) > 1
    }
    if named is not None and len(named) and "text" in known:
        texts = base[known["text"].notna()]
        for kind, of in named[named["kind"].isin(["page", "version", "amount"])].groupby("kind"):
            values = of[["interaction_id", "value"]].drop_duplicates().rename(columns={"value": "_value"})
            data[f"{kind}{IN_TEXT}"] = texts.merge(values, on="interaction_id", how="left")
    return data


def _tried(data: Mapping[str, pd.DataFrame], holders: Sequence[str], by: str, rules: MetricRules) -> pd.DataFrame:
    parts = [
        _shares(rows, place, holder, by, rules)
        for place, rows in data.items()
        for holder in [*[name for name in holders if name in rows and name != place], ""]
        if not _obvious(rows, place, holder, by)
    ]
    parts = [part for part in parts if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _obvious(rows: pd.DataFrame, place: str, holder: str, by: str) -> bool:
    """Tell whether the place gives the issue, or the holder, away (or the other way round)."""
    if place.endswith(IN_TEXT):
        return False
    for name in (by, holder):
        if name:
            counts = rows.dropna(subset=[name]).groupby([name, "_value"]).size().reset_index(name="n")
            if same_thing(counts.set_axis(["label", "value", "n"], axis=1)):
                return True
    return False


def _shares(rows: pd.DataFrame, place: str, holder: str, by: str, rules: MetricRules) -> pd.DataFrame:
    """Set each value's share in each issue × holder against the same issue's other holders (or all other issues)."""
    group = [by, holder] if holder else [by]
    rows = rows.dropna(subset=group)
    cells = rows.dropna(subset=["_value"]).groupby([*group, "_value"], sort=True)
    cells = cells.agg(hits=("interaction_id", "nunique"), people=(CASE, "nunique")).reset_index()
    sizes = rows.groupby(group, sort=True).agg(n=("interaction_id", "nunique"), m=(CASE, "nunique")).reset_index()
    over = [by] if holder else []
    if cells.empty:
        return pd.DataFrame()
    cells = cells.merge(sizes, on=group)
    alike = cells.groupby([*over, "_value"], sort=True)[["hits", "people"]].transform("sum")
    totals = sizes.groupby(over, sort=True)[["n", "m"]].sum() if over else sizes[["n", "m"]].sum()
    both = cells[by].map(totals["n"]) if over else totals["n"]
    every = cells[by].map(totals["m"]) if over else totals["m"]
    hits, people, n, m = (cells[name].to_numpy(float) for name in ("hits", "people", "n", "m"))
    x, k, n_others = alike["people"].to_numpy(float) - people, np.asarray(every - m, float), np.asarray(both - n, float)
    able = (np.minimum(m, k) >= rules.min_n) & (people >= rules.smallest_group)
    if not able.any():
        return pd.DataFrame()
    others = np.divide(alike["hits"].to_numpy(float) - hits, n_others, out=np.zeros(len(n)), where=n_others > 0)
    lo, hi = wilson(hits / n * m, m)
    others_lo, others_hi = wilson(others * k, np.maximum(k, 1))
    z = share_z(people, m, x, k)
    found = pd.DataFrame(
        {
            "issue": cells[by].astype(str), "holder": holder, "held": cells[holder].astype(str) if holder else "", "place": place,
            "value": cells["_value"].astype(str), "said": place.endswith(IN_TEXT), "n": n.astype(int), "hits": hits.astype(int),
            "share": 100 * hits / n, "lo": 100 * lo, "hi": 100 * hi, "n_others": n_others.astype(int), "others": 100 * others,
            "others_lo": 100 * others_lo, "others_hi": 100 * others_hi, "excess": 100 * (hits / n - others),
            "people": people.astype(int), "z": z, "p": two_sided(z),
        }
    )  # fmt: skip
    return found[able].reset_index(drop=True)


def _benjamini_yekutieli(p: pd.Series) -> pd.Series:
    """Return false discovery rates that hold however the tests hang together (Benjamini & Yekutieli 2001).

    Values of one place exclude each other, and the same contacts are tried under several holders. Benjamini & Hochberg's
    rates assume otherwise, and told a packaging colour without meaning in two of four invented shops.
    """
    from statsmodels.stats.multitest import multipletests

    q = pd.Series(np.nan, index=p.index)
    if p.notna().any():
        q[p.notna()] = multipletests(p[p.notna()], method="fdr_by")[1]
    return q


def _distinct(data: Mapping[str, pd.DataFrame], order: pd.DataFrame, by: str, rules: MetricRules) -> list[dict]:
    """Keep what still stands without the contacts behind the findings already told: no mirror, no second name."""
    told: list[dict] = []
    gone: set[str] = set()
    for row in order.to_dict("records"):
        if len(told) == MOST_TOLD:
            break
        rows = data[row["place"]]
        if not gone or _stands(rows[~rows["interaction_id"].isin(gone)], row, by, rules):
            told.append(row)
            mine = (rows[by] == row["issue"]) & (rows["_value"] == row["value"])
            mine &= (rows[row["holder"]] == row["held"]) if row["holder"] else True
            gone.update(rows.loc[mine, "interaction_id"])
    return told


def _stands(rows: pd.DataFrame, row: Mapping, by: str, rules: MetricRules) -> bool:
    again = _shares(rows, row["place"], row["holder"], by, rules)
    if again.empty:
        return False
    same = again[(again["issue"] == row["issue"]) & (again["held"] == row["held"]) & (again["value"] == row["value"])]
    return bool(len(same) and same["z"].iloc[0] >= SAME_STORY)
