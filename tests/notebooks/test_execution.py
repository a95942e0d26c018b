"""The notebooks as they run: results asserted each at its own tolerance, summary cells compared, the same bytes twice."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from voc.run.describe import RESULTS
from voc.run.month import open_month
from voc.run.runner import run

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def month(sample_report):
    opened = open_month("params/sample.yml")
    yield opened
    opened.close()


def test_period_is_the_last_whole_month(month):
    assert month.period.label == "2026-10"


def test_what_cannot_wait_has_an_owner_and_is_of_the_period_or_open(month):
    rows, table = month.result("urgent"), month.interactions.select("interaction_id", "created_local", "resolved_at")
    known = table.to_pyarrow().to_pandas().set_index("interaction_id").loc[rows["interaction_id"]]
    recent = (known["created_local"] >= "2026-10-01").to_numpy()
    assert (rows["recent"].to_numpy() == recent).all()
    assert (recent | known["resolved_at"].isna().to_numpy()).all()
    assert (rows["owner"] != "").all()
    danger = rows[rows["level"] == "emergency"]
    assert len(danger) >= 5
    assert danger["owner"].value_counts().idxmax() == "Product management"


def test_categories_of_the_front_page_add_up_and_themes_are_within_them(month):
    rows, of = month.result("came_for"), month.result("kpi_by_period").query("metric == 'contacts'")["n"].iloc[-1]
    roots = rows[rows["kind"] == "root"].set_index("root")
    assert 0.99 * of <= roots["contacts"].sum() <= of
    inside = rows[rows["kind"] == "theme"]
    assert len(inside) >= 2
    assert (inside["contacts"].to_numpy() < roots["contacts"].reindex(inside["root"]).to_numpy()).all()


def test_what_texts_name_holds_no_number_of_an_order(month):
    rows = month.result("named_in_texts")
    assert {"product", "amount", "version", "page", "order"} <= set(rows["kind"])
    assert (rows.loc[rows["kind"].isin(["order", "date", "name"]), "value"] == "").all()


def test_no_row_is_lost_without_a_line(month):
    trail = month.result("audit")
    steps = trail[~trail["step"].str.startswith("read ")]
    assert (steps["rows_in"].iloc[1:].to_numpy() == steps["rows_out"].iloc[:-1].to_numpy()).all()
    read = trail[trail["step"].isin(["read tickets", "read calls", "read chats"])]["rows_out"].sum()
    assert steps["rows_in"].iloc[0] == read
    assert len(month.result("removed")) == read - month.interactions.count().to_pyarrow().as_py()


def test_contacts_of_every_period_add_up(month):
    history = month.result("kpi_by_period")
    contacts = history[history["metric"] == "contacts"]
    assert len(contacts) == 24
    assert contacts["n"].sum() == month.interactions.count().to_pyarrow().as_py()


def test_csat_is_what_a_plain_count_gives(month):
    frame = month.interactions.select("created_local", "csat").to_pyarrow().to_pandas()
    inside = frame[(frame["created_local"] >= "2026-10-01") & (frame["created_local"] < "2026-11-01")]["csat"].dropna()
    now = month.result("kpi_changes").query("metric == 'csat_pct' and against == 'previous'").iloc[0]
    assert now["n"] == len(inside)
    assert now["value"] == pytest.approx((inside >= 4).mean() * 100, abs=1e-9)


def test_first_response_is_the_median_that_pandas_gives(month):
    frame = month.interactions.select("created_local", "created_at", "first_response_at").to_pyarrow().to_pandas()
    inside = frame[(frame["created_local"] >= "2026-10-01") & (frame["created_local"] < "2026-11-01")]
    minutes = (inside["first_response_at"] - inside["created_at"]).dt.total_seconds() // 1 / 60
    now = month.result("kpi_changes").query("metric == 'frt_minutes' and against == 'previous'").iloc[0]
    assert now["value"] == pytest.approx(minutes[minutes >= 0].median(), abs=0.05)


def test_findings_lead_back_to_their_contacts(month):
    findings = month.result("findings")
    assert len(findings)
    for row in findings.to_dict("records"):
        assert len(month.contacts_of(row["trace"])) == row["n"], row["headline"]


def test_every_result_table_is_in_the_data_dictionary(month):
    for name in month.results():
        assert name in RESULTS or any(name.startswith(known.split("<")[0]) for known in RESULTS if "<" in known), name


def test_no_personal_data_of_the_truth_is_published(sample_report, month):
    masks = pd.read_parquet(month.loaded.sample_folder / "truth" / "masks.parquet")
    secret = [value for value in masks.loc[masks["must_mask"], "value"].unique() if len(value) >= 8]
    shown = "".join(path.read_text(encoding="utf-8") for path in sample_report.glob("*.html"))
    tables = [path.read_text(encoding="utf-8-sig") for path in (sample_report / "tables").glob("*.csv")]
    assert len(tables) >= 15
    shown += "".join(tables) + (sample_report / "manifest.json").read_text(encoding="utf-8")
    assert [value for value in secret if value in shown] == []
    truth = pd.read_parquet(month.loaded.sample_folder / "truth" / "interactions.parquet")
    raw_ids = [str(value) for name in ("customer", "agent") for value in truth[name].dropna().unique()]
    assert len(raw_ids) > 10_000
    words = set(re.findall(r"[\w-]+(?: [\w-]+)?", shown))
    assert [value for value in raw_ids if value in words] == []


def test_manifest_says_what_the_report_was_made_from(sample_report):
    manifest = json.loads((sample_report / "manifest.json").read_text(encoding="utf-8"))
    assert {"period", "seed", "settings", "data", "versions", "rows", "seconds"} <= manifest.keys()
    assert set(manifest["data"]) == {"tickets", "calls", "chats", "surveys", "customers", "orders", "events", "shifts"}
    assert "pseudonym_key" not in manifest["settings"]


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"  # it tells how long the run took
    }


def test_the_same_input_twice_gives_the_same_bytes(sample_report):
    before = hashes(sample_report)
    run("params/sample.yml")
    after = hashes(sample_report)
    assert {"index.html", "tables/tables.xlsx", "tables/kpi_changes.parquet"} <= before.keys()
    assert after == before


def test_nothing_runs_when_nothing_changed(sample_report, capfd):
    run("params/sample.yml", resume=True)
    assert "nothing to do" in capfd.readouterr().err


def nbval(*paths: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-p", "no:cacheprovider", *map(str, paths)]
    environment = {**os.environ, "PYTHONPATH": ""}
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT / "notebooks", env=environment, check=False)


def test_summary_cells_are_what_they_were(sample_report):
    result = nbval(*NOTEBOOKS)
    assert result.returncode == 0, result.stdout[-4000:]
    assert f"{sum(compared(path) for path in NOTEBOOKS)} passed" not in result.stdout  # other cells run, too


def compared(path: Path) -> int:
    cells = nbformat.read(path, as_version=4).cells
    kept = [cell for cell in cells if "keep_output" in cell.metadata.get("tags", [])]
    for cell in kept:
        assert cell.outputs and cell.execution_count, f"{path.name}: a compared cell without output compares nothing"
        assert cell.source.lstrip().startswith("# NBVAL_CHECK_OUTPUT")
    return len(kept)


def test_every_notebook_has_a_compared_cell():
    assert all(compared(path) for path in NOTEBOOKS)


def test_a_wrong_output_is_noticed(sample_report, tmp_path):
    copy = tmp_path / "08_report.ipynb"
    shutil.copy(ROOT / "notebooks" / "08_report.ipynb", copy)
    notebook = nbformat.read(copy, as_version=4)
    cell = next(cell for cell in notebook.cells if "keep_output" in cell.metadata.get("tags", []))
    cell.outputs[0].text = "a figure that nobody measured\n"
    nbformat.write(notebook, copy)
    result = nbval(copy)
    assert result.returncode == 1
    assert "a figure that nobody measured" in result.stdout
