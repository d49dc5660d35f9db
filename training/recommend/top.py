"""The best of each group: small arithmetic that sources, related items and the ranking share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from sparse_dot_topn.lib._sparse_dot_topn_core import sp_matmul_topn_sorted

from features.arrays import Floats, Ints, distinct
from features.catalogue import UNKNOWN

CROWDED = 50
"""Columns are renumbered where there are so many for each entry: an empty one costs little, telling them apart more."""


SLICED = 40
"""So few rows are taken one by one, more all at once: about there that begins to be quicker."""


def strongest(group: Ints, score: Floats, each: int) -> Ints:
    """Positions of the ``each`` highest scores of every group, ordered by group and falling score."""
    order = np.lexsort((-score, group))
    return order[rank_in_group(group[order]) < each]


def strongest_places(group: Ints, score: Floats, each: int) -> Ints | slice:
    """The ``each`` highest scores of every group by rising position; all of them where no group has more."""
    if len(group) <= each or np.bincount(group).max() <= each:
        return slice(None)
    return np.sort(strongest(group, score, each))


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
    owner = customer[kept]
    place[owner, rank_in_group(owner)] = kept
    items = np.full((customers, k), UNKNOWN, dtype=np.int32)
    filled = place >= 0
    items[filled] = item[place[filled]]
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


def by_place(items: Ints, columns: int) -> Rows:
    """Items, the best first, as the only row of a matrix: each scores 1 / its place from 1."""
    data = (1 / (1.0 + np.arange(len(items)))).astype(np.float32)
    edges = np.array([0, len(items)], dtype=np.int32)
    return Rows(data, np.asarray(items).astype(np.int32), edges, (1, columns))


def rows_of(matrix: sparse.csr_matrix | Rows, rows: Ints) -> Rows:
    """Some rows; nothing else of the matrix is read, so it may be a memory map."""
    return below([(matrix, rows)])


def below(chosen: Sequence[tuple[sparse.csr_matrix | Rows, Ints]]) -> Rows:
    """Some rows of several matrices with the same columns, below each other."""
    data: list[Floats] = []
    indices: list[Ints] = []
    lengths: list[Ints] = []
    for matrix, rows in chosen:
        start, stop = matrix.indptr[rows], matrix.indptr[1:][rows]
        lengths.append(stop - start)
        if len(rows) <= SLICED:
            runs = [slice(*run) for run in zip(start.tolist(), stop.tolist(), strict=True)]
            data += [matrix.data[run] for run in runs]
            indices += [matrix.indices[run] for run in runs]
        else:
            place = _run_places(start, lengths[-1])
            data.append(matrix.data[place])
            indices.append(matrix.indices[place])
    if not data:
        data, indices = [chosen[0][0].data[:0]], [chosen[0][0].indices[:0]]
    edges = np.zeros(sum(map(len, lengths)) + 1, dtype=np.int32)
    np.cumsum(np.concatenate(lengths), out=edges[1:])
    shape = (len(edges) - 1, chosen[0][0].shape[1])
    return Rows(np.concatenate(data), np.concatenate(indices, dtype=np.int32), edges, shape)


def _run_places(start: Ints, length: Ints) -> Ints:
    """All positions of some runs, one run after another."""
    edges = np.cumsum(length)
    before = start.astype(np.int64) - edges + length
    return np.repeat(before, length) + np.arange(edges[-1] if len(edges) else 0)


def best_products(taste: sparse.csr_matrix | Rows, relation: sparse.csr_matrix | Rows, each: int) -> Rows:
    """The ``each`` best entries above 0 in every row of ``taste @ relation``, both float32, the best first.

    Only the rows of ``relation`` that ``taste`` names are read, so it may be a memory map.
    """
    return best_of_all([(taste, relation)], each)


def best_of_all(products: Sequence[tuple[sparse.csr_matrix | Rows, sparse.csr_matrix | Rows]], each: int) -> Rows:
    """:func:`best_products` of several tastes, each with its own relation: the rows of the first, then of the second.

    All relations have the same columns. At once it costs little more than one of them: for one person's few entries
    the work around the multiplication is most of it.
    """
    columns = products[0][1].shape[1]
    named = [_named(taste) for taste, _ in products]
    taste = _stacked([taste for taste, _ in named])
    relation = below([(relation, rows) for (_, relation), (_, rows) in zip(products, named, strict=True)])
    rows = len(taste.indptr) - 1
    if not len(relation.data):
        return Rows(relation.data, relation.indices, np.zeros(rows + 1, dtype=np.int32), (rows, columns))
    if len(relation.data) * CROWDED > columns:
        return Rows(*_multiplied(taste, relation, columns, each), (rows, columns))
    # The product keeps a sum for each column: one person's few entries have few columns of their own.
    own, code = distinct(relation.indices)
    width = min(max(len(own), each), columns)  # The order of equal scores depends on how many are kept.
    narrow = Rows(relation.data, code.astype(np.int32), relation.indptr, relation.shape)
    data, indices, indptr = _multiplied(taste, narrow, width, each)
    return Rows(data, own[indices], indptr, (rows, columns))


def _named(taste: sparse.csr_matrix | Rows) -> tuple[Rows, Ints]:
    """A taste in the numbers of the rows that it names, and those rows."""
    if len(taste.indptr) == 2:  # One person names each row once.
        named: Ints = taste.indices
        place: Ints = np.arange(len(named), dtype=np.int32)
    else:
        named, place = distinct(taste.indices)
    return Rows(taste.data, place.astype(np.int32), taste.indptr, (len(taste.indptr) - 1, len(named))), named


def _stacked(tastes: Sequence[Rows]) -> Rows:
    """Tastes below each other, each with columns of its own."""
    if len(tastes) == 1:
        return tastes[0]
    indices: list[Ints] = []
    edges: list[Ints] = [np.zeros(1, dtype=np.int32)]
    column = entry = 0
    for taste in tastes:
        indices.append(taste.indices + column)
        edges.append(taste.indptr[1:] + entry)
        column, entry = column + taste.shape[1], entry + len(taste.data)
    shape = (sum(taste.shape[0] for taste in tastes), column)
    return Rows(np.concatenate([taste.data for taste in tastes]), np.concatenate(indices), np.concatenate(edges), shape)


def _multiplied(taste: Rows, relation: Rows, columns: int, each: int) -> tuple[Floats, Ints, Ints]:
    """Entries, columns and edges of the product's best, straight from the compiled part of the library.

    What the library does around it, for two matrices of its own, takes longer than one person's product.
    """
    data, indices, indptr = sp_matmul_topn_sorted(
        min(each, columns),
        len(taste.indptr) - 1,
        columns,
        0.0,
        1.0,
        np.ascontiguousarray(taste.data),
        taste.indptr.astype(np.int32),
        taste.indices.astype(np.int32),
        np.ascontiguousarray(relation.data),
        relation.indptr.astype(np.int32),
        relation.indices,
    )
    return data, indices, indptr
