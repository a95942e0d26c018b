"""Every table below is small enough to be checked by eye; stamps are UTC."""

import pandas as pd
import pytest
from voc.data.audit import Audit
from voc.data.clean.times import drop_outside_dates, empty_impossible_times, empty_midnights, restore_swapped_dates
from voc.data.rules import Dates
from voc.data.store import to_frame

LATER = ("first_response_at", "first_resolved_at", "resolved_at")


def swapped(stamp):
    """Exchange day and month, where that gives a date."""
    if stamp is None or pd.Timestamp(stamp).day > 12:
        return None
    when = pd.Timestamp(stamp)
    return when.replace(month=when.day, day=when.month)


def table(store, rows, source="desk", midnights=()):
    """Make contacts from (id, created, response, resolved); a stamp in ``midnights`` was written as exactly 00:00."""
    frame = pd.DataFrame(rows, columns=["interaction_id", "created_at", "first_response_at", "resolved_at"])
    frame["source"], frame["_row"] = source, range(2, len(frame) + 2)
    for name in ("created_at", "first_response_at", "resolved_at"):
        frame[f"_swap_{name}"] = pd.to_datetime(pd.Series([swapped(value) for value in frame[name]], dtype="object"))
        frame[f"_midnight_{name}"] = frame[name].isin(list(midnights))
        frame[name] = pd.to_datetime(frame[name], format="ISO8601")
    frame["created_local"] = frame["created_at"] + pd.Timedelta(hours=2)
    stamps = [name for name in frame if not name.startswith(("_midnight", "_row")) and name.endswith(("_at", "local"))]
    kinds = dict.fromkeys(stamps, "datetime64[us]") | {"interaction_id": "str", "source": "str"}
    return store.load(frame.astype(kinds))


def applied(store, given, step, *rules):
    audit = Audit(store)
    return to_frame(audit.apply(given, step, *rules)).sort_values("_row", ignore_index=True), audit


def clock(values) -> list[str | None]:
    return [None if pd.isna(value) else f"{value:%m-%d %H:%M}" for value in values]


def test_midnights_are_emptied_where_other_rows_have_a_time(store):
    rows = [
        ("a", "2026-10-01 09:00", "2026-10-01 09:20", "2026-10-02 00:00"),
        ("b", "2026-10-01 10:00", "2026-10-02 00:00", "2026-10-02 12:00"),
    ]
    done, audit = applied(store, table(store, rows, midnights=("2026-10-02 00:00",)), empty_midnights)
    assert clock(done["first_response_at"]) == ["10-01 09:20", None]
    assert clock(done["resolved_at"]) == [None, "10-02 12:00"]
    assert sorted(audit.repairs()["column"].to_pylist()) == ["first_response_at", "resolved_at"]
    assert not [name for name in done if name.startswith("_knows")]


def test_a_source_that_knows_only_days_gives_no_durations(store):
    rows = [("a", "2026-10-01 09:00", "2026-10-02 00:00", None), ("b", "2026-10-01 09:00", "2026-10-03 00:00", None)]
    given = table(store, rows, midnights=("2026-10-02 00:00", "2026-10-03 00:00"))
    done, audit = applied(store, given, empty_midnights)
    assert done["first_response_at"].isna().all()
    assert audit.repairs().num_rows == 2


def file_in_order(*odd):
    """Thirty contacts, one a day from 5 October to 3 November, with the odd rows put at their place."""
    days = pd.date_range("2026-10-05 09:00", periods=30)
    rows = [
        (f"d{at}", str(day), str(day + pd.Timedelta(hours=1)), str(day + pd.Timedelta(hours=5)))
        for at, day in enumerate(days)
    ]
    for at, row in odd:
        rows[at] = row
    return rows


def out_of_order():
    days = [pd.Timestamp("2026-01-05 09:00") + pd.Timedelta(days=37 * (at * 7 % 10)) for at in range(10)]
    return [(f"d{at}", str(day), str(day + pd.Timedelta(minutes=5)), None) for at, day in enumerate(days)]


def test_an_exchanged_response_is_put_right(store):
    # created 12 October; the response is written 10.12. (10 December) for 12.10.: 59 days later
    given = table(store, file_in_order((7, ("x", "2026-10-12 09:00", "2026-12-10 09:30", "2026-10-12 15:00"))))
    done, audit = applied(store, given, restore_swapped_dates, Dates())
    assert clock(done["first_response_at"])[7] == "10-12 09:30"
    assert audit.repairs().select(["interaction_id", "column", "was", "now"]).to_pylist() == [
        {
            "interaction_id": "x",
            "column": "first_response_at",
            "was": "2026-12-10 09:30:00",
            "now": "2026-10-12 09:30:00",
        }
    ]


def test_an_exchanged_contact_is_put_right_on_both_clocks(store):
    # the contact is written 10 December, two months from its neighbours in the file
    given = table(store, file_in_order((7, ("x", "2026-12-10 09:00", "2026-10-12 09:30", "2026-10-12 15:00"))))
    done, _ = applied(store, given, restore_swapped_dates, Dates())
    assert clock(done["created_at"])[7] == "10-12 09:00"
    assert clock(done["created_local"])[7] == "10-12 11:00"
    assert not {"_neighbour", "_in_order"} & set(done.columns)


def test_two_possible_repairs_are_no_repair(store):
    # contact 3 April, response 4 March: the exchange of either makes the row possible, and the file is in no order
    rows = [*out_of_order(), ("x", "2026-04-03 09:00", "2026-03-04 10:00", None)]
    done, audit = applied(store, table(store, rows), restore_swapped_dates, Dates())
    assert clock(done["first_response_at"])[-1] == "03-04 10:00"
    assert audit.repairs().num_rows == 0


def test_a_stamp_that_no_exchange_makes_possible_is_left_to_the_next_step(store):
    rows = [*out_of_order(), ("x", "2026-04-20 09:00", "2026-04-19 10:00", None)]  # days over 12 are no months
    done, audit = applied(store, table(store, rows), restore_swapped_dates, Dates())
    assert audit.repairs().num_rows == 0
    done, audit = applied(store, table(store, rows), empty_impossible_times)
    assert clock(done["first_response_at"])[-1] is None


def test_a_row_without_doubt_is_left_alone(store):
    given = table(store, file_in_order())
    done, audit = applied(store, given, restore_swapped_dates, Dates())
    assert audit.repairs().num_rows == 0
    assert len(done) == 30


def test_a_file_out_of_order_says_nothing_about_its_neighbours(store):
    _, audit = applied(store, table(store, out_of_order()), restore_swapped_dates, Dates())
    assert audit.repairs().num_rows == 0


def test_stamps_before_the_contact_are_emptied_equal_ones_stay(store):
    rows = [
        ("a", "2026-10-02 09:00", "2026-10-02 08:59", "2026-10-02 09:00"),
        ("b", "2026-10-02 09:00", "2026-10-02 09:10", "2026-10-01 09:00"),
    ]
    done, audit = applied(store, table(store, rows), empty_impossible_times)
    assert clock(done["first_response_at"]) == [None, "10-02 09:10"]
    assert clock(done["resolved_at"]) == ["10-02 09:00", None]
    assert audit.trail()["cells_changed"].tolist() == [2]


def test_an_order_long_after_the_contact_is_emptied(store):
    given = table(store, [("a", "2026-10-02 09:00", None, None), ("b", "2026-10-02 09:00", None, None)])
    ordered = pd.DataFrame(
        {"interaction_id": ["a", "b"], "ordered_at": pd.to_datetime(["2026-10-03 08:00", "2026-10-03 10:00"])}
    )
    given = given.join(store.load(ordered), "interaction_id")
    done, _ = applied(store, given, empty_impossible_times)
    assert clock(done["ordered_at"]) == ["10-03 08:00", None]  # up to a day after: clocks and zones differ


def test_contacts_outside_the_span_are_set_aside_with_their_row(store):
    # on the report's clock (two hours ahead) the span is 1 to 31 October
    rows = [(name, stamp, None, None) for name, stamp in
            [("a", "2026-09-30 21:59"), ("b", "2026-09-30 22:00"), ("c", "2026-10-31 21:59"), ("d", "2026-10-31 22:00")]]  # fmt: skip
    dates = Dates(earliest=pd.Timestamp("2026-10-01").date(), latest=pd.Timestamp("2026-10-31").date())
    done, audit = applied(store, table(store, rows), drop_outside_dates, dates)
    assert done["interaction_id"].tolist() == ["b", "c"]
    assert sorted(audit.removed()["row"].to_pylist()) == [2, 5]
    done, _ = applied(store, table(store, rows), drop_outside_dates, Dates())
    assert len(done) == 4


STEPS = [(empty_midnights,), (restore_swapped_dates, Dates()), (empty_impossible_times,), (drop_outside_dates, Dates())]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step[0].__name__)
@pytest.mark.parametrize(
    "rows",
    [
        [],
        [("a", "2026-10-01 09:00", None, None)],
        [("a", "2026-10-01 09:00", "2026-10-01 09:00", "2026-10-01 09:00")] * 3,
    ],
    ids=["empty", "one", "all equal"],
)
def test_limits_change_nothing(store, step, rows):
    done, audit = applied(store, table(store, rows), *step)
    assert len(done) == len(rows)
    assert audit.repairs().num_rows == audit.removed().num_rows == 0
