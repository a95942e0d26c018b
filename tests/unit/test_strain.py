"""Response under load, by hour of the week, and weeks that run over: planted, absent, and at the limits."""

import numpy as np
import pandas as pd
import pytest
from voc.analysis.load.balance import balance
from voc.analysis.load.hours import response_week, timed, volume_week
from voc.analysis.load.mix import mix
from voc.analysis.load.strain import load_response, overrun_weeks, overruns
from voc.analysis.load.workload import flow
from voc.analysis.metrics import with_measures
from voc.analysis.rules import MetricRules
from voc.analysis.season import weeks
from voc.analysis.trace import contacts_of
from voc.data.periods import Period
from voc.report.pages import hours as page
from voc.report.pages.load_findings import load_findings

RULES = MetricRules()
OCTOBER = Period.parse("2026-10")
MEDIANS = {"phone": 1.0, "email": 300.0}


def answered(store, *, days=180, rate=80, seed=1, times=None, day_only=False, channels=MEDIANS):
    """Contacts that come in bursts and are answered after a lognormal time; ``times(frame)`` makes answers longer."""
    rng = np.random.default_rng(seed)
    start = pd.Timestamp("2026-11-01") - pd.Timedelta(days=days)
    hourly = np.where(np.arange(24) < 7, 0.2, 1.3)
    slots = pd.DataFrame({"hour": pd.date_range(start, "2026-11-01", freq="h", inclusive="left")})
    parts = []
    for name in channels:
        size = rng.poisson(rate / 24 * hourly[slots["hour"].dt.hour] * rng.gamma(2, 0.5, len(slots)))
        parts.append(pd.DataFrame({"hour": np.repeat(slots["hour"].to_numpy(), size), "channel": name}))
    frame = pd.concat(parts, ignore_index=True)
    frame["created_local"] = frame["hour"] + pd.to_timedelta(rng.integers(0, 3600, len(frame)), unit="s")
    frame["others"] = frame.groupby(["channel", "hour"])["hour"].transform("size") - 1
    minutes = frame["channel"].map(channels) * np.exp(0.8 * rng.normal(size=len(frame)))
    minutes = minutes * (times(frame) if times else 1.0)
    if day_only:
        frame["created_local"] = frame["created_local"].dt.normalize()
    frame = frame.assign(
        interaction_id=[f"t:{i}" for i in range(len(frame))], created_at=frame["created_local"], source="desk"
    )
    frame["first_response_at"] = frame["created_at"] + pd.to_timedelta(minutes.round(2), unit="m")
    frame = frame.drop(columns=["hour", "others"])
    stamps = ["created_local", "created_at", "first_response_at"]
    frame[stamps] = frame[stamps].astype("datetime64[us]")
    return store.settle(with_measures(store.load(frame), RULES, ["contacts", "frt_minutes"]))


@pytest.fixture(scope="module")
def calm(store):
    return answered(store)


def load_of(table):
    return load_response(table, OCTOBER, RULES, np.random.default_rng(0))


def test_a_channel_that_slows_under_load_is_named_and_the_other_is_not(store):
    """Each other contact of the hour makes a call wait a tenth longer; e-mails do not care."""
    table = answered(store, times=lambda frame: np.where(frame["channel"] == "phone", 1.1 ** frame["others"], 1.0))
    found = load_of(table)
    assert found.slips()["channel"].tolist() == ["phone"]
    row = found.channels.set_index("channel").loc["phone"]
    assert row["certainty"] == "sure"
    assert 0.1 < row["lo"] < row["rho"] < row["hi"]
    assert row["times_lo"] > 1.3
    bins = found.bins.query("channel == 'phone'")
    assert bins["load"].is_monotonic_increasing
    assert bins["value"].iloc[-1] > bins["value"].iloc[0]
    said = page.load_said(found, "Head of service").text
    assert "phone answers" in said and "in the other 1 channels" in said
    assert page.load_drawn(found).title.startswith("Phone answers")


def test_no_channel_slips_by_chance_nor_because_nights_are_slow_and_empty(store, calm):
    nights = answered(store, seed=3, times=lambda frame: np.where(frame["hour"].dt.hour < 7, 8.0, 1.0))
    for table in (calm, nights):
        found = load_of(table)
        assert found.slips().empty
        assert found.channels["lo"].lt(0).all() and found.channels["hi"].gt(0).all()
    assert "In none of 2 channels" in page.load_said(load_of(calm)).text
    assert "no later" in page.load_drawn(load_of(calm)).title


def test_the_interval_depends_on_the_generator_and_on_nothing_else(calm):
    again = load_of(calm).channels
    pd.testing.assert_frame_equal(again, load_of(calm).channels)


def test_hours_that_answer_late_are_found_whatever_the_channel(store, calm):
    late = answered(store, times=lambda frame: np.where((frame["hour"].dt.day_of_week == 0) & (frame["hour"].dt.hour.between(9, 11)), 3.0, 1.0))  # fmt: skip
    cells = response_week(late, OCTOBER, RULES)
    slow = cells[cells["certainty"].isin(["sure", "likely"]) & (cells["slower_pct"] > 50)]
    assert set(zip(slow["weekday"], slow["hour"], strict=True)) >= {("Mon", 9), ("Mon", 10), ("Mon", 11)}
    assert len(slow) <= 5
    assert slow.query("weekday == 'Mon'")["value"].between(2, 4.5).all()
    assert page.response_drawn(cells, OCTOBER).title.startswith("Mon at ")
    assert "Mon" in page.week_said(volume_week(late, OCTOBER), cells, OCTOBER, "Head of service").text
    quiet = response_week(calm, OCTOBER, RULES)
    assert not quiet["certainty"].isin(["sure", "likely"]).any()
    assert quiet["typical_pct"].std() < 0.5 * quiet["slower_pct"].std()
    assert "No hour of the week" in page.week_said(volume_week(calm, OCTOBER), quiet, OCTOBER).text


def test_volume_by_hand(store):
    """October 2026 has five Thursdays to Saturdays and four of the other days: 10 on each of them are all alike."""
    days = pd.date_range("2026-10-01", periods=31)
    at = np.repeat(days + pd.Timedelta(hours=9), 10) + pd.to_timedelta(np.tile(np.arange(10), 31), unit="m")
    frame = pd.DataFrame({"created_local": at, "source": "desk", "channel": "email"})
    found = volume_week(store.load(frame), OCTOBER)
    assert found.query("kind == 'weekday'")["value"].tolist() == pytest.approx([100 / 7] * 7)
    assert found.query("kind == 'hour' and label == '9'")["value"].iloc[0] == 100
    assert found["n"].sum() == 620


def test_a_source_that_records_the_day_only_has_no_hours(store):
    table = answered(store, days=30, day_only=True)
    assert timed(table, pd.Timestamp("2026-10-01"), pd.Timestamp("2026-11-01")) is None
    assert response_week(table, OCTOBER, RULES).empty
    assert volume_week(table, OCTOBER).empty
    assert "no source records the hour" in load_of(table).why
    assert (
        "not its hour"
        in page.week_said(volume_week(table, OCTOBER), response_week(table, OCTOBER, RULES), OCTOBER).text
    )
    assert "cannot be told" in page.load_said(load_of(table)).text


def test_weeks_that_run_over_are_named_with_their_size_and_no_others(store, calm):
    def over(frame):
        inside = frame["hour"].between("2026-07-13", "2026-08-02 23:59") & (frame["channel"] == "email")
        return np.where(inside, 2.5, 1.0)

    table = answered(store, times=over)
    judged = overrun_weeks(table, weeks(table, OCTOBER), RULES)
    assert set(zip(judged[judged["over"]]["channel"], judged[judged["over"]]["week"].dt.strftime("%m-%d"), strict=True)) == {
        ("email", "07-13"), ("email", "07-20"), ("email", "07-27")}  # fmt: skip
    (run,) = overruns(judged).to_dict("records")
    assert (run["start"], run["end"], run["weeks"], run["certainty"]) == (pd.Timestamp("2026-07-13"), pd.Timestamp("2026-08-02"), 3, "sure")  # fmt: skip
    assert run["times"] == pytest.approx(2.5, rel=0.2)
    assert "email ran over" in page.overrun_said(judged, Period.parse("2026-07")).text
    assert "no channel had a week" in page.overrun_said(judged, OCTOBER).text
    assert page.overrun_drawn(judged).title.startswith("Email ran over for 3 weeks")
    quiet = overrun_weeks(calm, weeks(calm, OCTOBER), RULES)
    assert not quiet["over"].any()
    assert overruns(quiet).empty
    assert page.overrun_drawn(quiet) is None
    assert "no channel answered later" in page.overrun_table(quiet).text


def test_a_restless_channel_needs_a_larger_overrun(store):
    """Weeks that go up and down by a half anyway: two and a half times the usual of one week is no longer sure."""
    rng = np.random.default_rng(9)
    factor = np.exp(0.5 * rng.normal(size=60))
    table = answered(store, times=lambda frame: factor[(frame["hour"] - frame["hour"].min()).dt.days // 7])
    judged = overrun_weeks(table, weeks(table, OCTOBER), RULES)
    assert judged["over"].sum() <= 1


def test_limits(store):
    columns = {"created_local": "datetime64[us]", "source": "str", "channel": "str", "frt_minutes": "float64"}
    none = store.load(pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()}))
    for table in (none, store.load(pd.DataFrame({"created_local": pd.to_datetime(["2026-10-05 10:00"]), "source": "desk", "channel": "email", "frt_minutes": 3.0}))):  # fmt: skip
        found = load_of(table)
        cells, volume = response_week(table, OCTOBER, RULES), volume_week(table, OCTOBER)
        judged = overrun_weeks(table, OCTOBER.history(1) and Period.parse("2026-W43").history(9), RULES)
        assert not judged["over"].any()
        for thing in (page.load_said(found), page.week_said(volume, cells, OCTOBER), page.response_drawn(cells, OCTOBER), page.overrun_said(judged, OCTOBER)):  # fmt: skip
            assert thing.text
        assert page.load_drawn(found) is None
        assert page.overrun_table(judged) is None
        assert page.overrun_drawn(judged) is None
    bare = none.drop("frt_minutes", "channel")
    assert load_of(bare).why == "the data have no channel and no frt_minutes"
    assert response_week(bare, OCTOBER, RULES).empty
    assert overrun_weeks(bare, Period.parse("2026-W43").history(9), RULES).empty


def test_all_answers_alike(store):
    at = pd.date_range("2026-05-01", "2026-10-31", freq="30min")
    table = store.load(pd.DataFrame({"created_local": at.astype("datetime64[us]"), "source": "desk", "channel": "email", "frt_minutes": 3.0}))  # fmt: skip
    assert load_of(table).slips().empty
    assert not response_week(table, OCTOBER, RULES)["certainty"].isin(["sure", "likely"]).any()
    assert not overrun_weeks(table, weeks(table, OCTOBER), RULES)["over"].any()


def test_findings_carry_size_certainty_and_the_way_back(store):
    def over(frame):
        late = frame["hour"].between("2026-10-12", "2026-10-18 23:59") & (frame["channel"] == "email")
        return np.where(late, 3.0, np.where(frame["channel"] == "phone", 1.15 ** frame["others"], 1.0))

    table = answered(store, times=over)
    judged, load, shares = (
        overrun_weeks(table, weeks(table, OCTOBER), RULES),
        load_of(table),
        mix(table, OCTOBER, RULES),
    )
    balanced = balance(flow(table), OCTOBER, RULES)
    found = load_findings(OCTOBER, judged, load, balanced, shares, "Head of service", "02_scorecard")
    assert set(found["label"]) == {"email", "phone"}
    assert found["certainty"].isin(["sure", "likely"]).all()
    assert found["weight"].is_monotonic_decreasing
    email = found.set_index("label").loc["email"]
    assert "ran over from 12\u00a0Oct\u00a02026" in email["headline"]
    assert len(contacts_of(table, email["trace"])) == email["n"]
    assert email["href"] == "02_scorecard.html#overrun"
    again = load_findings(
        OCTOBER, judged, load, balanced, shares, "", "02_scorecard", told=found[found["label"] == "email"]
    )
    assert again["label"].tolist() == ["phone"]
    none = load_findings(
        Period.parse("2026-08"), judged, type(load)(load.bins, load.channels.iloc[:0]), balanced, shares, "", "x"
    )
    assert none.empty
