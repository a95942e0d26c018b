"""Comments of surveys: words written with a score in hand, the best that moods can be learned from and checked by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from ..corpus import Corpus, corpus
from ..language import detect_array
from ..vectors import Vectors

ENDS = {"csat": (2, 4), "nps": (6, 9), "ces": (3, 6)}
"""Per kind of survey the highest unhappy and the lowest happy score: 1–5, 0–10, 1–7 (seven is easiest)."""
MATTER = "(comment)"


def of_comments(surveys: pd.DataFrame, vectors: Vectors, languages: Sequence[str] = ("en", "ru", "zh")) -> Corpus:
    """Return the comments of answered surveys as a corpus of their own.

    Args:
        surveys: kind, score, comment; survey_id, customer_id, interaction_id where known. Rows without a comment or a
            score are left out.
        vectors: where sentence vectors come from.
        languages: ISO 639-1 codes the company serves.

    Returns:
        A corpus whose contacts have interaction_id (``comment:`` and the survey's id), contact (the interaction it is
        about), customer_id, kind, csat (1 unhappy, 3 between, 5 happy), language, issue (``(comment)``), text.

    Example:
        >>> frame = pd.DataFrame({"kind": ["nps"], "score": [9.0], "comment": ["Love it"], "survey_id": ["s1"]})
        >>> of_comments(frame, vectors).contacts["csat"].tolist()       # doctest: +SKIP
        [5.0]
    """
    if not {"comment", "score"} <= set(surveys.columns):
        surveys = pd.DataFrame({"comment": [], "score": []}, dtype=object)
    rows = surveys[surveys["comment"].notna() & pd.to_numeric(surveys["score"], errors="coerce").notna()]
    rows = rows.reset_index(drop=True)
    kind = rows["kind"].astype(str) if "kind" in rows else pd.Series("csat", index=rows.index)
    low, high = (kind.map({name: ends[at] for name, ends in ENDS.items()}).astype(float) for at in (0, 1))
    score = pd.to_numeric(rows["score"]).astype(float)
    text = rows["comment"].astype(str)
    ids = rows["survey_id"].astype(str) if "survey_id" in rows else pd.Series(rows.index.astype(str))
    frame = pd.DataFrame(
        {
            "interaction_id": "comment:" + ids,
            "contact": rows.get("interaction_id"),
            "customer_id": rows.get("customer_id"),
            "kind": kind,
            "csat": np.select([score <= low, score >= high, low.isna()], [1.0, 5.0, np.nan], 3.0),
            "language": detect_array(pa.array(text.tolist(), pa.string()), languages).to_pylist(),
            "issue": MATTER,
            "text": text,
        }
    )
    return corpus(frame, vectors)


def joined(first: Corpus, second: Corpus) -> Corpus:
    """Return two corpora as one: the contacts of the second stand below those of the first."""
    segments = second.segments.assign(
        contact=second.segments["contact"] + len(first.contacts), vector=second.segments["vector"] + len(first.vectors)
    )
    return Corpus(
        pd.concat([first.contacts, second.contacts], ignore_index=True),
        pd.concat([first.segments, segments], ignore_index=True),
        np.concatenate([first.vectors, second.vectors]),
    )
