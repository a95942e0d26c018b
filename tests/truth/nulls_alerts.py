"""Calm shops: how often does the watch cry wolf in them, against its budget?

``python tests/truth/nulls_alerts.py --worlds 50`` prints it for the sample of a run that was made before (``--params``).
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
from material import Material
from scipy.stats import chi2
from voc.analysis.alerts.budget import MONTH
from voc.analysis.alerts.loglinear import fit
from voc.analysis.alerts.rules import AlertRules
from voc.analysis.alerts.watch import watch
from voc.run.settings import ROOT

BUDGETS = (1.0, 0.25)  # false alarms a month


def calm(contacts: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Draw a shop in which nothing happens: each issue's weekdays and restlessness stay, everything else of a contact is drawn anew.

    ``contacts``: interaction_id, created_local, issue and any labels and scores.
    """
    days = pd.date_range(contacts["created_local"].min().normalize(), contacts["created_local"].max().normalize())
    weekday = np.stack([np.ones(len(days)), *((days.day_of_week == day).astype(float) for day in range(1, 7))], axis=1)
    parts = []
    for _, own in contacts.groupby("issue", sort=True):
        counts = own["created_local"].dt.normalize().value_counts().reindex(days, fill_value=0).to_numpy(float)
        fitted = fit(counts[None, :], weekday)
        mean, over = fitted.predict(weekday)[0], fitted.dispersion[0] - 1
        drawn = rng.negative_binomial(mean / over, 1 / (1 + over)) if over > 1e-6 else rng.poisson(mean)
        picked = own.iloc[rng.integers(0, len(own), int(drawn.sum()))]
        parts.append(picked.assign(created_local=np.repeat(days, drawn) + pd.Timedelta(hours=12)))
    found = pd.concat(parts, ignore_index=True)
    return found.assign(interaction_id=np.char.add("n", np.arange(len(found)).astype(str)))


@dataclass(frozen=True)
class Alarms:
    """Incidents of calm shops against the budget."""

    budget: float
    months: float
    worlds: int
    series: int
    incidents: int

    @property
    def rate(self) -> float:
        """Incidents a month."""
        return self.incidents / self.months

    @property
    def ends(self) -> tuple[float, float]:
        """Ends of the rate's 95 % interval (Garwood's, of a Poisson count)."""
        lo, hi = chi2.ppf([0.025, 0.975], [2 * self.incidents, 2 * self.incidents + 2]) / 2 / self.months
        return float(np.nan_to_num(lo)), float(hi)

    def __str__(self) -> str:
        lo, hi = self.ends
        return (
            f"False alarms: {self.incidents} in {self.months:.0f} months of {self.worlds} calm shops ({self.series} series): "
            f"{self.rate:.2f} a month ({lo:.2f} to {hi:.2f}); budget {self.budget:g}."
        )


def false_alarms(material: Material, worlds: int, budgets: tuple[float, ...] = BUDGETS) -> list[Alarms]:
    """Watch calm shops for three months each and count the incidents at each budget."""
    wanted = ["interaction_id", "created_local", "category", "issue", "region", "channel", "csat", "frt_minutes"]
    read = material.month.find("readings").select("interaction_id", "mood").distinct()
    table = material.month.measured.select(*wanted).left_join(read, "interaction_id").drop("interaction_id_right")
    contacts = table.to_pandas().dropna(subset=["issue"])
    counts, series, back = dict.fromkeys(budgets, 0), 0, AlertRules().back
    for world in range(worlds):
        drawn = calm(contacts, np.random.default_rng(world))
        moods = ibis.memtable(drawn[["interaction_id", "mood"]].dropna())
        rows, until = ibis.memtable(drawn.drop(columns="mood")), drawn["created_local"].max()
        for budget in budgets:
            found = watch(rows, AlertRules(budget=budget), until, readings=moods)
            counts[budget] += len(found.incidents)
            series = len(found.series)
    return [Alarms(budget, worlds * back / MONTH, worlds, series, counts[budget]) for budget in budgets]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--params", type=Path, default=ROOT / "params" / "sample.yml")
    parser.add_argument("--worlds", type=int, default=50)
    asked = parser.parse_args()
    material, began = Material(asked.params), time.perf_counter()
    for alarms in false_alarms(material, asked.worlds):
        print(alarms)
    print(f"{time.perf_counter() - began:.1f} s")
    material.month.close()


if __name__ == "__main__":
    main()
