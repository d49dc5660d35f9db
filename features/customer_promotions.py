"""Features of customers that come from sales: what of their orders and views fell to them, and at a discount.

An item's usual price is its list price where one is told, else the median that was paid for a piece before the
cutoff, in lines of about as many pieces where that is lower: who buys in bulk pays less without any sale. Prices that
do not agree are not usual. An order is at a discount when its lines together cost over 2 % less than at usual prices.
"""

from __future__ import annotations

import numpy as np

from features.arrays import Flags, Floats, ratio
from features.history import PURCHASE, VIEW, History

LEAST_DISCOUNT = 0.02
"""Less below the usual price is rounding."""


def discounted_orders(history: History) -> tuple[Flags, Flags]:
    """Which orders were at a discount, and of which it can be told; both ``(n_orders,)``.

    It can be told of orders with a line whose price paid and usual price are known.
    """
    rows, orders = history.of(PURCHASE), history.orders
    paid, pieces = history.unit_price[rows].astype(np.float64), history.quantity[rows]
    usual = history.catalogue.usual_prices.of_lines(history.item[rows], pieces)
    told = (usual > 0) & (paid >= 0)
    quantity = np.where(told, pieces, 0.0)
    count = len(orders.customer)
    at_usual = np.bincount(orders.of_line, weights=quantity * np.where(told, usual, 0.0), minlength=count)
    as_paid = np.bincount(orders.of_line, weights=quantity * np.where(told, paid, 0.0), minlength=count)
    return as_paid < (1 - LEAST_DISCOUNT) * at_usual, at_usual > 0


def discount_order_share(history: History) -> Floats:
    """The share of each customer's orders that were at a discount, NaN where it cannot be told; ``(n_customers,)``."""
    discounted, told = discounted_orders(history)
    customer = history.orders.customer
    return ratio(history.sums(customer[discounted & told]), history.sums(customer[told]))


def promotion_order_share(history: History) -> Floats:
    """The share of each customer's orders on days of a sale, NaN without orders; shape ``(n_customers,)``."""
    orders = history.orders
    during = history.catalogue.promotions.hold(orders.local_day)
    return ratio(history.sums(orders.customer[during]), history.sums(orders.customer))


def promotion_view_share(history: History) -> Floats:
    """The share of each customer's views on days of a sale, NaN without views; shape ``(n_customers,)``."""
    rows = history.of(VIEW)
    during = history.catalogue.promotions.hold(history.local_day[rows])
    return ratio(history.sums(history.customer[rows[during]]), history.sums(history.customer[rows]))


def promotions(history: History) -> dict[str, Floats]:
    """What of a customer's orders and views fell to sales.

    How far the next sale is would be the same for everybody at one cutoff: with it the simulated shop's model became
    worse (docs/promotions.md), so it is left out.
    """
    return {
        "discount_order_share": discount_order_share(history),
        "promotion_order_share": promotion_order_share(history),
        "promotion_view_share": promotion_view_share(history),
    }
