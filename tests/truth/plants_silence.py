"""Planted truth 14: unhappy customers who leave without a word, and a CSAT that is too rosy for it.

Two things are asked of the analysis. Does it see that those who leave keep their bad scores to themselves, and does
the CSAT that is weighted to everybody come nearer to the true one? The first is looked for over all months of the
sample, because leavers are few; the notebook looks back over ``metrics.agent_days``, and its figures stand beside.
"""

from __future__ import annotations

import pandas as pd
from material import Line, Material
from voc.analysis.nonresponse import Hearing, cells_of, hearing, what_if, with_heard, with_signs
from voc.analysis.rules import MetricRules

CERTAIN = ("sure", "likely")
ALWAYS = 10_000  # days: longer than any sample


def silence_lines(material: Material) -> dict[int, Line]:
    """Look for planted truth 14."""
    plant, month = material.plants[14], material.month
    customers, rules = month.table("customers"), month.settings.metrics
    usual = hearing(month.measured, month.period, rules, customers)
    whole = hearing(month.measured, month.period, rules.model_copy(update={"agent_days": ALWAYS}), customers)
    shares = csat(material, rules)
    nearer = abs(shares["weighted"] - shares["true"]) < abs(shares["answered"] - shares["true"])
    inside = shares["worst"] <= shares["true"] <= shares["best"]
    kept = kept_back(whole)
    figure = {
        **{f"leavers_{name}": value for name, value in kept.items()},
        **{f"last_{rules.agent_days}_days_{name}": value for name, value in kept_back(usual).items()},
        **{f"csat_{name}": round(value, 1) for name, value in shares.items()},
        "true_one_within_bounds": inside,
        "weighted_nearer_than_answered": nearer,
    }
    found = kept.get("bad_scores_certainty") in CERTAIN and nearer and inside
    planted = {
        name: plant["sizes"][name] for name in ("answered", "answered_others", "true_csat_pct", "answered_csat_pct")
    }
    share = (shares["answered"] - shares["weighted"]) / (shares["answered"] - shares["true"])
    remark = (
        f"bad scores of leavers must be missing beyond chance; weighting goes {share:.0%} of the way to the true CSAT, because "
        "most of what keeps the unhappy silent shows in nothing else"
    )
    return {14: Line("14", plant["name"], found, figure, planted, remark)}


def kept_back(heard: Hearing) -> dict:
    """How often leavers answered, and answered badly, beside comparable customers who stayed."""
    rows = heard.leavers.set_index("measure")
    found: dict = {}
    for measure, name in (("answered", "answered"), ("unhappy", "bad_scores")):
        if measure in rows.index:
            row = rows.loc[measure]
            found |= {f"{name}_pct": round(row["value"], 2), f"{name}_others_pct": round(row["others"], 2)}
            found |= {f"{name}_certainty": row["certainty"]}
    return found | ({"surveys": int(rows.loc["answered", "n"])} if "answered" in rows.index else {})


def csat(material: Material, rules: MetricRules) -> dict[str, float]:
    """CSAT of all months: as answered, weighted to all contacts, the bounds, and the true one of the same contacts."""
    month = material.month
    end = pd.Timestamp(material.kept["created_at"].max()).to_pydatetime()
    cells = cells_of(with_signs(with_heard(month.measured), rules, month.table("customers"), end))
    rows = what_if(cells)[0].query("whole == 'all'").set_index("scenario")["value"]
    named = {"answered": "answered", "by_kind": "kind", "weighted": "signs", "worst": "worst", "best": "best"}
    true = float((material.both["true_csat"] >= 4).mean() * 100)
    return {name: float(rows[scenario]) for name, scenario in named.items()} | {"true": true}
