"""Metrics of ranked recommendations, one number per customer, over arrays of shape ``(n_customers, k)``.

Ranked items are codes, the best first, -1 where a list is shorter. Answers are the distinct items that each customer
bought, one after another: those of customer ``i`` are ``items[boundaries[i]:boundaries[i + 1]]``.
"""

from __future__ import annotations

import numpy as np

from features.arrays import Flags, Floats, Ints


def rank_hits(ranked: Ints, boundaries: Ints, items: Ints) -> Flags:
    """Whether the item at each place was bought, shape of ``ranked``.

    Padding never is, and an item that a list repeats counts only the first time.
    """
    ranked = np.asarray(ranked, dtype=np.int64)
    size = np.int64(max(ranked.max(initial=0), np.max(items, initial=0)) + 1)
    customer = np.repeat(np.arange(len(ranked)), np.diff(boundaries))
    wanted = customer * size + np.asarray(items, dtype=np.int64)
    shown = np.arange(len(ranked))[:, None] * size + ranked
    return np.isin(shown, wanted) & (ranked >= 0) & _first(ranked)


def recall_at(hits: Flags, bought: Ints, k: int) -> Floats:
    """Hits among the first ``k`` over the smaller of ``k`` and the items bought; NaN for who bought none, ``(n,)``."""
    return _over(hits[:, :k].sum(axis=1), np.minimum(k, bought))


def ndcg_at(hits: Flags, bought: Ints, k: int) -> Floats:
    """Discounted gain of the first ``k`` over the best possible with the items bought; NaN as above, ``(n,)``."""
    discount = 1 / np.log2(np.arange(2, k + 2))
    best = np.concatenate([[0.0], np.cumsum(discount)])
    return _over(hits[:, :k] @ discount[: hits[:, :k].shape[1]], best[np.minimum(k, bought)])


def reciprocal_rank_at(hits: Flags, bought: Ints, k: int) -> Floats:
    """One over the place of the first hit among the first ``k``, 0 without one; its mean is the MRR; ``(n,)``."""
    first = np.argmax(hits[:, :k], axis=1) + 1
    return np.where(bought > 0, np.where(hits[:, :k].any(axis=1), 1 / first, 0.0), np.nan)


def hit_at(hits: Flags, bought: Ints, k: int) -> Floats:
    """1 where any of the first ``k`` was bought, else 0; its mean is the hit rate; NaN as above, ``(n,)``."""
    return np.where(bought > 0, hits[:, :k].any(axis=1).astype(np.float64), np.nan)


def catalogue_coverage(ranked: Ints, k: int, catalogue_size: int) -> float:
    """Share of the catalogue's items that are in anyone's first ``k``; 0 for an empty catalogue."""
    shown = np.unique(ranked[:, :k])
    return float(np.count_nonzero(shown >= 0) / catalogue_size) if catalogue_size else 0.0


def _first(ranked: Ints) -> Flags:
    """Whether each place holds its item for the first time in the row."""
    order = np.argsort(ranked, axis=1, kind="stable")
    ordered = np.take_along_axis(ranked, order, axis=1)
    fresh = np.ones(ranked.shape, dtype=bool)
    fresh[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    first = np.empty_like(fresh)
    np.put_along_axis(first, order, fresh, axis=1)
    return first


def _over(part: Floats | Ints, whole: Floats | Ints) -> Floats:
    found: Floats = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return found
