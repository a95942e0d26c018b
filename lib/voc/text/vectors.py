"""Vectors of sentences, kept on disk by a hash of the sentence: a month embeds only what is new.

A row of the cache is 16 bytes of hash and one float16 a number (about a kilobyte for the default encoder). Half precision
moves a cosine by less than .0005.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .embed import Encoder, plain

if TYPE_CHECKING:
    import numpy as np

KEY = 16  # bytes of hash: two of 10¹² sentences alike by chance, once in 10¹⁴
MOST_FILES = 12  # beyond, they are written into one
AT_ONCE = 200_000  # sentences embedded and laid down at a time: a run that is stopped has not worked for nothing


class Vectors:
    """Sentence vectors of one encoder, from a folder where they lie already, else computed and laid there.

    Two processes may use the folder at once: each adds files of its own and never changes another's. ``add=False`` reads
    what is there and writes nothing: for functions that the engine calls on many small pieces.

    Example:
        >>> vectors = Vectors(Path("/tmp/vectors"), encoder())     # doctest: +SKIP
        >>> vectors.of(["Where is my parcel?"]).shape              # doctest: +SKIP
        (1, 512)
    """

    def __init__(self, folder: Path | None, encoder: Encoder, *, add: bool = True):
        self.encoder = encoder
        self.folder = folder / _safe(encoder.name) if folder else None
        self.add, self.embedded = add, 0

    def of(self, texts: Sequence[str]) -> np.ndarray:
        """Return (n, dims) float32 rows of unit length, one for each text; equal texts are embedded once.

        ``embedded`` counts the sentences that had to be computed since this object was made.
        """
        import numpy as np

        said = [plain(text) for text in texts]
        place = {text: at for at, text in enumerate(dict.fromkeys(said))}
        distinct = list(place)
        hashes = np.frombuffer(b"".join(_hash(text) for text in distinct), dtype=f"V{KEY}")
        made = np.empty((len(distinct), self.encoder.dims), dtype=np.float16)
        todo = np.ones(len(distinct), dtype=bool)
        for keys, rows in self._files():
            at = np.searchsorted(keys, hashes).clip(max=len(keys) - 1)
            hit = np.flatnonzero(todo & (keys[at] == hashes))
            made[hit], todo[hit] = rows[at[hit]], False
        missing = np.flatnonzero(todo)
        for start in range(0, len(missing), AT_ONCE):
            new = missing[start : start + AT_ONCE]
            made[new] = self.encoder.encode([distinct[at] for at in new])
            self.embedded += len(new)
            if self.folder and self.add:
                self._add(hashes[new], made[new])
        order = np.fromiter((place[text] for text in said), dtype=np.int64, count=len(said))
        rows = made[order].astype(np.float32)
        return unit(rows, out=rows)

    def _files(self):
        import numpy as np

        for path in self._paths():
            try:
                keys = _read_keys(path)
                rows = np.load(_rows_beside(path), mmap_mode="r")
            except (
                FileNotFoundError
            ):  # another process wrote several into one meanwhile: what it held is computed again
                continue
            yield keys, rows

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob("*.keys.npy")) if self.folder and self.folder.is_dir() else []

    def _add(self, hashes: np.ndarray, rows: np.ndarray) -> None:
        """Lay new rows beside the others; many files become one."""
        import numpy as np

        self.folder.mkdir(parents=True, exist_ok=True)
        paths = self._paths()
        old = paths if len(paths) >= MOST_FILES else []
        keys = np.concatenate([hashes, *map(_read_keys, old)])
        rows = np.concatenate([rows, *(np.load(_rows_beside(path)) for path in old)])
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        name = hashlib.sha256(keys.tobytes()).hexdigest()[:20]
        self._put(f"{name}.rows.npy", rows[order])
        self._put(f"{name}.keys.npy", keys.view(np.uint8).reshape(-1, KEY))  # a file counts once its keys are there
        for path in old:
            if not path.name.startswith(name):
                path.unlink(missing_ok=True)
                _rows_beside(path).unlink(missing_ok=True)

    def _put(self, name: str, array: np.ndarray) -> None:
        import numpy as np

        beside = self.folder / f".{name}.{os.getpid()}.tmp"
        try:
            with beside.open("wb") as file:
                np.save(file, array)
            beside.replace(self.folder / name)
        finally:
            beside.unlink(missing_ok=True)


def _read_keys(path: Path) -> np.ndarray:
    import numpy as np

    return np.load(path).view(f"V{KEY}").ravel()


def _rows_beside(path: Path) -> Path:
    return path.with_name(path.name.replace(".keys.", ".rows."))


def unit(rows: np.ndarray, out: np.ndarray | None = None, chunk: int = 20_000) -> np.ndarray:
    """Scale rows to length one; rows of zeros stay.

    ``chunk`` rows are scaled at a time, so that a million need no copy beside the result; ``out`` may be ``rows`` itself.
    """
    import numpy as np

    out = np.zeros_like(rows) if out is None else out
    for start in range(0, len(rows), chunk):
        part = rows[start : start + chunk]
        length = np.linalg.norm(part, axis=1, keepdims=True)
        np.divide(part, length, out=out[start : start + chunk], where=length > 0)
    return out


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=KEY).digest()


def _safe(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-._" else "_" for letter in name)
