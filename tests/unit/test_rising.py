"""Topics and themes over time, by hand: mentions, changes, beginnings, hidden themes, what the review decides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from voc.analysis.rules import MetricRules
from voc.analysis.themes.change import best_of_starts, both_above, changes, swing
from voc.analysis.themes.inside import called, within
from voc.analysis.themes.lasting import NEW_SOURCE, lasting
from voc.analysis.themes.mentions import (
    EMPTY,
    NONE,
    matrix,
    mentions,
    one_by_group,
    period_numbers,
    tellers,
    tellers_by_period,
)
from voc.analysis.themes.naming import names_any
from voc.analysis.themes.onset import locate
from voc.analysis.themes.review import CATEGORY, SUBCATEGORY, THERE, WATCH, review
from voc.analysis.themes.rising import FADING, NEW, PASSED, STEADY, findings, history, rising
from voc.analysis.themes.terms import compare_terms, naming
from voc.data.periods import Period
from voc.text.corpus import corpus

MONTHS = Period.parse("2026-10").history(24)
RULES = MetricRules()


@dataclass
class Letters:
    """A toy encoder: each known word is a direction of its own."""

    words: tuple[str, ...]
    name: str = "letters"
    languages: frozenset[str] | None = None

    @property
    def dims(self) -> int:
        return len(self.words) + 1

    def of(self, texts: list[str]) -> np.ndarray:
        rows = np.zeros((len(texts), self.dims), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for at, word in enumerate(self.words):
                row[at] = float(word in text.lower())
            row[-1] = 0.2
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def one_corpus(texts: list[str], words: tuple[str, ...] = ("late", "refund"), **columns: list):
    frame = pd.DataFrame({"interaction_id": [f"c{at:05d}" for at in range(len(texts))], "text": texts, **columns})
    return corpus(frame, Letters(words))


def test_a_contact_counts_once_under_each_topic_of_its_speaking_sentences() -> None:
    made = one_corpus(["It is late. Very late. My refund?", "Thanks!", "Blue sky today."])
    assigned = np.where(made.vectors[:, 0] > 0.5, 0, np.where(made.vectors[:, 1] > 0.5, 1, -1))
    found = mentions(made, assigned, ["T001", "T002"])
    rows = list(found[["interaction_id", "topic", "sentences", "main"]].itertuples(index=False, name=None))
    assert rows == [
        ("c00000", "T001", 2, True), ("c00000", "T002", 1, False), ("c00001", EMPTY, 1, True), ("c00002", NONE, 1, True),
    ]  # fmt: skip


def test_copies_and_customers_are_one_voice() -> None:
    long = "The parcel of last week has not come and nobody answers the telephone at all"
    frame = pd.DataFrame(
        {
            "interaction_id": list("abcdef"),
            "customer_id": ["x", "x", None, "y", "z", None],
            "text": ["late", "refund", long, long + "!", "late", "late"],
        }
    )
    assert tellers(frame).tolist() == [0, 0, 1, 1, 2, 3]


def test_a_teller_counts_once_a_period_and_bigger_groups_do_not_speak_more() -> None:
    said = pd.DataFrame({"interaction_id": ["a", "b", "c", "c"], "topic": ["T1", "T1", "T1", "T2"]})
    contacts = pd.DataFrame({"interaction_id": ["a", "b", "c", "d"]})
    counts, whole = tellers_by_period(
        matrix(said, contacts, ["T1", "T2"]), np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]), 2
    )
    assert counts.tolist() == [[1, 1], [0, 1]]
    assert whole.tolist() == [1, 2]
    rng = np.random.default_rng(1)
    n = 6000  # every contact speaks of the topic with the same chance; customers of group 0 come three times as often
    teller = np.where(np.arange(n) < 4500, np.arange(n) // 6, np.arange(n) // 2)
    group = (np.arange(n) >= 4500).astype(int)
    own = matrix(
        pd.DataFrame({"interaction_id": np.flatnonzero(rng.random(n) < 0.2), "topic": "T1"}),
        pd.DataFrame({"interaction_id": range(n)}),
        ["T1"],
    )
    ever, all_ = tellers_by_period(own, teller, group, 2)
    one, drawn = one_by_group(own, teller, group, 2)
    assert ever[0, 0] / all_[0] > 1.5 * ever[0, 1] / all_[1]
    assert one[0, 0] / drawn[0] == pytest.approx(one[0, 1] / drawn[1], abs=0.05)


def test_periods_are_numbered_and_what_lies_outside_is_minus_one() -> None:
    stamps = pd.Series(
        pd.to_datetime(["2026-10-31 23:59", "2026-11-01 00:00", "2024-10-31 23:59", "2024-11-01 00:00", None])
    )
    assert period_numbers(stamps, MONTHS).tolist() == [23, -1, -1, 0, -1]


def test_a_step_is_found_and_a_season_is_not_called_one() -> None:
    whole, days = np.full(24, 1000), np.full(24, 30.0)
    step = np.array([20] * 20 + [60] * 4)
    season = np.array(([20] * 8 + [60] * 4) * 2)
    falling = np.array([60] * 20 + [15] * 4)
    found = changes(np.array([step, season, falling]), whole, days, 12, 12)
    assert found.p[0] < 1e-6
    assert found.start[0] == 20
    assert found.p[1] > 0.2
    assert found.z[2] < 0
    assert found.p[2] < 1e-6


def test_a_share_that_rises_because_all_else_falls_is_no_rise() -> None:
    whole = np.array([1000] * 20 + [400] * 4)
    found = changes(np.array([[50] * 24]), whole, np.full(24, 30.0), 12, 12)
    assert found.p[0] == 1.0


def test_nothing_moves_in_noise_and_the_chance_is_kept() -> None:
    rng = np.random.default_rng(0)
    whole = np.full(24, 2000)
    found = changes(rng.binomial(2000, 0.02, (600, 24)), whole, np.full(24, 30.0), 12, 12)
    assert (found.p < 0.05).mean() <= 0.05
    assert (found.p < 0.01).mean() <= 0.015


def test_a_restless_series_swings_wider() -> None:
    rng = np.random.default_rng(0)
    whole = np.full(36, 1000)
    calm = rng.binomial(1000, 0.1, (30, 36))
    wild = rng.binomial(1000, np.clip(rng.normal(0.1, 0.03, (30, 36)), 0.01, 1))
    assert swing(calm, whole).mean() < 1.25
    assert swing(wild, whole).mean() > 2.0


def test_the_best_of_alike_starts_is_hardly_dearer_than_one() -> None:
    one = best_of_starts(np.array([2.0]), np.array([0.5]))
    alike = best_of_starts(np.array([2.0]), np.array([0.5, 0.499, 0.498]))
    apart = best_of_starts(np.array([2.0]), np.array([0.9, 0.5, 0.1]))
    assert one[0] == pytest.approx(0.02275, abs=1e-4)
    assert one[0] < alike[0] < apart[0] <= 3 * one[0]
    assert both_above(np.array([0.0]), 0.0)[0] == pytest.approx(0.25)


def test_a_beginning_lies_between_two_weeks_and_an_end_is_seen() -> None:
    whole = np.full(60, 400)
    lasting = locate(np.array([0] * 40 + [8] * 20), whole)
    assert lasting.first <= 40 <= lasting.last
    assert lasting.ended < 0.2
    wave = locate(np.array([0] * 40 + [12] * 7 + [0] * 13), whole)
    assert (wave.likeliest, wave.end_first <= 46 <= wave.end_last) == (40, True)
    assert wave.ended > 0.95
    growing = locate(np.array([1] * 40 + list(range(2, 42, 2))), whole)
    assert growing.last - growing.first <= 10


def spoken(counts: dict[str, list[int]], whole: int = 300) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Contacts of so many customers a month; the first ones of each month speak of the topics."""
    contacts, said = [], []
    for month, period in enumerate(MONTHS):
        days = pd.date_range(period.start, periods=whole, freq="2h")
        ids = [f"{period.label}-{at:04d}" for at in range(whole)]
        contacts.append(pd.DataFrame({"interaction_id": ids, "created_local": days, "customer_id": ids}))
        order = np.random.default_rng(month).permutation(whole)
        start = 0
        for topic, numbers in counts.items():
            mine = order[start : start + numbers[month]]
            said.append(pd.DataFrame({"interaction_id": [ids[at] for at in mine], "topic": topic}))
            start += numbers[month]
    return pd.concat(said, ignore_index=True), pd.concat(contacts, ignore_index=True)


def test_new_passed_fading_and_steady_topics_are_told_apart() -> None:
    said, contacts = spoken(
        {
            "T1": [0] * 20 + [12, 20, 30, 40], "T2": [30] * 24, "T3": [5] * 17 + [60, 60] + [5] * 5, "T4": [60] * 16 + [15] * 8,
        }
    )  # fmt: skip
    found = rising(said, contacts, MONTHS, RULES).set_index("topic")
    assert found["kind"].to_dict() == {"T1": NEW, "T2": STEADY, "T3": PASSED, "T4": FADING}
    assert found.loc["T1", "certainty"] == "sure"
    assert found.loc["T1", "begin_first"] <= pd.Timestamp("2026-07-01").date() <= found.loc["T1", "begin_last"]
    told = findings(
        found.reset_index(),
        said,
        contacts,
        MONTHS[-1],
        labels={"T1": "plastic"},
        owners={"default": {"default": "Head"}},
    )
    assert told[["label", "owner", "direction", "n"]].to_dict("records") == [
        {"label": "plastic", "owner": "Head", "direction": "more", "n": 40}
    ]
    drawn = history(said, contacts, MONTHS, ["T1"])
    assert drawn["n"].tolist()[-4:] == [12, 20, 30, 40]
    assert drawn["value"].iloc[-1] == pytest.approx(100 * 40 / 300)


def test_a_slow_drift_is_told_as_a_drift_or_a_rise_never_as_new() -> None:
    said, contacts = spoken({"T1": [20 + 2 * month for month in range(24)], "T2": [40] * 24})
    found = rising(said, contacts, MONTHS, RULES).set_index("topic")
    assert found.loc["T1", "kind"] in ("rising", "drifts up")
    assert found.loc["T2", "kind"] == STEADY


def test_too_little_is_said_to_be_too_little() -> None:
    said, contacts = spoken({"T1": [0] * 23 + [3]})
    found = rising(said, contacts, MONTHS, RULES)
    assert found["why"].tolist() == ["too few voices to judge from"]
    assert rising(said.iloc[:0], contacts, MONTHS, RULES).empty
    assert rising(said, contacts, MONTHS[-2:], RULES)["certainty"].tolist() == ["cannot tell"]


def test_words_set_one_group_apart_with_a_prior() -> None:
    here = ["too much plastic in the box"] * 6 + ["plastic again"] * 4
    rest = ["where is my parcel", "the box came late", "late again"] * 40
    found = compare_terms(here, rest, ["en"] * 10, ["en"] * 120)
    assert found["term"].iloc[0] == "plastic"
    assert found["lo"].iloc[0] > 1
    assert naming(found)["en"][0] == "plastic"
    assert compare_terms([], rest, [], ["en"] * 120).empty


def test_names_are_found_in_their_inflections() -> None:
    names = {"Kora Kettle": ["чайник Kora", "Kora 电水壶"]}
    assert names_any(["Kettles!", "У чайника", "水壶", "чаепитие", "\ud800"], names).tolist() == [
        True,
        True,
        True,
        False,
        False,
    ]


WORDS = ("late", "sms", "courier", "address", "weather", "plastic")


def a_shop(planted: bool, seed: int = 0):
    """Late deliveries in many words; from July 2026 those of one carrier also say that no sms came."""
    rng, texts, rows = np.random.default_rng(seed), [], []
    for month, period in enumerate(MONTHS):
        for _ in range(60):
            carrier = rng.choice(["GoBox", "Swift", "Nord"])
            extra = str(rng.choice(["courier rude {}", "address wrong {}", "weather bad {}"])).format(
                rng.choice(list("abcdefghij"))
            )
            if planted and carrier == "GoBox" and month >= 20 and rng.random() < 0.7:
                extra = f"no sms came {rng.choice(list('abcdefghijklmn'))}"
            texts.append(f"Parcel late {rng.choice(list('abcdefghijklm'))}. {extra}.")
            rows.append(
                (pd.Timestamp(period.start) + pd.Timedelta(days=int(rng.integers(28))), carrier, f"k{len(texts)}")
            )
    stamps, carriers, customers = zip(*rows, strict=True)
    return one_corpus(
        texts, WORDS, created_local=list(stamps), carrier=list(carriers), customer_id=list(customers),
        issue=["late delivery"] * len(texts), language=["en"] * len(texts),
    )  # fmt: skip


def test_a_theme_inside_an_issue_is_found_with_its_month_and_place() -> None:
    found = within(a_shop(planted=True), MONTHS, RULES, dimensions=["carrier"])
    first = found.themes.iloc[0]
    assert (first["dimension"], first["label"], first["certainty"]) == ("time", "late delivery", "sure")
    assert first["begin_first"] <= pd.Timestamp("2026-07-01").date() < first["begin_last"]
    assert "sms" in " ".join(first["words"]["en"])
    assert [(one["dimension"], one["value"]) for one in first["where"]] == [("carrier", "GoBox")]
    assert first["others"] == 0


def test_nothing_is_found_where_nothing_is_hidden() -> None:
    found = within(a_shop(planted=False, seed=5), MONTHS, RULES, dimensions=["carrier"])
    assert found.themes.empty
    assert found.compared > 0


def test_without_texts_or_columns_nothing_is_said() -> None:
    made = a_shop(planted=False)
    assert within(made, MONTHS, RULES, by="theme").themes.empty
    assert within(one_corpus([]), MONTHS, RULES).themes.empty
    alike = one_corpus(["late again"] * 80, created_local=[pd.Timestamp("2026-10-03")] * 80, issue=["late"] * 80)
    assert within(alike, MONTHS, RULES).themes.empty


def test_strange_texts_are_borne() -> None:
    strange = [
        "👍👍",
        "late " * 4000,
        "<b>late</b>",
        "\u202elate",
        "=1+1 late",
        "迟到 late",
        "опоздал late",
    ]
    n = 40 * len(strange)
    made = one_corpus(
        strange * 40, WORDS, issue=["late"] * n, carrier=["a", "b"] * (n // 2), language=[None] * n,
        created_local=[pd.Timestamp("2025-01-01") + pd.Timedelta(days=2 * at) for at in range(n)],
    )  # fmt: skip
    assert within(made, MONTHS, RULES, dimensions=["carrier"]).looked == ("late",)
    said = mentions(made, np.zeros(len(made.vectors), dtype=int))
    assert rising(said, made.contacts, MONTHS, RULES)["topic"].tolist() == ["0"]


def test_questions_are_judged_before_their_places() -> None:
    cells = pd.DataFrame(
        [
            ("late", 0, "time", "", 6.0, 1e-9, 6.0),
            ("late", 1, "time", "", 3.7, 2e-4, 3.7),
            ("lost", 0, "time", "", 3.3, 1e-3, 3.3),
        ],
        columns=["label", "ball", "dimension", "value", "z", "p", "strength"],
    )
    asked = pd.DataFrame(
        [("late", "time", "", 100), ("lost", "time", "", 100)], columns=["label", "dimension", "value", "compared"]
    )
    kept = called(cells, asked, RULES)
    assert kept[["label", "ball"]].values.tolist() == [["late", 0], ["late", 1]]


def test_the_review_proposes_by_rule() -> None:
    ids = [f"c{at}" for at in range(400)]
    said = pd.concat(
        pd.DataFrame({"interaction_id": part, "topic": topic})
        for topic, part in (("T1", ids[:100]), ("T2", ids[100:200]), ("T3", ids[200:300]), ("T4", ids[300:305]))
    )
    sorts = pd.DataFrame(
        {
            "interaction_id": ids,
            "category": ["delivery"] * 100 + ["delivery", "payment", "app", "order"] * 25 + ["payment"] * 200,
            "issue": [f"d{at % 5}" for at in range(200)] + ["charged twice"] * 120 + ["other"] * 80,
        }
    )
    courses = pd.DataFrame(
        {"topic": ["T1", "T2", "T3", "T4"], "kind": ["steady", "rising", "rising", "new"], "voices": [100, 100, 100, 5]}
    )
    found = review(
        said, sorts, courses, RULES, with_words=400, stability=dict.fromkeys(["T1", "T2", "T3", "T4"], 0.9),
        periods_seen=dict.fromkeys(["T1", "T2", "T3", "T4"], 9), owners={"category": {"delivery": "Logistics"}},
    ).set_index("topic")  # fmt: skip
    assert found["proposal"].to_dict() == {"T1": SUBCATEGORY, "T2": CATEGORY, "T3": THERE, "T4": WATCH}
    assert found.loc["T1", "owner"] == "Logistics"
    unsteady = review(said, sorts, courses, RULES, with_words=400, stability={"T1": 0.1}, periods_seen={"T1": 9})
    assert unsteady.set_index("topic").loc["T1", "proposal"] == WATCH


def test_what_a_new_file_brings_is_no_news_of_a_matter() -> None:
    """Reviews tell 20 voices of «slow» a month all along; the chats that begin in August bring «refund» with them."""
    starts = [pd.Timestamp(one.start) for one in MONTHS]
    old = [("reviews", start, "slow" if at < 20 else "other") for start in starts for at in range(100)]
    new = [("chats", start, "refund" if at < 60 else "slow") for start in starts[-3:] for at in range(100)]
    rows = pd.DataFrame([*old, *new], columns=["source", "created_local", "topic"])
    rows["interaction_id"] = [f"c{at:05d}" for at in range(len(rows))]
    contacts, said = rows[["interaction_id", "source", "created_local"]], rows[["interaction_id", "topic"]]
    said = said.assign(sentences=1, main=True)
    found = rising(said, contacts, MONTHS, RULES, drifts=False).set_index("topic")
    assert found.loc["refund", ["certainty", "why"]].tolist() == ["cannot tell", NEW_SOURCE]
    assert found.loc["slow", ["kind", "voices", "of"]].tolist() == [STEADY, 20, 100]
    together = rising(said, contacts.drop(columns="source"), MONTHS, RULES, drifts=False).set_index("topic")
    assert together.loc["refund", ["kind", "certainty"]].tolist() == [NEW, "sure"]


def test_a_source_lasts_when_it_was_there_before_the_months_compared_or_from_the_first_on() -> None:
    begins = {"old": 3, "young": 15}
    contacts = pd.DataFrame(
        [(name, pd.Timestamp(MONTHS[at].start)) for name, first in begins.items() for at in range(first, 24)],
        columns=["source", "created_local"],
    )
    assert lasting(contacts, MONTHS, 12).tolist() == [True] * 21 + [False] * 9
    assert lasting(contacts, MONTHS, 6).all()  # both were there before month 17
    assert lasting(contacts[contacts["source"] == "young"], MONTHS, 12).all()
    assert lasting(contacts.assign(created_local=pd.Timestamp("2001-01-01")), MONTHS, 12).all()
