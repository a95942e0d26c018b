"""The forecast of leaving against the best that could be known, and how often it sees something where leaving is pure chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from material import Material
from voc.analysis.chances.scores import auc_interval
from voc.analysis.churn.experience import experience
from voc.analysis.churn.leaving import end_of
from voc.analysis.churn.risk import NOTHING, Risk, risk
from voc.analysis.churn.stamps import days_of, left_of
from voc.analysis.intervals import wilson
from voc.data.clock import DAY
from voc.data.sample.leaving import EARLY, EARLY_DAYS
from voc.data.store import to_frame

WORLDS = 20


@dataclass(frozen=True)
class Forecast:
    """The test of one sample's forecast beside the order that the planted hazards themselves give (``best``)."""

    risk: Risk
    best: float

    def __str__(self) -> str:
        row = self.risk.score.iloc[0]
        refused = self.risk.leaks.loc[self.risk.leaks["refused"], "covariate"].tolist()
        worth = self.risk.worth.iloc[0] if len(self.risk.worth) else None
        listed = (
            "no list"
            if worth is None
            else f"of {worth['listed_then']:.0f} listed at the test {worth['left_then']:.0f} left "
            f"({worth['left_pct']:.1f} %, {worth['lo']:.1f}–{worth['hi']:.1f}; of all {worth['usual_then_pct']:.1f} %)"
        )
        return (
            f"Forecast of leaving: {row['verdict']}; area under the curve {row['auc']:.3f} ({row['auc_lo']:.3f}–{row['auc_hi']:.3f}), "
            f"the planted hazards themselves {self.best:.3f}; squared error {row['skill']:.2%} less than the base rate's "
            f"({row['skill_lo']:.2%} to {row['skill_hi']:.2%}); slope {row['slope']:.2f} ({row['slope_lo']:.2f}–{row['slope_hi']:.2f}), "
            f"level {row['intercept']:+.2f} ({row['intercept_lo']:+.2f} to {row['intercept_hi']:+.2f}); {listed}; "
            f"honest columns refused: {refused or 'none'}."
        )


def forecast(material: Material) -> Forecast:
    """Test the forecast of the sample's month, and order the same customers by their planted hazards."""
    found = material.month.drivers.risk
    row = found.score.iloc[0]
    at = row["landmark"]
    end = end_of(material.month.span, material.month.period, material.month.settings.timezone)
    customers = to_frame(material.month.table("customers"))
    left, began = left_of(customers["churned_at"]), days_of(customers["signup_at"])
    moment = end.timestamp() / DAY - row["horizon_days"]
    active = ~(left < moment) & ~(began >= moment)
    gone = (left < moment + row["horizon_days"])[active].to_numpy()
    assert (int(active.sum()), int(gone.sum()), at) == (
        row["n"],
        row["gone"],
        pd.Timestamp(moment * DAY, unit="s").round("D"),
    )
    ratio = customers["customer_id"].map(_hazards(material, moment)).fillna(1.0)
    return Forecast(found, auc_interval(ratio[active].to_numpy(), gone)[0])


def _hazards(material: Material, moment: float) -> pd.Series:
    """Return by how much the planted hazards of the days after ``moment`` exceed the base hazard, by customer."""
    sizes = material.plants[7]["sizes"]
    firsts = material.both.sort_values("true_created_at").drop_duplicates("customer")
    since = moment - days_of(firsts["true_created_at"])
    lived = np.where(firsts["slow"], sizes["hazard_ratio_slow"], 1.0)
    lived = lived * np.where(firsts["solved_first"], 1.0, sizes["hazard_ratio_unresolved"])
    early = 1 + (EARLY - 1) * (EARLY_DAYS - since).clip(0, EARLY_DAYS) / 90
    made = pd.Series(np.asarray(lived * early), index=firsts["customer_id"].to_numpy())[(since > 0).to_numpy()]
    return made[made.index.notna() & ~made.index.duplicated()]


@dataclass(frozen=True)
class Chance:
    """Of ``worlds`` in which leaving is pure chance, in how many the forecast said that it tells something."""

    worlds: int
    told: int
    refused: int

    def __str__(self) -> str:
        lo, hi = wilson(np.array(float(self.told)), np.array(float(self.worlds)))
        return (
            f"{self.worlds} worlds in which customers leave by pure chance: a forecast is said to tell something in {self.told} "
            f"({self.told / self.worlds:.0%}; 95 % interval {float(lo):.0%}–{float(hi):.0%}), honest columns refused in {self.refused}."
        )


def null_leaving(material: Material, worlds: int = WORLDS) -> Chance:
    """Redraw who leaves when, at one rate for everybody and always, and drop the contacts after it; the rest is the sample's."""
    month = material.month
    end = end_of(month.span, month.period, month.settings.timezone)
    customers = to_frame(month.table("customers"))
    lived = experience(month.measured, month.settings.metrics, month.find("surveys"), end.to_pydatetime())
    told = refused = 0
    for world in range(worlds):
        rng = np.random.default_rng([world, 7])
        drawn, kept = _redrawn(customers, lived, end.timestamp() / DAY, rng)
        found = risk(drawn, kept, end, rng)
        assert found.why == ""
        told += int(found.score["verdict"].iloc[0] != NOTHING)
        refused += int(found.leaks["refused"].any())
    return Chance(worlds, told, refused)


def _redrawn(
    customers: pd.DataFrame, lived: pd.DataFrame, end: float, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    first = lived["at"].min()
    began = days_of(customers["signup_at"]).fillna(first).clip(lower=first)
    left = days_of(customers["churned_at"]).fillna(end)
    rate = customers["churned_at"].notna().sum() / (left - began).clip(lower=0).sum()
    drawn = began + rng.exponential(1 / rate, len(customers))
    stamps = pd.to_datetime(drawn.where(drawn < end) * DAY, unit="s")
    gone = pd.Series(drawn.to_numpy(), index=customers["customer_id"].to_numpy())
    kept = lived[lived["at"].to_numpy() < lived["customer_id"].map(gone).fillna(np.inf).to_numpy()]
    return customers.assign(churned_at=stamps), kept
