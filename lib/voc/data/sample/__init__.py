"""The embedded sample: the exports of an invented shop, made from a seed, with planted truths.

``make_sample(folder, seed)`` writes ``folder/raw`` (what tools would export) and ``folder/truth`` (what was planted).
"""

from __future__ import annotations

from pathlib import Path


def make_sample(folder: Path, seed: int = 2026, contacts: int = 60_000) -> None:
    """Write the raw exports of the invented shop to ``folder/raw`` and what was planted to ``folder/truth``.

    The same ``seed`` and ``contacts`` give the same bytes. ``contacts`` is about how many rows of contacts there will
    be; customers and the planted waves shrink with it (below 10,000 the smaller plants drown).

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     make_sample(Path(folder), contacts=2_000)
    ...     sorted(path.name for path in (Path(folder) / "truth").iterdir())
    ['customers.parquet', 'interactions.parquet', 'labels.parquet', 'masks.parquet', 'monthly.parquet', 'truth.json']
    """
    from voc.data.sample.make import make

    make(Path(folder), seed, contacts)


__all__ = ["make_sample"]
