"""Orders say which of them each purchase belongs to."""

from __future__ import annotations

import numpy as np

from features.history import PURCHASE
from tests.small_shop import events, history, moment, random_events

CUTOFF = moment("2025-03-11T00:00Z")


def test_each_purchase_knows_its_order() -> None:
    """Lines of one order id, and lines of one day without any, lead to the same order, whoever else ordered."""
    known = history(
        events(
            ("anna", "purchase", "tea", "2025-03-01T10:00Z", {"order_id": "b"}),
            ("anna", "view", "tea", "2025-03-01T11:00Z"),
            ("anna", "purchase", "cup", "2025-03-01T12:00Z", {"order_id": "a"}),
            ("anna", "purchase", "pot", "2025-03-02T10:00Z", {"order_id": "b"}),
            ("bo", "purchase", "tea", "2025-03-03T10:00Z"),
            ("bo", "purchase", "cup", "2025-03-03T20:00Z"),
        ),
        CUTOFF,
    )
    assert known.orders.of_line.tolist() == [0, 1, 0, 2, 2]


def test_lines_and_orders_agree() -> None:
    """Over random purchases the lines of each order are as many as the order says, and its customer's."""
    known = history(random_events(3, 400), moment("2025-06-01T00:00Z"))
    orders = known.orders
    assert np.bincount(orders.of_line).tolist() == orders.lines.tolist()
    assert (orders.customer[orders.of_line] == known.customer[known.of(PURCHASE)]).all()
