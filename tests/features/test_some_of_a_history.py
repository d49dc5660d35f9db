"""Some customers of a history, a run of them or chosen ones, are what they are alone."""

from __future__ import annotations

import numpy as np
import pytest

from features.customers import customer_features
from features.history import EVENT_ARRAYS, History
from tests.small_shop import history, moment, random_events


def test_a_part_is_what_these_customers_are_alone() -> None:
    """Some customers of a history have the features that they have among all, whatever part they come in."""
    whole = history(random_events(11, 300), moment("2024-12-01T00:00Z"))
    everyone = customer_features(whole).values
    for start, stop in ((0, 1), (2, 5), (3, len(whole) + 9), (len(whole), len(whole) + 1)):
        part = whole.part(start, stop)
        assert part.customer_ids.equals(whole.customer_ids.slice(start, stop - start))
        np.testing.assert_array_equal(customer_features(part).values, everyone[start:stop])


@pytest.mark.parametrize("customers", [[], [0], [2, 3, 9], list(range(12))])
def test_the_chosen_are_what_they_are_alone(customers: list[int]) -> None:
    """Customers that were chosen have the ids, the events and the features that they have among all."""
    whole = history(random_events(11, 300), moment("2024-12-01T00:00Z"))
    assert len(whole) == 12
    chosen = whole.chosen(np.array(customers, dtype=np.int64))
    assert chosen.customer_ids.to_pylist() == [whole.customer_ids[place].as_py() for place in customers]
    np.testing.assert_array_equal(customer_features(chosen).values, customer_features(whole).values[customers])
    for number, place in enumerate(customers):
        same_history(chosen.part(number, number + 1), whole.part(place, place + 1))
    if len(customers) == len(whole):
        same_history(chosen, whole)


def test_the_chosen_keep_their_orders() -> None:
    """Order ids go with their events, so that orders are the same lines as before."""
    whole = history(random_events(12, 300), moment("2024-12-01T00:00Z"))
    customers = np.array([1, 4, 5, 11])
    chosen, mine = whole.chosen(customers).orders, np.isin(whole.orders.customer, customers)
    assert mine.sum() > 20
    np.testing.assert_array_equal(customers[chosen.customer], whole.orders.customer[mine])
    for name in ("age_days", "local_day", "value", "lines"):
        np.testing.assert_array_equal(getattr(chosen, name), getattr(whole.orders, name)[mine])


def same_history(one: History, other: History) -> None:
    """The same customers with the same events, and nothing that an event says is left out."""
    assert one.customer_ids.equals(other.customer_ids)
    assert list(one.order_id) == list(other.order_id)
    for name in ("boundaries", *EVENT_ARRAYS):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
