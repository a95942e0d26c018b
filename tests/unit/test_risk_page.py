"""The page of who may leave: words and figures of a hand-made result, hostile labels as text, words where nothing can be told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from test_charts import HOSTILE, assert_readable, texts
from voc.analysis.chances.leaks import leaks
from voc.analysis.churn.care import CARE, STEPS, worth
from voc.analysis.churn.risk import NOTHING, TELLS, Risk
from voc.analysis.churn.segments import GROUPS
from voc.report.charts import calibration as chart
from voc.report.pages import churn_risk as page
from voc.report.style import CONTEXT, INK, MUTED


def score(**more: object) -> pd.DataFrame:
    row = {
        "horizon_days": 90, "landmark": pd.Timestamp("2026-08-03"), "n": 1000, "gone": 60, "base_rate": 0.05, "brier": 0.05, "brier_base": 0.0625,
        "skill": 0.2, "skill_lo": 0.1, "skill_hi": 0.3, "auc": 0.71, "auc_lo": 0.66, "auc_hi": 0.76, "slope": 1.02, "slope_lo": 0.8, "slope_hi": 1.24,
        "intercept": 0.05, "intercept_lo": -0.1, "intercept_hi": 0.2, "landmarks": 7, "left_before": 400, "look_back": 365, "recalibrated": False,
        "verdict": TELLS,
    }  # fmt: skip
    return pd.DataFrame([row | more])


def bins() -> pd.DataFrame:
    rows = {
        "bin": [1, 2],
        "n": [480, 520],
        "predicted": [0.02, 0.1],
        "observed": [0.025, 0.2],
        "lo": [0.01, 0.15],
        "hi": [0.04, 0.26],
    }
    return pd.DataFrame(rows)


def listed(n: int = 12, label: str = "late delivery") -> pd.DataFrame:
    rows = {
        "customer_id": [f"c-{i}" for i in range(n)], "risk_pct": 20.0, "base_pct": 5.0, "times": 4.0, "reasons": "last contact was answered slowly",
        "step": STEPS["last_slow"], "last_contact": pd.Timestamp("2026-10-20"), "issue": label, "channel": label, "contacts": 2,
    }  # fmt: skip
    return pd.DataFrame(rows, columns=CARE)


def groups(label: str = "chat") -> pd.DataFrame:
    rows = pd.DataFrame(
        {"group": list(GROUPS), "rule": list(GROUPS.values()), "n": 100, "share_pct": 14.3, "contacts_year": 1.5}
    )
    rows = rows.assign(
        asked=[0] + [50] * 6, answered_pct=40.0, csat_n=[0] + [20] * 6, csat_pct=80.0, csat_lo=58.4, csat_hi=91.9
    )
    rows = rows.assign(
        left=[2, 2, 2, 2, 2, 2, 30],
        left_pct=[2.0] * 6 + [30.0],
        left_lo=0.5,
        left_hi=40.0,
        channel=label,
        category=label,
    )
    return rows.assign(since=pd.Timestamp("2026-08-03"), looked_back=365)


def made(label: str = "late delivery", **more: object) -> Risk:
    reasons = {
        "reason": ["last contact was answered slowly", "not known: first"],
        "known": [True, False],
        "n": 40,
        "n_before": 200,
    }
    left = pd.Series([1] * 100 + [0] * 400)
    judged = leaks(pd.DataFrame({label: np.where(left == 1, label, "open"), "plan": ["a", "b"] * 250}), left)
    parts = {
        "score": score(), "bins": bins(), "reasons": pd.DataFrame(reasons).assign(left_pct=9.5, times=2.0), "care": listed(label=label),
        "worth": worth(listed(), pd.Series([True] * 5 + [False] * 7), 0.05, 0.06), "segments": groups(label), "leaks": judged,
    }  # fmt: skip
    return replace(Risk(**parts), **more)


PARTS = (page.risk_words, page.calibration, page.care_table, page.segments_table, page.leaks_words)


def _plain(told: object) -> str:
    return told.text.replace("\u00a0", " ")


def test_what_the_forecast_tells():
    words = _plain(page.risk_words(made()))
    assert "The forecast tells more than the base rate :" in words  # no «but little»
    assert "to the leaver in 71 of 100 (95% 66–76; 50 is a coin)" in words
    assert "1,000 customers active on 3 Aug 2026" in words
    assert "60 left by 90 days later, 6.0%" in words
    assert (
        "0.0500, that of the same 5.0% for everybody 0.0625: 20.00% less (95% 10.00% to 30.00%), beyond chance" in words
    )
    assert "ten of a hundred meant ten" in words
    assert "last contact was answered slowly (9.5% left)" in words
    assert "not known" not in words


def test_a_forecast_that_is_little_better_says_so():
    words = _plain(page.risk_words(made(score=score(skill=0.002, skill_lo=-0.001, skill_hi=0.004))))
    assert "but little" in words
    assert "0.20% less (95% −0.10% to 0.40%), within noise" in words


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"slope": 0.5, "slope_lo": 0.3, "slope_hi": 0.7}, "told too large"),
        ({"slope": 1.5, "slope_lo": 1.3, "slope_hi": 1.7}, "told too small"),
        ({"intercept": 0.3, "intercept_lo": 0.1, "intercept_hi": 0.5}, "but more left than was said"),
        ({"intercept": -0.3, "intercept_lo": -0.5, "intercept_hi": -0.1}, "but fewer left than was said"),
        ({"recalibrated": True}, "Chances had been set right once"),
    ],
)
def test_chances_of_the_wrong_size_are_called_so(more, said):
    assert said in page.risk_words(made(score=score(**more))).text


def test_nothing_beyond_the_base_rate_makes_no_list():
    told = made(score=score(verdict=NOTHING, slope=np.nan), care=listed(0))
    words = _plain(page.risk_words(told))
    assert "tells nothing beyond the base rate" in words
    assert "no list is made" in words
    assert "What speaks" not in words
    assert "As chances" not in words
    assert page.care_table(told) is None
    assert page.calibration(told) is not None  # the picture shows why


def test_a_reason_why_nothing_can_be_told():
    bare = Risk("the data have no list of customers")
    assert page.risk_words(bare).text == "Who may leave cannot be told: the data have no list of customers."
    assert [part(bare) for part in PARTS[1:]] == [None] * 4


def test_the_list_shows_ten_and_what_it_is_worth():
    words = _plain(page.care_table(made()))
    assert (
        "Of 12 customers listed, 2.4 would leave by the forecast; of as many drawn by lot, 0.6" in words
    )  # 12 × 20 %, 12 × 5 %
    assert "Of the 12 that the same rule named at the test, 5 left: 41.7%" in words
    assert "beyond chance more than the 6.0% of all customers then" in words
    assert "the first 10 of 12" in words
    assert "c-9" in words
    assert "c-10" not in words
    assert "Draw a lot" in words


def test_an_empty_list_and_an_untested_one():
    assert "no list is made" in page.care_table(made(care=listed(0))).text
    none = worth(listed(), pd.Series(dtype=bool), 0.05, 0.06)
    assert "nobody knows what the list is worth" in page.care_table(made(worth=none)).text


def test_groups_say_whether_they_leave_differently_often():
    words = _plain(page.segments_table(made()))
    assert "beyond chance: most of «several contacts, two or more with trouble (30.0%)»" in words
    assert "none asked" in words
    assert "80.0% (58.4–91.9%)" in words
    alike = groups().assign(left=6, left_pct=6.0)
    assert "no more than chance makes" in page.segments_table(made(segments=alike)).text
    assert "too few left" in page.segments_table(made(segments=groups().assign(left=2))).text
    hidden = groups().assign(share_pct=0.9 * groups()["share_pct"])
    assert "a customer could be told are left out" in page.segments_table(made(segments=hidden)).text
    assert "left out" not in words


def test_what_was_refused_and_what_was_not():
    words = _plain(page.leaks_words(made("status")))
    assert (
        "Refused: status (of 100 customers with these values all left, 100% of all who left: it knows the outcome; status)"
        in words
    )
    assert "Not refused: plan" in words
    left = pd.Series([1] * 20 + [0] * 180)
    clean = leaks(pd.DataFrame({"plan": ["a", "b"] * 100}), left)
    assert "No column of the customer list" in page.leaks_words(made(leaks=clean)).text
    few = leaks(pd.DataFrame({"plan": ["a", "b"] * 100}), pd.Series([1] * 2 + [0] * 198))
    assert "cannot be judged" in page.leaks_words(made(leaks=few)).text


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_stay_text(label):
    for part in PARTS:
        told = part(made(label))
        html = told.svg if hasattr(told, "svg") else told.html
        assert "<script>" not in html
        assert "<img" not in html


def test_the_picture_of_chances():
    picture = page.calibration(made())
    assert picture.title == "Chance of leaving: in 1 of 2 groups as many left as was said, within noise"
    assert (
        picture.alt
        == "Of the group with the lowest chance 2.0% were said and 2.5% left; of that with the highest 10.0% were said and 20.0% left."
    )
    drawn = texts(picture.svg)
    assert "each dot: 480 to 520 customers; bars: 95% intervals" in drawn
    assert any("the same for everybody: 5.0%" in line for line in drawn)


def _dots(count: int) -> pd.DataFrame:
    rows = pd.DataFrame({"predicted": np.linspace(1, 30, count), "n": 100})
    return rows.assign(observed=rows["predicted"], lo=rows["predicted"] * 0.8, hi=rows["predicted"] * 1.2)


def test_the_picture_is_readable_at_its_limits():
    said = {"title": "Finding", "subtitle": "measure", "alt": "what it shows"}
    odd = _dots(3).assign(predicted=[0.1, 50, 100], observed=[0, 50, 100], lo=[np.nan, 40, 96], hi=[np.nan, 60, 100])

    def draw() -> dict:
        return {
            "many": chart(_dots(10), **said, usual=6.0), "one": chart(_dots(1), **said), "none": chart(_dots(0), **said), "odd": chart(odd, **said),
        }  # fmt: skip

    assert_readable(draw, {INK, MUTED})
    assert not any(CONTEXT in node for node in texts(draw()["many"].svg))
