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


class Vectors:
    """Sentence vectors of one encoder, from a folder where they lie already, else computed and laid there.

    Two processes may use the folder at once: each adds files of its own and never changes another's.

    Example:
        >>> vectors = Vectors(Path("/tmp/vectors"), encoder())     # doctest: +SKIP
        >>> vectors.of(["Where is my parcel?"]).shape              # doctest: +SKIP
        (1, 512)
    """

    def __init__(self, folder: Path | None, encoder: Encoder):
        self.encoder = encoder
        self.folder = folder / _safe(encoder.name) if folder else None
        self.embedded = 0

    def of(self, texts: Sequence[str]) -> np.ndarray:
        """Return (n, dims) float32 rows of unit length, one for each text; equal texts are embedded once.

        ``embedded`` counts the sentences that had to be computed since this object was made.
        """
        import numpy as np

        said = [plain(text) for text in texts]
        distinct = list(dict.fromkeys(said))
        hashes = np.frombuffer(b"".join(_hash(text) for text in distinct), dtype=f"V{KEY}")
        made = np.empty((len(distinct), self.encoder.dims), dtype=np.float16)
        todo = np.ones(len(distinct), dtype=bool)
        for keys, rows in self._files():
            order = np.argsort(keys, kind="stable")
            at = np.searchsorted(keys, hashes, sorter=order).clip(max=len(keys) - 1)
            hit = todo & (keys[order[at]] == hashes)
            made[hit], todo[hit] = rows[order[at[hit]]], False
        if todo.any():
            new = self.encoder.encode([text for text, missing in zip(distinct, todo, strict=True) if missing])
            made[todo] = new.astype(np.float16)
            self.embedded += int(todo.sum())
            self._add(hashes[todo], made[todo])
        place = {text: at for at, text in enumerate(distinct)}
        rows = made[np.fromiter((place[text] for text in said), dtype=np.int64, count=len(said))].astype(np.float32)
        return unit(rows)

    def _files(self):
        import numpy as np

        for path in self._paths():
            try:
                with np.load(path, allow_pickle=False) as kept:
                    keys, rows = _keys(kept), kept["rows"]
            except (
                FileNotFoundError
            ):  # another process wrote several into one meanwhile: what it held is computed again
                continue
            if len(keys):
                yield keys, rows

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob("*.npz")) if self.folder and self.folder.is_dir() else []

    def _add(self, hashes: np.ndarray, rows: np.ndarray) -> None:
        import numpy as np

        if not self.folder:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        old = self._paths()
        together = old if len(old) >= MOST_FILES else []
        keys, all_rows = [hashes], [rows]
        for path in together:
            with np.load(path, allow_pickle=False) as kept:
                keys.append(_keys(kept))
                all_rows.append(kept["rows"])
        name = hashlib.sha256(b"".join(key.tobytes() for key in keys)).hexdigest()[:20]
        beside = self.folder / f".{name}.{os.getpid()}.tmp"
        try:
            with beside.open("wb") as file:
                as_bytes = np.concatenate(keys).view(np.uint8).reshape(-1, KEY)
                np.savez(file, keys=as_bytes, rows=np.concatenate(all_rows))
            beside.replace(self.folder / f"{name}.npz")
        finally:
            beside.unlink(missing_ok=True)
        for path in together:
            path.unlink(missing_ok=True)


def _keys(kept) -> np.ndarray:
    import numpy as np

    return np.ascontiguousarray(kept["keys"]).view(f"V{KEY}").ravel()


def unit(rows: np.ndarray) -> np.ndarray:
    """Scale rows to length one; rows of zeros stay."""
    import numpy as np

    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, length, out=np.zeros_like(rows), where=length > 0)


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=KEY).digest()


def _safe(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-._" else "_" for letter in name)
