"""Metrics of ranked recommendations, one number per customer.

``hits`` says whether the item at each place was bought, the best place first, shape ``(n_customers, places)``;
``bought`` is how many distinct items each customer bought, shape ``(n_customers,)``.
"""

from __future__ import annotations

import numpy as np

from features.arrays import Flags, Floats, Ints, ratio


def recall_at(hits: Flags, bought: Ints, k: int) -> Floats:
    """Hits among the first ``k`` over the smaller of ``k`` and the items bought; NaN for who bought none, ``(n,)``."""
    return ratio(hits[:, :k].sum(axis=1), np.minimum(k, bought))


def ndcg_at(hits: Flags, bought: Ints, k: int) -> Floats:
    """Discounted gain of the first ``k`` over that of the best order (Jarvelin and Kekalainen 2002); NaN as above."""
    discount = 1 / np.log2(np.arange(2, k + 2))
    best = np.concatenate([[0.0], np.cumsum(discount)])
    return ratio(hits[:, :k] @ discount[: hits[:, :k].shape[1]], best[np.minimum(k, bought)])


def reciprocal_rank_at(hits: Flags, bought: Ints, k: int) -> Floats:
    """One over the place of the first hit among the first ``k``, 0 without one; its mean is the MRR; ``(n,)``."""
    first = np.argmax(hits[:, :k], axis=1) + 1
    return np.where(bought > 0, np.where(hits[:, :k].any(axis=1), 1 / first, 0.0), np.nan)


def hit_at(hits: Flags, bought: Ints, k: int) -> Floats:
    """1 where any of the first ``k`` was bought, else 0; its mean is the hit rate; NaN as above, ``(n,)``."""
    return np.where(bought > 0, hits[:, :k].any(axis=1).astype(np.float64), np.nan)
