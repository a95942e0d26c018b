"""The forecasts of a report: short and odd series, tables, totals, words."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from test_forecast_counts import DAYS, counted, letters, world
from test_forecast_series import scores, shares
from voc.analysis.forecast.ahead import AHEAD, BANDS, COURSE, SCORES, _ahead, _wide, forecasts
from voc.analysis.forecast.choose import Choice
from voc.analysis.forecast.effects import EFFECTS, WHATIF
from voc.analysis.forecast.hierarchy import MOVED, WEIGHED, agreed
from voc.analysis.forecast.occasions import Calendar
from voc.analysis.forecast.series import series_of
from voc.analysis.forecast.simple import SIMPLE
from voc.analysis.forecast.told import _against, _held


def noisy(months, n=200, seed=1, name="csat_pct"):
    at = pd.date_range("2023-01-01", periods=months, freq="MS")
    x = np.random.default_rng(seed).binomial(n, 0.8, months)
    return series_of(pd.DataFrame({"at": at, "x": x, "n": n}), name, "share", "month")


def test_what_cannot_be_forecast_is_said_at_once():
    with pytest.raises(ValueError, match="nothing can be forecast") as error:
        forecasts([noisy(20), noisy(20), scores([1, 2])], "month", 0, totals={"contacts": [["a"]]})
    for part in (
        "csat_pct stands twice",
        "score is by quarter, not by month",
        "contacts is in a total",
        "0 periods ahead",
    ):
        assert part in str(error.value)


@pytest.mark.parametrize(("months", "begins"), [(1, "Only one month is known"), (11, "Only 11 months are known")])
def test_short_series_get_words_and_wide_intervals_but_no_model(months, begins):
    found = forecasts([noisy(months)], "month", 2)
    assert found.words["words"].iloc[0].startswith(begins)
    assert found.scores.empty
    assert len(found.ahead) == 2
    assert (found.ahead["method"] == "mean of all").all()
    chance = 100 * np.sqrt(0.8 * 0.2 / 200)
    assert (
        found.ahead["hi95"] - found.ahead["lo95"] > 2 * 1.96 * chance
    ).all()  # the true share may move as chance does


MONTH = pd.DataFrame({"at": ["2026-01-01"], "x": [3100.0]})


@pytest.mark.parametrize(
    ("series", "added"),
    [
        (shares([800], [1000]), (0.04 * np.pi) ** 2),  # chance makes 1 ÷ 1,000, a sixteenth of it
        (shares([800] * 20, [1000] * 20), 1 / 1000.5),  # of 20 periods chance makes more than a twentieth of it
        (
            series_of(MONTH, "contacts", "count", "month"),
            0.01 * 4 * 3100.375 / 31,
        ),  # a fifth: half of that of twice a root
        (scores([10.0]), 1.0),  # a tenth of ten minutes
        (replace(scores([4.0]), bounds=(1.0, 5.0)), 0.16**2),
    ],
)
def test_the_fewer_periods_the_more_the_figure_may_move(series, added):
    fan = SIMPLE["mean of all"](series, 1)
    assert (_wide(series, fan).variance - fan.variance)[-1, 0] == pytest.approx(added)


def test_one_month_of_many_answers_does_not_fix_the_next():
    """Chance alone is 1.3 points; a month may move as well."""
    row = forecasts([shares([800], [1000])], "month", 1).ahead.iloc[0]
    assert 10 < row["value"] - row["lo95"] < 20


def test_series_of_nothing_are_told_and_the_others_go_on():
    nothing = shares([0, 0, 0], [0, 0, 0])
    days = counted([3] * 20, name="contacts")
    found = forecasts([nothing, days, noisy(14, name="fcr_pct")], "month")
    words = found.words.set_index("series")["words"]
    assert words["csat_pct"] == "No month has answers: nothing can be said of what comes."
    assert words["contacts"] == "contacts cannot be forecast: no month is whole."
    assert set(found.ahead["series"]) == {"fcr_pct"}


@pytest.mark.parametrize("x", [[30] * 20, [0] * 20, [15] * 20])
def test_shares_at_the_edge_stay_on_the_scale(x):
    found = forecasts([shares(x, [30] * 20, "2024-01-01")], "month")
    figures = found.ahead[["value", *BANDS, "observed_lo95", "observed_hi95"]]
    assert figures.notna().all(axis=None)
    assert ((figures >= 0) & (figures <= 100)).all(axis=None)
    assert found.ahead["value"].iloc[0] == pytest.approx(100 * x[0] / 30, abs=1.5)
    assert found.scores["mase"].notna().all()


def test_zeros_stay_near_zero_and_never_below():
    at = pd.date_range("2024-01-01", periods=20, freq="MS")
    found = forecasts([series_of(pd.DataFrame({"at": at, "x": [0] * 20}), "calls", "count", "month")], "month")
    assert ((found.ahead["lo95"] >= 0) & (found.ahead["lo95"] < 0.1) & (found.ahead["value"] < 0.3)).all()
    assert found.ahead["observed_hi95"].max() <= 3


def test_gaps_are_bridged():
    whole = noisy(30)
    rows = pd.DataFrame({"at": whole.starts, "x": whole.x, "n": whole.n}).drop(index=[5, 6, 20, 28])
    found = forecasts([series_of(rows, "csat_pct", "share", "month")], "month")
    assert len(found.course) == 30
    assert found.course["value"].notna().all()
    assert found.course["seen"].isna().sum() == 4
    assert found.ahead["value"].between(75, 85).all()
    assert found.ahead["at"].iloc[0] == pd.Timestamp("2025-07-01")


def test_tables_have_their_columns_and_intervals_are_nested():
    calendar = Calendar(events=letters(DAYS))
    found = forecasts([world(1, calendar), noisy(36)], "month", 2, calendar=calendar)
    assert [list(getattr(found, name).columns) for name in ("course", "ahead", "scores", "effects", "whatif")] == [
        COURSE, [*AHEAD, MOVED], SCORES, EFFECTS, WHATIF,
    ]  # fmt: skip
    rows = found.ahead
    inside = [rows["lo95"], rows["lo80"], rows["lo50"], rows["value"], rows["hi50"], rows["hi80"], rows["hi95"]]
    assert all((a <= b).all() for a, b in pairwise(inside))
    assert (rows["observed_lo95"] <= rows["lo95"] + 0.5).all()
    assert (rows["observed_hi95"] >= rows["hi95"] - 0.5).all()
    chosen = found.scores[found.scores["chosen"]]
    assert chosen.groupby("series")["method"].nunique().eq(1).all()
    assert (chosen["why"] != "").all()
    assert set(found.scores.loc[found.scores["series"] == "contacts", "method"]) >= {
        "days",
        "level with season",
        "combination",
    }


def test_pure_chance_says_that_nothing_beats_the_mean():
    found = forecasts([noisy(36)], "month")
    words = found.words["words"].iloc[0]
    assert words.startswith("Nothing foretold it clearly better than the mean of all months (18 earlier months tried)")
    own = found.scores[found.scores["chosen"] & (found.scores["horizon"] == 1)].iloc[0]
    assert own["mase"] >= own["floor"] * 0.9
    usual = np.abs(np.diff(noisy(36).value)).mean()
    assert f"by {own['mase'] * usual:.1f} points" in words
    assert f"{own['floor'] * usual:.1f}" in words


def test_parts_add_up_to_the_total():
    days = world(3, Calendar())
    part = np.random.default_rng(2).binomial(days.x.astype(int), 0.3)
    split = [counted(part, name="channel: mail"), counted(days.x - part, name="channel: chat")]
    found = forecasts([days, *split], "month", 2, totals={"contacts": [["channel: mail", "channel: chat"]]})
    value = found.ahead.pivot(index="at", columns="series", values="value")
    assert value["contacts"].to_numpy() == pytest.approx((value["channel: mail"] + value["channel: chat"]).to_numpy())
    assert (found.ahead[BANDS] >= 0).all(axis=None)
    alone = forecasts([days], "month", 2).ahead
    assert (found.ahead["value"] - found.ahead[MOVED]).iloc[:2].to_numpy() == pytest.approx(alone["value"].to_numpy())
    assert (alone[MOVED] == 0).all()
    with pytest.raises(ValueError, match="must end in the same period"):
        forecasts([days, counted(part[:700], name="mail")], "month", totals={"contacts": [["mail"]]})


def test_parts_are_moved_by_how_unsure_they_are_and_the_move_is_told():
    """The total is (100 ÷ 100 + 80 ÷ 20) ÷ (1 ÷ 100 + 1 ÷ 20) = 83⅓; the gap of 3⅓ is parted 4 : 16."""
    rows = pd.DataFrame(
        {"series": ["all", "a", "b", "csat"], "at": pd.Timestamp("2026-01-01"), "value": [100.0, 30.0, 50.0, 80.0],
         "hi95": [120.0, 34.0, 58.0, 84.0], WEIGHED: [100.0, 4.0, 16.0, 1e6]}
    )  # fmt: skip
    found = agreed(rows, {"all": [["a", "b"]]}, ["value", "hi95"]).set_index("series")
    assert found[MOVED].tolist() == pytest.approx([-50 / 3, 2 / 3, 8 / 3, 0])
    assert found["value"].tolist() == pytest.approx([250 / 3, 92 / 3, 158 / 3, 80])
    assert (found["hi95"] - found["value"]).tolist() == pytest.approx([20, 4, 8, 4])


def test_intervals_that_failed_before_do_not_draw_the_gap_to_them():
    """A widened interval reaches three times as far, but its middle is no less sure."""
    series = noisy(30)
    fan = SIMPLE["mean of all"](series, 1)
    plain, wide = (_ahead(series, "mean of all", fan, 1, (1.0, 1.0, times)).iloc[0] for times in (1.0, 3.0))
    assert wide["hi95"] - wide["lo95"] > 2.5 * (plain["hi95"] - plain["lo95"])
    assert wide[WEIGHED] == plain[WEIGHED] > 0


def test_an_event_that_the_forecast_does_not_know_is_said():
    """Chance by month: days cannot do better, so the newsletter ahead stands beside the forecast and is named."""
    rng = np.random.default_rng(5)
    days = counted(rng.poisson(3, 900))
    ahead = pd.DataFrame({"starts_on": [DAYS[-1] + pd.Timedelta(days=5)], "kind": ["newsletter"], "label": ["May"]})
    found = forecasts([days], "month", 3, calendar=Calendar(events=pd.concat([letters(DAYS[:-30]), ahead])))
    assert found.ahead["method"].iloc[0] != "days"
    assert "The calendar holds one event that is planned" in found.words["words"].iloc[0]
    assert found.whatif["event"].tolist() == ["May"]


def test_events_ahead_are_told_of_a_few_months_too():
    """Letters on every tenth day double the contacts; three months are no model of months, but 90 days are one of days."""
    at = pd.date_range("2026-01-01", periods=90, freq="D")
    on = at[9:80:10]
    rate = np.where(at.isin(on), 80.0, 40.0)
    events = pd.DataFrame(
        {"starts_on": [*on, at[-1] + pd.Timedelta(days=3)], "kind": "newsletter", "label": ["past"] * 8 + ["April"]}
    )
    events["ends_on"] = events["starts_on"]
    days = counted(np.random.default_rng(3).poisson(rate), name="contacts", start="2026-01-01")
    found = forecasts([days], "month", 1, calendar=Calendar(events=events))
    assert found.words["words"].iloc[0].startswith("Only 3 months are known")
    row = found.whatif.iloc[0]
    assert row["event"] == "April" and row["n_events"] == 8
    assert row["lo"] < 40 < row["hi"] and row["with"] - row["without"] == pytest.approx(row["more"])
    first = found.effects.iloc[0]
    assert first["kind"] == "newsletter" and 50 < first["lo"] < 100 < first["hi"] < 150  # twice as many are 100 % more


def test_events_ahead_are_named_where_days_are_too_few_to_learn_from():
    days = counted([40] * 31, name="contacts", start="2026-01-01")
    events = pd.DataFrame(
        {
            "starts_on": pd.to_datetime(["2026-01-10", "2026-02-14", "2026-06-01"]),
            "kind": "newsletter",
            "label": ["", "", "far"],
        }
    )
    found = forecasts([days], "month", 1, calendar=Calendar(events=events))
    assert found.whatif[["event", "n_events"]].to_numpy().tolist() == [["newsletter", 1]]
    assert found.whatif[["without", "with", "more", "lo", "hi"]].isna().all(axis=None)
    assert found.effects.empty


def test_the_same_series_have_the_same_forecast():
    a, b = (forecasts([noisy(30)], "month") for _ in range(2))
    pd.testing.assert_frame_equal(a.ahead, b.ahead)
    pd.testing.assert_frame_equal(a.scores, b.scores)


def test_a_method_is_told_against_the_best_simple_one():
    def words(ahead, error):
        return _against(Choice("level", "drift", 0.1, "naive", ahead, error, (1, 1, 1)), "week")

    assert words(0.2, 0.1) == "it was 20% better than the last week (more than one standard error)"
    assert words(0.2, 0.3) == "it was 20% better than the last week (within one standard error, so not surely)"
    assert words(-0.1, 0.3) == "the last week did as well within what so few can tell"


def test_intervals_that_failed_are_said():
    """Of 10 and 30 tries 60 % and 80 % were held: 75 % together."""
    scored = pd.DataFrame(
        {"method": "level", "n_origins": [10, 30], "cover50": 0.5, "cover80": 0.8, "cover95": [0.6, 0.8]}
    )
    said = _held(Choice("level", "level", 0, "naive", 0.1, 0.1, (1, 1, 1.4)), scored)
    assert said == " Its 95 % intervals held 75% of what came; they are made wider by the factor 1.40."
    assert _held(Choice("level", "level", 0, "naive", 0.1, 0.1, (1, 1, 1)), scored) == ""
