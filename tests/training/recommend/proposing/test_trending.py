"""Demand: the trending items of one's categories, and what is popular with everybody."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.small_shop import EventRow, items
from tests.training.recommend.proposing.proposed import DESCRIBED, Proposed, at
from training.recommend.counted.table import SourceSettings


def test_category_trends(tmp_path: Path) -> None:
    """The trending new items of the categories one looks at are proposed; items without a category never are."""
    shop = Proposed(
        tmp_path,
        ("anna", "view", "cup", at(1)),
        ("bo", "purchase", "pan", at(1)),
        ("bo", "view", "tea", at(1)),
        ("cy", "view", "tea", at(1)),
        described=DESCRIBED,
    )
    assert shop.ranked("category", "anna") == ["pan"], "the cup Anna knows"
    assert shop.ranked("category", "cy") == [], "tea has no category"


def test_popular_for_everyone(tmp_path: Path) -> None:
    """Everyone is proposed the popular items, in one order."""
    shop = Proposed(
        tmp_path,
        ("anna", "view", "cup", at(1)),
        ("bo", "purchase", "pan", at(1)),
        ("cy", "return", "pan", at(1)),
        settings=SourceSettings(per_source=2),
    )
    for customer in ("anna", "bo", "cy"):
        assert shop.ranked("popular", customer) == ["pan", "cup"]


GROUPED = items(
    ("cup", "kitchen", "10.00", {"brand": "acme"}),
    ("jug", "kitchen", "11.00", {"brand": "bolt"}),
    ("pan", "kitchen", "90.00", {"brand": "bolt"}),
    ("sieve", "kitchen", "12.00", {"brand": "bolt", "added_at": at(0.5)}),
    ("lamp", "light", "10.00", {"brand": "acme"}),
    ("tea", None, None),
)


def looks(item: str, people: int, days: float) -> list[EventRow]:
    """So many people who look at an item at one time, and at nothing else."""
    return [(f"{item}{number}", "view", item, at(days)) for number in range(people)]


def test_prices_one_looks_at(tmp_path: Path) -> None:
    """Of the categories one looks at, what is in demand at the prices one looks at; by category every price."""
    rows = [("anna", "view", "cup", at(1)), *looks("jug", 1, 1), *looks("pan", 5, 1), *looks("lamp", 9, 1)]
    shop = Proposed(tmp_path, *rows, described=GROUPED, names=("price_band", "category", "popular"))
    assert shop.ranked("price_band", "anna") == ["jug"]
    assert shop.ranked("category", "anna") == ["pan", "jug"]


def test_brands(tmp_path: Path) -> None:
    """What is in demand of the brands one looks at, in any category; items without a brand never."""
    rows = [("anna", "view", "cup", at(1)), *looks("lamp", 2, 1), *looks("pan", 5, 1), *looks("tea", 3, 1)]
    shop = Proposed(tmp_path, *rows, described=GROUPED, names=("brand", "popular"))
    assert shop.ranked("brand", "anna") == ["lamp"]
    assert shop.ranked("brand", "tea0") == []


def test_new_items_of_ones_categories(tmp_path: Path) -> None:
    """What is new in the categories one looks at, what others look at already first; what is long there is not."""
    rows = [("anna", "view", "cup", at(60)), *looks("jug", 1, 50), *looks("pan", 4, 1), *looks("lamp", 2, 1)]
    shop = Proposed(tmp_path, *rows, described=GROUPED, names=("new_items", "popular"))
    assert shop.ranked("new_items", "anna") == ["sieve", "pan"]


def test_rising_and_in_demand(tmp_path: Path) -> None:
    """Everyone gets what many want and what more want than before, but for what they know."""
    rows = [*looks("cup", 9, 10), *looks("jug", 6, 1), *looks("pan", 2, 1), ("anna", "view", "jug", at(1))]
    shop = Proposed(tmp_path, *rows, described=GROUPED, names=("rising", "in_demand", "popular"))
    assert shop.ranked("rising", "cup0") == ["jug", "pan"]
    assert shop.ranked("rising", "anna") == ["pan"]
    assert shop.ranked("in_demand", "anna") == ["cup", "pan"]
    assert shop.ranked("in_demand", "cup0") == ["jug", "pan"]


def test_shares_of_interest_weigh(tmp_path: Path) -> None:
    """The best item of a category scores the share of one's interest that lies in the category."""
    rows = [*(("anna", "view", "cup", at(1)) for _ in range(3)), ("anna", "view", "lamp", at(1)), *looks("jug", 4, 1)]
    shop = Proposed(tmp_path, *rows, described=GROUPED, names=("category", "popular"))
    np.testing.assert_allclose(shop.score("category", "anna", "jug"), 0.75, rtol=1e-6)
