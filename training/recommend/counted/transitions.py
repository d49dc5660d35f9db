"""Transitions: which item follows which within a visit, counted once for every use of it.

One pass over the visits counts ordered pairs of items up to ``STEPS`` apart. The counts add up over buckets of
customers; tables made of them hold the best of each item, so their size is bounded by the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse

from features.arrays import Floats, Ints
from features.catalogue import UNKNOWN
from training.recommend.counted.table import Shop, SourceSettings
from training.recommend.counted.transition_counts import TransitionCounts, added, summed
from training.recommend.people import People
from training.recommend.top import sparse_matrix, strongest

HALF_LIVES = 4.0
"""What follows what changes more slowly than what one person wants: its half-life is so many of theirs."""

NEIGHBOURS = 100
"""Items kept for each item in each table."""

CAUTION = 1.0
"""Weight of the doubt whether an item is followed by anything that was seen so far."""

PAIRS_AT_ONCE = 500_000
"""Pairs whose tables are made at a time."""


@dataclass(frozen=True)
class Transitions:
    """For each item the items that come after, before and with it; rows of ``(n_items, n_items)`` hold their best."""

    after: sparse.csr_matrix
    """Share of what follows the row's item, nearer steps counting more."""
    after_recent: sparse.csr_matrix
    """The same, newer visits counting more."""
    after_next: sparse.csr_matrix
    """Share of what comes in the very next step."""
    before: sparse.csr_matrix
    """Share of what comes before the row's item, nearer steps counting more."""
    before_recent: sparse.csr_matrix
    """The same, newer visits counting more."""
    together: sparse.csr_matrix
    """Cosine of being in the same visits within ``STEPS``, newer visits counting more."""
    again: Floats
    """Share of steps on the item after which it is viewed again at once; float32, shape (n_items,)."""
    popularity: Floats
    """Log of the item's steps over those of a mean item, newer steps counting more; float32, shape (n_items,)."""
    rise: Floats
    """Log of the item's share of the newest steps over its share of all; float32, shape (n_items,)."""

    @classmethod
    def part(cls, people: People, settings: SourceSettings) -> TransitionCounts:
        """The counts of one bucket of customers."""
        return TransitionCounts.of(people.visits, people.shape[1], HALF_LIVES * settings.half_life_days)

    @classmethod
    def of(cls, parts: Sequence[TransitionCounts], shop: Shop) -> Transitions:
        """The tables of the whole shop, ``NEIGHBOURS`` best of each row.

        Shares are cautious: ``CAUTION`` is added to each row's total, so that an item seen once promises little.
        """
        counts = TransitionCounts.joined(parts)
        blocks = list(_tables(counts))
        tables = {name: sparse.vstack([block[name] for block in blocks], format="csr") for name in blocks[0]}
        return cls(
            **tables,
            again=(counts.again / (counts.steps + CAUTION)).astype(np.float32),
            popularity=_over_mean(counts.steps).astype(np.float32),
            rise=(_over_mean(counts.newest) - _over_mean(counts.steps)).astype(np.float32),
        )


def entries(table: sparse.csr_matrix, row: Ints, column: Ints) -> Floats:
    """The entry at each (row, column), 0 where there is none, NaN where the row is ``UNKNOWN``; shape ``(n,)``.

    Columns must rise within each row. Only the asked rows are read: the table may be a memory map.
    """
    known = np.maximum(row, 0)
    low, end = table.indptr[known].astype(np.int64), table.indptr[known + 1].astype(np.int64)
    high = end.copy()
    for _ in range(int(np.max(high - low, initial=0)).bit_length()):
        middle = (low + high) // 2
        within = middle < high
        below = within & (table.indices[np.where(within, middle, 0)] < column)
        low, high = np.where(below, middle + 1, low), np.where(below, high, middle)
    place = np.where(low < end, low, 0)
    found = np.zeros(len(row))
    if table.nnz:
        found = np.where((low < end) & (table.indices[place] == column), table.data[place], 0.0)
    found[row == UNKNOWN] = np.nan
    return found


@dataclass(frozen=True)
class _Rows:
    """Some rows of a table that is being made."""

    first: int
    count: int
    items: int

    def shares(self, row: Ints, column: Ints, value: Floats) -> sparse.csr_matrix:
        """What each value is of its row's total, which is counted with caution."""
        total = summed(row - self.first, value, self.count) + CAUTION
        return self.best(row, column, value / total[row - self.first])

    def best(self, row: Ints, column: Ints, score: Floats) -> sparse.csr_matrix:
        """The best of each row, columns rising."""
        known = np.flatnonzero(score > 0)
        kept = known[strongest(row[known], score[known], NEIGHBOURS)]
        matrix = sparse_matrix(row[kept] - self.first, column[kept], score[kept], (self.count, self.items))
        matrix.sort_indices()
        return matrix


def _tables(counts: TransitionCounts) -> Iterator[dict[str, sparse.csr_matrix]]:
    """The tables, some rows at a time."""
    items = counts.items
    earlier, later = (counts.key // max(items, 1)).astype(np.int32), (counts.key % max(items, 1)).astype(np.int32)
    backwards = np.argsort(later, kind="stable")
    held = np.cumsum(np.bincount(earlier, minlength=items) + np.bincount(later, minlength=items))
    firsts = np.searchsorted(held, np.arange(0, 2 * len(counts.key), PAIRS_AT_ONCE))
    edges = np.append(np.unique(np.append(firsts[firsts < items], 0)), items)
    from_edges, to_edges = np.searchsorted(earlier, edges), np.searchsorted(later[backwards], edges)
    for at, first in enumerate(edges[:-1]):
        rows = _Rows(int(first), int(edges[at + 1] - first), items)
        ahead = slice(from_edges[at], from_edges[at + 1])
        back = backwards[to_edges[at] : to_edges[at + 1]]
        following, near, recent, together = counts.sums[ahead].T
        _, near_back, recent_back, together_back = counts.sums[back].T
        yield {
            "after": rows.shares(earlier[ahead], later[ahead], near),
            "after_recent": rows.shares(earlier[ahead], later[ahead], recent),
            "after_next": rows.shares(earlier[ahead], later[ahead], following),
            "before": rows.shares(later[back], earlier[back], near_back),
            "before_recent": rows.shares(later[back], earlier[back], recent_back),
            "together": _cosine(
                rows,
                np.concatenate([earlier[ahead], later[back]]),
                np.concatenate([later[ahead], earlier[back]]),
                np.concatenate([together, together_back]),
                counts.steps,
            ),
        }


def _cosine(rows: _Rows, row: Ints, column: Ints, together: Floats, steps: Floats) -> sparse.csr_matrix:
    """Pairs of both directions added up, over the root of both items' steps."""
    key, sums = added(row * np.int64(rows.items) + column, together[:, None])
    row, column = key // max(rows.items, 1), key % max(rows.items, 1)
    length = np.sqrt(steps + CAUTION)
    return rows.best(row, column, np.minimum(sums[:, 0] / (length[row] * length[column]), 1.0))


def _over_mean(steps: Floats) -> Floats:
    """Log of each item's steps over the mean item's, with some caution for items with few."""
    total: Floats = np.log((steps + CAUTION) / (steps.sum() / max(len(steps), 1) + CAUTION))
    return total
