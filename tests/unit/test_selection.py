"""The values around a quantile: the same whether all values are sorted, or few are kept after a lot was drawn."""

import ibis
import numpy as np
import pandas as pd
import pytest
from voc.analysis import selection
from voc.analysis.intervals import order_statistics
from voc.analysis.selection import gather


@pytest.fixture(params=["sorted", "drawn", "drawn badly"])
def way(request, monkeypatch):
    """Sort all, draw a lot, or draw one that tells nothing: the figures are the same."""
    if request.param != "sorted":
        monkeypatch.setattr(selection, "MANY", 0)
    if request.param == "drawn badly":
        monkeypatch.setattr(selection, "SAFE", -30.0)
    return request.param


def rows(n=60_000, seed=3):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"group": rng.choice(["a", "b", "c"], n, p=[0.7, 0.299, 0.001]), "x": rng.lognormal(3, 1, n)})
    frame.loc[rng.random(n) < 0.2, "x"] = np.nan
    return frame.assign(y=(frame["x"] // 10).where(frame["group"] != "c"))  # many ties; a group that knows none


def test_nine_values_by_hand(store):
    table = store.load(pd.DataFrame({"x": [9.0, 1, 8, 2, 7, 3, 6, 4, 5, None]}))
    found = gather(table, {"x": 0.5}, [], 0.0).iloc[0]  # places 4.5 ± 2, rounded outwards
    assert (found["x n"], found["x below"]) == (9, 2)
    assert list(found["x near"]) == [3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize(("name", "share"), [("x", 0.5), ("x", 0.9), ("y", 0.5)])
def test_every_way_keeps_the_same_values(store, way, name, share):
    frame = rows()
    found = gather(store.load(frame), {name: share}, ["group"], 1.96)
    for _, row in found.iterrows():
        own = np.sort(frame.loc[frame["group"] == row["group"], name].dropna().to_numpy())
        assert row[f"{name} n"] == len(own)
        if len(own):
            near, below = row[f"{name} near"], row[f"{name} below"]
            assert list(near) == list(own[below : below + len(near)])
            value, *_ = order_statistics(len(own), below, near, share)
            assert value == pytest.approx(np.quantile(own, share), rel=1e-12)


def test_a_lot_keeps_few(store, monkeypatch):
    monkeypatch.setattr(selection, "MANY", 0)
    kept = []
    frame = pd.DataFrame({"x": np.random.default_rng(1).random(400_000)})
    whole = selection._gathered

    def watched(*given, **more):
        kept.append(more["drawn"])
        return whole(*given, **more)

    monkeypatch.setattr(selection, "_gathered", watched)
    found = gather(store.load(frame), {"x": 0.5}, [], 1.96)
    assert kept == [True]
    own = np.sort(frame["x"].to_numpy())
    assert list(found["x near"][0]) == list(own[found["x below"][0] :][: len(found["x near"][0])])


def test_other_sums_stand_beside(store, way):
    frame = rows(n=2_000)
    found = gather(store.load(frame), {"x": 0.5}, ["group"], 1.96, lambda table: {"rows": table.count()})
    assert found.set_index("group")["rows"].to_dict() == frame.groupby("group").size().to_dict()
    assert list(found["group"]) == sorted(found["group"])


def test_nothing_has_nothing_around_it(store, way):
    empty = store.load(rows(n=10)).filter(ibis.literal(value=False))
    assert gather(empty, {"x": 0.5}, ["group"], 1.96).empty
    assert gather(empty, {"x": 0.5}, [], 1.96)["x n"].tolist() == [0]


def test_a_group_without_a_name_is_a_group(store, way):
    frame = rows(n=3_000).assign(group=lambda one: one["group"].where(one["group"] != "b", None))
    found = gather(store.load(frame), {"x": 0.5}, ["group"], 1.96)
    assert found["x n"].sum() == frame["x"].notna().sum()
    assert found["group"].isna().sum() == 1
