"""Item-to-item tables as matrices: each row the best of one item, best first, and the cosine of being seen together."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import scipy.sparse as sparse

from features.arrays import Floats, Ints
from training.recommend.top import strongest, top_items

PRODUCTS_AT_ONCE = 10_000_000
"""So many products of two entries are added up at a time; they take some 200 MB."""

NO_ENTRIES: tuple[Ints, Ints, Floats] = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
"""Rows, columns and scores of nothing."""

COSINE_DAMPING = 1.0
"""So much is added to each item's own weight, so that items in few hands say less."""

LEAST_WEIGHT = np.float32(1e-6)
"""However long ago something was seen, it weighs so much: products of smaller weights would come to zero."""


def seen_together(seen: sparse.csr_matrix, least_people: int, neighbours: int) -> sparse.csr_matrix:
    """For each item those that the same people saw: the damped cosine of columns, within 0 and 1.

    ``seen`` has a row for each person, with weights up to 1. A row is divided by the square root of its number of
    items, because who saw much says little about each pair. Pairs of fewer than ``least_people`` people are left out.
    """
    length = np.diff(seen.indptr)
    presence = sparse.csr_matrix((np.ones(seen.nnz, dtype=np.float32), seen.indices, seen.indptr), shape=seen.shape)
    damped = sparse.csr_matrix(seen, dtype=np.float32, copy=True)
    damped.data = np.maximum(damped.data, LEAST_WEIGHT) / np.repeat(np.sqrt(length), length).astype(np.float32)
    own = np.asarray(damped.multiply(damped).sum(axis=0)).ravel() + COSINE_DAMPING
    weights, holders = sparse.csr_matrix(damped.T), sparse.csr_matrix(presence.T)
    found = BestRows(seen.shape[1], neighbours)
    for start, stop in _blocks(np.asarray(holders @ length), PRODUCTS_AT_ONCE):
        # Both products have their entries in the same places, because their factors do and no product is zero.
        shared, people = weights[start:stop] @ damped, holders[start:stop] @ presence
        row = start + np.repeat(np.arange(stop - start), np.diff(shared.indptr))
        kept = np.flatnonzero(people.data >= least_people)
        row, column = row[kept], shared.indices[kept]
        found.add(row, column, shared.data[kept] / np.sqrt(own[row] * own[column]))
    return found.matrix()


class BestRows:
    """A matrix ``(items, items)`` in the making: the best entries of every row, best first."""

    def __init__(self, items: int, each: int) -> None:
        """Begin with empty rows; ``each`` is how many entries a row keeps."""
        self._items, self._each = items, each
        self._parts: list[tuple[Ints, Ints, Floats]] = []

    def add(self, row: Ints, column: Ints, score: Floats) -> None:
        """Add rows, each whole at once; no item is related to itself, nor to others with a score of 0."""
        others = np.flatnonzero((row != column) & (score > 0))
        kept = others[strongest(row[others], score[others], self._each)]
        self._parts.append((row[kept], column[kept], score[kept]))

    def matrix(self) -> sparse.csr_matrix:
        """What was added, in float32."""
        row, column, score = (np.concatenate(arrays) for arrays in zip(NO_ENTRIES, *self._parts, strict=True))
        order = np.argsort(row, kind="stable")
        indptr = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=self._items)))).astype(np.int32)
        entries = (score[order].astype(np.float32), column[order].astype(np.int32), indptr)
        return sparse.csr_matrix(entries, shape=(self._items, self._items))


def dense(matrix: sparse.csr_matrix, width: int) -> tuple[Ints, Floats]:
    """The best ``width`` entries of every row: columns (-1 pads) and values, shapes ``(n_rows, width)``."""
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    items, place = top_items(row, matrix.indices, matrix.data, matrix.shape[0], width)
    scores = np.zeros(items.shape, dtype=np.float32)
    scores[place >= 0] = matrix.data[place[place >= 0]]
    return items, scores


def _blocks(work: Ints, at_once: int) -> list[tuple[int, int]]:
    """Ranges of rows of about so much work each."""
    block = np.cumsum(work, dtype=np.int64) // at_once
    edges = [0, *(np.flatnonzero(np.diff(block)) + 1).tolist(), len(work)]
    return [(start, stop) for start, stop in pairwise(edges) if stop > start]
