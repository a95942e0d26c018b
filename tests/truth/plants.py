"""The planted truths that a scorecard can find, and those that have to wait for another notebook."""

from __future__ import annotations

import pandas as pd
from material import Line, Material
from plants_agents import agent_lines
from plants_churn import churn_lines
from plants_content import content_lines
from plants_drivers import driver_lines
from plants_gaming import gaming_lines
from plants_load import load_lines
from plants_silence import silence_lines
from plants_themes import theme_lines
from voc.analysis.findings import find
from voc.analysis.scorecard import Scorecard, scorecard
from voc.data.periods import Period

CERTAIN = ("sure", "likely")
LATER = {
    11: "needs the measures and a comparison before and after",
}


def plant_lines(material: Material) -> list[Line]:
    cards = Cards(material)
    leaving = churn_lines(material)
    found = {
        7: leaving["7"],
        2: payment_failures(material, cards),
        4: newsletter(material, cards),
        5: tracking(material, cards),
        **driver_lines(material),
        **load_lines(material),
        **agent_lines(material),
        **gaming_lines(material),
        **silence_lines(material),
        **content_lines(material),
        **theme_lines(material),
    }
    lines = [found.get(number) or waiting(plant) for number, plant in material.plants.items()]
    return [*lines, leaving["14 leavers"]]


def waiting(plant: dict) -> Line:
    return Line(str(plant["id"]), plant["name"], None, {}, {"contacts": plant["contacts"]}, LATER[plant["id"]])


class Cards:
    """The scorecard of any month, made by the same functions as the notebook makes it, each once."""

    def __init__(self, material: Material):
        self.material, self.made = material, {}

    def of(self, month: str) -> Scorecard:
        if month not in self.made:
            now, rules = self.material.month, self.material.month.settings
            self.made[month] = scorecard(
                now.measured, Period.parse(month), rules.metrics, rules.dimensions, now.result("days")
            )
        return self.made[month]

    def findings(self, month: str) -> pd.DataFrame:
        """What the notebook would tell of a month; for the last month, what it told."""
        now = self.material.month
        if month == now.period.label:
            return now.result("findings_02_scorecard").fillna({"dimension": "", "label": ""})
        owners = (now.loaded.owners, now.metric_owners)
        return find(now.measured, self.of(month), Period.parse(month), now.settings.metrics, *owners)


def told(findings: pd.DataFrame, metric: str, direction: str, *places: tuple[str, str]) -> pd.DataFrame:
    """Findings about a metric that name one of the places (dimension, label), as subject or as what carries the rise."""
    subject = list(zip(findings["dimension"], findings["label"], strict=True))
    carrier = list(zip(findings["carried_dimension"], findings["carried_label"], strict=True))
    named = [one in places or other in places for one, other in zip(subject, carrier, strict=True)]
    of = (findings["metric"] == metric) & (findings["direction"] == direction) & findings["certainty"].isin(CERTAIN)
    return findings[of & pd.Series(named, index=findings.index, dtype=bool)]


def months_of(material: Material, number: int) -> pd.Series:
    """How many contacts of a plant began in each month, copies left out."""
    rows = material.true[material.true["plants"].str.split("|").map(lambda ids: str(number) in ids)]
    rows = rows[rows["duplicate_kind"].isna()]
    return rows["true_created_at"].astype("datetime64[s]").dt.strftime("%Y-%m").value_counts().sort_index()


def wave_months(material: Material, number: int) -> dict[str, int]:
    """The months that hold a tenth of a wave or more, and how many contacts of it."""
    counts = months_of(material, number)
    return {str(month): int(n) for month, n in counts.items() if n >= counts.sum() / 10}


def told_in(material: Material, cards: Cards, number: int, metric: str, direction: str, place: tuple) -> pd.DataFrame:
    """The findings about a wave in any month it lies in, with the month."""
    months = wave_months(material, number)
    return pd.concat([told(cards.findings(month), metric, direction, place).assign(month=month) for month in months])


def rise(rows: pd.DataFrame) -> dict:
    if rows.empty:
        return {"more_contacts": 0}
    most = rows.nlargest(1, "change").iloc[0]
    return {"month": most["month"], "more_contacts": round(float(most["change"]))}


def payment_failures(material: Material, cards: Cards) -> Line:
    where = material.plants[2]["where"]
    rows = told_in(material, cards, 2, "contacts", "more", ("issue", where["issue"]))
    named = bool(len(told(rows, "contacts", "more", ("payment_method", where["payment_method"]))))
    remark = f"{where['payment_method']}; the issue must be named, as what rose or as what carries a rise"
    figure = rise(rows) | {"method_named": named}
    return Line("2", material.plants[2]["name"], bool(len(rows)), figure, wave_months(material, 2), remark)


def newsletter(material: Material, cards: Cards) -> Line:
    where = material.plants[4]["where"]
    rows = told_in(material, cards, 4, "contacts", "more", ("issue", where["issue"]))
    remark = "the rise; that a newsletter made it needs the events"
    return Line("4", material.plants[4]["name"], bool(len(rows)), rise(rows), wave_months(material, 4), remark)


def tracking(material: Material, cards: Cards) -> Line:
    issue = material.plants[5]["where"]["issue"]
    waves = [day for _, day in material.plants[5]["sizes"]["christmas"]]
    seen = [day[:7] for day in waves if len(told(cards.findings(day[:7]), "contacts", "more", ("issue", issue)))]
    figure = {"decembers": len(seen), "months": " ".join(seen)}
    remark = "waves before Christmas; the one before Lunar New Year falls into the month after and needs a forecast"
    return Line("5", material.plants[5]["name"], len(seen) == len(waves), figure, {"decembers": len(waves)}, remark)
