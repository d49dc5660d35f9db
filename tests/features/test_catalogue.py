"""Items as numbers: codes by sorted id, attributes beside them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from features.catalogue import UNKNOWN, Catalogue
from features.events.event import ITEM_SCHEMA
from features.usual_prices import WHOLE_ITEM
from tests.small_shop import items, moment

NOBODY = pa.array([], pa.string())


def test_codes_are_positions_of_sorted_ids() -> None:
    """Described and seen items are one list, each once, sorted; the position is the code."""
    described = items(("pot", None, None), ("b", None, None))
    catalogue = Catalogue.before(described, pa.array(["tea", "pot", "茶", "A"]))
    assert catalogue.ids.to_pylist() == ["A", "b", "pot", "tea", "茶"]
    assert len(catalogue) == 5
    assert catalogue.codes(pa.array(["茶", "nothing", "A", None])).tolist() == [4, UNKNOWN, 0, UNKNOWN]
    assert catalogue.codes(pa.chunked_array([["tea"], ["b", "x"]])).tolist() == [3, 1, UNKNOWN]


def test_attributes_stand_beside_the_codes() -> None:
    """Category, brand, price, stock and title of each item, with what stands for nothing known."""
    described = items(
        ("tea", "drinks", "5.5", {"brand": "B", "in_stock": False, "title": "Green tea"}),
        ("pot", "kitchen", "20", {"brand": "A"}),
        ("cup", "drinks", None),
    )
    catalogue = Catalogue.before(described, pa.array(["seen only"]))
    assert catalogue.ids.to_pylist() == ["cup", "pot", "seen only", "tea"]
    assert catalogue.categories.to_pylist() == ["drinks", "kitchen"]
    assert catalogue.category.tolist() == [0, 1, UNKNOWN, 0]
    assert catalogue.brands.to_pylist() == ["A", "B"]
    assert catalogue.brand.tolist() == [UNKNOWN, 0, UNKNOWN, 1]
    np.testing.assert_array_equal(catalogue.price, [np.nan, 20, np.nan, 5.5])
    assert catalogue.in_stock.tolist() == [True, True, True, False]
    assert catalogue.titles.to_pylist() == [None, None, None, "Green tea"]


def test_the_order_of_the_rows_does_not_matter() -> None:
    """Codes of items, categories and brands are the same whatever the order of rows and seen ids."""
    rows = [("tea", "drinks", "5"), ("pot", "kitchen", "20"), ("cup", "drinks", "3"), ("fan", "air", "9")]
    forward = Catalogue.before(items(*rows), pa.array(["x", "y"]))
    backward = Catalogue.before(items(*rows[::-1]), pa.array(["y", "x"]))
    assert forward.ids.equals(backward.ids)
    assert forward.categories.equals(backward.categories)
    assert forward.category.tolist() == backward.category.tolist()
    assert forward.price.tolist()[:4] == backward.price.tolist()[:4]


def test_items_of_the_future_are_not_there() -> None:
    """An item first offered at or after the cutoff is left out; without a date it was always there."""
    cutoff = moment("2025-03-01T00:00Z")
    described = items(
        ("old", "a", "1", {"added_at": moment("2025-02-28T23:59:59.999999Z")}),
        ("new", "b", "1", {"added_at": cutoff}),
        ("undated", "c", "1"),
    )
    catalogue = Catalogue.before(described, NOBODY, cutoff)
    assert catalogue.ids.to_pylist() == ["old", "undated"]
    assert catalogue.categories.to_pylist() == ["a", "c"]
    assert len(Catalogue.before(described, NOBODY)) == 3


def test_an_item_that_was_seen_keeps_its_description() -> None:
    """An item that an event names before the cutoff was there, whatever its date says."""
    cutoff = moment("2025-03-01T00:00Z")
    described = items(("new", "b", "7", {"added_at": cutoff, "title": "New"}))
    catalogue = Catalogue.before(described, pa.array(["new"]), cutoff)
    assert (catalogue.label(0), catalogue.price.tolist()) == ("New", [7.0])


def test_price_levels_are_told_within_categories() -> None:
    """The level of an item is the log of its price over the median of its category, NaN without a price."""
    described = items(
        ("a", "tea", "10"), ("b", "tea", "20"), ("c", "tea", "40"), ("d", "pots", "7"), ("e", "pots", None)
    )
    catalogue = Catalogue.before(described, NOBODY)
    np.testing.assert_allclose(catalogue.price_level, [-np.log(2), 0, np.log(2), 0, np.nan])


def test_a_shop_without_items() -> None:
    """No items at all make a catalogue of length zero that knows no code."""
    catalogue = Catalogue.before(ITEM_SCHEMA.empty_table(), NOBODY, moment("2025-03-01T00:00Z"))
    assert len(catalogue) == len(catalogue.price) == len(catalogue.category) == 0
    assert catalogue.codes(pa.array(["tea"])).tolist() == [UNKNOWN]


@pytest.mark.parametrize(("title", "label"), [("Green tea", "Green tea"), ("绿茶", "绿茶"), ("", "tea"), (None, "tea")])
def test_a_label_is_the_title_or_the_id(title: str | None, label: str) -> None:
    """People read the title, or the id where there is none."""
    assert Catalogue.before(items(("tea", None, None, {"title": title})), NOBODY).label(0) == label


def test_the_usual_price_is_the_list_price_else_what_was_paid() -> None:
    """An item without a list price has the median paid for it; without either it has none."""
    described = items(("listed", "a", "10"), ("paid", "a", None), ("unknown", "a", None))
    paid = pa.table({"item_id": ["listed", "paid"], "size": [WHOLE_ITEM, WHOLE_ITEM], "median": [8.0, 7.5]})
    paid = paid.append_column("agreed", pa.array([True, True]))
    catalogue = Catalogue.before(described, NOBODY, paid=paid)
    assert catalogue.ids.to_pylist() == ["listed", "paid", "unknown"]
    np.testing.assert_array_equal(catalogue.usual_price, [10, 7.5, np.nan])
    np.testing.assert_array_equal(catalogue.price, [10, np.nan, np.nan])


def test_without_a_calendar_there_are_no_sales() -> None:
    """A catalogue made from items alone knows no promotion day."""
    assert not Catalogue.before(items(("tea", "a", 1)), NOBODY).promotions.hold(np.array([20_000])).any()
