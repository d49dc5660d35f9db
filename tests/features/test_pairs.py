"""Pairs: what a customer did with an item and how well it fits, against numbers worked out by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from features import pairs
from features.behaviour import Behaviour
from features.customers import customer_features
from features.events.event import bucket_of
from features.history import History
from features.items import ItemFeatures, item_features, item_statistics, total_statistics
from features.pairs import TOUCH_KINDS, Touches, pair_features
from tests.small_shop import events, history, items, moment, random_events, stored

CUTOFF = moment("2025-03-11T00:00Z")
DESCRIBED = items(
    ("cup", "kitchen", "8.00", {"brand": "Bo"}),
    ("kettle", "kitchen", "40.00"),
    ("tea", "drinks", "5.00", {"brand": "Bo"}),
    ("water", "drinks", "1.00"),
)
EVENTS = events(
    ("anna", "view", "cup", "2025-03-04T00:00Z"),
    ("anna", "view", "cup", "2025-03-09T00:00Z"),
    ("anna", "cart", "cup", "2025-03-10T00:00Z"),
    ("anna", "favorite", "tea", "2025-03-04T00:00Z"),
    ("anna", "view", "loose", "2025-03-10T12:00Z"),
    ("bo", "cart", "kettle", "2025-03-08T00:00Z"),
    ("bo", "purchase", "kettle", "2025-03-09T00:00Z", {"unit_price": "32.00"}),
    ("bo", "cart", "tea", "2025-03-09T00:00Z"),
    ("bo", "uncart", "tea", "2025-03-10T00:00Z"),
    ("bo", "return", "water", "2025-03-10T00:00Z"),
)
NAMES = ("anna", "bo")


@pytest.fixture(scope="module")
def known() -> History:
    """Anna, who looks around, and Bo, who bought a kettle."""
    return history(EVENTS, CUTOFF, DESCRIBED)


def pairs_of(known: History, *wanted: tuple[str, str]) -> dict[str, list[float]]:
    """Every column of the wanted pairs."""
    customer = np.array([known.customer_ids.to_pylist().index(name) for name, _ in wanted], dtype=np.int64)
    item = known.catalogue.codes(pa.array([name for _, name in wanted], pa.string())).astype(np.int64)
    found = item_features(item_statistics(known), known.catalogue)
    columns = pair_features(Touches.of(known), customer_features(known), found, customer, item)
    return {name: column.tolist() for name, column in columns.items()}


def test_touches_by_kind(known: History) -> None:
    """A pair counts views, favourites, carts and purchases; taking out and sending back are no touches."""
    touches = Touches.of(known)
    ids = known.catalogue.ids.to_pylist()
    found = {
        (NAMES[who], ids[item]): row.tolist()
        for who, item, row in zip(touches.customer, touches.item, touches.counts, strict=True)
    }
    assert tuple(TOUCH_KINDS) == ("view", "favorite", "cart", "purchase")
    assert found == {
        ("anna", "cup"): [2, 0, 1, 0],
        ("anna", "loose"): [1, 0, 0, 0],
        ("anna", "tea"): [0, 1, 0, 0],
        ("bo", "kettle"): [0, 0, 1, 1],
        ("bo", "tea"): [0, 0, 1, 0],
    }


def test_ages_are_of_the_newest(known: History) -> None:
    """The age of each kind is that of its newest event, missing where there was none."""
    touches = Touches.of(known)
    np.testing.assert_array_equal(touches.ages_days[0], [2, np.nan, 1, np.nan])
    np.testing.assert_array_equal(touches.ages_days[3], [np.nan, np.nan, 3, 2])


def test_weights_by_hand(known: History) -> None:
    """A view weighs 1, a favourite 2, a cart 3 and a purchase 1, halved with every half-life."""
    weights = Touches.of(known).weight(half_life_days=1.0)
    by_hand = [1 / 128 + 1 / 4 + 3 / 2, 0.5**0.5, 2 / 128, 3 / 8 + 1 / 4, 3 / 4]
    np.testing.assert_allclose(weights, by_hand)


def test_find(known: History) -> None:
    """A touched pair is found at its place; untouched ones, the last item's too, are not."""
    touches = Touches.of(known)
    place, found = touches.find(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 4]))
    assert found.tolist() == [True, False, True, False]
    assert (touches.key[place[found]] == [0, 1 * 5 + 1]).all()


def test_what_is_held(known: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pairs that are there are found whether they are looked up or searched for, and another question anew."""
    touches = Touches.of(known)
    customer, item = np.divmod(np.arange(len(known) * len(known.catalogue)), len(known.catalogue))
    expected = np.isin(customer * len(known.catalogue) + item, touches.key)
    assert expected.any()
    np.testing.assert_array_equal(touches.hold(customer, item), expected)
    np.testing.assert_array_equal(touches.find(customer, item)[1], expected)
    np.testing.assert_array_equal(touches.find(customer[::-1], item[::-1])[1], expected[::-1])
    monkeypatch.setattr(pairs, "MOST_CELLS", 0)
    np.testing.assert_array_equal(Touches.of(known).hold(customer, item), expected)


def test_own_touches(known: History) -> None:
    """Counts of an untouched pair are zero and its ages are missing."""
    columns = pairs_of(known, ("anna", "cup"), ("anna", "kettle"))
    assert columns["pair_view_count"] == [2, 0]
    assert columns["pair_days_since_cart"][0] == 1
    assert columns["pair_days_since_any"][0] == 1
    assert math.isnan(columns["pair_days_since_any"][1])


def test_open_cart_ages(known: History) -> None:
    """What lies in the cart has the age of its carting; bought or taken out, it has none."""
    columns = pairs_of(known, ("anna", "cup"), ("bo", "kettle"), ("bo", "tea"), ("anna", "tea"))
    np.testing.assert_array_equal(columns["pair_open_cart_days"], [1, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(columns["pair_open_favorite_days"], [np.nan, np.nan, np.nan, 7])


def test_affinity_to_category_and_brand(known: History) -> None:
    """The share is of all recent interest, halved in a week; the days are since the newest touch of the group."""
    columns = pairs_of(known, ("anna", "kettle"), ("anna", "water"), ("bo", "cup"))
    cup = 1 / 2 + 0.5 ** (2 / 7) + 3 * 0.5 ** (1 / 7)
    loose, tea = 0.5 ** (0.5 / 7), 2 / 2
    total = cup + loose + tea
    kettle, carted_tea = 3 * 0.5 ** (3 / 7) + 0.5 ** (2 / 7), 3 * 0.5 ** (2 / 7)
    shares = [cup / total, tea / total, kettle / (kettle + carted_tea)]
    np.testing.assert_allclose(columns["pair_category_share"], shares)
    assert columns["pair_category_days"] == [1, 7, 2]
    # Kettle and water have no brand; of what Bo touched only the tea is of Bo's brand.
    np.testing.assert_allclose(columns["pair_brand_share"], [np.nan, np.nan, carted_tea / (kettle + carted_tea)])


def test_unknown_and_untouched_categories(known: History) -> None:
    """An item without a category has no share; a category that the customer never touched has a share of zero."""
    columns = pairs_of(known, ("anna", "loose"), ("bo", "loose"))
    assert np.isnan(columns["pair_category_share"]).all()
    alone = history(events(("bo", "view", "cup", "2025-03-10T00:00Z")), CUTOFF, DESCRIBED)
    columns = pairs_of(alone, ("bo", "tea"))
    assert columns["pair_category_share"] == [0.0]
    assert math.isnan(columns["pair_category_days"][0])


def test_no_categories_at_all() -> None:
    """Without any description, every affinity and price is missing and the touches are there."""
    known = history(EVENTS, CUTOFF)
    columns = pairs_of(known, ("anna", "cup"), ("bo", "cup"))
    for name in ("pair_category_share", "pair_brand_share", "pair_category_days"):
        assert np.isnan(columns[name]).all(), name
    assert math.isnan(columns["pair_price_over_viewed"][0])
    assert columns["pair_view_count"] == [2, 0]


def test_prices_against_the_customers_own(known: History) -> None:
    """Prices are compared by the logarithm of their ratio, levels by their difference."""
    columns = pairs_of(known, ("bo", "cup"), ("anna", "kettle"), ("anna", "loose"))
    assert columns["pair_price_over_bought"][0] == pytest.approx(math.log(8 / 32), rel=1e-6)
    assert columns["pair_price_over_viewed"][1] == pytest.approx(math.log(40 / 8), rel=1e-6)
    assert math.isnan(columns["pair_price_over_viewed"][2]), "loose has no price"
    middle = (math.log(8) + math.log(40)) / 2
    cheap = math.log(8) - middle
    dear_tea = math.log(5) - (math.log(5) + math.log(1)) / 2
    anna = (3 * cheap + dear_tea) / 4
    assert columns["pair_price_level_distance"][1] == pytest.approx(-cheap - anna, rel=1e-5)


def test_due_again() -> None:
    """Five days after a purchase of what is bought every ten days, half of the cycle has passed."""
    bought = [("anna", "purchase", "tea", f"2025-{day}T00:00Z") for day in ("02-14", "02-24", "03-06")]
    columns = pairs_of(history(events(*bought), CUTOFF, DESCRIBED), ("anna", "tea"), ("anna", "cup"))
    assert columns["pair_repurchase_due"][0] == pytest.approx(0.5)
    assert math.isnan(columns["pair_repurchase_due"][1])


def test_customer_and_item_columns_are_repeated(known: History) -> None:
    """Each pair carries the numbers of its customer and of its item."""
    columns = pairs_of(known, ("anna", "cup"), ("bo", "cup"))
    assert columns["customer_open_cart_count"] == [1, 0]
    assert columns["item_cart_count_all"] == [1, 1]


def test_alone_equals_in_the_crowd(tmp_path: Path) -> None:
    """One customer's pairs have the same numbers alone as among everybody."""
    cutoff = moment("2024-11-05T07:30Z")
    behaviour = Behaviour.of(stored(tmp_path, random_events(9, 600), buckets=3, described=DESCRIBED))
    catalogue = behaviour.catalogue(cutoff)
    crowd = list(behaviour.map_histories(lambda _, known: known, cutoff, catalogue))
    shared = item_features(total_statistics(item_statistics(part) for part in crowd), catalogue)
    seen = 0
    for part in crowd:
        together = all_pairs(part, shared)
        for place, name in enumerate(part.customer_ids.to_pylist()):
            table = behaviour.reader.customer(bucket_of(name, 3), name, before=cutoff)
            alone = all_pairs(History.before(table, cutoff, catalogue), shared)
            rows = slice(place * len(catalogue), (place + 1) * len(catalogue))
            for column, values in alone.items():
                np.testing.assert_array_equal(values, together[column][rows], err_msg=column)
            seen += 1
    assert seen == 12


def all_pairs(known: History, shared: ItemFeatures) -> dict[str, np.ndarray]:
    """Every customer with every item."""
    customer = np.repeat(np.arange(len(known)), len(known.catalogue))
    item = np.tile(np.arange(len(known.catalogue)), len(known))
    return dict(pair_features(Touches.of(known), customer_features(known), shared, customer, item))


def test_empty_history() -> None:
    """Without events there are no touches, nothing is found, and every column is empty."""
    known = history(events(), CUTOFF, DESCRIBED)
    touches = Touches.of(known)
    assert (len(touches.key), len(touches.weight(7.0)), touches.counts.shape) == (0, 0, (0, 4))
    _, found = touches.find(np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.int64))
    assert not found.any()
    columns = pairs_of(known)
    assert {len(values) for values in columns.values()} == {0}
    assert "pair_category_share" in columns


def test_customer_without_touches() -> None:
    """A customer whose only event is a return has pairs with zero counts and nothing else."""
    known = history(events(("bo", "return", "tea", "2025-03-10T00:00Z")), CUTOFF, DESCRIBED)
    columns = pairs_of(known, ("bo", "tea"))
    assert columns["pair_view_count"] == [0]
    assert columns["pair_category_share"] == [0]
