"""Order times as buy-till-you-die laws see them."""

from __future__ import annotations

import numpy as np

from tests.small_shop import events, features, moment
from tests.training.customers.planted import no_features, odd_features
from training.customers.btyd.purchases import Purchases

FOUR = Purchases(np.array([0.0, 2.0, 2.0, 1.0]), np.array([0.0, 7.123, 7.118, 3.0]), np.array([9.0, 30.0, 30.0, 9.0]))


def rows(purchases: Purchases) -> list[tuple[float, ...]]:
    return list(zip(purchases.frequency, purchases.recency, purchases.age, strict=True))


def test_times_come_from_purchase_days() -> None:
    """Repeat days, first to last, and since the first; orders of one day are one."""
    found = features(
        events(
            ("anna", "purchase", "tea", "2025-01-01T00:00Z"),
            ("anna", "purchase", "tea", "2025-01-01T12:00Z"),
            ("anna", "purchase", "tea", "2025-01-11T00:00Z"),
            ("ben", "purchase", "tea", "2025-01-21T00:00Z"),
        ),
        moment("2025-01-31T00:00Z"),
    )
    assert rows(Purchases.of(found)) == [(1.0, 10.0, 30.0), (0.0, 0.0, 10.0)]


def test_odd_customers_have_times_that_can_be() -> None:
    """Nothing is missing or negative, nobody's last order is before the first, and nobody has none."""
    found = Purchases.of(odd_features())
    assert np.all(np.isfinite(rows(found)))
    assert np.all((found.frequency >= 0) & (found.recency >= 0) & (found.recency <= found.age))
    assert len(Purchases.of(no_features())) == 0


def test_rows_are_taken_by_flag_place_or_slice() -> None:
    """All three columns follow."""
    assert rows(FOUR.take(FOUR.frequency == 2)) == [(2.0, 7.123, 30.0), (2.0, 7.118, 30.0)]
    assert rows(FOUR.take(np.array([3]))) == [(1.0, 3.0, 9.0)]
    assert rows(FOUR.take(slice(None, None, 3))) == [(0.0, 0.0, 9.0), (1.0, 3.0, 9.0)]


def test_equal_customers_are_counted_together() -> None:
    """Rounded to hundredths two of the four are the same; the counts add up to everyone."""
    grouped, counts = FOUR.rounded(2).grouped()
    assert rows(grouped) == [(0.0, 0.0, 9.0), (1.0, 3.0, 9.0), (2.0, 7.12, 30.0)]
    assert counts.tolist() == [1.0, 1.0, 2.0]
    assert len(FOUR.grouped()[0]) == len(FOUR) == 4
