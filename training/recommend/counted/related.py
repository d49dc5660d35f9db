"""Items that go together: which are in the same hands or the same baskets more often than their sizes explain."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sparse
from sparse_dot_topn import sp_matmul_topn

from features.arrays import Floats, Ints
from features.history import PURCHASE, History
from training.recommend.top import sparse_matrix, strongest, top_items

RELATED_KINDS = ("viewed_together", "bought_together")
"""Kinds of item-to-item table."""


def baskets(history: History) -> sparse.csr_matrix:
    """What each customer bought on one day, one row a basket, shape ``(n_baskets, n_items)``."""
    rows = history.of(PURCHASE)
    days = history.local_day[rows].astype(np.int64)
    span = np.int64(days.max(initial=0) - days.min(initial=0) + 1)
    _, basket = np.unique(history.customer[rows] * span + days - days.min(initial=0), return_inverse=True)
    pair = np.unique(basket * np.int64(max(len(history.catalogue), 1)) + history.item[rows])
    row, item = pair // max(len(history.catalogue), 1), pair % max(len(history.catalogue), 1)
    shape = (int(basket.max(initial=-1)) + 1, len(history.catalogue))
    return sparse_matrix(row, item, np.ones(len(row)), shape)


def related_items(matrix: sparse.csr_matrix, neighbours: int) -> sparse.csr_matrix:
    """For each item the items most often in the same rows: cosine of columns, rows damped by their length.

    A row with many items says less about each pair of them (it is divided by the square root of its number of
    items), and items in few rows are not trusted fully: the cosine is multiplied by ``sqrt(n / (n + 3))`` for each of
    the two items, with ``n`` the rows that hold it. No item is related to itself.
    """
    presence = matrix.copy()
    presence.data = np.ones_like(presence.data)
    per_row = np.diff(presence.indptr)
    damped = _scaled_rows(presence, 1 / np.sqrt(np.maximum(per_row, 1)))
    norm = np.sqrt(np.asarray(damped.multiply(damped).sum(axis=0)).ravel())
    held = np.asarray(presence.sum(axis=0)).ravel()
    trust = np.sqrt(held / (held + 3.0))
    items = _scaled_rows(sparse.csr_matrix(damped.T), trust / np.maximum(norm, 1e-12))
    product = sp_matmul_topn(items, sparse.csr_matrix(items.T), top_n=neighbours + 1, sort=True, n_threads=2)
    product.setdiag(0)
    product.eliminate_zeros()
    found = sparse.csr_matrix(product)
    # An item in few rows can be more like others than, by this score, like itself: then it took no place from them.
    if np.diff(found.indptr).max(initial=0) <= neighbours:
        return found
    row = np.repeat(np.arange(found.shape[0]), np.diff(found.indptr))
    kept = strongest(row, found.data, neighbours)
    return sparse_matrix(row[kept], found.indices[kept], found.data[kept], found.shape)


def dense(matrix: sparse.csr_matrix, width: int) -> tuple[Ints, Floats]:
    """The best ``width`` entries of every row: columns (-1 pads) and values, shapes ``(n_rows, width)``."""
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    items, place = top_items(row, matrix.indices, matrix.data, matrix.shape[0], width)
    scores = np.zeros(items.shape, dtype=np.float32)
    scores[place >= 0] = matrix.data[place[place >= 0]]
    return items, scores


def _scaled_rows(matrix: sparse.csr_matrix, factor: Floats) -> sparse.csr_matrix:
    scaled = matrix.astype(np.float32)
    scaled.data *= np.repeat(factor, np.diff(matrix.indptr)).astype(np.float32)
    return scaled
