"""The real report on the sample, in a real browser: what readers and their mail gateways would complain of."""

from pathlib import Path

import pytest
from checks import axe_violations, has_sideways_scroll, pdf, requests_of, smallest_chart_text

PAGES = [
    "index.html",
    "01_cleaning.html",
    "02_scorecard.html",
    "03_topics.html",
    "04_five_whys.html",
    "05_drivers.html",
    "06_forecast.html",
]
LONGEST = {1280: 15_000, 375: 21_000}  # px of the page about topics while its folds are closed
LARGEST = 2_000_000


@pytest.mark.parametrize("name", PAGES)
def test_page_is_self_contained_and_small(sample_report, open_page, name):
    path = sample_report / name
    page = open_page(path)
    assert requests_of(page) == []
    assert page.complaints == []
    assert path.stat().st_size < LARGEST
    assert page.locator("script").count() == 0
    assert page.locator("html").get_attribute("lang") == "en"


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [1280, 375])
def test_page_passes_axe(sample_report, open_page, name, width):
    assert axe_violations(open_page(sample_report / name, width, bypass_csp=True)) == []


@pytest.mark.parametrize("name", PAGES)
def test_page_fits_a_phone(sample_report, open_page, name):
    page = open_page(sample_report / name, 375)
    assert not has_sideways_scroll(page)
    assert smallest_chart_text(page) >= 10


@pytest.mark.parametrize("name", PAGES)
def test_page_prints(sample_report, open_page, tmp_path, name):
    assert pdf(open_page(sample_report / name), tmp_path / "page.pdf") >= 2


@pytest.mark.parametrize("name", PAGES)
def test_every_link_of_the_report_leads_somewhere(sample_report, open_page, name):
    page = open_page(sample_report / name)
    links = page.eval_on_selector_all("a[href]", "found => found.map(one => one.getAttribute('href'))")
    assert links
    for link in links:
        file, _, anchor = link.partition("#")
        target = sample_report / (file or name)
        assert target.exists(), link
        if anchor:
            assert f'id="{anchor}"' in target.read_text(encoding="utf-8"), link


@pytest.mark.parametrize("width", LONGEST)
def test_the_page_about_topics_is_short_until_it_is_unfolded(sample_report, open_page, width):
    page = open_page(sample_report / "03_topics.html", width)
    height = "document.documentElement.scrollHeight"
    closed = page.evaluate(height)
    assert closed <= LONGEST[width]
    page.eval_on_selector_all("details", "found => found.forEach(one => one.open = true)")
    assert page.evaluate(height) > 2 * closed  # nothing is lost: what is folded is there


def test_a_name_in_the_map_opens_the_fold_with_its_voices(sample_report, open_page):
    page = open_page(sample_report / "03_topics.html")
    page.locator('.within a[href^="#heard-"]').first.click()
    target = page.evaluate(
        "document.getElementById(decodeURIComponent(location.hash.slice(1))).getBoundingClientRect().height"
    )
    assert target > 0
    assert page.locator("details.screen[open]").count() == 1


def test_front_page_follows_the_order_of_reading(sample_report, open_page):
    page = open_page(sample_report / "index.html")
    heads = page.locator("h2").all_inner_texts()
    wanted = ["In brief", "The figures", "What customers came for", "Why", "In their words", "What to do", "What became of it",
              "What these data cannot say", "How this was made"]  # fmt: skip
    assert [head for head in heads if head in wanted] == wanted
    assert 0 < page.locator("ol.brief").first.locator("> li").count() <= 7
    assert page.locator("ul.cards > li").count() == 6
    assert "Synthetic data" in page.locator("header").inner_text()


def test_nothing_of_the_kitchen_is_published(sample_report):
    text = "".join((sample_report / name).read_text(encoding="utf-8") for name in PAGES)
    for trace in (
        "import voc",
        "Traceback",
        "month.save",
        "In [",
        "params_file",
        str(Path(__file__).parents[2]),
        str(Path.home()),
    ):
        assert trace not in text, trace
