"""Expected spend: what an order is worth, and never below nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from features.arrays import Floats
from features.customers import CustomerFeatures
from tests.small_shop import EventRow, events, features, moment
from tests.training.customers.planted import HORIZON_DAYS, no_features, odd_features
from training.customers.ahead.persistence import PastMoments, Persistence, fit_persistence
from training.customers.ahead.value import KIND_ORDERS, Value
from training.tables import CustomerTable, kind_codes

CUTOFF = moment("2025-03-01T00:00Z")


def bought(
    customer: str, day: str, order: str, price: float | None, pieces: int = 1, kind: str = "purchase"
) -> EventRow:
    return (customer, kind, "tea", f"2025-{day}T10:00Z", {"order_id": order, "unit_price": price, "quantity": pieces})


BEFORE = (
    bought("anna", "01-10", "a1", 10.0, pieces=3),
    bought("anna", "01-20", "a2", 20.0),
    bought("ben", "02-01", "b1", 40.0),
    ("cleo", "view", "tea", "2025-02-01T10:00Z"),
)


def persistence() -> dict[str, Persistence]:
    """That of a shop in which nothing was followed yet."""
    none = PastMoments.laid(0, HORIZON_DAYS)
    return fit_persistence(np.zeros((2, 0, 0)), none)


def known(*rows: EventRow, before: datetime = CUTOFF) -> CustomerFeatures:
    return features(events(*rows), before)


@pytest.fixture(scope="module")
def value(everyone_tables: list[CustomerTable]) -> Value:
    """Learned where every order costs 5 and a tenth of that came back."""
    tables = [replace(table, net_spend=table.order_count * 4.5) for table in everyone_tables]
    return Value.fit(tables, everyone_tables[-1].features, HORIZON_DAYS, persistence())


def test_an_order_is_worth_what_the_own_ones_were() -> None:
    """The own mean net value counts by its orders, that of the shop as two; visitors are taken as usual."""
    people = known(*BEFORE)
    found = Value.fit([], people, HORIZON_DAYS, persistence())
    usual = (50 + 40) / 3
    expected = [(50 + KIND_ORDERS * usual) / (2 + KIND_ORDERS), (40 + KIND_ORDERS * usual) / (1 + KIND_ORDERS), usual]
    np.testing.assert_allclose(found.order_value(people), expected, rtol=1e-6)
    told = found.expected(people)
    np.testing.assert_allclose(told.net_spend, told.orders * expected, rtol=1e-6)


def test_returns_of_earlier_orders_lower_the_level(value: Value, everyone_tables: Sequence[CustomerTable]) -> None:
    """Where a tenth of the spend came back, expected spend per order is a tenth lower."""
    people = everyone_tables[-1].features
    bought_before = kind_codes(people) > 0
    told = value.expected(people)
    ratio = told.net_spend[bought_before].sum() / told.orders[bought_before].sum()
    assert ratio == pytest.approx(4.5, rel=0.03)


def test_a_customer_whose_everything_went_back_is_worth_little() -> None:
    """Net spend below nothing is taken as nothing, and no expectation is negative."""
    rows = [bought("zoe", f"01-1{place}", f"z{place}", 10.0) for place in range(5)]
    rows += [bought("zoe", f"02-1{place}", f"z{place}", 90.0, kind="return") for place in range(5)]
    people = known(*rows, *BEFORE)
    told = Value.fit([], people, HORIZON_DAYS, persistence()).expected(people)
    assert told.net_spend[people.customer_ids.to_pylist().index("zoe")] == 0
    assert (told.net_spend >= 0).all()


def test_odd_customers_get_possible_numbers(value: Value) -> None:
    """Whatever the features hold, orders and spend are finite and not below nothing."""
    people = odd_features()
    for told in (value.expected(people), value.extended(value.expected(people), people, 365)):
        for numbers in (told.orders, told.net_spend):
            assert np.isfinite(numbers).all()
            assert (numbers >= 0).all()


def test_a_year_holds_more_than_the_horizon(value: Value, everyone_tables: Sequence[CustomerTable]) -> None:
    """Within the horizon itself nothing is added; a year adds to everyone, at most at the same rate."""
    people = everyone_tables[-1].features
    soon = value.expected(people)
    same, year = (value.extended(soon, people, days) for days in (HORIZON_DAYS, 365))
    np.testing.assert_allclose(same.orders, soon.orders)
    growth = year.net_spend / soon.net_spend
    assert (growth > 5).all()
    assert (growth < 365 / HORIZON_DAYS).all()


def test_a_shop_without_orders(tmp_path: Path) -> None:
    """Visitors alone, or nobody: nothing is expected to be spent, and that can be saved."""
    people = known(("cleo", "view", "tea", "2025-02-01T10:00Z"))
    found = Value.fit([], people, HORIZON_DAYS, persistence())
    assert found.expected(people).net_spend.tolist() == [0]
    assert found.expected(no_features()).orders.shape == (0,)
    found.save(tmp_path)
    assert Value.load(tmp_path).order_values == (0, 0, 0)


def test_a_saved_value_says_the_same(value: Value, everyone_tables: Sequence[CustomerTable], tmp_path: Path) -> None:
    """The value that is read again gives the same numbers for the horizon and the year."""
    value.save(tmp_path / "value")
    again = Value.load(tmp_path / "value")
    people = everyone_tables[-1].features

    def told(one: Value) -> list[Floats]:
        soon = one.expected(people)
        year = one.extended(soon, people, 365)
        return [soon.orders, soon.net_spend, year.orders, year.net_spend]

    for column, other in zip(told(value), told(again), strict=True):
        np.testing.assert_array_equal(column, other)
