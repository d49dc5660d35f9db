"""A person's own items: open carts, open favourites, what was bought before and what was looked at."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.training.recommend.proposing.proposed import Proposed, at
from training.recommend.counted.table import SourceSettings


def test_open_cart_newest_first(tmp_path: Path) -> None:
    """The cart's newest comes first, of equal times the one with the most interest; scores fall with age."""
    shop = Proposed(
        tmp_path,
        ("anna", "view", "cup", at(4)),
        ("anna", "cart", "cup", at(3)),
        ("anna", "cart", "pan", at(3)),
        ("anna", "cart", "a jar", at(3)),
        ("anna", "view", "a jar", at(4)),
        ("anna", "view", "a jar", at(5)),
        ("anna", "cart", "tea", at(1)),
    )
    assert shop.ranked("open_cart", "anna") == ["tea", "a jar", "cup", "pan"]
    assert shop.score("open_cart", "anna", "tea") == 0.5
    assert shop.score("open_cart", "anna", "cup") == 0.25


def test_a_full_cart(tmp_path: Path) -> None:
    """Of a cart with more items than are wanted the newest are proposed, to each customer their own."""
    rows = [(who, "cart", f"i{day}", at(day)) for who in ("anna", "bo") for day in range(1, 9)]
    shop = Proposed(tmp_path, *rows, ("bo", "uncart", "i1", at(0.5)), settings=SourceSettings(per_source=3))
    assert shop.ranked("open_cart", "anna") == ["i1", "i2", "i3"]
    assert shop.ranked("open_cart", "bo") == ["i2", "i3", "i4"]


def test_what_leaves_the_cart(tmp_path: Path) -> None:
    """Bought and taken-out items are no longer in the cart; carted again, they are."""
    shop = Proposed(
        tmp_path,
        *(("anna", "cart", item, at(5)) for item in ("cup", "pan", "tea", "kettle")),
        ("anna", "uncart", "cup", at(4)),
        ("anna", "purchase", "pan", at(4)),
        ("anna", "purchase", "tea", at(4)),
        ("anna", "cart", "tea", at(3)),
    )
    assert shop.ranked("open_cart", "anna") == ["tea", "kettle"]


def test_open_favorites(tmp_path: Path) -> None:
    """Favourites are proposed until they are taken away or bought."""
    shop = Proposed(
        tmp_path,
        ("anna", "favorite", "cup", at(5)),
        ("anna", "favorite", "tea", at(2)),
        ("anna", "favorite", "pan", at(2)),
        ("anna", "unfavorite", "pan", at(1)),
    )
    assert shop.ranked("open_favorite", "anna") == ["tea", "cup"]
    assert shop.ranked("open_cart", "anna") == []


def test_bought_before_by_count_and_recency(tmp_path: Path) -> None:
    """What was bought often comes before what was bought once, of equal counts the later; views do not count."""
    shop = Proposed(
        tmp_path,
        ("anna", "purchase", "cup", at(1)),
        ("anna", "purchase", "tea", at(8)),
        ("anna", "purchase", "tea", at(4)),
        ("anna", "purchase", "pan", at(2)),
        ("anna", "view", "kettle", at(1)),
        settings=SourceSettings(half_life_days=2.0),
        names=("bought_before",),
    )
    assert shop.ranked("bought_before", "anna") == ["tea", "cup", "pan"]
    np.testing.assert_allclose(shop.score("bought_before", "anna", "tea"), 2 * 0.5 ** (4 / 8), rtol=1e-6)


def test_viewed_by_interest(tmp_path: Path) -> None:
    """One's own items come by decayed interest, and their number is bounded."""
    rows = [("anna", "view", f"i{day}", at(day)) for day in range(1, 9)]
    shop = Proposed(tmp_path, *rows, ("anna", "cart", "i8", at(2.5)), settings=SourceSettings(2.0, per_source=3))
    assert shop.ranked("viewed", "anna") == ["i8", "i1", "i2"]
