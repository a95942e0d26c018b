"""A small shop with two planted rises, as a month whose store is filled by hand."""

from pathlib import Path

import ibis
import numpy as np
import pandas as pd
from voc.analysis.fitness import fitness
from voc.data.completeness import flag_days, rows_per_day
from voc.run.month import Month
from voc.run.settings import load_settings

SOURCE = """\
table: interactions
format: csv
id: id
time_formats: ["%Y-%m-%d %H:%M:%S"]
columns: {created_at: at, category: category, issue: issue, text: text, customer_id: customer}
dimensions: {app_version: version}
"""
PARAMS = """\
name: shop
company: A shop
pseudonym_key: an-invented-shop-has-no-secrets
sources:
  - {name: desk, file: contacts.csv, source: source.yml}
teams: teams.yml
notebooks: [01_cleaning, 08_report]
dimensions: [issue, app_version]
cards: [contacts]
"""
TEAMS = "app: {}\ncategory: {account: App team}\ndefault: {default: Head of service}\n"
FIRST, LAST = pd.Timestamp("2026-01-05"), pd.Timestamp("2026-10-31")
BEGAN = pd.Timestamp("2026-10-24")
HOSTILE = "<script>alert(1)</script> *bold* <!channel> @all [free](http://evil.example) number"


def contacts(last: pd.Timestamp = LAST, seed: int = 3) -> pd.DataFrame:
    """Draw about 29 contacts a day; from ``BEGAN`` on fifteen a day more about login with version 7.3."""
    rng = np.random.default_rng(seed)
    days = pd.date_range(FIRST, last)
    parts = []
    for issue, category, usual in (
        ("login", "account", 6),
        ("new address", "account", 5),
        ("refund", "payment", 8),
        ("tracking", "delivery", 10),
    ):
        n = rng.poisson(usual, len(days))
        version = rng.choice(["7.2", "7.3"], n.sum())
        parts.append(
            pd.DataFrame({"day": np.repeat(days, n), "issue": issue, "category": category, "app_version": version})
        )
    late = days[days >= BEGAN]
    more = pd.DataFrame({"day": np.repeat(late, 15), "issue": "login", "category": "account", "app_version": "7.3"})
    rows = pd.concat([*parts, more], ignore_index=True)
    minutes = rng.integers(0, 24 * 60, len(rows))
    rows["created_local"] = rows.pop("day") + pd.to_timedelta(minutes, unit="min")
    rows = rows.sort_values(["created_local", "issue"], ignore_index=True)
    number = rows.index.astype(str)
    return rows.assign(
        interaction_id="desk:" + number, source="desk", customer_id="c" + number, created_at=rows["created_local"], language="en",
        text=[f"{HOSTILE} {at} of them" for at in number],
    )  # fmt: skip


def write_params(folder: Path, more: str = "") -> Path:
    for name, text in {"source.yml": SOURCE, "teams.yml": TEAMS, "shop.yml": PARAMS + more}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "shop.yml"


def write_export(folder: Path, rows: pd.DataFrame) -> None:
    """Write contacts as the company would export them."""
    named = rows.assign(
        id=rows["interaction_id"].str.removeprefix("desk:"), at=rows["created_local"].dt.strftime("%Y-%m-%d %H:%M:%S")
    )
    named = named.rename(columns={"app_version": "version", "customer_id": "customer"})
    named[["id", "at", "category", "issue", "text", "customer", "version"]].to_csv(folder / "contacts.csv", index=False)


def month_of(path: Path, rows: pd.DataFrame, period: str = "2026-10", **overrides) -> Month:
    """Open a month whose store holds these contacts, as 01_cleaning would have left them, and one event."""
    month = Month(load_settings(path, **overrides), period)
    table = ibis.memtable(rows)
    month.keep(interactions=month.store.load(rows))
    days = flag_days(rows_per_day(table))
    event = {
        "event_id": ["app-7.3"],
        "starts_on": [BEGAN - pd.Timedelta(days=1)],
        "label": ["App 7.3"],
        "kind": ["release"],
    }
    month.store.write("events", pd.DataFrame(event))
    month.save(days=days, fitness=fitness(table))
    return month
