"""Features that come from orders, worked out by hand for one customer at a time.

The cutoff is midnight UTC; ages are days before it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.small_shop import events, features, items, moment

CUTOFF = moment("2025-03-31T00:00Z")
NAN = float("nan")
SHELF = items(("tea", "drinks", "10"), ("pot", "kitchen", "100"), ("card", None, None))


def worked(*rows: tuple[Any, ...], timezone: str = "UTC", **expected: float) -> None:
    """Hold the features of one customer, whose events are kind, item, age in days and more, to numbers."""
    table = events(*(("anna", kind, item, CUTOFF - timedelta(days=age), *more) for kind, item, age, *more in rows))
    found = features(table, CUTOFF, SHELF, timezone).to_pandas().loc["anna"].to_dict()
    assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-6, nan_ok=True)


def test_the_one_who_never_bought() -> None:
    """Without an order, sums and counts are zero and everything else is missing."""
    worked(
        ("view", "tea", 3),
        order_count_all=0,
        net_spend_all=0,
        order_value_mean=NAN,
        order_value_last=NAN,
        order_value_max=NAN,
        lines_per_order=NAN,
        return_count_all=0,
        days_since_return=NAN,
        purchase_day_count=0,
        days_since_first_purchase=NAN,
        purchase_gap_mean_days=NAN,
        churn_factor=NAN,
        overdue_days=NAN,
        orders_per_year=NAN,
    )


def test_the_one_order_customer() -> None:
    """One order of two lines: its value, and no gap to compare the silence with."""
    worked(
        ("purchase", "tea", 73, {"quantity": 3, "unit_price": "8", "order_id": "o1"}),
        ("purchase", "pot", 73, {"order_id": "o1"}),  # at its list price
        order_count_60d=0,
        order_count_90d=1,
        order_count_all=1,
        net_spend_60d=0,
        net_spend_90d=124,  # 3 x 8 + 100
        order_value_mean=124,
        order_value_last=124,
        order_value_max=124,
        lines_per_order=2,
        purchase_day_count=1,
        days_since_first_purchase=73,
        purchase_gap_mean_days=NAN,
        churn_factor=NAN,
        orders_per_year=5,  # 1 / (73 / 365)
    )


def test_the_regular() -> None:
    """Orders 100, 70, 60 and 20 days ago: gaps of 30, 10 and 40 days."""
    worked(
        *(("purchase", "tea", age) for age in (100, 70, 60, 20)),
        order_count_30d=1,
        order_count_60d=2,
        order_count_90d=3,
        order_count_180d=4,
        purchase_day_count=4,
        days_since_first_purchase=100,
        purchase_gap_mean_days=80 / 3,
        # of the population: sqrt(((10/3)^2 + (50/3)^2 + (40/3)^2) / 3)
        purchase_gap_std_days=12.47219128924647,
        purchase_gap_variation=0.46770717334674267,
        purchase_gap_last_days=40,
        purchase_gap_shortest_days=10,
        purchase_gap_longest_days=40,
        purchase_gap_trend=4,  # 40 / 10
        churn_factor=0.75,  # 20 / (80 / 3)
        overdue_days=-20 / 3,
        longest_gap_share=0.5,  # 20 / 40
        orders_per_year=14.6,  # 4 / (100 / 365)
    )


def test_the_one_who_is_late() -> None:
    """Two orders 10 days apart and 90 days of silence: nine gaps long, 80 days overdue."""
    worked(
        ("purchase", "tea", 100),
        ("purchase", "tea", 90),
        purchase_gap_mean_days=10,
        purchase_gap_std_days=NAN,  # one gap says nothing of their spread
        purchase_gap_variation=NAN,
        purchase_gap_trend=NAN,
        churn_factor=9,
        overdue_days=80,
        longest_gap_share=9,
    )


def test_the_fresh_customer() -> None:
    """A customer of two days is not taken for one who orders every day: at least 30 days are counted."""
    worked(
        ("purchase", "tea", 2),
        ("purchase", "tea", 1),
        orders_per_year=2 / 30 * 365,
    )


def test_orders_of_one_day_are_one_purchase_day() -> None:
    """Two orders of one day are two orders and one purchase day; the gap goes from first to first."""
    worked(
        ("purchase", "tea", 20, {"order_id": "a"}),
        ("purchase", "tea", 10, {"order_id": "b"}),
        ("purchase", "pot", 9.5, {"order_id": "c"}),
        order_count_all=3,
        purchase_day_count=2,
        purchase_gap_mean_days=10,
        days_since_purchase=9.5,
        churn_factor=0.95,  # since the last order, 9.5 days
        order_value_mean=40,  # (10 + 10 + 100) / 3
        order_value_last=100,
        order_value_max=100,
    )


def test_purchase_days_are_the_shops() -> None:
    """Two purchases of one day of UTC are of two days in Shanghai, and so are their orders and their gap."""
    rows = (("purchase", "tea", 2 + 10 / 24), ("purchase", "tea", 2 + 2 / 24))
    # 14:00 and 22:00 of one day of UTC; in Shanghai, 8 hours ahead, 22:00 and 6:00 of the next day.
    worked(*rows, purchase_day_count=1, purchase_gap_mean_days=NAN, order_count_all=1)
    worked(
        *rows,
        timezone="Asia/Shanghai",
        purchase_day_count=2,
        purchase_gap_mean_days=8 / 24,
        order_count_all=2,
    )


def test_an_order_spread_over_days_is_one_order() -> None:
    """Lines with one order id, with another order between them, are one order of several purchase days."""
    worked(
        ("purchase", "tea", 40, {"order_id": "a"}),
        ("purchase", "pot", 39, {"order_id": "b"}),
        ("purchase", "tea", 38, {"order_id": "a", "quantity": 2}),
        ("purchase", "tea", 20, {"order_id": "a"}),
        order_count_30d=0,  # an order is as old as its first line
        order_count_60d=2,
        net_spend_30d=10,  # its last line is of the last 30 days
        order_value_last=100,
        order_value_max=100,
        order_value_mean=70,  # (40 + 100) / 2
        lines_per_order=2,
        purchase_day_count=4,
    )


def test_the_returner() -> None:
    """Returns take from what was spent in their own window, and leave the orders."""
    worked(
        ("purchase", "pot", 200, {"quantity": 2, "unit_price": "90"}),
        ("return", "pot", 185, {"unit_price": "90"}),
        ("purchase", "tea", 50),
        ("return", "tea", 25),  # at its list price
        order_count_all=2,
        net_spend_30d=-10,
        net_spend_60d=0,
        net_spend_180d=0,
        net_spend_365d=90,  # 180 - 90 + 10 - 10
        net_spend_all=90,
        order_value_mean=95,  # (180 + 10) / 2
        return_count_all=2,
        days_since_return=25,
        return_per_purchase=1,
        purchase_count_all=2,
    )


def test_what_has_no_price_is_worth_nothing() -> None:
    """Items without any price are bought and counted, and add nothing to what was spent."""
    worked(
        ("purchase", "card", 5),
        net_spend_all=0,
        order_value_mean=0,
        order_count_all=1,
        bought_price_mean=NAN,
    )


def test_windows_of_orders_hold_their_edge() -> None:
    """An order exactly 30 days old is of the last 30 days, one microsecond older is not."""
    worked(("purchase", "tea", 30), order_count_30d=1, net_spend_30d=10)
    tick = 1 / 86_400_000_000
    worked(
        ("purchase", "tea", 30 + tick),
        order_count_30d=0,
        order_count_60d=1,
        net_spend_30d=0,
        net_spend_60d=10,
    )
