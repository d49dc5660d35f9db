"""Transitions: which item follows which within a visit, counted once for every use of it.

One pass over the visits counts ordered pairs of items up to ``STEPS`` apart. The counts add up over buckets of
customers; tables made of them hold the best of each item, so their size is bounded by the catalogue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse

from features.arrays import Floats, Ints, run_starts
from features.catalogue import UNKNOWN
from training.recommend.counted.table import Shop, SourceSettings
from training.recommend.counted.visits import Visits
from training.recommend.people import People
from training.recommend.top import sparse_matrix, strongest

STEPS = 10
"""Pairs further apart in a visit are not counted."""

STEP_WEIGHT = 0.6
"""A pair counts for this share of one that is a step closer."""

HALF_LIVES = 4.0
"""What follows what changes more slowly than what one person wants: its half-life is so many of theirs."""

PAIRS_PER_STEP = 2
"""Pairs kept of some customers for each of their steps, 24 bytes each; the lightest go first."""

RISE = 0.05
"""What rises is told by a half-life so much shorter."""

NEIGHBOURS = 100
"""Items kept for each item in each table."""

CAUTION = 1.0
"""Weight of the doubt whether an item is followed by anything that was seen so far."""

LONGEST_VISIT = 200
"""Only so many of a visit's newest steps are counted, so that a bot counts no more than a keen person."""


@dataclass(frozen=True)
class TransitionCounts:
    """Sums over the visits of some customers; those of all buckets add up to the shop's."""

    items: int
    """Size of the catalogue."""
    key: Ints
    """``earlier item * items + later item``, rising, never of an item with itself; shape (n_pairs,)."""
    sums: Floats
    """Columns: next step, near, recent and together, see :meth:`of`; float32, shape (n_pairs, 4)."""
    steps: Floats
    """How often each item was touched, the newest counting most; shape (n_items,)."""
    newest: Floats
    """The same with a half-life of ``RISE`` of the other; shape (n_items,)."""
    again: Floats
    """How often the same item was viewed again in the very next step, weighted as ``steps``; shape (n_items,)."""

    @classmethod
    def of(cls, visits: Visits, items: int, half_life_days: float) -> TransitionCounts:
        """Counts over ``visits``.

        ``next`` counts pairs one step apart, ``near`` those up to ``STEPS`` apart weighted ``STEP_WEIGHT`` for every
        step more, ``recent`` the same halved for every ``half_life_days`` of the later item's age, ``together`` the
        halving without the steps.
        """
        recency = 0.5 ** (visits.age_days / half_life_days)
        counted = np.repeat(visits.boundaries[1:], visits.lengths) - np.arange(len(visits.item)) <= LONGEST_VISIT
        keys, sums = [], []
        again: Floats = np.zeros(items)
        for gap in range(1, STEPS + 1):
            earlier = np.flatnonzero(
                (visits.visit[gap:] == visits.visit[:-gap]) & counted[: max(len(counted) - gap, 0)]
            )
            later = earlier + gap
            same = visits.item[earlier] == visits.item[later]
            if gap == 1:
                again = _sum(visits.item[later[same]], recency[later[same]], items)
            earlier, later = earlier[~same], later[~same]
            keys.append(visits.item[earlier].astype(np.int64) * items + visits.item[later])
            near = np.full(len(earlier), STEP_WEIGHT ** (gap - 1))
            columns = (np.full(len(earlier), float(gap == 1)), near, near * recency[later], recency[later])
            sums.append(np.stack(columns, axis=1).astype(np.float32))
        key, total = _added(np.concatenate(keys), np.concatenate(sums))
        kept = _heaviest(total[:, 1] + total[:, 2], PAIRS_PER_STEP * len(visits.item))
        steps, newest = (_sum(visits.item, weight, items) for weight in (recency, recency ** (1 / RISE)))
        return cls(items, key[kept], total[kept], steps, newest, again)


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
        items = parts[0].items
        key, sums = _added(np.concatenate([part.key for part in parts]), np.concatenate([part.sums for part in parts]))
        steps = np.sum([part.steps for part in parts], axis=0)
        newest = np.sum([part.newest for part in parts], axis=0)
        again = np.sum([part.again for part in parts], axis=0)
        earlier, later = key // max(items, 1), key % max(items, 1)
        following, near, recent, together = sums.T
        forward = _Table(earlier, later, items, NEIGHBOURS)
        backward = _Table(later, earlier, items, NEIGHBOURS)
        return cls(
            after=forward.shares(near),
            after_recent=forward.shares(recent),
            after_next=forward.shares(following),
            before=backward.shares(near),
            before_recent=backward.shares(recent),
            together=_cosine(forward, backward, together, steps),
            again=(again / (steps + CAUTION)).astype(np.float32),
            popularity=_over_mean(steps).astype(np.float32),
            rise=(_over_mean(newest) - _over_mean(steps)).astype(np.float32),
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
class _Table:
    row: Ints
    column: Ints
    items: int
    neighbours: int

    def shares(self, value: Floats) -> sparse.csr_matrix:
        total = _sum(self.row, value, self.items) + CAUTION
        return self.best(self.row, self.column, value / total[self.row])

    def best(self, row: Ints, column: Ints, score: Floats) -> sparse.csr_matrix:
        known = np.flatnonzero(score > 0)
        kept = known[strongest(row[known], score[known], self.neighbours)]
        matrix = sparse_matrix(row[kept], column[kept], score[kept], (self.items, self.items))
        matrix.sort_indices()
        return matrix


def _cosine(forward: _Table, backward: _Table, together: Floats, steps: Floats) -> sparse.csr_matrix:
    """Pairs of both directions added up, over the root of both items' steps."""
    key = np.concatenate([table.row * np.int64(table.items) + table.column for table in (forward, backward)])
    key, sums = _added(key, np.concatenate([together, together])[:, None])
    row, column = key // max(forward.items, 1), key % max(forward.items, 1)
    length = np.sqrt(steps + CAUTION)
    return forward.best(row, column, np.minimum(sums[:, 0] / (length[row] * length[column]), 1.0))


def _added(key: Ints, sums: Floats) -> tuple[Ints, Floats]:
    """Rows of ``sums`` with one key added up, by rising key."""
    order = np.argsort(key)
    key = key[order]
    starts = run_starts(key[1:] != key[:-1], len(key))
    return key[starts], np.add.reduceat(sums[order], starts, axis=0) if len(key) else sums


def _over_mean(steps: Floats) -> Floats:
    """Log of each item's steps over the mean item's, with some caution for items with few."""
    total: Floats = np.log((steps + CAUTION) / (steps.sum() / max(len(steps), 1) + CAUTION))
    return total


def _heaviest(weight: Floats, most: int) -> Ints:
    """Positions of the ``most`` greatest weights, rising."""
    if len(weight) <= most:
        return np.arange(len(weight))
    return np.sort(np.argpartition(-weight, most)[:most])


def _sum(index: Ints, values: Floats, size: int) -> Floats:
    total: Floats = np.bincount(index, weights=values, minlength=size).astype(np.float64)
    return total
