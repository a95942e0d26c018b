"""How often do intervals hold what came in the last months of a sample, each forecast with what was known before it?

``python tests/truth/forecast_held.py`` prints it for the sample of a run that was made before (``--params``). Method and
width are chosen anew at every moment, from what had come by then. What else the sample holds (planted waves, a backlog, months
of few contacts) is in these months as it is in real ones, so nothing is left out. Forecasts of one month miss together, as parts of
one whole do: the intervals of these shares are narrower than they should be.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from material import Line, Material
from voc.analysis.forecast.ahead import methods_for
from voc.analysis.forecast.backtest import backtest, before
from voc.analysis.forecast.choose import choose, with_doubt
from voc.analysis.forecast.fan import INTERVALS, Fan
from voc.analysis.forecast.occasions import Calendar
from voc.analysis.forecast.series import Series, summed
from voc.analysis.intervals import wilson
from voc.data.periods import Period
from voc.run.settings import ROOT

LAST, HORIZONS = 6, 3
ROWS = ["series", "kind", "months_ahead", "at", "method", "came", "told", "held50", "held80", "held95"]


def series_held(given: Series, calendar: Calendar, last: int = LAST) -> pd.DataFrame:
    """Forecast each of the last months from before it, one to three months ahead: ``ROWS``."""
    days = given if given.grain == "day" else None
    whole = summed(given, "month") if days is not None else given
    test, rows = backtest(whole, HORIZONS, methods_for(whole, days, calendar)), []
    for _ in range(last + HORIZONS - 1):
        test = before(test)
        choice, known = choose(test), len(test.series)
        size = np.append(whole.n, whole.ahead(HORIZONS)[1])[None, known : known + HORIZONS]
        fan = with_doubt(test, choice).fans[choice.name]
        latest = Fan(fan.mean[-1:], fan.variance[-1:], fan.freedom[-1:])
        told = latest.quantiles(test.series, size, choice.widen)[0]
        for step in range(HORIZONS):
            at = known + step
            if len(whole) - last <= at < len(whole) and whole.known[at]:
                came, q = whole.value[at], told[step]
                inside = [bool(q[lo] <= came <= q[hi]) for lo, hi in INTERVALS.values()]
                rows.append([given.name, whole.kind, step + 1, whole.starts[at], choice.name, came, q[3], *inside])
    return pd.DataFrame(rows, columns=ROWS)


def held(material: Material, last: int = LAST) -> pd.DataFrame:
    """Return ``ROWS`` of all series that the report forecasts by month."""
    made = material.month.ahead._forecasts
    months = Period.last_whole(material.month.span[1].date(), "month")
    given = [*made._measured("month", months), *made._contacts(months)[0]]
    return pd.concat([series_held(one, made.calendar, last) for one in given], ignore_index=True)


def held_line(rows: pd.DataFrame, name: str, what: str) -> Line:
    """Say how many of the months each interval held; found if none of the three held surely too few (Wilson's 95 %)."""
    figure, narrow, wide = {"series": rows["series"].nunique(), "forecasts": len(rows)}, [], []
    for level in INTERVALS:
        hits = int(rows[f"held{level}"].sum())
        lo, hi = (float(end) for end in wilson(np.array(float(hits)), np.array(float(len(rows)))))
        figure |= {f"held{level}": hits / len(rows), f"lo{level}": lo, f"hi{level}": hi}
        narrow += [f"{level} %"] if hi < level / 100 else []
        wide += [f"{level} %"] if lo > level / 100 else []
    said = [
        f"{word}: {', '.join(which)}" for word, which in (("too narrow", narrow), ("wider than needed", wide)) if which
    ]
    planted = {"held": ", ".join(f"{level / 100:g}" for level in INTERVALS)}
    return Line(name, what, not narrow, figure, planted, "; ".join(said))


def held_lines(rows: pd.DataFrame) -> list[Line]:
    """Say it of counts and of shares, a month ahead and further ahead."""
    counts, near = rows["kind"] == "count", rows["months_ahead"] == 1
    return [
        held_line(rows[counts & near], "held-contacts-1", "contacts, the next month"),
        held_line(rows[counts & ~near], "held-contacts-2-3", "contacts, two and three months ahead"),
        held_line(rows[~counts & near], "held-scores-1", "satisfaction and service, the next month"),
        held_line(rows[~counts & ~near], "held-scores-2-3", "satisfaction and service, two and three months ahead"),
    ]


def main(asked: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--params", type=Path, default=ROOT / "params" / "sample.yml")
    material, began = Material(parser.parse_args(asked).params), time.perf_counter()
    rows = held(material)
    for line in held_lines(rows):
        print(line)
    missed = rows[~rows["held95"]].groupby("series").size().sort_values(ascending=False)
    print("Outside 95 %: " + ", ".join(f"{name} {count}" for name, count in missed.items()))
    print(f"{time.perf_counter() - began:.1f} s")
    material.month.close()


if __name__ == "__main__":
    main()
