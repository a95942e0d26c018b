"""Planted truths 7 and 14 in who leaves: a slow response, an unsolved first contact, and those who leave without a word.

What the data call slow or unsolved is not what was planted: slow is the slowest quarter of a channel, where the truth has
fixed seconds; unsolved is what is seen within a week. So three ratios stand side by side: the one that the analysis tells,
the one that the planted hazards give for the very customers whom it sorts so, and the one that it tells when it is given
the true flags, which is the planted one if nothing is wrong with the model.

``python tests/truth/plants_churn.py`` prints the lines of the sample as the last report left it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from material import Line, Material
from voc.analysis.churn.cohort import HELD, Cohort
from voc.analysis.churn.experience import experience
from voc.analysis.churn.leaving import AT_FIRST, at_first, end_of, followed
from voc.analysis.churn.ratios import Experience, judged, ratio
from voc.analysis.churn.silent import BACK, GROUPS, kinds, silent
from voc.analysis.intervals import wilson
from voc.data.sample.leaving import EARLY, EARLY_DAYS
from voc.run.settings import ROOT

SIZES = {"slow": "hazard_ratio_slow", "unsolved": "hazard_ratio_unresolved"}
TRUE = {"slow": Experience("true_slow", "slow"), "unsolved": Experience("true_unsolved", "unsolved", ("true_slow",))}


def churn_lines(material: Material) -> dict[str, Line]:
    """Look for planted truths 7 and 14 among the customers who left."""
    month, rules = material.month, material.month.settings.metrics
    until = end_of(month.span, month.period, month.settings.timezone)
    customers, surveys = month.table("customers"), month.find("surveys")
    lived = experience(month.measured, rules, surveys, until.to_pydatetime())
    listed, of = followed(lived, customers, until)
    kept = silent(lived, listed, surveys, of.first, of.end, rules)
    since = max(of.first + BACK, of.end - rules.agent_days)
    spells = kinds(lived, listed, surveys, since, of.end)
    return {"7": ratio_line(material, of), "14 leavers": silent_line(material, spells, kept)}


def ratio_line(material: Material, of: Cohort) -> Line:
    """Set the ratios after the first contact beside the planted ones."""
    plant, rules = material.plants[7], material.month.settings.metrics
    planted = {name: float(plant["sizes"][size]) for name, size in SIZES.items()}
    rows = with_truth(material, at_first(of))
    told = judged([{"look": "", **ratio(rows, each, HELD, rules, extra=True)} for each in AT_FIRST], rules)
    told = told.set_index("covariate")
    given = {name: ratio(rows, each, HELD, rules, extra=False) for name, each in TRUE.items()}
    figure, inside = {}, []
    for name in SIZES:
        row, same = told.loc[name], expected(rows, name, planted)
        inside.append(row["lo"] <= same <= row["hi"] and row["certainty"] == "sure")
        inside.append(given[name]["lo"] <= planted[name] <= given[name]["hi"])
        figure |= {
            name: round(row["ratio"], 3), f"{name}_interval": f"{row['lo']:.2f} to {row['hi']:.2f}",
            f"{name}_planted_for_these": round(same, 3), f"{name}_of_true_flags": round(given[name]["ratio"], 3),
            f"{name}_of_true_flags_interval": f"{given[name]['lo']:.2f} to {given[name]['hi']:.2f}",
            f"{name}_over_time": row["proportional"],
        }  # fmt: skip
    remark = "sure, and planted ones inside all four intervals, which four of five samples give by chance alone"
    return Line("7", plant["name"], all(inside), figure, planted, remark)


def with_truth(material: Material, rows: pd.DataFrame) -> pd.DataFrame:
    """Add to each customer what was true of the first contact: true_slow, true_unsolved (1, 0; missing where unknown)."""
    kept = material.both.sort_values("true_created_at").drop_duplicates("customer_id")
    true = material.truth("customers").set_index("customer")
    flags = true.reindex(kept["customer"]).set_axis(kept["customer_id"])
    known = flags.reindex(rows["customer_id"])
    slow, solved = (pd.to_numeric(known[name]).to_numpy(float) for name in ("first_slow", "first_solved"))
    return rows.assign(true_slow=slow, true_unsolved=1 - solved)


def expected(rows: pd.DataFrame, name: str, planted: dict[str, float]) -> float:
    """Return the ratio that the planted hazards give between customers sorted by an observed flag.

    Leavers to be expected ÷ the days that were dangerous to each, the early ones ``EARLY`` times, with and without.
    """
    known = rows.dropna(subset=[name, "true_slow", "true_unsolved"])
    times = planted["slow"] ** known["true_slow"] * planted["unsolved"] ** known["true_unsolved"]
    landmark = (known["known_at"] - known["at"]).to_numpy(float)
    danger = _danger(landmark + known["stop"].to_numpy(float)) - _danger(landmark)
    having = known[name].to_numpy() == 1
    with_it, without = (np.average(times[part], weights=danger[part]) for part in (having, ~having))
    return float(with_it / without)


def _danger(days: np.ndarray) -> np.ndarray:
    return EARLY * np.minimum(days, EARLY_DAYS) + np.maximum(days - EARLY_DAYS, 0)


def silent_line(material: Material, spells: pd.DataFrame, kept: pd.DataFrame) -> Line:
    """Tell where the customers stand who left unhappy and without a word."""
    plant = material.plants[14]
    wrote = material.both[material.both["silent"] & ~material.both["answered"]]["customer_id"]
    leavers = spells[spells["gone"]]
    planted = leavers["customer_id"].isin(wrote)
    mute = leavers["kind"] == 1
    n, right, others = int(planted.sum()), int((planted & mute).sum()), float(mute[~planted].mean())
    elsewhere = float(leavers.loc[planted & (leavers["kind"] == 2), "customer_id"].isin(_heard(material)).mean())
    lo, _ = wilson(np.array(float(right)), np.array(float(max(n, 1))))
    table = kept.set_index("group").round(2)
    figure = {"planted_leavers": n, "mute": round(right / max(n, 1), 3), "other_leavers_mute": round(others, 3), "rest_answered_another": round(elsewhere, 3)}  # fmt: skip
    for name, group in zip(("never_heard", "mute", "answered"), GROUPS.values(), strict=True):
        figure |= {
            f"{name}_share": table.loc[group, "leavers_share"],
            f"{name}_times": table.loc[group, "times_others"],
        }
    found = float(lo) > others and table.loc[GROUPS[1], "times_lo"] > 1 and not (planted & (leavers["kind"] == 0)).any()
    remark = (
        "they must be among those in contact without any answer, oftener than other leavers, and none among those never heard "
        "of; who answered another survey in the same days counts as heard"
    )
    return Line("14 leavers", plant["name"], bool(found), figure, {"contacts": plant["contacts"]}, remark)


def _heard(material: Material) -> pd.Series:
    """The customers who answered any survey but the one on satisfaction with the contact that they were silent on."""
    answers = material.month.store.frame("surveys").dropna(subset=["answered_at"])
    silent_ones = material.both.index[material.both["silent"]]
    of_these = answers["interaction_id"].isin(silent_ones) & (answers["kind"] == "csat")
    return answers.loc[~of_these, "customer_id"]


def main() -> None:
    material = Material(ROOT / "params" / "sample.yml")
    for line in churn_lines(material).values():
        print(line)
    material.month.close()


if __name__ == "__main__":
    main()
