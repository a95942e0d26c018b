"""What the benchmarks compare is the same: ours and plain pandas give the same card of a small shop."""

from pathlib import Path

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
