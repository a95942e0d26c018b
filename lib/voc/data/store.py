"""Where the tables live: a folder of Parquet files read by an embedded DuckDB, or a database behind a URL.

Every notebook reads its inputs here and leaves its results here. A folder is the default because any number of
notebooks can read it at once, a table is replaced in one step, and its files can be hashed.
"""

from __future__ import annotations

import os
import shutil
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from .problems import InputError, Problem, did_you_mean

LARGE = 1_500_000  # rows from which a settled table lies in a file
# written once, read a few times: a third less time than with zstd and bloom filters, for half as much space again
QUICK = {"compression": "snappy", "write_bloom_filter": False, "dictionary_size_limit": 1000}
MEMORY = 3.0  # GiB that the engine takes at most, unless VOC_MEMORY says otherwise (6GiB); more overflows into files


class Store:
    """Named tables on one engine.

    ``place`` is a folder (Parquet files, embedded DuckDB) or an Ibis URL such as ``duckdb://voc.duckdb``,
    ``postgres://…``, ``pyspark://…``.

    >>> store = Store("/tmp/voc-store")                                            # doctest: +SKIP
    >>> store.write("topics", pd.DataFrame({"topic": ["delivery"], "n": [12]}))    # doctest: +SKIP
    >>> store.read("topics").n.sum().execute()                                     # doctest: +SKIP
    """

    def __init__(self, place: str | Path, *, threads: int | None = None):
        self._closed = False
        self.folder = None if "://" in str(place) else Path(place)
        if self.folder is None:
            self.connection = ibis.connect(str(place))
        else:
            self.folder.mkdir(parents=True, exist_ok=True)
            _sweep(self.folder)
            self._overflow = self.folder.resolve() / f".{os.getpid()}.{ibis.util.gen_name('overflow')}"
            options = {"memory_limit": _memory(), "temp_directory": str(self._overflow)}
            self.connection = ibis.duckdb.connect(**options, **({"threads": threads} if threads else {}))

    def tables(self) -> list[str]:
        """List the names of the tables there are."""
        if self.folder is None and self.connection.name == "duckdb":  # ibis 12's own list fails with DuckDB 2
            where = "table_catalog = current_database() AND table_schema = current_schema()"
            found = self.connection.con.execute(f"SELECT table_name FROM information_schema.tables WHERE {where}")
            return sorted(name for (name,) in found.fetchall())
        if self.folder is None:
            return sorted(self.connection.list_tables())
        return sorted(path.stem for path in self.folder.glob("*.parquet"))

    def has(self, name: str) -> bool:
        """Tell whether a table of that name is there."""
        return name in self.tables()

    def read(self, name: str) -> ir.Table:
        """Return a table as an Ibis expression; raise InputError naming what there is instead."""
        if not self.has(name):
            there = self.tables()
            cure = did_you_mean(name, there) if there else "The store is empty: run 01_cleaning first."
            raise InputError(
                f"store {self.folder or self.connection.name}", [Problem(f"table {name!r}", "is missing", cure)]
            )
        if self.folder is None:
            return self.connection.table(name)
        return self.connection.read_parquet(self.folder / f"{name}.parquet")

    def frame(self, name: str) -> pd.DataFrame:
        """Return a small table as a frame; a file of plain columns is read without the engine, in a quarter of the time."""
        if self.folder is not None and self.has(name):
            with pq.ParquetFile(self.folder / f"{name}.parquet") as file:
                types = [_as_read(one.type) for one in file.schema_arrow]
                if all(types):
                    made = file.read()
                    return made.cast(pa.schema(list(zip(made.column_names, types, strict=True)))).to_pandas()
        return to_frame(self.read(name))

    def write(self, name: str, data: ir.Table | pd.DataFrame | pa.Table) -> None:
        """Replace a table in one step: readers see the old one or the new one, never a half."""
        if self.folder is None:
            self.connection.create_table(name, data if isinstance(data, ir.Table) else to_arrow(data), overwrite=True)
            return
        target = self.folder / f"{name}.parquet"
        beside = target.with_name(f".{name}.{os.getpid()}.tmp")
        try:
            pq.write_table(to_arrow(data), beside, compression="zstd")
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)

    def drop(self, name: str) -> None:
        """Remove a table; nothing happens where there is none."""
        if self.folder is not None:
            (self.folder / f"{name}.parquet").unlink(missing_ok=True)
        elif self.has(name):
            self.connection.drop_table(name)

    def load(self, data: pd.DataFrame | pa.Table) -> ir.Table:
        """Hand a frame to the engine as a temporary table."""
        return self._temporary("loaded", to_arrow(data))

    def settle(self, table: ir.Table, rows: int = 0) -> ir.Table:
        """Compute an expression once and keep the result for the steps that follow.

        ``rows`` is about how many it has, where they may be many: from ``LARGE`` on they are kept in a file, because a table
        in memory takes ten times the space and is read no faster.
        """
        if self.folder is None or rows < LARGE:
            return self._temporary("settled", table)
        self._overflow.mkdir(exist_ok=True)
        path = self._overflow / f"{ibis.util.gen_name('settled')}.parquet"
        self.connection.to_parquet(table, path, **QUICK)
        made = self.connection.read_parquet(path)
        weakref.finalize(made.op(), path.unlink, missing_ok=True)
        return made

    def _temporary(self, kind: str, data: ir.Table | pa.Table) -> ir.Table:
        """Make a table that is dropped when nothing refers to it any more."""
        name = ibis.util.gen_name(kind)
        made = self.connection.create_table(name, data, temp=True)
        weakref.finalize(made.op(), self._forget, name)
        return made

    def _forget(self, name: str) -> None:
        if not self._closed:
            self.connection.drop_table(name, force=True)

    def close(self) -> None:
        """Close the connection; a kernel that ends without it prints a page of warnings."""
        self._closed = True
        self.connection._drop_cached_table = lambda name: (
            None
        )  # they go with the connection; ibis would still try at exit
        self.connection.disconnect()
        if self.folder is not None:
            shutil.rmtree(self._overflow, ignore_errors=True)


def _as_read(kind: pa.DataType) -> pa.DataType | None:
    """Return the type as which the engine reads a plain column of a file; None where only the engine knows."""
    if pa.types.is_large_string(kind):
        return pa.string()
    if pa.types.is_timestamp(kind) and kind.tz is None and kind.unit in ("ms", "us"):
        return pa.timestamp("us")
    plain = pa.types.is_string(kind) or pa.types.is_boolean(kind) or kind in (pa.int32(), pa.int64(), pa.float64())
    return kind if plain else None


def _sweep(folder: Path) -> None:
    """Remove what runs that were killed left, once nobody can be at work on it any more."""
    for left in folder.glob(".*.ibis_overflow_*"):
        if time.time() - left.stat().st_mtime > 2 * 86_400:
            shutil.rmtree(left, ignore_errors=True)


def _memory() -> str:
    """Say how much memory the engine may take: what is set, a fixed measure, or most of what a small machine has."""
    if asked := os.environ.get("VOC_MEMORY"):
        return asked
    known = hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 if known else MEMORY
    return f"{min(MEMORY, 0.8 * there):.2f}GiB"


@contextmanager
def opened(place: str | Path) -> Iterator[Store]:
    """Open a store for the length of a ``with`` block."""
    store = Store(place)
    try:
        yield store
    finally:
        store.close()


def to_arrow(data: ir.Table | pd.DataFrame | pa.Table) -> pa.Table:
    """Return any table as Arrow, without the index of a frame."""
    if isinstance(data, pa.Table):
        return data
    if isinstance(data, pd.DataFrame):
        table = pa.Table.from_pandas(data, preserve_index=False).replace_schema_metadata(None)
        typed = [pa.field(one.name, pa.string()) if pa.types.is_null(one.type) else one for one in table.schema]
        return table.cast(pa.schema(typed))  # a column without any value has no type, and some engines refuse that
    return data.to_pyarrow().replace_schema_metadata(None)


def to_frame(table: ir.Table) -> pd.DataFrame:
    """Return a small Ibis table as a frame."""
    return table.to_pyarrow().to_pandas()
