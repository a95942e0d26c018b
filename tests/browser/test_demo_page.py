"""The page template in a real browser, on a small demo report full of hostile labels."""

import pytest
from checks import HOSTILE, axe_violations, has_sideways_scroll, pdf, requests_of, smallest_chart_text

PAGES = ("index.html", "02_scorecard.html")


@pytest.mark.parametrize("name", PAGES)
def test_nothing_leaves_and_no_script_runs(open_page, demo, name):
    page = open_page(demo / name)
    assert requests_of(page) == []
    assert page.complaints == []
    assert page.locator("script").count() == 0
    assert page.locator("img").count() == 0
    handlers = (
        "[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length"
    )
    assert page.evaluate(handlers) == 0


def test_the_policy_stops_what_would_slip_through(open_page, demo, tmp_path):
    """Without escaping the policy still holds: plant markup in the finished page."""
    planted = tmp_path / "planted.html"
    html = (demo / "index.html").read_text(encoding="utf-8")
    attack = "<script>document.title='owned'</script><img src='https://example.invalid/x.png'>"
    planted.write_text(html.replace("</main>", attack + "</main>"), encoding="utf-8")
    page = open_page(planted)
    assert page.title() == "Demo index.html"
    assert any("Content Security Policy" in line for line in page.complaints)


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("name", PAGES)
def test_accessible(open_page, demo, name, width):
    assert axe_violations(open_page(demo / name, width, bypass_csp=True)) == []


def test_the_accessibility_check_can_fail(open_page, tmp_path):
    bad = tmp_path / "bad.html"
    bad.write_text("<!doctype html><html><body><img src='data:,'><p style='color:#ccc'>pale</p>", encoding="utf-8")
    rules = {line.split(":")[0] for line in axe_violations(open_page(bad, bypass_csp=True))}
    assert {"html-has-lang", "image-alt", "color-contrast"} <= rules


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_shows_it_without_sideways_scroll(open_page, demo, name):
    page = open_page(demo / name, 375)
    assert not has_sideways_scroll(page)
    assert smallest_chart_text(page) >= 10 or page.locator("svg text").count() == 0


def test_labels_in_charts_are_text(open_page, demo):
    page = open_page(demo / "02_scorecard.html")
    words = page.locator("svg text").all_text_contents()
    assert any("$x_1$" in text for text in words)
    assert any("страница" in text or "настройке" in text for text in words)
    assert any("退款" in text for text in words)
    assert HOSTILE[0] in page.locator("figcaption").first.text_content()


def test_every_picture_has_words(open_page, demo):
    for name in PAGES:
        page = open_page(demo / name)
        assert page.locator("svg").count() > 0
        assert page.locator("svg[role=img][aria-label]").count() == page.locator("svg").count()


def test_contents_lead_somewhere(open_page, demo):
    for name in PAGES:
        page = open_page(demo / name)
        targets = page.eval_on_selector_all(
            "nav.contents a", "links => links.map(a => a.getAttribute('href').slice(1))"
        )
        assert len(targets) > 1
        assert all(page.evaluate("id => document.getElementById(id) !== null", target) for target in targets)
        ids = page.eval_on_selector_all("[id]", "all => all.map(e => e.id)")
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", PAGES)
def test_prints(open_page, demo, name, tmp_path):
    page = open_page(demo / name, 673)  # the printable width of A4 in px
    assert pdf(page, tmp_path / "page.pdf") >= 2
    page.emulate_media(media="print")
    assert not has_sideways_scroll(page)
    assert page.locator("nav.pages").is_hidden()
