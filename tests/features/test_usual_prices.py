"""What a piece usually costs."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from features.usual_prices import NOTHING_PAID, SIZES, WHOLE_ITEM, UsualPrices, agreed_sql, size_sql

NAN = np.nan
IDS = pa.array(["cup", "pot", "tea"])
PAID = pa.table(
    {
        "item_id": ["tea", "pot", "pot", "pot", "cup", "gone"],
        "size": [0, 3, WHOLE_ITEM, 0, WHOLE_ITEM, WHOLE_ITEM],
        "median": [5.0, 15.0, 18.0, 20.0, 3.0, 1.0],
        "agreed": [True, True, True, True, True, True],
    }
)


def usual() -> UsualPrices:
    """Tea has a list price of 10, the others have none."""
    return UsualPrices.of(np.array([NAN, NAN, 10.0]), IDS, PAID)


def test_an_item_has_its_list_price_or_the_median_paid() -> None:
    """List prices come first; what the catalogue does not know is left out; without purchases nothing is known."""
    np.testing.assert_array_equal(usual().of_item, [3, 18, 10])
    np.testing.assert_array_equal(UsualPrices.of(np.array([NAN, 1, 2]), IDS, NOTHING_PAID).of_item, [NAN, 1, 2])


@pytest.mark.parametrize(
    ("item", "quantity", "price"),
    [(1, 8, 15), (1, 15, 15), (1, 7, 18), (1, 16, 18), (1, 1, 18), (0, 8, 3), (2, 1, 10), (2, 500, 10)],
)
def test_a_size_that_is_cheaper_has_a_price_of_its_own(item: int, quantity: float, price: float) -> None:
    """Eight to fifteen pots cost 15; one at 20 is no reason to call 18 a discount; tea has its list price."""
    assert usual().of_lines(np.array([item]), np.array([quantity])).tolist() == [price]


def test_prices_that_do_not_agree_are_not_usual() -> None:
    """The item keeps its median, but only lines of a size with one price are held to anything."""
    doubtful = PAID.set_column(3, "agreed", pa.array([True, True, False, True, True, True]))
    prices = UsualPrices.of(np.array([NAN, NAN, 10.0]), IDS, doubtful)
    assert prices.of_item[1] == 18
    np.testing.assert_array_equal(prices.of_lines(np.array([1, 1]), np.array([8.0, 100.0])), [15, NAN])


@pytest.mark.parametrize(
    ("prices", "agree"),
    [([20, 20, 20, 20, 15], True), ([15, 20], False), ([10, 20, 20, 20, 40], True), ([10, 20, 30, 40], False)],
)
def test_prices_agree_when_many_are_the_median(prices: list[float], agree: bool) -> None:
    """A few discounts do not disturb; what costs something else each time has no usual price."""
    connection = duckdb.connect().register("lines", pa.table({"price": pa.array(prices, pa.float64())}))
    found = connection.sql(f"select {agreed_sql('price')} as agreed from lines").to_arrow_table()
    assert found["agreed"].to_pylist() == [agree]


def test_lines_of_a_shop_without_prices() -> None:
    """Where nothing is known of an item, nothing is known of its lines."""
    prices = UsualPrices.of(np.array([NAN]), pa.array(["cup"]), None)
    np.testing.assert_array_equal(prices.of_lines(np.array([0, 0]), np.array([1.0, 20.0])), [NAN, NAN])


def test_the_engine_and_the_arrays_see_the_same_sizes() -> None:
    """Quantities on both sides of every edge have one size in SQL and here."""
    quantity = np.array([1, *(edge + step for edge in SIZES for step in (-1, 0, 1)), 100_000], dtype=np.int64)
    lines = pa.table({"quantity": quantity})
    found = duckdb.connect().register("lines", lines).sql(f"select {size_sql('quantity')} as size from lines")
    assert found.to_arrow_table()["size"].to_pylist() == np.searchsorted(SIZES, quantity, side="right").tolist()
