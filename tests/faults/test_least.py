"""The least that an export may hold, and periods that it does not hold."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

VOC = Path(sys.executable).parent / "voc"
SOURCE = """\
table: interactions
format: csv
time_formats: ["%Y-%m-%d %H:%M"]
id: id
columns: {created_at: at}
"""
PARAMS = """\
name: least
company: A shop
pseudonym_key: not-a-secret-but-long-enough
sources:
  - {name: desk, file: contacts.csv, source: source.yml}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("least")
    rows = [f"T{n},{datetime(2026, 8, 1) + timedelta(hours=n):%Y-%m-%d %H:%M}" for n in range(24 * 92)]
    (folder / "contacts.csv").write_text("\n".join(["id,at", *rows]), encoding="utf-8")
    (folder / "least.yml").write_text(PARAMS, encoding="utf-8")
    (folder / "source.yml").write_text(SOURCE, encoding="utf-8")
    return folder


def voc(shop, *arguments):
    env = {**os.environ, "VOC_REPORTS": str(shop / "reports")}
    return subprocess.run(
        [VOC, "run", shop / "least.yml", *arguments], env=env, capture_output=True, text=True, check=False
    )


def test_an_id_and_a_time_are_enough(shop):
    done = voc(shop)
    assert done.returncode == 0, done.stderr[-2000:]
    page = (shop / "reports" / "least" / "2026-10" / "index.html").read_text(encoding="utf-8")
    assert "cannot tell" in page


@pytest.mark.parametrize("period", ["2027-05", "2025-01"])
def test_a_period_outside_the_data_is_refused_with_what_there_is(shop, period):
    done = voc(shop, "--period", period)
    assert done.returncode == 1
    assert "01 August 2026 to 31 October 2026" in done.stderr
    assert not (shop / "reports" / "least" / period).exists()


def test_tables_in_a_database(shop):
    done = voc(shop, "--set", f"store=duckdb://{shop}/voc.duckdb", "--set", "name=indb")
    assert done.returncode == 0, done.stderr[-2000:]
    assert (shop / "voc.duckdb").stat().st_size > 0
    assert "voc.duckdb" not in (shop / "reports" / "indb" / "2026-10" / "manifest.json").read_text(encoding="utf-8")
