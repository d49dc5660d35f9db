"""Walks of two steps from item to item, by the people who hold both: they reach what no one person held together.

An item that few have touched has few relations; those of its relations lead on. The first step goes from an item to
the people who touched it and on to what they touched; the second does the same again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from sparse_dot_topn import sp_matmul_topn

from features.arrays import Floats
from training.recommend.counted.table import Shop, SourceSettings
from training.recommend.people import People

FIRST_STEP = 30
"""Items that a walk goes on from; with their number the square stays bounded."""

ITEM_DAMPING = 0.4
"""An item of n people is reached ``n ** -ITEM_DAMPING`` as easily: in between plain counts and the cosine."""


@dataclass(frozen=True)
class Walks:
    """Where walks of one and two steps lead."""

    reached: sparse.csr_matrix
    """Share of each item's walks that end at another, (n_items, n_items), each row holding its best."""

    @classmethod
    def part(cls, people: People, settings: SourceSettings) -> sparse.csr_matrix:
        """Who touched what among one bucket of customers, shape ``(n_people, n_items)``."""
        return people.interest

    @classmethod
    def of(cls, parts: Sequence[sparse.csr_matrix], shop: Shop) -> Walks:
        """The walks over everybody's items; each row keeps the settings' ``neighbours``."""
        step = _first_step(sparse.csr_matrix(sparse.vstack(parts, format="csr")))
        onward = sp_matmul_topn(step, step, top_n=shop.settings.neighbours + 1, sort=True, n_threads=2)
        reached = sparse.csr_matrix(onward, dtype=np.float32)
        reached.setdiag(0)
        reached.eliminate_zeros()
        reached.sort_indices()
        return cls(reached)


def _first_step(touched: sparse.csr_matrix) -> sparse.csr_matrix:
    """Shares of the best ``FIRST_STEP`` items that the same people touched, each row's sum 1."""
    counts = np.diff(touched.indptr)
    presence = sparse.csr_matrix(
        (np.repeat(np.maximum(counts, 1) ** -0.5, counts).astype(np.float32), touched.indices, touched.indptr),
        shape=touched.shape,
    )
    held = np.bincount(touched.indices, minlength=touched.shape[1])
    damped = _scaled(presence, np.maximum(held, 1) ** -ITEM_DAMPING)
    step = sp_matmul_topn(sparse.csr_matrix(damped.T), damped, top_n=FIRST_STEP + 1, sort=True, n_threads=2)
    step.setdiag(0)
    step.eliminate_zeros()
    total = np.asarray(step.sum(axis=1)).ravel()
    step.data /= np.repeat(np.maximum(total, 1e-12), np.diff(step.indptr)).astype(np.float32)
    return sparse.csr_matrix(step, dtype=np.float32)


def _scaled(matrix: sparse.csr_matrix, factor: Floats) -> sparse.csr_matrix:
    """Every column times its factor."""
    values = (matrix.data * factor[matrix.indices]).astype(np.float32)
    return sparse.csr_matrix((values, matrix.indices, matrix.indptr), shape=matrix.shape)
