"""What can be foreseen in real exports: forecasts tried from every earlier day and week, beside the naive ones and chance.

    python benchmarks/forecast_real.py [params/techsupport.yml …]

The exports are read as the workbook reads them (params files; VOC_SHARED_DATA says where they lie, and without them a file is
passed over). Printed are scores alone: for each series how many periods are known, and for each method, over all horizons, the
miss as MASE (in usual changes from one period to the next), pinball loss in the same measure, and how many per cent its 50,
80 and 95 % intervals held; the one used is bold. The noise floor is the MASE of who knows the truth but not who calls or
answers. What intervals held of the sample's last months: ``tests/truth/forecast_held.py``.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import pandas as pd
import voc
from voc.analysis.compare import by_period
from voc.analysis.forecast.ahead import forecasts
from voc.analysis.forecast.choose import ORDER
from voc.analysis.forecast.daily import measured_daily
from voc.analysis.forecast.repeats import repeated
from voc.analysis.forecast.series import Grain, Series, daily, measured, summed
from voc.data.completeness import flag_days, rows_per_day
from voc.data.periods import Period
from voc.data.problems import InputError
from voc.run.month import Month

PARAMS = ("techsupport", "appreviews", "shopzilla")
FOLDER = Path(__file__).resolve().parents[1] / "params"
METRICS = ("csat_pct", "csat_mean", "aht_minutes")
AHEAD: dict[Grain, int] = {"day": 7, "week": 2}
JUDGED = ["mase", "pinball", "cover50", "cover80", "cover95"]


def contacts(month: Month) -> Series:
    """Count contacts by whole days; days that an export lacks are gaps, and so is the first or last where it is cut off."""
    days = flag_days(rows_per_day(month.interactions))
    lost = [pd.Timestamp(day).date() for day in days.loc[days["flag"], "day"]]
    first, last = month.span
    first = first.normalize() + pd.Timedelta(days=int(first.hour >= 12))
    last = last.normalize() - pd.Timedelta(days=int(0 < last.hour < 12))
    inside = month.interactions.filter(month.interactions.created_local.date().between(first.date(), last.date()))
    return daily(inside, (first, last), lost=lost)["contacts"]


def figures(month: Month, grain: Grain) -> Iterator[Series]:
    """Return the shares and means that the data carry, by day or by whole weeks."""
    table = month.measured
    for metric in (one for one in METRICS if one in table.columns):
        if grain == "day":
            yield measured_daily(table, metric)
            continue
        first, last = (at.date() for at in month.span)
        period, whole = Period.holding(first, grain), []
        while period.end <= last + pd.Timedelta(days=1):
            whole += [period] if period.start >= first else []
            period = period.shift(1)
        rows = by_period(table, [metric], whole)
        yield measured(rows, metric, grain, spread=repeated(table, metric, grain))


def scored(series: Series, grain: Grain) -> tuple[pd.DataFrame, str]:
    """Return a series' scores by method over all horizons, floor and chosen with them, and what is said of it."""
    found = forecasts([series], grain, AHEAD[grain])
    rows, words = found.scores, found.words["words"].iloc[0]
    if not len(rows):
        return rows, words
    by = rows.assign(**rows[JUDGED].mul(rows["n_origins"], axis=0)).groupby("method")
    mean = by[JUDGED].sum().div(by["n_origins"].sum(), axis=0)
    return mean.join(by.agg(floor=("floor", "mean"), chosen=("chosen", "any"))), words


def cell(row: pd.Series) -> str:
    """Write a method's scores: MASE / pinball / per cent held by its 50, 80 and 95 % intervals."""
    held = " · ".join(f"{100 * row[one]:.0f}" for one in JUDGED[2:])
    told = f"{row['mase']:.2f} / {row['pinball']:.2f} / {held}"
    return f"**{told}**" if row["chosen"] else told


def printed(name: str) -> None:
    """Print the scores of a params file: what is said of each series, and by day and by week one table of all methods."""
    path = Path(name) if name.endswith(".yml") else FOLDER / f"{name}.yml"
    try:
        month = voc.open_month(path)
    except InputError as error:
        print(f"{path.stem}: not read. {error}", flush=True)
        return
    first, last = month.span
    print(f"\n## {path.stem}: {first:%d %B %Y} to {last:%d %B %Y}", flush=True)
    for grain in ("day", "week"):
        table = {}
        print()
        for series in of_grain(month, grain):
            rows, words = scored(series, grain)
            print(f"- {series.name} by {grain}: {words}", flush=True)
            if len(rows):
                floor = pd.Series({"noise floor": f"{rows['floor'].iloc[0]:.2f}"})
                table[f"{series.name} ({series.known.sum()})"] = pd.concat([floor, rows.apply(cell, axis=1)])
        if table:
            print("\n" + as_table(pd.DataFrame(table), f"by {grain} (known)"), flush=True)
    month.close()


def of_grain(month: Month, grain: Grain) -> list[Series]:
    """Return all series of a grain; weeks of contacts are sums of days."""
    counts = contacts(month)
    return [counts if grain == "day" else summed(counts, grain), *figures(month, grain)]


def as_table(frame: pd.DataFrame, corner: str) -> str:
    """Write a table in Markdown, methods from simple to complex."""
    ordered = frame.reindex([one for one in ("noise floor", *ORDER) if one in frame.index]).fillna("")
    lines = [
        [corner, *frame.columns],
        ["---"] * (frame.shape[1] + 1),
        *([at, *row] for at, row in zip(ordered.index, ordered.to_numpy(), strict=True)),
    ]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("params", nargs="*", default=list(PARAMS))
    for name in asked.parse_args().params:
        printed(name)


if __name__ == "__main__":
    main()
