"""The steps of the sample in order: the shop's life, the words, the rows of its tools, the dirt, the files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from voc.data.sample import company, exports, truth, world
from voc.data.sample.contacts import draw_contacts
from voc.data.sample.dirt_labels import write_labels
from voc.data.sample.dirt_stamps import spoil_numbers, spoil_stamps
from voc.data.sample.leaving import draw_leaving, mark_silent, without_the_gone
from voc.data.sample.people import draw_customers
from voc.data.sample.plan import Plan, draw_plan
from voc.data.sample.rows import SOURCE_OF, enter_twice, give_ids, lose_days, repeat_rows, stamp
from voc.data.sample.service import all_contacts, respond, satisfy, time_contacts
from voc.data.sample.shifts import write_shifts
from voc.data.sample.surveys import quarterly, send_surveys
from voc.data.sample.template import Dice
from voc.data.sample.wording import comments, compose_all, phone_numbers

_LABELS = (
    ("channel", "channel", 0.0),
    ("category", "category", 0.03),
    ("issue", "issue_coded", 0.06),
    ("product", "product", 0.02),
    ("region", "region", 0.02),
    ("payment_method", "payment", 0.02),
    ("carrier", "carrier", 0.02),
    ("team", "team", 0.01),
    ("status", "status", 0.0),
    ("priority", "priority", 0.05),
)
"""Label table, column of the truth, share lost."""


def _live(rng: np.random.Generator, plan: Plan, contacts: int) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Let the shop live for two years: its customers, their contacts as they truly were, and who left when."""
    customers = draw_customers(rng, max(contacts // 3, 200))
    first = draw_contacts(rng, plan, customers, int(contacts * 0.93))
    frame = respond(rng, plan, all_contacts(rng, plan, first, customers))
    leaves = draw_leaving(rng, plan, customers, frame)
    frame = without_the_gone(frame, leaves)
    frame = satisfy(rng, plan, time_contacts(rng, plan, frame))
    frame["silent"] = mark_silent(frame, leaves)
    frame = send_surveys(rng, plan, stamp(frame))
    frame["category"] = frame["issue"].map(world.CATEGORY_OF)
    frame["email"] = customers["email"].to_numpy()[frame["person"]]
    return frame, customers, leaves


def _code(rng: np.random.Generator, frame: pd.DataFrame) -> pd.DataFrame:
    """Add what agents coded: a few wrong issues, a priority that follows difficulty and mood."""
    out = frame.copy()
    other = rng.choice(np.array(world.ISSUE_NAMES, dtype=object), len(out))
    wrong = rng.random(len(out)) < 0.012
    out["issue_coded"] = np.where(wrong, other, out["issue"])
    out["category"] = out["issue_coded"].map(world.CATEGORY_OF)
    push = rng.random(len(out)) - 0.12 * (out["csat"] <= 2)
    out["priority"] = np.select([push < 0.0, push < 0.14, push < 0.8], ["urgent", "high", "normal"], "low")
    tags = np.where(out["theme"].isin(["no sms"]) & (rng.random(len(out)) < 0.3), "sms", "")
    tags = np.where((out["theme"] == "newsletter") & (rng.random(len(out)) < 0.4), "newsletter", tags)
    tags = np.where((tags == "") & (rng.random(len(out)) < 0.08), "callback", tags)
    out["tags"] = np.where(out["attempt"] > 1, np.where(tags == "", "repeat", tags + "|repeat"), tags)
    return out


def _write_labels(rng: np.random.Generator, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add the raw label columns; returns the rows and a table of every wording that is not the tool's own."""
    out, made = frame.copy(), []
    for column, true, missing in _LABELS:
        raw, how = write_labels(rng, out[true], column, missing)
        name = {"payment_method": "payment"}.get(column, column)
        out[f"raw_{name}"] = raw
        changed = np.flatnonzero(how != "")
        part = pd.DataFrame({"row0": out["row0"].to_numpy()[changed], "column": column, "raw": raw[changed]})
        made.append(part.assign(canonical=out[true].to_numpy()[changed], how=how[changed]))
    for name, column in (("abandoned", "abandoned"), ("survey", "survey_sent")):
        out[f"raw_{name}"], _ = write_labels(rng, out[column].map({True: "true", False: "false"}), "flags")
    solved = pd.Series(np.where(out["solved_at"].notna(), "true", "false"))
    out["raw_resolved"], _ = write_labels(rng, solved, "flags")
    return out, pd.concat(made, ignore_index=True)


def _asked(
    rng: np.random.Generator, dice: Dice, frame: pd.DataFrame, customers: pd.DataFrame, leaves: np.ndarray
) -> pd.DataFrame:
    """Return every survey sent, after contacts and by quarter; ``frame`` are contacts without duplicates, with ids."""
    count = max(len(frame) // 40, 20)
    after = frame[frame["survey_sent"]]
    parts = [after.assign(kind="csat", reference=after["interaction_id"], score=after["csat"])]
    for kind in ("nps", "ces"):
        part = quarterly(rng, frame, customers, leaves, kind, count)
        part["customer"] = customers["customer"].to_numpy()[part["person"]]
        part["language"] = customers["language"].to_numpy()[part["person"]]
        ids = frame["interaction_id"].to_numpy()
        part["reference"] = np.where(part["row"] >= 0, ids[part["row"]], "")
        parts.append(part)
    columns = ["kind", "reference", "customer", "language", "sent_at", "answered_at", "answered", "score"]
    asked = pd.concat([part[columns] for part in parts], ignore_index=True)
    asked["comment"] = comments(dice, asked)
    asked["score"] = asked["score"].astype(int)
    given = np.flatnonzero((asked["answered"] & (asked["kind"] == "csat")).to_numpy())
    wrong = rng.choice(given, min(7, len(given)), replace=False)
    asked["impossible"] = False
    asked.loc[wrong, ["score", "impossible"]] = (9, True)
    return asked


def make(folder: Path, seed: int, contacts: int) -> None:
    """Make the sample; see ``voc.data.sample.make_sample``."""
    rng = np.random.default_rng(seed)
    dice = Dice(np.random.default_rng(rng.integers(1 << 62)))
    plan = draw_plan(rng)
    frame, customers, leaves = _live(rng, plan, contacts)
    frame = _code(rng, frame)
    frame["number"] = phone_numbers(dice, frame)
    frame, masks = compose_all(dice, plan, frame)
    frame["source_kind"] = frame["channel"].map(SOURCE_OF)
    frame = enter_twice(rng, dice, frame)
    frame["row0"] = np.arange(len(frame))
    frame = give_ids(frame)
    ids = frame.set_index("row0")["interaction_id"]
    frame["duplicate_of"] = frame["twin"].map(ids).where(frame["twin"] >= 0)
    # A survey can refer to a contact whose row the export lost, so surveys are drawn before days are lost.
    asked = _asked(rng, dice, frame[frame["twin"] < 0].reset_index(drop=True), customers, leaves)
    everyone = frame
    frame, gaps = lose_days(rng, frame)
    gone = ~frame["duplicate_of"].isin(frame["interaction_id"]) & frame["duplicate_of"].notna()
    frame.loc[gone, ["duplicate_of", "duplicate_kind"]] = [None, ""]
    frame = spoil_numbers(rng, spoil_stamps(rng, frame))
    frame, labels = _write_labels(rng, frame)
    frame = repeat_rows(rng, frame)
    frame["row_number"] = frame.groupby("source").cumcount()
    raw = folder / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    by_source = {name: frame[frame["source"] == name].reset_index(drop=True) for name in ("tickets", "calls", "chats")}
    exports.write_tickets(raw / "tickets.csv", by_source["tickets"])
    exports.write_calls(raw / "calls.xlsx", by_source["calls"])
    exports.write_chats(raw / "chats.jsonl", by_source["chats"], dice)
    company.write_surveys(raw / "surveys.csv", company.survey_table(rng, asked))
    company.write_customers(rng, raw / "customers.csv", customers, leaves)
    company.write_orders(rng, raw / "orders.csv", contacts / 60_000)
    company.write_events(raw / "events.csv", plan)
    company.write_measures(raw / "measures.csv", plan)
    shifts = write_shifts(raw / "shifts.csv", truth.handled(everyone), seed)
    truth.write(folder / "truth", seed, plan, frame, everyone, asked, masks, labels, customers, leaves, gaps, shifts)
