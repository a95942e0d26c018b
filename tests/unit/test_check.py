import pandas as pd
import pytest
from voc.data.check import check
from voc.data.problems import InputError
from voc.data.schema import INTERACTIONS, SURVEYS, TABLES, VOLUMES

GOOD = {
    "interaction_id": ["t:1", "t:2"],
    "source": ["t", "t"],
    "created_at": pd.to_datetime(["2026-10-01", "2026-10-02"]).astype("datetime64[us]"),
    "channel": ["chat", None],
    "csat": [1.0, 5.0],
    "carrier": ["x", "y"],  # a dimension of the company
}


def table(store, **changes):
    values = {name: value for name, value in (GOOD | changes).items() if value is not ...}
    frame = pd.DataFrame(values)
    words = [
        name for name in ("interaction_id", "source", "channel", "carrier") if name in frame and name not in changes
    ]
    return store.load(frame.astype(dict.fromkeys(words, "str")))


def told(store, **changes) -> str:
    with pytest.raises(InputError) as error:
        check(table(store, **changes), INTERACTIONS)
    return str(error.value)


def test_a_good_table_passes(store):
    check(table(store), INTERACTIONS)
    check(table(store).limit(0), INTERACTIONS)
    check(table(store).limit(1), INTERACTIONS)


def test_a_missing_required_column_is_told(store):
    said = told(store, created_at=..., source=...)
    assert "2 problems" in said
    assert "column created_at: is missing. Map it in the source file" in said


def test_a_wrong_type_is_told(store):
    said = told(store, created_at=["2026-10-01", "2026-10-02"], csat=["1", "5"])
    assert "column created_at: is string, not timestamp" in said
    assert "column csat: is string, not float64" in said


def test_all_wrong_values_are_counted_at_once(store):
    said = told(store, interaction_id=["t:1", "t:1"], channel=["fax", "smoke"], csat=[0.0, 9.0])
    assert "4 problems" in said
    assert "column interaction_id: 1 rows: stands more than once" in said
    assert "column channel: 2 rows: is none of phone, chat" in said
    assert "column csat: 1 rows: is below 1" in said
    assert "column csat: 1 rows: is above 5" in said


def test_an_empty_key_is_no_double(store):
    said = told(store, interaction_id=pd.Series([None, None], dtype="str"))
    assert "1 problem" in said
    assert "column interaction_id: 2 rows: is empty" in said


def test_tables_without_a_key_may_repeat_their_day(store):
    frame = pd.DataFrame(
        {"day": pd.to_datetime(["2026-10-01"] * 2).astype("datetime64[us]"), "orders": [1.0, 2.0], "region": ["N", "S"]}
    )
    check(store.load(frame), VOLUMES)


@pytest.mark.parametrize("declared", TABLES.values(), ids=list(TABLES))
def test_declarations_are_whole(declared):
    assert set(declared.key) <= set(declared.names())
    assert all(declared[name].required for name in declared.key)
    for column in declared.columns:
        assert column.doc
        assert (column.lowest is None and column.highest is None) or column.kind == "float64"
        assert column.role != "number" or column.unit


def test_a_column_is_found_by_name():
    assert "score" in SURVEYS
    assert "csat" not in SURVEYS
    assert SURVEYS["score"].highest == 10
