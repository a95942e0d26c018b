import gc
import os
from datetime import datetime

import pandas as pd
import pyarrow as pa
import pytest
from voc.data.problems import InputError
from voc.data.store import Store, opened, to_arrow, to_frame


@pytest.fixture(params=["folder", "url"])
def place(request, tmp_path) -> str:
    """Return a folder of Parquet files, and a database behind a URL: both must behave alike."""
    return str(tmp_path / "store") if request.param == "folder" else f"duckdb://{tmp_path / 'voc.duckdb'}"


ONE, TWO = pd.DataFrame({"topic": ["доставка"], "n": [1]}), pd.DataFrame({"topic": ["退款", "b"], "n": [2, 3]})


def test_what_is_written_is_read_by_the_next_one(place):
    with opened(place) as first:
        first.write("topics", ONE)
    with opened(place) as second:
        assert second.tables() == ["topics"]
        assert second.frame("topics").to_dict("records") == [{"topic": "доставка", "n": 1}]


@pytest.mark.parametrize("shape", ["frame", "arrow", "expression"])
def test_every_shape_of_table_is_written(place, shape):
    with opened(place) as store:
        data = {"frame": TWO, "arrow": to_arrow(TWO), "expression": store.load(TWO)}[shape]
        store.write("topics", data)
        assert store.frame("topics")["n"].tolist() == [2, 3]


def test_a_table_is_replaced_whole(place):
    with opened(place) as store:
        store.write("topics", TWO)
        store.write("topics", ONE)
        assert store.frame("topics")["n"].tolist() == [1]
        assert store.tables() == ["topics"]


def test_a_table_can_be_replaced_by_what_is_made_of_it(place):
    with opened(place) as store:
        store.write("topics", TWO)
        topics = store.read("topics")
        store.write("topics", topics.mutate(n=topics.n * 10))
        assert store.frame("topics")["n"].tolist() == [20, 30]


def test_a_missing_table_names_what_is_there(place):
    with opened(place) as store:
        with pytest.raises(InputError, match=r"table 'topic': is missing\. The store is empty: run 01_cleaning first"):
            store.read("topic")
        store.write("topics", ONE)
        with pytest.raises(InputError, match=r"table 'topic': is missing\. Did you mean topics\?"):
            store.read("topic")
        assert store.has("topics")
        assert not store.has("topic")


def test_a_write_that_fails_leaves_the_old_table_and_no_rest(tmp_path, monkeypatch):
    from voc.data import store as module

    def full(table, path, **options):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with opened(tmp_path) as store:
        store.write("topics", ONE)
        monkeypatch.setattr(module.pq, "write_table", full)
        with pytest.raises(OSError, match="No space left"):
            store.write("topics", TWO)
        assert store.frame("topics")["n"].tolist() == [1]
    assert [path.name for path in tmp_path.iterdir()] == ["topics.parquet"]


def test_who_reads_while_a_table_is_replaced_reads_the_old_one_to_its_end(tmp_path):
    with opened(tmp_path) as store:
        store.write("topics", ONE)
        path = tmp_path / "topics.parquet"
        whole = path.read_bytes()
        with path.open("rb", buffering=0) as reading:
            half = reading.read(len(whole) // 2)
            store.write("topics", TWO)
            assert half + reading.read() == whole
        assert path.read_bytes() != whole


def test_the_same_table_is_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        with opened(tmp_path / name) as store:
            store.write("topics", TWO)
    assert (tmp_path / "one" / "topics.parquet").read_bytes() == (tmp_path / "two" / "topics.parquet").read_bytes()


def test_loaded_tables_are_not_kept(place):
    store = Store(place)
    loaded = store.load(TWO)
    assert store.settle(loaded.filter(loaded.n > 2)).count().to_pyarrow().as_py() == 1
    store.close()
    with opened(place) as again:
        assert again.tables() == []


STAMP = datetime(2026, 10, 31, 23, 59)
KINDS = {
    "string": ([None, "退款"], pa.string()), "large string": (["a", None], pa.large_string()), "whole": ([1, 2], pa.int64()),
    "whole, one missing": ([1, None], pa.int64()), "small": ([1, 2], pa.int8()), "share": ([0.1, None], pa.float64()),
    "half share": ([0.1, 2.0], pa.float32()), "yes": ([True, None], pa.bool_()), "day": ([STAMP.date(), None], pa.date32()),
    "ms": ([STAMP, None], pa.timestamp("ms")), "us": ([STAMP, None], pa.timestamp("us")), "ns": ([STAMP, None], pa.timestamp("ns")),
    "UTC": ([STAMP, None], pa.timestamp("us", "UTC")), "list": ([["a", "b"], []], pa.list_(pa.string())),
    "words": ([{"en": ["a"]}, None], pa.struct({"en": pa.list_(pa.string())})), "nothing": ([], pa.large_string()),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_is_what_the_engine_reads(tmp_path, kind):
    values, of = KINDS[kind]
    with opened(tmp_path) as store:
        store.write("topics", pa.table({"n": pa.array(range(len(values)), pa.int64()), "x": pa.array(values, of)}))
        by_engine, frame = to_frame(store.read("topics")), store.frame("topics")
    assert frame.dtypes.tolist() == by_engine.dtypes.tolist()
    assert repr(frame["x"].tolist()) == repr(by_engine["x"].tolist())
    assert len(frame) == len(values)


def test_the_index_of_a_frame_is_no_column():
    assert to_arrow(TWO.set_index(pd.Index([7, 8], name="old"))).column_names == ["topic", "n"]


def test_a_large_table_lies_in_a_file_until_nobody_needs_it(tmp_path, monkeypatch):
    from voc.data import store as module

    monkeypatch.setattr(module, "LARGE", 2)
    with opened(tmp_path) as store:
        store.write("topics", TWO)
        small, large = store.settle(store.read("topics"), rows=1), store.settle(store.read("topics"), rows=2)
        assert large.order_by("n").to_pyarrow().to_pandas().equals(small.order_by("n").to_pyarrow().to_pandas())
        assert len(list(tmp_path.glob(".*/*.parquet"))) == 1
        assert store.tables() == ["topics"]
        del large
        gc.collect()
        assert not list(tmp_path.glob(".*/*.parquet"))
    assert [path.name for path in tmp_path.iterdir()] == ["topics.parquet"]


def test_the_engine_takes_no_more_memory_than_it_may(tmp_path, monkeypatch):
    monkeypatch.setenv("VOC_MEMORY", "512MiB")
    with opened(tmp_path) as store:
        limit = store.connection.con.execute("SELECT current_setting('memory_limit')").fetchone()
        assert limit == ("512.0 MiB",)


def test_what_a_killed_run_left_is_removed_when_it_is_old(tmp_path):
    left, fresh = tmp_path / ".123.ibis_overflow_a", tmp_path / ".124.ibis_overflow_b"
    for folder in (left, fresh):
        folder.mkdir()
        (folder / "settled.parquet").write_bytes(b"x")
    os.utime(left, (0, 0))
    with opened(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == [fresh.name]
