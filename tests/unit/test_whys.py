"""The whys: what a part carries, what is tried, and trees that find what was planted and nothing else."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csc_array
from voc.analysis.whys.apart import mix_and_rate
from voc.analysis.whys.contrast import COUNT, SHARE, Contrast, effects, total
from voc.analysis.whys.events import event_of, seasonal
from voc.analysis.whys.evidence import interval, merely
from voc.analysis.whys.kinds import THEME, TIME
from voc.analysis.whys.own import OwnWhy, held
from voc.analysis.whys.rows import Said
from voc.analysis.whys.starts import BACK, CONTACTS, OTHERS, PREVIOUS, SLOW, UNHAPPY, Start, marked, question, starts
from voc.analysis.whys.stories import whys
from voc.analysis.whys.tree import Growing, gives_away, grow
from voc.analysis.whys.tries import tried
from voc.data.periods import Period
from whys_rows import RULES, rows_from, with_more, world

OCTOBER = Period.parse("2026-10")


def count(*group: int, **more) -> Contrast:
    return Contrast(COUNT, np.array(group, dtype=np.int8), **more)


def test_a_part_carries_what_it_has_beyond_the_rate_of_the_rest():
    # 30 cases on a base of 10; the rest has 40 cases on a base of 80: at its rate the part would have 5
    found = effects(np.array([[30, 10]]), np.array([70, 90]), count())
    assert found.excess[0] == pytest.approx(25)
    assert found.expected[0] == pytest.approx(5)
    assert (found.here[0], found.rest[0]) == (pytest.approx(3.0), pytest.approx(0.5))
    # the deviance of that table, by scipy's log-likelihood test of independence
    from scipy.stats import chi2_contingency

    deviance = chi2_contingency([[30, 10], [40, 80]], correction=False, lambda_="log-likelihood")[0]
    assert found.z[0] == pytest.approx(np.sqrt(deviance))


def test_wider_counts_are_weaker_evidence_and_less_is_asked_with_the_sign():
    usual = effects(np.array([[30, 10]]), np.array([70, 90]), count())
    wide = effects(np.array([[30, 10]]), np.array([70, 90]), count(spread=4.0))
    assert wide.z[0] == pytest.approx(usual.z[0] / 2)
    fewer = effects(np.array([[5, 40]]), np.array([70, 90]), count(sign=-1))
    assert fewer.excess[0] > 0 and fewer.z[0] > 0


def test_a_length_of_time_is_a_base_without_error():
    # 20 of 50 cases in 10 of 100 days
    found = effects(np.array([[20, 10]]), np.array([50, 100]), count(), exact_base=True)
    expected = 2 * (20 * np.log(20 / 5) + 30 * np.log(30 / 45))
    assert found.z[0] == pytest.approx(np.sqrt(expected))
    assert found.excess[0] == pytest.approx(20 - 10 * 30 / 90)


def test_a_share_carries_what_it_moved_beyond_the_rest():
    # here 10 % → 30 % of 100 answers, elsewhere 10 % → 12 % of 200
    part, rest = np.array([30, 70, 10, 90]), np.array([24, 176, 20, 180])
    found = effects(part[None], part + rest, Contrast(SHARE, np.zeros(0, np.int8)))
    assert found.excess[0] == pytest.approx(100 * (0.20 - 0.02))
    assert found.z[0] > 2
    same = effects(rest[None], part + rest, Contrast(SHARE, np.zeros(0, np.int8)))
    assert same.excess[0] < 0 and same.z[0] < 0


@given(st.lists(st.integers(0, 400), min_size=4, max_size=4))
def test_what_one_side_carries_the_other_lacks(cells):
    a, b, c, d = map(float, cells)
    one = effects(np.array([[a, b]]), np.array([a + c, b + d]), count())
    other = effects(np.array([[c, d]]), np.array([a + c, b + d]), count())
    if min(a + c, b + d, b, d) > 0:
        assert one.z[0] == pytest.approx(-other.z[0], abs=1e-6)
        assert np.sign(one.excess[0]) == -np.sign(other.excess[0]) or one.excess[0] == pytest.approx(0, abs=1e-9)


def test_there_is_to_explain_what_exceeds_the_base_in_days():
    asked = count(*[0] * 90, *[1] * 60)
    assert total(asked) == 90
    assert total(asked, 31 / 30) == pytest.approx(90 - 62)
    share = Contrast(SHARE, np.array([0] * 30 + [1] * 70 + [2] * 10 + [3] * 90, dtype=np.int8))
    assert total(share) == pytest.approx(20)


def test_mix_and_rate_add_up_to_the_change():
    # all contacts of the part 100 → 200; of these about the problem 20 → 60
    part = np.ones(300, dtype=bool)
    group = np.array([1] * 20 + [-1] * 80 + [0] * 60 + [-1] * 140, dtype=np.int8)
    then, now = np.arange(300) < 100, np.arange(300) >= 100
    mix, rate = mix_and_rate(part, Contrast(COUNT, group), (now, then), 1.0)
    assert (mix, rate) == (pytest.approx(20), pytest.approx(20))


def test_of_a_share_the_rate_is_its_own_change_and_the_mix_its_weight():
    # the part is 10 of 20 answers before (6 bad; all: 8), 30 of 40 now (18 bad): its share stays at 60 %
    group = np.array([2] * 6 + [3] * 4 + [2] * 2 + [3] * 8 + [0] * 18 + [1] * 12 + [0] * 2 + [1] * 8, dtype=np.int8)
    part = np.zeros(60, dtype=bool)
    part[:10], part[20:50] = True, True
    mix, rate = mix_and_rate(part, Contrast(SHARE, group), (part, part), 1.0)
    assert rate == pytest.approx(0)
    assert mix == pytest.approx((30 / 40 - 10 / 20) * (0.6 - 0.4) * 40)


def grown(rows, start=None, order=2):
    growing = Growing(rows, tuple(rows.codes), RULES, seed=3, order=order)
    asked, whole = question(rows, start or Start("late"), OCTOBER, 1.0)
    return grow(growing, asked, whole, "S1")


def test_a_planted_place_and_span_are_found_in_their_order():
    frame = world(9_000, region=4, carrier=3, colour=5)
    frame = with_more(frame, 260, days=(200, 240), problem="late", region="region 1", carrier="carrier 2")
    nodes, stop, tries = grown(rows_from(frame, ["region", "carrier", "colour"]))
    assert stop == ""
    assert tries > 10_000  # every span of days is counted among the tries
    first = nodes[0]
    assert first.certainty == "sure"
    told = {(name, value) for node in nodes for name, value in zip(node.one["names"], node.one["values"], strict=True)}
    assert {("region", "region 1"), ("carrier", "carrier 2")} <= told
    assert not any("colour" in node.one["names"] for node in nodes)
    span = next(node.one for node in nodes if node.one["kind"] == TIME)
    assert abs(span["begin"] - 200) <= 3 and abs(span["end"] - 240) <= 3


def growing_theme(begins, silent=0, others=0):
    """A theme said by 300 late contacts that come from day 150 on, most of them after day 260, and by the first ``others``.

    ``silent`` more come after day 260 and say nothing.
    """
    frame = with_more(world(9_000), silent, days=(260, 365), problem="late")
    frame = with_more(frame, 20, days=(150, 260), problem="late")
    frame = with_more(frame, 280, days=(260, 365), problem="late")
    rows = rows_from(frame, [])
    at = np.arange(len(frame))
    says = csc_array(((at >= 9_000 + silent) | (at < others)).astype(np.int32)[:, None])
    theme = Said("theme", ("eco",), says, np.ones(len(frame), dtype=bool), ("late",), (rows.day >= 150,), (begins,))
    return replace(rows, said=(theme,))


def test_a_span_that_begins_on_other_days_than_a_theme_does_not_stand_before_it():
    nodes, _, _ = grown(growing_theme((140, 150)))
    assert nodes[0].one["kind"] == THEME
    assert nodes[0].one["excess"] == pytest.approx(300, abs=10)


@pytest.mark.parametrize(("silent", "part", "told"), [(60, 259 / 320, THEME), (80, 256 / 336, TIME)])
def test_a_theme_stands_for_a_stronger_span_of_other_days_that_it_nearly_fills(silent, part, told):
    node = grown(growing_theme((140, 150), silent, others=1_000))[0][0]
    span, theme = (node.rivals[node.rivals["kind"] == kind].iloc[0] for kind in (TIME, THEME))
    assert span["z"] > theme["z"]
    assert theme["excess"] / span["excess"] == pytest.approx(part, abs=0.005)  # told where it carries 80 % of the span
    assert node.one["kind"] == told


def test_a_span_that_begins_when_a_theme_may_have_begun_stands_before_it():
    nodes, _, _ = grown(growing_theme((150, 300)))
    assert nodes[0].one["kind"] == TIME
    assert 253 <= nodes[0].one["begin"] <= 275


def test_the_size_of_a_planted_place_lies_in_its_interval():
    frame = with_more(world(9_000, region=4), 500, problem="late", region="region 1")
    nodes, _, _ = grown(rows_from(frame, ["region"]))
    assert nodes[0].one["values"] == ("region 1",)
    cases = (frame["problem"] == "late").sum()
    assert nodes[0].lo <= 500 / cases <= nodes[0].hi


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_found_where_nothing_was_planted(seed):
    frame = world(6_000, seed=seed, region=6, carrier=4, product=8, colour=10)
    nodes, stop, _ = grown(rows_from(frame, ["region", "carrier", "product", "colour"], seed=seed))
    assert nodes == []
    assert stop


def test_two_causes_are_two_branches():
    frame = with_more(world(9_000, region=4, product=5), 300, problem="late", region="region 1")
    frame = with_more(frame, 300, seed=5, problem="late", product="product 3")
    nodes, _, _ = grown(rows_from(frame, ["region", "product"]))
    branches = [node.one["values"] for node in nodes if node.parent == "S1"]
    assert ("region 1",) in branches and ("product 3",) in branches


def test_a_label_that_names_another_is_told_as_the_same_thing_and_explains_nothing_further():
    frame = with_more(world(9_000, region=4), 300, problem="late", region="region 1")
    frame["city"] = frame["region"].str.replace("region", "city")
    rows = rows_from(frame, ["region", "city"])
    assert gives_away(rows, "city", "region")
    nodes, _, _ = grown(rows)
    assert len(nodes) == 1
    names = {other["names"] for other in nodes[0].also} | {nodes[0].one["names"]}
    assert {("region",), ("city",)} <= names


def test_an_effect_that_another_label_makes_is_called_mostly_that():
    # all late contacts come from one region; the colour is commoner there and means nothing inside it
    frame = with_more(world(9_000, region=3, colour=2), 600, problem="late", region="region 1")
    rng = np.random.default_rng(8)
    there = (frame["region"] == "region 1").to_numpy()
    frame["colour"] = np.where(rng.random(len(frame)) < np.where(there, 0.9, 0.1), "red", "blue")
    rows = rows_from(frame, ["region", "colour"])
    asked, _ = question(rows, Start("late"), OCTOBER, 1.0)
    found = tried(rows, asked, ["region", "colour"], 1)
    red = next(one for one in found.to_dict("records") if one["values"] == ("red",))
    assert merely(rows, asked, red, ["region", "colour"])[0] == "region"
    place = next(one for one in found.to_dict("records") if one["values"] == ("region 1",))
    assert merely(rows, asked, place, ["region", "colour"])[0] == ""


def test_more_than_a_month_before_is_explained_by_where_it_grew():
    frame = world(9_000, region=4)  # days of a year from November: October is 334 to 365
    frame = with_more(frame, 150, days=(334, 365), problem="late", region="region 2")
    nodes, _, _ = grown(rows_from(frame, ["region"]), Start("late", CONTACTS, PREVIOUS))
    assert nodes[0].one["values"] == ("region 2",)
    assert nodes[0].lo < 1.0 < nodes[0].hi


def test_fewer_than_a_month_before_asks_what_was_there_before():
    frame = with_more(world(9_000, region=4), 150, days=(304, 334), problem="late", region="region 2")
    start = Start("late", CONTACTS, PREVIOUS, sign=-1)
    rows = rows_from(frame, ["region"])
    asked, whole = question(rows, start, OCTOBER, 1.0)
    assert whole > 100
    assert asked.days == (304, 334)
    nodes, _, _ = grown(rows, start)
    assert nodes[0].one["values"] == ("region 2",)


def test_bad_scores_are_explained_among_answers():
    frame = world(9_000, product=4)
    rng = np.random.default_rng(4)
    bad = rng.random(len(frame)) < np.where(frame["product"] == "product 2", 0.5, 0.15)
    frame["csat"] = np.where(rng.random(len(frame)) < 0.5, np.where(bad, 1, 5), np.nan)
    nodes, _, _ = grown(rows_from(frame, ["product"]), Start("late", UNHAPPY, OTHERS))
    assert nodes[0].one["values"] == ("product 2",)


def test_a_wait_is_long_against_its_own_channel():
    frame = pd.DataFrame({"problem": "late", "day": 300, "channel": ["chat"] * 8 + ["mail"] * 8})
    rows = rows_from(frame, ["channel"])
    rows.frame["frt_minutes"] = [*range(1, 9), *range(100, 900, 100)]
    bad, known = marked(rows, SLOW, np.ones(16, dtype=bool))
    assert known.all()
    assert bad.tolist() == [False] * 6 + [True] * 2 + [False] * 6 + [True] * 2
    assert not marked(rows, BACK, np.ones(16, dtype=bool))[1].any()  # no such column


def test_how_letters_are_written_is_no_reason_for_their_wait():
    # letters of days 340 to 355 wait; nine in ten letters are formal and one in ten chats, whether they wait or not
    rng = np.random.default_rng(5)
    frame = world(8_000).assign(day=rng.integers(304, 365, 8_000), channel=rng.choice(["letter", "chat"], 8_000))
    letters = frame["channel"] == "letter"
    frame["tone"] = np.where(rng.random(8_000) < np.where(letters, 0.9, 0.1), "formal", "plain")
    rows = rows_from(frame, ["channel", "tone"])
    late = letters & frame["day"].between(340, 355) & (rng.random(8_000) < 0.7)
    rows.frame["frt_minutes"] = np.where(late, 2.0, rng.random(8_000))
    nodes, _, _ = grown(rows, Start("", SLOW, PREVIOUS))
    assert [node.one["names"] for node in nodes] == [("time",), ("channel",)]


def test_an_event_that_lies_near_anything_is_told_as_such():
    rows = rows_from(world(3_000, region=2), ["region"])
    asked, _ = question(rows, Start("late"), OCTOBER, 1.0)
    one = {"kind": TIME, "begin": 200, "end": 214}
    rare = pd.DataFrame({"starts_on": ["2026-05-20"], "label": ["Release 7"], "kind": ["release"]})  # day 200
    found = event_of(rows, asked.timed, one, rare)
    assert (found["event"], found["lag"]) == ("Release 7", 0)
    assert found["by_chance"] == pytest.approx(1 / 365, abs=1e-4)
    often = pd.DataFrame(
        {"starts_on": pd.date_range("2025-11-01", periods=52, freq="7D"), "label": "Letter", "kind": "letter"}
    )
    found = event_of(rows, asked.timed, one | {"begin": 199}, often)
    assert found["lag"] == 3  # a letter on day 196
    assert found["by_chance"] > 0.5  # days as near to some letter
    assert found["before"] > 20
    assert event_of(rows, asked.timed, one, None)["event"] == ""


def test_what_comes_every_year_is_a_season():
    frame = world(12_000, region=2)
    frame["day"] = np.random.default_rng(3).integers(0, 730, len(frame))
    twice = with_more(
        with_more(frame, 150, days=(40, 55), problem="late"), 150, seed=9, days=(405, 420), problem="late"
    )
    for made, is_season in ((twice, True), (with_more(frame, 150, days=(405, 420), problem="late"), False)):
        rows = rows_from(made, ["region"])
        everything = Contrast(COUNT, np.where(rows.problem == "late", 0, 1).astype(np.int8))
        assert seasonal(rows, everything, {"begin": 405, "end": 420}) is is_season


def test_intervals_widen_where_few_customers_write_much():
    frame = with_more(world(6_000, region=4), 240, problem="late", region="region 1")
    many = rows_from(frame, ["region"])
    frame["customer"] = np.where(
        np.arange(len(frame)) < 6_000, np.arange(len(frame)), 6_000 + np.arange(len(frame)) % 12
    )
    few = rows_from(frame, ["region"])
    widths = []
    for rows in (many, few):
        asked, whole = question(rows, Start("late"), OCTOBER, 1.0)
        one = next(
            one for one in tried(rows, asked, ["region"], 1).to_dict("records") if one["values"] == ("region 1",)
        )
        lo, hi = interval(rows, asked, one, np.random.default_rng(0), whole)
        widths.append(hi - lo)
    assert widths[1] > 1.5 * widths[0]


def test_questions_come_from_what_moved_what_weighs_and_what_is_asked():
    frame = with_more(world(9_000, region=4), 200, days=(334, 365), problem="login")
    rows = rows_from(frame, ["region"])
    findings = pd.DataFrame(
        [("contacts", "issue", "login", "more", 200.0, "sure"), ("csat_pct", "", "", "worse", -5.0, "likely"),
         ("contacts", "region", "region 1", "more", 9.0, "within noise")],
        columns=["metric", "dimension", "label", "direction", "change", "certainty"],
    )  # fmt: skip
    asked = starts(
        rows,
        OCTOBER,
        RULES,
        problems=pd.DataFrame({"label": ["refund"]}),
        findings=findings,
        named=["late: unhappy", ": slow"],
    )
    keys = [(one.label, one.measure, one.against, one.why) for one in asked]
    assert keys[:4] == [
        ("late", UNHAPPY, OTHERS, "asked"), ("", SLOW, PREVIOUS, "asked"), ("login", CONTACTS, PREVIOUS, "moved"),
        ("", UNHAPPY, PREVIOUS, "moved"),
    ]  # fmt: skip
    assert ("refund", CONTACTS, OTHERS, "weighs") in keys
    assert len({one.key for one in asked}) == len(asked)
    with pytest.raises(ValueError, match="no problem 'lost'"):
        starts(rows, OCTOBER, RULES, problems=pd.DataFrame(), findings=findings.head(0), named=["lost"])
    with pytest.raises(ValueError, match="'angry' is no measure"):
        starts(rows, OCTOBER, RULES, problems=pd.DataFrame(), findings=findings.head(0), named=["late: angry"])


def story(frame, labels, *, events=None, known=None, asked=None):
    rows = rows_from(frame, labels)
    growing = Growing(rows, tuple(labels), RULES, seed=3)
    owners = {"carrier": {"default": "Logistics"}, "default": {"default": "Head of service"}}
    return whys(rows, asked or [Start("late")], OCTOBER, RULES, growing, events=events, owners=owners, known=known)


def test_a_branch_ends_at_what_can_be_changed_or_with_whom_to_ask():
    frame = with_more(world(9_000, carrier=3, hour=3), 300, problem="late", carrier="carrier 2")
    leaf = story(frame, ["carrier"]).nodes.iloc[-1]
    assert (leaf["leaf"], leaf["ends"], leaf["owner"]) == (True, "cause", "Logistics")
    hours = story(with_more(world(9_000, hour=3), 300, problem="late", hour="hour 1"), ["hour"]).nodes.iloc[-1]
    assert (hours["ends"], hours["owner"]) == ("ask", "Head of service")
    none = story(world(6_000, carrier=3), ["carrier"]).nodes
    assert none["ends"].tolist() == ["ask"] and none["stop"].iloc[0]


@pytest.mark.parametrize(("words", "ends"), [({"en": ["no text"]}, "cause"), ({}, "ask")])
def test_what_customers_say_is_a_cause_where_words_name_it(words, ends):
    frame = with_more(world(9_000, carrier=3), 300, problem="late", carrier="carrier 2")
    says = csc_array((np.arange(len(frame)) >= 9_000).astype(np.int32)[:, None])
    everyone = np.ones(len(frame), dtype=bool)
    growing = Growing(
        rows_from(frame, ["carrier"]), ("carrier",), RULES, seed=3,
        wordings=lambda cases, base, taken: Said("wording", ("0",), says, everyone, ("",)), words=lambda cases, base: words,
    )  # fmt: skip
    leaf = whys(growing.rows, [Start("late")], OCTOBER, RULES, growing).nodes.iloc[-1]
    assert (leaf["kind"], leaf["certainty"], leaf["words"], leaf["ends"]) == ("wording", "sure", words, ends)


def test_the_contacts_behind_a_node_are_listed_and_told_causes_are_known_again():
    frame = with_more(world(9_000, carrier=3), 300, problem="late", carrier="carrier 2")
    found = story(frame, ["carrier"])
    leaf = found.nodes.iloc[-1]
    assert (found.members["node"] == leaf["node"]).sum() == leaf["n"]
    assert found.tried[found.tried["taken"]]["node"].tolist() == [leaf["node"]]
    known = pd.DataFrame({"cause": [leaf["cause"]] * 2, "period": ["2026-09", "2026-10"]})
    assert story(frame, ["carrier"], known=known).nodes.iloc[-1]["known_since"] == "2026-09"
    assert story(frame, ["carrier"], known=known.tail(1)).nodes.iloc[-1]["known_since"] == ""


def test_one_cause_under_two_questions_is_told_once():
    frame = with_more(world(9_000, carrier=3), 300, days=(334, 365), problem="late", carrier="carrier 2")
    found = story(frame, ["carrier"], asked=[Start("late"), Start("late", CONTACTS, PREVIOUS)]).nodes
    second = found[(found["story"] == "S2") & found["leaf"]].iloc[0]
    assert second["same_as"].startswith("S1")


def test_an_own_why_is_held_against_the_data():
    frame = with_more(world(9_000, carrier=3), 300, problem="late", carrier="carrier 2")
    rows = rows_from(frame, ["carrier"])
    own = [
        OwnWhy(id="right", problem="late", because="The carrier is slow.", seen_by={"carrier": "carrier 2"}),
        OwnWhy(id="wrong", problem="late", because="It is the other one.", seen_by={"carrier": "carrier 0"}),
        OwnWhy(id="open", problem="late", because="It is the weather."),
        OwnWhy(id="gone", problem="nothing", because="Something else."),
        OwnWhy(id="typo", problem="late", because="It is X.", seen_by={"carrier": "X"}),
        OwnWhy(id="words", problem="late", because="No notice.", says=["text message"]),
    ]
    texts = pd.Series(
        np.where((frame["carrier"] == "carrier 2") & (frame["problem"] == "late"), "no text message", "hello"),
        rows.frame["interaction_id"],
    )
    found = held(rows, own, OCTOBER, RULES, texts).set_index("id")
    assert found["agrees"].to_dict() == {
        "right": "yes", "wrong": "no", "open": "cannot tell", "gone": "cannot tell", "typo": "cannot tell", "words": "yes",
    }  # fmt: skip
    assert found.loc["right", "share"] == pytest.approx(100 * 300 / (frame["problem"] == "late").sum(), abs=5)
    assert "by which values" in found.loc["open", "why"]
    assert "'X'" in found.loc["typo", "why"]
