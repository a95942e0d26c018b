"""Planted truth 13: one channel grows, one shrinks, one runs over for three weeks; and what else is said to run over.

``python tests/truth/plants_load.py --seed 7`` prints the line of a sample that was made before.
"""

from __future__ import annotations

import argparse

import pandas as pd
from material import Line, Material
from voc.analysis.load.mix import mix
from voc.analysis.load.strain import load_response, overrun_weeks
from voc.analysis.season import weeks
from voc.run.settings import reports_folder

DRIFTS = {"chat": "up", "phone": "down"}


def load_lines(material: Material) -> dict[int, Line]:
    """Find the drift of the channels with the season taken out, and the weeks in which one channel ran over."""
    month, plant = material.month, material.plants[13]
    rules, known = month.settings.metrics, weeks(month.measured, month.period, month.span)
    judged = overrun_weeks(month.measured, known, rules)
    shares = mix(month.measured, month.period, rules, days=month.result("days"), span=month.span)
    drift, true = drifts(shares.slopes, plant), true_weeks(plant, known)
    over = judged[judged["over"].astype(bool)]
    named = over[(over["channel"] == plant["where"]["channel"]) & over["week"].isin(true)]
    load = load_response(month.measured, month.period, rules, month.rng("load"))
    whole = [week for week in true if mostly(plant, week)]
    figure = {
        "chat_a_year": round(drift["chat"]["slope"], 2), "phone_a_year": round(drift["phone"]["slope"], 2),
        "drifts_sure": all(drift[name]["certainty"] == "sure" and drift[name]["direction"] == way for name, way in DRIFTS.items()),
        "other_drifts": int(shares.slopes["certainty"].isin(["sure", "likely"]).sum() - sum(row["certainty"] in ("sure", "likely") for row in drift.values())),
        "weeks_over": f"{len(named)} of {len(true)}", "times_slower": round(float(named["times"].max()), 2) if len(named) else 0.0,
        "false_weeks": len(over) - len(named), "weeks_judged": int((judged["why"] == "").sum()), "false_slips": len(load.slips()),
    }  # fmt: skip
    planted = {
        "chat_a_year": a_year(plant, "chat"), "phone_a_year": a_year(plant, "phone"),
        "times_slower": plant["sizes"]["first_response_factor"], "weeks": f"{plant['dates'][0]} to {plant['dates'][1]}",
    }  # fmt: skip
    found = figure["drifts_sure"] and named["week"].isin(whole).sum() == len(whole)
    remark = (
        f"{plant['where']['channel']}; every week mostly in it must be named; response does not depend on load here"
    )
    return {13: Line("13", plant["name"], bool(found), figure, planted, remark)}


def drifts(slopes: pd.DataFrame, plant: dict) -> dict[str, dict]:
    """The trends of the two channels that move."""
    return {name: slopes[slopes["label"] == name].iloc[0].to_dict() for name in DRIFTS}


def true_weeks(plant: dict, known: list) -> list[pd.Timestamp]:
    """The weeks that hold a day of the overrun."""
    first, last = (pd.Timestamp(day) for day in plant["dates"])
    starts = [pd.Timestamp(week.start) for week in known]
    return [start for start in starts if start <= last and start + pd.Timedelta(days=6) >= first]


def mostly(plant: dict, week: pd.Timestamp) -> bool:
    """Tell whether at least four days of a week lie in the overrun."""
    days = pd.date_range(week, periods=7)
    return bool(((days >= pd.Timestamp(plant["dates"][0])) & (days <= pd.Timestamp(plant["dates"][1]))).sum() >= 4)


def a_year(plant: dict, channel: str) -> float:
    """What was planted, in points a year: from the first month to the last, 23 months later."""
    first, last = plant["sizes"][f"{channel}_first_and_last_month"]
    return round((last - first) * 100 / 23 * 12, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=2026)
    seed = parser.parse_args().seed
    material = Material(reports_folder() / ".work" / f"truth-{seed}" / "params.yml")
    for line in load_lines(material).values():
        print(line)
    material.month.close()


if __name__ == "__main__":
    main()
