"""A real export, where it lies beside the project (VOC_SHARED_DATA overrides): figures that were counted by hand."""

import os
from pathlib import Path

import pandas as pd
import pytest
from voc.run.month import open_month
from voc.run.runner import run

DATA = Path(os.environ.get("VOC_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data")
FILE = DATA / "flipkart-shopzilla-csat" / "test.csv"
needs_data = pytest.mark.skipif(
    not FILE.exists() and not os.environ.get("CI"), reason="the public export is not part of this repository"
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
def test_csat_is_what_a_plain_count_gives(month):
    raw = pd.read_csv(FILE)
    august = pd.to_datetime(raw["Issue_reported at"], format="%d/%m/%Y %H:%M") >= "2023-08-01"
    now = month.result("kpi_changes").query("metric == 'csat_pct' and against == 'previous'").iloc[0]
    assert now["n"] == august.sum()
    assert now["value"] == pytest.approx((raw.loc[august, "CSAT Score"] >= 4).mean() * 100, abs=1e-9)


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
def test_no_name_of_a_person_is_published(month):
    raw = pd.read_csv(FILE)
    names = {*raw["Agent_name"], *raw["Supervisor"], *raw["Manager"]}
    tables = [month.result(name).to_csv() for name in month.results()]
    assert [name for name in names if any(name in text for text in tables) or name in month.page] == []
