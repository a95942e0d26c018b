"""What the benchmarks compare is the same: ours and plain pandas give the same card of a small shop."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        import pairs
        import tables

        yield pairs, tables.make_store(tmp_path_factory.mktemp("shop"), rows=100_000, seed=7) / "interactions.parquet"


@pytest.mark.parametrize("name", ["card", "kpi", "repeats", "copies"])
def test_both_sides_give_the_same(bench, name):
    pairs, table = bench
    ours, other = (pairs.SIDES[name][side](table) for side in ("ours", "pandas"))
    assert pairs.require_same(name, ours, other) == len(ours) > 50


def test_another_figure_is_noticed(bench):
    pairs, table = bench
    ours = pairs.SIDES["repeats"]["ours"](table)
    other = ours.assign(value=ours["value"].where(ours.index != 3, ours["value"] + 0.001))
    with pytest.raises(AssertionError, match="value"):
        pairs.require_same("repeats", ours, other)


def test_the_shop_has_what_the_card_needs(bench):
    pairs, table = bench
    card = pairs.SIDES["card"]["pandas"](table)
    months = card[card["part"] == "history"].groupby("metric")["month"].nunique()
    assert len(months) == 28
    assert set(months.drop("backlog")) == {24}
    assert card.loc[card["part"] == "slices", "dimension"].nunique() == 8
    assert pd.notna(card.loc[card["part"] == "history", ["n", "value"]]).all(axis=None)


def test_the_shop_of_the_drivers_has_what_was_put_in(bench, tmp_path):
    import drivers_shop

    drivers_shop.make_store(tmp_path, 60_000, 7)
    contacts = pd.read_parquet(tmp_path / "interactions.parquet")
    assert contacts["issue"].nunique() == drivers_shop.ISSUES == 60
    assert contacts["agent_id"].nunique() == drivers_shop.AGENTS == 200
    assert contacts["csat"].notna().mean() == pytest.approx(drivers_shop.ANSWERED, abs=0.01)
    longest = contacts.groupby("issue")["handle_seconds"].transform("median")
    answered = contacts.assign(longer=contacts["handle_seconds"] > longest, hard=longest > longest.median())
    answered = answered.dropna(subset=["csat", "handle_seconds"])
    assert answered.groupby("hard")["csat"].mean().diff().iloc[-1] < -0.3  # hard issues take long and please less
    assert answered.groupby(["issue", "longer"])["csat"].mean().unstack().diff(axis=1)[True].mean() > 0.1
    customers = pd.read_parquet(tmp_path / "customers.parquet").set_index("customer_id")
    first = contacts.drop_duplicates("customer_id").set_index("customer_id")
    left = customers["churned_at"].notna().reindex(first.index)
    assert left[first["first_resolved_at"].isna()].mean() > 1.3 * left[first["first_resolved_at"].notna()].mean()
    later = contacts["created_at"] > contacts["customer_id"].map(customers["churned_at"])
    assert not later.any()  # nobody writes who has left


def test_rules_of_alerts_are_judged_alike(monkeypatch):
    """Two series of 91 days, a rise from day 30 on: one called on day 33, one never; one false alarm before, of two days."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import alerts_sides

    score = np.zeros((2, 91))
    score[0, [10, 11, 33, 50]] = 9.0
    found, late, false = alerts_sides.called(score, np.array([30, 30]) + alerts_sides.FIRST, 5.0)
    assert (found, late) == (0.5, 3)
    assert false == pytest.approx(1 / (60 / alerts_sides.MONTH))
    assert alerts_sides.false_rate(score, 5.0) == pytest.approx(
        3 / (182 / alerts_sides.MONTH)
    )  # days 33 and 50 are two


def test_scores_of_methods_stand_in_one_table(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import forecast_real

    row = pd.Series({"mase": 0.7149, "pinball": 0.3, "cover50": 0.5, "cover80": 0.8, "cover95": 1.0, "chosen": True})
    assert forecast_real.cell(row) == "**0.71 / 0.30 / 50 · 80 · 100**"
    frame = pd.DataFrame({"contacts (9)": {"naive": "b", "mean of all": "a", "noise floor": "0.50"}})
    assert forecast_real.as_table(frame, "by day").split("\n")[2:] == [
        "| noise floor | 0.50 |", "| mean of all | a |", "| naive | b |",
    ]  # fmt: skip
