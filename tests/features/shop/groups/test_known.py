"""What groups go by, by hand and beside the features of the same people."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from features.customers import customer_features
from features.shop.groups.known import Known
from tests.small_shop import EventRow, events, history, moment, random_events

FIRST, END = moment("2024-01-01T12:00Z"), moment("2025-01-01T00:00Z")


def test_it_is_what_the_features_say() -> None:
    """The numbers are those of the features that models learn from, but for the rounding of the latter."""
    told = history(random_events(3, 600), END)
    known, features = Known.of(told), customer_features(told)
    assert len(known) == len(told)
    for name, column in {
        "orders": "order_count_all",
        "order_days": "purchase_day_count",
        "silent_days": "days_since_purchase",
        "net_spend": "net_spend_all",
        "gap_mean_days": "purchase_gap_mean_days",
        "favorites": "favorite_count_all",
        "carts": "cart_count_all",
        "purchases": "purchase_count_all",
    }.items():
        np.testing.assert_allclose(getattr(known, name), features.column(column), rtol=1e-6)


@pytest.mark.parametrize(
    ("days", "trend"),
    [
        ((), np.nan),
        ((1, 2, 4, 8), np.nan),
        ((1, 3, 7, 11, 23), (4 + 12) / (2 + 4)),
        # Five gaps: the middle one, of nine days, is in neither half.
        ((1, 11, 21, 30, 32, 33), (2 + 1) / (10 + 10)),
    ],
)
def test_the_trend_of_gaps(days: tuple[int, ...], trend: float) -> None:
    """The newer half of the gaps over the older half, none with fewer than four; other people do not matter."""
    rows: list[EventRow] = [("b", "view", "tea", FIRST)]
    for who, own in (("a", (5, 50)), ("b", days), ("c", (1, 2, 3, 4, 5))):
        rows += [(who, "purchase", "tea", FIRST + timedelta(days=day)) for day in own]
    known = Known.of(history(events(*rows), END))
    np.testing.assert_allclose(known.gap_trend, [np.nan, trend, 1.0])


def test_nobody() -> None:
    """Nobody joined with nobody is nobody."""
    assert len(Known.joined([])) == 0


def test_parts_are_joined_in_order() -> None:
    """The people of several parts follow one another."""
    told = history(random_events(4, 300), END)
    whole = Known.of(told)
    both = Known.joined([Known.of(told.part(0, 5)), Known.of(told.part(5, len(told)))])
    np.testing.assert_array_equal(both.orders, whole.orders)
    np.testing.assert_array_equal(both.gap_trend, whole.gap_trend)
    np.testing.assert_array_equal(both.is_buyer, whole.orders > 0)
    assert len(whole.buyers) == int(whole.is_buyer.sum())
