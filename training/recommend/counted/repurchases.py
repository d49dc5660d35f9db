"""How items are bought again: in which share of the next orders, after how many days, and when within that cycle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from features.arrays import Flags, Floats, Ints
from features.items import shrunk
from training.customers.ahead.cycles import CycleLaw, CycleSums, cycle_sums, parents, total_cycle_sums
from training.recommend.bought import LEAST_GAP_DAYS, Bought
from training.recommend.counted.table import Shop, SourceSettings
from training.recommend.people import People

STRENGTH = 20.0
"""What is usual for a category counts as so many orders, or buyers, of an item's own."""

MOST_ORDERS = 20
"""One customer says of an item no more than so many orders would: a bound on resellers and test orders."""

OWN_STRENGTH = 8.0
"""What is usual for an item counts as so many of a customer's own orders."""

OWN_GAPS = 3.0
"""An item's usual cycle counts as so many of a customer's own gaps."""

DUE_EDGES = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1 / 1.4, 1.0, 1.4, 2.0, 4.0, 8.0)
"""Where in its cycle an item is: days since it was bought, over its cycle."""

DUE_STRENGTH = 20.0
"""What is expected without counting weighs as so many purchases in each of those parts."""


@dataclass(frozen=True)
class Chances:
    """What some customers can buy again with an order; all shapes ``(n,)``."""

    item: Ints
    """Item code; int32."""
    again: Ints
    """Orders in which they had bought it again, after the first; int32."""
    orders: Ints
    """Orders in which they could have; int32."""
    log_gap_sum: Floats
    """Sum of the logarithms of the days between those orders; float32."""
    days_since: Floats
    """Days since they last bought it; float32."""

    @classmethod
    def of(cls, bought: Bought, ahead_days: float = 0.0) -> Chances:
        """Those of every pair of ``bought``, so many days from now."""
        whole, broken = np.int32, np.float32
        return cls(
            bought.item.astype(whole),
            (bought.count - 1).astype(whole),
            bought.since_first.astype(whole),
            bought.log_gap_sum.astype(broken),
            (bought.days_since + ahead_days).astype(broken),
        )


@dataclass(frozen=True)
class RepurchaseSums:
    """Sums over some customers; those of all buckets add up to the shop's."""

    cycles: CycleSums
    """Logarithms of the gaps between the days on which one customer bought the same."""
    orders: Floats
    """Orders of an item's buyers after the one they first bought it with, shape (n_items,)."""
    again: Floats
    """Those of them that held the item again, shape (n_items,)."""
    buyers: Floats
    """Customers who bought it, shape (n_items,)."""
    repeat_buyers: Floats
    """Customers who bought it in several orders, shape (n_items,)."""
    newest: Chances
    """What they could buy again with their newest order, as it stood just before it."""
    taken: Flags
    """Whether they did, shape of ``newest``."""


@dataclass(frozen=True)
class Repurchases:
    """Each item's way of being bought again, drawn towards its category's and the shop's where few bought it."""

    again_share: Floats
    """Of the later orders of its buyers, the share that holds it again, shape (n_items,)."""
    repeat_share: Floats
    """Share of its buyers who bought it in several orders, shape (n_items,)."""
    log_cycle_days: Floats
    """Mean logarithm of the days until it is bought again, NaN where nothing ever was, shape (n_items,)."""
    due_factor: Floats
    """How likely an item is bought in each part of its cycle beside its rate, at most 1; (len(DUE_EDGES) + 1,)."""

    @classmethod
    def part(cls, people: People, settings: SourceSettings) -> RepurchaseSums:
        """What one bucket of customers adds."""
        bought, size = people.bought, people.shape[1]
        earlier, taken = bought.before_newest()
        voice = np.minimum(1.0, MOST_ORDERS / np.maximum(bought.since_first, 1))

        def total(values: Ints | Floats | Flags) -> Floats:
            return np.bincount(bought.item, weights=values, minlength=size).astype(np.float64)

        return RepurchaseSums(
            cycle_sums(people.history),
            total(bought.since_first * voice),
            total((bought.count - 1) * voice),
            total(np.ones_like(bought.count)),
            total(bought.count > 1),
            Chances.of(earlier),
            taken,
        )

    @classmethod
    def of(cls, parts: Sequence[RepurchaseSums], shop: Shop) -> Repurchases:
        """The items of the whole shop."""
        cycles = total_cycle_sums(part.cycles for part in parts)
        orders, again, buyers, repeat_buyers = (
            np.sum([getattr(part, name) for part in parts], axis=0)
            for name in ("orders", "again", "buyers", "repeat_buyers")
        )
        kin = parents(shop.catalogue)
        flat = cls(
            again_share=_drawn(again, orders, kin),
            repeat_share=_drawn(repeat_buyers, buyers, kin),
            log_cycle_days=np.log(CycleLaw.fit(cycles, shop.catalogue).cycles(cycles, shop.catalogue).item_cycle_days),
            due_factor=np.ones(len(DUE_EDGES) + 1),
        )
        return replace(flat, due_factor=flat._due_factor(parts))

    def rate(self, chances: Chances) -> Floats:
        """The share of a customer's orders that hold the item again, drawn towards the item's usual; ``(n,)``."""
        usual = self.again_share[chances.item]
        rate: Floats = (chances.again + OWN_STRENGTH * usual) / (chances.orders + OWN_STRENGTH)
        return rate

    def due(self, chances: Chances) -> Floats:
        """Days since it was bought over the cycle, the customer's own drawn towards the item's; ``(n,)``.

        NaN where nothing tells the cycle.
        """
        usual = self.log_cycle_days[chances.item]
        log_cycle = (chances.log_gap_sum + OWN_GAPS * usual) / (chances.again + OWN_GAPS)
        due: Floats = np.maximum(chances.days_since, LEAST_GAP_DAYS) / np.exp(log_cycle)
        return due

    def chance(self, chances: Chances) -> Floats:
        """How likely the customer's next order, were it made now, holds the item; within 0 and 1, ``(n,)``."""
        chance: Floats = self.rate(chances) * self.due_factor[self._place(chances)]
        return chance

    def _place(self, chances: Chances) -> Ints:
        """The part of the cycle, that of a due item where nothing tells the cycle."""
        due = self.due(chances)
        return np.searchsorted(DUE_EDGES, np.where(np.isnan(due), 1.0, due), side="right")

    def _due_factor(self, parts: Sequence[RepurchaseSums]) -> Floats:
        """Counted in the customers' newest orders: items taken again over those expected, by part of the cycle.

        Where few were expected it is drawn towards the plain rule that an item half-way through its cycle is half as
        likely, and one that is due as likely as it gets. Never above 1: an item that is long overdue is not the more
        likely for it (counted so, recall@10 was higher or the same in all shops that were measured).
        """
        size = len(DUE_EDGES) + 1
        expected, taken = np.zeros(size), np.zeros(size)
        for part in parts:
            place = self._place(part.newest)
            expected += np.bincount(place, weights=self.rate(part.newest), minlength=size)
            taken += np.bincount(place, weights=part.taken, minlength=size)
        plain = np.append(DUE_EDGES[0] / 2, np.minimum(DUE_EDGES, 1.0))
        return np.minimum((taken + DUE_STRENGTH * plain) / (expected + DUE_STRENGTH), 1.0)


def _drawn(part: Floats, whole: Floats, kin: Ints) -> Floats:
    """``part / whole`` of each item, drawn towards that of its category (``kin``), and this towards the shop's."""
    part_of_kin, whole_of_kin = (np.bincount(kin, weights=sums).astype(np.float64) for sums in (part, whole))
    of_kin = shrunk(part_of_kin, whole_of_kin, STRENGTH)
    drawn: Floats = (part + STRENGTH * of_kin[kin]) / (whole + STRENGTH)
    return drawn
