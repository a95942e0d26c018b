"""The big table of the benchmarks: millions of invented contacts from a seed, with repeats and near copies in them.

Drawn column by column with numpy and written in parts, so that making it needs no more memory than a part's texts.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

DAYS, START = 730, np.datetime64("2024-11-01", "s").astype("int64")
PART = 500_000
CHANNELS = ("phone", "e-mail", "chat", "messenger", "web form", "social")
CATEGORIES = ("delivery", "payment", "returns", "set-up", "account", "price", "product", "app", "other")
OPENINGS = ("Hello,", "Good morning,", "Hi there!", "Dear team,", "To whom it may concern:", "Hey,", "", "Second try:")
SUBJECTS = (
    "my parcel has not arrived", "the card payment was refused twice", "I want to send the kettle back",
    "the router does not connect after the update", "I cannot sign in with my new address",
    "the discount of last week is missing on the invoice", "the jacket came in the wrong size",
    "the app closes when I open the basket", "nobody called me back about the repair",
    "the courier left the box with a neighbour I do not know", "your page shows two different prices",
    "the refund you promised is still not on my account",
)  # fmt: skip
DETAILS = (
    "It has been like this for nine days.", "The tracking page says it was handed over on Monday.",
    "I tried it on two phones and on the computer.", "The paper in the box names another product.",
    "My neighbour had the same trouble in spring.", "I need it before the weekend, please.",
    "The person on the phone told me to write instead.", "There is no answer in your list of questions.",
    "I have attached a picture of the label.", "It worked well until the first of the month.",
    "The confirmation mail never came.", "I paid for the fast service.",
)  # fmt: skip
CLOSINGS = ("Thank you.", "Kind regards", "Please answer soon!", "What should I do now?", "Best wishes from Ulm", "")
AROUND = (("", ""), ("Hello again: ", ""), ("", " Sent from my phone"), ("", "!!"))  # what a copy adds to its text


def make_contacts(path: Path, rows: int = 5_000_000, seed: int = 2026) -> Path:
    """Write ``rows`` contacts of 24 months to a Parquet file, in order of time; return its path.

    About a quarter as many customers as rows, some of them far more talkative than others; 15 % come back about the
    same matter within days, 1 % write about something else minutes later, 1 % are near copies minutes later.
    """
    rng = np.random.default_rng(seed)
    columns = _in_order(_with_followers(rng, _first_contacts(rng, rows - rows * 17 // 100, rows * 24 // 100), rows))
    columns |= _service(rng, columns)
    beside = path.with_suffix(".tmp")
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = None
    for first in range(0, rows, PART):
        part = _typed({name: values[first : first + PART] for name, values in columns.items()}, first)
        writer = writer or pq.ParquetWriter(beside, part.schema, compression="zstd")
        writer.write_table(part)
    writer.close()
    beside.replace(path)
    return path


def _first_contacts(rng: np.random.Generator, rows: int, customers: int) -> dict[str, np.ndarray]:
    day = rng.integers(0, DAYS, rows)
    second = np.clip(rng.normal(14 * 3600, 4 * 3600, rows), 0, 86_399).astype("int64")
    return {
        "created": START + day * 86_400 + second,
        "customer": (customers * rng.random(rows) ** 1.5).astype("int64"),
        "category": rng.choice(len(CATEGORIES), rows, p=np.arange(9, 0, -1) / 45),
        "channel": rng.choice(len(CHANNELS), rows, p=[0.25, 0.25, 0.2, 0.15, 0.1, 0.05]),
        **_words(rng, rows),
        "around": np.zeros(rows, "int64"),
    }


def _words(rng: np.random.Generator, rows: int) -> dict[str, np.ndarray]:
    pools = {"opening": OPENINGS, "subject": SUBJECTS, "detail": DETAILS, "second_detail": DETAILS, "closing": CLOSINGS}
    drawn = {name: rng.integers(0, len(pool), rows) for name, pool in pools.items()}
    return drawn | {"order": rng.integers(1_000_000, 9_999_999, rows)}


def _with_followers(rng: np.random.Generator, base: dict[str, np.ndarray], rows: int) -> dict[str, np.ndarray]:
    """Add the contacts that follow another: the same matter days later, another minutes later, a copy minutes later."""
    days, minutes, copies = (_taken(rng, base, rows * share // 100) for share in (15, 1, 1))
    days |= _words(rng, len(days["created"]))
    days["created"] += (rng.exponential(5 * 86_400, len(days["created"])) + 3600).astype("int64")
    minutes |= _words(rng, len(minutes["created"]))
    minutes["category"] = (minutes["category"] + 1) % len(CATEGORIES)
    for later in (minutes, copies):
        later["created"] += rng.integers(60, 50 * 60, len(later["created"]))
    copies["around"] = rng.integers(0, len(AROUND), len(copies["created"]))
    together = {name: np.concatenate([part[name] for part in (base, days, minutes, copies)]) for name in base}
    together["created"] = np.minimum(together["created"], START + DAYS * 86_400 - 3601)
    return together


def _taken(rng: np.random.Generator, base: dict[str, np.ndarray], rows: int) -> dict[str, np.ndarray]:
    chosen = rng.integers(0, len(base["created"]), rows)
    return {name: values[chosen] for name, values in base.items()}


def _in_order(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    order = np.argsort(columns["created"], kind="stable")
    return {name: values[order] for name, values in columns.items()}


def _service(rng: np.random.Generator, columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Draw waits, handling and scores: skewed, some missing, a few waits negative as faulty exports have them."""
    created, rows = columns["created"], len(columns["created"])
    wait = np.array([60, 14_400, 120, 1_800, 10_000, 5_000])[columns["channel"]] * rng.lognormal(0, 1, rows)
    wait = np.where(rng.random(rows) < 0.003, -wait, wait)
    solved = 6 * 3600 * rng.lognormal(0, 1.2, rows)
    sent = rng.random(rows) < 0.6
    score = rng.choice(np.arange(1, 6), rows, p=[0.12, 0.08, 0.12, 0.28, 0.4]).astype(float)
    return {
        "responded": np.where(rng.random(rows) < 0.05, np.nan, created + np.floor(wait)),
        "resolved": np.where(rng.random(rows) < 0.08, np.nan, created + np.floor(solved)),
        "handle_seconds": np.where(rng.random(rows) < 0.2, np.nan, np.floor(300 * rng.lognormal(0, 0.6, rows))),
        "survey_sent": sent,
        "csat": np.where(sent & (rng.random(rows) < 0.25), score, np.nan),
    }


def _typed(part: dict[str, np.ndarray], first: int) -> pa.Table:
    numbers = np.arange(first, first + len(part["created"]))
    return pa.table(
        {
            "interaction_id": _named("t", numbers),
            "source": _taken_from(("tickets", "chats"), (part["channel"] >= 2).astype("int64")),
            "channel": _taken_from(CHANNELS, part["channel"]),
            "category": _taken_from(CATEGORIES, part["category"]),
            "customer_id": _named("c", part["customer"]),
            "created_at": _stamps(part["created"]),
            "created_local": _stamps(part["created"] + 3600),
            "first_response_at": _stamps(part["responded"]),
            "resolved_at": _stamps(part["resolved"]),
            "handle_seconds": pa.array(part["handle_seconds"], from_pandas=True),
            "survey_sent": pa.array(part["survey_sent"]),
            "csat": pa.array(part["csat"], from_pandas=True),
            "text": _texts(part),
        }
    )


def _texts(part: dict[str, np.ndarray]) -> pa.Array:
    before, after = ([pair[side] for pair in AROUND] for side in (0, 1))
    order = pc.binary_join_element_wise("order", pa.array(part["order"]).cast(pa.string()), " ")
    pools = {"opening": OPENINGS, "subject": SUBJECTS, "detail": DETAILS, "second_detail": DETAILS, "closing": CLOSINGS}
    words = [_taken_from(pool, part[name]) for name, pool in pools.items()]
    body = pc.binary_join_element_wise(*words[:2], order, *words[2:], " ")
    return pc.binary_join_element_wise(
        _taken_from(before, part["around"]), body, _taken_from(after, part["around"]), ""
    )


def _named(letter: str, numbers: np.ndarray) -> pa.Array:
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), 8, "0")
    return pc.binary_join_element_wise(letter, digits, "")


def _taken_from(pool: tuple[str, ...] | list[str], chosen: np.ndarray) -> pa.Array:
    return pa.array(pool, pa.string()).take(pa.array(chosen))


def _stamps(seconds: np.ndarray) -> pa.Array:
    known = pa.array(seconds, from_pandas=True)
    return pc.multiply(known.cast(pa.int64()), 1_000_000).cast(pa.timestamp("us"))


if __name__ == "__main__":
    make_contacts(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
