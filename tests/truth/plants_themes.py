"""Planted themes that only texts can tell (1, 8, 12), and how often a theme is seen where none began."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
from material import Line, Material
from voc.analysis.chance import false_discovery
from voc.analysis.intervals import daily_spread, wilson
from voc.analysis.themes.change import changes
from voc.analysis.themes.inside import Inside, called, lay, within
from voc.analysis.themes.mentions import matrix, mentions, period_numbers, tellers, tellers_by_period
from voc.analysis.themes.naming import nameless
from voc.analysis.themes.scan import TIME, scan
from voc.text.topics.fit import fit

CERTAIN = ("sure", "likely")
WORLDS = 100
WEEK = pd.Timedelta(weeks=1)
WRITTEN = (
    "channel",
    "team",
    "category",
    "issue",
)  # how people write differs by channel and team, whatever they write of
NULL_TOO = ("app_version", "browser", "packaging_colour")


def theme_lines(material: Material) -> dict[int, Line]:
    found = hidden_themes(material)
    return {
        1: line_of(material, found, 1, "no sms", {"region", "carrier"}),
        8: line_of(material, found, 8, "eco packaging", set()),
        12: line_of(material, found, 12, "promise", {"product"}),
    }


def hidden_themes(material: Material) -> Inside:
    """What the notebook finds inside the source's issues."""
    month = material.month
    return within(
        month.texts.corpus, month.period.history(24), month.settings.metrics, by="issue", dimensions=compared(material),
        names=month.loaded.vocabulary, spread=daily_spread(month.measured), seed=month.settings.seed,
    )  # fmt: skip


def compared(material: Material) -> list[str]:
    names = [*material.month.settings.dimensions, *NULL_TOO]
    return [
        name for name in dict.fromkeys(names) if name in material.month.texts.corpus.contacts and name not in WRITTEN
    ]


def line_of(material: Material, found: Inside, number: int, theme: str, places: set[str]) -> Line:
    """A theme counts as found when its issue, its places and the week of its beginning are told, and most who say it are."""
    plant = material.plants[number]
    begun = pd.Timestamp(plant["dates"][0])
    rows = found.themes[(found.themes["label"] == plant["where"]["issue"]) & (found.themes["dimension"] == TIME)]
    true = material.true.reindex(material.month.texts.corpus.contacts["interaction_id"])
    say_so = set(true.index[true["theme"] == theme])
    best: dict = {"told": 0}
    for row in rows.to_dict("records"):
        ours = found.members[(found.members["theme"] == row["theme"]) & found.members["since"]]
        ids = set(ours["interaction_id"])
        told = {(one["dimension"], one["value"]) for one in row["where"]}
        if len(ids & say_so) > best["told"]:
            best = {
                "told": len(ids & say_so),
                "precision": len(ids & say_so) / len(ids),
                "recall": len(ids & say_so) / len(say_so),
                "begin_first": str(row["begin_first"]),
                "begin_last": str(row["begin_last"]),
                "begin_right": pd.Timestamp(row["begin_first"]) - WEEK
                <= begun
                <= pd.Timestamp(row["begin_last"]) + WEEK,
                "certainty": row["certainty"],
                "places": all((name, plant["where"][name]) in told for name in places),
                "csat": round(float(row["csat"]), 1),
                "csat_others": round(float(row["csat_others"]), 1),
                "csat_certainty": row["csat_certainty"],
                "words": "; ".join(", ".join(words[:3]) for words in row["words"].values()),
            }
    good = bool(best.get("begin_right")) and bool(best.get("places")) and best.get("certainty") in CERTAIN
    good = good and best["precision"] >= 0.5 and best["recall"] >= 0.5
    planted = {
        "texts": len(say_so),
        "from": plant["dates"][0],
        **{name: plant["where"][name] for name in sorted(places)},
    }
    remark = "the week it begins in within a week of the span told; half of those who say it, half of those told right"
    return Line(str(number), plant["name"], good, best, planted, remark)


@dataclass(frozen=True)
class NullThemes:
    """Worlds in which no theme begins: how many called a topic new or rising, and a theme inside an issue."""

    worlds: int
    topics: int
    called: int
    any_topic: int
    compared: int
    any_theme: int
    any_place: int
    likely: float

    def __str__(self) -> str:
        return (
            f"{self.worlds} worlds in which nothing begins: {self.called} of {self.topics:,} topics called new, rising or fading, "
            f"any at all in {self._share(self.any_topic)}; of {self.compared:,} places looked at inside issues, a theme in time "
            f"called in {self._share(self.any_theme)}, one of a value in {self._share(self.any_place)}. "
            f"Params ask for at most {self.likely:.0%}."
        )

    def _share(self, count: int) -> str:
        lo, hi = wilson(np.array(float(count)), np.array(float(self.worlds)))
        return f"{count} of {self.worlds} ({count / self.worlds:.0%}; 95 % interval {float(lo):.1%}–{float(hi):.1%})"


def null_themes(material: Material, worlds: int = WORLDS, processes: int = 2) -> NullThemes:
    """Look for themes in worlds made of the sample's own contacts.

    Every customer's history is moved by a lot of whole weeks, so that no week differs from another; the values of the
    dimensions are dealt among the customers of an issue, so that no value says anything more.
    """
    jobs = [(material.params, list(range(first, worlds, processes))) for first in range(processes)]
    if processes == 1:
        parts = [judge_worlds(*jobs[0])]
    else:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            parts = list(pool.map(judge_worlds, *zip(*jobs, strict=True)))
    found = pd.concat(parts)
    sums = {name: int(found[name].sum()) for name in ("topics", "called", "compared")}
    any_ = {
        f"any_{name}": int((found[column] > 0).sum())
        for name, column in (("topic", "called"), ("theme", "time"), ("place", "value"))
    }
    return NullThemes(len(found), **sums, **any_, likely=material.month.settings.metrics.likely)


def judge_worlds(params: Path, numbers: Sequence[int]) -> pd.DataFrame:
    """Make worlds of the given numbers and count what is called in each; runs in a process of its own."""
    material = Material(params)
    month = material.month
    corpus, rules, seed = month.texts.corpus, month.settings.metrics, month.settings.seed
    periods = month.period.history(24)
    topics = fit(corpus, month.settings.text.topics, seed, month.settings.text.encoder)
    said = mentions(corpus, topics.assign(corpus.vectors)[0])
    own = matrix(said, corpus.contacts, [str(at) for at in range(len(topics))])
    parts, teller = lay(corpus, "issue", seed), tellers(corpus.contacts)
    names = compared(material)
    unnamed = nameless(corpus, names, month.loaded.vocabulary, "issue")
    days, spread = np.array([one.days for one in periods], float), daily_spread(month.measured)
    rows = []
    for number in numbers:
        rng = np.random.default_rng([material.story["seed"], number])
        period = period_numbers(
            turned(corpus.contacts["created_local"], teller, periods[0].start, periods[-1].end, rng), periods
        )
        counts, whole = tellers_by_period(own, teller, period, len(periods))
        p = changes(counts, whole, days, 12, 12, spread).p
        q = false_discovery(pd.Series(p[np.isfinite(p)]))
        values = {name: dealt(corpus.contacts[name], corpus.contacts["issue"], teller, rng) for name in names}
        cells, asked = scan(
            parts, teller, period, days, values, year=12, recent=12, least=rules.min_n, spread=spread, nameless=unnamed
        )
        kept = called(cells, asked, rules)
        in_time = int((kept["dimension"] == TIME).sum())
        rows.append(
            (number, len(q), int((q <= rules.likely).sum()), int(asked["compared"].sum()), in_time, len(kept) - in_time)
        )
    month.close()
    return pd.DataFrame(rows, columns=["world", "topics", "called", "compared", "time", "value"])


def turned(stamps: pd.Series, teller: np.ndarray, first: object, end: object, rng: np.random.Generator) -> pd.Series:
    """Move each teller's contacts by a lot of whole weeks, round the end to the beginning."""
    start = pd.Timestamp(first)
    weeks = int((pd.Timestamp(end) - start) / WEEK)
    moved = pd.to_datetime(stamps) - start + rng.integers(0, weeks, teller.max() + 1)[teller] * WEEK
    return start + moved % (weeks * WEEK)


def dealt(values: pd.Series, issue: pd.Series, teller: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Deal the values of a column among the tellers of each issue, one for all of a teller's contacts there."""
    frame = pd.DataFrame({"value": values.astype(object), "issue": issue.fillna(""), "teller": teller})
    first = frame.groupby(["issue", "teller"], sort=True)["value"].first().reset_index()
    first["drawn"] = first.groupby("issue")["value"].transform(lambda part: rng.permutation(part.to_numpy()))
    both = frame.merge(first[["issue", "teller", "drawn"]], on=["issue", "teller"], how="left")
    return both["drawn"].where(both["drawn"].notna(), None).to_numpy(object)
