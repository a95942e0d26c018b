"""Real reviews of an app in Russian (VOC_SHARED_DATA says where): counts by plain pandas, topics that name matters.

The expected figures come from the file: nothing of ``voc.analysis`` takes part.
"""

import os
from pathlib import Path

import pandas as pd
import pytest
from voc.run.month import open_month
from voc.run.runner import run
from voc.text.bare import is_bare, judges
from voc.text.topics.ledger import ASIDE
from voc.text.words import words

DATA = Path(os.environ.get("VOC_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data")
FILE = DATA / "ru-sber-app-reviews" / "Reviews.csv"
pytestmark = pytest.mark.skipif(
    not FILE.exists() and not os.environ.get("CI"), reason="the public export is not part of this repository"
)
MATTERS = ("обновлен", "пароль", "антивирус", "прошивк", "смс", "root", "отпечатк", "шаблон", "кредит")


@pytest.fixture(scope="module")
def raw() -> pd.DataFrame:
    return pd.read_csv(FILE)


@pytest.fixture(scope="module")
def month():
    run("params/appreviews.yml", only=("01_cleaning",), resume=True)
    opened = open_month("params/appreviews.yml")
    yield opened
    opened.close()


def test_every_review_is_kept_with_its_day_and_stars(month, raw):
    days = month.result("days").set_index("day")["rows"]
    assert days.sum() == len(raw) == 20_659
    assert days[pd.Timestamp("2017-07-14")] == (raw["Date"] == "2017-07-14").sum()
    stars = month.interactions.csat.value_counts().to_pandas().set_index("csat").iloc[:, 0]
    assert stars.to_dict() == raw["Rating"].value_counts().to_dict()


def test_topics_name_matters_and_praise_names_none(month):
    said, book = month.texts.corpus, month.texts.ledger
    praise = said.segments[[is_bare(text) for text in said.segments["text"]]]
    assert len(praise) > 2_000 and praise["empty"].all()
    told = book.rows[book.rows["state"] != ASIDE]
    labels = " ".join(told["label"])
    assert [matter for matter in MATTERS if matter not in labels] == []
    alone = [word for label in told["label"] for word in label.split(", ") if len(words(word)) == 1 and judges(word)]
    assert [word for word in alone if not word.startswith("«")] == []


def test_heaps_of_short_cries_are_set_aside(month):
    book = month.texts.ledger
    aside = book.rows[book.rows["state"] == ASIDE]
    assert 1 <= len(aside) <= len(book.rows) / 5
    assert (book.topics.common[aside.index] < 0.25).all()


def test_of_two_months_of_stars_nothing_is_foretold_but_how_wide_it_may_be():
    folder = run("params/appreviews.yml", resume=True)
    page = (folder / "06_forecast.html").read_text(encoding="utf-8")
    assert "2 months are known at most, fewer than 12" in page
    assert "all 11,291 answers came before the first response" in page  # a review is its own score: nothing to foretell
    opened = open_month("params/appreviews.yml")
    try:
        weeks = (
            opened.result("forecast_course").query("grain == 'week' and series == 'csat_pct'").set_index("at")["seen"]
        )
    finally:
        opened.close()
    raw = pd.read_csv(FILE)
    day = pd.to_datetime(raw["Date"])
    happy = (raw["Rating"] >= 4).groupby(day - pd.to_timedelta(day.dt.weekday, unit="D")).mean() * 100
    assert len(weeks) >= 5
    pd.testing.assert_series_equal(
        weeks, happy.reindex(weeks.index), check_names=False, check_freq=False, check_index_type=False
    )
