"""What is watched: panels from tables of contacts, and everything that is wrong with real days."""

import ibis
import numpy as np
import pandas as pd
import pytest
from voc.analysis.alerts.rules import AlertRules
from voc.analysis.alerts.series import Panel, daily, panel_of
from voc.analysis.alerts.sharing import members

ALL = AlertRules(least=1e-9)


def rows(counts: dict[str, float], kind: str = "contacts", n: float = np.nan, label: str = "") -> pd.DataFrame:
    frame = pd.DataFrame({"day": pd.to_datetime(list(counts)), "count": list(counts.values())})
    return frame.assign(kind=kind, dimension="category" if label else "", label=label, n=n)


def contacts() -> pd.DataFrame:
    return pd.DataFrame({
        "interaction_id": ["a", "b", "c", "d", "e"],
        "created_local": pd.to_datetime(["2026-03-01 09:00", "2026-03-01 23:59", "2026-03-02 00:00", "2026-03-04 10:00", "2026-03-04 11:00"]),
        "category": ["delivery", "delivery", "payment", "delivery", None], "region": ["South", None, "South", "North", "North"],
        "csat": [1.0, None, 5.0, 3.0, 4.0],
    })  # fmt: skip


def of(panel: Panel, key: str) -> tuple[list[float], list[float]]:
    at = panel.series["key"].tolist().index(key)
    return panel.count[at].tolist(), panel.n[at].tolist()


def test_contacts_are_counted_by_day_and_label_and_scores_as_shares():
    found = panel_of(daily(ibis.memtable(contacts()), ALL), "2026-03-04", ALL)
    assert found.days[[0, -1]].tolist() == [pd.Timestamp("2026-03-01"), pd.Timestamp("2026-03-04")]
    assert of(found, "contacts")[0] == [2, 1, 0, 2]
    assert of(found, "contacts/category=delivery")[0] == [2, 0, 0, 1]
    assert of(found, "contacts/region=North")[0] == [0, 0, 0, 2]
    assert of(found, "unhappy") == ([1, 0, 0, 1], [1, 1, 0, 2])
    assert of(found, "unhappy/category=delivery") == ([1, 0, 0, 1], [1, 0, 0, 1])
    assert not found.series["key"].str.contains("issue|unhappy/region|negative").any()


def test_topics_and_moods_are_watched_where_they_are_known():
    said = pd.DataFrame({"interaction_id": ["a", "a", "b", "d", "e"], "topic": ["T1", "T2", "T1", "none", "empty"]})
    read = pd.DataFrame({"interaction_id": ["a", "b", "d"], "mood": [-1, 1, -1]})
    made = daily(ibis.memtable(contacts()), ALL, ibis.memtable(said), ibis.memtable(read))
    found = panel_of(made, "2026-03-04", ALL)
    assert of(found, "contacts/topic=T1")[0] == [2, 0, 0, 0]
    assert of(found, "contacts/topic=T2")[0] == [1, 0, 0, 0]
    assert of(found, "negative") == ([1, 0, 0, 1], [2, 0, 0, 1])
    assert not found.series["label"].isin(["none", "empty"]).any()
    assert of(found, "contacts")[0] == [2, 1, 0, 2]  # a contact with two topics is one contact


def test_slow_is_slower_than_nine_of_ten_on_the_same_channel():
    waits = pd.DataFrame(
        {"frt_minutes": [*range(1, 12), *range(100, 1200, 100), None], "channel": ["chat"] * 11 + ["mail"] * 12}
    )
    waits = waits.assign(interaction_id=[f"i{k}" for k in range(23)], created_local=pd.Timestamp("2026-03-01 10:00"))
    found = panel_of(daily(ibis.memtable(waits), ALL), "2026-03-01", ALL)
    assert of(found, "slow/channel=chat") == ([1], [11])  # nine of ten of 1 … 11 took up to 10 minutes
    assert of(found, "slow/channel=mail") == ([1], [11])
    assert of(found, "slow") == ([2], [22])


def test_days_without_a_row_are_noughts_and_later_rows_are_left_out():
    found = panel_of(rows({"2026-03-02": 3, "2026-03-05": 1, "2026-03-09": 9}), "2026-03-06", ALL)
    assert of(found, "contacts")[0] == [3, 0, 0, 1, 0]


def test_incomplete_days_are_missing_for_counts_and_kept_for_shares():
    both = pd.concat([rows({"2026-03-02": 3, "2026-03-03": 2}), rows({"2026-03-02": 1, "2026-03-03": 2}, "unhappy", 4)])
    found = panel_of(both, "2026-03-03", ALL, [pd.Timestamp("2026-03-03")])
    assert np.isnan(of(found, "contacts")[0][1])
    assert of(found, "unhappy")[0] == [1, 2]


def test_a_day_on_which_nobody_came_is_missing_where_the_weekday_is_busy():
    days = pd.date_range("2026-01-05", periods=70)  # a Monday
    counts = {str(day.date()): 0 if day.weekday() == 6 else 20 for day in days}
    counts["2026-02-11"] = 0  # a Wednesday; Sundays are closed
    found = of(panel_of(rows(counts), "2026-03-15", ALL), "contacts")[0]
    assert np.isnan(found[(pd.Timestamp("2026-02-11") - days[0]).days])
    assert np.isnan(found).sum() == 1


def test_a_lost_month_is_missing_as_a_whole():
    counts = {str(day.date()): 30 for day in pd.date_range("2025-09-01", "2026-03-31") if day.month != 1}
    found = panel_of(rows(counts), "2026-03-31", ALL)
    lost = found.days.month == 1
    assert np.isnan(found.count[0, lost]).all()
    assert np.isfinite(found.count[0, ~lost]).all()


def test_days_on_which_clocks_change_are_one_day():
    stamps = pd.date_range("2026-03-28", "2026-03-31", freq="h", inclusive="left").append(
        pd.DatetimeIndex(["2026-10-25 02:30"] * 2)
    )
    frame = pd.DataFrame({"interaction_id": [f"i{k}" for k in range(len(stamps))], "created_local": stamps})
    frame = frame[frame["created_local"] != pd.Timestamp("2026-03-29 02:00")]  # the hour that does not exist
    found = panel_of(daily(ibis.memtable(frame), ALL), "2026-10-25", ALL)
    assert found.count[0, :3].tolist() == [24, 23, 24]
    assert found.count[0, -1] == 2
    assert len(found.days) == 212


def test_everything_that_cannot_be_counted_is_said_at_once():
    wrong = pd.concat([
        rows({"2026-03-02": -3}), rows({"2026-03-03": 2}), rows({"2026-03-03 12:00": 4}), rows({"2026-03-04": 5}, "unhappy", 4, "app"),
    ])  # fmt: skip
    with pytest.raises(ValueError, match="cannot be watched") as told:
        panel_of(wrong, "2026-03-05", ALL)
    for part in (
        "contacts on 2026-03-02 is negative",
        "2026-03-03 stands twice",
        "unhappy/category=app on 2026-03-04 has more bad",
    ):
        assert part in str(told.value)


def test_small_values_are_not_watched_by_themselves_but_new_ones_are():
    days = [str(day.date()) for day in pd.date_range("2026-01-01", periods=300)]
    parts = [
        rows(dict.fromkeys(days, 5)),
        rows({days[3]: 9}, label="rare"),
        rows(dict.fromkeys(days[-10:], 2), label="new"),
    ]
    found = panel_of(pd.concat(parts), days[-1], AlertRules())
    assert found.series["key"].tolist() == ["contacts", "contacts/category=new"]


def test_nothing_and_one_point_are_panels_too():
    none = panel_of(rows({}), "2026-03-05", ALL)
    assert (len(none.days), len(none.series)) == (0, 0)
    assert of(panel_of(rows({"2026-03-05": 4}), "2026-03-05", ALL), "contacts")[0] == [4]


def test_weeks_are_whole_calendar_weeks():
    counts = {str(day.date()): 1 for day in pd.date_range("2026-03-04", "2026-03-24")}  # Wednesday to Tuesday
    both = pd.concat([rows(counts), rows({"2026-03-10": 1}, "unhappy", 3)])
    weekly = panel_of(both, "2026-03-24", ALL, [pd.Timestamp("2026-03-17")]).weekly()
    assert weekly.days.tolist() == [pd.Timestamp("2026-03-09"), pd.Timestamp("2026-03-16")]
    assert weekly.count[0, 0] == 7
    assert np.isnan(weekly.count[0, 1])
    assert (weekly.count[1].tolist(), weekly.n[1].tolist()) == ([1, 0], [3, 0])


def test_the_contacts_of_a_flag_are_those_that_its_series_counts():
    rows = pd.DataFrame({
        "interaction_id": list("abcd"), "created_local": pd.to_datetime(["2026-10-01 09:00"] * 4), "abandoned": [True, True, False, None],
    }).astype({"abandoned": "boolean"})  # fmt: skip
    table, day = ibis.memtable(rows), pd.Timestamp("2026-10-01")
    panel = panel_of(daily(table, AlertRules(dimensions=("abandoned",), scores_by=(), slow_by=())), day)
    counted = dict(zip(panel.series["key"], panel.count[:, 0], strict=True))
    assert counted == {"contacts": 4, "contacts/abandoned=true": 2, "contacts/abandoned=false": 1}
    found = members(table, panel.series, day, day)
    assert {key: len(own) for key, own in found.items()} == counted
