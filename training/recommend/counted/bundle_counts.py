"""Pairs and triples of items in one order, counted so that no single customer decides what goes together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import scipy.sparse as sparse

from features.arrays import Floats, Ints
from training.recommend.counted.acts import Acts
from training.recommend.counted.pair_sums import MEETINGS_AT_ONCE, Meetings, PersonPairs, pair_sums

LEAST_ORDERS = 5
"""Fewer joint orders than this make no bundle."""

LEAST_PEOPLE = 3
"""Fewer different customers than this make no bundle."""

ORDERS_OF_ONE = 3
"""One customer counts in at most so many joint orders of each half of the time."""


@dataclass(frozen=True)
class Sets:
    """Sets of items that were in one order often enough, and what was counted of them."""

    items: Ints
    """Item codes of each set, rising; shape (n, 2) or (n, 3)."""
    orders: Floats
    """Joint orders that count, at most ``2 x ORDERS_OF_ONE`` of one customer; shape (n,)."""
    newest: Floats
    """Those of them in the newer half of all orders; shape (n,)."""
    people: Floats
    """Different customers; shape (n,)."""
    all_orders: Floats
    """Joint orders, whoever made them; shape (n,)."""
    squares: Floats
    """The sum over customers of the square of their joint orders that count; shape (n,)."""

    def __len__(self) -> int:
        return len(self.orders)

    @classmethod
    def of(cls, items: Ints, sums: Floats) -> Sets:
        """The sets of ``items`` with the sums of :func:`_counts`."""
        return cls(items, *sums.T)


@dataclass(frozen=True)
class OrderCounts:
    """The orders of the shop, each counted once, whatever the quantities."""

    lines: Acts
    """What was bought in which order."""
    items: int
    """Number of items."""

    @cached_property
    def orders(self) -> int:
        """Number of orders."""
        return len(np.unique(self.lines.order))

    @cached_property
    def of_item(self) -> Ints:
        """Orders that hold each item, shape ``(n_items,)``."""
        return np.bincount(self.lines.item, minlength=self.items)

    @cached_property
    def is_new(self) -> Ints:
        """1 for each line of the newer half of the orders, shape ``(n_lines,)``."""
        first = np.unique(self.lines.order, return_index=True)[1]
        middle = np.median(self.lines.age_minutes[first]) if len(first) else 0.0
        return (self.lines.age_minutes < middle).astype(np.int8)

    def pairs(self) -> Sets:
        """Pairs of items in one order."""
        # Within an order the items rise: a line meets those after it.
        _, stop = self.lines.same_order()
        start = np.arange(1, len(self.lines) + 1)
        items, sums = self._counted(self.lines.item, self.lines.person, start, stop)
        return Sets.of(items, sums)

    def triples(self, pairs: Ints) -> tuple[Sets, int]:
        """Triples of which all three pairs are among ``pairs``, ``(n, 2)``, and how many such triples there are."""
        keys = pairs[:, 0] * np.int64(max(self.items, 1)) + pairs[:, 1]
        order = np.argsort(keys)
        pair, line = self._second_lines(keys[order])
        _, stop = self.lines.same_order()
        # The pair's second item meets the items after it: each triple once, in rising order.
        found, sums = self._counted(order[pair], self.lines.person[line], line + 1, stop[line])
        items = np.column_stack([pairs[found[:, 0]], found[:, 1]])
        whole = np.ones(len(items), dtype=bool)
        for first in (0, 1):
            whole &= _places(keys[order], items[:, first] * np.int64(max(self.items, 1)) + items[:, 2]) >= 0
        shape = (self.items, self.items)
        links = sparse.csr_matrix((np.ones(len(pairs)), tuple(pairs.T)), shape=shape)
        return Sets.of(items[whole], sums[whole]), int((links @ links).multiply(links).sum())

    def _counted(self, label: Ints, person: Ints, start: Ints, stop: Ints) -> tuple[Ints, Floats]:
        """Label and item of what met often enough, and the sums of :func:`_counts`."""
        weight = np.ones(len(label))
        meetings = Meetings(label, person, weight, start, stop, self.lines.item, self.is_new, self.items)
        sets: list[Ints] = [np.zeros((0, 2), np.int64)]
        sums: list[Floats] = [np.zeros((0, 5))]
        for found in pair_sums(meetings, _counts):
            often = (found.sums[:, 0] >= LEAST_ORDERS) & (found.sums[:, 2] >= LEAST_PEOPLE)
            sets.append(np.column_stack([found.label, found.item])[often].astype(np.int64))
            sums.append(found.sums[often])
        return np.concatenate(sets), np.concatenate(sums)

    def _second_lines(self, keys: Ints) -> tuple[Ints, Ints]:
        """Wherever an order holds a pair: the pair's place in the rising ``keys``, and the line of its second item."""
        _, stop = self.lines.same_order()
        size = stop - np.arange(1, len(self.lines) + 1)
        edges = np.searchsorted(np.cumsum(size), np.arange(0, int(size.sum()) + MEETINGS_AT_ONCE, MEETINGS_AT_ONCE))
        pairs: list[Ints] = [np.zeros(0, np.int64)]
        lines: list[Ints] = [np.zeros(0, np.int64)]
        for begin, end in pairwise(edges.tolist()):
            first = np.repeat(np.arange(begin, end), size[begin:end])
            before = np.cumsum(size[begin:end]) - size[begin:end]
            second = first + 1 + np.arange(len(first)) - np.repeat(before, size[begin:end])
            key = self.lines.item[first] * np.int64(max(self.items, 1)) + self.lines.item[second]
            place = _places(keys, key)
            pairs.append(place[place >= 0])
            lines.append(second[place >= 0])
        return np.concatenate(pairs), np.concatenate(lines)


def _counts(pairs: PersonPairs) -> Floats:
    """The sums of :class:`Sets`, in its order; shape ``(n, 5)``."""
    newest = np.minimum(pairs.marked, ORDERS_OF_ONE)
    older = np.minimum(pairs.count - pairs.marked, ORDERS_OF_ONE)
    both = newest + older
    return np.stack([both, newest, np.ones(len(both)), pairs.count, both**2], axis=1).astype(np.float64)


def _places(keys: Ints, wanted: Ints) -> Ints:
    """The position of each wanted key in the rising ``keys``, -1 where it is not there."""
    if not len(keys):
        return np.full(len(wanted), -1, dtype=np.int64)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, place, -1)
