"""Folds: what stands closed under a name, with pictures inside, in the lab and on the page."""

import nbformat
from voc.report.canvas import Picture
from voc.report.folds import fold, opened
from voc.report.page import export_page
from voc.report.tables import Html, say

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" height="80" viewBox="0 0 420 80"><g class="head"><text>T</text></g>'
    '<path id="p01234567x" d="M0 0"/><use href="#p01234567x"/></svg>'
)


def chart(title: str = "T") -> Picture:
    return Picture(SVG, "two bars", title, "n 4", 20)


def test_pictures_stand_side_by_side_with_their_headlines_as_text():
    html = opened(say("Words."), chart("<b>"), chart(), say("More."), chart()).html
    assert html.count('<div class="figures">') == 2
    assert html.count("<figure>") == 3
    assert "<strong>&lt;b&gt;</strong>" in html
    assert 'class="head"' not in html  # the headline is text, not part of the drawing
    assert opened(None, chart()).text == "two bars"


def test_a_fold_is_named_escaped_and_may_be_led_to():
    html = fold("<i>All</i>", say("a"), anchor="heard-delivery").html
    assert html.startswith('<details class="quiet" id="heard-delivery"><summary>&lt;i&gt;All&lt;/i&gt;</summary>')
    assert fold("All", say("a"), paper=False).html.startswith('<details class="screen">')
    assert fold("All", None, Html("")).html == ""


def test_two_equal_pictures_in_folds_keep_ids_of_their_own_on_the_page(tmp_path):
    bundles = [fold(name, chart())._repr_mimebundle_() for name in ("One", "Two")]
    outputs = [nbformat.v4.new_output("display_data", data=data, metadata=meta) for data, meta in bundles]
    cells = [nbformat.v4.new_markdown_cell("# T"), nbformat.v4.new_code_cell("", outputs=outputs)]
    page = export_page(nbformat.v4.new_notebook(cells=cells), out=tmp_path / "a.html", title="T").read_text("utf-8")
    assert page.count("<details") == page.count("</details>") == 2
    assert page.count('id="s0p01234567x"') == page.count('id="s1p01234567x"') == 1
    assert 'href="#s1p01234567x"' in page
