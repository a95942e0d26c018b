"""The classifier beside the obvious alternatives, on public data, in one run: accuracy and seconds.

    python benchmarks/classifier.py [--data ../shared/data] [--only banking77|zh|ru]

Ours is voc.text.heads: sentence vectors and words, each with a regression of its own, joined and calibrated out of fold.
Beside it, on the same split: logistic regression on TF-IDF (words and pairs; characters for Chinese) and on the vectors
alone. Splits are random, seeds fixed; texts that read alike stay on one side. Seconds are processor time of one core and do not include
making the vectors (about 1,400 sentences a second on one core), which are kept between runs.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np
import pandas as pd
from measured import Measurement, less, more, shown

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "shared" / "data"
CACHE = HERE.parent / "reports" / ".work" / "bench" / "vectors"
DRAWS, SEED, WHOLE = 5, 2026, 400
AIMS = {
    "banking77, all training texts: accuracy": 0.90,
    "banking77, ten texts a class: accuracy": 0.80,
    "zh-online-shopping, ten categories: accuracy": 0.85,
    "zh-online-shopping, sentiment: accuracy": 0.88,
    "ru-sber, stars 1–2 against 4–5: balanced accuracy": 0.93,
}


@dataclass(frozen=True)
class Split:
    """Texts with vectors and labels, to learn from and to be tried on."""

    texts: list[str]
    vectors: np.ndarray
    labels: np.ndarray
    new_texts: list[str]
    new_vectors: np.ndarray
    new_labels: np.ndarray


def ours(split: Split, *, balanced: bool) -> np.ndarray:
    """Learn with voc.text.heads; ``balanced`` asks for the class that grew likeliest instead of the likeliest."""
    from voc.text.heads import fit

    head = fit(split.texts, split.vectors, split.labels, seed=SEED)
    found = head.probabilities(split.new_texts, split.new_vectors)
    if balanced:
        found = found / np.array([(split.labels == name).mean() for name in head.classes])
    return np.array(head.classes)[found.argmax(axis=1)]


def tf_idf(split: Split, *, balanced: bool) -> np.ndarray:
    """Learn from TF-IDF with scikit-learn's logistic regression, as a tutorial has it."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    han = any("\u4e00" <= letter <= "\u9fff" for letter in split.texts[0][:50])
    options = {"analyzer": "char", "ngram_range": (1, 2)} if han else {"ngram_range": (1, 2)}
    weigh = TfidfVectorizer(sublinear_tf=True, min_df=2, max_features=50_000, **options)
    known = weigh.fit_transform(split.texts)
    return _logistic(known, split.labels, weigh.transform(split.new_texts), balanced=balanced)


def vectors_alone(split: Split, *, balanced: bool) -> np.ndarray:
    """Learn from the vectors with scikit-learn's logistic regression."""
    return _logistic(split.vectors, split.labels, split.new_vectors, balanced=balanced)


def _logistic(known, labels: np.ndarray, new, *, balanced: bool) -> np.ndarray:
    from sklearn.linear_model import LogisticRegression

    weight = "balanced" if balanced else None
    return LogisticRegression(C=10, max_iter=300, class_weight=weight).fit(known, labels).predict(new)


SIDES: dict[str, Callable[..., np.ndarray]] = {"ours": ours, "TF-IDF": tf_idf, "vectors alone": vectors_alone}


def embedded(texts: list[str]) -> np.ndarray:
    """Return one vector a text: of the whole text up to 400 letters, else the mean of its sentences."""
    from voc.text.embed import encoder
    from voc.text.segments import split
    from voc.text.vectors import Vectors, unit

    parts = [[text] if len(text) <= WHOLE else split(text) or [text] for text in texts]
    rows = Vectors(CACHE, encoder()).of([part for some in parts for part in some])
    starts = np.cumsum([0, *map(len, parts)])[:-1]
    return unit(np.add.reduceat(rows, starts, axis=0))


def apart(texts: list[str], labels: np.ndarray, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Split rows at random, texts that read alike but for case and numbers together; return both sides' rows."""
    from voc.text.embed import plain

    wording = pd.factorize(np.array([plain(text) for text in texts], dtype=object))[0]
    held = np.random.default_rng(seed).random(wording.max() + 1) < share
    return np.flatnonzero(~held[wording]), np.flatnonzero(held[wording])


def parted(texts: list[str], vectors: np.ndarray, labels: np.ndarray, known: np.ndarray, new: np.ndarray) -> Split:
    return Split([texts[row] for row in known], vectors[known], labels[known],
                 [texts[row] for row in new], vectors[new], labels[new])  # fmt: skip


def compare(name: str, splits: list[Split], *, balanced: bool = False) -> list[Measurement]:
    """Try every side on the splits; set the mean accuracy (or balanced accuracy) and seconds of ours beside each other."""
    hits: dict[str, float] = {}
    spent: dict[str, float] = {}
    for side, learn in SIDES.items():
        start = time.process_time()
        hits[side] = float(np.mean([hit(learn(one, balanced=balanced), one, balanced=balanced) for one in splits]))
        spent[side] = (time.process_time() - start) / len(splits)
    split, found = splits[0], []
    words = f"{name} ({len(split.texts):,} learned, {len(split.new_texts):,} tried)"
    chance = half_interval(hits["ours"], split.new_labels, balanced=balanced)
    for side in list(SIDES)[1:]:
        found.append(more(words, hits["ours"], hits[side], side, AIMS.get(name), chance=chance))
        found.append(less(f"{words}: processor time", spent["ours"], spent[side], "s", side))
    return shown(found)


def hit(said: np.ndarray, split: Split, *, balanced: bool) -> float:
    """Return the share of labels told rightly; ``balanced``: the mean over classes of that share."""
    right = said == split.new_labels
    if not balanced:
        return float(right.mean())
    return float(np.mean([right[split.new_labels == one].mean() for one in np.unique(split.new_labels)]))


def half_interval(share: float, labels: np.ndarray, *, balanced: bool) -> float:
    """Return half of the 95 % interval that so many texts leave (normal approximation)."""
    counts = [(labels == one).sum() for one in np.unique(labels)] if balanced else [len(labels)]
    return float(1.96 * np.sqrt(sum(share * (1 - share) / n for n in counts)) / len(counts))


def banking77(folder: Path) -> list[Measurement]:
    known, new = (pd.read_csv(folder / "banking77" / f"{part}.csv") for part in ("train", "test"))
    texts, labels = [*known["text"], *new["text"]], np.array([*known["category"], *new["category"]], dtype=str)
    vectors, n = embedded(texts), len(known)
    test, rows = np.arange(n, len(texts)), compare(
        "banking77, all training texts: accuracy", [parted(texts, vectors, labels, np.arange(n), np.arange(n, len(texts)))]
    )  # fmt: skip
    draws = []
    for seed in range(DRAWS):
        lot = np.random.default_rng(seed)
        ten = [lot.permutation(np.flatnonzero(labels[:n] == name))[:10] for name in np.unique(labels)]
        draws.append(parted(texts, vectors, labels, np.concatenate(ten), test))
    return rows + compare("banking77, ten texts a class: accuracy", draws)


def zh(folder: Path) -> list[Measurement]:
    with zipfile.ZipFile(next((folder / "zh-online-shopping-10-cats").glob("*.zip"))) as archive:
        raw = pd.read_csv(io.BytesIO(archive.read(archive.namelist()[0])))
    raw = raw[raw["review"].notna()]
    texts = raw["review"].str.replace("\ufeff", "").tolist()
    vectors, rows = embedded(texts), []
    for column, name in (("cat", "ten categories"), ("label", "sentiment")):
        labels = raw[column].astype(str).to_numpy()
        split = parted(texts, vectors, labels, *apart(texts, labels, 0.2, SEED))
        rows += compare(f"zh-online-shopping, {name}: accuracy", [split])
    return rows


def ru(folder: Path) -> list[Measurement]:
    raw = pd.read_csv(folder / "ru-sber-app-reviews" / "Reviews.csv")
    raw = raw[raw["Rating"].isin([1, 2, 4, 5]) & raw["Content"].notna()]
    texts, labels = raw["Content"].tolist(), np.where(raw["Rating"] > 3, "good", "bad")
    vectors = embedded(texts)
    split = parted(texts, vectors, labels, *apart(texts, labels, 0.2, SEED))
    rows = compare("ru-sber, stars 1–2 against 4–5: accuracy", [split])
    return rows + compare("ru-sber, stars 1–2 against 4–5: balanced accuracy", [split], balanced=True)


SETS = {"banking77": banking77, "zh": zh, "ru": ru}


def measure(data: Path, only: str | None = None) -> list[Measurement]:
    """Measure and print all lines; ``data`` is the folder of the public sets."""
    return [one for name in ([only] if only else SETS) for one in SETS[name](data)]


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--data", type=Path, default=DATA)
    asked.add_argument("--only", choices=list(SETS))
    given = asked.parse_args()
    measure(given.data, given.only)
    return 0


if __name__ == "__main__":
    sys.exit(main())
