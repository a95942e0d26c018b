"""A shop in which service matters: scores and leaving follow from handling time, waits and what was left unsolved.

``python drivers_shop.py FOLDER ROWS SEED`` fills a folder as a store has it before 05_drivers: the contacts of ``tables``
with 60 issues, 200 agents and an answer for three contacts of ten, moods as read from texts, and two weeks in which chats
were overrun. Hard issues take longer and please less, whoever handles them; among contacts of one issue longer ones please
more. The outcomes are drawn from what came before them, so what a model ought to find is known (``SCORE``, ``LEAVING``).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from drawn import named, picked, stamps
from shop import DAYS, REGIONS, SEGMENTS, START, YEAR, make_surveys, make_volumes, note_cleaning
from tables import CATEGORIES, drawn_columns, write_contacts

ISSUES, AGENTS, PERIOD = 60, 200, "2026-10"
SIZES = np.array([7, 7, 7, 7, 7, 7, 6, 6, 6])  # issues of each category
SCORE = {"handling": 0.3, "wait": -0.2, "unsolved": -1.0, "again": -0.3, "agent": 0.25, "issue": 0.6}
"""What moves a score on the logit scale: a logarithm more of a time, yes against no, a deviation of agents and issues."""
LEAVING = {"slow": 1.3, "unsolved": 2.0}  # how many times as fast customers leave after such a first contact
ANSWERED, CUTS = (
    0.3,
    (0.12, 0.2, 0.32, 0.6),
)  # part of the contacts with an answer; parts of the scores below 2, 3, 4, 5
DAY, CHAT, OVERRUN = 86_400, 2, ("2026-09-07", "2026-09-14")


def make_store(folder: Path, rows: int, seed: int) -> None:
    """Fill a folder with the tables of such a shop."""
    rng = np.random.default_rng(seed)
    columns = drawn_columns(rng, rows)
    people = rows * 24 // 100
    _of_what(rng, columns)
    _served(rng, columns)
    unsolved, again = _outcome(columns)
    left = _leaving(rng, columns, people, unsolved)
    _scores(rng, columns, unsolved, again)
    folder.mkdir(parents=True, exist_ok=True)
    _customers(folder, rng, left)
    make_surveys(folder, rng, columns)
    make_volumes(folder, rng, rows)
    write_contacts(folder, columns, [f"{CATEGORIES[at]} {n}" for at, size in enumerate(SIZES) for n in range(size)])
    _beside(folder, rng, columns)
    note_cleaning(folder)


def _of_what(rng: np.random.Generator, columns: dict[str, np.ndarray]) -> None:
    """Give contacts one of 60 issues, the same when a customer comes back about the same matter, and one of 200 agents."""
    lot = np.random.default_rng(rng.integers(2**32)).random(1_000_003)
    own = lot[(columns["customer"] * 9 + columns["category"]) % len(lot)]
    columns["issue"] = (np.cumsum(SIZES) - SIZES)[columns["category"]] + (own**2 * SIZES[columns["category"]]).astype(
        int
    )
    columns["agent"] = rng.integers(0, AGENTS, len(own))


def _served(rng: np.random.Generator, columns: dict[str, np.ndarray]) -> None:
    """Let hard issues and slow agents take longer, and chats wait three times as long in the overrun weeks."""
    columns["hard"], columns["pace"] = (
        rng.normal(size=ISSUES)[columns["issue"]],
        rng.normal(size=AGENTS)[columns["agent"]],
    )
    columns["handle_seconds"] = np.floor(
        columns["handle_seconds"] * np.exp(0.5 * columns["hard"] + 0.2 * columns["pace"])
    )
    week = (columns["created"] // DAY * DAY).astype("datetime64[s]")
    over = (columns["channel"] == CHAT) & np.any(
        [(week >= np.datetime64(one)) & (week < np.datetime64(one) + 7) for one in OVERRUN], axis=0
    )
    columns["wait"] = np.floor((columns["responded"] - columns["created"]) * np.where(over, 3, 1))
    columns["responded"] = columns["created"] + columns["wait"]


def _outcome(columns: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return who was not served at once: nothing solved, or back about the same within a week; and who is back."""
    order = np.lexsort((columns["created"], columns["issue"], columns["customer"]))
    same = np.all([np.diff(columns[name][order]) == 0 for name in ("customer", "issue")], axis=0)
    soon = same & (np.diff(columns["created"][order]) < 7 * DAY)
    back, again = np.zeros(len(order), bool), np.zeros(len(order), bool)
    back[order[:-1][soon]] = again[order[1:][soon]] = True
    return back | np.isnan(columns["first_resolved"]), again


def _leaving(
    rng: np.random.Generator, columns: dict[str, np.ndarray], people: int, unsolved: np.ndarray
) -> dict[str, np.ndarray]:
    """Draw when customers sign up and leave; a contact after the leaving belongs to a customer who signed up anew."""
    first = np.full(people, len(unsolved))
    np.minimum.at(first, columns["customer"], np.arange(len(unsolved)))
    wrote = first < len(unsolved)
    at = np.minimum(first, len(unsolved) - 1)
    slow = columns["wait"] > np.nanquantile(columns["wait"], 0.75)
    times = np.where(slow[at], LEAVING["slow"], 1.0) * np.where(unsolved[at], LEAVING["unsolved"], 1.0)
    began = np.where(wrote, columns["created"][at], START)
    signed = began - rng.exponential(2 * YEAR, people)
    left = np.floor(began + 8 * DAY + rng.exponential(8 * YEAR, people) / np.where(wrote, times, 1.0))
    late = columns["created"] > left[columns["customer"]]
    anew, number = np.unique(columns["customer"][late], return_inverse=True)
    since = np.full(len(anew), np.inf)
    np.minimum.at(since, number, columns["created"][late])
    columns["customer"] = np.where(late, 0, columns["customer"])
    columns["customer"][late] = people + number
    left = np.where(left < START + DAYS * DAY, left, np.nan)
    return {
        "signed": np.concatenate([np.floor(signed), since - DAY]),
        "left": np.concatenate([left, np.full(len(anew), np.nan)]),
    }


def _scores(rng: np.random.Generator, columns: dict[str, np.ndarray], unsolved: np.ndarray, again: np.ndarray) -> None:
    """Draw scores of 1 to 5 that follow from what came before; the mood of the first words goes with them."""
    rows = len(unsolved)
    handled = np.nan_to_num(np.log(np.maximum(columns["handle_seconds"], 1) / 300))
    usual = np.array([np.nanmedian(columns["wait"][columns["channel"] == one]) for one in range(6)])
    waited = np.nan_to_num(np.log(np.maximum(columns["wait"], 1) / usual[columns["channel"]]))
    latent = (
        SCORE["handling"] * handled + SCORE["wait"] * waited + SCORE["unsolved"] * unsolved + SCORE["again"] * again
        + SCORE["agent"] * rng.normal(size=AGENTS)[columns["agent"]] - SCORE["issue"] * columns["hard"] + rng.logistic(size=rows)
    )  # fmt: skip
    score = 1.0 + np.searchsorted(np.quantile(latent, CUTS), latent)
    columns["survey_sent"] = rng.random(rows) < 2 * ANSWERED
    columns["csat"] = np.where(columns["survey_sent"] & (rng.random(rows) < 0.5), score, np.nan)
    columns["mood"] = np.where(rng.random(rows) < 0.15 + 0.1 * (columns["hard"] > 0), -1.0, 1.0)


def _customers(folder: Path, rng: np.random.Generator, left: dict[str, np.ndarray]) -> None:
    number = np.arange(len(left["left"]))
    table = {
        "customer_id": named("c", number),
        "source": picked(("shop",), np.zeros(len(number), "int8")),
        "segment": picked(SEGMENTS, rng.choice(3, len(number), p=[0.8, 0.15, 0.05])),
        "region": picked(REGIONS, number % 7 % len(REGIONS)),
        "signup_at": stamps(left["signed"]),
        "churned_at": stamps(left["left"]),
    }
    pq.write_table(pa.table(table), folder / "customers.parquet", compression="zstd")


def _beside(folder: Path, rng: np.random.Generator, columns: dict[str, np.ndarray]) -> None:
    """Write what earlier notebooks leave: the moods of texts, the overrun weeks, and the period they are of."""
    rows = len(columns["mood"])
    tables = {
        "readings": {"interaction_id": named("t", np.arange(rows)), "mood": columns["mood"]},
        "results_load_overruns": {
            "channel": ["chat"] * len(OVERRUN), "week": np.array(OVERRUN, "datetime64[s]"), "over": [True] * len(OVERRUN),
        },
        "made_for": {"period": [PERIOD]},
    }  # fmt: skip
    for name, table in tables.items():
        pq.write_table(pa.table(table), folder / f"{name}.parquet", compression="zstd")


if __name__ == "__main__":
    make_store(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
