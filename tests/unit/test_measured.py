"""The lines of the benchmarks: ratios, aims and verdicts by hand, and what is kept of a run of a part."""

import json
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def bench():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        import classifier
        import measured
        import sentiment

        yield measured, classifier, sentiment


def test_less_is_better(bench):
    measured, *_ = bench
    line = measured.less("fit", 2.0, 30.0, "s", "the other", 15)
    assert line.line() == "fit: ours 2 s, the other 30 s, ratio 15.00, aim ratio ≥ 15, met"
    assert measured.less("fit", 2.0, 29.9, "s", "the other", 15).met is False
    assert (
        measured.less("fit", 2.5, 1.0, "s", "the other").line()
        == "fit: ours 2.50 s, the other 1.00 s, ratio 0.40, no aim"
    )


@pytest.mark.parametrize(
    ("ours", "other", "least", "above", "told"),
    [
        (0.9, 0.6, 0.85, False, "score: ours 0.900, the other 0.600, ratio 1.50, aim ≥ 0.85, met"),
        (0.8, 0.6, 0.85, False, "score: ours 0.800, the other 0.600, ratio 1.33, aim ≥ 0.85, NOT MET"),
        (0.6, 0.6, None, True, "score: ours 0.600, the other 0.600, ratio 1.00, aim above the other, NOT MET"),
        (0.9, 0.95, 0.85, True, "score: ours 0.900, the other 0.950, ratio 0.95, aim ≥ 0.85 and above the other, NOT MET"),
        (0.1, -0.2, None, False, "score: ours 0.100, the other -0.200, no aim"),
    ],
)  # fmt: skip
def test_more_is_better(bench, ours, other, least, above, told):
    measured, *_ = bench
    assert measured.more("score", ours, other, "the other", least, above=above).line() == told


def test_alone_and_side_by_side(bench):
    measured, *_ = bench
    assert (
        measured.alone("memory", 4_096.5, "MB", most=4_096).line() == "memory: ours 4,096.50 MB, aim ≤ 4096 MB, NOT MET"
    )
    assert measured.alone("agree", 0.8, least=0.8).line() == "agree: ours 0.800, aim ≥ 0.8, met"
    assert measured.told("topics", 131, 250, "the other").line() == "topics: ours 131, the other 250, no aim"
    assert "± 0.012" in measured.more("score", 0.9, 0.6, "the other", chance=0.0123).line()


def test_a_part_is_kept_beside_the_rest(bench, tmp_path):
    measured, *_ = bench
    path = tmp_path / "results.json"
    measured.keep([measured.alone("one", 1.5), measured.more("two", 0.5, 0.4, "A")], path)
    measured.keep([measured.more("two", 0.6, 0.4, "A"), measured.more("two", 0.6, 0.3, "B")], path)
    kept = [(row["name"], row["against"], row["ours"]) for row in json.loads(path.read_text())]
    assert kept == [("one", None, 1.5), ("two", "A", 0.6), ("two", "B", 0.6)]


def test_shares_of_right_answers(bench):
    _, classifier, sentiment = bench
    split = classifier.Split([], np.zeros((0, 2)), np.array([]), list("abcd"), np.zeros((4, 2)), np.array([*"xxxy"]))
    said = np.array([*"xxyy"])  # 3 of 4 right; of x 2 of 3, of y 1 of 1
    assert classifier.hit(said, split, balanced=False) == 0.75
    assert classifier.hit(said, split, balanced=True) == pytest.approx((2 / 3 + 1) / 2)
    assert classifier.half_interval(0.5, np.array(["x"] * 100), balanced=False) == pytest.approx(0.098)
    known, evidence = np.array([5.0, 4.0, 1.0, 2.0]), np.array([1.0, 0.0, -1.0, 2.0])  # right, tie, right, wrong
    found = sentiment.told(known, evidence)
    assert found == {"accuracy": 0.625, "balanced accuracy": 0.625, "AUC": 0.5}
    others = {"A": {"AUC": 0.7}, "B": {"AUC": 0.8}}
    assert sentiment.best(others, "AUC") == (0.8, "B")


def test_lines_from_numpy_can_be_kept(bench, tmp_path):
    measured, *_ = bench
    found = [
        measured.alone("a", np.float64(0.9), least=np.float64(0.8), chance=0.1),
        measured.more("b", np.float64(2), np.float64(1), "x", above=True),
    ]
    measured.keep(found, tmp_path / "results.json")
    assert [row["met"] for row in json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))] == [True, True]
