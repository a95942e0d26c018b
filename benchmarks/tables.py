"""The big tables of the benchmarks: an invented shop with millions of contacts, with repeats and near copies in them.

``python tables.py FOLDER ROWS SEED`` fills a folder as a store has it: interactions here, the tables beside them from
``shop``. Drawn column by column with numpy and written in parts, so that no more than a part's texts are in memory.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from drawn import flags, named, numbers, on_the_wall, picked, stamps
from shop import DAYS, REGIONS, START, make_customers, make_surveys, make_volumes, note_cleaning

PART = 500_000
CHANNELS = ("phone", "e-mail", "chat", "messenger", "web form", "social")
ISSUES = {
    "delivery": ("late delivery", "lost parcel", "damaged parcel"),
    "payment": ("payment failed", "charged twice", "invoice"),
    "returns": ("wrong item", "refund", "exchange"),
    "set-up": ("connection", "update", "manual"),
    "account": ("sign-in", "address", "closing"),
    "price": ("discount", "two prices", "price match"),
    "product": ("defective product", "spare part", "size"),
    "app": ("crash", "basket", "notifications"),
    "other": ("thanks", "work", "press"),
}
CATEGORIES = tuple(ISSUES)
EACH_ISSUE = [issue for issues in ISSUES.values() for issue in issues]
PRODUCTS = ("kettle", "router", "jacket", "lamp", "headphones", "desk", "backpack", "scales", "drill", "blender")
PAYMENTS = ("card", "invoice", "direct debit", "wallet", "instalments")
CARRIERS, PRIORITIES = ("north post", "swift", "parcel one"), ("urgent", "high", "normal", "low")
TEAMS, TEAM_OF = ("calls", "letters", "chats"), np.array([0, 1, 2, 2, 1, 1])
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
POOLS = {"opening": OPENINGS, "subject": SUBJECTS, "detail": DETAILS, "second_detail": DETAILS, "closing": CLOSINGS}
AROUND = (("", ""), ("Hello again: ", ""), ("", " Sent from my phone"), ("", "!!"))  # what a copy adds to its text


def make_store(folder: Path, rows: int = 5_000_000, seed: int = 2026) -> Path:
    """Fill a folder with the tables of a shop that had ``rows`` contacts in 24 months; return it.

    About a quarter as many customers as rows, some of them far more talkative than others; 15 % come back about the
    same matter within days, 1 % write about something else minutes later, 1 % are near copies minutes later.
    """
    rng = np.random.default_rng(seed)
    columns = drawn_columns(rng, rows)
    folder.mkdir(parents=True, exist_ok=True)
    make_customers(folder, rng, rows * 24 // 100)
    make_surveys(folder, rng, columns)
    make_volumes(folder, rng, rows)
    write_contacts(folder, columns)
    note_cleaning(folder)
    return folder


def drawn_columns(rng: np.random.Generator, rows: int) -> dict[str, np.ndarray]:
    """Draw the contacts of a shop, in the order of their stamps: numbers, and codes of words."""
    columns = _in_order(_with_followers(rng, _first_contacts(rng, rows - rows * 17 // 100, rows * 24 // 100), rows))
    columns |= _service(rng, columns)
    return columns | _labels(rng, columns)


def write_contacts(folder: Path, columns: dict[str, np.ndarray], issues: Sequence[str] = EACH_ISSUE) -> None:
    """Write contacts as a store has them, a part at a time; ``issues`` are the words of the issues' codes."""
    beside, writer, rows = folder / ".interactions.tmp", None, len(columns["created"])
    for first in range(0, rows, PART):
        part = _typed({name: values[first : first + PART] for name, values in columns.items()}, first, issues)
        writer = writer or pq.ParquetWriter(beside, part.schema, compression="zstd")
        writer.write_table(part)
    writer.close()
    beside.replace(folder / "interactions.parquet")


def _first_contacts(rng: np.random.Generator, rows: int, customers: int) -> dict[str, np.ndarray]:
    day = rng.integers(0, DAYS, rows)
    second = np.clip(rng.normal(14 * 3600, 4 * 3600, rows), 0, 86_399).astype("int64")
    return {
        "created": START + day * 86_400 + second,
        "customer": (customers * rng.random(rows) ** 1.5).astype("int64"),
        "category": rng.choice(len(CATEGORIES), rows, p=np.arange(9, 0, -1) / 45),
        "channel": rng.choice(len(CHANNELS), rows, p=[0.25, 0.25, 0.2, 0.15, 0.1, 0.05]),
        **_words(rng, rows),
        "around": np.zeros(rows, "int8"),
    }


def _words(rng: np.random.Generator, rows: int) -> dict[str, np.ndarray]:
    drawn = {name: rng.integers(0, len(pool), rows, dtype="int8") for name, pool in POOLS.items()}
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
    copies["around"] = rng.integers(0, len(AROUND), len(copies["created"]), dtype="int8")
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
    created, rows, phone = columns["created"], len(columns["created"]), columns["channel"] == 0
    wait = np.array([60, 14_400, 120, 1_800, 10_000, 5_000])[columns["channel"]] * rng.lognormal(0, 1, rows)
    wait = np.where(rng.random(rows) < 0.003, -wait, wait)
    solved = 6 * 3600 * rng.lognormal(0, 1.2, rows)
    sent = rng.random(rows) < 0.6
    score = rng.choice(np.arange(1.0, 6.0), rows, p=[0.12, 0.08, 0.12, 0.28, 0.4])
    given_up = phone & (rng.random(rows) < 0.06)
    responded = np.where(given_up | (rng.random(rows) < 0.05), np.nan, created + np.floor(wait))
    resolved = np.where(given_up | (rng.random(rows) < 0.08), np.nan, created + np.floor(solved))
    again = np.where(np.isnan(resolved), np.nan, rng.poisson(0.05, rows))
    first = np.where(again > 0, created + np.floor(solved * rng.random(rows)), resolved)
    return {
        "responded": responded,
        "resolved": resolved,
        "first_resolved": first,
        "reopened": again,
        "abandoned": given_up,
        "queue_seconds": np.where(phone, np.floor(rng.exponential(60, rows)), np.nan),
        "agent_replies": np.where(phone, np.nan, (1 + rng.poisson(0.6, rows)) * ~np.isnan(responded)),
        "handle_seconds": np.where(given_up | (rng.random(rows) < 0.2), np.nan, 300 * rng.lognormal(0, 0.6, rows) // 1),
        "survey_sent": sent,
        "csat": np.where(sent & (rng.random(rows) < 0.25), score, np.nan),
        "ces": np.where(rng.random(rows) < 0.03, rng.integers(1, 8, rows), np.nan),
    }


def _labels(rng: np.random.Generator, columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Draw what else is known of a contact, as numbers of words; −1 where it is not known."""
    category, rows = columns["category"], len(columns["category"])

    def known(share: np.ndarray | float, drawn: np.ndarray) -> np.ndarray:
        return np.where(rng.random(rows) < share, drawn, -1).astype("int8")

    paid, sent = np.isin(category, (1, 2, 5)), np.array([0.95, 0, 0.5, 0, 0, 0, 0, 0, 0])
    return {
        "issue": (category * 3 + rng.choice(3, rows, p=[0.5, 0.3, 0.2])).astype("int8"),
        "product": known(0.9, rng.integers(0, len(PRODUCTS), rows)),
        "region": known(0.97, columns["customer"] % 7 % len(REGIONS)),
        "payment": known(np.where(paid, 0.9, 0.3), rng.choice(len(PAYMENTS), rows, p=[0.4, 0.25, 0.15, 0.15, 0.05])),
        "carrier": known(sent[category], rng.integers(0, len(CARRIERS), rows)),
        "priority": rng.choice(len(PRIORITIES), rows, p=[0.05, 0.15, 0.6, 0.2]).astype("int8"),
        "agent": rng.integers(0, 400, rows),
    }


def _typed(part: dict[str, np.ndarray], first: int, issues: Sequence[str]) -> pa.Table:
    created, phone = stamps(part["created"]), part["channel"] == 0
    return pa.table(
        {
            "interaction_id": named("t", np.arange(first, first + len(phone))),
            "source": picked(("tickets", "chats"), (part["channel"] >= 2).astype("int8")),
            "channel": picked(CHANNELS, part["channel"]),
            "category": picked(CATEGORIES, part["category"]),
            "issue": picked(issues, part["issue"]),
            "product": picked(PRODUCTS, part["product"]),
            "region": picked(REGIONS, part["region"]),
            "payment_method": picked(PAYMENTS, part["payment"]),
            "carrier": picked(CARRIERS, part["carrier"]),
            "priority": picked(PRIORITIES, part["priority"]),
            "team": picked(TEAMS, TEAM_OF[part["channel"]]),
            "agent_id": named("a", part["agent"]),
            "order_id": named("o", part["order"]),
            "customer_id": named("c", part["customer"]),
            "created_at": created,
            "created_local": on_the_wall(created),
            "first_response_at": stamps(part["responded"]),
            "first_resolved_at": stamps(part["first_resolved"]),
            "resolved_at": stamps(part["resolved"]),
            "abandoned": flags(part["abandoned"], phone),
            "survey_sent": pa.array(part["survey_sent"]),
            **{
                name: numbers(part[name])
                for name in ("queue_seconds", "handle_seconds", "agent_replies", "reopened", "csat", "ces")
            },
            "text": _texts(part),
        }
    )


def _texts(part: dict[str, np.ndarray]) -> pa.Array:
    before, after = ([pair[side] for pair in AROUND] for side in (0, 1))
    order = pc.binary_join_element_wise("order", pa.array(part["order"]).cast(pa.string()), " ")
    words = [picked(pool, part[name]) for name, pool in POOLS.items()]
    body = pc.binary_join_element_wise(*words[:2], order, *words[2:], " ")
    return pc.binary_join_element_wise(picked(before, part["around"]), body, picked(after, part["around"]), "")


if __name__ == "__main__":
    make_store(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
