"""The raw files beside the contacts: surveys, customers, orders, the calendar of events and the measures taken."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from voc.data.sample import world
from voc.data.sample.dirt_labels import write_labels
from voc.data.sample.dirt_stamps import local_times
from voc.data.sample.plan import Plan

_CITIES = {
    "North": ("Северск", "Белогорье", "Полярный"),
    "South": ("Южный Порт", "Солнцегорск", "Степной"),
    "East": ("Восточная Гавань", "Заречье", "Кедровый"),
    "West": ("Западный Мост", "Приморск", "Липки"),
    "Centre": ("Центральный", "Старый Город", "Новоград"),
    "Islands": ("Остров Рыбачий", "Маячный", "Островск"),
}
_REGIONS = {"North": "Север", "South": "Юг", "East": "Восток", "West": "Запад", "Centre": "Центр", "Islands": "Острова"}
NULL_EVENTS = (
    ("letter-2025-03", "newsletter", date(2025, 3, 12), "Newsletter: spring colours"),
    ("letter-2025-09", "newsletter", date(2025, 9, 17), "Newsletter: autumn reading"),
    ("letter-2026-05", "newsletter", date(2026, 5, 20), "Newsletter: our people"),
    ("letter-2026-08", "newsletter", date(2026, 8, 19), "Newsletter: back to school"),
    ("campaign-2025-06", "campaign", date(2025, 6, 2), "Poster campaign in trams"),
    ("campaign-2026-10", "campaign", date(2026, 10, 5), "Radio spots"),
    ("other-2026-04", "other", date(2026, 4, 7), "New logo on the home page"),
)
"""Events that change nothing."""


def _write(path: Path, table: pd.DataFrame, encoding: str, delimiter: str, end: str = "\n") -> None:
    """Write a table of strings as a delimited file."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator=end)
        writer.writerow(table.columns)
        writer.writerows(table.itertuples(index=False, name=None))


def survey_table(rng: np.random.Generator, asked: pd.DataFrame) -> pd.DataFrame:
    """Return the survey tool's export from ``kind, reference, customer, sent_at, answered_at, score, comment``."""
    asked = asked.sort_values(["sent_at", "customer", "kind"], kind="stable").reset_index(drop=True)
    form = "%m/%d/%Y %H:%M"
    sent = local_times(_clear(asked["sent_at"]), "America/New_York")
    answered = local_times(_clear(asked["answered_at"]), "America/New_York")
    raw, _ = write_labels(rng, asked["kind"], "kind")
    given = asked["answered"].to_numpy()
    score = asked["score"].astype(int).astype(str).to_numpy(dtype=object)
    return pd.DataFrame(
        {
            "Survey ID": [f"S{200_001 + i}" for i in range(len(asked))],
            "Type": raw,
            "Reference": asked["reference"],
            "Customer": asked["customer"],
            "Sent": sent.dt.strftime(form),
            "Answered": np.where(given, answered.dt.strftime(form), ""),
            "Score": np.where(given, score, ""),
            "Comment": np.where(given, asked["comment"], ""),
        }
    )


def _clear(times: pd.Series) -> pd.Series:
    """Move times out of the hour that New York's clocks show twice in autumn."""
    times = times.astype("datetime64[s]")
    twice = (times.dt.month == 11) & (times.dt.day_of_week == 6) & (times.dt.day <= 7) & times.dt.hour.isin([5, 6])
    return times.where(~twice, times + pd.Timedelta(hours=3))


def write_surveys(path: Path, table: pd.DataFrame) -> None:
    """Write the surveys: UTF-16 with a byte-order mark, tabs."""
    _write(path, table, "utf-16", "\t", "\r\n")


def write_customers(rng: np.random.Generator, path: Path, customers: pd.DataFrame, leaves: np.ndarray) -> None:
    """Write the customers as the Russian office's system gives them: cp1251, semicolons, day.month.year."""
    start = np.datetime64(world.FIRST_DAY)
    signup = pd.Series(start + customers["signup_day"].to_numpy().astype("timedelta64[D]")).dt.strftime("%d.%m.%Y")
    gone = np.isfinite(leaves)
    left = pd.Series(start + np.where(gone, leaves, 0).astype(int).astype("timedelta64[D]")).dt.strftime("%d.%m.%Y")
    russian = {"new": "новый", "regular": "обычный", "loyal": "лояльный", "business": "бизнес"}
    roll = rng.random(len(customers))
    segment = customers["segment"].to_numpy(dtype=object)
    words = np.array([russian[s] for s in segment], dtype=object)
    words = np.where(
        roll < 0.2, [s.capitalize() for s in segment], np.where(roll < 0.27, [w.upper() for w in words], words)
    )
    words = np.where((roll > 0.95) & (segment == "business"), "юрлицо", np.where(roll > 0.97, "", words))
    city = rng.integers(0, 3, len(customers))
    table = pd.DataFrame(
        {
            "Клиент": customers["customer"],
            "Сегмент": words,
            "Дата регистрации": signup,
            "Дата ухода": np.where(gone, left, ""),
            "Регион": [_REGIONS[region] for region in customers["region"]],
            "Город": [_CITIES[region][c] for region, c in zip(customers["region"], city, strict=True)],
        }
    )
    _write(path, table, "cp1251", ";")


def write_orders(rng: np.random.Generator, path: Path, scale: float) -> None:
    """Write the orders of each day by region and carrier."""
    busy = world.daily_business() * 620 * scale
    share = np.outer(world.REGION_SHARES, world.CARRIER_SHARES).ravel()
    orders = rng.poisson(np.outer(busy, share))
    days = [world.to_date(i).isoformat() for i in range(world.DAYS)]
    places = [(region, carrier) for region in world.REGIONS for carrier in world.CARRIERS]
    rows = [
        (day, *place, int(n))
        for day, line in zip(days, orders, strict=True)
        for place, n in zip(places, line, strict=True)
    ]
    _write(path, pd.DataFrame(rows, columns=["day", "region", "carrier", "orders"]), "utf-8", ",")


def write_events(path: Path, plan: Plan) -> None:
    """Write the company's calendar: releases, newsletters, holidays, campaigns and measures, with and without effect."""
    releases = [(version, on) for version, on in world.RELEASES if on >= world.FIRST_DAY]
    rows = [
        (f"release-{v}", "release", on, None, f"App {v}")
        for v, on in [*releases, (plan.release_version, plan.release_on)]
    ]
    rows += [(name, kind, on, None, label) for name, kind, on, label in NULL_EVENTS]
    rows.append((f"letter-{plan.letter_on:%Y-%m}", "newsletter", plan.letter_on, None, "Newsletter: autumn offers"))
    rows.append(("sales-2026", "campaign", plan.promise_from, None, f"Sales drive for {plan.promise_product}"))
    for day in world.CHRISTMASES:
        rows.append((f"christmas-{day.year}", "holiday", day - timedelta(1), day + timedelta(1), "Christmas"))
    for day in world.LUNAR_NEW_YEARS:
        rows.append((f"lunar-new-year-{day.year}", "holiday", day, day + timedelta(6), "Lunar New Year"))
    rows += [(f"measure-{i}", "other", m.day, None, f"Measure: {m.label}") for i, m in enumerate(plan.measures, 1)]
    rows.sort(key=lambda row: (row[2], row[0]))
    table = pd.DataFrame(rows, columns=["event_id", "kind", "starts_on", "ends_on", "label"]).astype(object)
    _write(path, table.where(table.notna(), ""), "utf-8", ",")


def write_measures(path: Path, plan: Plan) -> None:
    """Write what the shop did about which issue, when and who answers for it."""
    rows = [
        (f"measure-{i}", m.day.isoformat(), m.owner, m.issue, m.label, f"contacts about '{m.issue}' go down")
        for i, m in enumerate(plan.measures, 1)
    ]
    columns = ["measure_id", "starts_on", "owner", "issue", "label", "hypothesis"]
    _write(path, pd.DataFrame(sorted(rows, key=lambda r: r[1]), columns=columns), "utf-8", ",")
