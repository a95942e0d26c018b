"""Planted truths as alerts: how many days after its beginning each is called, what is called that nobody planted, and how often
calm shops cry wolf against the budget.

``python tests/truth/plants_alerts.py --worlds 50`` prints it for the sample of a run that was made before (``--params``).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from material import Line, Material
from voc.analysis.alerts.budget import MONTH
from voc.analysis.alerts.loglinear import fit
from voc.analysis.alerts.rules import AlertRules
from voc.analysis.alerts.sharing import members
from voc.analysis.alerts.watch import Watched, watch
from voc.run.alert_reads import matters
from voc.run.settings import ROOT

WATCHED = {1: "failing SMS notices", 2: "payment failures", 4: "newsletter wave", 8: "eco packaging"}
SEASON, OVERRUN = 5, 13
MOSTLY = 0.5  # of an incident's excess that must be contacts of one planted truth
BACK = 365


@dataclass(frozen=True)
class Seen:
    """A year of looks at the sample, and how many contacts of each planted truth each incident holds."""

    material: Material
    budget: float = 1.0
    topics: bool = True

    @property
    def mentions(self) -> ir.Table | None:
        """Who speaks of which matter."""
        month = self.material.month
        return matters(month.table("mentions"), month.result("topics")) if self.topics else None

    @cached_property
    def found(self) -> Watched:
        month = self.material.month
        days = month.result("days")
        return watch(
            month.measured, AlertRules(budget=self.budget, back=BACK), month.span[1],
            mentions=self.mentions, readings=month.find("readings"),
            incomplete=pd.to_datetime(days.loc[days["flag"], "day"]).tolist(),
        )  # fmt: skip

    @cached_property
    def held(self) -> pd.DataFrame:
        """Incidents with the planted truth that makes up most of each: ``plant`` (0: none) and ``part`` of the excess."""
        month, found = self.material.month, self.found
        series = found.series[found.series["key"].isin(found.incidents["key"])]
        inside = members(
            month.measured, series, month.span[0].normalize(), month.span[1].normalize(),
            self.mentions, month.find("readings"),
        )  # fmt: skip
        return found.incidents.assign(
            **pd.DataFrame([self._plant(row, inside[row["key"]]) for _, row in found.incidents.iterrows()])
        )

    def _plant(self, row: pd.Series, contacts: pd.DataFrame) -> dict:
        then = contacts[contacts["day"].between(row["start"], row["last"])]
        planted = self.material.true["plant"].reindex(then["interaction_id"]).value_counts().drop(0, errors="ignore")
        overrun = self.material.plants[OVERRUN]
        then_over = row["start"] <= pd.Timestamp(overrun["dates"][1]) and row["last"] >= pd.Timestamp(
            overrun["dates"][0]
        )
        if row["kind"] == "slow" and row["label"] in ("", overrun["where"]["channel"]) and then_over:
            return {"plant": OVERRUN, "part": 1.0}
        part = float(planted.max() / row["excess"]) if len(planted) else 0.0
        return {"plant": int(planted.idxmax()) if part >= MOSTLY else 0, "part": part}


def alert_lines(seen: Seen) -> list[Line]:
    """Say of each planted truth on which day after its beginning it was called, as what, and how large."""
    plants = seen.material.plants
    lines = [_line(seen, plants[number], number) for number in (*WATCHED, OVERRUN)]
    holidays = seen.held[seen.held["plant"] == SEASON]
    plant = plants[SEASON]
    known = [span for spans in plant["sizes"].values() if isinstance(spans, list) for span in spans[1:]]
    figure = {
        "alerts": len(holidays),
        "labels": "; ".join(f"{row['label']} {row['seen']:%Y-%m-%d}" for _, row in holidays.iterrows()),
    }
    remark = "a season that was seen once must not be called; Lunar New Year is 19 days later in its second year"
    return [
        *lines,
        Line("alert-5", plant["name"], holidays.empty, figure, {"alerts": 0, "second year": str(known)}, remark),
    ]


def _line(seen: Seen, plant: dict, number: int) -> Line:
    mine = seen.held[seen.held["plant"] == number].sort_values("seen")
    planted = {"from": plant["dates"][0], "to": plant["dates"][1], "contacts": plant["contacts"]}
    if mine.empty:
        return Line(f"alert-{number}", plant["name"], False, {}, planted)
    first, begin = mine.iloc[0], pd.Timestamp(plant["dates"][0])
    figure = {
        "days_after": (first["seen"] - begin).days, "start_off_by": (first["start"] - begin).days, "as": first["key"], "what": first["what"],
        "excess": round(first["excess"]), "lo": round(first["lo"]), "hi": round(first["hi"]), "certainty": first["certainty"], "alerts": len(mine),
    }  # fmt: skip
    return Line(f"alert-{number}", plant["name"], True, figure, planted)


def unplanted(seen: Seen) -> str:
    """Say how many incidents a year hold no planted truth."""
    none = seen.held[seen.held["plant"] == 0]
    months = BACK / MONTH
    return (
        f"Not planted: {len(none)} of {len(seen.held)} incidents in {months:.0f} months, {len(none) / months:.2f} a month; budget "
        f"{seen.budget:g} over {len(seen.found.series)} series."
        + "".join(
            f"\n  {row['key']} {row['what']}, seen {row['seen']:%Y-%m-%d}, {row['certainty']}"
            for _, row in none.iterrows()
        )
    )


def calm(contacts: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Draw a shop in which nothing happens: each issue's weekdays and restlessness stay, everything else of a contact is drawn anew.

    ``contacts``: interaction_id, created_local, issue and any labels and scores.
    """
    days = pd.date_range(contacts["created_local"].min().normalize(), contacts["created_local"].max().normalize())
    weekday = np.stack([np.ones(len(days)), *((days.weekday == day).astype(float) for day in range(1, 7))], axis=1)
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


def false_alarms(material: Material, worlds: int, budget: float = 1.0) -> str:
    """Watch calm shops for three months each and count the incidents."""
    wanted = ["interaction_id", "created_local", "category", "issue", "region", "channel", "csat", "frt_minutes"]
    contacts = material.month.measured.select(*wanted).to_pandas().dropna(subset=["issue"])
    rules, counts, series = AlertRules(budget=budget), [], 0
    for world in range(worlds):
        drawn = calm(contacts, np.random.default_rng(world))
        found = watch(ibis.memtable(drawn), rules, drawn["created_local"].max())
        counts.append(len(found.incidents))
        series = len(found.series)
    months = worlds * rules.back / MONTH
    each = 1.96 * np.std(counts, ddof=1) * np.sqrt(worlds) / months if worlds > 1 else np.nan
    return (
        f"False alarms: {sum(counts)} in {months:.0f} months of {worlds} calm shops ({series} series): "
        f"{sum(counts) / months:.2f} a month (± {each:.2f}); budget {budget:g}."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--params", type=Path, default=ROOT / "params" / "sample.yml")
    parser.add_argument("--worlds", type=int, default=50)
    parser.add_argument("--budget", type=float, default=1.0)
    asked = parser.parse_args()
    material = Material(asked.params)
    for topics in (True, False):
        seen = Seen(material, asked.budget, topics)
        print(f"\n{len(seen.found.series)} series, {'with' if topics else 'without'} topics")
        for line in alert_lines(seen):
            print(line)
        print(unplanted(seen))
    if asked.worlds:
        print(false_alarms(material, asked.worlds, asked.budget))
    material.month.close()


if __name__ == "__main__":
    main()
