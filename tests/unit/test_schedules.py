"""Business time by examples worked out by hand, and against counting every minute on the wall clock."""

import datetime as dt
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from voc.analysis.schedules import Schedules, business_minutes, not_used, open_days, with_business
from voc.data.store import to_frame

READ = TypeAdapter(Schedules).validate_python
OFFICE = {"name": "office", "timezone": "Europe/Berlin", "hours": {"mon-fri": ["08:00-12:00", "13:00-18:00"]}}
ALWAYS = {"name": "always", "timezone": "UTC", "hours": {"mon-sun": ["00:00-24:00"]}}


def stamps(values) -> pd.Series:
    return pd.to_datetime(pd.Series(values), format="ISO8601").astype("datetime64[us]")


def contacts(store, spans, **columns):
    earlier, later = zip(*spans, strict=True) if spans else ((), ())
    frame = pd.DataFrame({"interaction_id": [f"t:{at:03d}" for at in range(len(spans))], **columns})
    return store.load(frame.assign(created_at=stamps(earlier), first_response_at=stamps(later)))


def minutes(table, schedules) -> list[float | None]:
    found = to_frame(business_minutes(table, "first_response_at", "created_at", schedules).order_by("interaction_id"))
    return [None if pd.isna(value) else float(value) for value in found["business_minutes"]]


def test_minutes_inside_the_opening_hours(store):
    # Monday 5 October 2026, Berlin is UTC+2: open 06–10 and 11–16 UTC
    spans = [
        ("2026-10-05 06:30:00", "2026-10-05 07:00:30"),  # inside one span: 30.5
        ("2026-10-05 09:00:00", "2026-10-05 11:30:00"),  # over the break: 60 + 30
        ("2026-10-05 16:00:00", "2026-10-06 06:00:00"),  # from closing to opening: nothing
        ("2026-10-02 15:00:00", "2026-10-05 07:00:00"),  # Friday 17:00 to Monday 09:00: 60 + 60
        ("2026-10-05 00:00:00", "2026-10-12 00:00:00"),  # a week: 5 × 540
        ("2026-10-05 07:00:00", "2026-10-05 07:00:00"),  # no time at all
    ]
    assert minutes(contacts(store, spans), READ([OFFICE])) == [30.5, 90, 0, 120, 2700, 0]


def test_the_clocks_change(store):
    # Berlin, 25 October 2026: 03:00 summer time becomes 02:00; 28 March 2027: 02:00 becomes 03:00
    nights = READ([OFFICE | {"hours": {"sun": ["01:00-04:00"]}}])
    half = READ([OFFICE | {"hours": {"sun": ["02:15-02:45"]}}])
    spans = [("2026-10-24 12:00:00", "2026-10-25 12:00:00"), ("2027-03-27 12:00:00", "2027-03-28 12:00:00")]
    assert minutes(contacts(store, spans), nights) == [240, 120]  # the hour that comes twice, the hour that never comes
    assert minutes(contacts(store, spans), half) == [60, 0]
    # Friday 09:00 summer time to Monday 09:00 winter time: 480 + 60, though 73 hours lie between
    office = [("2026-10-23 07:00:00", "2026-10-26 08:00:00")]
    assert minutes(contacts(store, office), READ([OFFICE])) == [540]


def test_holidays_close_and_halve_days(store):
    holidays = [
        dt.date(2026, 10, 6),
        {"date": dt.date(2026, 10, 7), "name": "Half day", "hours": ["08:00-10:00"]},
        {"date": dt.date(2026, 10, 8), "to": dt.date(2026, 10, 9), "name": "Fair"},
    ]
    spans = [("2026-10-05 00:00:00", "2026-10-12 00:00:00"), ("2026-10-05 15:30:00", "2026-10-07 07:00:00")]
    assert minutes(contacts(store, spans), READ([OFFICE | {"holidays": holidays}])) == [540 + 120, 30 + 60]


def test_missing_and_negative_spans_have_no_minutes(store):
    spans = [
        (None, "2026-10-05 07:00:00"),
        ("2026-10-05 07:00:00", None),
        ("2026-10-05 07:00:00", "2026-10-05 06:59:59"),
        ("2026-10-05 07:00:00", "2026-10-05 08:00:00"),
        ("1914-10-05 07:00:00", "2026-10-05 08:00:00"),  # stamps outside 1970–2099 are faults
    ]
    assert minutes(contacts(store, spans), READ([OFFICE])) == [None, None, None, 60, None]


def test_the_first_schedule_that_fits_wins(store):
    schedules = READ(
        [
            ALWAYS | {"for": {"channel": ["phone", "chat"], "vip": ["true"]}},
            ALWAYS | {"name": "named", "for": "desk"},
            OFFICE,
        ]
    )
    table = contacts(
        store, [("2026-10-04 00:00:00", "2026-10-05 07:00:00")] * 5,  # Sunday to Monday 09:00: 31 h, of which 1 h open
        channel=["phone", "phone", "email", None, "email"], vip=[True, False, True, True, False],
        desk=["office", "office", "always", "named", None],
    )  # fmt: skip
    assert minutes(table, schedules) == [1860, 60, 60, 1860, 60]
    assert not_used(schedules, table.columns) == []
    assert minutes(table.drop("desk"), schedules) == [1860, 60, 60, 60, 60]
    assert not_used(schedules, ["channel"]) == [
        "The schedule always is used for no contact: the data have no column vip.",
        "The schedule named is used for no contact: the data have no column desk.",
    ]
    assert minutes(table, READ([OFFICE | {"for": {"channel": ["fax"]}}])) == [None] * 5


def test_hours_that_changed_count_each_day_by_its_own(store):
    old = OFFICE | {"to": dt.date(2026, 10, 6), "from": dt.date(2026, 10, 5)}
    new = OFFICE | {"from": dt.date(2026, 10, 7), "hours": {"mon-sun": ["10:00-11:00"]}}
    spans = [
        ("2026-10-05 00:00:00", "2026-10-10 00:00:00"),  # Mon, Tue 540 each, Wed–Fri 60 each
        ("2026-10-04 21:59:59", "2026-10-10 00:00:00"),  # created the second before anybody knows the hours
        ("2026-10-04 22:00:00", "2026-10-05 07:00:00"),
    ]
    assert minutes(contacts(store, spans), READ([new, old])) == [1260, None, 60]
    ended = READ([OFFICE | {"to": dt.date(2026, 10, 6)}])
    spans = [("2026-10-06 07:00:00", "2026-10-06 22:00:00"), ("2026-10-06 07:00:00", "2026-10-06 22:00:01")]
    assert minutes(contacts(store, spans), ended) == [480, None]  # Tuesday 09:00 to midnight; then it is not known


def test_a_schedule_that_is_over_makes_way_for_the_next(store):
    ended = ALWAYS | {"for": {"channel": ["phone"]}, "to": dt.date(2026, 10, 4)}
    spans = [("2026-10-04 20:00:00", "2026-10-04 21:00:00"), ("2026-10-05 06:00:00", "2026-10-05 20:00:00")]
    assert minutes(contacts(store, spans, channel=["phone"] * 2), READ([ended, OFFICE])) == [60, 540]


def test_with_business_adds_what_the_stamps_allow(store):
    spans = [("2026-10-05 06:30:00", "2026-10-05 07:00:00"), ("2026-10-05 06:30:00", None)]
    table = contacts(store, spans)
    assert with_business(table, []).columns == table.columns
    assert with_business(table.drop("first_response_at"), READ([OFFICE])).columns == table.columns[:-1]
    both = with_business(table.mutate(resolved_at=table.created_at + pd.Timedelta(hours=2)), READ([OFFICE]))
    assert both.columns == (*table.columns, "resolved_at", "frt_business_minutes", "resolution_business_minutes")
    found = to_frame(both.order_by("interaction_id"))
    assert found["frt_business_minutes"].tolist()[0] == 30
    assert found["frt_business_minutes"].isna().tolist() == [False, True]
    assert found["resolution_business_minutes"].tolist() == [120, 120]
    assert to_frame(with_business(table.filter(table.interaction_id == "none"), READ([OFFICE]))).empty


def test_open_days_has_one_row_per_day():
    days = open_days(READ([OFFICE, ]), dt.date(2026, 10, 2), dt.date(2026, 10, 5)).to_pandas()  # fmt: skip
    assert days["before"].tolist() == [0, 32_400, 32_400, 32_400]
    assert days[["start_0", "length_0", "start_1", "length_1"]].iloc[0].tolist() == [21_600, 14_400, 39_600, 18_000]
    assert not days.duplicated(["schedule", "day"]).any()


ZONES = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]
)
QUARTERS = st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True)


def texts(quarters) -> list[str]:
    ends = sorted(quarters)[: len(quarters) // 2 * 2]
    return [
        f"{a // 4:02d}:{a % 4 * 15:02d}-{b // 4:02d}:{b % 4 * 15:02d}"
        for a, b in zip(ends[::2], ends[1::2], strict=True)
    ]


def on_the_wall(start: int, end: int, zone: str, hours: list[str], weekday: int) -> int:
    spans = [tuple(int(part[:2]) * 60 + int(part[3:]) for part in text.split("-")) for text in hours]
    count = 0
    for at in range(start, end, 60):
        local = dt.datetime.fromtimestamp(at, ZoneInfo(zone))
        minute = local.hour * 60 + local.minute
        count += local.weekday() != weekday and any(a <= minute < b for a, b in spans)
    return count


@settings(max_examples=40, deadline=None)
@given(
    zone=ZONES, quarters=QUARTERS, closed=st.integers(0, 6), minute=st.integers(0, 30 * 1440), long=st.integers(0, 4000),
    month=st.sampled_from(["2026-10-10", "2026-03-01", "2011-12-20"]),
)  # fmt: skip
def test_any_span_is_what_counting_minutes_on_the_wall_clock_gives(store, zone, quarters, closed, minute, long, month):
    names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    hours = {name: texts(quarters) for at, name in enumerate(names) if at != closed}
    start = int(pd.Timestamp(month).timestamp()) + minute * 60
    end = start + long * 60
    span = [(str(pd.Timestamp(start, unit="s")), str(pd.Timestamp(end, unit="s")))]
    found = minutes(contacts(store, span), READ([{"name": "any", "timezone": zone, "hours": hours}]))
    assert found == [on_the_wall(start, end, zone, texts(quarters), closed)]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"hours": {"mon": ["08:00-12:00", "11:00-13:00"]}}, "overlap"),
        ({"hours": {"mon": ["12:00-08:00"]}}, "ends before it starts"),
        ({"hours": {"mon": ["22:00-06:00"]}}, "22:00-24:00, and 00:00-06:00"),
        ({"hours": {"mon": ["8 to 12"]}}, "write 08:00-12:00"),
        ({"hours": {"mon": ["08:00-24:15"]}}, "ends at 24:00"),
        ({"hours": {"mon": ["08:00-12:60"]}}, "no span of one day"),
        ({"hours": {"monday": ["08:00-12:00"]}}, "'monday' is no weekday"),
        ({"hours": {"mon-fri-sun": ["08:00-12:00"]}}, "no weekday"),
        ({"hours": {"mon-fri": ["08:00-12:00"], "wed": ["08:00-10:00"]}}, "wed has hours twice"),
        ({"hours": {"mon-sun": []}}, "never open"),
        ({"hours": {}}, "at least 1"),
        ({"timezone": "Mars/Olympus"}, "no time zone"),
        ({"from": dt.date(2026, 2, 1), "to": dt.date(2026, 1, 1)}, "before it begins"),
        ({"holidays": [dt.date(2026, 1, 1), dt.date(2026, 1, 1)]}, "holiday twice"),
        ({"holidays": [{"date": dt.date(2026, 1, 2), "to": dt.date(2026, 1, 1)}]}, "before it begins"),
        ({"holidays": [{"date": dt.date(2026, 1, 2), "hours": ["9-10"]}]}, "no span"),
        ({"holidays": ["2026-01-01"]}, "holidays"),
        ({"open": True}, "Extra inputs"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused_with_the_cure(change, told):
    with pytest.raises(ValidationError, match=told):
        READ([OFFICE | change])


@pytest.mark.parametrize(
    ("schedules", "told"),
    [
        ([OFFICE, ALWAYS], "office has no `for`"),
        ([OFFICE, OFFICE], "two entries of office hold on 1970-01-01"),
        ([OFFICE | {"to": dt.date(2026, 1, 5)}, OFFICE | {"from": dt.date(2026, 1, 5)}], "two entries of office"),
        (
            [OFFICE | {"to": dt.date(2026, 1, 5)}, OFFICE | {"from": dt.date(2026, 1, 9)}],
            "from 2026-01-06 until 2026-01-09",
        ),
        ([OFFICE, OFFICE | {"from": dt.date(2026, 1, 5), "for": {"channel": ["phone"]}}], "different contacts"),
    ],
)
def test_schedules_that_do_not_fit_together_are_refused_with_the_cure(schedules, told):
    with pytest.raises(ValidationError, match=told):
        READ(schedules)


def test_weekdays_may_wrap_around_the_week():
    assert READ([OFFICE | {"hours": {"sat-mon": ["10:00-11:00"]}}])[0].week.count(()) == 4
