"""The scorecard's figures in plain pandas: one read of the columns needed, one groupby a grouping."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import plain
from drawn import ZONE
from voc.analysis.opening import Schedule
from voc.analysis.rules import MetricRules
from voc.data.periods import Period

LABELS = ["channel", "category", "issue", "product", "region", "payment_method", "carrier", "priority"]
STAMPS = ["created_at", "created_local", "first_response_at", "first_resolved_at", "resolved_at"]
NUMBERS = ["queue_seconds", "handle_seconds", "agent_replies", "reopened", "csat", "ces"]
SHARES = [
    "service_level_pct", "abandoned_pct", "sla_reply_pct", "sla_solved_pct", "fcr_pct", "repeat_pct", "one_touch_pct",
    "reopen_pct", "complaint_pct", "csat_pct", "response_rate_pct", "ces_pct",
]  # fmt: skip
SLICED = ["csat_pct", "repeat_pct"]


def read_contacts(folder: Path) -> pd.DataFrame:
    columns = ["interaction_id", "customer_id", *LABELS, *STAMPS, *NUMBERS, "abandoned", "survey_sent"]
    return pd.read_parquet(folder / "interactions.parquet", columns=columns, read_dictionary=LABELS)


def with_measures(data: pd.DataFrame, customers: pd.DataFrame, rules: MetricRules) -> pd.DataFrame:
    """Add a column per metric, missing where a contact does not count."""
    data["segment"] = data["customer_id"].map(customers.set_index("customer_id")["segment"])
    data["month"] = plain.month_of(data["created_local"])
    solved, age = data["resolved_at"].notna(), data["created_at"].max() - data["created_at"]
    data["frt_minutes"] = _minutes(data, "first_response_at")
    data["resolution_hours"] = _minutes(data, "resolved_at") / 60
    data["first_resolution_hours"] = _minutes(data, "first_resolved_at") / 60
    data["frt_business_minutes"], data["resolution_business_hours"] = _business(data, rules.schedules)
    data["aht_minutes"] = data["handle_seconds"] / 60
    answered = ~data["abandoned"].fillna(False).astype(bool)
    in_time = answered & (data["queue_seconds"] <= rules.service_level_seconds)
    data["service_level_pct"] = _among(data["queue_seconds"].notna(), in_time)
    data["abandoned_pct"] = data["abandoned"].astype("float64")
    for name, measure, stamp, unit in (
        ("sla_reply_pct", "frt_minutes", "first_response_at", 1), ("sla_solved_pct", "resolution_hours", "resolved_at", 60),
    ):  # fmt: skip
        agreed = rules.sla[measure]
        limit = (
            data["priority"]
            .astype(object)
            .map(lambda word, agreed=agreed: agreed.get(word, agreed["default"]))
            .astype(float)
        )
        took = _minutes(data, stamp)
        late = data[stamp].isna() & (age.dt.total_seconds() / 60 > limit * unit)
        data[name] = _among(took.notna() | late, took <= limit * unit)
    data["repeat_pct"], data["fcr_pct"] = _returns(data, rules)
    data["one_touch_pct"] = _among(solved & data["agent_replies"].notna(), data["agent_replies"] == 1)
    data["reopen_pct"] = _among(solved & data["reopened"].notna(), data["reopened"] > 0)
    data["complaint_pct"] = _among(data["issue"].notna(), data["issue"].isin(rules.complaints["issue"]))
    data["csat_pct"] = _among(data["csat"].notna(), data["csat"] >= 4)
    data["csat_mean"] = data["csat"]
    data["response_rate_pct"] = _among(data["survey_sent"] | data["csat"].notna(), data["csat"].notna())
    data["ces_pct"] = _among(data["ces"].notna(), data["ces"] >= 5)
    return data


def _among(counts: pd.Series, hit: pd.Series) -> pd.Series:
    return hit.astype("float64").where(counts)


def _minutes(data: pd.DataFrame, later: str) -> pd.Series:
    found = (data[later] - data["created_at"]).dt.total_seconds() / 60
    return found.where(found >= 0)


def _returns(data: pd.DataFrame, rules: MetricRules) -> tuple[pd.Series, pd.Series]:
    keys = ["customer_id", rules.same_issue]
    rows = data[[*keys, "created_at", "interaction_id", "resolved_at"]].sort_values(
        [*keys, "created_at", "interaction_id"]
    )
    at, window = rows["created_at"], pd.Timedelta(days=rules.repeat_days)
    same = (rows[keys] == rows[keys].shift()).all(axis=1)
    soon = same & (at - at.shift() <= window)
    repeat = _among(at >= at.min() + window, soon)
    fcr = _among((at <= at.max() - window) & rows["resolved_at"].notna(), ~soon.shift(-1, fill_value=False))
    return repeat.reindex(data.index), fcr.reindex(data.index)


def _business(data: pd.DataFrame, schedules: list[Schedule]) -> tuple[pd.Series, pd.Series]:
    """Minutes to the first reply and hours to the solution while the schedule of the contact's channel is open."""
    minutes = {name: pd.Series(np.nan, index=data.index) for name in ("first_response_at", "resolved_at")}
    left = pd.Series(True, index=data.index)
    days = pd.date_range("2024-10-01", "2027-12-31")
    for schedule in schedules:
        mine = left & (data["channel"].isin(schedule.for_["channel"]) if schedule.for_ else True)
        left &= ~mine
        starts, lengths = _openings(schedule, days)
        before = np.concatenate([[0], lengths.cumsum()])

        def opened(stamps: pd.Series, starts=starts, lengths=lengths, before=before) -> np.ndarray:
            at = stamps.to_numpy().astype("datetime64[s]").astype("int64")
            span = starts.searchsorted(at, "right") - 1
            return before[span] + np.minimum(at - starts[span], lengths[span])

        for name, found in minutes.items():
            rows = mine & (data[name] >= data["created_at"])
            found[rows] = (opened(data.loc[rows, name]) - opened(data.loc[rows, "created_at"])) / 60
    return minutes["first_response_at"], minutes["resolved_at"] / 60


def _openings(schedule: Schedule, days: pd.DatetimeIndex) -> tuple[np.ndarray, np.ndarray]:
    """When a schedule opens (seconds since 1970) and for how long."""
    spans = [
        (day + pd.Timedelta(seconds=start), day + pd.Timedelta(seconds=stop))
        for day in days
        for start, stop in schedule.days_off.get(day.date(), schedule.week[day.day_of_week])
    ]
    both = (pd.DatetimeIndex(side).tz_localize(schedule.timezone).tz_convert(None) for side in zip(*spans, strict=True))
    starts, stops = (side.to_numpy().astype("datetime64[s]").astype("int64") for side in both)
    return starts, stops - starts


def history(data: pd.DataFrame, answers: pd.DataFrame, volumes: pd.DataFrame, customers: pd.DataFrame, rules: MetricRules,
            periods: list[Period]) -> pd.DataFrame:  # fmt: skip
    """Every metric of every month."""
    months = data.groupby("month")
    found = (
        {"contacts": plain.counts(months)}
        | plain.shares(months, SHARES)
        | plain.means(months, ["aht_minutes", "csat_mean"])
    )
    for name in ("frt_minutes", "resolution_hours"):
        found |= plain.quantiles(months, name, {name: 0.5, name.replace("_", "_p90_", 1): 0.9})
    for name in ("frt_business_minutes", "first_resolution_hours", "resolution_business_hours"):
        found |= plain.quantiles(months, name, {name: 0.5})
    found["nps"] = plain.net_scores(answers.groupby("month"), "score")
    found |= churn(customers, periods)
    found |= {"backlog": backlog(data, periods)} | per_orders(data, volumes, rules, ["month"])
    return plain.tall(found)


def churn(customers: pd.DataFrame, periods: list[Period], by: str | None = None) -> dict[str, pd.DataFrame]:
    parts = []
    for period in periods:
        start, end = pd.Timestamp(period.start), pd.Timestamp(period.end)
        active = customers[~(customers["began"] >= start) & ~(customers["left"] < start)]
        gone = (active["left"] < end).astype(float)
        parts.append(
            pd.DataFrame(
                {"month": start, "churn_pct": gone, "retention_pct": 1 - gone} | ({by: active[by]} if by else {})
            )
        )
    rows = pd.concat(parts, ignore_index=True)
    return plain.shares(
        rows.groupby(["month", by] if by else "month"), ["churn_pct", *([] if by else ["retention_pct"])]
    )


def backlog(data: pd.DataFrame, periods: list[Period]) -> pd.DataFrame:
    """Contacts not solved at the end of each month, of the thirty days before it."""
    came = data["created_local"].dt.floor("D")
    left = (data["created_local"] + (data["resolved_at"] - data["created_at"])).dt.floor("D")
    given_up = data["abandoned"].fillna(False).astype(bool) & data["resolved_at"].isna()
    rows = {}
    for period in periods[1:]:
        end = pd.Timestamp(period.end)
        fresh = (came < end) & (came >= end - pd.Timedelta(days=31))
        still = left[fresh & ~given_up]
        rows[pd.Timestamp(period.start)] = float((still.isna() | (still >= end)).sum())
    n = pd.Series(rows).rename_axis("month")
    return pd.DataFrame({"n": n, "value": n})


def per_orders(data: pd.DataFrame, volumes: pd.DataFrame, rules: MetricRules, by: list[str]) -> dict[str, pd.DataFrame]:
    orders = volumes.groupby(by)["orders"].sum()
    parts = {"contacts_per_1000_orders": data, "complaints_per_1000_orders": data[data["complaint_pct"] == 1]}
    counted = {name: part.groupby(by).size().reindex(orders.index).fillna(0) for name, part in parts.items()}
    return {name: pd.DataFrame({"n": n, "value": n / orders * 1000}) for name, n in counted.items()}


def slices(data: pd.DataFrame, answers: pd.DataFrame, volumes: pd.DataFrame, customers: pd.DataFrame, rules: MetricRules,
           periods: list[Period], dimensions: list[str]) -> pd.DataFrame:  # fmt: skip
    """The main metrics of the last two months by every dimension."""
    two = [pd.Timestamp(period.start) for period in periods[-2:]]
    recent, asked, sold = (table[table["month"].isin(two)] for table in (data, answers, volumes))
    parts = []
    for name in dimensions:
        groups = recent.groupby(["month", name])
        found = {"contacts": plain.counts(groups)} | plain.shares(groups, SLICED) | plain.means(groups, ["aht_minutes"])
        found |= plain.quantiles(groups, "frt_minutes", {"frt_minutes": 0.5})
        if name in customers.columns:
            found["nps"] = plain.net_scores(asked.groupby(["month", name]), "score")
            found |= churn(customers, periods[-2:], name)
        if name in volumes.columns:
            found |= per_orders(recent, sold, rules, ["month", name])
        parts.append(plain.tall(found).rename(columns={name: "label"}).assign(dimension=name))
    return pd.concat(parts, ignore_index=True)


def levels(data: pd.DataFrame, period: Period, dimensions: list[str]) -> pd.DataFrame:
    """CSAT of each group of the last month, and of all others of which the dimension is known."""
    inside = data[data["month"] == pd.Timestamp(period.start)]
    parts = []
    for name in dimensions:
        found = plain.shares(inside.groupby(name), ["csat_pct"])["csat_pct"]
        good = found["value"] * found["n"]
        rest = (good.sum() - good) / (found["n"].sum() - found["n"])
        parts.append(found.assign(rest=rest, dimension=name).rename_axis("label").reset_index())
    return pd.concat(parts, ignore_index=True)


def categories(data: pd.DataFrame, period: Period) -> pd.DataFrame:
    """What customers came for in the last month: contacts, share, CSAT, hours."""
    groups = data[data["month"] == pd.Timestamp(period.start)].groupby("category")
    found = plain.shares(groups, ["csat_pct"])["csat_pct"].rename(columns={"value": "csat"}).drop(columns="se")
    contacts = groups.size()
    found = found.assign(
        contacts=contacts, share=contacts / contacts.sum() * 100, hours=groups["handle_seconds"].sum() / 3600
    )
    return found.rename_axis("category").reset_index()


def read_others(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Customers with their begin and end on the clock, answers on recommendation with their customer's labels, orders."""
    customers = pd.read_parquet(
        folder / "customers.parquet", columns=["customer_id", "segment", "region", "signup_at", "churned_at"],
        read_dictionary=["segment", "region"],
    )  # fmt: skip
    customers["began"], customers["left"] = (_local(customers[name]) for name in ("signup_at", "churned_at"))
    asked = pd.read_parquet(
        folder / "surveys.parquet",
        columns=["customer_id", "sent_at", "answered_at", "score"],
        filters=[("kind", "=", "nps")],
    ).dropna(subset="score")
    asked["month"] = plain.month_of(_local(asked["answered_at"].fillna(asked["sent_at"])))
    answers = asked.merge(customers[["customer_id", "segment", "region"]], on="customer_id", how="left")
    volumes = pd.read_parquet(folder / "volumes.parquet")
    return customers, answers, volumes.assign(month=plain.month_of(volumes["day"]))


def _local(stamps: pd.Series) -> pd.Series:
    return stamps.dt.tz_localize("UTC").dt.tz_convert(ZONE).dt.tz_localize(None)
