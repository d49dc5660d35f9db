"""Bundles: pairs and triples of items that are bought in one order more often than chance explains.

With ``N`` orders, ``n(a)`` of them with ``a`` and ``n(ab)`` with both: support = n(ab) / N, confidence of ``b`` given
``a`` = n(ab) / n(a), lift = n(ab) N / (n(a) n(b)). Whether so many would come by chance is Fisher's exact test to one
side, in which orders of one customer count less than those of several; that many pairs are tested is allowed for by
the false discovery rate of Benjamini and Hochberg (1995), over all pairs that could have come often enough. A triple is
looked at as an item and the pair of the others, in the three ways, and the least convincing of them counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from features.arrays import Floats, Ints
from features.catalogue import UNKNOWN
from training.recommend.counted.acts import Acts
from training.recommend.counted.bundle_counts import OrderCounts
from training.recommend.counted.bundle_tests import Told, told_pairs, told_triples

CERTAINTY = 0.95
"""How certain the lower end of a lift, and both ends of a trend, are."""


@dataclass(frozen=True)
class Bundles:
    """The bundles of a shop, the one with the most orders beyond chance first."""

    items: Ints
    """Item codes, -1 in the third place of a pair; int32, shape (n, 3)."""
    orders: Ints
    """Orders that hold all of its items; one customer counts in a few at most; int32, shape (n,)."""
    people: Ints
    """Different customers who made them; int32, shape (n,)."""
    expected: Floats
    """Orders that would hold all of them by chance, of a triple: pair and item, at most; float32, shape (n,)."""
    lift: Floats
    """How many times as often as by chance; float32, shape (n,)."""
    lift_low: Floats
    """The lift that it has with ``CERTAINTY`` at least; float32, shape (n,)."""
    confidence: Floats
    """For each of its items: of the orders that hold it, the share that holds the others, NaN pads; float32, (n, 3)."""
    p_value: Floats
    """Fisher's exact test to one side; shape (n,)."""
    q_value: Floats
    """The false discovery rate at which it is told; shape (n,)."""
    newest_share: Floats
    """The share of its orders in the newer half of all orders; one half is steady; float32, shape (n,)."""
    newest_low: Floats
    """The lower end of that share; float32, shape (n,)."""
    newest_high: Floats
    """The upper end of that share; float32, shape (n,)."""
    price: Floats
    """What its items cost together, NaN where a price is not known; shape (n,)."""
    profit: Floats
    """What the shop earns on it: prices less unit costs, NaN where one of them is not known; shape (n,)."""
    item_start: Ints
    """Where each item's bundles begin in ``item_bundle``, and the end; int64, shape (n_items + 1,)."""
    item_bundle: Ints = field(repr=False)
    """The bundles of item after item, best first; int32, shape (n_item_bundles,)."""
    order_count: int
    """Number of orders that were looked at."""

    def __len__(self) -> int:
        return len(self.orders)

    @classmethod
    def of(cls, orders: Sequence[Acts], price: Floats, unit_cost: Floats) -> Bundles:
        """The bundles of the whole shop, from the orders of each bucket (:meth:`Acts.orders`).

        ``price`` and ``unit_cost`` of the items have shape ``(n_items,)``, NaN where not known.
        """
        counts = OrderCounts(Acts.joined(orders), len(price))
        pairs = told_pairs(counts)
        return cls._told(counts, pairs.joined(told_triples(counts, pairs)), price, price - unit_cost)

    @classmethod
    def none(cls, items: int) -> Bundles:
        """No bundles of so many items."""
        return cls.of([Acts.none()], np.full(items, np.nan), np.full(items, np.nan))

    @classmethod
    def _told(cls, counts: OrderCounts, told: Told, price: Floats, margin: Floats) -> Bundles:
        from scipy.stats import beta, gamma  # 30 MB, and a service only reads what was told

        # Orders of one customer come together: so many are as sure as that many of different customers.
        sure = told.orders / told.together
        steady = told.newest / told.together + 0.5, (told.orders - told.newest) / told.together + 0.5
        outside = (1 - CERTAINTY) / 2
        of_item = np.where(told.items == UNKNOWN, np.nan, counts.of_item[told.items])
        item, bundle = told.items.ravel(), np.repeat(np.arange(len(told), dtype=np.int32), 3)
        by_item = np.argsort(item, kind="stable")[np.count_nonzero(item == UNKNOWN) :]
        return cls(
            items=told.items.astype(np.int32),
            orders=told.orders.astype(np.int32),
            people=told.people.astype(np.int32),
            expected=told.expected.astype(np.float32),
            lift=(told.orders / told.expected).astype(np.float32),
            lift_low=(gamma.ppf(1 - CERTAINTY, sure) * told.together / told.expected).astype(np.float32),
            confidence=(told.orders[:, None] / of_item).astype(np.float32),
            p_value=told.p_value,
            q_value=told.q_value,
            newest_share=(told.newest / told.orders).astype(np.float32),
            newest_low=np.asarray(beta.ppf(outside, *steady), dtype=np.float32),
            newest_high=np.asarray(beta.ppf(1 - outside, *steady), dtype=np.float32),
            price=_total(price, told.items),
            profit=_total(margin, told.items),
            item_start=np.concatenate(([0], np.cumsum(np.bincount(item[by_item], minlength=counts.items)))),
            item_bundle=bundle[by_item],
            order_count=counts.orders,
        )

    def of_item(self, code: int) -> Ints:
        """The bundles that hold an item, best first."""
        return self.item_bundle[self.item_start[code] : self.item_start[code + 1]]


def _total(values: Floats, items: Ints) -> Floats:
    """The sum of a value over the items of each bundle, NaN where one is not known; shape ``(n,)``."""
    # The last entry stands for the third item that a pair does not have.
    total: Floats = np.append(values, 0.0)[items].sum(axis=1)
    return total
