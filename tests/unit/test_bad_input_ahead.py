"""What real exports get wrong, on the whole way to a forecast and to an alert: told, or survived with the right figure."""

import ibis
import numpy as np
import pandas as pd
import pytest
from voc.analysis.alerts.rules import AlertRules
from voc.analysis.alerts.series import panel_of
from voc.analysis.alerts.watch import look, watch
from voc.analysis.forecast.ahead import forecasts
from voc.analysis.forecast.daily import measured_daily
from voc.analysis.forecast.series import daily, series_of

FIRST, LAST = pd.Timestamp("2024-11-01"), pd.Timestamp("2026-10-31")
DAYS = pd.date_range(FIRST, LAST)
A_DAY = 12
RULES = AlertRules(budget=0.1)


def contacts(days: pd.DatetimeIndex = DAYS, seed: int = 1) -> pd.DataFrame:
    """Draw contacts of two categories, a fifth of the scores bad; nothing ever changes."""
    rng = np.random.default_rng(seed)
    stamp = days.repeat(rng.poisson(A_DAY, len(days)))
    return pd.DataFrame({
        "interaction_id": [f"i{k}" for k in range(len(stamp))], "created_local": stamp + pd.Timedelta(hours=9),
        "category": rng.choice(["delivery", "payment"], len(stamp)), "csat": rng.choice([1.0, 5.0], len(stamp), p=[0.2, 0.8]),
    })  # fmt: skip


def foretold(frame: pd.DataFrame, lost: pd.DatetimeIndex = DAYS[:0], by: tuple[str, ...] = ()):
    series = daily(ibis.memtable(frame), (FIRST, LAST), by, [day.date() for day in lost])
    return forecasts(list(series.values()), "month", 1)


def watched(frame: pd.DataFrame, lost: pd.DatetimeIndex = DAYS[:0]):
    return watch(ibis.memtable(frame), RULES, LAST, incomplete=list(lost))


@pytest.mark.parametrize(
    "lost",
    [DAYS[[80, 300, 301, 302, 640]], DAYS[(DAYS >= "2026-08-01") & (DAYS < "2026-09-01")]],
    ids=["single days", "a month"],
)
def test_days_that_an_export_lost_are_no_quiet_days(lost):
    frame = contacts()
    frame = frame[~frame["created_local"].dt.normalize().isin(lost)]
    row = foretold(frame, lost).ahead.iloc[0]
    assert row["value"] == pytest.approx(30 * A_DAY, rel=0.05)
    assert row["observed_lo95"] < 30 * A_DAY < row["observed_hi95"]
    found = watched(frame, lost)
    assert found.incidents.empty
    whole = found.detectable[(found.detectable["key"] == "contacts") & (found.detectable["span"] == 7)].iloc[0]
    assert whole["rise"] / whole["rise_pct"] * 100 == pytest.approx(
        7 * A_DAY, rel=0.07
    )  # the usual week is still known


def test_a_month_that_is_missing_is_a_gap_in_the_course():
    lost = DAYS[(DAYS >= "2026-08-01") & (DAYS < "2026-09-01")]
    frame = contacts()
    course = foretold(frame[~frame["created_local"].dt.normalize().isin(lost)], lost).course.set_index("at")
    assert course.loc["2026-08-01", ["n", "seen"]].fillna(-1).tolist() == [0, -1]
    assert course.loc["2026-08-01", "value"] == pytest.approx(31 * A_DAY, rel=0.05)
    assert course["seen"].isna().sum() == 1


def test_what_nobody_asks_for_any_more_is_zero_and_no_alarm():
    frame = contacts()
    frame.loc[frame["created_local"] >= "2025-06-01", "category"] = "delivery"
    found = foretold(frame, by=("category",)).ahead.set_index("series")
    assert found.loc["category: payment", "value"] < 0.05 * 30 * A_DAY
    assert found.loc["category: payment", "lo95"] >= 0
    assert not watched(frame).incidents["key"].str.contains("payment").any()


def test_one_contact_has_words_and_no_alarm():
    frame = contacts().tail(1)
    found = foretold(frame.assign(created_local=pd.Timestamp("2026-10-31 10:00")))
    assert found.ahead["observed_hi95"].iloc[0] < 10
    alone = forecasts(list(daily(ibis.memtable(frame), (LAST, LAST)).values()), "month")
    assert alone.words["words"].tolist() == ["contacts cannot be forecast: no month is whole."]
    assert alone.ahead.empty
    seen = watched(frame)
    assert seen.incidents.empty
    assert not seen.series["judged"].any()


def test_negative_counts_and_dates_that_stand_twice_are_named_by_both():
    at = pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-02", "2026-01-03"])
    rows = pd.DataFrame({"at": at, "x": [5, 4, 4, -2]})
    with pytest.raises(ValueError, match=r"dates stand twice: 2026-01-02.*negative counts: 1 rows"):
        series_of(rows, "contacts", "count", "day")
    wrong = rows.rename(columns={"at": "day", "x": "count"}).assign(kind="contacts", dimension="", label="", n=np.nan)
    with pytest.raises(ValueError, match=r"2026-01-03 is negative.*2026-01-02 stands twice"):
        panel_of(wrong, "2026-01-03")


def test_contacts_without_a_day_are_counted_nowhere_and_said():
    frame = contacts(DAYS[-100:])
    frame.loc[frame.index[:3], "created_local"] = pd.NaT
    with pytest.raises(ValueError, match="contacts cannot be forecast: 3 contacts have no day"):
        foretold(frame)
    with pytest.raises(ValueError, match="contacts has no day"):
        watched(frame)


def test_numbers_that_are_none_are_named():
    at = pd.date_range("2026-01-01", periods=4, freq="MS").astype(str).tolist()
    with pytest.raises(ValueError, match=r"no dates: 2026-13-01.*x is no number: many.*x is infinite: 1 rows"):
        series_of(pd.DataFrame({"at": [*at[:3], "2026-13-01"], "x": [1, "many", np.inf, 2]}), "calls", "count", "month")
    with pytest.raises(ValueError, match="more days than the month has: 1 rows"):
        series_of(pd.DataFrame({"at": at, "x": 1, "n": [31, 29, 31, 30]}), "calls", "count", "month")
    rows = pd.DataFrame({"at": at, "x": [10, 20, 60, 20], "n": 10, "variance": [1, -1, 1, 1]})
    with pytest.raises(ValueError, match=r"negative variances: 1 rows; means outside the scale from 1 to 5: 1 rows"):
        series_of(rows, "csat_mean", "score", "month", bounds=(1, 5))
    panel = pd.DataFrame(
        {"day": pd.to_datetime(at), "count": [1, np.inf, np.nan, 2], "n": np.nan, "dimension": "", "label": ""}
    )
    with pytest.raises(ValueError, match=r"letters on 2026-01-01 is of no kind.*is missing.*is infinite"):
        panel_of(panel.assign(kind=["letters", *["contacts"] * 3]), "2026-04-30")
    with pytest.raises(ValueError, match="no last whole day"):
        panel_of(panel, pd.NaT)


def test_days_with_a_time_zone_are_refused():
    """Between 28 and 30 March such days are 24, 23 and 24 hours apart, and a grid of days would miss half of them."""
    at = pd.date_range("2026-03-27", periods=5, tz="Europe/Berlin")
    with pytest.raises(ValueError, match="time zone"):
        series_of(pd.DataFrame({"at": at, "x": 1}), "contacts", "count", "day")
    rows = pd.DataFrame({"day": at, "count": 1.0, "n": np.nan, "kind": "contacts", "dimension": "", "label": ""})
    with pytest.raises(ValueError, match="time zone"):
        panel_of(rows, "2026-03-31")


def test_days_of_23_and_25_hours_are_days():
    """One contact an hour: 23 on the day that clocks go forward, 25 on the day they go back; neither is an alarm."""
    hours = pd.date_range("2024-11-01", "2026-11-01", freq="h", tz="Europe/Berlin", inclusive="left").tz_localize(None)
    frame = pd.DataFrame({"interaction_id": [f"i{k}" for k in range(len(hours))], "created_local": hours})
    days = daily(ibis.memtable(frame), (FIRST, LAST))["contacts"]
    hourly = pd.Series(days.x, days.starts)
    assert hourly[["2025-03-30", "2025-10-26", "2026-03-29", "2026-10-25"]].tolist() == [23, 25, 23, 25]
    assert hourly.drop(pd.to_datetime(["2025-03-30", "2025-10-26", "2026-03-29", "2026-10-25"])).eq(24).all()
    found = forecasts([days], "month", 1)
    assert found.course.set_index("at").loc["2026-03-01", ["n", "seen"]].tolist() == [31, 31 * 24 - 1]
    assert found.ahead["value"].iloc[0] == pytest.approx(30 * 24, rel=0.01)
    assert watch(ibis.memtable(frame), RULES, LAST).incidents.empty


def test_days_and_months_without_an_answer_are_gaps_of_the_share():
    frame = contacts()
    silent = frame["created_local"].between("2026-05-01", "2026-07-01")
    frame["csat_pct"] = (frame["csat"] >= 4).astype("boolean").mask(silent)
    by_day = measured_daily(ibis.memtable(frame), "csat_pct")
    assert not by_day.known[(by_day.starts >= "2026-05-01") & (by_day.starts < "2026-07-01")].any()
    months = frame.groupby(frame["created_local"].dt.to_period("M").dt.start_time)["csat_pct"].agg(["sum", "count"])
    rows = months.set_axis(["x", "n"], axis=1).rename_axis("at").reset_index()
    found = forecasts([series_of(rows, "csat_pct", "share", "month")], "month", 1)
    assert found.course["seen"].isna().sum() == 2
    assert found.ahead["value"].iloc[0] == pytest.approx(80, abs=2)
    seen = watched(frame.assign(csat=frame["csat"].mask(silent)))
    assert seen.incidents.empty
    assert seen.series.set_index("key").loc["unhappy", "judged"]


def test_a_share_that_nobody_ever_answered_is_said_and_not_watched():
    frame = contacts().assign(csat=np.nan)
    rows = pd.DataFrame({"at": pd.date_range("2025-01-01", periods=14, freq="MS"), "x": 0, "n": 0})
    found = forecasts([series_of(rows, "csat_pct", "share", "month")], "month")
    assert found.words["words"].tolist() == ["No month has answers: nothing can be said of what comes."]
    assert found.ahead.empty and found.course.empty
    seen = watched(frame)
    assert not seen.series["kind"].eq("unhappy").any()
    silent = pd.DataFrame({"day": DAYS, "count": 0.0, "n": 0.0, "kind": "unhappy", "dimension": "", "label": ""})
    unanswered = look(panel_of(silent, LAST, AlertRules(least=1e-9)), RULES)
    assert unanswered.incidents.empty and not unanswered.series["judged"].any()
