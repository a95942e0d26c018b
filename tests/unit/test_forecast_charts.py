"""Charts of what is ahead and of people missing: text that can be read, gaps that are seen, limits."""

import numpy as np
import pandas as pd
import pytest
from forecast_frames import ENDS
from test_charts import SAID, assert_readable, contrast, texts
from voc.report.charts import fan, gaps
from voc.report.charts.fan import _place, _step
from voc.report.charts.gaps import LOOKS
from voc.report.style import ACCENT, CHART_PX, INK, MUTED, WORSE

WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def past(n=24, level=80.0, freq="MS"):
    seen = level + np.sin(np.arange(n))
    return pd.DataFrame(
        {
            "at": pd.date_range("2024-11-01", periods=n, freq=freq),
            "seen": seen,
            "value": level,
            "lo": level - 1,
            "hi": level + 1,
        }
    )


def ahead(n=3, level=80.0, start="2026-11-01", freq="MS"):
    ends = {name: level + away for name, away in ENDS.items()}
    return pd.DataFrame({"at": pd.date_range(start, periods=n, freq=freq), "value": level, **ends})


def shifts(hours=range(24), verdict="fits"):
    frame = pd.DataFrame([(day, hour) for day in WEEK for hour in hours], columns=["weekday", "hour"])
    return frame.assign(gap=0.0, verdict=verdict)


def marked(hours=range(24)):
    frame = shifts(hours)
    frame.loc[[3, 30], ["gap", "verdict"]] = [-2.0, "missing"]
    frame.loc[5, ["gap", "verdict"]] = [3.0, "idle"]
    return frame.assign(gap=frame["gap"].mask(frame.index == 7))


def pictures():
    told = past().tail(2).assign(value=81.0, lo=78.0, hi=84.0)
    return {
        "fan": fan(past(), ahead(), unit="%", said=told, **SAID),
        "weekly": fan(past(52, freq="7D"), ahead(6, start="2025-10-31", freq="7D"), unit="contacts", **SAID),
        "gaps": gaps(marked(), weekdays=WEEK, **SAID),
        "few": gaps(marked(range(8, 18)), weekdays=WEEK, **SAID),
    }


def test_text_is_readable():
    assert_readable(pictures, {INK, MUTED, ACCENT, WORSE})
    assert all(contrast(text, ground) >= 4.5 for ground, text in LOOKS.values())


def test_the_last_period_ahead_is_named_with_its_interval():
    said = texts(fan(past(), ahead(), unit="%", **SAID).svg)
    assert {"80.0%", "78.0%", "82.0%"} <= set(said)  # middle, and two points to each side
    assert "foretold" not in said and {"the figure", "ahead: 50, 80, 95%"} <= set(said)


def test_months_count_alike_and_a_missing_one_leaves_room():
    days = pd.Series(pd.to_datetime(["2026-01-01", "2026-02-01", "2026-04-01", "2026-05-01"]))
    step, first = _step(days)
    assert _place(days, first, step).tolist() == [0.0, 1.0, 3.0, 4.0]
    weeks = pd.Series(pd.to_datetime(["2026-08-03", "2026-08-10", "2026-08-31"]))
    assert _place(weeks, pd.Timestamp("2026-08-03"), 7.0).tolist() == [0.0, 1.0, 4.0]


@pytest.mark.parametrize("rows", [0, 1])
def test_hardly_any_past_is_drawn_as_it_is(rows):
    picture = fan(past(rows), ahead(1), unit="%", **SAID)
    assert ("the figure" in texts(picture.svg)) == bool(rows)
    assert f'width="{CHART_PX}"' in picture.svg


def test_shares_stay_within_their_bounds():
    svg = fan(past(level=99.0), ahead(level=99.0), unit="%", **SAID).svg
    assert not {"105%", "102%", "110%"} & set(texts(svg))


def test_signs_stand_where_there_is_room_and_hours_short_of_people_are_outlined():
    few, whole = pictures()["few"].svg, pictures()["gaps"].svg
    assert texts(few).count("−2") == 2 and "+3" in texts(few)
    assert "0" not in texts(few) and "cannot tell" in texts(few)  # within chance nothing is written
    assert "−2" not in texts(whole) and texts(whole).count("2") == 3  # two cells and the hour
    assert WORSE in whole and "pattern" in whole  # the outline, and the cell of which nothing can be told
    assert "pattern" not in gaps(shifts(), weekdays=WEEK, **SAID).svg


def test_no_hour_at_all_is_no_error():
    assert gaps(shifts().iloc[:0], weekdays=WEEK, **SAID).alt == SAID["alt"]
