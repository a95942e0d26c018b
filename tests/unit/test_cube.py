"""All combinations of up to three dimension values, by hand and against pandas."""

from itertools import combinations

import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from voc.analysis.localise.cube import cube
from voc.analysis.localise.leaves import UNKNOWN
from voc.data.problems import InputError

CONTACTS = pd.DataFrame({
    "shop": ["A", "A", "A", "B", None], "kind": ["x", "x", "y", "x", "y"],
    "bad": [True, False, True, True, None], "minutes": [1.5, 2.5, 4.0, None, 0.25],
})  # fmt: skip


def rows_of(found, *names):
    return [
        tuple(None if pd.isna(value) else value for value in row) for row in found[list(names)].itertuples(index=False)
    ]


def test_every_combination_has_its_rows_and_sums():
    found = cube(ibis.memtable(CONTACTS), ["shop", "kind"], ["bad", "minutes"], least=1)
    assert rows_of(found, "shop", "kind", "n", "bad", "minutes") == [
        (None, None, 5, 3, 8.25),
        (UNKNOWN, None, 1, 0, 0.25), ("A", None, 3, 2, 8.0), ("B", None, 1, 1, 0.0),
        (None, "x", 3, 2, 4.0), (None, "y", 2, 1, 4.25),
        (UNKNOWN, "y", 1, 0, 0.25), ("A", "x", 2, 1, 4.0), ("A", "y", 1, 1, 4.0), ("B", "x", 1, 1, 0.0),
    ]  # fmt: skip


def test_small_combinations_and_deeper_ones_are_left_out():
    table = ibis.memtable(CONTACTS)
    assert rows_of(cube(table, ["shop", "kind"], [], least=2), "shop", "kind", "n") == [
        (None, None, 5), ("A", None, 3), (None, "x", 3), (None, "y", 2), ("A", "x", 2),
    ]  # fmt: skip
    assert len(cube(table, ["shop", "kind"], [], order=1, least=1)) == 1 + 3 + 2
    assert cube(table, ["shop"], [], least=6).empty


def test_missing_columns_are_told_all_at_once():
    with pytest.raises(InputError, match=r"'shops'[\s\S]*'worse'"):
        cube(ibis.memtable(CONTACTS), ["shops", "kind"], ["worse"])


ROW = st.tuples(*[st.sampled_from(["a", "b", "c", None])] * 4, st.integers(0, 9))


@settings(max_examples=15, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=30))
def test_the_cube_is_what_pandas_adds_up(rows):
    names = list("pqrs")
    frame = pd.DataFrame(rows, columns=[*names, "bad"]).astype(dict.fromkeys(names, "string"))
    found = cube(ibis.memtable(frame), names, ["bad"], least=2)
    filled = frame.fillna(dict.fromkeys(names, UNKNOWN))
    expected = {(): (len(frame), frame["bad"].sum())} if len(frame) >= 2 else {}
    for size in (1, 2, 3):
        for chosen in combinations(names, size):
            for values, group in filled.groupby(list(chosen)):
                if len(group) >= 2:
                    expected[tuple(zip(chosen, values, strict=True))] = (len(group), group["bad"].sum())
    got = {
        tuple((name, row[name]) for name in names if not pd.isna(row[name])): (row["n"], row["bad"])
        for _, row in found.iterrows()
    }
    assert got == expected
