"""The tables beside the contacts: customers, surveys, orders per day, and what cleaning leaves for the scorecard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from drawn import named, numbers, picked, stamps
from voc.analysis.fitness import fitness
from voc.data.completeness import flag_days, rows_per_day
from voc.data.store import opened

DAYS, START = 730, np.datetime64("2024-11-01", "s").astype("int64")
REGIONS = ("north", "south", "east", "west", "abroad")
SEGMENTS, CITIES = ("private", "small business", "large account"), ("Ulm", "Riga", "Porto", "Lyon", "Turku", "Graz")
CARRIERS = ("north post", "swift", "parcel one")
YEAR = 365 * 86_400


def make_customers(folder: Path, rng: np.random.Generator, customers: int) -> None:
    """Write the customers: most were there before the first day, one in eight leaves a year."""
    number = np.arange(customers)
    signed = START - rng.exponential(2 * YEAR, customers) + (rng.random(customers) < 0.3) * 2 * YEAR
    left = np.maximum(signed, START) + rng.exponential(8 * YEAR, customers)
    table = {
        "customer_id": named("c", number),
        "source": picked(("shop",), np.zeros(customers, "int8")),
        "segment": picked(SEGMENTS, rng.choice(3, customers, p=[0.8, 0.15, 0.05])),
        "region": picked(REGIONS, number % 7 % len(REGIONS)),
        "city": picked(CITIES, rng.integers(0, len(CITIES), customers)),
        "signup_at": stamps(np.floor(signed)),
        "churned_at": stamps(np.where(left < START + DAYS * 86_400, np.floor(left), np.nan)),
    }
    pq.write_table(pa.table(table), folder / "customers.parquet", compression="zstd")


def make_surveys(folder: Path, rng: np.random.Generator, columns: dict[str, np.ndarray]) -> None:
    """Write the surveys: one for each contact asked about satisfaction, and one in eight asked about the company."""
    asked, rows = np.flatnonzero(columns["survey_sent"]), len(columns["created"])
    others = rows // 8
    sent = np.concatenate([columns["created"][asked] + 86_400, START + rng.integers(0, DAYS * 86_400 - 3601, others)])
    would = rng.choice(11, others, p=[0.03, 0.01, 0.02, 0.03, 0.04, 0.07, 0.08, 0.12, 0.2, 0.2, 0.2]).astype(float)
    score = np.concatenate([columns["csat"][asked], np.where(rng.random(others) < 0.3, would, np.nan)])
    sent = np.minimum(sent, START + DAYS * 86_400 - 3601)
    came = np.minimum(sent + rng.exponential(86_400, len(sent)), START + DAYS * 86_400 - 3601)
    customer = np.concatenate([columns["customer"][asked], rng.integers(0, rows * 24 // 100, others)])
    about = pa.array(np.concatenate([asked, np.full(others, -1)]))
    table = {
        "survey_id": named("s", np.arange(len(sent))),
        "kind": picked(("csat", "nps"), (np.arange(len(sent)) >= len(asked)).astype("int8")),
        "interaction_id": pa.compute.if_else(pa.compute.less(about, 0), None, named("t", about.to_numpy())),
        "customer_id": named("c", customer),
        "sent_at": stamps(sent.astype(float)),
        "answered_at": stamps(np.where(np.isnan(score), np.nan, np.floor(came))),
        "score": numbers(score),
    }
    pq.write_table(pa.table(table), folder / "surveys.parquet", compression="zstd")


def make_volumes(folder: Path, rng: np.random.Generator, rows: int) -> None:
    """Write the orders of each day by region and carrier: about eight for every contact."""
    day, region, carrier = (grid.ravel() for grid in np.meshgrid(range(DAYS), range(5), range(3), indexing="ij"))
    table = {
        "day": stamps(START + day.astype(float) * 86_400),
        "orders": numbers(rng.poisson(8 * rows / DAYS / 15, len(day)).astype(float)),
        "region": picked(REGIONS, region),
        "carrier": picked(CARRIERS, carrier),
    }
    pq.write_table(pa.table(table), folder / "volumes.parquet", compression="zstd")


def note_cleaning(folder: Path) -> None:
    """Leave what the scorecard reads of cleaning: rows per day with their flags, and what the data are fit for."""
    with opened(folder) as store:
        contacts = store.read("interactions")
        store.write("results_days", flag_days(rows_per_day(contacts)))
        store.write("results_fitness", fitness(contacts))
