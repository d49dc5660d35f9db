"""Customer features, worked out by hand for one customer at a time.

The cutoff is midnight UTC at the beginning of Monday, 31 March 2025; ages are days before it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from features.customers import CustomerFeatures, customer_features, log_price_levels
from features.events.event import EVENT_SCHEMA
from features.history import History
from tests.small_shop import events, features, history, items, moment, random_events

CUTOFF = moment("2025-03-31T00:00Z")
NAN = float("nan")

SHELF = items(
    ("green tea", "tea", "10"),
    ("black tea", "tea", "20"),
    ("white tea", "tea", "40"),
    ("small pot", "pots", "100"),
    ("large pot", "pots", "400"),
    ("gift card", None, None),
)


def worked(*rows: tuple[Any, ...], **expected: float) -> None:
    """Hold the features of one customer, whose events are kind, item, age in days and more, to numbers."""
    table = events(*(("anna", kind, item, CUTOFF - timedelta(days=age), *more) for kind, item, age, *more in rows))
    found = features(table, CUTOFF, SHELF).to_pandas().loc["anna"].to_dict()
    assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-6, nan_ok=True)


def test_the_looker() -> None:
    """She only views: counts by window, and nothing that needs another kind of event."""
    worked(
        ("view", "green tea", 0.5),
        ("view", "green tea", 1),
        ("view", "black tea", 2),
        ("view", "green tea", 100),
        view_count_1d=2,  # the event exactly one day old is in
        view_count_3d=3,
        view_count_90d=3,
        view_count_180d=4,
        view_count_all=4,
        cart_count_all=0,
        days_since_any=0.5,
        days_since_first=100,
        days_since_view=0.5,
        days_since_cart=NAN,
        days_since_purchase=NAN,
        cart_per_view=0,
        purchase_per_cart=NAN,  # no cart to divide by
        viewed_price_mean=12.5,  # (10 + 10 + 20 + 10) / 4
        bought_price_mean=NAN,
        discounted_share=NAN,
        repeat_item_share=NAN,
        order_value_mean=NAN,
        churn_factor=NAN,
    )


def test_the_regular_visitor() -> None:
    """She comes every tenth day: her gap and how her silence compares with it."""
    worked(
        ("view", "green tea", 35),
        ("view", "green tea", 25.2),
        ("view", "green tea", 25.1),  # the same day as the one before
        ("view", "green tea", 15),
        ("view", "green tea", 5),
        active_days_7d=1,
        active_days_30d=3,
        active_days_90d=4,
        active_days_all=4,
        visit_gap_mean_days=10,  # (35 - 5) / (4 - 1)
        visit_churn_factor=0.5,  # 5 / 10
    )


def test_the_eager_visitor() -> None:
    """A gap below half a day counts as half a day, so that an hour of silence is no alarm."""
    worked(
        ("view", "green tea", 1.125),
        ("view", "green tea", 0.875),
        visit_gap_mean_days=0.25,
        visit_churn_factor=1.75,  # 0.875 / 0.5
    )


def test_a_day_on_the_edge_of_a_window() -> None:
    """A day with one event before the window and one in it is a day of the window."""
    midday = CUTOFF + timedelta(hours=12)
    table = events(
        ("anna", "view", "green tea", midday - timedelta(days=7, hours=2)),
        ("anna", "view", "green tea", midday - timedelta(days=7) + timedelta(hours=2)),
    )
    assert features(table, midday, SHELF).column("active_days_7d").tolist() == [1]


def test_the_cart_filler() -> None:
    """She carts and buys some of it: what is open, what it is worth, and how often one leads to the next."""
    worked(
        *(("view", name, 20) for name in ("green tea", "black tea", "white tea", "small pot")),
        ("cart", "green tea", 20),
        ("cart", "black tea", 10),
        ("cart", "small pot", 7),
        ("cart", "gift card", 3),  # no list price: counted, worth nothing
        ("purchase", "green tea", 2),  # bought: not open any more
        ("uncart", "black tea", 2),
        open_cart_count=2,
        open_cart_count_7d=2,
        open_cart_value=100,
        open_cart_newest_days=3,
        cart_per_view=1,
        purchase_per_view=0.25,
        purchase_per_cart=0.25,
        favorite_per_view=0,
        open_favorite_count=0,
        open_favorite_newest_days=NAN,
    )


def test_the_collector() -> None:
    """She keeps favourites: those taken back and those bought are not open."""
    worked(
        ("view", "green tea", 50),
        ("view", "green tea", 40),
        ("favorite", "green tea", 50),
        ("favorite", "white tea", 8),
        ("favorite", "large pot", 5),
        ("favorite", "small pot", 4),
        ("unfavorite", "small pot", 3),
        ("purchase", "large pot", 1),
        favorite_count_7d=2,
        favorite_count_all=4,
        favorite_per_view=2,
        open_favorite_count=2,  # green and white tea
        open_favorite_count_7d=0,
        open_favorite_value=50,
        open_favorite_newest_days=8,
        open_cart_count=0,
    )


def test_the_tea_lover() -> None:
    """Three of four events with a category are of tea; the gift card, without one, counts only as an item."""
    worked(
        ("view", "green tea", 4),
        ("view", "black tea", 3),
        ("view", "green tea", 3),
        ("view", "small pot", 2),
        ("view", "gift card", 1),
        distinct_item_count=4,
        events_per_item=1.25,  # 5 / 4
        distinct_category_count=2,
        top_category_share=0.75,
        category_entropy=0.5623351446188083,  # -(0.75 ln 0.75 + 0.25 ln 0.25)
    )


def test_a_customer_of_nameless_items() -> None:
    """Where no category is known there is no favourite one and no entropy."""
    worked(
        ("view", "gift card", 4),
        distinct_category_count=0,
        top_category_share=NAN,
        category_entropy=NAN,
        viewed_price_mean=NAN,
        price_level=NAN,
    )


def test_the_bargain_hunter() -> None:
    """She buys with 25 % off, at the list price, above it, and twice where no price says what was off."""
    worked(
        ("purchase", "black tea", 40, {"unit_price": "15"}),
        ("purchase", "green tea", 30, {"unit_price": "10"}),
        ("purchase", "green tea", 20, {"unit_price": "12"}),  # above the list: no discount
        ("purchase", "white tea", 10),  # no price paid: bought at the list price, unknown discount
        ("purchase", "gift card", 5, {"unit_price": "50"}),  # no list price: unknown discount
        discounted_share=1 / 3,
        discount_mean=0.25 / 3,
        bought_price_mean=25.4,  # (15 + 10 + 12 + 40 + 50) / 5
        distinct_bought_item_count=4,
        repeat_item_share=0.25,  # green tea, of four items
    )


def test_the_one_who_likes_it_dear() -> None:
    """The price level is the mean of log(price / median of the category): tea 20, pots 200."""
    worked(
        ("view", "white tea", 3),  # log(40 / 20)
        ("cart", "large pot", 2),  # log(400 / 200)
        ("view", "black tea", 1),  # log(20 / 20)
        ("view", "gift card", 1),
        price_level=2 * 0.6931471805599453 / 3,
    )


def test_the_night_owl() -> None:
    """Hours and weekdays: three of four events on a weekend, two before six in the morning."""
    hour = 1 / 24
    worked(
        ("view", "green tea", 1),  # Sunday 0:00
        ("view", "green tea", 1 - 6 * hour),  # Sunday 6:00: no longer night
        ("view", "green tea", 1.5),  # Saturday 12:00
        ("view", "green tea", 3 - 5.5 * hour),  # Friday 5:30
        night_share=0.5,
        weekend_share=0.75,
        hour_sine_mean=(0 + 1 + 0 + 0.9659258262890683) / 4,  # hours 0, 6, 12 and 5 on the dial
        hour_cosine_mean=(1 + 0 - 1 + 0.25881904510252074) / 4,
    )


def test_the_one_who_wakes_up() -> None:
    """Trends compare the newest days with those before, per day."""
    worked(
        *(("view", "green tea", age) for age in (1, 2, 3, 4, 5, 6, 7)),  # 7 in 7 days
        *(("view", "green tea", age) for age in (10, 20, 30)),  # 3 in the 23 days before: 10 in 30
        *(("cart", "green tea", age) for age in (40, 50, 60, 70, 90)),  # 5 in the 60 days before
        ("purchase", "green tea", 200),  # one in 275 days before 90
        activity_trend_7d_30d=1 / (1 + 3 / 23),
        activity_trend_30d_90d=(10 / 30) / (10 / 30 + 5 / 60),
        activity_trend_90d_365d=(15 / 90) / (15 / 90 + 1 / 275),
        cart_trend_7d_30d=NAN,  # no cart in 30 days
        purchase_trend_90d_365d=0,
    )


def test_a_steady_customer_has_a_trend_of_one_half() -> None:
    """Who comes once a day all the time is neither rising nor falling."""
    worked(
        *(("view", "green tea", age + 0.5) for age in range(365)),
        activity_trend_7d_30d=0.5,
        activity_trend_30d_90d=0.5,
        activity_trend_90d_365d=0.5,
    )


def test_nobody_has_no_features() -> None:
    """An empty history gives all columns and no row."""
    found = features(EVENT_SCHEMA.empty_table(), CUTOFF, SHELF)
    assert found.values.shape == (0, len(found.names))
    assert len(found) == 0
    assert found.names == features(random_events(1, 20), CUTOFF, SHELF).names


def test_one_customer_one_event() -> None:
    """The smallest history has a row without a warning: zeros where things are counted, else NaN."""
    found = features(events(("anna", "view", "green tea", CUTOFF - timedelta(days=1))), CUTOFF).to_pandas()
    counts = [name for name in found.columns if "_count_" in name or name.startswith("net_spend")]
    assert found.loc["anna", counts].sum() == 10  # the view, in nine windows and in all time
    assert found.loc["anna", "days_since_any"] == 1
    assert found["visit_gap_mean_days"].isna().all()


def test_the_table_can_be_asked_by_name() -> None:
    """A column is found by its name, and the frame has ids as its index and names as its columns."""
    found = features(random_events(3, 200), CUTOFF, SHELF)
    frame = found.to_pandas()
    assert isinstance(found, CustomerFeatures)
    assert found.values.dtype == np.float32
    assert frame.index.tolist() == found.customer_ids.to_pylist()
    assert tuple(frame.columns) == found.names
    np.testing.assert_array_equal(frame["days_since_any"], found.column("days_since_any"))


def test_names_are_told_once_and_carry_units() -> None:
    """About a hundred names, none twice, in lower case with underscores."""
    names = features(EVENT_SCHEMA.empty_table(), CUTOFF).names
    assert 100 <= len(names) == len(set(names)) <= 150
    assert all(name == name.lower() and name.replace("_", "").isalnum() for name in names)


def test_features_do_not_change_the_history() -> None:
    """Computing features twice from one history gives the same numbers."""
    known: History = history(random_events(5, 500), CUTOFF, SHELF)
    first, second = customer_features(known), customer_features(known)
    np.testing.assert_array_equal(first.values, second.values)


def test_price_levels_of_items() -> None:
    """Items are compared within their category, those without one with each other, unpriced ones not."""
    price = np.array([10.0, 20.0, 40.0, 5.0, 5.0, np.nan, 0.0])
    category = np.array([0, 0, 0, -1, -1, 0, 0])
    expected = [-np.log(2), 0, np.log(2), 0, 0, np.nan, np.nan]
    np.testing.assert_allclose(log_price_levels(price, category), expected)
    assert log_price_levels(np.array([np.nan]), np.array([0])).tolist() == pytest.approx([NAN], nan_ok=True)
