"""The best of each group: small arithmetic that sources, related items and the ranking share."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sparse
from sparse_dot_topn import sp_matmul_topn

from features.arrays import Floats, Ints
from features.catalogue import UNKNOWN

CROWDED = 8
"""Columns are renumbered where there are so many for each entry: telling which are used costs more than an empty one."""


def strongest(group: Ints, score: Floats, each: int) -> Ints:
    """Positions of the ``each`` highest scores of every group, ordered by group and falling score."""
    order = np.lexsort((-score, group))
    return order[rank_in_group(group[order]) < each]


def rank_in_group(group: Ints) -> Ints:
    """Position of each entry within its run of equal values, from 0; ``group`` must be ordered."""
    if not len(group):
        return np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.concatenate(([True], group[1:] != group[:-1])))
    return np.arange(len(group)) - np.repeat(starts, np.diff(np.append(starts, len(group))))


def top_items(customer: Ints, item: Ints, score: Floats, customers: int, k: int) -> tuple[Ints, Ints]:
    """The ``k`` best items of every customer, and which pair each is; shapes ``(customers, k)``, -1 pads."""
    kept = strongest(customer, score, k)
    place = np.full((customers, k), -1, dtype=np.int64)
    place[customer[kept], rank_in_group(customer[kept])] = kept
    items = np.full((customers, k), UNKNOWN, dtype=np.int32)
    items[place >= 0] = item[place[place >= 0]]
    return items, place


def sparse_matrix(row: Ints, column: Ints, value: Floats, shape: tuple[int, int]) -> sparse.csr_matrix:
    """The matrix with ``value`` at (row, column), float32."""
    return sparse.csr_matrix((value.astype(np.float32), (row, column)), shape=shape)


def ordered_matrix(row: Ints, column: Ints, value: Floats, shape: tuple[int, int]) -> sparse.csr_matrix:
    """The same of entries by rising row, taken in their order: a fifth of the cost for one person's few."""
    edges = np.searchsorted(row, np.arange(shape[0] + 1))
    return sparse.csr_matrix((value.astype(np.float32), column, edges), shape=shape)


def rows_of(matrix: sparse.csr_matrix, rows: Ints) -> sparse.csr_matrix:
    """Some rows; nothing else of the matrix is read, so it may be a memory map."""
    start = matrix.indptr[rows].astype(np.int64)
    length = matrix.indptr[rows + 1] - start
    edges = np.concatenate(([0], np.cumsum(length)))
    place = np.repeat(start - edges[:-1], length) + np.arange(edges[-1])
    return sparse.csr_matrix((matrix.data[place], matrix.indices[place], edges), shape=(len(rows), matrix.shape[1]))


def best_products(taste: sparse.csr_matrix, relation: sparse.csr_matrix, each: int) -> sparse.csr_matrix:
    """The ``each`` best entries above 0 in every row of ``taste @ relation``, both float32, the best first.

    Only the rows of ``relation`` that ``taste`` names are read, so it may be a memory map.
    """
    named, place = np.unique(taste.indices, return_inverse=True)
    rows, shape = rows_of(relation, named), (taste.shape[0], relation.shape[1])
    if not rows.nnz:
        return sparse.csr_matrix(shape, dtype=np.float32)
    narrow = sparse.csr_matrix((taste.data, place, taste.indptr), shape=(shape[0], len(named)))
    if rows.nnz * CROWDED > shape[1]:
        return sp_matmul_topn(narrow, rows, top_n=each, threshold=0.0, sort=True, n_threads=1)
    # The product keeps a sum for each column: one person's few entries have few columns of their own.
    columns, code = np.unique(rows.indices, return_inverse=True)
    width = min(max(len(columns), each), shape[1])  # The order of equal scores depends on how many are kept.
    rows = sparse.csr_matrix((rows.data, code, rows.indptr), shape=(len(named), width))
    best = sp_matmul_topn(narrow, rows, top_n=each, threshold=0.0, sort=True, n_threads=1)
    return sparse.csr_matrix((best.data, columns[best.indices], best.indptr), shape=shape)
