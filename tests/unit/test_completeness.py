import ibis
import numpy as np
import pandas as pd
import pytest
from voc.data.completeness import filled_fields, flag_days, last_whole_day, rows_per_day, span


def days(*sources):
    """Make day, source, rows from (name, counts) pairs that begin on 1 June 2026, a Monday."""
    parts = [
        pd.DataFrame({"day": pd.date_range("2026-06-01", periods=len(counts)), "source": name, "rows": counts})
        for name, counts in sources
    ]
    return pd.concat(parts, ignore_index=True)


def flagged(found) -> list[tuple[str, str]]:
    return [(row["source"], f"{row['day']:%m-%d}") for row in found[found["flag"]].to_dict("records")]


def contacts(store, rows, **more):
    frame = pd.DataFrame(rows, columns=["source", "created_local"]).assign(**more)
    frame["created_local"] = pd.to_datetime(frame["created_local"], format="ISO8601").astype("datetime64[us]")
    return store.load(frame.astype({"source": "str"}))


def test_days_without_rows_count_none(store):
    found = rows_per_day(
        contacts(store, [("a", "2026-06-01 10:00"), ("a", "2026-06-01 23:59"), ("b", "2026-06-03 00:00")])
    )
    assert found[["source", "rows"]].to_numpy().tolist() == [["a", 2], ["a", 0], ["a", 0], ["b", 0], ["b", 0], ["b", 1]]


def test_a_day_that_failed_is_flagged_and_no_other():
    counts = np.tile([100, 90, 90, 80, 80, 30, 20], 10)
    counts[30] = 12  # a Wednesday: 90 are expected
    found = flag_days(days(("a", counts)))
    assert flagged(found) == [("a", "07-01")]
    assert found.loc[30, "expected"] == 90


def test_a_quiet_weekday_is_no_gap_and_a_busy_day_neither():
    counts = np.tile([100, 90, 90, 80, 80, 30, 0], 10)
    counts[15] = 400
    assert flagged(flag_days(days(("a", counts)))) == []


def test_each_source_is_held_against_itself():
    counts = np.full(70, 50)
    gap = counts.copy()
    gap[40:42] = 0
    assert flagged(flag_days(days(("a", counts), ("b", gap)))) == [("b", "07-11"), ("b", "07-12")]


def test_chance_alone_flags_one_day_in_ten_thousand():
    rng = np.random.default_rng(5)
    found = flag_days(days(*[(f"s{at}", rng.poisson(40, 365)) for at in range(20)]))
    print(f"{found['flag'].sum()} of {len(found)} days flagged")
    assert found["flag"].sum() <= 6


def test_days_that_scatter_widely_are_not_flagged_for_scattering():
    rng = np.random.default_rng(6)
    counts = 8 * rng.poisson(6, 365)  # eight times the variance of pure chance
    assert flag_days(days(("a", counts)))["flag"].sum() <= 2


def test_few_expected_rows_say_nothing():
    counts = np.full(70, 4)
    counts[35] = 0
    assert flagged(flag_days(days(("a", counts)))) == []


@pytest.mark.parametrize("counts", [[7], [7, 7, 7], [0] * 30], ids=["one", "equal", "none"])
def test_limits(counts):
    found = flag_days(days(("a", counts)))
    assert len(found) == len(counts)
    assert not found["flag"].any()


def test_an_empty_table(store):
    found = flag_days(rows_per_day(contacts(store, [])))
    assert found.empty
    assert {"day", "source", "rows", "expected", "chance", "flag"} <= set(found.columns)


def test_filled_shares_in_total_and_by_source(store):
    table = contacts(store, [("a", "2026-06-01"), ("a", "2026-06-01"), ("b", "2026-06-02")], csat=[5.0, None, None])
    found = filled_fields(table, ["csat", "absent"]).set_index(["field", "group"])
    assert found["filled_pct"].round(2).to_dict() == {("csat", "all"): 33.33, ("csat", "a"): 50, ("csat", "b"): 0}
    assert found["n"].tolist() == [3, 2, 1]


def test_the_span_is_the_first_and_the_last_contact(store):
    first, last = span(contacts(store, [("a", "2026-06-03 09:00"), ("a", "2026-06-01 10:00")]))
    assert (f"{first:%m-%d %H:%M}", f"{last:%m-%d %H:%M}") == ("06-01 10:00", "06-03 09:00")


@pytest.mark.parametrize(
    "stamps, whole",
    [
        (["2026-10-31 22:00"], "2026-10-31"),  # of five contacts a day at ten to fourteen o'clock none comes later
        (["2026-10-31 10:00"], "2026-10-30"),  # four still come
        (["2026-10-31 12:00"], "2026-10-31"),  # two still come: that they did not is within chance
    ],
)
def test_the_last_day_is_whole_if_little_usually_comes_after_its_last_contact(stamps, whole):
    usual = [
        pd.Timestamp("2026-10-03") + pd.Timedelta(days=day, hours=hour) for day in range(28) for hour in range(10, 15)
    ]
    table = ibis.memtable(pd.DataFrame({"created_local": [*usual, *map(pd.Timestamp, stamps)]}))
    assert last_whole_day(table) == pd.Timestamp(whole)


def test_a_day_without_hours_is_whole():
    days = pd.date_range("2026-10-01", "2026-10-31").repeat(9)
    assert last_whole_day(ibis.memtable(pd.DataFrame({"created_local": days}))) == pd.Timestamp("2026-10-31")
