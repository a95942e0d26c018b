"""Planted truth 3, page 3 of one product's manual, and of 12 the questions whose answer stands in the FAQ.

``python tests/truth/plants_content.py --seed 7`` prints the lines of a sample that was made before.
"""

from __future__ import annotations

import argparse

import pandas as pd
from material import Line, Material
from voc.analysis.themes.answered import candidates, says_so
from voc.analysis.themes.content import localise, recent
from voc.run.settings import reports_folder
from voc.text.entities import entities

CERTAIN = ("sure", "likely")
HOLDERS = ("product", "payment_method", "carrier")
PLACES = ("manual_page", "app_version", "carrier", "region", "payment_method", "browser", "packaging_colour")
MEASURES = ("one_touch_pct", "fcr_pct", "aht_minutes")
NULLS = ("browser", "packaging_colour")


def content_lines(material: Material) -> dict[int, Line]:
    """Look for the page among all places, and say what else was told."""
    plant, found = material.plants[3], places(material)
    where = plant["where"]
    told = found[found["certainty"].isin(CERTAIN)]
    named = told[
        (told["issue"] == where["issue"])
        & (told["held"] == where["product"])
        & (told["place"] == "manual_page")
        & (told["value"] == where["manual_page"])
    ]
    figure = {"told": len(told), "of_null_dimensions": int(told["place"].isin(NULLS).sum())}
    if len(named):
        row = named.iloc[0]
        figure |= {"share": round(row["share"] / 100, 3), "lo": round(row["lo"] / 100, 3), "hi": round(row["hi"] / 100, 3),
                   "others": round(row["others"] / 100, 3), "certainty": row["certainty"]}  # fmt: skip
    planted = {name: where[name] for name in ("product", "manual_page")} | {"share": plant["sizes"]["share"]}
    remark = f"over the last {material.month.settings.metrics.agent_days} days; the planted share is of all months"
    return {3: Line("3", plant["name"], bool(len(named)), figure, planted, remark)}


def answered_line(material: Material) -> Line:
    """Set the issues whose customers say that the answer may stand somewhere beside those that the FAQ answers."""
    plant, listed = material.plants[12], candidates(asked(material), material.month.settings.metrics)
    true = set(plant["sizes"]["faq_issues"])
    named = set(listed.loc[listed["certainty"].isin(CERTAIN), "issue"])
    easy = set(listed["issue"]) - named
    figure = {
        "named": len(named),
        "right": len(named & true),
        "only_easy": len(easy),
        "right_of_these": len(easy & true),
    }
    figure |= texts_that_say_so(material)
    remark = "an issue is named when its own words are more than chance; ease alone is told as «cannot tell»"
    found = len(named & true) >= 0.8 * len(true) and len(named - true) <= 0.2 * len(named)
    return Line("12-faq", "answers that stand in the FAQ", found, figure, {"issues": len(true)}, remark)


def places(material: Material) -> pd.DataFrame:
    month = material.month
    columns = dict.fromkeys(["issue", "category", *HOLDERS, *PLACES])
    contacts = recent(month.measured, month.period, month.settings.metrics, columns)
    named = entities(contacts, kinds=("page", "version", "amount"))
    return localise(contacts, month.settings.metrics, places=PLACES, holders=HOLDERS, named=named)


def asked(material: Material) -> pd.DataFrame:
    month = material.month
    columns = ["issue", "category", "channel", *MEASURES]
    return recent(month.measured, month.period, month.settings.metrics, columns)


def texts_that_say_so(material: Material) -> dict[str, float]:
    """How many of the planted texts are recognised by their words, and how many of those recognised were planted."""
    texts = material.both["text"].fillna("")
    said = texts.map(says_so).ne("")
    planted = material.both["theme"].eq("faq")
    return {
        "texts_recall": round(float(said[planted].mean()), 3) if planted.any() else 0.0,
        "texts_precision": round(float(planted[said].mean()), 3) if said.any() else 0.0,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=2026)
    seed = parser.parse_args().seed
    material = Material(reports_folder() / ".work" / f"truth-{seed}" / "params.yml")
    for line in [*content_lines(material).values(), answered_line(material)]:
        print(line)
    material.month.close()


if __name__ == "__main__":
    main()
