"""How often one item follows another within a visit: counts that add up over buckets of customers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from features.arrays import Floats, Ints, run_starts
from training.recommend.counted.visits import Visits

STEPS = 10
"""Pairs further apart in a visit are not counted."""

STEP_WEIGHT = 0.6
"""A pair counts for this share of one that is a step closer."""

RISE = 0.05
"""What rises is told by a half-life so much shorter."""

MOST_PAIRS = 500_000
"""Pairs of some customers, 24 bytes each, that are kept in any case; of more, one for each step; the lightest go."""

LONGEST_VISIT = 200
"""Only so many of a visit's newest steps are counted, so that a bot counts no more than a keen person."""

ROWS_AT_ONCE = 1_000_000
"""Pairs of several parts that are added up at a time."""


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
                again = summed(visits.item[later[same]], recency[later[same]], items)
            earlier, later = earlier[~same], later[~same]
            keys.append(visits.item[earlier].astype(np.int64) * items + visits.item[later])
            near = np.full(len(earlier), STEP_WEIGHT ** (gap - 1))
            columns = (np.full(len(earlier), float(gap == 1)), near, near * recency[later], recency[later])
            sums.append(np.stack(columns, axis=1).astype(np.float32))
        key, total = added(np.concatenate(keys), np.concatenate(sums))
        kept = _heaviest(total[:, 1] + total[:, 2], max(MOST_PAIRS, len(visits.item)))
        steps, newest = (summed(visits.item, weight, items) for weight in (recency, recency ** (1 / RISE)))
        return cls(items, key[kept], total[kept], steps, newest, again)

    @classmethod
    def joined(cls, parts: Sequence[TransitionCounts]) -> TransitionCounts:
        """The sums of all ``parts``, added up some items at a time."""
        items = parts[0].items
        blocks = [added(*block) for block in _blocks(parts)]
        steps, newest, again = (
            np.sum([getattr(part, name) for part in parts], axis=0) for name in ("steps", "newest", "again")
        )
        key, sums = (np.concatenate([block[place] for block in blocks]) for place in (0, 1))
        return cls(items, key, sums, steps, newest, again)


def added(key: Ints, sums: Floats) -> tuple[Ints, Floats]:
    """Rows of ``sums`` with one key added up, by rising key."""
    order = np.argsort(key)
    key = key[order]
    starts = run_starts(key[1:] != key[:-1], len(key))
    return key[starts], np.add.reduceat(sums[order], starts, axis=0) if len(key) else sums


def summed(index: Ints, values: Floats, size: int) -> Floats:
    """Sum of ``values`` for each index below ``size``, shape ``(size,)``."""
    total: Floats = np.bincount(index, weights=values, minlength=size).astype(np.float64)
    return total


def _blocks(parts: Sequence[TransitionCounts]) -> Iterator[tuple[Ints, Floats]]:
    """The rows of all parts with keys of one range, range by range."""
    pairs = sum(len(part.key) for part in parts)
    ranges = pairs // ROWS_AT_ONCE + 1
    # The first part's keys tell where keys are dense.
    quantiles = np.linspace(0, len(parts[0].key), ranges + 1).astype(np.int64)[1:-1]
    edges = parts[0].key[quantiles]
    places = [np.concatenate([[0], np.searchsorted(part.key, edges), [len(part.key)]]) for part in parts]
    for at in range(ranges):
        cut = [(part, slice(place[at], place[at + 1])) for part, place in zip(parts, places, strict=True)]
        yield (
            np.concatenate([part.key[rows] for part, rows in cut]),
            np.concatenate([part.sums[rows] for part, rows in cut]),
        )


def _heaviest(weight: Floats, most: int) -> Ints:
    """Positions of the ``most`` greatest weights, rising."""
    if len(weight) <= most:
        return np.arange(len(weight))
    return np.sort(np.argpartition(-weight, most)[:most])
