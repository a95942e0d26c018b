"""Planted truths as alerts: how many days after its beginning each is called, and what is called that nobody planted.

``python tests/truth/plants_alerts.py`` prints it for the sample of a run that was made before (``--params``).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from alert_days import Oracle, first_called
from material import Line, Material
from voc.analysis.alerts.budget import MONTH
from voc.analysis.alerts.rules import AlertRules
from voc.analysis.alerts.sharing import members
from voc.analysis.alerts.watch import Watched, watch
from voc.run.alert_reads import matters
from voc.run.settings import ROOT

WATCHED = {1: "failing SMS notices", 2: "payment failures", 4: "newsletter wave", 8: "eco packaging"}
SEASON, OVERRUN = 5, 13
TOO_SHORT = "ten weeks of data, two of them before Christmas: what is usual cannot be told from what was not"
MOSTLY = 0.5  # of an incident's excess that must be contacts of one planted truth
BACK, AGAIN = 365, 28  # days looked back at: by the whole year, and by each look again


@dataclass(frozen=True)
class Seen:
    """Looks at the sample on the last days up to one, and how many contacts of each planted truth each incident holds."""

    material: Material
    budget: float = 1.0
    topics: bool = True
    until: pd.Timestamp | None = None
    back: int = BACK

    @property
    def last(self) -> pd.Timestamp:
        """The last day looked at."""
        return self.material.month.span[1].normalize() if self.until is None else self.until

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
            month.measured, AlertRules(budget=self.budget, back=self.back), self.last,
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
        told = [self._plant(row, inside[row["key"]]) for _, row in found.incidents.iterrows()]
        return found.incidents.assign(**pd.DataFrame(told, columns=["plant", "part"]))

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

    def called(self, number: int, begin: pd.Timestamp, end: pd.Timestamp, guess: pd.Timestamp) -> tuple | None:
        """Look again day by day, each day knowing nothing later: the first look that calls a planted truth, and what it says."""

        def on(day: pd.Timestamp) -> pd.Series | None:
            then = replace(self, until=day, back=AGAIN)
            mine = then.held[(then.held["plant"] == number) & (then.held["last"] >= begin)]
            return None if mine.empty else mine.sort_values("seen").iloc[0].copy().pipe(_with_rise, then.found)

        return first_called(on, begin, end, guess)


def _with_rise(row: pd.Series, found: Watched) -> pd.Series:
    """Add the smallest rise a week that the look would have seen in the series in front, and the series told together."""
    least = found.detectable[(found.detectable["key"] == row["key"]) & (found.detectable["span"] == 7)]
    row["rise"] = float(least["rise"].iloc[0]) if len(least) else np.nan
    together = found.series[found.series["key"].isin([row["key"], *row["related"]])]
    return pd.concat([row, pd.Series({"together": together, "threshold": found.thresholds.look})])


def alert_lines(seen: Seen) -> list[Line]:
    """Say of each planted truth how many days after its beginning it was called, as what, and how soon it could have been."""
    plants = seen.material.plants
    lines = [_line(seen, plants[number], f"alert-{number}") for number in (*WATCHED, OVERRUN)]
    return [*lines, *_seasons(seen, plants[SEASON])]


def _seasons(seen: Seen, plant: dict) -> list[Line]:
    """The first Christmas is news; the wave before the Lunar New Year after it is told of too; the second ones are known."""
    lines = []
    for feast, short in (("christmas", "christmas"), ("lunar_new_year_mostly_chinese", "lunar")):
        first, second = plant["sizes"][feast]
        line = _line(seen, plant | {"dates": first}, f"alert-5-first-{short}")
        lines.append(line if line.found else replace(line, remark=TOO_SHORT))
        begin, end = (pd.Timestamp(day) for day in second)
        held = seen.held[(seen.held["plant"] == SEASON) & (seen.held["seen"] >= begin) & (seen.held["start"] <= end)]
        figure = {
            "alerts": len(held),
            "as": "; ".join(f"{row['key']} {row['seen']:%Y-%m-%d}" for _, row in held.iterrows()),
        }
        lines.append(
            Line(f"alert-5-second-{short}", plant["name"], held.empty, figure, {"alerts": 0, "from": second[0]})
        )
    return lines


def _line(seen: Seen, plant: dict, name: str) -> Line:
    begin, end = (pd.Timestamp(day) for day in plant["dates"])
    mine = seen.held[(seen.held["plant"] == plant["id"]) & (seen.held["last"] >= begin)].sort_values("seen")
    guess = mine["seen"].iloc[0] if len(mine) else begin
    found = seen.called(plant["id"], begin, end, min(max(guess, begin), end))
    oracle = Oracle(seen.material, begin, end, found[1]["threshold"] if found else seen.found.thresholds.look)
    counted = plant["id"] != OVERRUN
    planted = {"from": plant["dates"][0], "to": plant["dates"][1], "contacts": plant["contacts"]}
    could = {"soonest_exact": str(oracle.exact(plant))} if counted else {}
    if found is None:
        return Line(name, plant["name"], False, could, planted)
    day, row = found
    figure = {
        "days_after": (day - begin).days, "start_off_by": (row["start"] - begin).days, "as": row["key"], "what": row["what"],
        "excess": round(row["excess"]), "lo": round(row["lo"]), "hi": round(row["hi"]), "certainty": row["certainty"], "alerts": len(mine),
        "seen_from_a_week": round(row["rise"], 1),
    }  # fmt: skip
    if counted:
        front = row["together"][row["together"]["key"] == row["key"]].to_dict("records")[0]
        figure |= {
            "planted_first_week": oracle.planted(front, plant["id"]),
            "soonest": str(oracle.best(row["together"], plant["id"])),
        }
    return Line(name, plant["name"], True, figure | could, planted)


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--params", type=Path, default=ROOT / "params" / "sample.yml")
    asked = parser.parse_args()
    material = Material(asked.params)
    seen = Seen(material, topics=False)
    for line in alert_lines(seen):
        print(line)
    print(unplanted(seen))
    print(unplanted(Seen(material)))
    material.month.close()


if __name__ == "__main__":
    main()
