"""What was planted, for those who check the analysis; the analysis itself never reads it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from voc.data.sample import world
from voc.data.sample.exports import old_format
from voc.data.sample.plan import Plan
from voc.data.sample.truth_plants import nulls, plants

HIDDEN = {"calls": ("channel", "status", "priority"), "chats": ("priority",)}
"""Label columns that a source does not show."""
ROW_FLAGS = (
    *("swapped_created", "swapped_response", "response_before", "midnight_response", "negative_talk", "mojibake"),
    *("html", "formula", "quoted", "signature", "label_variant", "label_typo", "dirty_id", "dirty_customer"),
    *("hard_negative", "old_format"),
)
_KEPT = {
    "interaction_id": "interaction_id",
    "source": "source",
    "row_number": "row_number",
    "moment": "true_created_at",
    "response_at": "true_first_response_at",
    "first_solved_at": "true_first_resolved_at",
    "solved_at": "true_resolved_at",
    "channel": "channel",
    "text_language": "language",
    "language": "customer_language",
    "category": "category",
    "issue": "issue",
    "issue_coded": "issue_coded",
    "category_coded": "category_coded",
    "theme": "theme",
    "product": "product",
    "region": "region",
    "payment": "payment_method",
    "carrier": "carrier",
    "app": "app_version",
    "manual": "manual_page",
    "team": "team",
    "agent": "agent",
    "customer": "customer",
    "status": "status",
    "priority": "priority",
    "csat": "true_csat",
    "feeling": "feeling",
    "handle": "true_handle_seconds",
    "abandoned": "abandoned",
    "solved_first": "solved_first",
    "attempt": "attempt",
    "follows": "follows",
    "slow": "slow",
    "backlog": "backlog",
    "survey_sent": "survey_sent",
    "survey_hidden": "survey_hidden",
    "answered": "answered",
    "silent": "silent",
    "duplicate_of": "duplicate_of",
    "duplicate_kind": "duplicate_kind",
    "plant": "plant",
    "plants": "plants",
}
"""Column of the making: name in ``truth/interactions.parquet``."""


def shown(cells: pd.DataFrame) -> np.ndarray:
    """Mark the label cells (``column``, ``source``, ``abandoned``) that the raw files really show."""
    hidden = (cells["column"] == "team") & cells["abandoned"].eq(True)
    for source, columns in HIDDEN.items():
        hidden |= (cells["source"] == source) & cells["column"].isin(columns)
    return (~hidden & cells["source"].notna()).to_numpy()


def _plants_of(frame: pd.DataFrame, plan: Plan) -> list[str]:
    """Return the ids of all plants that touch each row, joined by ``|``."""
    billing = frame["issue"].map(world.CATEGORY_OF) == "billing"
    touches = {
        9: ((frame["agent"] == plan.fast_agent) & billing) | (frame["agent"] == plan.low_fcr_agent),
        10: frame["agent"].isin(plan.gaming_agents) | frame["survey_hidden"],
        12: frame["theme"].isin(["faq", "promise"]) & (frame["plant"] != 12),
        13: frame["backlog"],
        14: frame["silent"],
    }
    out = [str(first) if first else "" for first in frame["plant"]]
    for number, mask in touches.items():
        for i in np.flatnonzero(mask.to_numpy()):
            out[i] = f"{out[i]}|{number}" if out[i] else str(number)
    return out


def _handle(frame: pd.DataFrame) -> pd.Series:
    """Return the seconds of handling; missing where nobody measures them or nobody answered."""
    known = frame["channel"].isin(world.HANDLED_CHANNELS) & ~frame["abandoned"]
    return (frame["talk"] + frame["hold"] + frame["wrap"]).where(known)


def handled(everyone: pd.DataFrame) -> pd.DataFrame:
    """Return the contacts as they truly were, no duplicates: day, channel, moment, handle (seconds)."""
    true = everyone[everyone["twin"] < 0]
    return true[["day", "channel", "moment"]].assign(handle=_handle(true))


def interactions_table(frame: pd.DataFrame, everyone: pd.DataFrame, plan: Plan, labels: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each raw row that becomes an interaction, with what is true of it and its dirt."""
    out = frame.copy()
    ids = everyone.set_index("row0")["interaction_id"]
    out["follows"] = out["origin"].where(out["twin"] < 0, -1).map(ids)
    out["handle"] = _handle(out)
    out["plants"] = _plants_of(out, plan)
    for how in ("variant", "typo"):
        seen = labels[(labels["how"] == how) & shown(labels.merge(out.drop_duplicates("row0"), on="row0", how="left"))]
        out[f"label_{how}"] = out["row0"].isin(seen["row0"])
    out["category_coded"], out["category"] = out["category"], out["issue"].map(world.CATEGORY_OF)
    out["old_format"] = old_format(out)
    out["manual"] = out["manual"].astype("float64").where(out["manual"] > 0)
    out[["agent", "team"]] = out[["agent", "team"]].astype(object).where(~out["abandoned"], None)
    table = out[[*_KEPT, *ROW_FLAGS]].rename(columns=_KEPT)
    for column in ("product", "payment_method", "carrier", "app_version", "theme", "duplicate_kind"):
        table[column] = table[column].replace("", None)
    return table


def masks_table(frame: pd.DataFrame, masks: pd.DataFrame) -> pd.DataFrame:
    """Return the personal data and their near misses as they stand in the raw texts, duplicates included."""
    rows = frame.drop_duplicates("interaction_id")
    rows = rows.assign(row=np.where(rows["twin"] >= 0, rows["twin"], rows["row0"]))
    joined = masks.merge(rows[["row", "interaction_id", "text"]], on="row")
    written = [value in text for value, text in zip(joined["value"], joined["text"], strict=True)]
    columns = ["interaction_id", "kind", "value", "must_mask"]
    return joined.loc[written, columns].sort_values(columns).reset_index(drop=True)


def monthly_table(everyone: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of each month as they truly were: all contacts, no duplicates, nobody silent."""
    true = everyone[everyone["twin"] < 0]
    month = true["moment"].astype("datetime64[s]").dt.strftime("%Y-%m")
    answered = true[true["answered"]]
    out = pd.DataFrame(
        {
            "contacts": true.groupby(month).size(),
            "csat_pct_everyone": (true["csat"] >= 4).groupby(month).mean() * 100,
            "csat_pct_answered": (answered["csat"] >= 4).groupby(month.loc[answered.index]).mean() * 100,
            "csat_answers": answered.groupby(month.loc[answered.index]).size(),
            "surveys_sent": true["survey_sent"].groupby(month).sum(),
            "first_response_minutes_median": (true["wait"].where(true["response_at"].notna()) / 60)
            .groupby(month)
            .median(),
            "solved_first_pct": true["solved_first"].groupby(month).mean() * 100,
            "returning_pct": (true["attempt"] > 1).groupby(month).mean() * 100,
        }
    )
    return out.rename_axis("month").reset_index()


def _dirt(table: pd.DataFrame, asked: pd.DataFrame, masks: pd.DataFrame, labels: pd.DataFrame, gaps: list) -> dict:
    """Return how much dirt of each kind there is; counts are of raw rows unless said otherwise."""
    dirt = {flag: {"count": int(table[flag].sum())} for flag in ROW_FLAGS}
    for kind in ("exact", "near", "cross"):
        dirt[f"duplicate_{kind}"] = {"count": int((table["duplicate_kind"] == kind).sum())}
    for how in ("variant", "typo", "missing"):
        dirt[f"label_cells_{how}"] = {"count": int((labels["how"] == how).sum()), "unit": "cells"}
    dirt["masks"] = {"count": int(masks["must_mask"].sum()), "near_misses": int((~masks["must_mask"]).sum())}
    orphans = (asked["reference"] != "") & ~asked["reference"].isin(table["interaction_id"])
    dirt["impossible_scores"] = {"count": int(asked["impossible"].sum()), "unit": "surveys", "value": 9}
    dirt["surveys_of_lost_contacts"] = {"count": int(orphans.sum()), "unit": "surveys"}
    dirt["export_gaps"] = {"count": len(gaps), "days": gaps}
    dirt["missing_text"] = {"count": int(table["language"].isna().sum()), "what": "texts without words"}
    return dirt


def write(
    folder: Path,
    seed: int,
    plan: Plan,
    frame: pd.DataFrame,
    everyone: pd.DataFrame,
    asked: pd.DataFrame,
    masks: pd.DataFrame,
    labels: pd.DataFrame,
    customers: pd.DataFrame,
    leaves: np.ndarray,
    gaps: list[dict],
    shifts: dict,
) -> None:
    """Write ``truth.json`` and the tables of the truth.

    ``frame`` holds the rows of the raw files, ``everyone`` all rows before an export lost some, ``asked`` the surveys,
    ``shifts`` where the plan of shifts is wrong.
    """
    folder.mkdir(parents=True, exist_ok=True)
    table = interactions_table(frame, everyone, plan, labels)
    hidden = masks_table(frame, masks)
    places = frame[["row0", "interaction_id", "source", "row_number", "abandoned"]]
    cells = labels.merge(places, on="row0")
    cells = cells[shown(cells)].drop(columns=["row0", "abandoned"])
    cells = cells.sort_values(["source", "row_number", "column"]).reset_index(drop=True)
    firsts = everyone[everyone["twin"] < 0].drop_duplicates("person").set_index("person")
    day = np.datetime64(world.FIRST_DAY)
    gone = np.isfinite(leaves)
    left = np.where(gone, day + np.where(gone, leaves, 0).astype(int).astype("timedelta64[D]"), np.datetime64("NaT"))
    people = customers[["customer", "language", "region", "segment", "signup_day"]].assign(left_on=left)
    for name, column in (("first_contact_at", "moment"), ("first_slow", "slow"), ("first_solved", "solved_first")):
        people[name] = firsts[column].reindex(np.arange(len(people))).to_numpy()
    for name, part in (
        ("interactions", table),
        ("masks", hidden),
        ("labels", cells),
        ("monthly", monthly_table(everyone)),
        ("customers", people),
    ):
        part.to_parquet(folder / f"{name}.parquet", index=False)
    story = {
        "seed": seed,
        "synthetic": True,
        "period": [world.FIRST_DAY.isoformat(), world.LAST_DAY.isoformat()],
        "plants": plants(plan, table, people),
        "nulls": nulls(),
        "shifts": shifts,
        "dirt": _dirt(table, asked, hidden, cells, gaps),
        "slow_seconds": world.SLOW_SECONDS,
    }
    text = json.dumps(story, ensure_ascii=False, indent=1)
    (folder / "truth.json").write_text(text + "\n", encoding="utf-8", newline="\n")
