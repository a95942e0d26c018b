"""Do the whys end at what was planted (1, 2, 3, 4, 8, 12, 13), and how much of it do they tell?"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from material import Line, Material
from plants import Cards
from whys_told import SAYS, Told, month_told, since, within

PRECISION = 0.5  # of the contacts of a theme or wording, those whose texts tell of the plant
NEAR_LETTER = 3  # days
SAID = ("theme", "wording")
PLACED = ("label", "combination", "time")
SLOW = ": slow"

Judge = Callable[[Told, dict, dict], bool]


def why_lines(material: Material, cards: Cards | None = None, waves: bool = True) -> tuple[list[Line], list[Told]]:
    """Ask the whys of the month under report and, with ``waves``, of the months that waves rise in; one line a plant and month."""
    cards, reported = cards or Cards(material), material.month.period.label
    months = {reported: month_told(material, cards)}
    lines = [line_of(months[reported], material.plants[number], judge) for number, judge in REPORTED.items()]
    for number, judge in WAVE.items() if waves else ():
        label = month_of(material, number)
        if label == reported:
            continue
        if label not in months:
            months[label] = month_told(material, cards, label, [SLOW])
        lines.append(line_of(months[label], material.plants[number], judge))
    return lines, list(months.values())


def month_of(material: Material, number: int) -> str:
    """The month in which there is most more of a wave than in the month before: that is when one asks why."""
    true = material.true
    own = true["backlog"].astype(bool) if number == 13 else true["plant"] == number
    stamps = true.loc[own & true["duplicate_kind"].isna(), "true_created_at"]
    counts = stamps.astype("datetime64[s]").dt.to_period("M").value_counts().sort_index()
    every = counts.reindex(pd.period_range(counts.index[0], material.month.period.label, freq="M"), fill_value=0)
    return str(every.diff().fillna(every).idxmax())


def line_of(told: Told, plant: dict, judge: Judge) -> Line:
    """A plant counts as found when one path names it; told is the deepest such path, and how much the last place carries."""
    right = [step for step in told.steps if judge(told, step, plant)]
    best = max(right, key=lambda step: (step["depth"], step["n"]), default=nearest(told, plant))
    planted = {"contacts": plant["contacts"], "dates": "–".join(plant["dates"]), **plant["where"]}
    number = plant["id"]
    if best is None:
        return Line(f"why-{number} {told.month}", plant["name"], False, {"depth": 0}, planted)
    figure = {"depth": best["depth"], "ends": best["ends"] or "goes on", "certainty": best["certainty"]}
    figure |= size(told, best, number)
    return Line(f"why-{number} {told.month}", plant["name"], bool(right), figure, planted, told.words(best["node"]))


def size(told: Told, step: dict, number: int) -> dict:
    """What the last place or span of a path carries, with its interval, beside what was planted inside of it.

    Where the path ends at something said, the same of those who say it: what is told of them, and how many truly do.
    """
    path = told.path(step["node"])
    placed = [one for one in path if one["kind"] in PLACED]
    one = placed[-1] if placed else step
    excess = _excess(one)
    ours = len(told.planted(number, told.members[one["node"]]))
    figure = {
        "share": round(float(one["share"]), 1), "lo": round(float(one["lo"]), 1), "hi": round(float(one["hi"]), 1),
        "excess": excess[0], "excess_lo": excess[1], "excess_hi": excess[2], "planted_inside": ours,
        "size_right": bool(excess[1] <= ours <= excess[2]),
    }  # fmt: skip
    if step["kind"] in SAID and placed and number in SAYS:
        said = _excess(step)
        true = len(told.says(number).intersection(told.members[one["node"]]))
        figure |= {"say_so": said[0], "say_lo": said[1], "say_hi": said[2], "truly_say": true}
    return figure


def _excess(step: dict) -> list[float]:
    """The excess of a step in contacts, with its interval."""
    return [round(step["whole"] * part / 100, 1) for part in (step["share"], step["lo"], step["hi"])]


def nearest(told: Told, plant: dict) -> dict | None:
    """The step that holds most contacts of a plant that was not found."""
    counts = {step["node"]: len(told.planted(plant["id"], told.members[step["node"]])) for step in told.steps}
    node = max(counts, key=counts.get, default="")
    return told.rows[node] if node and counts[node] else None


def names(told: Told, step: dict, plant: dict, *which: str) -> bool:
    """Tell whether a path names the issue and these places of a plant."""
    return {(name, plant["where"][name]) for name in which} <= told.pairs(step["node"])


def tells(told: Told, step: dict, number: int) -> bool:
    """Tell whether a step is something said, mostly by contacts that a plant brought and whose texts tell of it."""
    if step["kind"] not in SAID:
        return False
    ours = told.members[step["node"]]
    return len(ours.intersection(told.says(number))) >= PRECISION * len(ours)


def spans(told: Told, step: dict, plant: dict) -> bool:
    """Tell whether a path names the days of a wave."""
    path = told.path(step["node"])
    return any(one["kind"] == "time" and within(told, one, *plant["dates"]) for one in path)


def sms(told: Told, step: dict, plant: dict) -> bool:
    placed = names(told, step, plant, "issue", "region", "carrier")
    return placed and (spans(told, step, plant) or tells(told, step, 1))


def release(told: Told, step: dict, plant: dict) -> bool:
    return names(told, step, plant, "issue", "payment_method", "app_version")


def page(told: Told, step: dict, plant: dict) -> bool:
    return names(told, step, plant, "issue", "product", "manual_page")


def letter(told: Told, step: dict, plant: dict) -> bool:
    sent = pd.Timestamp(plant["dates"][0])
    return names(told, step, plant, "issue") and any(
        one["kind"] == "time" and abs((one["begin"] - sent).days) <= NEAR_LETTER and one["event_on"] == sent
        and one["event_kind"] == "newsletter" for one in told.path(step["node"])
    )  # fmt: skip


def eco(told: Told, step: dict, plant: dict) -> bool:
    return names(told, step, plant, "issue") and tells(told, step, 8) and since(told, 8, step["node"])


def promise(told: Told, step: dict, plant: dict) -> bool:
    return names(told, step, plant, "issue", "product") and tells(told, step, 12)


def backlog(told: Told, step: dict, plant: dict) -> bool:
    slow = step["measure"] == "slow" and names(told, step, plant, "channel")
    return slow and spans(told, step, plant)


REPORTED: dict[int, Judge] = {1: sms, 2: release, 3: page, 4: letter, 8: eco, 12: promise}
WAVE: dict[int, Judge] = {1: sms, 4: letter, 13: backlog}
