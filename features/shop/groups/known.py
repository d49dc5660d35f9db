"""What the groups go by: a few numbers of each customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.arrays import Flags, Floats, Ints, ratio
from features.history import CART, FAVORITE, PURCHASE, RETURN, History

TREND_GAPS = 4
"""With fewer gaps than this one half of them is a single gap, and chance."""


@dataclass(frozen=True)
class Known:
    """Numbers of some customers, one entry for each; NaN in what speaks of orders that they do not have."""

    orders: Floats
    """Orders; shape (n_customers,)."""
    order_days: Floats
    """Different days with an order; shape (n_customers,)."""
    silent_days: Floats
    """Days since the last order, NaN without one; shape (n_customers,)."""
    net_spend: Floats
    """Purchases less returns, in the shop's currency; shape (n_customers,)."""
    gap_mean_days: Floats
    """Mean of the gaps between order days, NaN with fewer than two; shape (n_customers,)."""
    gap_trend: Floats
    """Mean of the newer half of the gaps over that of the older half, the middle one in neither; NaN with fewer than
    :data:`TREND_GAPS`; shape (n_customers,)."""
    favorites: Floats
    """How often an item was made a favourite; shape (n_customers,)."""
    carts: Floats
    """How often an item was put into the cart; shape (n_customers,)."""
    purchases: Floats
    """Lines bought; shape (n_customers,)."""

    def __len__(self) -> int:
        return len(self.orders)

    @property
    def is_buyer(self) -> Flags:
        """Who has ordered; shape ``(n_customers,)``."""
        return self.orders > 0

    @property
    def buyers(self) -> Known:
        """Those who have ordered."""
        return self.take(self.is_buyer)

    def take(self, rows: Ints | Flags) -> Known:
        """Some of the customers, given by position or as flags."""
        return Known(*(getattr(self, name)[rows] for name in NUMBERS))

    @classmethod
    def of(cls, history: History) -> Known:
        """The numbers of everyone in ``history``."""
        bought = history.of(PURCHASE)
        rows = history.of(PURCHASE, RETURN)
        signed = np.where(history.kind[rows] == RETURN, -1.0, 1.0) * history.quantity[rows]
        days = history.active_days(bought)
        same = days.customer[1:] == days.customer[:-1]
        # In time order ages fall, so the older day less the newer is the gap that ends at the newer.
        gap, owner = (days.age_days[:-1] - days.age_days[1:])[same], days.customer[1:][same]
        return cls(
            orders=history.sums(history.orders.customer),
            order_days=history.sums(days.customer),
            silent_days=history.latest(bought),
            net_spend=history.sums(history.customer[rows], signed * np.nan_to_num(history.price[rows])),
            gap_mean_days=ratio(history.sums(owner, gap), history.sums(owner)),
            gap_trend=_trend(history, owner, gap),
            favorites=history.sums(history.customer[history.of(FAVORITE)]),
            carts=history.sums(history.customer[history.of(CART)]),
            purchases=history.sums(history.customer[bought]),
        )

    @classmethod
    def joined(cls, parts: Sequence[Known]) -> Known:
        """The customers of several parts, one after another."""
        return cls(*(np.concatenate([np.zeros(0), *(getattr(part, name) for part in parts)]) for name in NUMBERS))


NUMBERS = tuple(Known.__dataclass_fields__)
"""The names of the numbers."""


def _trend(history: History, owner: Ints, gap: Floats) -> Floats:
    """How the newer half of everybody's gaps compares with the older; ``owner`` rises, gaps are in time order."""
    count = history.sums(owner).astype(np.int64)
    place = np.arange(len(owner)) - (np.cumsum(count) - count)[owner]
    half = (count // 2)[owner]
    older, newer = place < half, place >= count[owner] - half
    trend = ratio(history.sums(owner[newer], gap[newer]), history.sums(owner[older], gap[older]))
    return np.where(count >= TREND_GAPS, trend, np.nan)
