"""Planted mistakes of the plan of shifts: hours in which the phone lacks people, hours in which people idle in the chat.

``python tests/truth/plants_shifts.py --seed 7`` prints the line of a sample that was made before.
"""

from __future__ import annotations

import argparse

import pandas as pd
from material import Line, Material
from voc.analysis.forecast.staffing import Plan, Staffing, staffing
from voc.run.settings import reports_folder

Hours = set[tuple[str, str, int]]


def found_in(material: Material) -> Staffing:
    """Hold the plan against the load of the weeks before, by the report's own promise."""
    month = material.month
    own, until = month.settings.ahead.staffing, pd.Timestamp(month.period.end)
    plan = Plan(own.promise(month.settings.metrics.service_level_seconds), own.shrinkage, own.at_once)
    return staffing(month.measured, until, month.settings.metrics, plan, shifts=month.find("shifts"))


def shift_line(found: Staffing, planted: dict) -> Line:
    """Score the hours called: those planted, under their own word, and all others, which are false."""
    hours, figure, false = found.hours, {}, 0
    for verdict in ("missing", "idle"):
        true, called = hours_of(planted[verdict]), called_as(hours, verdict)
        figure[verdict] = f"{len(true & called)} of {len(true)}"
        false += len(called - true)
    judged = hours[hours["p"].notna() & ((hours["needed"] > 0) | (hours["planned"] > 0))]
    figure |= {"false_hours": false, "hours_judged": len(judged)}
    figure |= {"false_days": int(found.days["verdict"].isin(["missing", "idle"]).sum()), "days_judged": len(found.days)}
    said = {verdict: words(planted[verdict]) for verdict in ("missing", "idle")}
    every = all(hours_of(planted[verdict]) <= called_as(hours, verdict) for verdict in ("missing", "idle"))
    return Line("shifts", planted["name"], every, figure, said, "every planted hour must be called by its word")


def hours_of(planted: dict) -> Hours:
    """The hours of one mistake."""
    return {(planted["channel"], planted["weekday"], int(hour)) for hour in planted["hours"]}


def called_as(hours: pd.DataFrame, verdict: str) -> Hours:
    """The hours that were called so."""
    rows = hours[hours["verdict"] == verdict]
    return {(row.channel, row.weekday, int(row.hour)) for row in rows.itertuples()}


def words(planted: dict) -> str:
    """Write one mistake in short."""
    return f"{planted['channel']} {planted['weekday']} {planted['hours'][0]}–{planted['hours'][-1] + 1}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=2026)
    seed = parser.parse_args().seed
    material = Material(reports_folder() / ".work" / f"truth-{seed}" / "params.yml")
    print(shift_line(found_in(material), material.story["shifts"]))
    material.month.close()


if __name__ == "__main__":
    main()
