"""Features that come from sales and discounts."""

from __future__ import annotations

from datetime import date

import numpy as np

from features.customer_promotions import discount_order_share, promotion_order_share, promotion_view_share
from features.history import History
from tests.small_shop import events, history, items, moment

CUTOFF = moment("2025-06-01T00:00Z")
SALES = {date(2025, 5, 10), date(2025, 5, 11)}


def bought(who: str, item: str, at: str, price: float | None, order: str, quantity: int = 1) -> tuple[object, ...]:
    """A purchase line."""
    return who, "purchase", item, at, {"unit_price": price, "order_id": order, "quantity": quantity}


def known(*rows: tuple[object, ...]) -> History:
    """The history of these events; tea has a list price of 10, pots have none."""
    return history(events(*rows), CUTOFF, items(("tea", "drinks", 10), ("pot", "pots", None)), sales=SALES)


def test_an_order_is_at_a_discount_by_all_of_its_lines() -> None:
    """One cheap line in a dear order is none; two per cent are rounding; what has no price is not told."""
    table = known(
        bought("anna", "tea", "2025-05-01T10:00Z", 8, "o1"),
        bought("anna", "tea", "2025-05-02T10:00Z", 9.9, "o2"),
        bought("anna", "tea", "2025-05-03T10:00Z", 8, "o3"),
        bought("anna", "tea", "2025-05-03T10:00Z", 10, "o3", 20),
        bought("ben", "tea", "2025-05-03T10:00Z", None, "o4"),
    )
    np.testing.assert_allclose(discount_order_share(table), [1 / 3, np.nan])


def test_without_a_list_price_the_median_paid_is_usual() -> None:
    """Pots cost 20 for most, so that who paid 15 had a discount."""
    rows = [bought(f"c{number}", "pot", "2025-05-01T10:00Z", 20, f"o{number}") for number in range(4)]
    table = known(*rows, bought("zoe", "pot", "2025-05-02T10:00Z", 15, "o9"))
    assert discount_order_share(table).tolist() == [0, 0, 0, 0, 1]


def test_who_buys_in_bulk_pays_less_without_a_sale() -> None:
    """What three lines of about as many pieces cost is usual for them; who pays still less had a discount."""
    rows = [bought(f"c{number}", "pot", "2025-05-01T10:00Z", 20, f"o{number}") for number in range(5)]
    rows += [bought(f"w{number}", "pot", "2025-05-01T10:00Z", 15, f"p{number}", 8 + number) for number in range(3)]
    table = known(*rows, bought("zoe", "pot", "2025-05-02T10:00Z", 12, "o9", 12))
    assert discount_order_share(table).tolist() == [0, 0, 0, 0, 0, 0, 0, 0, 1]


def test_what_costs_something_else_each_time_is_never_at_a_discount() -> None:
    """An item that stands for whole orders has no usual price, so nothing is told of them."""
    table = known(*(bought("anna", "pot", f"2025-05-0{n}T10:00Z", 10 * n, f"o{n}") for n in range(1, 7)))
    np.testing.assert_array_equal(discount_order_share(table), [np.nan])


def test_a_list_price_holds_for_every_quantity() -> None:
    """Twelve for less than the list price each are at a discount, however many buy them so."""
    table = known(*(bought(f"w{number}", "tea", "2025-05-01T10:00Z", 8, f"o{number}", 12) for number in range(4)))
    assert discount_order_share(table).tolist() == [1, 1, 1, 1]


def test_what_fell_to_days_of_sales() -> None:
    """Orders and views on days of sales over all of them; nobody without any has a share."""
    table = known(
        bought("anna", "tea", "2025-05-10T10:00Z", 8, "o1"),
        bought("anna", "tea", "2025-05-12T10:00Z", 10, "o2"),
        ("anna", "view", "tea", "2025-05-11T10:00Z"),
        ("ben", "cart", "tea", "2025-05-11T10:00Z"),
    )
    np.testing.assert_array_equal(promotion_order_share(table), [0.5, np.nan])
    np.testing.assert_array_equal(promotion_view_share(table), [1, np.nan])
