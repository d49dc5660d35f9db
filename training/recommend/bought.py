"""What people have bought before, order by order: how often, how lately, and at which gaps."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from features.arrays import Flags, Floats, Ints, distinct, run_lengths, run_starts
from features.history import PURCHASE, History
from features.pairs import find

LEAST_GAP_DAYS = 0.5
"""Shorter gaps, between two orders of one day, count as so long."""


@dataclass(frozen=True)
class Bought:
    """Every pair of customer and item with a purchase, ordered by customer and item.

    An item counts once an order, whatever the quantity.
    """

    items: int
    """Size of the catalogue, at least 1."""
    key: Ints
    """``customer * items + item``, rising; shape (n_pairs,)."""
    start: Ints = field(repr=False)
    """Where the orders of each pair begin; shape (n_pairs,)."""
    orders_since: Ints = field(repr=False)
    """How many orders the customer has made since, 0 for the newest; by pair, the oldest first; shape (n_lines,)."""
    age_days: Floats = field(repr=False)
    """Age of each of those orders, shape (n_lines,)."""
    order_count: Ints = field(repr=False)
    """Orders of each customer, shape (n_customers,)."""

    @classmethod
    def of(cls, history: History) -> Bought:
        """The purchases of everyone in ``history``, found once."""
        return history.once(cls._found)

    @classmethod
    def _found(cls, history: History) -> Bought:
        orders, rows, items = history.orders, history.of(PURCHASE), max(len(history.catalogue), 1)
        if not len(rows):
            nothing = np.zeros(0, dtype=np.int64)
            return cls(items, nothing, nothing, nothing, np.zeros(0), np.zeros(len(history), dtype=np.int64))
        line, _ = distinct(orders.of_line * np.int64(items) + history.item[rows])
        order, item = line // items, line % items
        key = orders.customer[order] * np.int64(items) + item
        # Orders are numbered by customer and time: a stable sort keeps the oldest of each pair first.
        by_pair = key.argsort(kind="stable")
        key, order = key[by_pair], order[by_pair]
        start = run_starts(key[1:] != key[:-1], len(key))
        count = np.bincount(orders.customer, minlength=len(history))
        since = count.cumsum()[orders.customer] - 1 - np.arange(len(orders.customer))
        return cls(items, key[start], start, since[order], orders.age_days[order], count)

    def __len__(self) -> int:
        return len(self.key)

    @cached_property
    def customer(self) -> Ints:
        """Position of the customer, shape ``(n_pairs,)``."""
        return self.key // self.items

    @cached_property
    def item(self) -> Ints:
        """Item code, shape ``(n_pairs,)``."""
        return self.key % self.items

    @cached_property
    def count(self) -> Ints:
        """Orders that hold the item, shape ``(n_pairs,)``."""
        return run_lengths(self.start, len(self.age_days))

    @property
    def newest(self) -> Ints:
        """The line of each pair's newest order, shape ``(n_pairs,)``."""
        return self.start + self.count - 1

    @cached_property
    def since(self) -> Ints:
        """Orders since the item was last bought, shape ``(n_pairs,)``."""
        return self.orders_since[self.newest]

    @cached_property
    def since_first(self) -> Ints:
        """Orders since the item was first bought: in so many orders it could have been bought again; ``(n_pairs,)``."""
        return self.orders_since[self.start]

    @cached_property
    def days_since(self) -> Floats:
        """Days since the item was last bought, shape ``(n_pairs,)``."""
        return self.age_days[self.newest]

    @cached_property
    def log_gap_sum(self) -> Floats:
        """Sum of the logarithms of the gaps between its orders, in days; ``count - 1`` gaps; shape ``(n_pairs,)``."""
        gap = np.zeros(len(self.age_days))
        gap[1:] = np.log(np.maximum(self.age_days[:-1] - self.age_days[1:], LEAST_GAP_DAYS))
        gap[self.start] = 0.0
        return np.bincount(self._pair, weights=gap, minlength=len(self)).astype(np.float64)

    def decayed(self, decay: float) -> Floats:
        """Orders with the item, each counting ``decay`` of the one after it, ``(n_pairs,)``."""
        return np.bincount(self._pair, weights=decay**self.orders_since, minlength=len(self)).astype(np.float64)

    def share(self, decay: float) -> Floats:
        """:meth:`decayed` as a share of all the customer's orders, counted alike; ``(n_pairs,)``."""
        possible = np.cumsum(np.append(0.0, decay ** np.arange(self.order_count.max(initial=0))))
        return self.decayed(decay) / possible[self.order_count[self.customer]]

    def before_newest(self) -> tuple[Bought, Flags]:
        """What each customer had bought before their newest order, as of that order, and whether it held each pair.

        The flags have shape ``(n_pairs,)`` of the answer.
        """
        held = self.orders_since == 0
        ordered = np.zeros(len(self.order_count))
        ordered[self.customer[self._pair[held]]] = self.age_days[held]
        before = np.flatnonzero(~held)
        pair = self._pair[before]
        start = run_starts(pair[1:] != pair[:-1], len(pair))
        taken = self.since[pair[start]] == 0
        earlier = Bought(
            self.items,
            self.key[pair[start]],
            start,
            self.orders_since[before] - 1,
            self.age_days[before] - ordered[self.customer[pair]],
            np.maximum(self.order_count - 1, 0),
        )
        return earlier, taken

    def find(self, customer: Ints, item: Ints) -> tuple[Ints, Flags]:
        """For each wanted pair its position here, and whether it is here at all; shapes ``(n,)``."""
        return find(self.key, customer * np.int64(self.items) + item)

    @cached_property
    def _pair(self) -> Ints:
        return np.arange(len(self)).repeat(self.count)
