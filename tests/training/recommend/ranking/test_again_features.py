"""What tells of buying again: columns by hand, missing where there is nothing, the same in a larger shop."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from features.arrays import Floats
from tests.small_shop import EventRow
from tests.training.recommend.proposing.proposed import Proposed, at
from training.recommend.ranking.again_features import again_features

ANNA: list[EventRow] = [
    ("anna", "purchase", "tea", at(30)),
    ("anna", "purchase", "cup", at(30)),
    ("anna", "purchase", "tea", at(20)),
    ("anna", "purchase", "pan", at(5)),
]


def columns(shop: Proposed, customer: str, item: str) -> dict[str, float]:
    """The columns of one pair."""
    place = shop.history.customer_ids.to_pylist().index(customer)
    found: dict[str, Floats] = again_features(
        shop.sources, shop.people, np.array([place]), np.array([shop.ids.index(item)])
    )
    return {name: float(values[0]) for name, values in found.items()}


def test_by_hand(tmp_path: Path) -> None:
    """Shares of orders, orders since, the item's share of all purchases, and the customer's habits."""
    shop = Proposed(tmp_path, *ANNA, ("bo", "purchase", "cup", at(3)), names=("buy_again",))
    tea = columns(shop, "anna", "tea")
    assert tea["again_order_share"] == pytest.approx(2 / 3)
    assert tea["again_order_share_0.6"] == pytest.approx((0.6 + 0.36) / (1 + 0.6 + 0.36))
    assert tea["again_orders_since"] == 1
    assert tea["again_orders_since_first"] == 2
    assert tea["again_item_purchase_share"] == pytest.approx(2 / 5)
    assert tea["again_item_purchase_percentile"] == pytest.approx(1 / 3), "one of three items was bought less"
    assert tea["again_customer_order_count"] == 3
    assert tea["again_customer_lines_per_order"] == pytest.approx(4 / 3)
    assert tea["again_customer_lines_last"] == 1
    assert tea["again_customer_share"] == pytest.approx(1 / 4)
    assert tea["again_due"] == pytest.approx(20 / 10)


def test_missing_where_there_is_nothing(tmp_path: Path) -> None:
    """A pair that was never bought has no rate and no share; a visitor has no basket."""
    shop = Proposed(tmp_path, *ANNA, ("bo", "view", "cup", at(3)), names=("buy_again",))
    never = columns(shop, "bo", "cup")
    assert {name for name, value in never.items() if np.isnan(value)} == {
        "again_rate",
        "again_due",
        "again_orders_since",
        "again_orders_since_first",
        "again_order_share",
        "again_order_share_0.9",
        "again_order_share_0.6",
        "again_customer_lines_per_order",
        "again_customer_share",
        "again_customer_percentile",
    }
    assert never["again_customer_order_count"] == 0


def test_the_same_in_a_larger_shop(tmp_path: Path) -> None:
    """With every customer there fifty times over, a pair looks the same, but for rates that are known better."""
    small = Proposed(tmp_path / "small", *ANNA, names=("buy_again",))
    rows = [(f"{who}{number}", *rest) for number in range(50) for who, *rest in ANNA]
    large = Proposed(tmp_path / "large", *ANNA, *rows, names=("buy_again",))
    one, other = columns(small, "anna", "tea"), columns(large, "anna", "tea")
    for name in set(one) - {"again_rate", "again_item_share", "again_item_repeat_share"}:
        assert one[name] == pytest.approx(other[name], rel=1e-3, abs=1e-3), name


def test_none_without_the_table(tmp_path: Path) -> None:
    """Where repurchases were not counted there are no such columns."""
    shop = Proposed(tmp_path, *ANNA, names=("buy_again",))
    without = replace(shop.sources, tables={})
    assert again_features(without, shop.people, np.array([0]), np.array([0])) == {}
