"""The whole scorecard: every metric of 24 months, the main ones by eight dimensions in two months, levels, categories.

Ours is what 02_scorecard computes from a store, comparisons, their chances and the noise bands included; pandas gives the
same figures without those. Left out of the comparison are intervals that rest on how widely days spread (counts by slice,
rates, backlog): they are part of judging.
"""

from __future__ import annotations

from pathlib import Path

import card_pandas as plain_card
import pandas as pd
import voc
from voc.analysis.levels import levels
from voc.analysis.scorecard import category_table, scorecard
from voc.data.periods import Period
from voc.run.settings import load_settings

SETTINGS, PERIOD = Path(__file__).with_name("shop.yml"), "2026-10"
BY_DAYS = ("contacts_per_1000_orders", "complaints_per_1000_orders", "backlog")
KEYS = ["part", "metric", "month", "dimension", "label"]
FIGURES = ["n", "value", "lo", "hi"]


def card_ours(path: Path) -> pd.DataFrame:
    month = voc.open_month(SETTINGS, PERIOD, store=str(path.parent))
    now, rules, dimensions = month.period, month.settings.metrics, month.settings.dimensions
    card = scorecard(month.grounds, now, rules, dimensions, month.result("days"), month.span, month.loaded.targets)
    groups = levels(month.measured, now, rules, dimensions)
    categories = category_table(month.measured, card, now, rules)
    month.close()
    history = card.history.rename(columns={"period_start": "month"})
    this = card.slices.assign(month=pd.Timestamp(now.start))
    before = card.slices.assign(month=pd.Timestamp(now.previous().start), n=this["n_before"], value=this["before"])
    slices = pd.concat([this, before.assign(lo=float("nan"), hi=float("nan"))], ignore_index=True)
    return _together(history, slices, groups, categories)


def card_pandas(path: Path) -> pd.DataFrame:
    settings = load_settings(SETTINGS).settings
    rules, dimensions = settings.metrics, settings.dimensions
    periods = Period.parse(PERIOD).trend(rules.history)
    customers, answers, volumes = plain_card.read_others(path.parent)
    data = plain_card.with_measures(plain_card.read_contacts(path.parent), customers, rules)
    beside = (answers, volumes, customers, rules, periods)
    slices = plain_card.slices(data, *beside, dimensions)
    slices.loc[slices["month"] < pd.Timestamp(periods[-1].start), ["lo", "hi"]] = float("nan")
    history, groups = plain_card.history(data, *beside), plain_card.levels(data, periods[-1], dimensions)
    return _together(history, slices, groups, plain_card.categories(data, periods[-1]))


def _together(
    history: pd.DataFrame, slices: pd.DataFrame, groups: pd.DataFrame, categories: pd.DataFrame
) -> pd.DataFrame:
    """Put the parts below each other: part, metric, month, dimension, label, n, value, lo, hi; sorted."""
    rest = groups.assign(value=groups["rest"])[["dimension", "label", "value"]]
    each = categories.rename(columns={"category": "label"}).assign(dimension="category")
    parts = {
        "history": history,
        "slices": slices,
        "levels": groups.assign(metric="csat_pct")[["metric", "dimension", "label", *FIGURES]],
        "levels, others": rest.assign(metric="csat_pct"),
        "categories": pd.concat(
            [each.assign(metric=name, value=each[name])[["metric", "dimension", "label", "value"]] for name in ("contacts", "share", "hours")]
            + [each.assign(metric="csat_pct", value=each["csat"])[["metric", "dimension", "label", *FIGURES]]]
        ),
    }  # fmt: skip
    found = pd.concat([part.assign(part=name) for name, part in parts.items()], ignore_index=True)[[*KEYS, *FIGURES]]
    found["month"] = pd.to_datetime(found["month"]).astype("datetime64[us]")
    judged = found["metric"].isin(BY_DAYS) | ((found["metric"] == "contacts") & (found["part"] == "slices"))
    found.loc[judged, ["lo", "hi"]] = float("nan")
    words = {"dimension": found["dimension"].fillna(""), "label": found["label"].astype(object).fillna("")}
    found = found.assign(**words).astype(
        dict.fromkeys(["part", "metric", "dimension", "label"], "str") | dict.fromkeys(FIGURES, float)
    )
    return found.sort_values(KEYS, ignore_index=True)
