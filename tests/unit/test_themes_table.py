"""The map on small tables in which every share, change and root is known."""

import numpy as np
import pandas as pd
import pytest
from voc.analysis.rules import MetricRules
from voc.analysis.themes.families import ALONE, families_of, family_name, family_tree, lines_of
from voc.analysis.themes.lines import (
    CATEGORY,
    EMPTY,
    NO_FINER,
    OUTLIER,
    ROOT,
    SEVERAL,
    TOPIC,
    UNSORTED,
    WORDLESS,
    contacts_of,
    members,
    named,
)
from voc.analysis.themes.table import topic_map
from voc.data.periods import Period

OCTOBER, SEPTEMBER = Period.parse("2026-10"), Period.parse("2026-09")
RULES = MetricRules()
SPAN = (pd.Timestamp("2024-11-01"), pd.Timestamp("2026-10-31 20:00"))


class Kept:
    """Two topics that are there twice under one name, the second of them shaky."""

    labels = ("parcel, late", "parcel, late")
    stability = np.array([0.9, 0.2])
    stable = np.array([True, False])


def made(counts: dict[str, dict[str, int]], root: str = "shop", **more) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make contacts and sorts: per month, how many of which issue; ``more`` are columns of all contacts."""
    cells = [
        (pd.Timestamp(f"{month}-01"), root, issue or None, n)
        for month, issues in counts.items()
        for issue, n in issues.items()
    ]
    each = pd.DataFrame(cells, columns=["period_start", "category", "issue", "n"])
    frame = each.loc[each.index.repeat(each["n"]), ["period_start", "category", "issue"]].reset_index(drop=True)
    frame["interaction_id"] = [f"t:{at:06d}" for at in range(len(frame))]
    return frame[["interaction_id", "period_start"]].assign(**more), frame[["interaction_id", "category", "issue"]]


def line(said: pd.DataFrame, label: str, kind: str = CATEGORY) -> pd.Series:
    return said[(said["kind"] == kind) & (said["label"] == label)].iloc[0]


def test_categories_make_up_the_whole_and_roots_sum_their_parts():
    contacts, sorts = made({"2026-10": {"late": 6, "login": 3, "": 1}})
    said = topic_map(contacts, members(sorts), OCTOBER, RULES)
    parts = said[said["kind"] == CATEGORY]
    assert parts["contacts"].sum() == 10
    assert parts["share"].sum() == pytest.approx(100)
    assert line(said, "late")["share"] == pytest.approx(60)
    assert line(said, NO_FINER)["rest"]
    assert line(said, "shop", ROOT)["contacts"] == 10
    # Wilson 6 of 10: (.6 + 1.92/10 ± 1.96 √(.024 + 3.84/400)) ÷ 1.384
    assert line(said, "late")[["lo", "hi"]].tolist() == pytest.approx([31.27, 83.18], abs=0.01)


def test_no_change_is_judged_where_there_is_no_category_at_all():
    counts = {"2026-09": {"": 500}, "2026-10": {"": 900}}
    contacts, sorts = made(counts, root=None)
    sorts["how"] = ["no words"] * 300 + ["unsure"] * 200 + ["no words"] * 100 + ["unsure"] * 800  # 60 % → 11 % silent
    said = topic_map(contacts, members(sorts), OCTOBER, RULES, span=SPAN)
    assert line(said, WORDLESS)["change"] == pytest.approx(100 / 9 - 60)
    assert set(said["certainty"]) == {"cannot tell"} and set(said["why"]) == {"no contact has a category"}
    sorts.loc[:99, ["category", "issue"]] = ["shop", "late"]
    assert line(topic_map(contacts, members(sorts), OCTOBER, RULES, span=SPAN), UNSORTED)["certainty"] == "sure"


def test_what_has_no_category_is_a_line_of_its_own_and_an_issue_brings_its_root():
    sorts = pd.DataFrame({
        "interaction_id": list("abcde"), "category": ["delivery", "delivery", None, None, None],
        "issue": ["late", None, "late", None, None], "how": ["source", "source", "source", "unsure", "no words"],
    })  # fmt: skip
    found = members(sorts).query("kind == 'category'").set_index("interaction_id")[["root", "label"]]
    assert found.to_numpy().tolist() == [
        ["delivery", "late"], ["delivery", NO_FINER], ["delivery", "late"], ["", UNSORTED], ["", WORDLESS],
    ]  # fmt: skip


def test_contacts_that_wrote_nothing_count_under_the_sources_label():
    sorts = pd.DataFrame({"interaction_id": ["a"], "category": ["delivery"], "issue": ["late"], "how": ["model"]})
    contacts = pd.DataFrame(
        {"interaction_id": list("abc"), "category": [None, "returns", None], "issue": [None, None, None]}
    )
    found = members(sorts, contacts=contacts).query("kind == 'category'")
    assert found[["interaction_id", "root", "label"]].to_numpy().tolist() == [
        ["a", "delivery", "late"], ["b", "returns", NO_FINER], ["c", "", WORDLESS],
    ]  # fmt: skip
    assert len(members(sorts, contacts=contacts[["interaction_id"]]).query("kind == 'category'")) == 3


def test_a_contact_counts_under_each_of_its_topics_and_a_topic_lies_where_most_of_its_contacts_are():
    sorts = pd.DataFrame({"interaction_id": list("abcd"), "category": ["x", "x", "y", "y"], "issue": list("pqrs")})
    said = pd.DataFrame(
        {"interaction_id": ["a", "b", "b", "c", "d", "e"], "topic": ["0", "0", "1", "1", "none", "empty"]}
    )
    topics = pd.DataFrame({"topic": ["0", "1"], "label": ["late", "split"], "stability": 1.0, "stable": True})
    found = members(sorts, said, topics).query("kind == 'topic'")
    assert sorted(found[["interaction_id", "root", "label"]].to_numpy().tolist()) == sorted([
        ["a", "x", "late"], ["b", "x", "late"], ["b", "x", "split"], ["c", "x", "split"],
        ["d", "", OUTLIER], ["e", "", EMPTY],
    ])  # fmt: skip  # b is sorted to x, c to y: half is enough
    contacts = pd.DataFrame({"interaction_id": list("abcde"), "period_start": pd.Timestamp("2026-10-01")})
    drawn = topic_map(contacts, found, OCTOBER, RULES)
    assert drawn["of"].unique().tolist() == [5]
    assert drawn.set_index("label")["share"].to_dict() == {"late": 40.0, "split": 40.0, OUTLIER: 20.0, EMPTY: 20.0}
    apart = members(sorts.assign(category=["x", "w", "y", "z"]), said[said["topic"].isin(["0", "1"])], topics)
    assert set(apart.query("kind == 'topic'")["root"]) <= {"x", "w", "y", SEVERAL}


def test_equal_labels_are_told_apart_and_shaky_topics_marked():
    topics = named(Kept(), ["T1", "T2"])
    assert topics["label"].tolist() == ["parcel, late", "parcel, late (2)"]
    said = pd.DataFrame({"interaction_id": ["a", "b"], "topic": ["T1", "T2"]})
    contacts = pd.DataFrame({"interaction_id": ["a", "b"], "period_start": pd.Timestamp("2026-10-01")})
    drawn = topic_map(contacts, members(None, said, topics), OCTOBER, RULES, topics=topics).set_index("label")
    assert drawn["stable"].to_dict() == {"parcel, late": True, "parcel, late (2)": False}
    assert drawn.loc["parcel, late (2)", "stability"] == pytest.approx(0.2)


def test_a_doubled_share_is_sure_and_the_quiet_rest_is_within_noise():
    contacts, sorts = made(
        {"2026-09": {"late": 100, "login": 400, "other": 500}, "2026-10": {"late": 200, "login": 355, "other": 445}}
    )
    said = topic_map(contacts, members(sorts), OCTOBER, RULES, span=SPAN)
    late = line(said, "late")
    assert (late["before"], late["change"], late["certainty"]) == (pytest.approx(10), pytest.approx(10), "sure")
    assert late["floor"] == pytest.approx(196 * np.sqrt(0.15 * 0.85 * 2 / 1000), rel=0.03)
    assert late["why_year"] == "nothing to compare with"
    assert late["certainty_year"] == "cannot tell"
    assert line(said, "shop", ROOT)["change"] == 0


def test_a_restless_past_widens_the_floor():
    months = [f"{start:%Y-%m}" for start in pd.date_range("2024-11-01", periods=24, freq="MS")]
    wild = np.random.default_rng(3).normal(0, 60, 24).round().astype(int)
    calm = {month: {"a": 300, "b": 700} for month in months}
    rough = {month: {"a": 300 + move, "b": 700 - move} for month, move in zip(months, wild, strict=True)}
    for counts in (calm, rough):
        counts[months[-2]], counts[months[-1]] = {"a": 300, "b": 700}, {"a": 380, "b": 620}
    found = [line(topic_map(*of(counts), OCTOBER, RULES), "a") for counts in (calm, rough)]
    assert [one["certainty"] for one in found] == ["sure", "within noise"]
    assert found[1]["floor"] > 2 * found[0]["floor"]
    assert found[1]["hi"] - found[1]["lo"] > 2 * (found[0]["hi"] - found[0]["lo"])


def of(counts):
    contacts, sorts = made(counts)
    return contacts, members(sorts)


def test_the_same_step_a_year_before_is_called_the_seasons():
    usual, gifts = {"gifts": 100, "other": 900}, {"gifts": 200, "other": 800}
    counts = {"2025-09": usual, "2025-10": gifts, "2026-09": usual, "2026-10": gifts}
    assert line(topic_map(*of(counts), OCTOBER, RULES), "gifts")["season"]
    assert not line(topic_map(*of(counts | {"2025-10": usual}), OCTOBER, RULES), "gifts")["season"]


def test_answers_returns_hours_and_moods_are_set_beside_all_others():
    contacts, sorts = made({"2026-10": {"late": 100, "login": 100}})
    contacts = contacts.assign(
        csat_pct=[0.0] * 40 + [1.0] * 10 + [np.nan] * 50 + [1.0] * 50 + [np.nan] * 50,
        repeat_pct=[1.0] * 10 + [0.0] * 190, handle_seconds=[3600.0] * 90 + [np.nan] * 10 + [360.0] * 100,
    )  # fmt: skip
    moods = pd.DataFrame(
        {"interaction_id": contacts["interaction_id"], "mood": [-1] * 60 + [1] * 30 + [0] * 10 + [0] * 100}
    )
    said = topic_map(contacts, members(sorts), OCTOBER, RULES, moods=moods)
    late = line(said, "late")
    assert late[["csat", "csat_n", "csat_rest", "csat_all", "csat_of"]].tolist() == [20, 50, 100, 60, 100]
    assert late["csat_certainty"] == "sure"
    assert (late["repeat"], late["repeat_rest"]) == (10, 0)
    assert late[["hours", "hours_known"]].tolist() == pytest.approx([90, 90])
    assert late["hours_share"] == pytest.approx(100 * 90 / 100)
    assert late[["negative", "neutral", "positive"]].tolist() == [60, 10, 30]
    assert late["split"]  # more negative and more positive than the others: a mean mood hides both
    assert not line(said, "login")["split"]
    assert lines_of(said, CATEGORY, 1)["label"].tolist() == ["late"]


def test_incomplete_days_hold_back_a_change_that_they_could_make():
    contacts, sorts = made({"2026-09": {"late": 100, "login": 900}, "2026-10": {"late": 140, "login": 860}})
    days = pd.DataFrame(
        {"day": [pd.Timestamp("2026-10-12")], "source": "chats", "rows": 0, "expected": 300.0, "flag": True}
    )
    late = line(topic_map(contacts, members(sorts), OCTOBER, RULES, days=days), "late")
    assert late["certainty"] == "cannot tell"
    assert late["why"] == "about 300 contacts of incomplete days are missing"
    assert (
        line(topic_map(contacts, members(sorts), OCTOBER, RULES, days=days.assign(flag=False)), "late")["certainty"]
        == "sure"
    )


def test_a_month_that_is_not_whole_is_compared_with_nothing():
    contacts, sorts = made({"2026-09": {"late": 100}, "2026-10": {"late": 50}})
    said = topic_map(contacts, members(sorts), OCTOBER, RULES, span=(SPAN[0], pd.Timestamp("2026-10-20")))
    assert said["change"].isna().all()
    assert said["why"].str.startswith("the data end on 20 October 2026").all()


def test_without_answers_hours_moods_or_contacts_there_is_still_a_map():
    contacts, sorts = made({"2026-10": {"late": 3}})
    said = topic_map(contacts, members(sorts), OCTOBER, RULES)
    assert said[["csat", "repeat", "negative", "hours"]].isna().all().all()
    assert topic_map(contacts[:0], members(sorts), OCTOBER, RULES).empty
    assert topic_map(contacts, members(None), OCTOBER, RULES).empty
    assert members(sorts[:0]).empty


def test_the_order_of_rows_changes_nothing():
    contacts, sorts = made({"2026-09": {"a": 40, "b": 70}, "2026-10": {"a": 60, "b": 50}}, handle_seconds=100.1)
    lines = members(sorts)
    shuffled = [frame.sample(frac=1, random_state=1) for frame in (contacts, lines)]
    pd.testing.assert_frame_equal(topic_map(contacts, lines, OCTOBER, RULES), topic_map(*shuffled, OCTOBER, RULES))


def test_months_that_differ_by_chance_alone_are_called_changed_hardly_ever():
    rng, called = np.random.default_rng(11), 0
    chance = rng.dirichlet(np.full(40, 2.0))
    for _ in range(10):
        drawn = [rng.multinomial(2500, chance) for _ in range(14)]
        starts = pd.date_range("2025-09-01", periods=14, freq="MS")
        counts = {
            f"{start:%Y-%m}": {f"i{at:02d}": n for at, n in enumerate(row)}
            for start, row in zip(starts, drawn, strict=True)
        }
        said = topic_map(*of(counts), OCTOBER, RULES)
        called += said[["certainty", "certainty_year"]].isin(["sure", "likely"]).to_numpy().any()
    assert called <= 2  # a twentieth of such months is expected


def test_contacts_are_fetched_with_their_month_and_what_the_data_have(store):
    frame = pd.DataFrame({
        "interaction_id": ["b", "a", "c"], "csat_pct": [1.0, np.nan, 0.0],
        "created_local": pd.to_datetime(["2026-10-31", "2026-09-01", "2026-11-01"]).astype("datetime64[us]"),
    })  # fmt: skip
    found = contacts_of(store.load(frame), [SEPTEMBER, OCTOBER])
    assert found["interaction_id"].tolist() == ["a", "b"]
    assert found["period_start"].tolist() == [pd.Timestamp("2026-09-01"), pd.Timestamp("2026-10-01")]
    assert list(found.columns) == ["interaction_id", "period_start", "csat_pct"]


@pytest.mark.parametrize(("timed", "hours"), [(4, np.nan), (5, 5.0)])
def test_hours_of_a_few_contacts_are_no_hours(timed, hours):
    """From 5 % on hours are told: below, a hundredth of the contacts would put its own line on top."""
    contacts, sorts = made({"2026-10": {"late": 60, "login": 40}})
    contacts["handle_seconds"] = [3600.0] * timed + [np.nan] * (100 - timed)
    said = topic_map(contacts, members(sorts), OCTOBER, RULES)
    assert line(said, "late")["hours"] == pytest.approx(hours, nan_ok=True)


def test_ways_of_speaking_do_not_crowd_out_matters():
    said = pd.DataFrame({"kind": TOPIC, "root": [SEVERAL] * 5 + ["x"] * 3, "label": list("abcdefgh"), "rest": False})
    said = said.assign(contacts=[9, 8, 7, 6, 5, 4, 3, 2], hours=np.nan)
    assert lines_of(said, TOPIC, 3)["label"].tolist() == ["a", "f", "g"]
    assert lines_of(said, TOPIC, 6)["label"].tolist() == ["a", "b", "c", "f", "g", "h"]
    assert lines_of(said, TOPIC, 20)["label"].tolist() == list("abcdefgh")
    assert lines_of(said[:5], TOPIC, 3)["label"].tolist() == ["a", "b", "c"]


def test_families_are_the_merge_tree_cut_where_few_are_left():
    tree = np.array([[0, 2, 0.1, 2], [1, 3, 0.2, 2], [4, 5, 0.9, 4]])
    assert families_of(tree, 4, 2).tolist() == [0, 1, 0, 1]
    assert families_of(tree, 4, 3).tolist() == [0, 1, 2, 3]  # no more than two are two or more
    chain = np.array([[0, 1, 0.1, 2], [4, 2, 0.2, 3], [5, 3, 0.9, 4]])
    assert families_of(chain, 4, 1).tolist() == [0, 0, 0, 0]
    assert families_of(chain[:2], 4).tolist() == [0, 1, 2, 3]  # a tree of other topics
    assert families_of(tree, 4).tolist() == [0, 0, 0, 0]
    assert families_of(np.zeros((0, 4)), 1).tolist() == [0]
    assert families_of(np.zeros((0, 4)), 0).tolist() == []


def test_a_family_is_named_by_shared_words_else_by_its_largest():
    words = [{"en": ("parcel", "late")}, {"en": ("lost", "parcel"), "ru": ("посылка",)}]
    assert family_name(words, ["a", "b"]) == "parcel"
    assert family_name([{"zh": ("快递",)}, {"zh": ("退款",)}], ["a", "b"]) == "a and the like"
    both = [{"ru": ("где",), "en": ("late",)}, {"ru": ("где",)}, {"ru": ("где",)}]
    assert family_name(both, ["a", "b", "c"]) == "где"  # English is told of too few
    assert family_name([{}, {}], ["a", "b"]) == "a and the like"
    assert family_name(words[:1], ["alone"]) == "alone"


def test_the_tree_counts_a_contact_once_in_a_family_and_puts_lone_topics_last():
    mentions = pd.DataFrame({"interaction_id": ["a", "a", "b", "c"], "topic": ["0", "1", "1", "2"]})
    topics = pd.DataFrame(
        {"topic": ["0", "1", "2"], "label": ["x", "y", "z"], "stability": 1.0, "stable": [True, False, True]}
    )
    lines = members(None, mentions, topics)
    contacts = pd.DataFrame({"interaction_id": list("abc"), "period_start": pd.Timestamp("2026-10-01")})
    said = topic_map(contacts, lines, OCTOBER, RULES, topics=topics)
    tree = np.array([[0, 1, 0.1, 2], [2, 3, 0.9, 3]])
    drawn = family_tree(said, topics, lines, list("abc"), tree, [{"en": ("w", "v")}] * 2 + [{}])
    assert drawn[["label", "level"]].to_numpy().tolist() == [["w · v", 0], ["y", 1], ["x", 1], ["z", 1]]
    assert drawn["faint"].tolist() == [False, True, False, False]
    by_two = family_tree(said, topics, lines, list("abc"), tree, most=1)
    assert by_two[["label", "level"]].iloc[-1].tolist() == ["2 smaller ones", 1]
    assert drawn["value"].iloc[0] == 3
    alone = family_tree(said, topics, lines, list("abc"), np.zeros((0, 4)))
    assert alone["label"].iloc[0] == ALONE
    assert alone["value"].tolist() == [3, 2, 1, 1]
    assert family_tree(said, topics[:0], lines, [], np.zeros((0, 4))).empty
