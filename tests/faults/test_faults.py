"""The command line as a user runs it, with everything that goes wrong in real life.

A small project lies outside the repository and publishes below a folder of its own. One good run comes first; then every
fault must end with an exit status other than 0 and one clear message, and leave the last good report as it was, byte for
byte.
"""

import csv
import hashlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import psutil
import pytest

VOC = Path(sys.executable).parent / "voc"
HEADER = [
    "id",
    "created",
    "replied",
    "solved",
    "customer",
    "agent",
    "via",
    "topic",
    "product",
    "region",
    "words",
    "score",
    "surveyed",
]
SOURCE = """\
table: interactions
format: csv
encoding: utf-8
timezone: UTC
time_formats: ["%Y-%m-%d %H:%M"]
id: id
columns:
  created_at: created
  first_response_at: replied
  resolved_at: solved
  customer_id: customer
  agent_id: agent
  channel: via
  category: topic
  product: product
  region: region
  text: words
  csat: score
  survey_sent: surveyed
"""
PARAMS = """\
name: tiny
company: A tiny shop
period: "2026-09"
pseudonym_key: not-a-secret-but-long-enough
sources:
  - {name: desk, file: contacts.csv, source: source.yml}
"""


def contacts(n=400) -> list[list[str]]:
    """Make contacts over 14 months, August 2025 to September 2026."""
    dice, rows = random.Random(5), []
    for at in range(n):
        came = datetime(2025, 8, 1) + timedelta(minutes=at * 426 * 1440 // n + dice.randrange(1400))
        replied = came + timedelta(minutes=dice.randint(2, 300))
        stamps = [
            f"{when:%Y-%m-%d %H:%M}" for when in (came, replied, replied + timedelta(minutes=dice.randint(5, 3000)))
        ]
        said = f"My parcel {at} is late, order {dice.randint(1000, 9999)}, what can I do now?"
        rest = [
            dice.choice(some)
            for some in (["email", "Chat"], ["Delivery", "Payment"], ["Kettle", "Lamp"], ["North", "South"])
        ]
        rows.append([f"T{at}", *stamps, f"C{dice.randint(1, 150)}", f"A{dice.randint(1, 6)}", *rest, said,
                     dice.choice(["", "", "1", "2", "4", "5", "5"]), dice.choice(["yes", "no"])])  # fmt: skip
    return rows


class Shop:
    """A project on disk: change it, run it, look at what is published."""

    def __init__(self, folder: Path, reports: Path):
        self.folder, self.reports = folder, reports
        self.params = folder / "tiny.yml"
        self.environment = os.environ | {"VOC_REPORTS": str(reports), "PYTHONWARNINGS": "ignore"}
        folder.mkdir(parents=True, exist_ok=True)
        self.write(contacts())
        (folder / "source.yml").write_text(SOURCE, encoding="utf-8")
        self.params.write_text(PARAMS, encoding="utf-8")

    def write(self, rows: list[list[str]], header: list[str] = HEADER) -> None:
        with (self.folder / "contacts.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])

    def add(self, settings: str) -> None:
        self.params.write_text(self.params.read_text(encoding="utf-8") + settings, encoding="utf-8")

    def command(self, *more: str) -> list[str]:
        return [str(VOC), "run", str(self.params), *more]

    def run(self, *more: str, **options) -> subprocess.CompletedProcess:
        return subprocess.run(
            self.command(*more),
            capture_output=True,
            text=True,
            env=self.environment,
            cwd=self.folder,
            timeout=600,
            **options,
        )

    def published(self) -> dict[str, str]:
        """Hash everything that readers can see: all below the reports folder but what is hidden."""
        files = sorted(path for path in self.reports.rglob("*") if path.is_file() and ".work" not in path.parts)
        return {str(path.relative_to(self.reports)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> Shop:
    """Run the small project once, well."""
    shop = Shop(tmp_path_factory.mktemp("good") / "shop", tmp_path_factory.mktemp("good-reports"))
    done = shop.run()
    assert done.returncode == 0, done.stderr
    shop.pristine = tmp_path_factory.mktemp("pristine") / "reports"
    shutil.copytree(shop.reports, shop.pristine)
    return shop


@pytest.fixture
def shop(good, tmp_path) -> Shop:
    """Return a fresh copy of the project that publishes where the good run did."""
    return Shop(tmp_path / "shop", good.reports)


@pytest.fixture(autouse=True)
def _last_good_report_is_untouched(good):
    before = good.published()
    assert "tiny/2026-09/index.html" in before
    yield
    assert good.published() == before


def failed(done: subprocess.CompletedProcess, *parts: str) -> None:
    """Assert one clear message on stderr that has all these parts, and nothing on stdout."""
    assert done.returncode != 0
    for part in parts:
        assert part in done.stderr
    assert done.stderr.count("error: ") == 1
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_good_run_publishes_pages_tables_and_manifest(good):
    names = set(good.published())
    for name in (
        "index.html",
        "01_cleaning.html",
        "02_scorecard.html",
        "manifest.json",
        "tables/tables.xlsx",
        "tables/findings.csv",
    ):
        assert f"tiny/2026-09/{name}" in names
    assert not [name for name in names if ".building" in name or ".old" in name]
    html = (good.reports / "tiny" / "2026-09" / "index.html").read_text(encoding="utf-8")
    assert "A tiny shop" in html
    assert "September 2026" in html


# what the settings say


def test_a_misspelt_setting(shop):
    shop.add("timzone: Europe/Berlin\n")
    failed(shop.run(), str(shop.params), "timzone (line 7)", "unknown name", "Did you mean timezone?")


def test_a_misspelt_notebook_parameter(shop):
    shop.add("notebook_parameters:\n  02_scorecard: {bye: region}\n")
    failed(shop.run(), "02_scorecard", "parameter 'bye'", "is not one of this notebook", "Did you mean by?")


def test_a_notebook_parameter_of_the_wrong_type(shop):
    shop.add("notebook_parameters:\n  08_report: {most_findings: seven}\n")
    failed(shop.run(), "08_report", "parameter 'most_findings'", "'seven' is str, not int")


def test_a_setting_of_the_wrong_type(shop):
    shop.add("seed: soon\n")
    failed(shop.run(), str(shop.params), "seed (line 7)", "'soon' does not fit")


def test_a_period_that_is_none(shop):
    failed(shop.run("--period", "2026-13"), "--period", "'2026-13' is no period")


# what the files hold


def test_a_missing_file(shop):
    (shop.folder / "contacts.csv").unlink()
    failed(shop.run(), "contacts.csv", "does not exist", "Correct its file")


DATA_FAULTS = {
    "empty file": (lambda path: path.write_bytes(b""), ["is empty (0 bytes)", "Export it again"]),
    "missing column": (
        lambda path: path.write_text(path.read_text("utf-8").replace("customer,", "costumer,", 1), "utf-8"),
        ["column 'customer'", "is not in the file", "Did you mean costumer?"],
    ),
    "wrong encoding": (
        lambda path: path.write_bytes(path.read_text("utf-8").replace("parcel 7 ", "посылка 7 ").encode("cp1251")),
        ["line 9", "is not utf-8", "cp1251", "set encoding"],
    ),
    "date that cannot be": (
        lambda path: path.write_text(path.read_text("utf-8").replace("T3,2025-08-", "T3,2026-02-3", 1), "utf-8"),
        ["column 'created', row 5", "'2026-02-3", "is no time of a known form", "cleaning.unreadable"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", DATA_FAULTS)
def test_a_file_that_cannot_be_read(shop, fault):
    spoil, parts = DATA_FAULTS[fault]
    spoil(shop.folder / "contacts.csv")
    failed(shop.run(), "contacts.csv", str(shop.params), "01_cleaning failed", "cell:", "What came in", *parts)


def test_a_label_that_no_class_knows(shop):
    """The run stops in the middle of cleaning, with tables already made: the kernel must end without noise, too."""
    rows = contacts()
    rows[5][6] = "fax"
    shop.write(rows)
    failed(shop.run(), "01_cleaning failed", "'fax' (1 rows) is no known channel", "One name for one thing")


# what the machine does


def limited(size: int):
    """Let no file grow beyond ``size`` bytes, as a disk that is full would."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("size", [8_000, 40_000], ids=["at once", "later"])
def test_a_disk_that_is_full(shop, size):
    failed(shop.run(preexec_fn=limited(size)), "File too large", "last good report is untouched")


def test_a_disk_that_is_full_while_the_report_is_written(shop, good):
    """All notebooks have run and need not run again; the pages do not fit on the disk any more."""
    shop.reports = shop.folder / "reports"
    shop.environment["VOC_REPORTS"] = str(shop.reports)
    shutil.copytree(good.pristine, shop.reports)
    manifest = shop.reports / "tiny" / "2026-09" / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"key": "', '"key": "another'), "utf-8")
    before = shop.published()
    failed(shop.run("--resume", preexec_fn=limited(60_000)), "could not write the report: File too large", "untouched")
    assert shop.published() == before
    assert shop.run("--resume").returncode == 0  # with room again, the same command ends well
    assert shop.published() != before


def kernels(of: int) -> list[psutil.Process]:
    children = psutil.Process(of).children(recursive=True)
    return [child for child in children if any("ipykernel" in part for part in child.cmdline())]


@pytest.mark.parametrize("victim", ["kernel", "run"])
def test_killed_in_the_middle(shop, victim):
    running = subprocess.Popen(
        shop.command(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=shop.environment, cwd=shop.folder
    )
    until = time.monotonic() + 60
    while not (found := kernels(running.pid)) and time.monotonic() < until and running.poll() is None:
        time.sleep(0.05)
    time.sleep(1.5)  # into its first cells
    (found[0] if victim == "kernel" else running).send_signal(signal.SIGKILL)
    out, said = running.communicate(timeout=60)
    if victim == "kernel":
        assert running.returncode == 1
        assert "01_cleaning failed; the last good report is untouched" in said
        assert "the kernel died (killed, or out of memory)" in said
        assert "Traceback" not in said
    else:
        for left in found:
            left.kill()
        assert running.returncode == -signal.SIGKILL
    assert out == ""
