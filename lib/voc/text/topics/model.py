"""Topics as they are kept: a centre and a floor each, with words, examples and how far each can be trusted."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .space import without

if TYPE_CHECKING:
    import numpy as np

ARRAYS = ("centroids", "floors", "sizes", "stability", "merge_tree", "axes", "alone", "tied", "common")
NONE = -1
"""The topic of a sentence that is near to none: an outlier."""


@dataclass(frozen=True)
class Topics:
    """Topics of one fit, in the order of their sizes; a sentence belongs to the nearest centre above its floor.

    A fit with nothing to find has k = 0 topics and says why in ``notes``.

    Example:
        >>> import numpy as np
        >>> topics = Topics.none("usem3", 2, "no texts")
        >>> topics.assign(np.eye(2, dtype=np.float32))[0].tolist(), topics.notes
        ([-1, -1], ('no texts',))
    """

    encoder: str
    """Name of the space the centres lie in."""
    centroids: np.ndarray
    """(k, d) float32, rows of unit length."""
    floors: np.ndarray
    """(k,) float32: least similarity (cosine) to belong."""
    sizes: np.ndarray
    """(k,) int64: sentences of the fitting sample, each counted as often as contacts say it."""
    stability: np.ndarray
    """(k,) float32 in 0–1: how much of the topic refits on halves find again."""
    words: tuple[dict[str, tuple[str, ...]], ...]
    """Per topic {language: words, the most telling first, as readers write them}."""
    examples: tuple[dict[str, tuple[str, ...]], ...]
    """Per topic {language: typical sentences}."""
    labels: tuple[str, ...]
    """Per topic a name made of its words, or the analyst's."""
    merge_tree: np.ndarray
    """(k − 1, 4) float64: scipy's linkage over the centres."""
    axes: np.ndarray
    """(m, d) float32: directions in which languages differ, taken out before anything is compared."""
    alone: np.ndarray
    """(k,) float32: share of a topic's contacts that speak of nothing else."""
    tied: np.ndarray
    """(k,) float32, ≥ 0: how far what is said beside it differs from what is said beside any (nats, see ``beside``)."""
    common: np.ndarray
    """(k,) float32: share of a topic's sentences that hold one of its three most telling words (see ``common``)."""
    resolution: float = 0.0
    """The Louvain resolution that stability chose."""
    agreement: float = 0.0
    """Adjusted Rand index of refits on halves, over the sentences both assign."""
    leak: dict[str, float] = field(default_factory=dict)
    """How far topics follow language: ``nmi``, ``nmi_by_chance``, ``mixed`` (share of topics told in every main language)."""
    outlier_share: float = 0.0
    """Share of the fitting sample's sentences near to no topic."""
    greyed: float = 0.5
    """Stability below which a topic is shown in grey."""
    names: tuple[dict[str, str], ...] = ()
    """Per topic {language: label in it}; ``labels`` are those of the main language, or the analyst's."""
    curve: dict[str, float] = field(default_factory=dict)
    """Resolution tried → how much of a topic the other half of the texts found again."""
    notes: tuple[str, ...] = ()
    """What a reader must know of this fit, in sentences."""

    @classmethod
    def none(cls, encoder: str, dims: int, *notes: str, outlier_share: float = 0.0) -> Topics:
        """Return a fit without topics, with the sentences that say why."""
        import numpy as np

        flat = np.zeros(0, dtype=np.float32)
        return cls(
            encoder=encoder,
            centroids=np.zeros((0, dims), dtype=np.float32),
            floors=flat,
            sizes=np.zeros(0, dtype=np.int64),
            stability=flat,
            words=(),
            examples=(),
            labels=(),
            merge_tree=np.zeros((0, 4)),
            axes=np.zeros((0, dims), dtype=np.float32),
            alone=flat,
            tied=flat,
            common=flat,
            outlier_share=outlier_share,
            notes=tuple(notes),
        )

    def __len__(self) -> int:
        """Return the number of topics."""
        return len(self.labels)

    def __post_init__(self) -> None:
        """Fill in how topics stand beside others where nobody measured it: as matters of their own."""
        import numpy as np

        for name, filled in (("alone", 1.0), ("tied", 1.0), ("common", 1.0)):
            if len(getattr(self, name)) != len(self.labels):
                object.__setattr__(self, name, np.full(len(self.labels), filled, dtype=np.float32))

    @property
    def stable(self) -> np.ndarray:
        """(k,) bool: topics that refits find again; the others are shown in grey."""
        return self.stability >= self.greyed

    @property
    def beside(self) -> np.ndarray:
        """(k,) bool: topics said beside any matter and hardly ever alone: courtesy, impatience, circumstances."""
        return (self.alone < 0.1) & (self.tied < 0.2)

    def assign(self, vectors: np.ndarray, chunk: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
        """Return each sentence's topic (n,) int32, −1 for none, and its similarity to the nearest centre (n,) float32.

        ``chunk`` rows are compared at a time, so that a million sentences need no more memory than 20,000 do.
        """
        import numpy as np

        topic = np.full(len(vectors), NONE, dtype=np.int32)
        near = np.zeros(len(vectors), dtype=np.float32)
        for start in range(0, len(vectors) if len(self) else 0, chunk):
            part = slice(start, start + chunk)
            likeness = self.placed(vectors[part]) @ self.centroids.T
            best = likeness.argmax(axis=1)
            near[part] = likeness[np.arange(len(best)), best]
            topic[part] = np.where(near[part] >= self.floors[best], best, NONE)
        return topic, near

    def placed(self, vectors: np.ndarray) -> np.ndarray:
        """Return vectors (n, d) as they are compared with the centres: float32 unit rows without ``axes``."""
        return without(vectors, self.axes)

    def save(self, folder: Path) -> None:
        """Write ``topics.npz`` and ``topics.json`` into a folder; the same topics give the same bytes."""
        import numpy as np

        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "topics.npz").open("wb") as file:
            np.savez(file, **{name: getattr(self, name) for name in ARRAYS})
        said = {name: getattr(self, name) for name in self.__dataclass_fields__ if name not in ARRAYS}
        (folder / "topics.json").write_text(json.dumps(said, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Topics:
        """Read what ``save`` wrote; raise FileNotFoundError where there is nothing."""
        import numpy as np

        said = json.loads((folder / "topics.json").read_text(encoding="utf-8"))
        for name in ("words", "examples"):
            said[name] = tuple({key: tuple(kept) for key, kept in entry.items()} for entry in said[name])
        said |= {name: tuple(said[name]) for name in ("labels", "names", "notes")}
        with np.load(folder / "topics.npz", allow_pickle=False) as kept:
            return cls(**said, **{name: kept[name] for name in ARRAYS})
