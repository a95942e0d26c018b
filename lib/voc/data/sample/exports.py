"""The raw files of contacts, in the shapes that three tools give: a ticket CSV, a phone log in XLSX, chats as JSONL."""

from __future__ import annotations

import csv
import datetime
import json
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter

from voc.data.sample.template import Dice

OLD_FORMAT_UNTIL = 95
"""Until this day number the help desk wrote its older time format."""
MADE_ON = datetime.datetime(2026, 11, 1, 6, 0, 0)


def _text(times: pd.Series, form: str) -> np.ndarray:
    """Return times as strings, empty where missing."""
    times = times.astype("datetime64[s]")
    return times.dt.strftime(form).where(times.notna(), "").to_numpy(dtype=object)


def _order(order: pd.Series) -> np.ndarray:
    """Return order numbers as the shop writes them, empty for none."""
    return np.where(order > 0, order.astype("int64").astype(str), "")


def old_format(frame: pd.DataFrame) -> np.ndarray:
    """Mark the tickets whose times are in the older format, which has no seconds."""
    old = (frame["day"] < OLD_FORMAT_UNTIL) | (frame["raw_id"].astype(str).str[-2:] == "37")
    return (old & (frame["source"] == "tickets")).to_numpy()


def ticket_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the help desk's export, one row a ticket, every cell a string."""
    old = old_format(frame)

    def times(column: str) -> np.ndarray:
        return np.where(old, _text(frame[column], "%m/%d/%Y %I:%M %p"), _text(frame[column], "%Y-%m-%dT%H:%M:%SZ"))

    return pd.DataFrame(
        {
            "Ticket ID": frame["raw_number"],
            "Created at": times("raw_created"),
            "First reply at": times("raw_response"),
            "First solved at": times("raw_first_solved"),
            "Solved at": times("raw_solved"),
            "Status": frame["raw_status"],
            "Priority": frame["raw_priority"],
            "Via": frame["raw_channel"],
            "Requester ID": frame["raw_customer"],
            "Requester email": frame["email"],
            "Assignee": frame["agent"],
            "Group": frame["raw_team"],
            "Subject": frame["subject"],
            "Description": frame["text"],
            "Category": frame["raw_category"],
            "Issue": frame["raw_issue"],
            "Tags": frame["tags"],
            "Product": frame["raw_product"],
            "Region": frame["raw_region"],
            "Payment method": frame["raw_payment"],
            "Carrier": frame["raw_carrier"],
            "App version": frame["app"],
            "Manual page": np.where(frame["manual"] > 0, frame["manual"].astype(str), ""),
            "Order ID": _order(frame["order"]),
            "Agent replies": frame["replies"].astype(str),
            "Reopens": frame["reopened"].astype(str),
            "Survey sent": frame["raw_survey"],
            "Browser": frame["browser"],
            "Packaging colour": frame["colour"],
        }
    )


def write_tickets(path: Path, frame: pd.DataFrame) -> None:
    """Write the help desk's export: UTF-8 with a byte-order mark, commas, CRLF."""
    table = ticket_table(frame)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(table.columns)
        writer.writerows(table.astype(object).fillna("").itertuples(index=False, name=None))


def call_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the phone log: local Berlin times as text, seconds as numbers."""
    form = "%d.%m.%Y %H:%M:%S"
    given_up = frame["abandoned"].to_numpy()
    begun = frame["raw_created"].astype("datetime64[s]")
    length = frame["wait"] + np.where(given_up, 0, frame["talk"] + frame["hold"])
    true_start = (
        pd.to_datetime(frame["moment"]).dt.tz_localize("UTC").dt.tz_convert("Europe/Berlin").dt.tz_localize(None)
    )
    ended = true_start + pd.to_timedelta(length, unit="s")

    def seconds(column: str) -> np.ndarray:
        return np.where(given_up, None, frame[column].astype(int).astype(object))

    return pd.DataFrame(
        {
            "Call ID": frame["raw_number"],
            "Started": _text(begun, form),
            "Answered": _text(frame["raw_response"], form),
            "Ended": _text(ended, form),
            "Queue s": frame["wait"].astype(int).astype(object),
            "Talk s": seconds("raw_talk"),
            "Hold s": seconds("hold"),
            "Wrap s": seconds("wrap"),
            "Abandoned": frame["raw_abandoned"],
            "Caller": frame["raw_customer"],
            "Caller number": frame["number"],
            "Agent": np.where(given_up, "", frame["agent"]),
            "Team": np.where(given_up, "", frame["raw_team"]),
            "Reason": frame["raw_category"],
            "Issue": frame["raw_issue"],
            "Resolved": frame["raw_resolved"],
            "Resolved at": _text(frame["raw_solved"], form),
            "Product": frame["raw_product"],
            "Region": frame["raw_region"],
            "Payment method": frame["raw_payment"],
            "Carrier": frame["raw_carrier"],
            "Manual page": np.where(frame["manual"] > 0, frame["manual"].astype(object), None),
            "Order no": _order(frame["order"]),
            "Note": frame["text"],
            "Survey sent": frame["raw_survey"],
            "Packaging colour": frame["colour"],
        }
    )


def write_calls(path: Path, frame: pd.DataFrame) -> None:
    """Write the phone log: sheet "Call log", two title rows, the header in row 3."""
    table = call_table(frame)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": "Call log", "created": MADE_ON})
        sheet = book.add_worksheet("Call log")
        sheet.write_string(0, 0, "Call log, all lines")
        sheet.write_string(1, 0, "Times: Europe/Berlin; exported 01.11.2026")
        for column, name in enumerate(table.columns):
            sheet.write_string(2, column, name)
        for row, values in enumerate(table.itertuples(index=False, name=None), start=3):
            for column, value in enumerate(values):
                if isinstance(value, str):
                    if value:
                        sheet.write_string(row, column, value)
                elif value is not None and value == value:
                    sheet.write_number(row, column, value)


_BOT = {
    "en": "Hi! I am the shop's assistant. One moment, I am looking for a colleague.",
    "ru": "Здравствуйте! Я робот-помощник магазина. Соединяю с оператором.",
    "zh": "您好！我是智能客服，正在为您转接人工。",
}
_AGENT = {
    "en": ("Hello, let me look at that.", "Thanks for waiting. I have checked it.", "Is there anything else?", "Done!"),
    "ru": ("Здравствуйте, сейчас посмотрю.", "Спасибо за ожидание, проверил.", "Могу ли ещё чем-то помочь?", "Готово."),
    "zh": ("您好，我马上为您查询。", "感谢等待，已经核实。", "请问还有其他需要吗？", "已处理。"),
}


def write_chats(path: Path, frame: pd.DataFrame, dice: Dice) -> None:
    """Write chats and messenger threads, one JSON object a line; stamps carry the offset +08:00."""
    form = "%Y-%m-%dT%H:%M:%S+08:00"
    stamps = {
        name: _text(frame[column], form).tolist()
        for name, column in (("solved_at", "raw_solved"), ("first_solved_at", "raw_first_solved"))
    }
    created = frame["raw_created"].astype("datetime64[s]").to_numpy()
    response = frame["raw_response"].astype("datetime64[s]").to_numpy()
    lines = []
    for i, row in enumerate(frame.to_dict("records")):
        messages, closed = _thread(row, created[i], response[i], dice)
        visitor = {"id": row["raw_customer"], "email": row["email"]}
        if row["number"]:
            visitor["phone"] = row["number"]
        lines.append(
            json.dumps(
                {
                    "id": row["raw_number"],
                    "channel": row["raw_channel"],
                    "started_at": f"{created[i]}+08:00",
                    "closed_at": f"{closed}+08:00",
                    "first_solved_at": stamps["first_solved_at"][i] or None,
                    "solved_at": stamps["solved_at"][i] or None,
                    "status": row["raw_status"],
                    "visitor": visitor,
                    "agent": row["agent"],
                    "department": row["raw_team"],
                    "topic": row["raw_category"],
                    "issue": row["raw_issue"],
                    "product": row["raw_product"],
                    "region": row["raw_region"],
                    "payment": row["raw_payment"],
                    "carrier": row["raw_carrier"],
                    "app_version": row["app"] or None,
                    "manual_page": row["manual"] or None,
                    "order": str(int(row["order"])) if row["order"] else None,
                    "tags": row["tags"].split("|") if row["tags"] else [],
                    "reopened": int(row["reopened"]),
                    "survey_sent": row["survey_sent"],
                    "active_seconds": int(row["talk"]),
                    "wrap_seconds": int(row["wrap"]),
                    "browser": row["browser"],
                    "packaging_colour": row["colour"],
                    "messages": messages,
                },
                ensure_ascii=False,
            )
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _thread(row: dict, created: np.datetime64, response: np.datetime64, dice: Dice) -> tuple[list[dict], str]:
    """Return the messages of one chat and when the last one came."""
    tongue = row["language"]
    said = row["text"].split("\n") if row["text"] else []
    second = np.timedelta64(1, "s")
    messages = [("visitor", created, said[0])] if said else []
    messages.append(("bot", created + second * (1 + dice.below(3)), _BOT[tongue]))
    clock = created + second * 4
    if not np.isnat(response):
        replies = int(row["replies"])
        clock = response
        messages.append(("agent", clock, _AGENT[tongue][0]))
        for turn in range(1, max(replies, len(said))):
            clock = clock + second * (20 + dice.below(140))
            if turn < len(said):
                messages.append(("visitor", clock, said[turn]))
                clock = clock + second * (15 + dice.below(90))
            if turn < replies:
                messages.append(("agent", clock, _AGENT[tongue][min(turn, 3)]))
    else:
        for words in said[1:]:
            clock = clock + second * (10 + dice.below(60))
            messages.append(("visitor", clock, words))
    ordered = [{"ts": f"{at}+08:00", "from": who, "text": words} for who, at, words in messages]
    return ordered, str(clock)
