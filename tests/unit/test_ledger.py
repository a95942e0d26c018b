"""The ledger of topics over months, by hand: ids stay, new ones are appended, a re-run gives the same tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from voc.text.corpus import corpus
from voc.text.topics.ledger import (
    ASIDE,
    BACK,
    GONE,
    MERGED,
    NEW,
    SAME,
    SPLIT,
    Ledger,
    LedgerRules,
    begin,
    decided,
    step,
    voices,
)
from voc.text.topics.ledger_checks import agreement, proposals
from voc.text.topics.ledger_tables import from_tables, to_tables
from voc.text.topics.model import Topics
from voc.text.topics.novelty import NoveltyRules, candidates

MONTHS = [f"2026-{month:02d}" for month in range(1, 11)]
RULES = LedgerRules(novelty=NoveltyRules(months=3))
DIMS = 24
SAYS = {"late": 0, "refund": 1, "plastic": 2, "sms": 3}


class Directions:
    """A toy encoder: a matter is a direction; the letter behind it turns the sentence a little aside."""

    name, dims, languages = "directions", DIMS, None

    def of(self, texts: list[str]) -> np.ndarray:
        rows = np.zeros((len(texts), DIMS), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for matter, at in SAYS.items():
                row[at] = float(matter in text)
            aside = np.random.default_rng(list(text.encode())).normal(size=DIMS)
            row += (0.35 * aside / np.linalg.norm(aside)).astype(np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def a_corpus(plan: dict[str, list[int]]):
    """So many customers a month who speak of each matter, each in words of their own."""
    rows = []
    for matter, counts in plan.items():
        for month, count in enumerate(counts):
            rows += [
                (month, f"{matter} word{chr(97 + at % 26)}{chr(97 + month)}{chr(97 + at // 26)}") for at in range(count)
            ]
    frame = pd.DataFrame(
        {"interaction_id": [f"c{at:05d}" for at in range(len(rows))], "text": [text for _, text in rows], "language": "en",
         "month": [month for month, _ in rows]}
    )  # fmt: skip
    made = corpus(frame, Directions())
    return made, made.contacts["month"].to_numpy(), np.arange(len(made.contacts))


def a_fit(*matters: str) -> Topics:
    found = np.zeros((len(matters), DIMS), dtype=np.float32)
    for row, matter in zip(found, matters, strict=True):
        row[SAYS[matter]] = 1.0
    return replace(
        Topics.none("directions", DIMS), centroids=found, floors=np.full(len(matters), 0.7, np.float32),
        sizes=np.ones(len(matters), np.int64), stability=np.ones(len(matters), np.float32), labels=tuple(matters),
        words=tuple({"en": (matter,)} for matter in matters), examples=tuple({} for _ in matters), names=tuple({} for _ in matters),
    )  # fmt: skip


STEADY = {"late": [30] * 10, "refund": [20] * 10}


def opened(plan: dict[str, list[int]], until: int = 5, *matters: str) -> tuple[Ledger, tuple]:
    made = a_corpus(plan)
    text, month, teller = made
    return begin(
        a_fit(*(matters or ("late", "refund"))), text, np.where(month <= until, month, -1), teller, MONTHS[: until + 1]
    ), made


def carried(ledger: Ledger, made: tuple, until: int, rules: LedgerRules = RULES) -> Ledger:
    text, month, teller = made
    return step(ledger, text, np.where(month <= until, month, -1), teller, MONTHS[: until + 1], rules, 1)


def test_the_first_month_names_all_and_says_since_when() -> None:
    ledger, _ = opened(STEADY | {"refund": [0, 0, 5] + [20] * 7})
    assert ledger.rows[["id", "label", "state", "born", "last_seen", "voices"]].values.tolist() == [
        ["T001", "late", SAME, "2026-01", "2026-06", 30],
        ["T002", "refund", SAME, "2026-03", "2026-06", 20],
    ]


def test_what_falls_out_of_all_topics_gets_the_next_id_and_the_others_keep_theirs() -> None:
    ledger, made = opened(STEADY | {"plastic": [0] * 6 + [25, 40, 40, 40]})
    ledger = carried(ledger, made, 6)
    assert ledger.rows[["id", "state"]].values.tolist() == [["T001", SAME], ["T002", SAME], ["T003", NEW]]
    row = ledger.rows.iloc[2]
    assert (row["born"], row["since"], row["voices"] >= 20) == ("2026-07", "2026-07", True)
    assert "plastic" in row["label"]
    later = carried(ledger, made, 7)
    assert later.rows["state"].tolist() == [SAME, SAME, SAME]
    assert later.ids == ledger.ids
    assert np.array_equal(later.topics.centroids, ledger.topics.centroids)


def test_nothing_new_is_made_of_noise_or_of_one_loud_customer() -> None:
    ledger, made = opened(STEADY)
    assert len(carried(ledger, made, 6).ids) == 2
    ledger, (text, month, teller) = opened(STEADY | {"plastic": [0] * 6 + [40] * 4})
    loud = np.where([("plastic" in said) for said in text.contacts["text"]], 0, teller)
    assert len(step(ledger, text, np.where(month <= 6, month, -1), loud, MONTHS[:7], RULES, 1).ids) == 2


def test_an_old_matter_that_never_had_a_topic_is_not_new() -> None:
    ledger, made = opened(STEADY | {"plastic": [40] * 10})
    assert len(carried(ledger, made, 6).ids) == 2


def test_silence_is_gone_and_a_voice_brings_back() -> None:
    plan = STEADY | {"refund": [20] * 6 + [0, 0, 0, 9]}
    ledger, made = opened(plan)
    for until, state in ((6, SAME), (7, SAME), (8, GONE), (9, BACK)):
        ledger = carried(ledger, made, until)
        assert ledger.rows["state"].tolist()[1] == state, MONTHS[until]


def test_a_run_of_a_period_begins_where_it_began_and_gives_the_same_tables() -> None:
    ledger, made = opened(STEADY | {"plastic": [0] * 6 + [25, 40, 40, 40]})
    tables = to_tables(ledger, MONTHS[5])
    for until in (6, 7):
        tables = to_tables(carried(from_tables(tables, MONTHS[until]), made, until), MONTHS[until], tables)
    for until in (6, 7, 6):
        again = to_tables(carried(from_tables(tables, MONTHS[until]), made, until), MONTHS[until], tables)
        for name in tables:
            pd.testing.assert_frame_equal(again[name], tables[name])
    assert from_tables(tables, MONTHS[5]) is None
    assert from_tables(tables, MONTHS[6]).ids == ["T001", "T002"]
    assert from_tables(tables, MONTHS[7], after=True).ids == ["T001", "T002", "T003"]


def test_a_period_that_comes_out_otherwise_takes_what_rests_on_it_along() -> None:
    ledger, made = opened(STEADY | {"plastic": [0] * 6 + [25, 40, 40, 40]})
    tables = to_tables(ledger, MONTHS[5])
    for until in (6, 7):
        tables = to_tables(carried(from_tables(tables, MONTHS[until]), made, until), MONTHS[until], tables)
    named = LedgerRules(names={"T001": "late parcels"}, novelty=RULES.novelty)
    other = to_tables(carried(from_tables(tables, MONTHS[6]), made, 6, named), MONTHS[6], tables)
    assert sorted(set(other["topic_ledger"]["period"])) == MONTHS[5:7]


def test_an_analyst_names_merges_and_sets_aside() -> None:
    ledger, (text, month, teller) = opened(STEADY | {"sms": [10] * 10}, 5, "late", "refund", "sms")
    rules = LedgerRules(names={"T001": "late parcels"}, merge=[["T001", "T003"]], aside=["T002"])
    made = decided(ledger, rules, "2026-07")
    assert made.labels["T001"] == "late parcels"
    assert made.rows["state"].tolist() == [SAME, ASIDE, MERGED]
    assert set(made.assign(text.vectors)[0]) == {0, -1}
    counts, whole = voices(made, text, month, teller, 10)
    assert counts[:, 0].tolist() == [40, 0, 0]
    assert whole[0] == 60


def test_ids_that_are_not_there_are_refused_by_name() -> None:
    ledger, _ = opened(STEADY)
    with pytest.raises(ValueError, match="T009: no such id in the ledger of 2026-07; there are T001 to T002"):
        decided(ledger, LedgerRules(names={"T009": "x"}), "2026-07")


def test_a_split_topic_is_found_anew_in_pieces_that_know_their_parent() -> None:
    plan = {"late": [40] * 10, "sms": [40] * 10, "refund": [30] * 10}
    broad = a_fit("late", "refund")
    middle = np.zeros(DIMS, np.float32)
    middle[[SAYS["late"], SAYS["sms"]]] = 2**-0.5
    broad = replace(broad, centroids=np.stack([middle, broad.centroids[1]]), floors=np.array([0.5, 0.7], np.float32))
    text, month, teller = a_corpus(plan)
    ledger = begin(broad, text, np.where(month <= 5, month, -1), teller, MONTHS[:6])
    rules = LedgerRules(split=["T001"], novelty=RULES.novelty)
    split = step(ledger, text, np.where(month <= 6, month, -1), teller, MONTHS[:7], rules, 1)
    assert split.rows["state"].tolist()[:2] == [SPLIT, SAME]
    assert set(split.rows["parents"][2:]) == {"T001"}
    assert len(split.ids) >= 4
    again = step(split, text, np.where(month <= 7, month, -1), teller, MONTHS[:8], rules, 1)
    assert again.ids == split.ids


def test_a_check_refit_proposes_and_changes_nothing() -> None:
    ledger, (text, _, _) = opened(STEADY | {"sms": [25] * 10}, 5, "late", "refund", "sms")
    both = np.zeros(DIMS, np.float32)
    both[[SAYS["late"], SAYS["sms"]]] = 2**-0.5
    fresh = a_fit("late", "refund")
    fresh = replace(fresh, centroids=np.stack([both, fresh.centroids[1]]), floors=np.array([0.4, 0.7], np.float32))
    found = proposals(ledger, text, fresh)
    assert found[["event", "id", "others"]].values.tolist() == [["merge", "T001", "T003"]]
    assert agreement(ledger, text, a_fit("late", "refund", "sms")) == 1.0
    coarse = Ledger(fresh, ledger.rows.iloc[:2].assign(into=""))
    assert proposals(coarse, text, a_fit("late", "refund", "sms"))["event"].tolist() == ["split"]


def test_without_texts_there_is_nothing_new() -> None:
    text, month, teller = a_corpus({"late": [0] * 10})
    none = Topics.none("directions", DIMS, "no texts")
    ledger = begin(none, text, month, teller, MONTHS)
    assert ledger.rows.empty
    assert len(candidates(none, text, month, teller, 9, NoveltyRules(), 1)) == 0
    tables = to_tables(ledger, MONTHS[-1])
    assert set(tables) == {"topic_ledger", "topic_centres", "topic_space"}


def test_a_heap_without_common_words_is_set_aside_until_somebody_names_it():
    made, month, teller = a_corpus({"late": [3] * 10, "sms": [3] * 10})
    heap = replace(a_fit("late", "sms"), common=np.array([0.9, 0.1], dtype=np.float32))
    ledger = begin(heap, made, month, teller, MONTHS)
    assert ledger.rows["state"].tolist() == [SAME, ASIDE]
    assert set(ledger.assign(made.vectors)[0].tolist()) == {0, -1}
    told = decided(ledger, LedgerRules(names={"T002": "codes by text message"}), MONTHS[-1])
    assert told.rows["state"].tolist() == [SAME, SAME]
    assert set(told.assign(made.vectors)[0].tolist()) == {0, 1}
    assert decided(ledger, LedgerRules(names={"T002": "x"}, aside=["T002"]), MONTHS[-1]).rows["state"][1] == ASIDE
