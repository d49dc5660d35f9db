"""Items: counts, people, repurchases and prices as a plain loop finds them, and sums that add up over buckets."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.behaviour import Behaviour
from features.catalogue import Catalogue
from features.events.event import KINDS
from features.history import History
from features.items import (
    ITEM_WINDOW_DAYS,
    ItemFeatures,
    ItemStatistics,
    item_features,
    item_price,
    item_statistics,
    shrunk,
    total_statistics,
)
from tests.features.one_customer import Customer, customers
from tests.small_shop import events, history, items, moment, random_events, stored

CUTOFF = moment("2024-11-05T07:30Z")
EVENTS = random_events(5, 900)
DESCRIBED = items(("i0", "tea", "5.00"), ("i1", "tea", None), ("i2", None, "12.50"), ("unsold", "tea", "7.00"))
TIMEZONE = "Asia/Shanghai"


@pytest.fixture(scope="module")
def crowd() -> History:
    """Everyone in the random events."""
    return history(EVENTS, CUTOFF, DESCRIBED, TIMEZONE)


@pytest.fixture(scope="module")
def people() -> dict[str, Customer]:
    """The same, in plain Python."""
    return customers(EVENTS, CUTOFF, DESCRIBED, TIMEZONE)


def equal(one: ItemStatistics, other: ItemStatistics) -> None:
    for field in fields(ItemStatistics):
        np.testing.assert_allclose(getattr(one, field.name), getattr(other, field.name), rtol=1e-9, err_msg=field.name)


def features_of(*rows: Any, described: Any = None) -> ItemFeatures:
    known = history(events(*rows), moment("2025-03-11T00:00Z"), described)
    return item_features(item_statistics(known), known.catalogue)


def test_counts_by_window(crowd: History, people: dict[str, Customer]) -> None:
    """Events of every item are counted by kind in each nested window and in all time."""
    expected = np.zeros((len(crowd.catalogue), len(KINDS), len(ITEM_WINDOW_DAYS) + 1))
    code = {name: place for place, name in enumerate(crowd.catalogue.ids.to_pylist())}
    for customer in people.values():
        for deed in customer.deeds:
            for place, days in enumerate([*ITEM_WINDOW_DAYS, math.inf]):
                expected[code[deed.item], KINDS.index(deed.kind), place] += customer.age(deed) <= days
    np.testing.assert_array_equal(item_statistics(crowd).counts, expected)
    assert expected[:, :, 0].sum() > 0, "the narrowest window is not empty"


def test_trend_halves_in_a_week(crowd: History, people: dict[str, Customer]) -> None:
    """Each event weighs 1 when it happens and half a week later."""
    expected = np.zeros((len(crowd.catalogue), len(KINDS)))
    code = {name: place for place, name in enumerate(crowd.catalogue.ids.to_pylist())}
    for customer in people.values():
        for deed in customer.deeds:
            expected[code[deed.item], KINDS.index(deed.kind)] += 0.5 ** (customer.age(deed) / 7)
    np.testing.assert_allclose(item_statistics(crowd).decayed, expected, rtol=1e-9)


def test_distinct_people(crowd: History, people: dict[str, Customer]) -> None:
    """Someone who does the same with an item many times is one person."""
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name, customer in people.items():
        for deed in customer.deeds:
            names[deed.item, deed.kind].add(name)
    expected = [[len(names[item, kind]) for kind in KINDS] for item in crowd.catalogue.ids.to_pylist()]
    np.testing.assert_array_equal(item_statistics(crowd).people, expected)


def test_repeat_buyers_and_gaps(crowd: History, people: dict[str, Customer]) -> None:
    """Repeat buyers bought on two of the shop's days or more; gaps run between the first purchases of those days."""
    repeats: dict[str, int] = defaultdict(int)
    gaps: dict[str, list[float]] = defaultdict(list)
    for customer in people.values():
        for item in crowd.catalogue.ids.to_pylist():
            first: dict[object, float] = {}
            for deed in customer.of("purchase"):
                if deed.item == item:
                    first.setdefault(deed.day, customer.age(deed))
            ages = list(first.values())
            repeats[item] += len(ages) > 1
            gaps[item] += [older - newer for older, newer in pairwise(ages)]
    found, ids = item_statistics(crowd), crowd.catalogue.ids.to_pylist()
    np.testing.assert_array_equal(found.repeat_buyers, [repeats[item] for item in ids])
    np.testing.assert_array_equal(found.gap_count, [len(gaps[item]) for item in ids])
    np.testing.assert_allclose(found.gap_sum_days, [sum(gaps[item]) for item in ids], rtol=1e-9)
    assert found.gap_count.sum() > 50


def test_prices_and_first_age(crowd: History, people: dict[str, Customer]) -> None:
    """Prices shown are summed where there are any, and the age is that of the first event."""
    prices: dict[str, list[float]] = defaultdict(list)
    ages: dict[str, list[float]] = defaultdict(list)
    for customer in people.values():
        for deed in customer.deeds:
            ages[deed.item].append(customer.age(deed))
            if deed.unit_price is not None:
                prices[deed.item].append(deed.unit_price)
    found, ids = item_statistics(crowd), crowd.catalogue.ids.to_pylist()
    np.testing.assert_allclose(found.price_sum, [sum(prices[item]) for item in ids], rtol=1e-6)
    np.testing.assert_array_equal(found.price_count, [len(prices[item]) for item in ids])
    np.testing.assert_allclose(found.first_age_days, [max(ages[item], default=0) for item in ids], rtol=1e-9)


def test_buckets_add_up(tmp_path: Path) -> None:
    """The statistics of five buckets, some of them empty, add up to those of one."""
    found = {}
    for buckets in (1, 5):
        behaviour = Behaviour.of(stored(tmp_path / str(buckets), EVENTS, TIMEZONE, buckets, DESCRIBED))
        catalogue = behaviour.catalogue(CUTOFF)
        parts = list(behaviour.map_histories(lambda _, known: item_statistics(known), CUTOFF, catalogue))
        assert len(parts) == buckets
        found[buckets] = total_statistics(parts)
    equal(found[5], found[1])


def test_no_events() -> None:
    """Items that nobody touched have counts of zero, rates of zero and no repurchase gap."""
    known = history(events(), CUTOFF, DESCRIBED)
    found = item_features(item_statistics(known), known.catalogue)
    assert found.values.shape == (4, len(found.names))
    for name in ("item_view_count_all", "item_purchase_trend", "item_cart_per_view", "item_age_days"):
        assert found.column(name).tolist() == [0.0] * 4, name
    assert np.isnan(found.column("item_repurchase_gap_days")).all()


def test_no_items() -> None:
    """A shop without events and items has an empty table with all its columns."""
    known = history(events(), CUTOFF)
    found = item_features(item_statistics(known), known.catalogue)
    assert found.values.shape == (0, len(found.names))
    assert found.to_pandas(known.catalogue).empty


def test_no_categories_and_no_prices() -> None:
    """Without categories and prices, price and price level are missing and nothing else is."""
    found = features_of(("anna", "view", "tea", "2025-03-10T00:00Z"), ("anna", "cart", "cup", "2025-03-10T00:00Z"))
    assert np.isnan(found.column("item_price")).all()
    assert np.isnan(found.column("item_price_level")).all()
    assert found.column("item_view_count_all").tolist() == [0, 1]
    missing = {name for name in found.names if np.isnan(found.column(name)).any()}
    assert missing == {"item_price", "item_price_level", "item_repurchase_gap_days"}


def test_list_price_before_seen_prices() -> None:
    """An item's price is its list price, else the mean of the prices seen, else missing."""
    table = events(
        ("anna", "purchase", "listed", "2025-03-10T00:00Z", {"unit_price": "1.00"}),
        ("anna", "purchase", "seen", "2025-03-10T00:00Z", {"unit_price": "2.00"}),
        ("bo", "view", "seen", "2025-03-10T00:00Z", {"unit_price": "5.00"}),
        ("bo", "view", "unpriced", "2025-03-10T00:00Z"),
    )
    known = history(table, moment("2025-03-11T00:00Z"), items(("listed", None, "9.00")))
    prices = item_price(item_statistics(known), known.catalogue)
    np.testing.assert_allclose(prices, [9.0, 3.5, np.nan])


def test_a_worked_repurchase_cycle() -> None:
    """Tea bought on the 1st, twice on the 3rd and on the 9th has gaps of two and six days, four on average."""
    found = features_of(
        ("anna", "purchase", "tea", "2025-03-01T12:00Z"),
        ("anna", "purchase", "tea", "2025-03-03T12:00Z"),
        ("anna", "purchase", "tea", "2025-03-03T20:00Z"),
        ("anna", "purchase", "tea", "2025-03-09T12:00Z"),
        ("bo", "purchase", "tea", "2025-03-09T12:00Z"),
    )
    assert found.column("item_repurchase_gap_days").tolist() == [4.0]
    assert found.column("item_buyer_count").tolist() == [2.0]
    assert found.column("item_purchase_count_3d").tolist() == [2.0]
    # One repeat buyer of two, and the shop's rate is that too.
    assert found.column("item_repeat_buyer_share").tolist() == [0.5]
    assert found.column("item_age_days").tolist() == [9.5]


def test_shrunk_rates() -> None:
    """A rate is drawn towards the rate of all items, the more the fewer cases it rests on."""
    part, whole = np.array([90.0, 0.0, 10.0]), np.array([100.0, 0.0, 100.0])
    np.testing.assert_allclose(shrunk(part, whole), [95 / 110, 0.5, 15 / 110])
    assert shrunk(np.zeros(2), np.zeros(2)).tolist() == [0.0, 0.0]


def test_price_level_within_the_category() -> None:
    """An item at its category's median price has level 0, one at twice the price log 2."""
    described = items(("a", "tea", "5.00"), ("b", "tea", "10.00"), ("c", "tea", "20.00"), ("d", "cups", "99.00"))
    found = features_of(described=described)
    np.testing.assert_allclose(found.column("item_price_level"), [-math.log(2), 0, math.log(2), 0], atol=1e-6)


def test_frame_for_people(crowd: History) -> None:
    """As a frame the table is indexed by item id and keeps every number."""
    found = item_features(item_statistics(crowd), crowd.catalogue)
    frame = found.to_pandas(crowd.catalogue)
    assert frame.index.to_list() == crowd.catalogue.ids.to_pylist()
    assert frame["item_view_count_30d"].to_list() == found.column("item_view_count_30d").tolist()


def test_catalogue_of_unsold_items(crowd: History) -> None:
    """Items that are described but were never touched are in the table as well."""
    catalogue: Catalogue = crowd.catalogue
    code = catalogue.ids.to_pylist().index("unsold")
    found = item_features(item_statistics(crowd), catalogue)
    assert found.column("item_view_count_all")[code] == 0
    assert found.column("item_price")[code] == 7


def test_relative_counts_mean_the_same_in_a_larger_shop() -> None:
    """A shop in which everything happens three times as often has the same relative counts and other features."""
    names = ("item_view_count_7d", "item_purchase_trend", "item_price", "item_age_days")
    values = np.array([[2, 0, 9.5, 3], [4, 0, 20, 5], [0, 0, np.nan, 8]], dtype=np.float32)
    small = ItemFeatures(names, values)
    larger = ItemFeatures(names, values * np.array([3, 3, 1, 1], dtype=np.float32))
    np.testing.assert_allclose(small.relative().values, larger.relative().values)
    np.testing.assert_allclose(small.relative().column("item_view_count_7d"), [2 / 3, 4 / 3, 0])
    np.testing.assert_array_equal(small.relative().values[:, 2:], values[:, 2:])
    np.testing.assert_array_equal(small.values, values, "the table itself is as it was")
