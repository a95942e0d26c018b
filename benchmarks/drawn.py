"""Columns of the benchmarks' tables: drawn numbers as ids, words and stamps in Arrow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

ZONE = "Europe/Berlin"


def named(letter: str, numbers: np.ndarray) -> pa.Array:
    """Write numbers as ids of one letter and eight digits."""
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), 8, "0")
    return pc.binary_join_element_wise(letter, digits, "")


def picked(pool: Sequence[str], chosen: np.ndarray) -> pa.Array:
    """Write numbers as the words of a pool; a negative number is no word."""
    known = pa.array(chosen.astype("int32"), mask=chosen < 0)
    return pa.array(pool, pa.string()).take(known)


def stamps(seconds: np.ndarray) -> pa.Array:
    """Write seconds since 1970 as UTC stamps; nan is no stamp."""
    known = pa.array(seconds, from_pandas=True)
    return pc.multiply(known.cast(pa.int64()), 1_000_000).cast(pa.timestamp("us"))


def on_the_wall(utc: pa.Array) -> pa.Array:
    """Write UTC stamps as the shop's clock shows them."""
    return pc.local_timestamp(utc.cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us", ZONE)))


def numbers(values: np.ndarray) -> pa.Array:
    """Write numbers; nan is none."""
    return pa.array(values, from_pandas=True)


def flags(values: np.ndarray, known: np.ndarray) -> pa.Array:
    """Write yes and no where they are known."""
    return pa.array(values, mask=~known)
