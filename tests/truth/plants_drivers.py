"""Planted truth 6, Simpson's paradox in handling time; labels that mean nothing; and what agents differ in (9 and 10).

``python tests/truth/plants_drivers.py --seed 7`` prints the lines of a sample that was made before.
"""

from __future__ import annotations

import argparse

import numpy as np
from material import Line, Material
from voc.run.settings import reports_folder

NULLS = ("browser", "packaging_colour")
CERTAIN = ("sure", "likely")


def driver_lines(material: Material) -> dict[int, Line]:
    """Does handling time turn round, with sign and size?"""
    return {6: paradox(material.month.drivers.found, material.plants[6], among_answers(material))}


def among_answers(material: Material) -> dict[str, float]:
    """Return the true rank correlations of those who answered, pooled and within issue and channel, over 24 months.

    The unhappy answer less, which draws the pooled one nearer to nought than that of all contacts.
    """
    table = material.truth("interactions")
    pair = ["true_handle_seconds", "true_csat"]
    table = table[table["duplicate_kind"].isna() & table["answered"] & table[pair[0]].notna()]
    parts = [
        (len(part), part[pair].corr("spearman").iloc[0, 1])
        for _, part in table.groupby(["issue", "channel"])
        if len(part) > 9
    ]
    known = [(n, rho) for n, rho in parts if rho == rho]
    within = sum(n * rho for n, rho in known) / sum(n for n, _ in known)
    return {"pooled": float(table[pair].corr("spearman").iloc[0, 1]), "within": float(within)}


def beside_lines(material: Material) -> list[Line]:
    """Are labels that mean nothing left alone, and is the part that is the agent told as it is?"""
    found = material.month.drivers.found
    return [_nulls(found), _staff(found, material)]


def paradox(found, plant: dict, true: dict[str, float]) -> Line:
    """Hold the rank correlations of handling time and its reading against the true ones of those who answered."""
    row = found.within.set_index("driver").loc["handling"]
    held = {name: bool(row[f"rho_{name}_lo"] <= value <= row[f"rho_{name}_hi"]) for name, value in true.items()}
    signs = row["reading"] == "reversed" and row["rho_pooled_hi"] < 0 < row["rho_within_lo"]
    figure = {
        "pooled": row["rho_pooled"], "pooled_lo": row["rho_pooled_lo"], "pooled_hi": row["rho_pooled_hi"], "within": row["rho_within"],
        "within_lo": row["rho_within_lo"], "within_hi": row["rho_within_hi"], "reading": row["reading"], "points_pooled": row["pooled"],
        "points_within": row["within"], "inside": ", ".join(name for name, one in held.items() if one) or "neither",
    }  # fmt: skip
    sizes = plant["sizes"]
    planted = true | {
        "pooled_of_all": sizes["pooled_rank_correlation"],
        "within_of_all": sizes["within_rank_correlation"],
    }
    remark = "rank correlations of a year's answers; true are those of all answers of 24 months, of all: of contacts without answers too"
    return Line("6", plant["name"], bool(signs and all(held.values())), figure, planted, remark)


def _nulls(found) -> Line:
    rows = found.factors.set_index("factor").reindex(list(NULLS))
    called = int(rows["certainty"].isin(CERTAIN).sum())
    figure = {
        name: f"{row['effect']:.1f} points, p {row['p']:.2f}, {row['certainty']}" for name, row in rows.iterrows()
    }
    where = found.where
    figure |= {"groups_compared": len(where), "groups_called": int(where["certainty"].isin(CERTAIN).sum())}
    return Line("6-nulls", "labels that mean nothing", called == 0, figure, {"called": 0})


def _staff(found, material: Material) -> Line:
    """Hold the share of variance between agents in first contacts unsolved against that of the truth's own contacts."""
    rows = found.agents.set_index("measure")
    table = material.truth("interactions")
    table = table[table["duplicate_kind"].isna() & table["agent"].notna() & table["solved_first"].notna()]
    share = table.groupby("agent")["solved_first"].agg(["mean", "size"])
    share = share[share["size"] >= 100]
    logit = np.log(share["mean"] / (1 - share["mean"]))
    tau2 = max(float(logit.var() - (1 / (share["size"] * share["mean"] * (1 - share["mean"]))).mean()), 0.0)
    true = 100 * tau2 / (tau2 + np.pi**2 / 3)
    own = rows.loc["unsolved"]
    figure = {f"{name}_pct": row["share"] for name, row in rows.iterrows()} | {
        "unsolved_lo": own["lo"],
        "unsolved_hi": own["hi"],
    }
    remark = "share of the variance between agents; true: of all contacts, the issue not held alike; scores differ between agents only through care and what stays unsolved"
    return Line(
        "9-10-share",
        "how much is the agent at all",
        bool(own["lo"] > 0 and own["hi"] >= true * 0.5),
        figure,
        {"unsolved_pct": float(true)},
        remark,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=2026)
    seed = parser.parse_args().seed
    material = Material(reports_folder() / ".work" / f"truth-{seed}" / "params.yml")
    for line in [*driver_lines(material).values(), *beside_lines(material)]:
        print(line)


if __name__ == "__main__":
    main()
