"""What the benchmark of causes counts, by hand: exact causes, the rules it compares with, and what is planted."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from voc.analysis.localise.leaves import compared

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def bench():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        import whys_cubes
        import whys_faults

        yield whys_faults, whys_cubes
    for name in ("whys_cubes", "whys_faults"):
        sys.modules.pop(name, None)


def two_by_two(bad):
    rows = pd.DataFrame({"shop": list("AABB"), "kind": list("xyxy"), "n": 100})
    return compared(rows.assign(bad=10), rows.assign(bad=bad), ["shop", "kind"], "bad", "n")


def cause(**where):
    return frozenset(where.items())


def test_only_exact_causes_count(bench):
    known, _ = bench
    leaves = two_by_two([40, 40, 10, 10])
    fault = known.Fault("one", leaves, leaves, frozenset({cause(shop="A"), cause(shop="C")}), 0.0)
    counts = known.tally([fault], lambda leaves: {cause(shop="A"), cause(shop="A", kind="x")})
    assert counts.tolist() == [[1, 1, 1]]
    assert known.f1(counts) == 0.5
    assert known.f1(np.array([[1, 0, 0], [0, 1, 1]])) == 0.5
    lo, hi = known.interval(np.array([[1, 0, 0]] * 5 + [[0, 1, 1]] * 5), 1)
    assert 0.0 < lo < 0.5 < hi < 1.0
    assert known.difference(np.array([[1, 0, 0]] * 4), np.array([[0, 1, 1]] * 4), 1) == (1.0, 1.0)


def test_the_rules_compared_with_do_what_they_say(bench):
    known, _ = bench
    alike, inside = two_by_two([40, 40, 10, 10]), two_by_two([70, 10, 10, 10])
    assert known.leave_out(inside) == {cause(shop="A", kind="x")}
    assert known.leave_out(alike, kept=0.3) == {cause(shop="A", kind="x")}  # .05 of the .15 is enough
    assert known.leave_out(alike) == {cause(shop="A")}
    assert known.adtributor(alike) == {cause(shop="A")}
    assert known.adtributor_again(inside) == {cause(shop="A", kind="x")}
    assert known.ours(inside) == {cause(shop="A", kind="x")}


def test_a_folder_of_faults_is_read(bench, tmp_path):
    known, _ = bench
    rows = pd.DataFrame([(at, shop, 5 if (at, shop) != (9, "A") else 60, 100) for at in range(12) for shop in "AB"])
    rows.to_csv(tmp_path / "f 1.csv", index=False, header=["min", "shop", "value", "cnt"])
    listed = [{"data": "f 1", "timestamp": 9, "cause": [{"shop": "A"}, {"shop": 7}]}]
    (tmp_path / "anomaly.yaml").write_text(yaml.safe_dump(listed), encoding="utf-8")
    (fault,) = known.read(tmp_path)
    assert fault.causes == {cause(shop="A"), cause(shop="7")}
    assert fault.plain.frame["weight_before"].tolist() == [900, 900]  # what comes after the fault is not read
    assert known.ours(fault.leaves) == {cause(shop="A")}


def test_what_is_planted_lies_where_it_is_said(bench):
    _, cubes = bench
    made, planted = cubes.made(8, seed=3)
    assert [one["where"] is None for one in planted] == [False] * 6 + [True, False]
    for at, one in enumerate(planted):
        cube = made[made["cube"] == at]
        where = one["where"] or {"channel": "channel 0"}
        inside = np.all([cube[name] == value for name, value in where.items()], axis=0)
        sums = cube[inside][["value_before", "value_now", "weight_before", "weight_now"]].sum()
        if one["measure"] == "rate":
            change = sums["value_now"] / sums["weight_now"] - sums["value_before"] / sums["weight_before"]
        else:
            change = sums["value_now"] / sums["value_before"] - 1
        assert change == pytest.approx(one["effect"], abs=0.4 * one["effect"] + 0.03)
