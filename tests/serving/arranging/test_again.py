"""Already bought: left out, unless it is time for the next."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from serving.arranging.again import DUE_SHARE, JUST_BOUGHT_DAYS, RARELY_AGAIN_SHARE, VARIANT_DAYS, not_again
from serving.arranging.person import Person
from tests.serving.arranging.small_shelf import Shelves, opened

ROWS = [
    ("coffee", "drinks", 5, {"title": "Coffee 500 g"}),
    ("coffee large", "drinks", 9, {"title": "Coffee 1 kg"}),
    ("fridge", "kitchen", 900, {"title": "Fridge"}),
    ("sweets", "food", 1, {"title": "Sweets"}),
    ("tea", "drinks", 4, {"title": "Tea"}),
]
CYCLE_DAYS = 40.0


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Shelves:
    """Coffee has a cycle, small packs are often bought again and large ones rarely; sweets have none, nor a fridge."""
    cycles = {"coffee": CYCLE_DAYS, "coffee large": CYCLE_DAYS}
    repeats = {"sweets": 2 * RARELY_AGAIN_SHARE, "fridge": RARELY_AGAIN_SHARE / 2, "coffee": 0.5, "coffee large": 0.01}
    return opened(tmp_path_factory.mktemp("shelf"), ROWS, cycles=cycles, repeats=repeats)


def left_out(shelves: Shelves, **bought_days: float) -> list[str]:
    """What is left out for somebody who bought these items so many days ago."""
    bought = shelves.codes(*(name.replace("_", " ") for name in bought_days))
    items = np.arange(len(shelves.shelf))
    person = Person(bought, bought, np.array(list(bought_days.values())))
    return shelves.names(items[not_again(items, person, shelves.shelf, shelves.traits)])


def test_nothing_bought_leaves_nothing_out(shelves: Shelves) -> None:
    """Who has bought nothing sees everything."""
    assert left_out(shelves) == []


def test_until_it_is_due(shelves: Shelves) -> None:
    """What is often bought again comes back at its share of the cycle, and what rarely is after the whole cycle."""
    due = DUE_SHARE * CYCLE_DAYS
    assert left_out(shelves, coffee=due - 0.01) == ["coffee", "coffee large"]
    assert left_out(shelves, coffee=VARIANT_DAYS) == []
    assert left_out(shelves, coffee_large=CYCLE_DAYS - 0.01) == ["coffee large"]
    assert left_out(shelves, coffee_large=CYCLE_DAYS) == []


def test_without_a_cycle(shelves: Shelves) -> None:
    """Without a cycle an item stays away for good, unless many of its buyers buy it twice."""
    assert left_out(shelves, fridge=1_000.0) == ["fridge"]
    assert left_out(shelves, sweets=JUST_BOUGHT_DAYS) == []
    assert left_out(shelves, tea=1_000.0) == ["tea"], "of which nothing is known"


def test_just_bought(shelves: Shelves, tmp_path: Path) -> None:
    """Within a day nothing is due, however short its cycle."""
    assert left_out(shelves, sweets=JUST_BOUGHT_DAYS - 0.01) == ["sweets"]
    daily = opened(tmp_path, ROWS, cycles={"tea": 0.5}, repeats={"tea": 0.9})
    assert left_out(daily, tea=JUST_BOUGHT_DAYS - 0.01) == ["tea"]
    assert left_out(daily, tea=JUST_BOUGHT_DAYS) == []


def test_variants_of_what_was_just_bought(shelves: Shelves, tmp_path: Path) -> None:
    """A variant is left out for a while after the purchase of another, unless it is due itself."""
    assert left_out(shelves, coffee_large=1.0) == ["coffee", "coffee large"]
    assert left_out(shelves, coffee_large=2.0) == ["coffee large"]
    without = opened(tmp_path, ROWS)
    assert left_out(without, coffee=VARIANT_DAYS - 0.01) == ["coffee", "coffee large"]
    assert left_out(without, coffee=VARIANT_DAYS) == ["coffee"]
    assert left_out(without, coffee=100.0, coffee_large=1.0) == ["coffee", "coffee large"]
