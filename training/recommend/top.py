"""The best of each group: small arithmetic that sources, related items and the ranking share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import scipy.sparse as sparse
from sparse_dot_topn.lib._sparse_dot_topn_core import sp_matmul_topn_sorted

from features.arrays import Floats, Ints, distinct, places
from features.catalogue import UNKNOWN

CROWDED = 50
"""Columns are renumbered where there are so many for each entry: an empty one costs little, telling them apart more."""


def strongest(group: Ints, score: Floats, each: int) -> Ints:
    """Positions of the ``each`` highest scores of every group, ordered by group and falling score."""
    if single(group):
        alone: Ints = (-score).argsort(kind="stable")[:each]
        return alone
    order = np.lexsort((-score, group))
    return order[rank_in_group(group[order]) < each]


def single(group: Ints) -> bool:
    """Whether there are entries, and all of one group; ``group`` must be ordered, or that of one person."""
    return len(group) > 0 and bool(group[0] == group[-1]) and not (group != group[0]).any()


def strongest_places(group: Ints, score: Floats, each: int) -> Ints | slice:
    """The ``each`` highest scores of every group by rising position; all of them where no group has more.

    No score is NaN.
    """
    if len(group) <= each or np.bincount(group).max() <= each:
        return slice(None)
    if single(group):
        return _highest(score, each)
    kept = strongest(group, score, each)
    kept.sort()
    return kept


def _highest(score: Floats, each: int) -> Ints:
    """Positions of the ``each`` highest scores, rising; of equal ones the first. Cheaper than an order of all."""
    last = len(score) - each
    least = np.partition(score, last)[last]
    kept = score > least
    equal = places(score == least)
    kept[equal[: each - np.count_nonzero(kept)]] = True
    return places(kept)


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
    owner = customer[kept]
    spot = owner * k + rank_in_group(owner)
    place = np.full(customers * k, -1, dtype=np.int64)
    items = np.full(customers * k, UNKNOWN, dtype=np.int32)
    place[spot], items[spot] = kept, item[kept]
    return items.reshape(customers, k), place.reshape(customers, k)


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
        if shape[0] == 1:
            edges = np.array([0, len(row)], dtype=np.int32)
        else:
            edges = row.searchsorted(np.arange(shape[0] + 1)).astype(np.int32)
        return cls(value.astype(np.float32), column.astype(np.int32), edges, shape)

    @property
    def row(self) -> Ints:
        """The row of each entry."""
        if self.shape[0] == 1:
            return np.zeros(len(self.indices), dtype=np.int64)
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
    starts = [matrix.indptr[rows] for matrix, rows in chosen]
    length = np.concatenate([matrix.indptr[1:][rows] for matrix, rows in chosen]) - np.concatenate(starts)
    edges = np.zeros(len(length) + 1, dtype=np.int32)
    length.cumsum(out=edges[1:])
    # Positions of all entries, each in its own matrix.
    place = (np.concatenate(starts) - edges[:-1].astype(np.int64)).repeat(length) + np.arange(edges[-1])
    data, indices, row = [], [], 0
    ends = edges.tolist()
    for matrix, rows in chosen:
        part = place[ends[row] : ends[row + len(rows)]]
        data.append(matrix.data[part])
        indices.append(matrix.indices[part])
        row += len(rows)
    shape = (len(length), chosen[0][0].shape[1])
    return Rows(np.concatenate(data), np.concatenate(indices, dtype=np.int32), edges, shape)


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
    if all(len(taste.indptr) == 2 for taste, _ in products):  # One person names each row once.
        named = [taste.indices for taste, _ in products]
        taste = _side_by_side([taste.data for taste, _ in products])
    else:
        numbered = [_named(taste) for taste, _ in products]
        named = [rows for _, rows in numbered]
        taste = _stacked([taste for taste, _ in numbered])
    relation = below([(relation, rows) for (_, relation), rows in zip(products, named, strict=True)])
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


def _side_by_side(tastes: Sequence[Floats]) -> Rows:
    """What :func:`_stacked` makes of tastes of one row each, whose columns are in order."""
    edges = np.zeros(len(tastes) + 1, dtype=np.int32)
    edges[1:] = list(accumulate(map(len, tastes)))
    data = np.concatenate(tastes)
    return Rows(data, np.arange(len(data), dtype=np.int32), edges, (len(tastes), len(data)))


def _named(taste: sparse.csr_matrix | Rows) -> tuple[Rows, Ints]:
    """A taste in the numbers of the rows that it names, and those rows."""
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
        taste.indptr.astype(np.int32, copy=False),
        taste.indices.astype(np.int32, copy=False),
        np.ascontiguousarray(relation.data),
        relation.indptr,
        relation.indices,
    )
    return data, indices, indptr
