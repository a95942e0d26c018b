import re

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from voc.report import charts, front
from voc.report.page import PageError, export_page
from voc.report.pages import cleaning
from voc.report.tables import Col, Html, chip, esc, moved, safe_href, say, table

BAD = "<script>alert(1)</script>"


def picture(title="Finding"):
    frame = pd.DataFrame({"period_start": pd.date_range("2026-01-01", periods=3, freq="MS"), "value": [1.0, 2.0, 3.0]})
    return charts.trend(frame, title=title, subtitle="measure", unit="%", alt="rises")


def shown(*things, **meta):
    bundles = [thing._repr_mimebundle_() for thing in things]
    outputs = [new_output("display_data", data=data, metadata=about) for data, about in bundles]
    return new_code_cell("secret_code()", outputs=outputs, metadata=meta)


def page(*cells, path, **options):
    return export_page(new_notebook(cells=list(cells)), out=path / "page.html", title="Title", **options).read_text(
        "utf-8"
    )


def test_what_readers_get(tmp_path):
    html = page(new_markdown_cell("# Head\n\nText"), shown(picture(), say("{x}", x=BAD)), path=tmp_path, lang="ru")
    assert '<html lang="ru">' in html
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in html
    assert '<meta name="viewport"' in html
    assert html.count("<main") == 1
    assert 'role="img" aria-label="rises"' in html
    assert "<figcaption><strong>Finding</strong>" in html
    for never in ("secret_code", "<script", "http://", "https://", "In [", "Out["):
        assert never not in html
    assert html.count("<h1") == 1


def test_lab_only_cells_warnings_and_foreign_markup_stay_out(tmp_path):
    warned = new_code_cell("", outputs=[new_output("stream", name="stderr", text="WARNED")])
    foreign = new_code_cell(
        "", outputs=[new_output("execute_result", data={"text/html": f"<b>{BAD}</b>", "text/plain": BAD})]
    )
    drawn = new_code_cell(
        "", outputs=[new_output("display_data", data={"image/svg+xml": "<svg onload=alert(1)></svg>"})]
    )
    script = new_code_cell("", outputs=[new_output("display_data", data={"application/javascript": "alert(1)"})])
    lab = shown(say("LABONLY"), tags=["lab-only"])
    html = page(new_markdown_cell("# H"), warned, foreign, drawn, script, lab, path=tmp_path)
    for never in ("WARNED", "LABONLY", "<script", "<b>", "onload"):
        assert never not in html
    assert esc(BAD) in html


def test_an_error_stops_the_export_and_leaves_the_last_page(tmp_path):
    (tmp_path / "page.html").write_text("last good page")
    failed = new_code_cell("", outputs=[new_output("error", ename="KeyError", evalue="'csat'", traceback=["x"])])
    with pytest.raises(PageError, match="cell 2: KeyError: 'csat'"):
        page(new_markdown_cell("# H"), failed, path=tmp_path)
    assert (tmp_path / "page.html").read_text() == "last good page"


def test_a_page_too_large_is_refused(tmp_path):
    with pytest.raises(PageError, match="limit is 2,000,000"):
        page(shown(Html("x" * 2_000_001)), path=tmp_path)


def test_prose_is_markdown_without_markup(tmp_path):
    text = f"# H\n\n{BAD}\n\n[a](javascript:alert(1)) ![p](https://example.invalid/x.png) **b** $5 and $6\n\n|a|b|\n|-|-:|\n|1|2|"
    said = new_code_cell("", outputs=[new_output("display_data", data={"text/markdown": f"*em* {BAD}"})])
    html = page(new_markdown_cell(text), said, path=tmp_path)
    assert "<script" not in html
    assert "javascript:" not in html
    assert "example.invalid" not in html
    assert "<strong>b</strong> $5 and $6" in html
    assert "<em>em</em>" in html
    assert "<table>" in html


def test_headings_have_ids_and_contents(tmp_path):
    cells = [
        new_markdown_cell("# H\n\n## First response {#frt}\n\n## First response\n\n## Первый ответ\n\n## Первый ответ")
    ]
    html = page(*cells, path=tmp_path)
    assert re.findall(r'<h2 id="([^"]+)"', html) == ["frt", "first-response", "первый-ответ", "первый-ответ-2"]
    assert '<a href="#первый-ответ-2">Первый ответ</a>' in html


def test_neighbouring_pictures_share_a_row(tmp_path):
    html = page(shown(picture()), shown(picture()), new_markdown_cell("Text"), shown(picture()), path=tmp_path)
    assert html.count('<div class="figures') == 2
    assert html.count('<div class="figures alone">') == 1
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_same_bytes_twice(tmp_path):
    cells = [new_markdown_cell("# H"), shown(picture(), front.brief(None))]
    assert page(*cells, path=tmp_path / "a") == page(*cells, path=tmp_path / "b")


def test_reads_a_notebook_file(tmp_path):
    nbformat.write(new_notebook(cells=[new_markdown_cell("# From a file")]), tmp_path / "n.ipynb")
    out = export_page(tmp_path / "n.ipynb", out=tmp_path / "deep" / "n.html", title="x")
    assert "From a file" in out.read_text("utf-8")


def test_say_escapes_values_and_keeps_the_template():
    said = say("**{a}** & {b}", certainty="likely", a=BAD, b="{c}")
    assert said.html.startswith(f'<p class="say"><strong>{esc(BAD)}</strong> &amp; {{c}} ')
    assert said.text == f"{BAD} & {{c}} [likely]"


def test_chips_differ_in_more_than_colour():
    looks = [
        re.sub(r'class="[^"]*"', "", chip(word).html) for word in ("sure", "likely", "within noise", "cannot tell")
    ]
    assert len(set(looks)) == 4
    assert chip("nonsense").text == "cannot tell"


def test_changes_carry_arrow_and_word():
    assert moved(-3, "%", "up", "sure").text.replace("\xa0", " ") == "↓ −3.0 pts worse"
    assert moved(-3, "%", "up", "within noise").text.replace("\xa0", " ") == "−3.0 pts within noise"
    assert 'class="moved quiet"' in moved(-3, "%", "up", "within noise").html


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "data:text/html,x", "//evil.example", '"><b>', " vbscript:x", None]
)
def test_links_that_run_or_leave_go_nowhere(target):
    assert safe_href(target) == "#"


def test_tables_are_accessible_and_escaped():
    frame = pd.DataFrame({"label": [BAD, "b"], "share": [40.0, 20.0], "lo": [1.0, 2.0], "hi": [3.0, 4.0]})
    made = table(frame, columns=[Col("label", "Label"), Col("share", "Share", "number", "%"), Col("x", "95%", "interval", "%")],
                 caption=BAD, bars=["share"], wide=True)  # fmt: skip
    assert "<script" not in made.html
    assert '<th scope="row">' in made.html
    assert made.html.count('scope="col"') == 3
    assert 'tabindex="0"' in made.html
    assert 'role="region"' in made.html
    assert re.findall(r"width:([\d.]+)%", made.html) == ["100.0", "50.0"]
    assert table(frame.head(0), columns=[Col("label")], caption="None").text == "None: Nothing to show."


def test_every_fragment_escapes_and_bears_emptiness():
    words = ["headline", "detail", "follows", "owner", "href", "direction", "certainty", "label", "why_missing", "note", "category", "voices", "text", "language", "channel", "stratum", "cause", "step", "date", "expected", "smallest", "measure", "since", "verdict", "effect", "age", "what", "why", "settles"]  # fmt: skip
    row = dict.fromkeys(words, BAD)
    frame = pd.DataFrame(
        [
            {
                **row,
                "voices": 2,
                "value": 1.0,
                "unit": "%",
                "contacts": 3,
                "share": 1.0,
                "change": 1.0,
                "score": 1,
                "n": 3,
            }
        ]
    )
    full = [front.brief(frame), front.unchanged(frame), front.cards(frame), front.categories(frame), front.voices(frame),
            front.actions(frame), front.verdicts(frame), front.cannot_say(frame),
            front.foot({BAD: BAD}, [(BAD, 1, {BAD: BAD})], BAD, [BAD]),
            front.masthead(title=BAD, company=BAD, period_label=BAD, previous_label=BAD, data_until=BAD, contacts=1, note=BAD)]  # fmt: skip
    for fragment in full:
        assert "<script" not in fragment.html
        assert "alert" in fragment.html
    empty = [front.brief(None), front.unchanged(None), front.voices(None), front.actions(None), front.verdicts(frame.head(0)),
             front.cannot_say([]), front.cards(frame.head(0)), front.categories(frame.head(0)), front.foot({})]  # fmt: skip
    for fragment in empty:
        assert fragment.text


def test_in_brief_shows_at_most_seven_and_judges_nothing_unsure():
    many = pd.DataFrame({"headline": [f"Finding {i}" for i in range(9)], "detail": "x", "certainty": "within noise",
                         "direction": "worse"})  # fmt: skip
    html = front.brief(many).html
    assert html.count("<li>") == 7
    assert "↓ worse" not in html


def test_a_card_without_a_value_says_why():
    card = front.cards(pd.DataFrame([{"label": "CSAT", "value": None, "unit": "%", "why_missing": "No survey."}]))
    assert "cannot tell" in card.text
    assert "No survey." in card.text


def test_a_difference_between_groups_is_neither_better_nor_worse():
    row = {"headline": "CSAT of a is low.", "certainty": "sure", "direction": "worse", "value": 70.0, "rest": 80.0,
           "before": float("nan")}  # fmt: skip
    html = front.brief(pd.DataFrame([row])).html
    assert "below the others" in html
    assert "worse" not in html


def test_a_card_that_cannot_be_compared_shows_its_reason_and_no_change():
    row = {"label": "CSAT", "value": 80.0, "unit": "%", "change": 0.0, "floor": 3.0, "certainty": "cannot tell"}
    said = front.cards(pd.DataFrame([row | {"note": "No comparison: the period is not whole."}])).text
    assert "±0.0" not in said
    assert "No comparison" in said


def test_limits_are_sentences_in_words():
    said = front.cannot_say(pd.DataFrame([{"what": "x", "why": "the data have no customer_id"}])).text
    assert "The data have no customer id." in said


def test_an_empty_table_says_only_its_sentence():
    made = table(pd.DataFrame({"a": []}), columns=[Col("a")], caption="Missing", empty="Every measure can be had.")
    assert made.text == "Every measure can be had."


def test_a_very_long_label_is_cut_and_quickly_drawn():
    frame = pd.DataFrame({"label": ["word " * 600, "b"], "value": [1.0, 2.0]})
    said = {"title": "long " * 600, "subtitle": "s", "unit": "%", "alt": "x"}
    assert len(charts.interval_bars(frame, **said).svg) < 20_000
    assert "…" in table(frame, columns=[Col("label")], caption="c").text


def test_no_fields_is_a_sentence_and_labels_are_no_repairs():
    fields = pd.DataFrame({"field": [], "group": [], "n": [], "filled_pct": []})
    assert "no fields" in cleaning.field_chart(fields).text
    trail = pd.DataFrame(
        {"step": ["drop repeated ids", "unify", "join scores"], "rows_in": [100, 97, 97], "rows_out": [97, 97, 97],
         "cells_changed": [5, 50, 20]}
    )  # fmt: skip
    picture = cleaning.steps_chart(trail)
    assert picture.title == "3.0% of the rows were taken out, 5 cells repaired"
    assert "50 labels brought to their class and 20 survey answers joined" in picture.subtitle
    assert "Same id again" in picture.svg
