"""Logistic regressions on vectors and on words, and the two weights that join and calibrate them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .terms import BUCKETS, tf_idf

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

MOST_WORDS = 40_000  # hash buckets that are read, the most frequent first
BY_VECTOR, BY_WORD = 20.0, 10.0  # inverse strength of the ridge: accuracy is flat between 3 and 30
OF_VECTORS = 20_000  # texts that the regression on vectors learns from: it gains little by more, words gain by all
RARE = 50  # texts of a class up to which all are kept when a part is drawn
STEPS = 200  # of the solver, at most
EVEN = 0.5  # how far the spread of the vectors is evened out, and how far its estimate is drawn to the mean
USUAL = (1.0, 0.5)  # weights of vectors and words where too few texts are there to fit them
NEVER = -1000.0  # logit of a class that was not there to be learned: impossible whatever its weight, yet finite


class Learned(NamedTuple):
    """What two regressions learned of k classes."""

    by_vector: np.ndarray  # (dims + 1, k) float32; the last row is the intercept
    buckets: np.ndarray  # (m,) which hash buckets are read, ascending
    rarity: np.ndarray  # (m,) their inverse document frequency
    by_word: np.ndarray  # (m, k) float32

    def logits(self, vectors: np.ndarray, counts: csr_matrix | None) -> np.ndarray:
        """Return (n, k, 2): what vectors and what words say, before they are weighed."""
        import numpy as np

        made = np.zeros((len(vectors), self.by_vector.shape[1], 2), dtype=np.float32)
        made[:, :, 0] = vectors @ self.by_vector[:-1] + self.by_vector[-1]
        if counts is not None and len(self.buckets):
            made[:, :, 1] = tf_idf(counts[:, self.buckets], self.rarity) @ self.by_word
        return made


def learn(vectors: np.ndarray, counts: csr_matrix | None, of: np.ndarray, k: int, seed: int) -> Learned:
    """Learn classes, numbered ``of`` (n,) below k, from vectors (n, dims) and counted words (n, ``BUCKETS``).

    Of more than ``OF_VECTORS`` texts a part is drawn for the vectors by ``seed``. Words have no intercept: a text without
    a known word must leave the judgement to its vector, not to what is frequent.
    """
    import numpy as np

    present = np.unique(of)
    by_vector = np.zeros((vectors.shape[1] + 1, k), dtype=np.float32)
    by_vector[-1, np.setdiff1d(np.arange(k), present)] = NEVER
    none = Learned(by_vector, np.zeros(0, np.int64), np.zeros(0, np.float32), np.zeros((0, k), np.float32))
    if len(present) < 2:
        return none
    rows = drawn(of, seed, OF_VECTORS)
    some, there = np.asarray(vectors[rows], dtype=np.float32), np.unique(of[rows])
    middle, evened = _evened(some)
    slopes, intercepts = _regression((some - middle) @ evened, of[rows], BY_VECTOR, tolerance=1e-3, intercept=True)
    by_vector[:-1, there] = evened @ slopes.T
    by_vector[-1, there] = intercepts - middle @ by_vector[:-1, there]
    often = np.bincount(counts.indices, minlength=BUCKETS) if counts is not None else np.zeros(1, int)
    buckets = np.flatnonzero(often >= 2)  # a row names a bucket once
    if not len(buckets):
        return none
    if len(buckets) > MOST_WORDS:
        buckets = np.sort(buckets[np.argsort(-often[buckets], kind="stable")[:MOST_WORDS]])
    rarity = (np.log((1 + len(of)) / (1 + often[buckets])) + 1).astype(np.float32)
    by_word = np.zeros((len(buckets), k), dtype=np.float32)
    weighed = tf_idf(counts[:, buckets], rarity)
    by_word[:, present] = _regression(weighed, of, BY_WORD, tolerance=1e-4, intercept=False)[0].T
    return Learned(by_vector, buckets, rarity, by_word)


def drawn(of: np.ndarray, seed: int, most: int) -> np.ndarray:
    """Return which rows are learned from: all, or of too many a random part that keeps small classes whole."""
    import numpy as np

    if len(of) <= most:
        return np.arange(len(of))
    rare = np.bincount(of)[of] <= RARE
    others = np.random.default_rng(seed).permutation(np.flatnonzero(~rare))[: max(0, most - rare.sum())]
    return np.sort(np.concatenate([np.flatnonzero(rare), others]))


def _evened(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean (dims,) and the matrix (dims, dims) that evens out the spread of the directions by half.

    A few directions hold what all texts of a shop share and would take most of the ridge's allowance. Whitening with
    shrinkage (Ledoit & Wolf 2004; half the exponent): 77 intents from ten texts each .810 in place of .802 right.
    """
    import numpy as np

    middle = vectors.mean(axis=0)
    spread, directions = np.linalg.eigh((vectors - middle).T @ (vectors - middle) / len(vectors))
    spread = spread.clip(min=0)
    if spread.sum() <= 1e-9:  # all texts alike
        return middle, np.eye(len(middle), dtype=np.float32)
    scale = (EVEN * spread + (1 - EVEN) * spread.mean()) ** (-EVEN / 2)
    scale /= np.sqrt((scale**2 * spread).sum() / spread.sum())  # the vectors keep their length in the mean
    return middle, ((directions * scale) @ directions.T).astype(np.float32)


def _regression(
    features, of: np.ndarray, strength: float, *, tolerance: float, intercept: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return slopes (k, features) and intercepts (k,) of a multinomial logistic regression; two classes get a row each."""
    import warnings

    import numpy as np
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=strength, max_iter=STEPS, tol=tolerance, fit_intercept=intercept)
    with warnings.catch_warnings():  # few texts of many classes are what they are; stopping at STEPS is meant
        warnings.filterwarnings("ignore", "The number of unique classes")
        warnings.filterwarnings("ignore", "lbfgs failed to converge")
        model.fit(features, of)
    slopes = model.coef_.astype(np.float32)
    intercepts = np.broadcast_to(model.intercept_, len(slopes)).astype(np.float32)
    if len(slopes) == 1:
        return np.vstack([0 * slopes, slopes]), np.append(0 * intercepts, intercepts)
    return slopes, intercepts


def calibrated(logits: np.ndarray, of: np.ndarray, *, words: bool) -> tuple[float, float]:
    """Return the two weights under which the labels of texts left out are likeliest.

    Few texts cannot say much about weights: they are drawn to ``USUAL`` as strongly as two or three texts would pull.
    """
    import numpy as np
    from scipy.optimize import minimize

    usual = np.array(USUAL if words else (USUAL[0], 0.0))
    able = logits[np.arange(len(of)), of, 0] > NEVER  # a class that could not be known says nothing about weights
    logits, of = logits[able], of[able]
    rows = np.arange(len(of))

    def surprise(weights: np.ndarray) -> tuple[float, np.ndarray]:
        probable = softmax(logits @ weights)
        off = probable.copy()
        off[rows, of] -= 1
        away = weights - usual
        value = -np.log(np.maximum(probable[rows, of], 1e-12)).sum() + 2 * away @ away
        return float(value), np.einsum("nk,nkw->w", off, logits, dtype=np.float64) + 4 * away

    bounds = [(0.05, 20.0), (0.0, 20.0 if words else 0.0)]
    found = minimize(surprise, usual, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 50})
    return float(found.x[0]), float(found.x[1])


def softmax(logits: np.ndarray) -> np.ndarray:
    """Turn rows of logits into rows that sum to 1."""
    import numpy as np

    raised = np.exp(logits - logits.max(axis=1, keepdims=True)) if logits.size else logits
    return raised / raised.sum(axis=1, keepdims=True)
