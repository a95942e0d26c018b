"""Moods against scores on public data, beside the obvious alternatives: with no score, with few, with many, with others'.

    python benchmarks/sentiment.py [--data ../shared/data] [--only zh|ru|en]

Ours is voc.text.sentiment. Three sets: Chinese shop reviews (positive or negative), Russian app reviews (stars 1–2 against
4–5) and English remarks of a shop's survey (CSAT 1–2 against 4–5). Of each, 30 % of the wordings are held out. Ours is
asked with the labelled sentences alone (no score of the set at all), with the scores of 100, 300, 1,000 and all other texts
beside them, and with the scores of the other two languages only. The alternatives learn from the same scores: logistic
regression on the vectors alone and on TF-IDF, both weighing happy and unhappy alike; each line sets ours beside the better of
them by that line's measure. Stars of 3 are left out. A score is no
mood, so 1 cannot be reached. Vectors are kept between runs.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np
import pandas as pd
from classifier import apart
from measured import Measurement, alone, more, shown
from report import FOLDER

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "shared" / "data"
SEED, HELD, ALL = 2026, 0.3, 10**9
LEARNED = (0, 100, 300, 1_000, ALL)
REVIEWS = 14_000  # of the Chinese reviews: a random part
AIMS = {("zh", "accuracy"): 0.88, ("ru", "balanced accuracy"): 0.93}  # with all scores
NAMES = {"zh": "zh-online-shopping", "ru": "ru-sber", "en": "flipkart remarks"}


def chinese(folder: Path) -> pd.DataFrame:
    """Reviews with their category; those that stand under both labels are left out."""
    with zipfile.ZipFile(next((folder / "zh-online-shopping-10-cats").glob("*.zip"))) as packed:
        name = next(name for name in packed.namelist() if name.endswith(".csv"))
        frame = pd.read_csv(io.BytesIO(packed.read(name)))
    text = frame["review"].fillna("").str.replace("\ufeff", "").str.strip()
    frame = pd.DataFrame({"text": text, "csat": np.where(frame["label"] == 1, 5.0, 1.0), "issue": frame["cat"]})
    frame = frame[frame["text"] != ""].drop_duplicates()
    return frame[~frame["text"].duplicated(keep=False)].sample(REVIEWS, random_state=SEED)


def russian(folder: Path) -> pd.DataFrame:
    """App reviews with stars."""
    frame = pd.read_csv(folder / "ru-sber-app-reviews" / "Reviews.csv")
    return pd.DataFrame(
        {
            "text": frame["Content"].fillna("").astype(str).str.strip(),
            "csat": frame["Rating"].astype(float),
            "issue": "app",
        }
    )


def english(folder: Path) -> pd.DataFrame:
    """Remarks that customers wrote with their score."""
    frame = pd.read_csv(folder / "flipkart-shopzilla-csat" / "test.csv")
    text = frame["Customer Remarks"].fillna("").astype(str).str.strip()
    return pd.DataFrame({"text": text, "csat": frame["CSAT Score"].astype(float), "issue": frame["category"]})


SETS: dict[str, Callable[[Path], pd.DataFrame]] = {"zh": chinese, "ru": russian, "en": english}


def prepared(language: str, folder: Path) -> pd.DataFrame:
    """Return the texts of a set with held: interaction_id, text, language, csat, issue, held."""
    frame = SETS[language](folder)
    frame = frame[(frame["text"] != "") & (frame["csat"] != 3)].reset_index(drop=True)
    held = apart(frame["text"].tolist(), frame["csat"].to_numpy(), HELD, SEED)[1]
    ids = [f"{language}:{row:06d}" for row in range(len(frame))]
    return frame.assign(interaction_id=ids, language=language, held=np.isin(np.arange(len(frame)), held))


def told(known: np.ndarray, evidence: np.ndarray) -> dict[str, float]:
    """Judge evidence (above nought: happy) by held-out scores: accuracy, balanced accuracy, AUC; ties count half."""
    from sklearn.metrics import roc_auc_score

    happy = known >= 4
    right = np.where(happy, evidence > 0, evidence < 0) + 0.5 * (evidence == 0)
    balanced = (right[happy].mean() + right[~happy].mean()) / 2
    return {
        "accuracy": float(right.mean()),
        "balanced accuracy": float(balanced),
        "AUC": float(roc_auc_score(happy, evidence)),
    }


class Bench:
    """The three sets with their vectors, and every way to read them."""

    def __init__(self, folder: Path):
        from voc.text.embed import encoder
        from voc.text.vectors import Vectors

        self.frames = {language: prepared(language, folder) for language in SETS}
        self.vectors = Vectors(FOLDER / "vectors", encoder())

    def ours(self, frame: pd.DataFrame, scores: pd.Series, tried: pd.DataFrame) -> dict[str, float]:
        """Read texts with the given scores (by interaction_id); judge those that were held out."""
        from voc.text.corpus import corpus
        from voc.text.sentiment import sentiments

        made = corpus(frame.drop(columns=["csat", "held"]), self.vectors)
        found = sentiments(made, self.vectors, scores, seed=SEED).contacts.set_index("interaction_id")
        return told(tried["csat"].to_numpy(), found.loc[tried["interaction_id"], "net"].to_numpy())

    def of(self, language: str) -> list[Measurement]:
        """Try every side on one set."""
        frame, found = self.frames[language], []
        tried, pool = frame[frame["held"]], frame[~frame["held"]].sample(frac=1, random_state=SEED)
        name = f"mood, {NAMES[language]} ({len(tried):,} tried)"
        for many in LEARNED:
            known = pool.head(many)
            ours = self.ours(frame, known.set_index("interaction_id")["csat"], tried)
            if not many:
                found += shown(alone(f"{name}, no score of its own: {what}", value) for what, value in ours.items())
                continue
            others = self.alternatives(known, tried, han=language == "zh")
            aims = AIMS if many == ALL else {}
            found += shown(
                more(f"{name}, {len(known):,} scores: {what}", value, *best(others, what), aims.get((language, what)))
                for what, value in ours.items()
            )
        others = pd.concat([self.frames[other] for other in SETS if other != language])
        both = pd.concat([frame, others], ignore_index=True)
        ours = self.ours(both, others.set_index("interaction_id")["csat"], tried)
        words = f"{name}, {len(others):,} scores of the other two languages"
        return found + shown(alone(f"{words}: {what}", value) for what, value in ours.items())

    def alternatives(self, known: pd.DataFrame, tried: pd.DataFrame, *, han: bool) -> dict[str, dict[str, float]]:
        """Judge logistic regression on vectors and on TF-IDF, learned from the same scores."""
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        weigh = TfidfVectorizer(
            sublinear_tf=True,
            analyzer="char" if han else "word",
            ngram_range=(1, 2),
            min_df=1 + (len(known) > 300),
            max_features=50_000,
        )
        material = {
            "logistic regression on vectors": [self.rows_of(part) for part in (known, tried)],
            "logistic regression on TF-IDF": [weigh.fit_transform(known["text"]), weigh.transform(tried["text"])],
        }
        found = {}
        for side, (learn, new) in material.items():
            model = LogisticRegression(C=10, max_iter=300, class_weight="balanced").fit(learn, known["csat"] >= 4)
            found[side] = told(tried["csat"].to_numpy(), model.decision_function(new))
        return found

    def rows_of(self, frame: pd.DataFrame) -> np.ndarray:
        """Return one vector a text, in the order of the frame."""
        from voc.text.corpus import corpus

        made = corpus(frame, self.vectors)
        place = made.contacts.reset_index().set_index("interaction_id")["index"]
        return made.of_contacts()[place.loc[frame["interaction_id"]]]


def best(others: dict[str, dict[str, float]], what: str) -> tuple[float, str]:
    """Return the better of the alternatives by one measure: its value and its name."""
    return max((figures[what], side) for side, figures in others.items())


def measure(data: Path, only: str | None = None) -> list[Measurement]:
    """Measure and print all lines; ``data`` is the folder of the public sets."""
    bench = Bench(data)
    return [one for language in ([only] if only else SETS) for one in bench.of(language)]


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--data", type=Path, default=DATA)
    asked.add_argument("--only", choices=list(SETS))
    given = asked.parse_args()
    measure(given.data, given.only)
    return 0


if __name__ == "__main__":
    sys.exit(main())
