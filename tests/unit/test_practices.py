"""A practice is worth copying only where satisfaction and returns hold; speed with returns is haste; few contacts tell nothing."""

import re

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from voc.analysis.people.expected import CELLS, Handled
from voc.analysis.people.practices import COPY, COST, HASTE, OPEN, identify, needed, practices, shareable
from voc.analysis.rules import MetricRules
from voc.report.pages import practices as page

RULES = MetricRules()
SUBJECTS = {"billing": ("wrong invoice", "tax receipt"), "delivery": ("late", "lost"), "account": ("login", "address")}
NAMES = [f"a-{at:016x}" for at in range(12)]


def found(cells: pd.DataFrame) -> Handled:
    missing = pd.DataFrame(columns=["metric", "label", "why"])
    return Handled(cells[CELLS], missing, pd.Timestamp("2025-11-01"), pd.Timestamp("2026-11-01"))


def service(seed=1, timed=300, answers=200, asked=300, agents=12, pace=None, csat=None, back=None, surveyed=None):
    """Cells of agents equal but for ``pace`` (log), ``csat``, ``back`` and ``surveyed``: {(agent, category): difference}.

    ``timed``, ``answers`` and ``asked`` are the contacts of an agent and issue.
    """
    rng, rows = np.random.default_rng(seed), []
    for at, name in enumerate(NAMES[:agents]):
        for category, issues in SUBJECTS.items():
            for hard, issue in enumerate(issues):
                where = (name, "chat", category, issue)
                logs = rng.normal(1.4 + 0.4 * hard + (pace or {}).get((at, category), 0.0), 0.45, timed)
                rows.append(("aht_minutes", *where, timed, logs.sum(), (logs**2).sum()))
                for metric, n, p, other in (
                    ("csat_pct", answers, 0.75 - 0.1 * hard, csat),
                    ("return_pct", asked, 0.12, back),
                    ("surveyed_pct", asked, 0.8, surveyed),
                ):
                    hits = float(rng.binomial(n, p + (other or {}).get((at, category), 0.0)))
                    rows.append((metric, *where, n, hits, hits))
    frame = pd.DataFrame(rows, columns=CELLS)
    return found(frame[frame["n"] > 0].reset_index(drop=True))


HALF = {(3, "billing"): float(np.log(0.5))}
EVERYWHERE = {(5, category): float(np.log(0.62)) for category in SUBJECTS}


def test_half_the_time_with_no_loss_is_worth_copying():
    seen = practices(service(pace=HALF), RULES)
    row = seen.rows.iloc[0]
    assert len(seen.rows) == 1
    assert (row["scope"], row["label"], row["verdict"]) == ("category", "billing", COPY)
    assert row["ratio"] == pytest.approx(0.5, abs=0.04)
    assert row["ratio_lo"] < row["ratio"] < row["ratio_hi"] < 0.6
    assert row["minutes"] / row["minutes_expected"] == pytest.approx(row["ratio"])
    assert row["csat_bound"] > -10
    assert row["return_bound"] < 5
    assert identify(seen)["agent_id"].tolist() == [NAMES[3]]
    text = page.practice_words(seen).text
    assert "One agent handles contacts about billing in about half the usual time" in text
    assert "write a checklist" in text
    assert "checklist" in page.checklist(seen).text


def test_speed_with_returns_is_no_practice():
    back = {(5, category): 0.13 for category in SUBJECTS}
    seen = practices(service(pace=EVERYWHERE, back=back), RULES)
    assert seen.rows[["scope", "verdict"]].to_numpy().tolist() == [["all", HASTE]]  # one story, told once
    assert seen.rows["return_lo"].iloc[0] > 0
    assert shareable(seen).empty
    assert page.practice_table(seen) is None
    assert page.checklist(seen) is None
    text = page.practice_words(seen).text
    assert "One agent is clearly faster in all they handle" in text
    assert "no practice" in text


def test_speed_with_less_satisfaction_is_no_practice():
    seen = practices(service(pace=HALF, csat={(3, "billing"): -0.2}), RULES)
    assert seen.rows["verdict"].tolist() == [COST]
    assert "less satisfied" in page.practice_words(seen).text


def test_few_answers_tell_nothing_and_say_how_many_would():
    seen = practices(service(pace=HALF, answers=7), RULES)
    row = seen.rows.iloc[0]
    assert (row["verdict"], row["csat_verdict"], row["return_verdict"]) == (OPEN, "cannot tell", "not worse")
    assert row["csat_n"] == 14
    assert row["csat_why"] == f"too few: about {needed(row['csat_expected'] / 100, 10):,} would settle it"
    text = page.practice_words(seen).text
    assert "Not yet a practice to copy" in text
    assert "would settle it" in text
    none = practices(service(seed=3, pace=HALF, answers=0), RULES)
    assert none.rows["csat_why"].tolist() == ["none is known"]
    assert "no answers" in page.practice_words(none).text


def test_what_settles_it():
    # n such that the one-sided 95 % bound clears the margin in 80 of 100 cases: ((1.645 + 0.842)/0.1)² × 0.75 × 0.25
    assert needed(0.75, 10.0) == int(np.ceil((norm.ppf(0.95) + norm.ppf(0.8)) ** 2 / 0.01 * 0.1875)) == 116
    rng = np.random.default_rng(2)
    p = rng.binomial(116, 0.75, 20_000) / 116
    assert (p - 1.645 * np.sqrt(0.1875 / 116) > 0.65).mean() == pytest.approx(0.8, abs=0.03)


def test_satisfaction_of_those_spared_the_survey_does_not_count():
    seen = practices(service(pace=HALF, surveyed={(3, "billing"): -0.2}), RULES)
    row = seen.rows.iloc[0]
    assert (row["verdict"], row["csat_verdict"]) == (OPEN, "cannot tell")
    assert "surveyed" in row["csat_why"]


def test_a_fast_subject_does_not_make_the_agent_fast_in_all():
    pace = {(3, "billing"): float(np.log(0.3))}  # so fast that all contacts together are 0.67 of the usual time
    seen = practices(service(pace=pace), RULES)
    assert seen.rows[["scope", "label"]].to_numpy().tolist() == [["category", "billing"]]


def test_two_subjects_of_one_agent_are_two_practices():
    pace = HALF | {(3, "account"): float(np.log(0.55))}
    seen = practices(service(pace=pace), RULES)
    assert sorted(seen.rows["label"]) == ["account", "billing"]
    assert set(identify(seen)["agent_id"]) == {NAMES[3]}


def test_slow_people_are_never_told():
    slow = {(2, "billing"): float(np.log(2.0)), **{(7, category): 0.5 for category in SUBJECTS}}
    seen = practices(service(pace=slow), RULES)
    assert seen.rows.empty
    assert "nothing to copy" in page.practice_words(seen).text


def test_equal_agents_hold_no_practice():
    told = [len(practices(service(seed), RULES).rows) for seed in range(2, 10)]
    assert sum(told) == 0


def test_subjects_of_few_agents_are_hidden():
    seen = service(pace=HALF)
    few = seen.cells[(seen.cells["category"] != "billing") | seen.cells["agent_id"].isin(NAMES[:4])]
    rows = practices(found(few), RULES).rows
    assert "billing" not in set(rows["label"])
    assert not set(rows["label"]) & set(SUBJECTS["billing"])


def test_what_is_missing_ends_in_a_sentence():
    four = practices(service(agents=4, pace=HALF), RULES)
    assert (four.why, four.tried, four.rows.empty) == ("fewer than 5 agents", 0, True)
    untimed = service()
    cells = untimed.cells[untimed.cells["metric"] != "aht_minutes"]
    missing = pd.DataFrame([("aht_minutes", "Handling time", "")], columns=["metric", "label", "why"])
    none = practices(Handled(cells, missing, untimed.since, untimed.until), RULES)
    assert none.why == "no handling times"
    assert "no handling times" in page.practice_words(none).text
    assert practices(service(timed=2), RULES).why == "too few handling times to judge from"
    assert practices(found(pd.DataFrame(columns=CELLS)), RULES).rows.empty


def test_margins_decide_and_are_said():
    loose = practices(service(pace=HALF, answers=30), RULES, {"csat_pct": 25.0, "return_pct": 5.0})
    tight = practices(service(pace=HALF, answers=30), RULES, {"csat_pct": 2.0, "return_pct": 5.0})
    assert (loose.rows["verdict"].iloc[0], tight.rows["verdict"].iloc[0]) == (COPY, OPEN)
    assert "25.0" in page.practice_words(loose).text


def test_no_name_leaves():
    seen = practices(service(pace=HALF | EVERYWHERE), RULES)
    name = re.compile(r"a-[0-9a-f]{16}")
    said = [
        seen.rows.to_csv(),
        shareable(seen).to_csv(),
        page.practice_words(seen).html,
        page.practice_table(seen).html,
        repr(seen),
    ]
    assert not any(name.search(text) for text in said)
    assert shareable(seen)["n"].tolist() == [
        1800,
        600,
    ]  # the clearest first; 1,800 is one agent's all, 600 the other's billing
    assert identify(seen)["agent_id"].str.match(name).all()


def test_labels_from_data_are_escaped():
    seen = service(pace=HALF)
    cells = seen.cells.replace({"billing": "<script>alert(1)</script>"})
    html = page.practice_words(practices(found(cells), RULES)).html
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
