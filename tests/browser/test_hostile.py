"""An export whose every label and text attacks: the published pages stay words, and nothing of it runs."""

import csv
import os
import random
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from checks import axe_violations, has_sideways_scroll, requests_of

VOC = Path(sys.executable).parent / "voc"
ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    '=HYPERLINK("http://evil.example","click")',
    "{{7*7}} {% raw %} ${jndi:ldap://x}",
    "</svg><script>alert(3)</script> $x_1$ \\alpha",
    "](javascript:alert(4)) # heading\n## more",
    "很长的标签" * 30,
    "‮перевёрнуто‬ \u0000\u0007",
]
PARAMS = """\
name: hostile
company: "<b>Bobby</b> & sons"
title: "<i>Voice</i>"
period: "2026-09"
languages: [en, ru, zh]
pseudonym_key: not-a-secret-but-long-enough
dimensions: [channel, category, product, trouble]
sources:
  - {name: desk, file: contacts.csv, source: source.yml}
"""
SOURCE = """\
table: interactions
format: csv
time_formats: ["%Y-%m-%d %H:%M"]
id: id
columns: {created_at: created, first_response_at: replied, category: topic, product: product, text: words, csat: score}
constants: {channel: email}
dimensions: {trouble: trouble}
"""


@pytest.fixture(scope="module")
def hostile_report(tmp_path_factory) -> Path:
    folder, dice = tmp_path_factory.mktemp("hostile"), random.Random(1)
    with (folder / "contacts.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "created", "replied", "topic", "product", "words", "score", "trouble"])
        for number in range(1500):
            came = datetime(2026, 7, 1) + timedelta(minutes=number * 92 * 1440 / 1500)
            wave = came >= datetime(2026, 9, 1) and number % 2
            label = ATTACKS[0] if wave else dice.choice(ATTACKS)
            words = f"{dice.choice(ATTACKS)} where is my parcel {number}? {dice.choice(ATTACKS)}"
            stamps = [f"{when:%Y-%m-%d %H:%M}" for when in (came, came + timedelta(minutes=dice.randint(1, 90)))]
            rows.writerow(
                [f"T{number}", *stamps, label, dice.choice(ATTACKS), words, dice.randint(1, 5), dice.choice(ATTACKS)]
            )
    (folder / "hostile.yml").write_text(PARAMS, encoding="utf-8")
    (folder / "source.yml").write_text(SOURCE, encoding="utf-8")
    made = subprocess.run(
        [VOC, "run", folder / "hostile.yml"],
        env={**os.environ, "VOC_REPORTS": str(folder / "reports")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr[-3000:]
    return folder / "reports" / "hostile" / "2026-09"


@pytest.mark.parametrize("name", ["index.html", "01_cleaning.html", "02_scorecard.html"])
def test_nothing_runs_and_nothing_leaves(hostile_report, open_page, name):
    page = open_page(hostile_report / name, 375)
    assert page.complaints == []
    assert requests_of(page) == []
    assert page.locator("script, img[onerror], b:has-text('Bobby')").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    assert not has_sideways_scroll(page)
    assert axe_violations(open_page(hostile_report / name, bypass_csp=True)) == []


def test_the_words_are_shown_as_words(hostile_report, open_page):
    shown = open_page(hostile_report / "index.html").locator("body").inner_text()
    assert "<b>Bobby</b> & sons" in shown
    assert "<script>alert(1)</script>" in shown
    assert "49" not in shown.split("{{7*7}}")[0][-5:]


def test_no_cell_of_the_tables_is_a_formula(hostile_report):
    for path in (hostile_report / "tables").glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file):
                assert not [cell for cell in row if cell.startswith(("=", "@", "\t", "\r"))], path.name
                assert not [cell for cell in row if cell[:1] in "+-" and cell[1:2].isalpha()], path.name
