"""Shapes of durations: figures by hand, humps that are there and humps that are chance, and what parts them."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import skew
from voc.analysis.load.shape import ALIKE, BINS, HUMPS, SYMMETRIC, TAIL, find_humps, log_bins, shapes
from voc.analysis.rules import MetricRules
from voc.data.periods import Period
from voc.report.pages import shape as page

RULES = MetricRules()
OCTOBER = Period.parse("2026-10")


def durations(store, values, name="frt_minutes", **more):
    frame = pd.DataFrame({name: np.asarray(values, dtype=float), "source": "desk", **more})
    frame["created_local"] = pd.Timestamp("2026-10-05")
    return store.load(frame)


def shape_of(store, values, name="frt_minutes", dimensions=(), **more):
    return shapes(durations(store, values, name, **more), OCTOBER, RULES, dimensions, [name]).iloc[0]


def steps(values):
    counted = pd.Series(np.floor(np.log10(values) * BINS + 1e-9).astype(int)).value_counts()
    return counted.reindex(range(counted.index.min(), counted.index.max() + 1), fill_value=0)


def test_figures_by_hand(store):
    """1 … 99: mean and median 50, p10 10.8, p90 89.2, standard deviation √825."""
    row = shape_of(store, range(1, 100), "aht_minutes")
    assert row[["n", "mean", "median", "skewness"]].tolist() == [99, 50, 50, 0]
    assert row["sd"] == pytest.approx(np.sqrt(825))
    assert (row["p10"], row["p90"]) == (pytest.approx(10.8), pytest.approx(89.2))
    assert row["mean_lo"] == pytest.approx(50 - 1.96 * np.sqrt(825 / 99), abs=0.01)
    assert row["median_lo"] < 50 < row["median_hi"]
    assert row["shape"] == SYMMETRIC


def test_a_long_tail(store):
    values = np.exp(np.random.default_rng(1).normal(2, 1, 5000))
    row = shape_of(store, values)
    assert row["shape"] == TAIL
    assert row["skewness"] == pytest.approx(skew(values), rel=1e-3)
    assert row["mode"] == pytest.approx(np.exp(2), rel=0.2)
    assert row["p10_lo"] < np.quantile(values, 0.1) < row["p10_hi"]
    assert "long tail" in page.shape_said(pd.DataFrame([row])).text


def test_two_humps_are_found_with_the_field_that_parts_them(store):
    rng = np.random.default_rng(2)
    fast, slow = np.exp(rng.normal(0, 0.8, 600)), np.exp(rng.normal(np.log(300), 0.8, 400))
    more = {"channel": ["phone"] * 600 + ["mail"] * 400, "product": rng.choice(["a", "b", "c"], 1000)}
    row = shape_of(store, np.r_[fast, slow], dimensions=["product", "channel", "not there"], **more)
    assert (row["shape"], row["humps"]) == (HUMPS, 2)
    peaks = [float(peak) for peak in row["peaks"].split("; ")]
    assert peaks == [pytest.approx(1, rel=0.3), pytest.approx(300, rel=0.3)]
    assert peaks[0] < float(row["valleys"]) < peaks[1]
    assert row["mode"] == pytest.approx(1, rel=0.3)
    assert (row["parted_by"], row["parts"]) == ("channel", "phone | mail")
    assert row["explained"] > 0.9
    said = page.shape_said(pd.DataFrame([row])).text
    assert "two humps" in said and "parted by channel" in said
    nothing = shape_of(store, np.r_[fast, slow], dimensions=["product"], **more)
    assert nothing["parted_by"] == ""
    assert "None of the fields" in page.shape_said(pd.DataFrame([nothing])).text


@pytest.mark.parametrize("n", [30, 300, 30_000])
@pytest.mark.parametrize("kind", ["lognormal", "exponential", "whole minutes", "even"])
def test_chance_and_round_minutes_make_no_humps(kind, n):
    rng = np.random.default_rng(n)
    draw = {
        "lognormal": lambda: np.exp(rng.normal(1, 0.9, n)),
        "exponential": lambda: rng.exponential(30, n),
        "whole minutes": lambda: np.ceil(np.exp(rng.normal(1, 1, n))),
        "even": lambda: rng.uniform(0.1, 60, n),
    }[kind]
    found = [len(find_humps(steps(draw()))[0]) for _ in range(40 if n < 30_000 else 8)]
    assert set(found) == {1}


def test_three_humps():
    rng = np.random.default_rng(3)
    values = np.exp(np.r_[rng.normal(0, 0.4, 500), rng.normal(3, 0.4, 500), rng.normal(6, 0.4, 500)])
    peaks, valleys = find_humps(steps(values))
    assert sorted(peaks) == [pytest.approx(np.exp(at), rel=0.25) for at in (0, 3, 6)]
    assert len(valleys) == 2


def test_a_valley_of_few_values_parts_nothing():
    """One value in a hundred far away is a tail, not a hump."""
    rng = np.random.default_rng(4)
    peaks, _ = find_humps(steps(np.exp(np.r_[rng.normal(0, 0.5, 990), rng.normal(7, 0.3, 10)])))
    assert len(peaks) == 1


def test_limits(store):
    assert shape_of(store, [5.0] * 40)["shape"] == ALIKE
    assert shape_of(store, [5.0] * 40)["sd"] == 0
    assert shape_of(store, [])["why"] == "only 0 values, fewer than 30"
    assert shape_of(store, [3.0])["why"] == "only 1 value, fewer than 30"
    missing = shapes(durations(store, [1.0] * 40), OCTOBER, RULES)
    assert missing["why"].tolist() == ["", "the data have no handle_seconds", "the data have no resolved_at", "the data have no queue_seconds"]  # fmt: skip
    zeros = shape_of(store, [0.0] * 20 + [1.0, 2.0] * 20, "queue_seconds")
    assert zeros["n"] == 60
    assert zeros["why"] == ""
    assert shapes(durations(store, [1.0] * 40), Period.parse("2025-10"), RULES, (), ["frt_minutes"])["n"].iloc[0] == 0


def test_bins_hold_every_value_once(store):
    values = [0.0, 0.5, 1.0, 10.0, 100.0]
    found = log_bins(durations(store, values), "frt_minutes", OCTOBER)
    assert found["n"].sum() == 5
    assert found["lo"].to_numpy()[1:] == pytest.approx(found["hi"].to_numpy()[:-1])


def test_the_page_says_and_draws_what_is_there(store):
    rng = np.random.default_rng(5)
    table = durations(store, np.exp(rng.normal(1, 1, 400)), channel=["<script>x</script>"] * 400)
    found = shapes(table, OCTOBER, RULES, ["channel"])
    assert "First response" in page.shapes_table(found, OCTOBER).text
    assert "cannot be told" in page.shape_said(found).text
    assert page.spread(table, found, "frt_minutes", OCTOBER).title.startswith("Half within")
    assert page.spread(table, found, "aht_minutes", OCTOBER) is None
    assert page.spread(table, found, "unknown", OCTOBER) is None
    both = np.exp(np.r_[rng.normal(0, 0.5, 200), rng.normal(6, 0.5, 200)])
    hostile = shapes(
        durations(store, both, channel=["<script>x</script>"] * 200 + ["b"] * 200), OCTOBER, RULES, ["channel"]
    )
    assert "<script" not in page.shape_said(hostile).html
    assert "&lt;script" in page.shape_said(hostile).html
