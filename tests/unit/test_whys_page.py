"""The page of the whys: words and figures of hand-made trees, nothing of hostile texts as markup, and words where data lack."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from voc.analysis.findings import COLUMNS as FINDING_COLUMNS
from voc.analysis.whys.ends import ASK, CAUSE
from voc.analysis.whys.events import NO_EVENT
from voc.analysis.whys.own import OWN_COLUMNS
from voc.analysis.whys.rows import Rows
from voc.analysis.whys.stories import NODE_COLUMNS, TRIED_COLUMNS, Whys
from voc.analysis.whys.voices import COLUMNS as VOICE_COLUMNS
from voc.data.periods import Period
from voc.report.pages import (
    front,
    whys,
    whys_causes,
    whys_drawn,
    whys_findings,
    whys_front,
    whys_own,
    whys_steps,
    whys_words,
)

NOW = Period.parse("2026-10")
HOSTILE = "<script>alert(1)</script>"
ROOT = {
    "story": "S1", "node": "S1", "parent": "", "depth": 0, "kind": "start", "names": (), "values": (), "label": "late delivery",
    "measure": "contacts", "against": "others", "reason": "weighs", "sign": 1, "where_name": "", "where_value": "", "n": 1000,
    "people": 800, "whole": 1000.0, "excess": 1000.0, "expected": 0.0, "share": 1.0, "here": 1000.0, "rest": 9000.0, "judged": "main",
    "tries": 5000, "certainty": "", "also": [], "words": {}, "stop": "", "leaf": False, "ends": "", **NO_EVENT,
    "contacts_month": 90, "hours_month": 9.0, "money_month": 288.0,
}  # fmt: skip
PLACE = ROOT | {
    "node": "S1.1", "parent": "S1", "depth": 1, "kind": "combination", "names": ("region", "carrier"), "values": ("South", "GoBox"),
    "n": 240, "people": 188, "excess": 180.0, "expected": 60.0, "share": 18.0, "lo": 12.0, "hi": 24.0, "here": 2.0, "rest": 0.5,
    "q": 0.0004, "certainty": "sure", "z_found": 8.0, "z_confirmed": 4.0, "merely": "", "merely_left": 0.9, "season": False,
    "cause": "k1", "owner": "Logistics", "known_since": "", "same_as": "",
}  # fmt: skip
SAID = PLACE | {
    "node": "S1.1.1", "parent": "S1.1", "depth": 2, "kind": "wording", "names": ("wording",), "values": ("7",), "n": 60, "people": 50,
    "whole": 240.0, "excess": 48.0, "expected": 12.0, "share": 20.0, "lo": 10.0, "hi": 30.0, "tries": 300, "q": 0.03,
    "words": {"en": ["text", HOSTILE], "ru": ["смс"]}, "leaf": True, "stop": "customers say it themselves", "ends": CAUSE,
    "contacts_month": 20, "hours_month": 2.0, "money_month": 64.0,
}  # fmt: skip
SPAN = PLACE | {
    "story": "S2", "node": "S2.1", "parent": "S2", "kind": "time", "names": ("time",), "values": ("",), "label": "payment failed",
    "begin": pd.Timestamp("2026-09-28"), "end": pd.Timestamp("2026-10-09"), "leaf": True, "ends": ASK, "stop": "nothing",
}  # fmt: skip
OTHER = ROOT | {"story": "S2", "node": "S2", "label": "payment failed"}
NOTHING = ROOT | {
    "story": "S3",
    "node": "S3",
    "label": HOSTILE,
    "stop": "nothing that was tried explains it beyond chance",
    "leaf": True,
    "ends": ASK,
}


def found(*nodes: dict, tried: list[dict] | None = None, voices: list[dict] | None = None) -> Whys:
    return Whys(
        pd.DataFrame(list(nodes), columns=NODE_COLUMNS), pd.DataFrame(tried or [], columns=TRIED_COLUMNS).astype({"taken": bool}),
        pd.DataFrame(voices or [], columns=VOICE_COLUMNS), pd.DataFrame(columns=["story", "node", "interaction_id"]),
    )  # fmt: skip


def rows(days: int = 700) -> Rows:
    """One contact a day about «payment failed», three a day from 28 September to 9 October 2026."""
    first = pd.Timestamp("2024-12-01")
    day = [at for at in range(days) for _ in range(3 if 666 <= at <= 677 else 1)]
    frame = pd.DataFrame({"interaction_id": [f"c{i}" for i in range(len(day))], "issue": "payment failed"})
    teller = np.arange(len(day))
    return Rows(frame, "issue", {}, {}, teller, teller % 2 == 0, np.array(day, np.int32), first)


def test_a_story_is_told_with_its_figures_and_its_end() -> None:
    heard = {
        "story": "S1",
        "node": "S1.1.1",
        "interaction_id": "c1",
        "language": "en",
        "channel": "chat",
        "score": 2.0,
        "text": HOSTILE,
    }
    told = whys.stories(
        found(ROOT, PLACE, SAID, voices=[heard | {"dissent": False}, heard | {"dissent": True}]), rows(), NOW, 5, "€"
    )
    assert HOSTILE not in told.html
    text = told.text.replace("\u00a0", " ")
    assert "1,000 contacts of 800 customers in the year to the end of October 2026; 90 in October 2026, 9 hours" in text
    assert (
        "240 contacts of 188 customers, where 60 would be expected if it were as elsewhere: it carries 18.0% (12.0–24.0%) of all 1,000."
        in text
    )
    assert (
        "it carries at least 20.0% (10.0–30.0%) of the 240 at the step above, for the same can be said in other words."
        in text
    )
    assert "The strongest of 5,000 tried. Among findings as strong, fewer than 0.1% are false" in text
    assert "about 3.0% are false" in text
    assert "less than once in 1,000 times" in text  # z of 4: 0.00003
    assert "Here somebody can act. Read ten of these contacts, then show them to GoBox" in text
    assert "1 typical voice and one against" in text
    assert '<span lang="ru"' in told.html


def test_old_news_is_folded_with_its_reason() -> None:
    season = whys.stories(found(OTHER, SPAN | {"season": True}), rows(), NOW, 5)
    assert "<details" in season.html
    assert "As every year." in season.text
    assert "the same days a year before stood out as well" in season.text
    known = whys.stories(found(OTHER, SPAN | {"known_since": "2026-08"}), rows(), NOW, 5)
    assert "Known since 2026-08." in known.text
    same = whys.stories(found(OTHER, SPAN | {"same_as": "S1.1"}), rows(), NOW, 5)
    assert "The same contacts as told above." in same.text
    news = whys.stories(found(OTHER, SPAN), rows(), NOW, 5)
    assert "<h3" in news.html
    assert "<h3" not in whys.stories(found(OTHER, SPAN), rows(), NOW, 0).html  # beyond the number told in full


def test_the_lead_counts_what_became_of_the_questions() -> None:
    lead = whys.lead(found(ROOT, PLACE, SAID, OTHER, SPAN | {"season": True}, NOTHING), NOW).text
    assert "3 questions asked of October 2026: 1 leads to something" in lead
    assert "1 comes back to what is known" in lead
    assert "for 1 nothing in these data" in lead
    assert "must be asked" not in lead  # none does
    assert "At least 15,300 explanations" in lead  # 5,000 and then 300 of S1, 5,000 of S2, 5,000 of S3
    assert "No question could be asked" in whys.lead(found(), NOW).text


def test_questions_without_an_answer_are_listed_with_tries_and_whom_to_ask() -> None:
    told = whys.unanswered(found(ROOT, PLACE, SAID, NOTHING), NOW)
    assert HOSTILE not in told.html
    assert told.text.startswith("1 question asked of which the data end at once")
    assert "5,000 tried" in told.text
    assert "call back five of these customers" in told.text
    assert whys.unanswered(found(ROOT, PLACE, SAID), NOW) is None
    assert whys.stories(found(NOTHING), rows(), NOW, 5) is None


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ({}, "Why do customers come about late delivery?"),
        ({"against": "previous"}, "Why are there more contacts about late delivery than in September 2026?"),
        (
            {"against": "previous", "sign": -1},
            "Why are there fewer contacts about late delivery than in September 2026?",
        ),
        ({"against": "season"}, "Why are there more contacts about late delivery than in October 2025?"),
        ({"measure": "unhappy"}, "Why do contacts about late delivery end unhappy?"),
        (
            {"measure": "slow", "against": "previous", "label": "", "where_name": "channel", "where_value": "chat"},
            "Why do more contacts by chat wait long for an answer than in September 2026?",
        ),
    ],
)
def test_a_question_says_what_it_is_about_and_against_what(start: dict, words: str) -> None:
    assert whys_words.question(ROOT | start, NOW) == words


def test_the_size_of_a_question_is_told_by_its_measure() -> None:
    fewer = ROOT | {"against": "previous", "sign": -1, "n": 174, "here": 174.0, "rest": 48.0, "whole": 128.0}
    assert whys_words.size(fewer, NOW) == "174 contacts in September 2026, 48 in October 2026: about 128 missing."
    unhappy = ROOT | {"measure": "unhappy", "against": "previous", "n": 40, "here": 40.0, "rest": 60.0, "whole": 15.0}
    assert whys_words.size(unhappy, NOW) == (
        "40 unhappy answers (1 or 2 of 5) among the 100 of October 2026 where it is known: about 15 more than the share of "
        "September 2026 would make."
    )
    nobody_known = ROOT | {"people": 1000, "contacts_month": 0}
    assert (
        whys_words.size(nobody_known, NOW)
        == "1,000 contacts in the year to the end of October 2026; none in October 2026."
    )


def test_where_the_words_depend_on_the_kind() -> None:
    path = [PLACE, SAID]
    assert whys_words.cause_words(path) == f"from South with carrier GoBox; customers say «text, {HOSTILE}» / «смс»"
    assert "page 3 of the manual" in whys_steps.step([PLACE | {"names": ("manual_page",), "values": ("3",)}])
    assert "error log of version 7.3" in whys_steps.step(
        [PLACE | {"names": ("carrier", "app_version"), "values": ("GoBox", "7.3")}]
    )
    assert "Ask Logistics what changed about 28" in whys_steps.ask([SPAN], OTHER).replace("\u00a0", " ")
    evening = PLACE | {"kind": "label", "names": ("hour",), "values": ("evening",), "ends": ASK}
    assert "different in the evening?" in whys_steps.ask([evening], ROOT)
    assert "split by app version first" in whys_steps.ask([PLACE | {"merely": "app_version"}], ROOT)
    assert "only 37% of the difference" in whys_words.merely_words(
        PLACE | {"merely": "app_version", "merely_left": 0.37}
    )


def test_an_event_that_lies_near_by_chance_is_only_a_hint() -> None:
    event = {
        "event": "App 7.3",
        "event_kind": "release",
        "event_on": pd.Timestamp("2026-09-27"),
        "lag": 1.0,
        "before": 3,
        "before_rose": 1,
    }
    often = whys_words.event_words(SPAN | event | {"by_chance": 0.2}).replace("\u00a0", " ")
    assert often == (
        "It begins 1 day after «App 7.3» (release, 27 Sep 2026). 20.0% of all days have an event as near: a hint only. "
        "Of 3 earlier events of its kind 1 was followed by such a rise."
    )
    assert "seldom by chance" in whys_words.event_words(SPAN | event | {"by_chance": 0.05})
    assert "No event" in whys_words.event_words(SPAN)
    assert whys_words.event_words(PLACE) == ""


def test_pictures_state_what_is_carried() -> None:
    other = {
        "story": "S1",
        "node": "S1.1",
        "kind": "label",
        "names": ("product",),
        "values": ("Lamp",),
        "share": 7.0,
        "z": 2.0,
        "q": 0.01,
        "certainty": "",
        "taken": False,
    }
    part = other | {
        "kind": "combination",
        "names": ("region", "carrier", "hour"),
        "values": ("South", "GoBox", "night"),
        "share": 17.0,
    }
    tried = found(tried=[other, part]).tried
    assert (
        whys_drawn.beside(PLACE, tried).title == "It carries 18.0%; the next that was tried 7.0%"
    )  # its own part is no rival
    assert (
        whys_drawn.beside(PLACE, tried.assign(q=0.5)).title == "It carries 18.0%; what else was tried, chance can make"
    )
    assert "others are wider" in whys_drawn.beside(PLACE, tried.assign(share=40.0)).title
    assert whys_drawn.beside(SAID, tried).title == "It carries 20.0%; 80.0% are left"
    tree = whys_drawn.tree([ROOT, PLACE, SAID], NOW)
    assert tree.title == "18.0% of it: from South with carrier GoBox"
    assert HOSTILE not in tree.svg
    assert whys_drawn.tree([ROOT], NOW) is None


def test_a_span_is_drawn_over_time_with_its_weeks() -> None:
    picture = whys_drawn.course(SPAN, OTHER, rows(), None, NOW)
    # 52 weeks from Sunday to Saturday up to 31 October: 364 days, and 12 of them with two contacts more: 388. The span from
    # Monday 28 September to Friday 9 October: two weeks of six full days and one usual one, 6 × 3 + 1
    assert "n 388" in picture.subtitle
    assert "The most in a week were 19, the median 7." in picture.alt
    daily = whys_drawn.course(SPAN, OTHER | {"against": "previous"}, rows(), ["c0"], NOW)
    assert "n 0" in daily.subtitle  # the one contact of the step above came long before
    assert whys_drawn.course(PLACE, ROOT, rows(), None, NOW) is None
    assert whys_drawn.course(SPAN, OTHER | {"measure": "unhappy"}, rows(), None, NOW) is None


def test_causes_carry_a_part_of_the_whole_problem() -> None:
    made = whys_causes.causes(found(ROOT, PLACE, SAID, OTHER, SPAN, NOTHING))
    assert list(made["group"]) == [whys_causes.ACT, whys_causes.ASKED]
    first = made.iloc[0]
    assert (round(first["carried"], 6), round(first["lo"], 6), round(first["hi"], 6)) == (
        4.8,
        2.4,
        7.2,
    )  # 20 % of 240 of 1,000
    assert first["problem"] == "Late delivery"
    told = whys_causes.causes_table(made, NOW, "€")
    assert HOSTILE not in told.html
    assert "4.8% (2.4–7.2%)" in told.text
    over = whys_causes.causes(found(ROOT, PLACE, SAID | {"contacts_month": 0}))
    assert list(over["group"]) == [whys_causes.OVER]
    assert "No question led to a cause" in whys_causes.causes_table(whys_causes.causes(found()), NOW).text


def test_findings_are_of_this_period_and_beyond_what_is_expected() -> None:
    whole = found(ROOT, PLACE, SAID)
    news = whys_findings.findings(whys_causes.causes(whole), whole.nodes, NOW, "04_five_whys", "issue", "€")
    assert list(news.columns[: len(FINDING_COLUMNS)]) == FINDING_COLUMNS
    row = news.iloc[0]
    # of 60 contacts 12 would be expected anyhow: of 20 in the period 4; chance makes 1.96 × 2 of them
    assert (row["value"], row["before"], row["change"], row["floor"]) == (20.0, 4.0, 16.0, 4.0)
    assert (row["dimension"], row["label"]) == ("issue", "late delivery")
    assert '"node": "S1.1.1"' in row["trace"]
    few = found(ROOT, PLACE, SAID | {"contacts_month": 9})
    assert whys_findings.findings(whys_causes.causes(few), few.nodes, NOW, "x", "issue").empty


def test_tables_come_back_from_the_store_as_they_were(tmp_path) -> None:
    whole = found(ROOT, PLACE, SAID, OTHER, SPAN | {"season": True})
    path = tmp_path / "whys.parquet"
    whys_causes.tables(whole)["whys"].to_parquet(path)
    again = whys_causes.restored(pd.read_parquet(path))
    back = whys_causes.causes(Whys(again, whole.tried, whole.voices, whole.members))
    pd.testing.assert_frame_equal(back, whys_causes.causes(whole))
    assert whys_causes.tables(found())["whys"].empty


def test_the_front_page_tells_three_lines_a_cause() -> None:
    whole = found(ROOT, PLACE, SAID, OTHER, SPAN | {"season": True})
    made, nodes = whys_causes.causes(whole), whys_causes.tables(whole)["whys"]
    told = whys_front.why(made, nodes, NOW, "€")
    assert HOSTILE not in told.html
    assert told.html.count("<li>") == 1  # what comes every year is no news
    assert 'href="04_five_whys.html#story-s1"' in told.html
    assert "1 tree: what carries how much" in told.text
    short = whys_front.why(made, nodes, NOW, "€", above=["04_five_whys.html#story-s1"])
    assert "Told in brief" in short.text and len(short.text) < len(told.text)
    assert "nothing in these data explains" in whys_front.why(made.iloc[:0], nodes, NOW).text
    assert whys_front.why(None, None, NOW) is None
    assert "the whys were not asked" in front.standing_limits(asked=False).to_string()
    assert "the whys were not asked" not in front.standing_limits().to_string()


def test_an_analysts_why_stands_beside_what_the_data_say() -> None:
    base = dict.fromkeys(OWN_COLUMNS, "") | {
        "problem": "late delivery",
        "because": HOSTILE,
        "by": "Ada",
        "on": None,
        "verdict": "open",
    }
    yes = base | {
        "seen_by": "carrier GoBox",
        "n": 511.0,
        "whole": 2000.0,
        "share": 10.0,
        "excess": 200.0,
        "certainty": "sure",
        "agrees": "yes",
    }
    unknown = base | {
        "n": np.nan,
        "whole": np.nan,
        "share": np.nan,
        "excess": np.nan,
        "agrees": "cannot tell",
        "why": "it names no value",
    }
    told = whys_own.own(pd.DataFrame([yes, unknown], columns=OWN_COLUMNS), NOW)
    assert HOSTILE not in told.html
    assert "511 of 2,000 contacts about it show carrier GoBox: 200 (10.0% of the problem) more" in told.text
    assert "the data cannot tell: it names no value" in told.text
    assert "Ada" in told.text
    assert "No whys of an analyst" in whys_own.own(pd.DataFrame(columns=OWN_COLUMNS), NOW).text


def test_what_could_not_be_asked_is_listed() -> None:
    few = whys_findings.limits(found(NOTHING), labels=[], words=False, events=False, before=False)["why"].str.cat(
        sep="; "
    )
    for words in (
        "no words of customers",
        "no label",
        "no customer can be followed",
        "no events",
        "no contacts before",
        "up to 5,000",
    ):
        assert words in few
    full = whys_findings.limits(
        found(ROOT, PLACE, SAID), labels=["product", "came_after"], words=True, events=True, before=True
    )
    assert len(full) == 1  # that it is no proof always stands
