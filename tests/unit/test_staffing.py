"""Load to people: by hand, against planned plenty and want, and that chance alone calls no hour."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import gamma
from voc.analysis.forecast.erlang import Promise, most_load
from voc.analysis.forecast.loads import dispersion, loads
from voc.analysis.forecast.staffing import FITS, IDLE, MISSING, Plan, staffing
from voc.analysis.rules import MetricRules
from voc.report.pages.staffing import lead

RULES = MetricRules()
END = pd.Timestamp("2026-11-02")  # a Monday
MONDAYS = pd.date_range(END - pd.Timedelta(weeks=13), periods=13, freq="7D")


def contacts(store, cells, handle=180.0):
    """Contacts from (channel, stamp of the hour, how many)."""
    rows = [(name, hour + pd.Timedelta(minutes=1 + i % 58)) for name, hour, n in cells for i in range(n)]
    frame = pd.DataFrame(rows, columns=["channel", "created_local"]).assign(source="desk", handle_seconds=handle)
    frame["created_local"] = frame["created_local"].astype("datetime64[us]")
    return store.settle(store.load(frame.assign(interaction_id=[f"d:{i}" for i in range(len(frame))])))


def even(n=20, hour=10, channel="phone"):
    return [(channel, day + pd.Timedelta(hours=hour), n) for day in MONDAYS]


def staffed(store, people, hours=(10,), channel="phone"):
    rows = [(day.date(), channel, hour, people * 3600.0) for day in MONDAYS for hour in hours]
    return store.settle(store.load(pd.DataFrame(rows, columns=["day", "channel", "hour", "staffed_seconds"])))


def at(found, hour=10, weekday="Mon", channel="phone"):
    rows = found.hours
    return rows[(rows["weekday"] == weekday) & (rows["hour"] == hour) & (rows["channel"] == channel)].iloc[0]


def test_one_erlang_takes_three_people(store):
    """20 calls of 180 s in each of 13 hours: one erlang. Two people keep 70 % within 20 s, three 93 %."""
    found = staffing(contacts(store, even()), END, RULES, Plan(shrinkage=0.25))
    row = at(found)
    assert (row["contacts"], row["workload_hours"], row["needed"], row["dates"]) == (20, pytest.approx(1.0), 3, 13)
    assert row["on_roster"] == 4  # 3 ÷ (1 − 0.25)
    assert [row["lo"], row["hi"]] == pytest.approx([gamma.ppf(0.025, 260) / 13, gamma.ppf(0.975, 261) / 13])
    assert row["needed_lo"] <= 3 <= row["needed_hi"]
    assert found.no_plan == "the data have no plan of shifts (shifts) and no time signed in (staffing)"
    assert found.hours["verdict"].eq("").all()


def test_written_work_is_hours_over_the_time_that_can_be_used(store):
    """20 e-mails of 0.1 hours: 2 hours of work; at 80 % that is 2.5 people."""
    found = staffing(contacts(store, even(channel="email"), 360.0), END, RULES, Plan(Promise(busiest=0.8)))
    assert at(found, channel="email")["needed"] == pytest.approx(2.5)


def test_chats_side_by_side_take_fewer_people(store):
    """One erlang takes three places; two chats at once fit into two people."""
    found = staffing(contacts(store, even(channel="chat")), END, RULES, Plan(at_once={"chat": 2}))
    assert at(found, channel="chat")["needed"] == 2


def test_a_forecast_of_twice_the_load(store):
    """Two erlangs: four people keep 1 − C e^(−2/9) with C = .174: 86 %; three only 44 % waiting: 64 %."""
    row = at(staffing(contacts(store, even()), END, RULES, Plan(ahead={"phone": (2.0, 0.1)})))
    assert (row["contacts"], row["needed"]) == (40, 4)
    plain = at(staffing(contacts(store, even()), END, RULES, Plan(ahead={"phone": (2.0, 0.0)})))
    assert row["needed_hi"] >= plain["needed_hi"]


@pytest.mark.parametrize(("people", "verdict"), [(1, MISSING), (2, MISSING), (3, FITS), (5, IDLE)])
def test_plenty_and_want(store, people, verdict):
    row = at(staffing(contacts(store, even()), END, RULES, None, staffed(store, people)))
    assert (row["planned"], row["gap"], row["verdict"]) == (people, people - 3, verdict)


def test_one_person_and_now_and_then_two_is_not_one_too_many(store):
    """Seven calls in 13 weeks: a quarter of a person would carry them, but whoever takes one away leaves most dates alone."""
    lone = contacts(
        store, [*even(), *[("phone", day + pd.Timedelta(hours=h), 1) for day in MONDAYS[:7] for h in (14, 15)]]
    )
    rows = [
        (day.date(), "phone", hour, people)
        for i, day in enumerate(MONDAYS)
        for hour, people in ((14, 1.0 + (i % 6 == 0)), (15, 2.0))
    ]
    found = staffing(lone, END, RULES, shifts=shifts(store, *rows))
    once, twice = at(found, 14), at(found, 15)
    assert (once["planned"], once["verdict"], once["p"]) == (pytest.approx(16 / 13), FITS, 1.0)
    assert (twice["planned"], twice["verdict"]) == (2, IDLE)  # one would do


def test_people_where_nobody_comes_idle(store):
    """Four people at nine where in 13 weeks nobody came."""
    found = staffing(contacts(store, even()), END, RULES, None, staffed(store, 4, (9, 10)))
    row = at(found, 9)
    assert (row["needed"], row["verdict"]) == (0, IDLE)


def test_a_staffed_channel_has_nobody_at_other_hours(store):
    table = contacts(store, [*even(), *even(hour=15)])
    row = at(staffing(table, END, RULES, None, staffed(store, 3)), 15)
    assert (row["planned"], row["verdict"], row["in_time_pct"]) == (0, MISSING, 0)


def world(store, seed, spread=1.0, rate=12.0):
    """Thirteen weeks of calls at one rate all hours from 8 to 18; ``spread`` above 1: days are good or bad together."""
    rng = np.random.default_rng(seed)
    cells = []
    for day in pd.date_range(END - pd.Timedelta(weeks=13), END, inclusive="left"):
        level = rng.gamma(1 / (spread - 1) * rate, (spread - 1) / rate) if spread > 1 else 1.0
        cells += [("phone", day + pd.Timedelta(hours=h), int(n)) for h, n in zip(range(8, 18), rng.poisson(rate * level, 10), strict=True)]  # fmt: skip
    return contacts(store, cells)


def test_where_the_true_load_is_just_what_the_plan_carries_chance_calls_no_hour(store):
    """Ten worlds of 70 hours, half of them with days good or bad together; uncorrected, some 17 hours would be called."""
    rate = 20 * float(most_load(2, 180.0, Promise()))
    days = pd.date_range(END - pd.Timedelta(weeks=13), END, inclusive="left")
    rows = [(day.date(), "phone", hour, 7200.0) for day in days for hour in range(8, 18)]
    plan = store.settle(store.load(pd.DataFrame(rows, columns=["day", "channel", "hour", "staffed_seconds"])))
    called = 0
    for seed in range(10):
        found = staffing(world(store, seed, 1.0 if seed % 2 else 4.0, rate), END, RULES, None, plan)
        called += int(found.hours["verdict"].isin([MISSING, IDLE]).sum())
    assert called <= 2  # of 700 hours


def test_spread_beyond_chance_widens_the_interval(store):
    hours, channels, _ = loads(world(store, 3, 4.0), END)
    plain, plain_channels, _ = loads(world(store, 3), END)
    assert channels["spread"].iloc[0] > 2 > plain_channels["spread"].iloc[0]
    width = [float((part["hi"] - part["lo"]).max()) for part in (hours, plain)]
    assert width[0] > 1.3 * width[1]


def test_dispersion_by_hand():
    """4 and 6 around 5: (1 + 1) ÷ 5 of one degree = .4, told as 1; 0 and 10 around 5: 50 ÷ 5 = 10."""
    assert dispersion(np.array([[4.0], [6.0]]), np.array([0, 0])) == 1.0
    assert dispersion(np.array([[0.0], [10.0]]), np.array([0, 0])) == 10.0
    assert dispersion(np.array([[7.0]]), np.array([0])) == 1.0


def test_a_closed_day_is_no_quiet_day(store):
    """Twelve Mondays of 20 calls and a holiday without any: still 20 a Monday."""
    hours, channels, _ = loads(contacts(store, even()[:5] + even()[6:]), END)
    monday = hours[(hours["weekday"] == "Mon") & (hours["hour"] == 10)].iloc[0]
    assert (monday["contacts"], monday["dates"], channels["closed"].iloc[0]) == (20, 12, 1)


def test_the_emptiest_hours_take_nobody(store):
    """260 calls at ten and two at three at night: less than one in a hundred."""
    found = staffing(contacts(store, [*even(), ("phone", MONDAYS[0] + pd.Timedelta(hours=3), 2)]), END, RULES)
    row = at(found, 3)
    assert (row["quiet"], row["needed"]) == (True, 0)
    assert row["contacts"] == pytest.approx(2 / 13)


@pytest.mark.parametrize(("people", "verdict"), [(3, MISSING), (6, FITS), (12, IDLE)])
def test_days_where_staffing_tells_no_hours(store, people, verdict):
    """Two hours of one erlang take six person-hours a Monday."""
    rows = pd.DataFrame({"day": [day.date() for day in MONDAYS], "staffed_seconds": people * 3600.0})
    found = staffing(contacts(store, [*even(), *even(hour=11)]), END, RULES, None, store.settle(store.load(rows)))
    day = found.days.iloc[0]
    assert (day["weekday"], day["needed_hours"], day["planned_hours"], day["gap"]) == ("Mon", 6, people, people - 6)
    assert day["verdict"] == verdict
    assert found.hours["planned"].isna().all()
    assert found.no_plan == "the time signed in (staffing) does not tell hours: only whole days can be held against it"


def shifts(store, *rows, columns=("day", "channel", "hour", "people")):
    return store.settle(store.load(pd.DataFrame(rows, columns=list(columns))))


def test_planned_shifts_come_before_time_signed_in(store):
    """One person planned, every second Monday two, where three are needed; ten were signed in, who are not looked at."""
    plan = shifts(store, *[(day.date(), "phone", 10.0, 1.0 + i % 2) for i, day in enumerate(MONDAYS)])
    row = at(staffing(contacts(store, even()), END, RULES, None, staffed(store, 10), shifts=plan))
    assert row["planned"] == pytest.approx((7 * 1 + 6 * 2) / 13)
    assert row["in_time_pct"] == pytest.approx(100 * 6 / 13 * (1 - np.exp(-1 / 9) / 3))  # one person never keeps up
    assert (row["verdict"], row["why"]) == (MISSING, "")


def test_the_people_of_two_teams_add_up(store):
    rows = [(day.date(), "phone", 10.0, people) for day in MONDAYS for people in (1.0, 2.0)]
    row = at(staffing(contacts(store, even()), END, RULES, shifts=shifts(store, *rows)))
    assert (row["planned"], row["verdict"]) == (3, FITS)


def test_a_plan_that_ended_before_gives_way_to_time_signed_in(store):
    old = shifts(store, (pd.Timestamp("2025-01-06").date(), "phone", 10.0, 9.0))
    found = staffing(contacts(store, even()), END, RULES, None, staffed(store, 3), shifts=old)
    assert (at(found)["planned"], found.no_plan) == (3, "")
    alone = staffing(contacts(store, even()), END, RULES, shifts=old)
    assert alone.no_plan == "the plan of shifts (shifts) has no day in the weeks looked at"


def test_shifts_without_channels_are_held_against_days(store):
    """Three people in two hours carry just the two hours of one erlang that come at ten and eleven."""
    rows = [(day.date(), hour, 3.0) for day in MONDAYS for hour in (10.0, 11.0)]
    plan = shifts(store, *rows, columns=("day", "hour", "people"))
    found = staffing(contacts(store, [*even(), *even(hour=11)]), END, RULES, shifts=plan)
    assert (found.days["planned_hours"].tolist(), found.days["verdict"].tolist()) == ([6], [FITS])
    assert found.no_plan.startswith("the plan of shifts (shifts) does not tell channels")


@pytest.mark.parametrize(("people", "verdict"), [(1.5, MISSING), (2.5, FITS), (4.0, IDLE)])
def test_what_is_written_may_wait_for_the_hour_in_which_somebody_is_there(store, people, verdict):
    """20 e-mails of 0.1 hours come at ten, at 80 % that is 2.5 hours a day; who answers them comes at three."""
    plan = shifts(store, *[(day.date(), "email", 15.0, people) for day in MONDAYS])
    table = contacts(store, even(channel="email"), 360.0)
    found = staffing(table, END, RULES, Plan(Promise(busiest=0.8)), shifts=plan)
    row, day = at(found, channel="email"), found.days.iloc[0]
    assert (row["planned"], row["verdict"]) == (0, "")
    assert row["why"] == "what is written can wait for a quieter hour: it is judged by the day"
    assert (day["channel"], day["needed_hours"], day["verdict"]) == ("email", pytest.approx(2.5), verdict)


def test_a_queue_whose_plan_tells_hours_is_not_judged_by_the_day_as_well(store):
    assert staffing(contacts(store, even()), END, RULES, None, staffed(store, 3)).days.empty


def test_what_is_not_known_is_said(store):
    table = contacts(store, even(), np.nan)
    found = staffing(table, END, RULES)
    assert found.hours["needed"].isna().all()
    told = lead(found).text
    assert "phone : what the work takes is not known, because none of its contacts say how long they took." in told
    untimed = contacts(store, [("phone", day, 1) for day in MONDAYS]).mutate(
        created_local=table.created_local.min().as_scalar().truncate("D")
    )
    assert staffing(untimed, END, RULES).why == "no source records the hour of its contacts"
    assert staffing(table.drop("channel"), END, RULES).why == "the data have no channel"


def test_a_handling_time_of_few_is_none_of_all(store):
    """60 of 260 calls say how long they took: less than half."""
    handle = np.where(np.arange(260) < 60, 180.0, np.nan)
    found = staffing(contacts(store, even(), handle), END, RULES)
    assert found.channels["why"].tolist() == ["only 60 of its 260 contacts say how long they took"]
    assert found.hours["needed"].isna().all()


def test_sentences_name_the_worst_hours(store):
    told = lead(staffing(contacts(store, even()), END, RULES, None, staffed(store, 1))).text
    assert "1 hour of handling a week; most at once on Mon at 10:00, which takes 3 people (95% 3)." in told
    assert (
        "Of 1 hour of the week that could be judged , in 1 people are missing beyond chance: phone on Mon 10:00" in told
    )
    assert "80% are to be answered within 20 seconds" in told


def test_a_plan_of_the_weeks_to_come_goes_before_that_of_the_past(store):
    """One person on the Mondays past, three on those to come: one erlang is carried by three."""
    days = pd.date_range(END, periods=14)
    ahead = [(day.date(), "phone", 10, 3.0) for day in days]
    past = [(day.date(), "phone", 10, 1.0) for day in MONDAYS]
    found = staffing(contacts(store, even()), END, RULES, shifts=shifts(store, *past, *ahead))
    assert at(found)["planned"] == 3 and found.plan_of == "the shifts planned from 02 Nov 2026 on"
    short = staffing(contacts(store, even()), END, RULES, shifts=shifts(store, *past, *ahead[:6]))  # no whole week
    assert at(short)["planned"] == 1 and short.plan_of == "the plan of shifts (shifts) of the 13 weeks before"
    assert "Needs are held against the shifts planned from 02 Nov 2026 on." in lead(found).text


def test_what_cannot_be_meant_is_refused():
    with pytest.raises(ValueError, match="shrinkage is 1"):
        Plan(shrinkage=1)
    with pytest.raises(ValueError, match=r"chat: 0\.5"):
        Plan(at_once={"chat": 0.5})
    with pytest.raises(ValueError, match="look at phone"):
        Plan(ahead={"phone": (0.0, 0.1)})
