"""Tastes: the main categories and brands of a shop, and how much of somebody's interest lies in each."""

from __future__ import annotations

import numpy as np
import pytest

from features.history import History
from tests.small_shop import events, history, items, moment
from training.customers.alike.tastes import MOST_NAMES, Tastes, interest, item_interest, taste_names

AT = moment("2025-03-01T00:00Z")
ITEMS = items(("tea", "drinks", 5), ("cup", "kitchen", 9), ("pot", "kitchen", 20), ("odd", None, 1))
EVENTS = (
    ("anna", "view", "tea", "2025-02-01T10:00Z"),
    ("anna", "purchase", "cup", "2025-02-01T11:00Z"),
    ("anna", "cart", "pot", "2025-02-02T11:00Z"),
    ("anna", "uncart", "pot", "2025-02-02T12:00Z"),
    ("bo", "favorite", "tea", "2025-02-03T10:00Z"),
    ("odd one", "view", "odd", "2025-02-03T10:00Z"),
)


@pytest.fixture(scope="module")
def known() -> History:
    return history(events(*EVENTS), AT, ITEMS)


@pytest.fixture(scope="module")
def categories(known: History) -> Tastes:
    return Tastes.fit("category", known.catalogue, item_interest(known, np.ones(len(known), dtype=bool)))


def test_what_shows_more_interest_counts_more(known: History) -> None:
    """A purchase counts more than a cart, a cart more than a favourite, that more than a view."""
    kinds = dict(zip(known.kind.tolist(), interest(known).tolist(), strict=True))
    assert sorted(kinds.values()) == [0.0, 1.0, 2.0, 3.0, 6.0]


def test_the_main_categories_come_first(categories: Tastes) -> None:
    """Kitchen has nine of the interest, drinks three."""
    assert categories.names == ("kitchen", "drinks")


def test_shares_of_interest(known: History, categories: Tastes) -> None:
    """Anna's is nine tenths kitchen; of somebody who touched only what has no category nothing is known."""
    shares, told_by = categories.shares(known)
    np.testing.assert_allclose(shares, [[0.9, 0.1], [0.0, 1.0], [np.nan, np.nan]])
    assert told_by.tolist() == [10.0, 2.0, 0.0]


def test_shares_do_not_depend_on_the_catalogue(categories: Tastes) -> None:
    """Names are looked up in the catalogue of the moment, where a new category has moved all codes."""
    more = items(("tea", "drinks", 5), ("cup", "kitchen", 9), ("pot", "kitchen", 20), ("ant", "animals", 1))
    rows = (*EVENTS[:4], ("anna", "view", "ant", "2025-02-04T10:00Z"))
    shares, told_by = categories.shares(history(events(*rows), AT, more))
    np.testing.assert_allclose(shares, [[9 / 11, 1 / 11]])
    assert told_by.tolist() == [11.0]


def test_who_is_left_out_shows_no_interest(known: History) -> None:
    """Those who are set aside do not say what the main categories are."""
    kept = np.array([False, True, True])
    tastes = Tastes.fit("category", known.catalogue, item_interest(known, kept))
    assert tastes.names == ("drinks",)


def test_there_are_not_too_many() -> None:
    """Of fifty categories of one interest the first two dozen are told apart."""
    many = items(*((f"i{n:02}", f"c{n:02}", 1) for n in range(50)))
    found = history(events(*(("anna", "view", f"i{n:02}", "2025-02-01T10:00Z") for n in range(50))), AT, many)
    tastes = Tastes.fit("category", found.catalogue, item_interest(found, np.ones(1, dtype=bool)))
    assert tastes.names == tuple(f"c{n:02}" for n in range(MOST_NAMES["category"]))


def test_one_name_tells_nobody_apart(known: History) -> None:
    """A shop with one category, or with no brands, has no tastes of that kind."""
    one = history(events(*EVENTS[:1]), AT, items(("tea", "drinks", 5)))
    assert Tastes.fit("category", one.catalogue, np.ones(1)).names == ()
    none = Tastes.fit("brand", known.catalogue, np.ones(len(known.catalogue)))
    assert none.names == ()
    assert none.shares(known)[0].shape == (3, 0)


def test_names_of_traits_do_not_hold_the_shops_names(categories: Tastes) -> None:
    """Traits are named by place: a category may have any name."""
    assert taste_names([categories, Tastes("brand", ("=1+1",))]) == ("category 0", "category 1", "brand 0")


def test_saved_and_read(categories: Tastes) -> None:
    """Tastes come back from plain values."""
    assert Tastes.of(categories.as_dict()) == categories
