"""A real export, where it lies beside the project (VOC_SHARED_DATA overrides), recomputed with plain pandas.

The expected figures come from the file and from formulas written out here: nothing of ``voc.analysis`` takes part.
"""

import os
from math import ceil, floor, sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from voc.run.month import open_month
from voc.run.runner import run

DATA = Path(os.environ.get("VOC_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data")
FILE = DATA / "flipkart-shopzilla-csat" / "test.csv"
needs_data = pytest.mark.skipif(
    not FILE.exists() and not os.environ.get("CI"), reason="the public export is not part of this repository"
)


Z = 1.959964  # 95 %
CHANNELS = {"Inbound": "phone", "Outcall": "phone", "Email": "email"}
FORM = "%d/%m/%Y %H:%M"


@pytest.fixture(scope="module")
def raw() -> pd.DataFrame:
    """The file with a channel, the day, minutes to the response (unknown where stamped 00:00), and whether it is August."""
    rows = pd.read_csv(FILE)
    came, answered = (pd.to_datetime(rows[name], format=FORM) for name in ("Issue_reported at", "issue_responded"))
    midnight = (answered.dt.hour == 0) & (answered.dt.minute == 0)
    return rows.assign(
        channel=rows["channel_name"].map(CHANNELS),
        day=came.dt.normalize(),
        august=came >= "2023-08-01",
        minutes=((answered - came).dt.total_seconds() / 60).mask(midnight),
        happy=rows["CSAT Score"] >= 4,
    )


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    folder = run("params/shopzilla.yml", resume=True)
    opened = open_month("params/shopzilla.yml")
    opened.page = (folder / "index.html").read_text(encoding="utf-8")
    yield opened
    opened.close()


@needs_data
def test_every_row_is_kept_and_every_trap_is_met(month):
    repairs = month.result("repairs").groupby(["step", "column"]).size()
    assert month.interactions.count().to_pyarrow().as_py() == 17_182
    assert repairs["restore swapped dates", "ordered_at"] == 15
    assert repairs["empty midnights", "first_response_at"] == 701
    assert "empty impossible times" not in repairs


@needs_data
def test_csat_is_what_a_plain_count_gives(month, raw):
    now = month.result("kpi_changes").query("metric == 'csat_pct' and against == 'previous'").iloc[0]
    assert now["n"] == raw["august"].sum()
    assert now["value"] == pytest.approx(raw.loc[raw["august"], "happy"].mean() * 100, abs=1e-9)


def wilson(hits: pd.Series) -> list[float]:
    """Percentage and its interval (Wilson 1927, formula 4)."""
    n, p = len(hits), hits.mean()
    middle, half = p + Z**2 / (2 * n), Z * sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return [100 * p, 100 * (middle - half) / (1 + Z**2 / n), 100 * (middle + half) / (1 + Z**2 / n)]


@needs_data
@pytest.mark.parametrize(
    ("dimension", "column", "groups"),
    [
        ("channel", "channel", 2),
        ("category", "category", 9),
        ("shift", "Agent Shift", 5),
        ("tenure", "Tenure Bucket", 5),
    ],
)
def test_csat_of_each_group_with_its_interval(month, raw, dimension, column, groups):
    slices = month.result("kpi_slices").query("metric == 'csat_pct' and dimension == @dimension").set_index("label")
    large = {name: rows["happy"] for name, rows in raw[raw["august"]].groupby(column) if len(rows) >= 30}
    assert len(large) == groups
    for name, happy in large.items():
        assert slices.loc[name, "n"] == len(happy)
        assert slices.loc[name, ["value", "lo", "hi"]].astype(float).tolist() == pytest.approx(wilson(happy), abs=1e-4)


@needs_data
def test_each_category_against_all_others(month, raw):
    told = month.result("kpi_levels").query("metric == 'csat_pct' and dimension == 'category'").set_index("label")
    august = raw[raw["august"]]
    for name, rows in august.groupby("category"):
        others = august.loc[august["category"] != name, "happy"].mean() * 100
        assert told.loc[name, "rest"] == pytest.approx(others, abs=1e-6)
        assert told.loc[name, "difference"] == pytest.approx(rows["happy"].mean() * 100 - others, abs=1e-6)
        assert told.loc[name, "impact"] == pytest.approx(august["happy"].mean() * 100 - others, abs=1e-6)


def middle(values: pd.Series) -> list[float]:
    """Median and the two values that bracket it 19 times in 20 (order statistics, normal approximation)."""
    known = np.sort(values.dropna().to_numpy())
    n, half = len(known), Z * sqrt(len(known)) / 2
    return [float(np.median(known)), known[floor(n / 2 - half) - 1], known[ceil(n / 2 + half)]]


@needs_data
def test_first_response_is_the_median_of_the_times_that_are_known(month, raw):
    august = raw.loc[raw["august"], "minutes"]
    assert raw["minutes"].isna().sum() == 701
    assert (august.dropna() >= 0).all()  # all that precede the report are among the midnights
    now = month.result("kpi_changes").query("metric == 'frt_minutes' and against == 'previous'").iloc[0]
    assert now["n"] == august.notna().sum() == 16_425
    assert now[["value", "lo", "hi"]].astype(float).tolist() == pytest.approx(middle(august), abs=1e-9)
    slices = month.result("kpi_slices").query("metric == 'frt_minutes' and dimension == 'channel'").set_index("label")
    for name, rows in raw[raw["august"]].groupby("channel"):
        assert slices.loc[name, "n"] == rows["minutes"].notna().sum()
        assert slices.loc[name, ["value", "lo", "hi"]].astype(float).tolist() == pytest.approx(middle(rows["minutes"]))


@needs_data
def test_contacts_of_each_day(month, raw):
    ours = month.result("days").set_index("day")["rows"]
    theirs = raw["day"].value_counts().sort_index().asfreq("D", fill_value=0)
    assert ours.to_dict() == theirs.to_dict()
    assert ours.sum() == 17_182


@needs_data
def test_no_response_rate_is_made_up_from_answers_only(month):
    """Every row is an answered survey: how many were sent is not in the file."""
    assert "survey_sent" in month.result("kpi_missing").set_index("metric")["why"]["response_rate_pct"]
    assert "response_rate_pct" not in set(month.result("kpi_by_period")["metric"])
    limits = month.result("limits_01_cleaning")
    assert limits["why"].str.contains("every contact in the export has an answered survey").any()


@needs_data
def test_what_the_export_cannot_tell_is_said_and_not_invented(month):
    missing = month.result("kpi_missing").set_index("metric")["why"]
    assert missing["aht_minutes"].startswith("0.3")
    assert "customer_id" in missing["repeat_pct"]
    changes = month.result("kpi_changes")
    assert (changes["certainty"] == "cannot tell").all()
    assert "the data begin on 29 July 2023" in month.page
    assert "quiet period" not in month.page


@needs_data
def test_no_name_of_a_person_is_published(month, raw):
    names = {*raw["Agent_name"], *raw["Supervisor"], *raw["Manager"]}
    tables = [month.result(name).to_csv() for name in month.results()]
    assert [name for name in names if any(name in text for text in tables) or name in month.page] == []


@needs_data
def test_handling_time_is_refused_as_a_driver_and_so_is_a_mood_that_is_the_score_in_words(month):
    why = month.result("drivers_plain").set_index("driver")["why"]
    assert why["handling"] == "0.3 % of contacts have handle_seconds"
    assert why["mood"].startswith("texts stand only where a score was given")
    assert "handling" not in set(month.result("drivers_factors")["factor"])


@needs_data
def test_slower_first_responses_go_with_lower_scores(month, raw):
    row = month.result("drivers_plain").set_index("driver").loc["first_response"]
    assert row["certainty"] == "sure"
    within = month.result("drivers_within").set_index("driver").loc["first_response"]
    assert within["within_hi"] < 0
    assert within["n"] == row["n"]
