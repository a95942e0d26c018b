"""UTC on a wall clock: summer time, half hours, dates before and after, against the standard library."""

from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from voc.data.clock import changes, on_clock
from voc.data.store import to_frame


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "America/New_York", "Asia/Shanghai", "Asia/Kolkata", "Europe/Moscow"]
)
def test_every_half_hour_of_three_years_is_right(store, zone):
    utc = pd.date_range("2024-01-01", "2026-12-31", freq="1799s")
    table = store.load(pd.DataFrame({"utc": utc}))
    found = to_frame(table.select("utc", wall=on_clock(table.utc, zone)).order_by("utc"))
    expected = utc.tz_localize("UTC").tz_convert(ZoneInfo(zone)).tz_localize(None)
    assert (found["wall"].to_numpy() == expected.to_numpy()).all()


def test_the_moment_of_a_change_is_exact():
    moments = {str(at): offset for at, offset in changes("Europe/Berlin")}
    assert moments["2026-03-29 01:00:00"] == 7200
    assert moments["2026-10-25 01:00:00"] == 3600
