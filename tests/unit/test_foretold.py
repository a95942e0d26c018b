"""Forecasts of a month: which series there are, what adds up, what was said before, what is kept, what params may say."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from voc.analysis.forecast.free_days import free_days
from voc.analysis.forecast.rules import AheadRules
from voc.analysis.grounds import Grounds
from voc.analysis.metrics import with_measures
from voc.analysis.rules import MetricRules
from voc.data.periods import Period
from voc.data.problems import InputError
from voc.run.foretold import EARLIER, MonthsForecasts
from voc.run.kept import read_kept, write_kept

FIRST, LAST = pd.Timestamp("2025-01-01"), pd.Timestamp("2026-10-31 20:00")
DAYS = pd.date_range(FIRST.normalize(), LAST.normalize(), freq="D")


def contacts(labels=("delivery", "app", None)) -> pd.DataFrame:
    """Ten contacts a day, nine of them with a category; one in ten is answered, four of five well."""
    n = 10 * len(DAYS)
    at = np.repeat(DAYS, 10) + pd.to_timedelta(np.tile(np.arange(8, 18), len(DAYS)), unit="h")
    category = np.tile([labels[0]] * 6 + [labels[1]] * 3 + [labels[2]], len(DAYS))
    score = np.where(np.arange(n) % 10 == 0, np.where(np.arange(n) % 50 == 0, 1.0, 5.0), np.nan)
    return pd.DataFrame({
        "interaction_id": [f"a:{i}" for i in range(n)], "customer_id": [f"c{i}" for i in range(n)], "created_local": at.astype("datetime64[us]"),
        "category": pd.array(category, dtype="str"), "csat": score, "source": "a",
    })  # fmt: skip


@pytest.fixture
def month(store, tmp_path):
    """A month that carries only what forecasts ask for, of real tables."""

    def make(frame, period="2026-10", days=None, **rules):
        measured = store.settle(with_measures(store.load(frame), MetricRules(), ["contacts", "csat_pct"]))
        span = frame["created_local"].min(), frame["created_local"].max()
        settings = SimpleNamespace(ahead=AheadRules(**rules), grain="month")
        none = pd.DataFrame({"day": pd.to_datetime([]), "flag": np.array([], bool)})
        return SimpleNamespace(
            settings=settings, loaded=SimpleNamespace(kept=tmp_path / "kept"), measured=measured, grounds=Grounds(measured), withheld={}, span=span,
            period=Period.parse(period), result=lambda name: none if days is None else days, store=SimpleNamespace(has=lambda name: False),
        )  # fmt: skip

    return make


def test_parts_add_up_to_the_total_with_what_has_no_label(month):
    told = MonthsForecasts(month(contacts())).told("month", 2)
    next_ = told.ahead[told.ahead["at"] == "2026-11-01"].set_index("series")["value"]
    assert list(next_.index) == [
        "csat_pct",
        "contacts",
        "category: app",
        "category: delivery",
        "category: not recorded",
    ]
    assert next_["contacts"] == pytest.approx(300, rel=0.02)  # ten a day
    assert next_.filter(like="category").sum() == pytest.approx(next_["contacts"])
    assert next_["csat_pct"] == pytest.approx(80, abs=1)


def test_smaller_values_share_one_forecast(month):
    frame = contacts()
    frame.loc[frame.index[::10], "category"] = (
        "bills"  # the first of each ten: delivery keeps five, then come app, bills and none
    )
    told = MonthsForecasts(month(frame, most=2)).told("month", 1)
    assert set(told.ahead["series"]) == {
        "csat_pct",
        "contacts",
        "category: delivery",
        "category: app",
        "category: all others",
        "category: not recorded",
    }


def test_values_of_a_handful_of_contacts_have_no_forecast_of_their_own(month):
    frame = contacts()
    frame.loc[frame.index[::500], "category"] = "rare"  # 14 in 22 months
    told = MonthsForecasts(month(frame)).told("month", 1)
    assert "category: rare" not in set(told.ahead["series"]) and "category: all others" in set(told.ahead["series"])


def test_a_single_value_is_the_total_and_told_once(month):
    told = MonthsForecasts(month(contacts(("delivery", "delivery", "delivery")))).told("month", 1)
    assert list(told.ahead["series"]) == ["csat_pct", "contacts"]


def test_a_last_day_that_is_lost_leaves_its_month_whole(month):
    frame = contacts()
    days = pd.DataFrame({"day": [LAST.normalize()], "flag": [True]})
    told = MonthsForecasts(month(frame, days=days)).told("month", 1)
    last = told.course[told.course["series"] == "contacts"].iloc[-1]
    assert (last["at"], last["seen"], last["n"]) == (pd.Timestamp("2026-10-01"), 300, 30)


def test_what_would_have_been_said_stands_in_until_a_report_has_kept_its_own(month):
    known = contacts()
    september = MonthsForecasts(month(known[known["created_local"] < "2026-10-01"], "2026-09"))
    october = MonthsForecasts(month(contacts()))
    first = october.told("month", 2)
    assert first.earlier["replayed"].all() and set(first.earlier["made"]) == {pd.Timestamp("2026-09-30")}
    assert set(first.earlier["at"]) == {pd.Timestamp("2026-10-01")}  # November is not known yet
    said = september.told("month", 2)
    september.keep({"month": said})
    second = october.told("month", 2)
    assert not second.earlier["replayed"].any()
    kept = second.earlier.set_index("series")["value"]
    assert kept["contacts"] == pytest.approx(
        said.ahead.set_index(["series", "at"])["value"]["contacts", pd.Timestamp("2026-10-01")]
    )
    # what is told again with what was known then is what was told then
    again = first.earlier.set_index("series")["value"]
    assert again.to_dict() == pytest.approx(kept.to_dict())


def test_keeping_twice_changes_nothing(month, tmp_path):
    october = MonthsForecasts(month(contacts()))
    told = october.told("month", 1)
    october.keep({"month": told})
    path = tmp_path / "kept" / "forecasts.csv"
    before = path.read_bytes()
    october.keep({"month": told})
    assert path.read_bytes() == before
    assert path.read_text().count("2026-10-31") == len(told.ahead)


def test_what_is_said_of_a_period_that_is_over_is_no_forecast(month, tmp_path):
    """An old report run again, perhaps with other settings, changes nothing of what was said in its time."""
    september = MonthsForecasts(month(contacts(), "2026-09"))
    september.keep({"month": september.told("month", 1)})
    assert (tmp_path / "kept" / "forecasts.csv").read_text().count("\n") == 1  # the header
    MonthsForecasts(month(contacts())).keep({"month": MonthsForecasts(month(contacts())).told("month", 1)})
    assert set(september.told("month", 1).earlier["made"]) == {pd.Timestamp("2026-08-31")}  # nothing of October's


def test_a_period_counts_once_by_what_was_said_of_it_last(month):
    frame = contacts()
    for end, label in (("2026-09-01", "2026-08"), ("2026-10-01", "2026-09")):
        early = MonthsForecasts(month(frame[frame["created_local"] < end], label))
        early.keep({"month": early.told("month", 3)})
    rows = MonthsForecasts(month(frame)).told("month", 3).earlier
    assert not rows.duplicated(["series", "at"]).any()
    october = rows[rows["at"] == "2026-10-01"]
    assert len(october) and set(october["made"]) == {pd.Timestamp("2026-09-30")}


def test_incomplete_days_are_gaps_and_no_quiet_days(month):
    frame = contacts()
    lost = pd.date_range("2026-10-12", "2026-10-18")
    frame = frame[~frame["created_local"].dt.normalize().isin(lost)]
    days = pd.DataFrame({"day": lost, "flag": True})
    told = MonthsForecasts(month(frame, days=days)).told("month", 1)
    last = told.course[(told.course["series"] == "contacts")].iloc[-1]
    assert (last["seen"], last["n"]) == (240, 24)
    assert told.ahead.set_index("series")["value"]["contacts"] == pytest.approx(300, rel=0.03)


def test_without_a_whole_period_the_reason_is_told(month):
    frame = contacts()
    told = MonthsForecasts(month(frame[frame["created_local"] < "2025-01-20"], "2025-01")).told("month", 1)
    assert told.why == "the data hold no whole month" and told.ahead.empty and told.earlier.empty


def test_kept_files_come_back_as_they_were_and_say_what_is_wrong(tmp_path):
    path = tmp_path / "a" / "forecasts.csv"
    rows = pd.DataFrame({name: [1.5, np.nan] for name in EARLIER})
    rows = rows.assign(
        grain="week",
        series="category: a, b",
        method="naive",
        made=pd.Timestamp("2026-10-31"),
        at=pd.Timestamp("2026-11-02"),
    )
    write_kept(path, rows)
    given = {"dates": ("made", "at"), "words": ("grain", "series", "method")}
    pd.testing.assert_frame_equal(read_kept(path, EARLIER, **given), rows[EARLIER], check_dtype=False)
    path.write_text(path.read_text().replace("2026-11-02", "soon").replace("1.5", "much"))
    with pytest.raises(InputError) as error:
        read_kept(path, EARLIER, **given)
    assert "row 2, at: 'soon' is no date" in str(error.value) and "'much' is no number" in str(error.value)
    path.write_text("grain,series\n")
    with pytest.raises(InputError, match="has no column made"):
        read_kept(path, EARLIER, **given)


def test_public_holidays_come_by_country_and_by_part():
    assert free_days(["DE-BY"], date(2026, 1, 1), date(2026, 1, 10)) == [date(2026, 1, 1), date(2026, 1, 6)]
    assert free_days(["DE"], date(2026, 1, 1), date(2026, 1, 10)) == [date(2026, 1, 1)]
    assert date(2026, 1, 7) in free_days(["DE", "RU"], date(2026, 1, 1), date(2026, 1, 10))
    assert free_days([], date(2026, 1, 1), date(2026, 1, 10)) == []


def test_countries_that_are_none_are_told_all_at_once():
    with pytest.raises(ValueError, match="'XX'") as error:
        AheadRules(countries=["DE", "XX", "DE-QQ"])
    assert "DE has no part 'QQ'" in str(error.value)
    with pytest.raises(ValueError, match=r"chat: 0\.5"):
        AheadRules(staffing={"at_once": {"chat": 0.5}})
