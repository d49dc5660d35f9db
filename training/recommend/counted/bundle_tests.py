"""Which pairs and triples go together beyond chance: tests that allow for how many were made."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from features.arrays import Floats, Ints
from features.catalogue import UNKNOWN
from training.recommend.counted.bundle_counts import LEAST_ORDERS, OrderCounts, Sets

MOST_PAIRS = 50_000
"""So many pairs are told at most."""

MOST_TRIPLES = 10_000
"""So many triples are told at most."""

FALSE_DISCOVERIES = 0.05
"""Of the bundles that are told about this share at most is there by chance."""


@dataclass(frozen=True)
class Told:
    """Sets that passed their test, those with the most orders beyond chance first."""

    items: Ints
    """Item codes, rising, -1 in the third place of a pair; shape (n, 3)."""
    orders: Floats
    """Joint orders that count; shape (n,)."""
    newest: Floats
    """Those of them in the newer half of all orders; shape (n,)."""
    people: Floats
    """Different customers; shape (n,)."""
    all_orders: Floats
    """Joint orders, whoever made them; shape (n,)."""
    together: Floats
    """How many of them come together, as one customer's: 1 where every order is another's; shape (n,)."""
    expected: Floats
    """Orders that would hold all of it by chance, of a triple: an item and the pair of the others; (n,)."""
    p_value: Floats
    """Fisher's exact test to one side; shape (n,)."""
    q_value: Floats
    """The false discovery rate at which it is told; shape (n,)."""

    def __len__(self) -> int:
        return len(self.orders)

    @classmethod
    def of(cls, sets: Sets, expected: Floats, p_value: Floats, possible: int, most: int) -> Told:
        """The best of those ``sets`` that pass among so many possible ones."""
        q_value = false_discovery_rate(p_value, possible)
        padding = np.full((len(sets), 3 - sets.items.shape[1]), UNKNOWN)
        items = np.concatenate([sets.items, padding], axis=1)
        counted = (sets.orders, sets.newest, sets.people, sets.all_orders, clumps(sets))
        every = cls(items, *counted, expected, p_value, q_value)
        return every._chosen(np.flatnonzero(q_value <= FALSE_DISCOVERIES))._ranked(most)

    def joined(self, others: Told) -> Told:
        """These and others, in one order."""
        both = (np.concatenate([getattr(self, name), getattr(others, name)]) for name in _NAMES)
        return Told(*both)._ranked(len(self) + len(others))

    def _ranked(self, most: int) -> Told:
        beyond = self.orders - self.expected
        return self._chosen(np.lexsort((*self.items.T[::-1], -beyond))[:most])

    def _chosen(self, places: Ints) -> Told:
        return Told(*(getattr(self, name)[places] for name in _NAMES))


_NAMES = tuple(entry.name for entry in fields(Told))


def told_pairs(counts: OrderCounts) -> Told:
    """The pairs that come more often than chance explains."""
    pairs = counts.pairs()
    first, second = counts.of_item[pairs.items].T
    p_value = exact_test(pairs, np.full(len(pairs), counts.orders), first, second)
    frequent = int(np.count_nonzero(counts.of_item >= LEAST_ORDERS))
    expected = first * (second / max(counts.orders, 1))
    return Told.of(pairs, expected, p_value, frequent * (frequent - 1) // 2, MOST_PAIRS)


def told_triples(counts: OrderCounts, pairs: Told) -> Told:
    """The triples of which each item comes with the other two together more often than chance explains.

    All three pairs are told, the greatest p-value of an item against the pair of the others counts, and the triple
    comes no less often than its pairs explain: ``n(abc) n(b) >= n(ab) n(bc)`` with each item in the middle. So a chain,
    in which ``a`` and ``c`` only share ``b``, is no triple.
    """
    triples, possible = counts.triples(pairs.items[:, :2])
    joint = {pair: _all_orders(pairs, triples.items[:, list(pair)], counts.items) for pair in ((0, 1), (0, 2), (1, 2))}
    held = counts.of_item[triples.items].T
    p_value, expected = np.zeros(len(triples)), np.zeros(len(triples))
    explained = np.zeros(len(triples), dtype=bool)
    orders = np.full(len(triples), counts.orders)
    for (first, second), third in (((0, 1), 2), ((0, 2), 1), ((1, 2), 0)):
        pair = joint[first, second]
        p_value = np.maximum(p_value, exact_test(triples, orders, pair, held[third]))
        expected = np.maximum(expected, pair * held[third] / max(counts.orders, 1))
        sides = (joint[min(third, side), max(third, side)] for side in (first, second))
        explained |= triples.all_orders * held[third] < np.prod(list(sides), axis=0)
    return Told.of(triples, expected, np.where(explained, 1.0, p_value), possible, MOST_TRIPLES)


def clumps(sets: Sets) -> Floats:
    """How many orders of each set come together because one customer made them, 1 or more, ``(n,)``.

    The design effect of clusters of unequal size (Kish, 1965): the sum of their squared sizes over that of their sizes.
    """
    return sets.squares / sets.orders


def exact_test(sets: Sets, orders: Ints, first: Ints | Floats, second: Ints | Floats) -> Floats:
    """The chance of so many joint orders, if ``first`` and ``second`` of ``orders`` are drawn independently, ``(n,)``.

    Orders of one customer are no independent draws: who likes two things has them in one order again and again. So the
    whole table is divided by how many of the joint orders come together, rounded against finding anything.
    """
    from scipy.stats import hypergeom  # 30 MB, and a service only reads what was told

    together = clumps(sets)
    drawn, held = np.ceil(first / together), np.ceil(second / together)
    among = np.maximum(np.floor(orders / together), np.maximum(drawn, held))
    return np.asarray(hypergeom.sf(np.floor(sets.orders / together) - 1, among, drawn, held))


def false_discovery_rate(p_value: Floats, tested: int) -> Floats:
    """The q-values of the smallest of ``tested`` p-values; those that are not given count as 1; shape ``(n,)``.

    Benjamini and Hochberg (1995). Pairs that never came were tested as well: leaving them out of the number of tests
    would tell every coincidence among very many pairs as a bundle.
    """
    from scipy.stats import false_discovery_control

    if not len(p_value):
        return np.zeros(0)
    among_given: Floats = false_discovery_control(np.clip(p_value, 0.0, 1.0))
    return np.minimum(among_given * max(tested, len(p_value)) / len(p_value), 1.0)


def _all_orders(pairs: Told, wanted: Ints, items: int) -> Floats:
    """The joint orders of the wanted pairs, all of which are told; shape ``(n,)``."""
    keys = pairs.items[:, 0] * np.int64(max(items, 1)) + pairs.items[:, 1]
    order = np.argsort(keys)
    place = np.searchsorted(keys[order], wanted[:, 0] * np.int64(max(items, 1)) + wanted[:, 1])
    return pairs.all_orders[order[place]]
