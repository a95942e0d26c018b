"""A small invented shop whose sentences point to their matter, for the tests of sorting, labelling and accuracy."""

import numpy as np
import pandas as pd
from voc.text.corpus import Corpus
from voc.text.taxonomy import Root, Sub, Taxonomy

SHOP = Taxonomy(
    (
        Root("delivery", "Logistics", subs=(
            Sub("late delivery", {"en": ("parcel is late",), "ru": ("не пришла посылка",), "zh": ("迟迟没到",)}),
            Sub("lost parcel", {"en": ("parcel lost",), "ru": ("посылка пропала",), "zh": ("包裹丢失",)}),
        )),
        Root("payment", "Finance", subs=(Sub("charged twice", {"en": ("charged twice",), "ru": ("списали дважды",), "zh": ("重复扣款",)}),)),
        Root("app", "App team", subs=(Sub("app crash", {"en": ("app crashes",), "ru": ("приложение вылетает",), "zh": ("闪退",)}),)),
    )
)  # fmt: skip
SAYS = {
    "late delivery": {"en": ["the parcel is late", "still waiting for it"], "ru": ["не пришла посылка", "жду уже неделю"]},
    "lost parcel": {"en": ["the parcel is lost", "it never turned up"], "ru": ["посылка пропала", "никто её не видел"]},
    "charged twice": {"en": ["I was charged twice", "money left my account again"], "ru": ["списали дважды", "деньги ушли ещё раз"]},
    "app crash": {"en": ["the app crashes", "closes by itself"], "ru": ["приложение вылетает", "само закрывается"]},
}  # fmt: skip
ROOT_OF = {"late delivery": "delivery", "lost parcel": "delivery", "charged twice": "payment", "app crash": "app"}
ISSUES = list(SAYS)
DIMS = 12


def direction(issue: str, noise: float, rng: np.random.Generator) -> np.ndarray:
    vector = rng.normal(0, noise, DIMS)
    if issue in ISSUES:
        vector[ISSUES.index(issue)] += 1.0
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def corpus_of(rows: list[tuple[str, str, list[tuple[str, str]]]], noise: float = 0.15, **columns) -> Corpus:
    """Build a corpus of (id, language, [(sentence, what it is about or "")]) with vectors that point to the matter."""
    rng = np.random.default_rng(7)
    segments, vectors = [], []
    for contact, (_, _, said) in enumerate(rows):
        for text, about in said:
            segments.append((contact, text, about == "", len(vectors)))
            vectors.append(direction(about, noise, rng))
    contacts = pd.DataFrame(
        {
            "interaction_id": [row[0] for row in rows],
            "language": pd.Series([row[1] for row in rows], dtype=object),
            "text": pd.Series(["\n".join(text for text, _ in row[2]) for row in rows], dtype=object),
            **columns,
        }
    )
    frame = pd.DataFrame(segments, columns=["contact", "text", "empty", "vector"], dtype=object)
    frame = frame.astype({"contact": "int64", "empty": bool, "vector": "int64"})
    return Corpus(contacts, frame, np.array(vectors, dtype=np.float32).reshape(-1, DIMS))


def shop(n: int = 300, labelled: float = 0.9, wrong: float = 0.0, seed: int = 1) -> tuple[Corpus, np.ndarray]:
    """Return a corpus of n contacts and what each is truly about; some labels are missing, some wrong."""
    rng = np.random.default_rng(seed)
    true = rng.choice(ISSUES, n)
    rows = []
    for at, issue in enumerate(true):
        language = ("en", "ru")[rng.integers(0, 2)]
        said = SAYS[issue][language][rng.integers(0, 2)]
        rows.append((f"c{at:04d}", language, [(f"{said} {'abcdefghij'[at % 10]}{'klmnopqrst'[at // 10 % 10]}", issue)]))
    other = np.array([ISSUES[(ISSUES.index(one) + 2) % 4] for one in true])
    given = np.where(rng.random(n) < wrong, other, true).astype(object)
    given[rng.random(n) >= labelled] = None
    category = np.array([ROOT_OF.get(one) for one in given], dtype=object)
    made = corpus_of(rows, category=pd.Series(category, dtype=object), issue=pd.Series(given, dtype=object),
                     customer_id=[f"k{at}" for at in range(n)])  # fmt: skip
    return made, true
