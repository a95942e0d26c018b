from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from voc.data.periods import Period

GRAINS = ("week", "month", "quarter")
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
PERIODS = st.builds(Period.holding, DAYS, st.sampled_from(GRAINS))


@given(PERIODS, st.integers(-200, 200))
def test_a_shift_and_its_opposite_end_where_they_began(period, steps):
    assert period.shift(steps).shift(-steps) == period
    assert period.previous().shift(1) == period
    assert period.shift(1).previous() == period


@given(DAYS, st.sampled_from(GRAINS))
def test_a_period_holds_its_day_and_touches_its_neighbours(day, grain):
    period = Period.holding(day, grain)
    assert period.start <= day < period.end
    assert period.end == period.shift(1).start
    assert period.days == (period.end - period.start).days


@given(PERIODS)
def test_a_label_is_read_back(period):
    assert Period.parse(period.label) == period


@given(PERIODS, st.integers(0, 400))
def test_the_last_whole_period_is_over_and_the_next_is_not(period, more):
    until = period.start + timedelta(days=more)
    last = Period.last_whole(until, period.grain)
    assert last.end <= until + timedelta(days=1) < last.shift(1).end


@pytest.mark.parametrize(
    ("until", "grain", "label"),
    [
        (date(2026, 10, 31), "month", "2026-10"),
        (date(2026, 10, 30), "month", "2026-09"),
        (date(2026, 11, 1), "month", "2026-10"),
        (date(2024, 2, 28), "month", "2024-01"),  # a leap year's February has one day to go
        (date(2026, 11, 1), "week", "2026-W44"),  # a Sunday
        (date(2026, 10, 31), "week", "2026-W43"),
        (date(2026, 9, 30), "quarter", "2026-Q3"),
        (date(2026, 9, 29), "quarter", "2026-Q2"),
    ],
)
def test_the_last_whole_period(until, grain, label):
    assert Period.last_whole(until, grain).label == label


def test_years_before():
    assert Period.parse("2026-10").year_before().label == "2025-10"
    assert Period.parse("2026-Q1").year_before().label == "2025-Q1"
    assert Period.parse("2026-W44").year_before().start == date(2025, 10, 27)  # 52 weeks, so the same weekday


def test_weeks_at_the_turn_of_a_year():
    assert Period.holding(date(2027, 1, 1), "week").label == "2026-W53"
    assert Period.parse("2026-W53").start == date(2026, 12, 28)


def test_history_ends_with_the_period():
    labels = [period.label for period in Period.parse("2026-02").history(15)]
    assert (len(labels), labels[0], labels[-2:]) == (15, "2024-12", ["2026-01", "2026-02"])


def test_words():
    assert Period.parse("2026-10").words == "October 2026"
    assert Period.parse("2026-Q3").words == "Q3 2026"
    assert Period.parse("2026-W44").words == "the week of 26 October 2026"


@pytest.mark.parametrize(
    "label", ["2026-13", "2026-00", "2026-W54", "2025-W53", "2026-Q5", "October", "2026", "26-10", "2026-10-01", ""]
)
def test_what_is_no_period_is_refused(label):
    with pytest.raises(ValueError, match="is no period"):
        Period.parse(label)
