"""Traits: the numbers by which customers are compared, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from features.customers import customer_features
from features.history import History
from tests.small_shop import events, history, items, moment
from training.customers.alike.tastes import Tastes
from training.customers.alike.traits import DAY_PARTS, DOUBT, NUMBERS, Traits, trait_of

AT = moment("2025-03-03T00:00Z")
ITEMS = items(("tea", "drinks", 5), ("cup", "kitchen", 9))
TASTES = (Tastes("category", ("kitchen", "drinks")),)
EVENTS = (
    ("anna", "view", "tea", "2025-03-01T07:30Z"),  # a Saturday morning
    ("anna", "view", "cup", "2025-03-01T23:30Z"),
    ("anna", "view", "cup", "2025-02-28T02:00Z"),
    ("anna", "purchase", "cup", "2025-02-28T12:00Z", {"unit_price": 8, "order_id": "1"}),
    ("glance", "view", "tea", "2025-03-01T10:00Z"),
    ("sends back", "purchase", "cup", "2025-02-01T10:00Z", {"unit_price": 9, "order_id": "2"}),
    ("sends back", "return", "cup", "2025-02-02T10:00Z", {"unit_price": 9, "order_id": "2", "quantity": 2}),
    *(("stroller", "view", "tea", f"2025-02-0{day}T10:00Z") for day in range(1, 6)),
)


@pytest.fixture(scope="module")
def known() -> History:
    return history(events(*EVENTS), AT, ITEMS)


@pytest.fixture(scope="module")
def traits(known: History) -> Traits:
    return Traits.of(known, customer_features(known), TASTES)


def of(traits: Traits, known: History, who: str, name: str, field: str = "values") -> float:
    row = known.customer_ids.to_pylist().index(who)
    return float(getattr(traits, field)[row, traits.names.index(name)])


def test_parts_of_the_day(traits: Traits, known: History) -> None:
    """Anna looked once in the morning, twice at night (on both sides of midnight) and bought at midday."""
    shares = {part: of(traits, known, "anna", f"{part}_share") for part in DAY_PARTS}
    assert shares == {"morning": 0.25, "midday": 0.25, "afternoon": 0.0, "evening": 0.0, "night": 0.5}
    assert of(traits, known, "anna", "weekend_share") == 0.5


def test_every_hour_is_in_one_part() -> None:
    """The parts of the day hold its 24 hours once."""
    hours = [hour % 24 for first, end in DAY_PARTS.values() for hour in range(first, end if end > first else end + 24)]
    assert sorted(hours) == list(range(24))


def test_plain_numbers(traits: Traits, known: History) -> None:
    """Orders, views on a visit day and shares of interest are what can be counted in the events."""
    assert of(traits, known, "anna", "order_count_all") == 1
    assert of(traits, known, "anna", "views_per_visit_day") == 1.5
    assert of(traits, known, "anna", "category 0") == pytest.approx(8 / 9)
    assert of(traits, known, "anna", "discounted_share") == 1
    assert np.isnan(of(traits, known, "stroller", "order_value_mean"))


def test_more_sent_back_than_bought_is_no_negative_spend(traits: Traits, known: History) -> None:
    """Net spend below nothing is nothing here: a logarithm is taken of it."""
    assert of(traits, known, "sends back", "net_spend_all") == 0


def test_shares_are_trusted_by_what_told_them(traits: Traits, known: History) -> None:
    """A share of four events is trusted 4 / 7, of interest 9 / 12, of one purchase 1 / 4; counts are what they are."""
    assert of(traits, known, "anna", "evening_share", "trust") == pytest.approx(4 / (4 + DOUBT))
    assert of(traits, known, "anna", "category 1", "trust") == pytest.approx(9 / (9 + DOUBT))
    assert of(traits, known, "anna", "discounted_share", "trust") == pytest.approx(1 / (1 + DOUBT))
    assert of(traits, known, "anna", "order_count_all", "trust") == 1


def test_who_is_known_well_enough(traits: Traits, known: History) -> None:
    """Who ordered once or did five things can be compared; one look says nothing."""
    assert dict(zip(known.customer_ids.to_pylist(), traits.known.tolist(), strict=True)) == {
        "anna": True,
        "glance": False,
        "sends back": True,
        "stroller": True,
    }


def test_alone_as_in_the_crowd(traits: Traits, known: History) -> None:
    """One customer's traits are the row of the whole shop's table."""
    for row in range(len(known)):
        part = known.part(row, row + 1)
        alone = Traits.of(part, customer_features(part), TASTES)
        for field in ("values", "trust"):
            np.testing.assert_array_equal(getattr(alone, field)[0], getattr(traits, field)[row])


def test_nobody_has_no_traits() -> None:
    """An empty history has an empty table with the same columns."""
    empty = history(events(), AT, ITEMS)
    found = Traits.of(empty, customer_features(empty), TASTES)
    assert len(found) == 0
    assert found.names == (*NUMBERS, "category 0", "category 1")


def test_parts_are_joined(traits: Traits) -> None:
    """Some rows and the rest give the table again."""
    both = Traits.joined([traits.take(np.array([0, 1])), traits.take(np.array([2, 3]))])
    np.testing.assert_array_equal(both.values, traits.values)
    np.testing.assert_array_equal(both.trust, traits.trust)
    np.testing.assert_array_equal(both.known, traits.known)


def test_every_trait_has_a_scale() -> None:
    """Traits of tastes are found by the kind in their names."""
    assert trait_of("category 17").concept == "category"
    assert {trait_of(name).scale for name in (*NUMBERS, "brand 0")} == {"log", "root", "plain"}
