"""Customers drawn again and again from a known rate of leaving: do the intervals hold it, and what is told of nothing?

``python tests/truth/nulls_churn.py`` prints it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from voc.analysis.churn.ratios import Experience, judged, ratio
from voc.analysis.intervals import wilson
from voc.analysis.rules import MetricRules

SETS, CUSTOMERS, NULLS = 200, 1500, 4
RATIOS = {"slow": 1.8, "unsolved": 2.0}
RATE, EARLY_DAYS, EARLY = 0.0006, 60, 3.0  # leaving a day, and how many times as much in the first days


@dataclass(frozen=True)
class Redrawn:
    """What was told of sets of customers drawn from known hazards."""

    sets: int
    held: int
    intervals: int
    extra_held: int
    called: int
    nulls: int
    found: int

    def __str__(self) -> str:
        lo, hi = wilson(np.array(float(self.held)), np.array(float(self.intervals)))
        return (
            f"Redrawn customers: {self.sets} sets of {CUSTOMERS:,}. The 95 % intervals hold the ratio {self.held / self.intervals:.1%} "
            f"of the time ({lo:.1%} to {hi:.1%}), those of extra leavers in 100 {self.extra_held / self.intervals:.1%}. "
            f"{self.found} of {self.intervals} planted ratios are called; {self.called} of {self.nulls} that are none "
            f"({self.called / self.nulls:.2%})."
        )


def redrawn(sets: int = SETS, seed: int = 2026) -> Redrawn:
    """Draw sets of customers and judge all experiences of each together, as the analysis does."""
    rng, rules = np.random.default_rng(seed), MetricRules()
    known = [Experience("slow", "slow"), Experience("unsolved", "unsolved", ("slow",))]
    known += [Experience(f"nothing_{place}", "nothing") for place in range(NULLS)]
    held = extra_held = called = found = 0
    for _ in range(sets):
        rows, extra = draw(rng)
        table = judged([{"look": "", **ratio(rows, each, ("segment",), rules, extra=True)} for each in known], rules)
        table = table.set_index("covariate")
        sure = table["certainty"].isin(["sure", "likely"])
        for name, true in RATIOS.items():
            row = table.loc[name]
            held += int(row["lo"] <= true <= row["hi"])
            extra_held += int(row["per100_lo"] <= extra[name] <= row["per100_hi"])
        found += int(sure[list(RATIOS)].sum())
        called += int(sure.drop(list(RATIOS)).sum())
    return Redrawn(sets, held, 2 * sets, extra_held, called, NULLS * sets, found)


def draw(rng: np.random.Generator) -> tuple[pd.DataFrame, dict[str, float]]:
    """Draw customers, and tell how many more of 100 leave within 180 days by what was planted, in the very ones drawn."""
    b = rng.random(CUSTOMERS) < 0.4
    flags = {"slow": rng.random(CUSTOMERS) < np.where(b, 0.4, 0.2), "unsolved": rng.random(CUSTOMERS) < 0.2}
    times = np.where(b, 1.5, 1.0) * np.prod([np.where(flag, RATIOS[name], 1) for name, flag in flags.items()], axis=0)
    clock = rng.exponential(1, CUSTOMERS) / (RATE * times)
    turn = EARLY_DAYS * EARLY
    days = np.where(clock < turn, clock / EARLY, clock - turn + EARLY_DAYS)
    end = rng.uniform(60, 700, CUSTOMERS)
    dose = RATE * times * (turn + 180 - EARLY_DAYS)
    extra = {
        name: 100 * float((np.exp(-dose / RATIOS[name]) - np.exp(-dose))[flag].mean()) for name, flag in flags.items()
    }
    nothing = {f"nothing_{place}": rng.random(CUSTOMERS) < 0.3 for place in range(NULLS)}
    marks = {name: flag.astype(float) for name, flag in (flags | nothing).items()}
    segment = pd.Categorical(np.where(b, "b", "a"))
    rows = pd.DataFrame({"start": 0.0, "stop": np.minimum(days, end), "gone": days <= end, "segment": segment, **marks})
    return rows, extra


if __name__ == "__main__":
    print(redrawn())
