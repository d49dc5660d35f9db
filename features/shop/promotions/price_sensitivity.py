"""What each customer is used to: prices, discounts, sales, and the hour and weekday of buying."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np
import pyarrow as pa

from features.arrays import Flags, Floats, Ints
from features.catalogue import group_medians, log_price_levels
from features.customer_promotions import discount_order_share, promotion_order_share
from features.history import PURCHASE, History

PRICE_BANDS = ("low", "middle", "high")
"""The third of the items, by price within their categories, that a customer mostly looks at or buys."""

NO_BAND = -1
"""The code of a band that is not clear."""

FEWEST_PRICES = 3
"""With fewer prices a customer has no usual band."""

FEWEST_ORDERS = 4
"""With fewer orders there is no usual hour or weekday."""

LEAST_SHARE = 0.5
"""At least this share of the orders falls to the usual hour or weekday."""

CHANCE = 0.05
"""So often at most would orders at random seem to have a usual hour (or weekday)."""

HOURS_AROUND = 1
"""So many hours before and after the usual one belong to it."""


@dataclass(frozen=True)
class PriceSensitivity:
    """What the customers of a history are used to, one entry for each; NaN where it is not clear."""

    discount_order_share: Floats
    """The share of orders at a discount; shape (n_customers,)."""
    promotion_order_share: Floats
    """The share of orders on days of a sale; shape (n_customers,)."""
    price_band: Ints
    """The place in ``PRICE_BANDS``, ``NO_BAND`` where not clear; shape (n_customers,)."""
    usual_hour: Floats
    """The hour of the shop's day, 0 to 23, around which they order; shape (n_customers,)."""
    usual_weekday: Floats
    """The weekday on which they order, 0 for Monday; shape (n_customers,)."""

    @classmethod
    def of(cls, history: History) -> PriceSensitivity:
        """What everyone in ``history`` is used to."""
        customer, hour, weekday = _order_times(history)
        return cls(
            discount_order_share(history),
            promotion_order_share(history),
            price_bands(history),
            _usual(customer, hour, len(history), 24, HOURS_AROUND),
            _usual(customer, weekday, len(history), 7, 0),
        )

    def columns(self) -> dict[str, pa.Array]:
        """The columns of ``customers.parquet``, null where not clear; shares to four decimals."""
        shares = {name: np.round(getattr(self, name), 4) for name in ("discount_order_share", "promotion_order_share")}
        bands = pa.array([*PRICE_BANDS, None], pa.string()).take(pa.array(self.price_band % (len(PRICE_BANDS) + 1)))
        times = {name: getattr(self, name) for name in ("usual_hour", "usual_weekday")}
        return (
            {name: pa.array(share, from_pandas=True) for name, share in shares.items()}
            | {"price_band": bands}
            | {name: pa.array(value, from_pandas=True).cast(pa.int8()) for name, value in times.items()}
        )


def price_bands(history: History) -> Ints:
    """The band of each customer: where the median price level of what they looked at or bought lies, ``(n,)``.

    The level of an item is log(usual price / median of its category), the bands are thirds of the items.
    """
    levels = log_price_levels(history.catalogue.usual_price, history.catalogue.category)
    known = levels[~np.isnan(levels)]
    bands = np.full(len(history), NO_BAND)
    if not len(known):
        return bands
    rows = np.flatnonzero(~np.isnan(levels[history.item]))
    customer = history.customer[rows]
    if len(rows):
        median = np.full(len(history), np.nan)
        median[customer] = group_medians(levels[history.item[rows]], customer)
        enough = history.sums(customer) >= FEWEST_PRICES
        bands[enough] = np.searchsorted(np.quantile(known, (1 / 3, 2 / 3)), median[enough])
    return bands


def _order_times(history: History) -> tuple[Ints, Ints, Ints]:
    """The customer of each order, and the hour and weekday of its first line."""
    rows, orders = history.of(PURCHASE), history.orders
    hour = np.zeros(len(orders.customer), dtype=np.int64)
    hour[orders.of_line[::-1]] = history.local_hour[rows[::-1]]  # the first line of each writes last
    return orders.customer, hour, (orders.local_day + 3) % 7  # 1970-01-01 was a Thursday


def _usual(customer: Ints, value: Ints, people: int, cycle: int, around: int) -> Floats:
    """The value of a cycle around which each customer's orders lie, NaN where none is clear; ``(people,)``."""
    counts = np.bincount(customer * cycle + value, minlength=people * cycle).reshape(people, cycle)
    near = sum(np.roll(counts, shift, axis=1) for shift in range(-around, around + 1))
    # Among windows with as many orders the one whose middle hour has most of them.
    best = np.argmax(
        np.asarray(near) * (cycle + 1.0) + counts / np.maximum(counts.sum(axis=1, keepdims=True), 1), axis=1
    )
    found = np.take_along_axis(np.asarray(near), best[:, None], axis=1)[:, 0]
    clear = _clear(found, counts.sum(axis=1), cycle, 2 * around + 1)
    return np.where(clear, best, np.nan)


def _clear(found: Ints, orders: Ints, cycle: int, width: int) -> Flags:
    """Whether so many of the orders in the best window of a cycle are more than chance makes, all windows tried."""
    needed = {int(count): _needed(int(count), cycle, width) for count in np.unique(orders)}
    least = np.array([needed[int(count)] for count in orders], dtype=np.int64) if len(orders) else orders
    return (orders >= FEWEST_ORDERS) & (found >= least) & (found >= LEAST_SHARE * orders)


def _needed(orders: int, cycle: int, width: int) -> int:
    """The least number of orders in one window that chance brings to any of them in ``CHANCE`` of cases at most.

    The binomial tail for orders at random times, times the number of windows.
    """
    part = width / cycle
    tail = 0.0
    for found in range(orders, -1, -1):
        tail += comb(orders, found) * part**found * (1 - part) ** (orders - found)
        if tail * cycle > CHANCE:
            return found + 1
    return 0
