"""Layers: every customer is in exactly one, by the shop's own days."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.shop.layers import LAYERS, LayerLimits, layers_of
from features.shop_folder import ShopSettings


@pytest.mark.parametrize(
    ("orders", "silent_days", "layer"),
    [
        (0, np.nan, "visitor"),
        (1, 0.0, "new"),
        (1, 45.0, "new"),
        (1, 45.1, "active"),
        (2, 10.0, "active"),
        (2, 89.9, "active"),
        (2, 90.0, "high_win_back"),
        (1, 179.9, "high_win_back"),
        (9, 180.0, "low_win_back"),
        (9, 359.9, "low_win_back"),
        (9, 360.0, "lost"),
        (1, 4_000.0, "lost"),
    ],
)
def test_the_days_decide(orders: int, silent_days: float, layer: str) -> None:
    """Each limit begins the next layer; one young order makes a customer new."""
    found = layers_of(np.array([orders]), np.array([silent_days]), LayerLimits.fixed(ShopSettings()))
    assert found.tolist() == [layer]


def test_the_shop_sets_the_days() -> None:
    """A shop's own days are used."""
    settings = ShopSettings(new_within_days=1, active_within_days=2, high_win_back_within_days=3, lost_after_days=4)
    found = layers_of(np.full(4, 2), np.array([1.5, 2.5, 3.5, 4.5]), LayerLimits.fixed(settings))
    assert found.tolist() == ["active", "high_win_back", "low_win_back", "lost"]


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 1_000) | st.just(np.nan))))
def test_everyone_is_in_one_layer(customers: list[tuple[int, float]]) -> None:
    """Whatever the numbers, each customer has a layer, and only those without an order are visitors."""
    orders = np.array([order for order, _ in customers], dtype=np.float64)
    silent = np.array([days for _, days in customers], dtype=np.float64)
    found = layers_of(orders, silent, LayerLimits.fixed(ShopSettings()))
    assert set(found) <= set(LAYERS)
    np.testing.assert_array_equal(found == "visitor", orders == 0)
