"""Tell topics that are a matter of their own from what is said beside any matter: courtesy, haste, circumstances."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def beside(mentions: np.ndarray, topics: np.ndarray, k: int) -> dict[str, np.ndarray]:
    """Measure how often a topic stands alone in a contact, and how far its company is particular to it.

    «Please hurry» hardly ever stands alone and goes with every matter; «the parcel is lost» often is all that is said, or
    goes with «refund» more than with others. No word list is needed, in any language.

    Args:
        mentions: (m,) contact of each sentence.
        topics: (m,) its topic, −1 for none.
        k: topics.

    Returns:
        ``alone`` (k,) float32: share of a topic's contacts in which it is the only topic; 1 where nobody speaks of it.
        ``tied`` (k,) float32: relative entropy (nats) of the topics beside it to those beside any, less what chance gives
        so few pairs (k − 1 over twice their number), not below 0.
    """
    import numpy as np
    from scipy.sparse import csr_array

    told = topics >= 0
    _, contact = np.unique(mentions[told], return_inverse=True)
    shape = (int(contact.max(initial=-1)) + 1, k)
    said = csr_array((np.ones(len(contact), dtype=np.float64), (contact, topics[told])), shape=shape)
    said.sum_duplicates()
    said.data[:] = 1.0
    size, single = said.sum(axis=0), said[said.sum(axis=1) == 1].sum(axis=0)
    alone = np.divide(single, size, out=np.ones(k), where=size > 0)
    pairs = (said.T @ said).toarray()
    np.fill_diagonal(pairs, 0.0)
    total = pairs.sum(axis=1)
    usual = pairs.sum(axis=0) / max(total.sum(), 1.0)
    own = pairs / np.maximum(total, 1.0)[:, None]
    others = usual[None, :] / np.maximum(1.0 - usual, 1e-9)[:, None]  # a topic is not beside itself
    ratio = np.divide(own, others, out=np.ones_like(own), where=own > 0)
    tied = (own * np.log(ratio)).sum(axis=1) - (k - 1) / (2 * np.maximum(total, 1.0))
    return {"alone": alone.astype(np.float32), "tied": np.maximum(tied, 0.0).astype(np.float32)}
