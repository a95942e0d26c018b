"""The map as readers see it: sentences, the folded table, charts and voices, from small maps."""

import re

import numpy as np
import pandas as pd
import pytest
from voc.analysis.rules import MetricRules
from voc.analysis.themes.lines import CATEGORY, SEVERAL, TOPIC, members
from voc.analysis.themes.panel import panel, three
from voc.analysis.themes.table import topic_map
from voc.data.periods import Period
from voc.report.charts import map as charts
from voc.report.pages import topics as page
from voc.report.pages import topics_drawn as drawn
from voc.report.pages import voices as voice_page

OCTOBER = Period.parse("2026-10")
RULES = MetricRules()
HOSTILE = "<script>alert(1)</script>"


def shop(issues: int = 20, n: int = 60, label: str = "issue") -> dict[str, pd.DataFrame]:
    """Make two months of a shop: every issue n times, the first one twice as often in the second month, half angry."""
    rows = [
        {"period_start": pd.Timestamp(f"2026-{month}-01"), "category": f"root {at % 3}", "issue": f"{label} {at:02d}"}
        for month in ("09", "10")
        for at in range(issues)
        for _ in range(n * (2 if at == 0 and month == "10" else 1))
    ]
    frame = pd.DataFrame(rows)
    frame["interaction_id"] = [f"t:{at:05d}" for at in range(len(frame))]
    ids = frame["interaction_id"]
    angry = np.where(frame["issue"].str.endswith("01"), -1, np.where(np.arange(len(frame)) % 5 == 0, -1, 1))
    contacts = frame[["interaction_id", "period_start"]].assign(
        csat_pct=np.where(np.arange(len(frame)) % 3 == 0, 1.0, np.nan), repeat_pct=0.0, handle_seconds=600.0
    )
    topics = pd.DataFrame(
        {"topic": ["0", "1"], "label": ["где посылка", "物流太慢"], "stability": [0.9, 0.1], "stable": [True, False]}
    )
    mentions = pd.DataFrame({"interaction_id": ids, "topic": np.where(np.arange(len(frame)) % 4 == 0, "1", "0")})
    lines = members(frame, mentions, topics)
    moods = pd.DataFrame({"interaction_id": ids, "mood": angry, "p": 0.9})
    texts = pd.DataFrame({
        "interaction_id": ids, "text": [f"the parcel {one} is late {HOSTILE}" for one in ids], "language": "en", "channel": "phone",
        "date": pd.Timestamp("2026-10-05"), "score": np.where(np.arange(len(frame)) % 3 == 0, 5.0, np.nan), "asked": True,
    })[(frame["period_start"] == "2026-10-01").to_numpy()]  # fmt: skip
    owners = {"category": {"root 0": "Logistics"}, "default": {"default": "Head of service"}}
    said = topic_map(contacts, lines, OCTOBER, RULES, moods=moods, topics=topics, owners=owners)
    return {"said": said, "lines": lines, "moods": moods, "texts": texts, "topics": topics}


@pytest.fixture(scope="module")
def made() -> dict[str, pd.DataFrame]:
    return shop()


def test_the_lead_tells_the_change_once_with_owner_step_and_chance(made):
    text = page.lead(made["said"], OCTOBER).text
    assert "1,260 contacts in October 2026" in text
    assert "Issue 00 : 9.5% of contacts" in text
    assert "4.5 pts more than in September 2026 (chance alone ±" in text
    assert "Logistics: read its three voices below" in text
    assert "100.0% of them in one of 20 categories" in text
    assert text.count("Issue ") == 1


def test_a_topic_that_tells_the_same_as_a_category_confirms_it():
    said = shop()["said"]
    twin = said[(said["kind"] == CATEGORY) & (said["label"] == "issue 00")].assign(kind=TOPIC, label="parcel, late")
    text = page.lead(pd.concat([said, twin], ignore_index=True), OCTOBER).text
    assert "The texts say so too, without that label: topic «parcel, late»." in text
    assert "Parcel, late :" not in text


def test_a_quiet_month_and_a_first_month_say_so(made):
    quiet = made["said"].assign(certainty="within noise")
    assert "no share on this map changed by more than chance" in page.lead(quiet, OCTOBER).text
    first = made["said"].assign(change=np.nan, why="the data begin on 1 October 2026", certainty="cannot tell")
    assert "Nothing can be said of changes: the data begin on 1 October 2026." in page.lead(first, OCTOBER).text
    assert "no map to draw" in page.lead(made["said"][:0], OCTOBER).text


def test_the_table_shows_every_root_and_what_changed_folds_all_lines_and_loses_none(made):
    shown = page.overview(made["said"], CATEGORY, OCTOBER, RULES)
    open_, folded = shown.html.split("<details")
    assert [f'<th scope="row">root {at}' in open_ for at in range(3)] == [True] * 3
    assert open_.count('<a href="#heard-') == 1  # the one that changed, set in under its root
    assert 'class="within"><a href="#heard-category-root-0-issue-00"' in open_
    assert folded.count('<a href="#heard-') == 20
    assert [f"all of root {at}" in folded for at in range(3)] == [True] * 3
    assert "All 20 categories in one table" in folded
    assert "within noise" in open_  # the word for the mark, to those who do not see it
    assert "<details" not in page.overview(made["said"], CATEGORY, OCTOBER, RULES, few=30).html
    assert "no contact is sorted" in page.overview(made["said"][:0], CATEGORY, OCTOBER, RULES).text


def test_topics_are_told_in_a_sentence_and_stand_in_one_fold(made):
    text = page.topics_lead(made["said"]).text
    assert "fall into 2 topics" in text
    assert "1 of the topics did not come out again" in text
    assert page.topics_lead(made["said"][:0]).html == ""
    assert page.overview(made["said"], TOPIC, OCTOBER, RULES, few=1).html.startswith("<details")


def test_an_unstable_topic_says_so_and_no_change_of_it_is_told(made):
    html = page.overview(made["said"], TOPIC, OCTOBER, RULES).html
    row = next(part for part in html.split("<tr>") if "物流太慢" in part)
    assert "unstable" in row
    assert "not told" in row
    assert "chip" not in row
    assert "across categories" in html
    assert made["said"].query("kind == 'topic'")["root"].unique().tolist() == [SEVERAL]


def test_columns_without_any_figure_are_left_out(made):
    bare = made["said"].copy()
    for name in ("csat", "negative", "repeat"):
        bare[[name, f"{name}_n", f"{name}_of"]] = [np.nan, 0, 0]
    bare["hours"] = np.nan
    html = page.overview(bare, CATEGORY, OCTOBER, RULES).html
    assert "Share of contacts" in html
    assert not any(head in html for head in ("CSAT", "Negative", "Handling, hours", "Came back"))


def test_few_answers_are_grey_with_their_number(made):
    few = made["said"].assign(csat=60.0, csat_lo=40.0, csat_hi=78.0, csat_n=12, csat_of=100)
    assert "60 (40–78), n 12" in page.overview(few, CATEGORY, OCTOBER, RULES).text
    assert "too few" in page.overview(few.assign(csat_n=3), CATEGORY, OCTOBER, RULES).text


def test_charts_say_the_finding_in_their_title(made):
    said = made["said"]
    shares, moods = drawn.share_chart(said, CATEGORY, OCTOBER), drawn.mood_chart(said, CATEGORY, OCTOBER, RULES)
    assert shares.title == "Issue 00 grew by 4.5\u00a0pts to 9.5%"
    assert "▲ +4.5\u00a0pts" in shares.svg
    assert moods.title.startswith("Issue 01: 100% negative, against 2")
    assert "物流太慢" in drawn.share_chart(said, TOPIC, OCTOBER).svg
    assert "物流太慢" not in drawn.mood_chart(said, TOPIC, OCTOBER, RULES).svg  # unstable
    quiet = drawn.share_chart(said.assign(certainty="within noise"), CATEGORY, OCTOBER)
    assert quiet.title == "No share of a category changed beyond chance"
    assert drawn.share_chart(said[:0], CATEGORY, OCTOBER) is None
    assert drawn.mood_chart(said.assign(negative_n=0), CATEGORY, OCTOBER, RULES) is None
    assert drawn.tree_chart(pd.DataFrame(columns=["label", "level", "value", "faint"]), OCTOBER) is None


def test_words_stand_side_by_side_with_their_language(made):
    words = [{"ru": ("посылка", "где"), "zh": ("包裹",)}, {}]
    html = drawn.words_table(made["said"], made["topics"], words, ["ru", "zh", "en"], OCTOBER).html
    assert '<span lang="ru">посылка, где</span>' in html
    assert '<span lang="zh">包裹</span>' in html
    assert "not told in it" in html
    assert "no words of topics" in drawn.words_table(made["said"][:0], made["topics"], [], ["en"], OCTOBER).text


def test_charts_keep_hostile_and_foreign_labels_as_text_and_repeat_their_bytes():
    labels = [
        HOSTILE,
        "物流太慢，客服不理人，而且已经等了两个星期",
        "посылка потерялась в пути и никто не отвечает",
        "x" * 300,
    ]
    bars = pd.DataFrame(
        {
            "label": labels,
            "value": 5.0,
            "lo": 4.0,
            "hi": 6.0,
            "change": 2.0,
            "certainty": ["sure", "likely", "", ""],
            "faint": [False, False, True, False],
        }
    )
    said = {"title": "t", "subtitle": "s", "alt": "a"}
    for draw in (lambda: charts.shares(bars, **said), lambda: charts.tree(bars.assign(level=[0, 1, 1, 1]), **said)):
        svg = draw().svg
        assert svg == draw().svg
        assert "<script" not in svg
        assert "物流" in svg
    assert charts.shares(bars[:0], **said).svg
    assert charts.moods(pd.DataFrame({"label": ["a"], "negative": [np.nan], "positive": [np.nan]}), **said).svg


def test_heard_holds_the_voices_under_the_anchors_that_the_map_leads_to(made):
    voices = three(made["texts"], made["lines"], np.random.default_rng(1), RULES)
    html = voice_page.heard(voices, made["said"]).html
    link = page.overview(made["said"], CATEGORY, OCTOBER, RULES).html.split('<a href="#')[1].split('"')[0]
    assert f'id="{link}"' in html
    assert html.count("<details") == 4  # three roots, and what lies across
    assert "<script" not in html
    assert "phone, as noted by a colleague" in html
    assert "No text of this period may be quoted" in voice_page.heard(voices[:0], made["said"]).text
    fewer = voices[voices["label"] != "issue 01"]
    shown = voice_page.heard(fewer, made["said"])
    assert "Too few to be quoted: issue 01 ." in shown.text
    links = re.findall(r'href="#(heard-[^"]+)"', page.overview(made["said"], CATEGORY, OCTOBER, RULES).html)
    assert len(set(links)) == 20
    for quoted in (voices, fewer, voices[:0]):  # no link of the map leads nowhere
        html = voice_page.heard(quoted, made["said"]).html
        assert [link for link in links if f'id="{link}"' not in html] == []


def test_the_panel_shows_mood_dissent_and_why_there_is_no_score(made):
    rng = np.random.default_rng(1)
    found = panel(
        made["texts"], made["lines"], made["moods"], made["said"][made["said"]["kind"] == CATEGORY].head(3), rng
    )
    shown = voice_page.panel_shown(found, OCTOBER)
    assert "a dissenting voice" in shown.html
    assert "<script" not in shown.html
    assert "asked, no answer" in shown.html
    assert "% negative" in shown.text
    assert "No voice can be drawn by mood" in voice_page.panel_shown(found[:0], OCTOBER).text


def test_silence_is_said_with_its_numbers(made):
    assert "100% of these are notes of calls" in voice_page.silence(made["texts"], 2000, OCTOBER).text
    assert "none of the contacts" in voice_page.silence(made["texts"][:0], 0, OCTOBER).text


def test_limits_name_what_is_missing_and_what_settles_it(made):
    said = made["said"].assign(negative=np.nan, csat=np.nan)
    what = page.limits(said)
    assert {"what", "why", "settles"} == set(what.columns)
    assert what["what"].str.contains("unstable|mood|content").sum() == 3
