"""Simulated items: titles, ids, popularity, new and trending ones."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from features.events.simulate import SimulatedShop

HISTORY_DAYS = 365
FIRST_MIDNIGHT = pd.Timestamp("2025-01-01", tz="Asia/Shanghai")


def test_titles_prices_and_odd_ids(shop: SimulatedShop) -> None:
    """Titles are in English and Chinese, prices positive, and a handful of ids has odd characters."""
    titles = shop.items["title"].to_pylist()
    assert all(" / " in title and title.isprintable() and not title.isascii() for title in titles)
    assert min(shop.items["price"].to_pylist()) > Decimal(0)
    odd = {one for one in shop.items["item_id"].to_pylist() if not one.startswith("item-")}
    assert {"🍵-gift", "a/b\\c", "tea 001"} < odd
    assert len(odd) == 8


def test_items_are_not_seen_before_they_are_added(shop: SimulatedShop, events: pd.DataFrame) -> None:
    """Nobody does anything with an item that is not there yet, and some items are new."""
    added = shop.items.to_pandas().set_index("item_id")["added_at"]
    assert (events["occurred_at"] >= events["item_id"].map(added)).all()
    assert 0.05 < (added > FIRST_MIDNIGHT).mean() < 0.2


def test_popularity_has_a_long_tail(shop: SimulatedShop, events: pd.DataFrame) -> None:
    """A fifth of the items draws more than half of the looks, and hardly any item is never looked at."""
    looks = events.loc[events["kind"] == "view", "item_id"].value_counts()
    assert looks.iloc[: shop.settings.items // 5].sum() / looks.sum() > 0.5
    assert len(looks) > 0.95 * shop.settings.items


def test_trending_items_rise(shop: SimulatedShop, events: pd.DataFrame) -> None:
    """Trending items are looked at more in the last two weeks than in the two before they began to rise."""
    trending = shop.truth.trending
    assert trending.num_rows >= 3
    looks = events[events["item_id"].isin(trending["item_id"].to_pylist()) & (events["kind"] == "view")]
    rises_on = HISTORY_DAYS - 28
    assert set(trending["rises_from"].to_pandas()) == {FIRST_MIDNIGHT + pd.Timedelta(days=rises_on)}
    before = looks["day"].between(rises_on - 14, rises_on).sum()
    assert (looks["day"] > HISTORY_DAYS - 14).sum() > 2 * before
