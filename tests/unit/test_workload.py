"""Work in and out: by hand, against counting every contact on every day, and what does not count."""

import numpy as np
import pandas as pd
import pytest
from voc.analysis.load.balance import balance, growing_weeks
from voc.analysis.load.netflow import chance_of_level
from voc.analysis.load.workload import EVERY, ages, backlog_by_period, flow, open_contacts
from voc.analysis.metrics import with_measures
from voc.analysis.rules import MetricRules
from voc.data.periods import Period
from voc.report.pages import workload as page

RULES = MetricRules()
OCTOBER = Period.parse("2026-10")


def contacts(store, rows, **more):
    """Contacts from (came, solved or None); further columns by name."""
    came, solved = zip(*rows, strict=True) if rows else ((), ())
    frame = pd.DataFrame({"created_local": pd.to_datetime(list(came)), "resolved_at": pd.to_datetime(list(solved))})
    frame[["created_local", "resolved_at"]] = frame[["created_local", "resolved_at"]].astype("datetime64[us]")
    frame = frame.assign(interaction_id=[f"t:{i}" for i in range(len(frame))], created_at=frame["created_local"])
    return store.settle(with_measures(store.load(frame.assign(**{"source": "desk", "channel": "email"} | more)), RULES, ["contacts"]))  # fmt: skip


def busy(store, seed=1, rate=40.0, days=200, hours=30.0, never=0.03, extra=None, offset="0h"):
    """Contacts at a steady rate a day, solved after a time that varies; ``extra`` comes on top and is not solved soon."""
    rng = np.random.default_rng(seed)
    start = pd.Timestamp("2026-11-01") - pd.Timedelta(days=days)
    at = start + pd.to_timedelta(np.sort(rng.uniform(0, days, rng.poisson(rate * days))), unit="D")
    took = pd.to_timedelta(rng.exponential(hours, len(at)), unit="h")
    if extra is not None:
        took = took + pd.to_timedelta(np.where((at >= extra[0]) & (at < extra[1]), 24 * 12, 0), unit="h")
    solved = pd.Series(at + took).where(rng.random(len(at)) >= never)
    frame = pd.DataFrame({"created_local": at, "created_at": at - pd.Timedelta(offset)})
    frame["resolved_at"] = (solved - pd.Timedelta(offset)).to_numpy()
    frame = frame.assign(interaction_id=[f"t:{i}" for i in range(len(at))], source="desk", channel=rng.choice(["email", "chat"], len(at)))  # fmt: skip
    stamps = ["created_local", "created_at", "resolved_at"]
    frame[stamps] = frame[stamps].astype("datetime64[us]")
    return store.settle(with_measures(store.load(frame), RULES, ["contacts"])), frame


def test_a_few_days_by_hand(store):
    table = contacts(
        store,
        [("2026-09-01 09:00", "2026-09-01 10:00"), ("2026-09-01 11:00", "2026-09-03 08:00"), ("2026-09-02 09:00", None),
         ("2026-09-02 10:00", None), ("2026-09-02 12:00", "2026-10-05 12:00"), ("2026-09-03 09:00", "2026-09-03 09:30")],
        abandoned=[False, False, False, True, False, False],
    )  # fmt: skip
    found = flow(table, pd.Timestamp("2026-10-10"))
    days = found.days[found.days["channel"] == EVERY].set_index("day")
    assert days.loc["2026-09-01":"2026-09-04", "open"].tolist() == [1, 3, 2, 2]
    assert days.loc["2026-09-01":"2026-09-03", "came"].tolist() == [2, 3, 1]
    assert days.loc["2026-09-01":"2026-09-03", "solved"].tolist() == [1, 0, 2]
    assert days["given_up"].sum() == 1
    assert days.loc["2026-10-02":"2026-10-06", ["open", "stale"]].values.tolist() == [
        [2, 0],
        [0, 2],
        [0, 2],
        [0, 1],
        [0, 1],
    ]
    assert days[["went_stale", "late"]].sum().tolist() == [2, 1]
    assert found.channels == ["email"]


@pytest.mark.parametrize("offset", ["0h", "2h", "-5h"])
def test_counting_flows_is_counting_every_contact_on_every_day(store, offset):
    table, frame = busy(store, days=120, never=0.05, offset=offset)
    found = flow(table)
    solved = frame["resolved_at"] + pd.Timedelta(offset)
    for name in (EVERY, "chat"):
        days = found.days[found.days["channel"] == name].set_index("day")
        mine = frame["channel"] == name if name != EVERY else pd.Series(True, index=frame.index)
        for day in days.index[::17]:
            end = day + pd.Timedelta(days=1)
            still = mine & (frame["created_local"] < end) & ~(solved < end)
            old = (day - frame["created_local"].dt.normalize()).dt.days > 30
            assert days.loc[day, ["open", "stale"]].tolist() == [(still & ~old).sum(), (still & old).sum()]


def test_the_rows_behind_the_figure_are_as_many_as_it_says(store):
    table, _ = busy(store)
    found = flow(table)
    rows = backlog_by_period(table, OCTOBER.history(3), found)
    counted = [open_contacts(table, period).count().to_pyarrow().as_py() for period in OCTOBER.history(3)]
    assert rows["n"].tolist() == counted
    assert (rows["total"] == rows["n"] + rows["stale"]).all()
    assert (rows["lo"] < rows["value"]).all()
    assert ages(table, OCTOBER.history(3), found)["n"].tolist() == counted


def test_periods_without_a_known_end_or_in_the_first_thirty_days_have_no_row(store):
    table, _ = busy(store, days=100)
    found = backlog_by_period(table, Period.parse("2026-12").history(6))
    assert found["period"].tolist() == ["2026-08", "2026-09", "2026-10"]


def test_ages_by_hand(store):
    """Open at the end of October: 6, 12, 18, 24 hours old; one of 40 days is stale, one was solved, one comes later."""
    rows = [("2026-10-31 18:00", None), ("2026-10-31 12:00", None), ("2026-10-31 06:00", None), ("2026-10-31 00:00", None),
            ("2026-09-21 12:00", None), ("2026-10-01 12:00", "2026-10-02 12:00"), ("2026-11-01 01:00", None)]  # fmt: skip
    rows += [(f"2026-09-0{day} 10:00", f"2026-09-0{day} 12:00") for day in range(1, 9)]
    table = contacts(store, rows)
    row = ages(table, [OCTOBER], flow(table)).iloc[0]
    assert row[["n", "stale"]].tolist() == [4, 1]
    assert row["median"] == 15
    assert row["p90"] == pytest.approx(22.2)


def test_sources_that_do_not_record_solutions_and_faulty_stamps_are_left_out_and_said(store):
    good = [(f"2026-10-0{day} 10:00", f"2026-10-0{day} 12:00") for day in range(1, 9)]
    table = contacts(store, [*good, ("2026-10-05 10:00", "2026-10-04 10:00"), *[("2026-10-05 10:00", None)] * 5],
                     source=["desk"] * 9 + ["calls"] * 5, channel=["email"] * 9 + ["phone"] * 5)  # fmt: skip
    found = flow(table)
    assert found.left_out[["channel", "n"]].values.tolist() == [["phone", 5], ["email", 1]]
    assert found.left_out["why"].str.contains("marks only 0 %|solved before they came").all()
    assert found.days[found.days["channel"] == EVERY]["came"].sum() == 8
    said = page.flow_said(found, balance(found, OCTOBER, RULES), ages(table, [OCTOBER], found), OCTOBER).text
    assert "Left out: 5 contacts by phone" in said
    assert "0% of its contacts solved" in said


def test_closed_without_a_solution_is_given_up_and_not_open_for_ever(store):
    table = contacts(store, [("2026-10-01 10:00", "2026-10-01 12:00"), ("2026-10-02 10:00", None), ("2026-10-03 10:00", None)],
                     status=["closed", "closed", "open"])  # fmt: skip
    days = flow(table).days.query("channel == @EVERY").set_index("day")
    assert days["given_up"].tolist() == [0, 1, 0]
    assert days["open"].tolist() == [0, 0, 1]


def test_a_quiet_month_is_level_and_a_flood_is_seen_in_its_week_and_channel(store):
    quiet, _ = busy(store, seed=2)
    still = balance(flow(quiet), OCTOBER, RULES)
    assert not still["certainty"].isin(["sure", "likely"]).any()
    assert still["channel"].iloc[0] == EVERY
    assert (still["kept_lo"] < 100).all() and (still["kept_hi"] > 100).all()
    assert not growing_weeks(flow(quiet), RULES)["certainty"].isin(["sure", "likely"]).any()
    flood, _ = busy(store, seed=2, extra=(pd.Timestamp("2026-10-19"), pd.Timestamp("2026-10-26")))
    found = flow(flood)
    grew = growing_weeks(found, RULES).query("certainty == 'sure' and change > 0")
    assert set(grew["week"]) == {pd.Timestamp("2026-10-19")}
    assert set(grew["channel"]) == {"chat", "email"}
    worse = balance(found, OCTOBER, RULES).iloc[0]
    assert worse["certainty"] == "sure"
    assert worse["change"] > 200
    drawn = page.flow_drawn(found, growing_weeks(found, RULES), OCTOBER)
    assert "19\u00a0Oct\u00a02026" in drawn.title


def test_the_chance_of_a_level_is_that_of_its_changes(store):
    """A queue whose weeks do not remember each other: the chance in a month's change is that of a week's."""
    rng = np.random.default_rng(4)
    days = pd.date_range("2024-11-01", "2026-10-31")
    level = pd.Series(rng.poisson(400, len(days)), index=days)
    daily = pd.DataFrame({"open": level, "came": 100, "solved": 100, "given_up": 0})
    sd = np.sqrt(2) * chance_of_level(daily, OCTOBER, 31)
    assert sd == pytest.approx(np.sqrt(2 * 400), rel=0.35)


@pytest.mark.parametrize("rows", [[], [("2026-10-05 10:00", None)], [("2026-10-05 10:00", "2026-10-05 12:00")]])
def test_none_and_one(store, rows):
    table = contacts(store, rows)
    found = flow(table)
    judged = balance(found, OCTOBER, RULES)
    old = ages(table, [OCTOBER], found)
    assert page.flow_said(found, judged, old, OCTOBER).text
    assert (page.flow_table(judged, OCTOBER) is None) == judged.empty
    assert page.flow_drawn(found, growing_weeks(found, RULES), OCTOBER).text
    assert backlog_by_period(table, [OCTOBER]).empty
    assert not judged["certainty"].isin(["sure", "likely"]).any()


def test_without_stamps_of_solution_nothing_is_invented(store):
    table = contacts(store, [("2026-10-05 10:00", None)]).drop("resolved_at")
    found = flow(table)
    assert found.why == "the data have no resolved_at"
    said = page.flow_said(found, balance(found, OCTOBER, RULES), ages(table, [OCTOBER], found), OCTOBER)
    assert said.text == "The work in and out cannot be told: the data have no time of solution."
    assert backlog_by_period(table, [OCTOBER]).empty


def test_without_channels_there_is_the_whole(store):
    table = contacts(store, [("2026-10-05 10:00", "2026-10-05 12:00")]).drop("channel")
    assert flow(table).channels == ["unknown"]
