"""Histories: flat arrays of what was known just before a moment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from features.catalogue import Catalogue
from features.events.event import EVENT_SCHEMA, ITEM_SCHEMA, KIND_CODES
from features.events.reader import EMPTY_BUCKET
from features.history import CART, PURCHASE, VIEW, History, Pairs
from tests.small_shop import events, history, items, moment, random_events

CUTOFF = moment("2025-03-31T00:00Z")


def at(days: float) -> str:
    """The time so many days before the cutoff."""
    return (CUTOFF - timedelta(days=days)).isoformat()


def of(*rows: tuple[Any, ...], **how: Any) -> History:
    """The history of these events: customer, kind, item, age in days and further fields."""
    return history(events(*((who, kind, item, at(age), *more) for who, kind, item, age, *more in rows)), CUTOFF, **how)


def pairs(found: Pairs, known: History) -> list[tuple[str, str, float]]:
    return [
        (known.customer_ids[who].as_py(), known.catalogue.ids[what].as_py(), float(age))
        for who, what, age in zip(found.customer, found.item, found.age_days, strict=True)
    ]


def test_customers_lie_one_after_another() -> None:
    """Customers are in the order of their ids, each with its events in time order between its boundaries."""
    known = of(
        ("bob", "view", "x", 5),
        ("anna", "cart", "y", 1),
        ("anna", "view", "x", 9),
        ("bob", "purchase", "x", 2),
    )
    assert known.customer_ids.to_pylist() == ["anna", "bob"]
    assert known.boundaries.tolist() == [0, 2, 4]
    assert known.customer.tolist() == [0, 0, 1, 1]
    assert known.age_days.tolist() == [9, 1, 5, 2]
    assert known.kind.tolist() == [VIEW, CART, VIEW, PURCHASE]
    assert known.item.tolist() == [0, 1, 0, 0]
    assert len(known) == 2


def test_an_event_at_the_cutoff_is_not_there() -> None:
    """One microsecond before the cutoff is in the history, the cutoff itself is not, at any time."""
    cutoffs = (CUTOFF, moment("2005-06-14T06:19:26.130391Z"), moment("2037-01-01T00:00:00.000001Z"))
    for cutoff in cutoffs:
        tick = timedelta(microseconds=1)
        table = events(("anna", "view", "in", cutoff - tick), ("anna", "view", "out", cutoff))
        known = history(table, cutoff)
        assert known.catalogue.ids.to_pylist() == ["in"]
        assert known.age_days.tolist() == [1 / 86_400_000_000]


def test_a_history_cuts_rows_that_are_handed_to_it() -> None:
    """Rows at or after the cutoff, and of items that the catalogue does not know, are left out here too."""
    catalogue = Catalogue.before(ITEM_SCHEMA.empty_table(), pa.array(["tea"]))
    full = of(("anna", "view", "tea", 3), ("anna", "view", "other", 2), ("bob", "view", "other", 2))
    rows = pa.table(
        {
            "customer_id": ["anna", "anna", "bob"],
            "kind": ["view", "view", "view"],
            "item_id": ["tea", "other", "tea"],
            "occurred_us": [int((CUTOFF - timedelta(days=age)).timestamp()) * 10**6 for age in (3, 2, 0)],
            "local_day": pa.array([1, 2, 3], pa.int32()),
            "local_hour": pa.array([0, 0, 0], pa.int8()),
            "quantity": pa.array([1, 1, 1], pa.float32()),
            "unit_price": pa.nulls(3, pa.float32()),
            "order_id": pa.nulls(3, pa.string()),
        }
    )
    known = History.before(rows, CUTOFF, catalogue)
    assert known.customer_ids.to_pylist() == ["anna"]
    assert known.age_days.tolist() == [3]
    assert len(full) == 2


@pytest.mark.parametrize("empty", [EMPTY_BUCKET, EMPTY_BUCKET.slice(0, 0).combine_chunks()])
def test_nobody_has_an_empty_history(empty: pa.Table) -> None:
    """No events give no customers, and every question about them an empty answer."""
    known = History.before(empty, CUTOFF, Catalogue.before(ITEM_SCHEMA.empty_table(), pa.array([], pa.string())))
    assert (len(known), known.boundaries.tolist()) == (0, [0])
    assert known.counts((1, 7)).shape == (0, len(KIND_CODES), 3)
    assert known.latest().shape == (0,)
    assert len(known.orders.customer) == len(known.open_carts.item) == len(known.active_days().customer) == 0
    assert len(history(EVENT_SCHEMA.empty_table(), CUTOFF)) == 0


def test_windows_are_half_open_days() -> None:
    """A window of d days begins exactly d times 24 hours before the cutoff and holds that moment."""
    known = of(*(("anna", "view", "x", age) for age in (7.000001, 7, 1.5, 1, 0.5)))
    assert known.window((1, 7)).tolist() == [2, 1, 1, 0, 0]
    assert known.counts((1, 7))[0, VIEW].tolist() == [2, 4, 5]
    assert known.window((1, 7), np.array([0, 4])).tolist() == [2, 0]


def test_a_day_of_a_window_is_24_hours_also_when_clocks_change() -> None:
    """Where an hour is lost, one day before the cutoff is 24 hours and not one wall-clock day."""
    cutoff = moment("2025-03-31T00:00+02:00")
    table = events(
        ("anna", "view", "x", "2025-03-30T00:00+01:00"),  # 23 hours before: 30 March has no hour from 2 to 3
        ("anna", "cart", "x", "2025-03-29T23:00+01:00"),  # 24 hours before
        ("anna", "purchase", "x", "2025-03-29T22:59+01:00"),
    )
    known = history(table, cutoff, timezone="Europe/Berlin")
    counts = known.counts((1,))[0, :, 0]
    assert (counts[VIEW], counts[CART], counts[PURCHASE]) == (1, 1, 0)
    assert known.active_days().local_day.tolist() == [20176, 20177]
    assert known.local_hour.tolist() == [22, 23, 0]


def test_totals_add_up_in_windows() -> None:
    """Totals sum values over chosen events in each window and in all time, for each customer."""
    known = of(
        ("anna", "purchase", "x", 9),
        ("anna", "view", "x", 2),
        ("anna", "purchase", "x", 1),
        ("bob", "view", "x", 1),
    )
    rows = known.of(PURCHASE)
    assert known.totals(rows, np.array([10.0, 1.0]), (3, 5)).tolist() == [[1, 1, 11], [0, 0, 0]]


def test_latest_and_first() -> None:
    """The ages of the newest and the oldest event, of all or of chosen ones, NaN where there is none."""
    known = of(("anna", "view", "x", 9), ("anna", "cart", "x", 4), ("anna", "view", "x", 2), ("bob", "cart", "x", 1))
    assert (known.latest().tolist(), known.first().tolist()) == ([2, 1], [9, 1])
    np.testing.assert_array_equal(known.latest(known.of(VIEW)), [2, np.nan])
    np.testing.assert_array_equal(known.first(known.of(VIEW, CART)), [9, 1])


def test_simultaneous_events_happen_in_the_order_of_kinds() -> None:
    """At one moment a view comes before a cart and a cart before the purchase that closes it."""
    known = of(("anna", "purchase", "x", 1), ("anna", "cart", "x", 1), ("anna", "view", "x", 1))
    assert known.kind.tolist() == [VIEW, CART, PURCHASE]
    assert len(known.open_carts.item) == 0


def test_prices_fall_back_to_the_list() -> None:
    """The price of an event is the one paid or shown, else the item's list price, else NaN."""
    known = of(
        ("anna", "purchase", "tea", 3, {"unit_price": "4.5"}),
        ("anna", "purchase", "tea", 2),
        ("anna", "purchase", "pot", 1),
        described=items(("tea", None, "5")),
    )
    np.testing.assert_array_equal(known.price, [4.5, 5, np.nan])


def test_lines_with_one_order_id_are_one_order() -> None:
    """Lines of one order id are one order, also when others lie between them or they are spread over days."""
    known = of(
        ("anna", "purchase", "x", 9, {"order_id": "o1", "unit_price": "1"}),
        ("anna", "purchase", "x", 8.9, {"order_id": "o2", "unit_price": "10"}),
        ("anna", "purchase", "y", 8.8, {"order_id": "o1", "unit_price": "2", "quantity": 3}),
        ("anna", "purchase", "x", 5, {"order_id": "o1", "unit_price": "4"}),
        ("bob", "purchase", "x", 7, {"order_id": "o1", "unit_price": "100"}),
    )
    found = known.orders
    assert found.customer.tolist() == [0, 0, 1]
    assert found.age_days.tolist() == [9, 8.9, 7]
    assert found.value.tolist() == [11, 10, 100]
    assert found.lines.tolist() == [3, 1, 1]


def test_purchases_without_an_order_id_are_orders_by_day() -> None:
    """Without an order id the purchases of one local day are one order, beside those that have an id."""
    rows = (("anna", "purchase", "x", age) for age in (2.9, 2.3, 1.2, 0.9))
    known = of(*rows, ("anna", "purchase", "x", 2.7, {"order_id": "o"}))
    assert known.orders.age_days.tolist() == [2.9, 2.7, 1.2, 0.9]
    assert known.orders.lines.tolist() == [2, 1, 1, 1]
    # In Shanghai, 8 hours ahead, 1.2 and 0.9 days before midnight UTC are 3:12 and 10:24 of one day, 2.3 and
    # 2.9 days before it 0:48 of a day and 10:24 of the day before.
    shanghai = of(*(("anna", "purchase", "x", age) for age in (2.9, 2.3, 1.2, 0.9)), timezone="Asia/Shanghai")
    assert shanghai.orders.lines.tolist() == [1, 1, 2]


def test_an_order_before_1970_is_an_order() -> None:
    """Days before 1970, whose numbers are negative, are told apart like any other."""
    table = events(*(("anna", "purchase", "x", f"{day}T12:00Z") for day in ("1969-12-30", "1969-12-31", "1970-01-02")))
    assert history(table, CUTOFF).orders.local_day.tolist() == [-2, -1, 1]


def test_a_returned_order_stays_an_order() -> None:
    """A return makes no order and takes none away."""
    more = {"unit_price": "5", "order_id": "o"}
    known = of(("anna", "purchase", "x", 3, more), ("anna", "return", "x", 1, more))
    assert (known.orders.value.tolist(), known.orders.lines.tolist()) == ([5], [1])


def test_open_carts() -> None:
    """A cart is open until it is taken out or bought, and again when the item is carted later."""
    known = of(
        ("anna", "cart", "kept", 9),
        ("anna", "cart", "kept", 8),  # carted again: one entry, as old as the newest
        ("anna", "cart", "taken out", 7),
        ("anna", "uncart", "taken out", 6),
        ("anna", "cart", "bought", 5),
        ("anna", "purchase", "bought", 4),
        ("anna", "cart", "again", 7),
        ("anna", "purchase", "again", 6),
        ("anna", "cart", "again", 2),  # reopened
        ("anna", "return", "bought", 1),  # what is sent back is not in the cart again
        ("anna", "uncart", "never carted", 1),
        ("bob", "cart", "bought", 3),  # what anna bought closes nothing of bob's
    )
    assert pairs(known.open_carts, known) == [("anna", "again", 2), ("anna", "kept", 8), ("bob", "bought", 3)]


def test_open_favorites() -> None:
    """A favourite is open until it is taken back or bought; carts neither open nor close it."""
    known = of(
        ("anna", "favorite", "kept", 9),
        ("anna", "cart", "kept", 8),
        ("anna", "uncart", "kept", 7),
        ("anna", "favorite", "dropped", 6),
        ("anna", "unfavorite", "dropped", 5),
        ("anna", "favorite", "bought", 4),
        ("anna", "purchase", "bought", 3),
        ("anna", "cart", "only carted", 2),
    )
    assert pairs(known.open_favorites, known) == [("anna", "kept", 9)]
    assert pairs(known.open_carts, known) == [("anna", "only carted", 2)]


def test_active_days_are_the_shops() -> None:
    """Each local day counts once, with the ages of its first and its last event."""
    rows = [("anna", "view", "x", age) for age in (2.9, 2.3, 1.2, 0.9)]
    days = of(*rows).active_days()
    assert days.age_days.tolist() == [2.9, 1.2, 0.9]
    assert days.newest_age_days.tolist() == [2.3, 1.2, 0.9]
    assert (20178 - days.local_day).tolist() == [3, 2, 1]
    assert of(*rows, timezone="Asia/Shanghai").active_days().age_days.tolist() == [2.9, 2.3, 1.2]


def test_open_carts_by_a_loop() -> None:
    """On a crowded random shop, open carts are what a plain loop over the events leaves in a dictionary."""
    known = history(random_events(11, 1500), moment("2025-02-10T00:00Z"))
    lying: dict[tuple[int, int], float] = {}
    for who, kind, what, age in zip(known.customer, known.kind, known.item, known.age_days, strict=True):
        if kind == CART:
            lying[(int(who), int(what))] = float(age)
        elif kind in (KIND_CODES["uncart"], PURCHASE):
            lying.pop((int(who), int(what)), None)
    found = known.open_carts
    assert (
        dict(zip(zip(found.customer.tolist(), found.item.tolist(), strict=True), found.age_days, strict=True)) == lying
    )
    newest_first = np.lexsort((found.age_days, found.customer))
    assert newest_first.tolist() == list(range(len(lying)))
