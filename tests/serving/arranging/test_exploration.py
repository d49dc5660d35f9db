"""Exploration: rare, repeatable, and with a known chance."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from serving.arranging.exploration import (
    CATEGORIES,
    FIRST_PLACE,
    LAST_PLACE,
    Chance,
    explore,
    little_seen_items,
)
from serving.arranging.price_band import PriceBand
from tests.serving.arranging.small_shelf import Shelves, opened

DAY = date(2026, 3, 15)
PLACES = LAST_PLACE - FIRST_PLACE + 1


def chances(share: float, count: int = 4_000) -> list[Chance]:
    return [Chance.of(share, f"person {number}", DAY, "home") for number in range(count)]


def test_one_person_on_one_day() -> None:
    """The same person, day and placement always draw the same; another day, placement or person draws anew."""
    chance = Chance.of(0.5, "anna", DAY, "home")
    assert Chance.of(0.5, "anna", DAY, "home") == chance
    others = [("berta", DAY, "home"), ("anna", date(2026, 3, 16), "home"), ("anna", DAY, "cart")]
    assert len({chance.draws, *(Chance.of(0.5, *other).draws for other in others)}) == 4
    assert Chance.of(0.5, "a\ud800", DAY, "home").draws, "an id that UTF-8 cannot hold"


def test_the_share_is_kept() -> None:
    """Of many people the share explores, none at 0 and all at 1."""
    assert not any(chance.is_drawn for chance in chances(0.0))
    assert all(chance.is_drawn for chance in chances(1.0))
    assert np.mean([chance.is_drawn for chance in chances(0.05)]) == pytest.approx(0.05, abs=0.01)


def test_draws_are_even_and_the_propensity_is_true() -> None:
    """Each item stands at each place about as often as its propensity says, and never among the first three."""
    fitting, share = np.array([3, 5, 8]), 0.6
    drawn = [explore(chance, fitting, ()) for chance in chances(share, 20_000)]
    found = [each for each in drawn if each is not None]
    assert {each.propensity for each in found} == {share / (3 * PLACES)}
    counted = Counter((each.item, each.place) for each in found)
    assert {place for _, place in counted} == set(range(4, 11))
    assert len(counted) == 3 * PLACES
    np.testing.assert_allclose(np.array(list(counted.values())) / 20_000, share / (3 * PLACES), atol=0.007)


def test_pinned_places_stay_pinned() -> None:
    """The item takes one of the places that are left, and its propensity knows how many those are."""
    found = explore(Chance(1.0, (0.0, 0.5, 0.999)), np.array([7]), {4, 10})
    assert found is not None
    assert (found.place, found.propensity) == (9, 1 / (PLACES - 2))
    assert explore(Chance(1.0, (0.0, 0.5, 0.5)), np.array([7]), range(1, 20)) is None


def test_nothing_fits() -> None:
    """Without an item, or where the draw says no, there is no exploration."""
    assert explore(Chance(1.0, (0.0, 0.5, 0.5)), np.zeros(0, dtype=int), ()) is None
    assert explore(Chance(0.5, (0.5, 0.5, 0.5)), np.array([1]), ()) is None


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Shelves:
    """Categories 0 to 6 with a usual and a dear little-seen item each, and items that must not come."""
    rows: list[tuple[object, ...]] = []
    for category in range(7):
        rows += [(f"{category} known", f"category {category}", 10), (f"{category} new", f"category {category}", 11)]
        rows += [(f"{category} dear", f"category {category}", 1_000)]
        rows += [(f"{category} out", f"category {category}", 10, {"in_stock": False})]
    rows.append(("no category", None, 10))
    events = {str(row[0]): 1 for row in rows if "known" not in str(row[0])}
    return opened(tmp_path_factory.mktemp("shelf"), rows, events=events)


def test_items_of_the_persons_categories(shelves: Shelves) -> None:
    """Little-seen items in stock of the categories of most of the items touched, at most five of them."""
    two = shelves.codes("3 known", "no category", "1 known", "1 dear")
    found = shelves.names(little_seen_items(two, None, shelves.shelf, shelves.traits))
    assert found == ["1 dear", "1 new", "3 dear", "3 new"]
    all_of_them = shelves.codes(*(f"{category} known" for category in (6, 5, 4, 3, 2, 1, 0)))
    found = shelves.names(little_seen_items(all_of_them, None, shelves.shelf, shelves.traits))
    assert {name[0] for name in found} == {"6", "5", "4", "3", "2"}
    assert len(found) == 2 * CATEGORIES


def test_items_within_the_price_band(shelves: Shelves) -> None:
    """Who looks at usual prices is not shown what costs a hundred times as much."""
    band = PriceBand(-1.0, 1.0)
    found = little_seen_items(shelves.codes("2 known"), band, shelves.shelf, shelves.traits)
    assert shelves.names(found) == ["2 new"]


def test_no_category_at_all(shelves: Shelves, tmp_path: Path) -> None:
    """Without touched items, or where none has a category, nothing is explored."""
    for codes in (shelves.codes(), shelves.codes("no category")):
        assert not len(little_seen_items(codes, None, shelves.shelf, shelves.traits))
    bare = opened(tmp_path, [("a", None, 1), ("b", None, 1)], events={"a": 0, "b": 0})
    assert not len(little_seen_items(bare.codes("a"), None, bare.shelf, bare.traits))
