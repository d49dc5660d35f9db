"""Simulated orders: lines, complements, promotions and returns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from features.events.simulate import SimulatedShop


def test_orders_hold_one_to_four_different_items(purchases: pd.DataFrame) -> None:
    """An order has one person, one moment, and one to four lines with different items."""
    by_order = purchases.groupby("order_id")
    assert by_order.size().between(1, 4).all()
    assert (by_order["item_id"].nunique() == by_order.size()).all()
    assert (by_order["occurred_at"].nunique() == 1).all()
    assert (by_order["person"].nunique() == 1).all()
    assert by_order.size().nunique() == 4


def test_only_purchases_and_returns_have_orders(events: pd.DataFrame) -> None:
    """An order id stands on purchases and returns only; views, favourites and uncarts have no price."""
    traded = events["kind"].isin(["purchase", "return"])
    assert (events["order_id"].notna() == traded).all()
    assert (events["unit_price"].notna() == (traded | (events["kind"] == "cart"))).all()


def test_complements_are_bought_together(shop: SimulatedShop, purchases: pd.DataFrame) -> None:
    """Planted partners stand in one order far more often than by chance, at about the planted rate."""
    baskets = purchases.groupby("item_id")["order_id"].agg(set)
    order_count = purchases["order_id"].nunique()
    pairs = shop.truth.complements.to_pylist()
    assert len(pairs) == 30
    one = [len(baskets[pair["item_id"]]) for pair in pairs]
    both = [len(baskets[pair["item_id"]] & baskets[pair["complement_item_id"]]) for pair in pairs]
    chance = [len(baskets[pair["complement_item_id"]]) / order_count for pair in pairs]
    lift = np.array(both) / np.array(one) / np.array(chance)
    assert lift.min() > 5
    planted = np.array([pair["probability"] for pair in pairs])
    assert 0.6 < np.average(np.array(both) / np.array(one) / planted, weights=one) < 1.1


def test_promotions_lower_the_price(shop: SimulatedShop, purchases: pd.DataFrame) -> None:
    """During a sale what it covers costs so much less, at other times everything has its list price."""
    items = shop.items.to_pandas().set_index("item_id")
    bought = purchases.join(items[["category", "price"]], on="item_id")
    day = bought["occurred_at"].dt.tz_convert("Asia/Shanghai").dt.date
    expected = pd.Series(0.0, bought.index)
    promotions = shop.truth.promotions.to_pylist()
    assert 3 <= len(promotions) <= 5
    for sale in promotions:
        assert 0.1 <= sale["discount"] <= 0.3
        covered = bought["category"].isin(sale["categories"]) | (not sale["categories"])
        expected[(day >= sale["starts_on"]) & (day <= sale["ends_on"]) & covered] = sale["discount"]
    found = 1 - bought["unit_price"].astype(float) / bought["price"].astype(float)
    assert (found - expected).abs().max() < 0.005
    assert (expected > 0).mean() > 0.04


def test_returns_repeat_their_order_line(events: pd.DataFrame, purchases: pd.DataFrame) -> None:
    """A return has the person, item, quantity and price of an earlier line; about one in twenty returns."""
    back = events[events["kind"] == "return"]
    line = ["order_id", "item_id", "person", "quantity", "unit_price"]
    matched = back.merge(purchases, on=line, suffixes=("", "_bought"))
    assert len(matched) == len(back)
    assert (matched["occurred_at"] > matched["occurred_at_bought"]).all()
    assert (back["quantity"] > 0).all()
    assert 0.035 < len(back) / len(purchases) < 0.06
