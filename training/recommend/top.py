"""The best of each group: small arithmetic that sources, related items and the ranking share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from sparse_dot_topn.unchecked import sp_matmul_topn

from features.arrays import Floats, Ints
from features.catalogue import UNKNOWN

CROWDED = 20
"""Columns are renumbered where there are so many for each entry: an empty one costs little, telling them apart more."""


def strongest(group: Ints, score: Floats, each: int) -> Ints:
    """Positions of the ``each`` highest scores of every group, ordered by group and falling score."""
    order = np.lexsort((-score, group))
    return order[rank_in_group(group[order]) < each]


def rank_in_group(group: Ints) -> Ints:
    """Position of each entry within its run of equal values, from 0; ``group`` must be ordered."""
    position, begins = np.arange(len(group)), group[1:] != group[:-1]
    if not begins.any():
        return position
    first = np.zeros(len(group), dtype=np.int64)
    first[1:][begins] = position[1:][begins]
    return position - np.maximum.accumulate(first)


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


@dataclass(frozen=True)
class Rows:
    """A sparse matrix by its rows, with the names of the library's own.

    That one is checked whenever it is made, which costs more than the work on one person's few entries.
    """

    data: Floats
    """The entries, float32, row after row."""
    indices: Ints
    """Column of each entry, int32."""
    indptr: Ints
    """Where each row begins, and the end; int32."""
    shape: tuple[int, int]
    """Rows and columns."""

    @classmethod
    def of(cls, row: Ints, column: Ints, value: Floats, shape: tuple[int, int]) -> Rows:
        """Entries by rising row, taken in their order."""
        edges = np.searchsorted(row, np.arange(shape[0] + 1))
        return cls(value.astype(np.float32), column.astype(np.int32), edges.astype(np.int32), shape)

    @property
    def row(self) -> Ints:
        """The row of each entry."""
        return np.repeat(np.arange(self.shape[0]), self.indptr[1:] - self.indptr[:-1])

    @property
    def shares(self) -> Rows:
        """Each row's entries as parts of their sum."""
        row = self.row
        total = np.maximum(np.bincount(row, weights=self.data, minlength=self.shape[0]), 1e-12)
        return Rows((self.data / total[row]).astype(np.float32), self.indices, self.indptr, self.shape)

    @property
    def matrix(self) -> sparse.csr_matrix:
        """The same, to be calculated with."""
        return sparse.csr_matrix((self.data, self.indices, self.indptr), shape=self.shape)


def ordered_matrix(row: Ints, column: Ints, value: Floats, shape: tuple[int, int]) -> sparse.csr_matrix:
    """:func:`sparse_matrix` of entries by rising row, taken in their order: for one person a fifth of its cost."""
    return Rows.of(row, column, value, shape).matrix


def rows_of(matrix: sparse.csr_matrix | Rows, rows: Ints) -> Rows:
    """Some rows; nothing else of the matrix is read, so it may be a memory map."""
    start = matrix.indptr[rows].astype(np.int64)
    length = matrix.indptr[rows + 1] - start
    edges = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum(length, out=edges[1:])
    place = np.repeat(start - edges[:-1], length) + np.arange(edges[-1])
    shape = (len(rows), matrix.shape[1])
    return Rows(matrix.data[place], matrix.indices[place].astype(np.int32), edges.astype(np.int32), shape)


def best_products(taste: sparse.csr_matrix | Rows, relation: sparse.csr_matrix, each: int) -> Rows:
    """The ``each`` best entries above 0 in every row of ``taste @ relation``, both float32, the best first.

    Only the rows of ``relation`` that ``taste`` names are read, so it may be a memory map.
    """
    named, place = np.unique(taste.indices, return_inverse=True)
    rows, shape = rows_of(relation, named), (taste.shape[0], relation.shape[1])
    if not len(rows.data):
        return Rows(rows.data, rows.indices, np.zeros(shape[0] + 1, dtype=np.int32), shape)
    narrow = Rows(taste.data, place.astype(np.int32), taste.indptr.astype(np.int32), (shape[0], len(named)))
    if len(rows.data) * CROWDED > shape[1]:
        return _best(narrow, rows, each)
    # The product keeps a sum for each column: one person's few entries have few columns of their own.
    columns, code = np.unique(rows.indices, return_inverse=True)
    width = min(max(len(columns), each), shape[1])  # The order of equal scores depends on how many are kept.
    best = _best(narrow, Rows(rows.data, code.astype(np.int32), rows.indptr, (len(named), width)), each)
    return Rows(best.data, columns[best.indices], best.indptr, shape)


def _best(taste: Rows, relation: Rows, each: int) -> Rows:
    shape = (taste.shape[0], relation.shape[1])
    best = sp_matmul_topn(taste, relation, top_n=min(each, shape[1]), sort=True, threshold=0.0, density=1.0)
    return Rows(best.data, best.indices, best.indptr, shape)
