"""What people have bought: orders with an item, how long ago, at which gaps, and how it stood before the last order."""

from __future__ import annotations

from datetime import timedelta
from math import log

import numpy as np
import pytest

from features.history import History
from tests.small_shop import EventRow, events, history, moment, random_events
from training.recommend.bought import Bought

CUTOFF = moment("2025-03-11T00:00Z")


def order(customer: str, days: float, *items: str) -> list[EventRow]:
    """An order so many days before the cutoff."""
    return [(customer, "purchase", item, CUTOFF - timedelta(days=days)) for item in items]


def known(*rows: EventRow) -> History:
    """What was known at the cutoff."""
    return history(events(*rows), CUTOFF)


ANNA = [*order("anna", 30, "tea", "cup"), *order("anna", 20, "tea", "tea"), *order("anna", 5, "pan")]
"""Three orders; cup, pan and tea are the items 0, 1 and 2."""


def test_by_hand() -> None:
    """Twice the same in one order counts once; orders and days since and gaps are those of the pair."""
    bought = Bought.of(known(*ANNA, ("anna", "view", "pan", CUTOFF - timedelta(days=1))))
    assert bought.item.tolist() == [0, 1, 2]
    assert bought.count.tolist() == [1, 1, 2]
    assert bought.since.tolist() == [2, 0, 1]
    assert bought.since_first.tolist() == [2, 0, 2]
    assert bought.days_since.tolist() == [30, 5, 20]
    np.testing.assert_allclose(bought.log_gap_sum, [0, 0, log(10)])
    np.testing.assert_allclose(bought.share(1.0), [1 / 3, 1 / 3, 2 / 3])
    np.testing.assert_allclose(bought.share(0.5), [0.25 / 1.75, 1 / 1.75, 0.75 / 1.75])


def test_found_once() -> None:
    """A history is searched for its purchases once, another one for its own."""
    first, second = known(*ANNA), known(*ANNA[:2])
    assert Bought.of(first) is Bought.of(first)
    assert len(Bought.of(second)) == 2


def test_before_the_newest_order() -> None:
    """Before their last order customers look as they did then, and it is told what that order held again."""
    rows = [*ANNA, *order("bo", 9, "tea"), *order("bo", 7, "tea"), *order("cy", 3, "cup")]
    earlier, taken = Bought.of(known(*rows)).before_newest()
    assert earlier.customer.tolist() == [0, 0, 1]
    assert earlier.item.tolist() == [0, 2, 2]
    assert taken.tolist() == [False, False, True]
    assert earlier.days_since.tolist() == [25, 15, 2]
    assert earlier.since.tolist() == [1, 0, 0]
    assert earlier.order_count.tolist() == [2, 1, 0]


def test_before_the_newest_order_is_the_history_before_it() -> None:
    """The same comes out when the newest order of a customer is left out of the events."""
    shorter = Bought.of(history(events(*ANNA), CUTOFF - timedelta(days=5)))
    earlier, _ = Bought.of(known(*ANNA)).before_newest()
    for name in ("count", "since", "since_first", "days_since", "log_gap_sum"):
        np.testing.assert_allclose(getattr(earlier, name), getattr(shorter, name), err_msg=name)


def test_find() -> None:
    """Wanted pairs are found where they were bought, and only there."""
    bought = Bought.of(known(*ANNA, *order("bo", 9, "tea")))
    place, found = bought.find(np.array([1, 1, 0]), np.array([2, 0, 1]))
    assert found.tolist() == [True, False, True]
    assert place[found].tolist() == [3, 1]


@pytest.mark.parametrize("seed", range(3))
def test_alone_equals_in_the_crowd(seed: int) -> None:
    """One customer alone has the pairs that they have among all."""
    past = history(random_events(seed, 300), moment("2025-01-01T00:00Z"))
    everyone = Bought.of(past)
    for place in range(len(past)):
        alone, mine = Bought.of(past.part(place, place + 1)), everyone.customer == place
        assert alone.item.tolist() == everyone.item[mine].tolist()
        for name in ("count", "since", "since_first", "days_since", "log_gap_sum"):
            np.testing.assert_allclose(getattr(alone, name), getattr(everyone, name)[mine], err_msg=name)
        np.testing.assert_allclose(alone.share(0.9), everyone.share(0.9)[mine])


def test_nothing_bought() -> None:
    """Who only looks has bought nothing, and nothing is found."""
    bought = Bought.of(known(("anna", "view", "tea", CUTOFF - timedelta(days=1))))
    earlier, taken = bought.before_newest()
    assert len(bought) == len(earlier) == len(taken) == 0
    assert bought.order_count.tolist() == [0]
    assert not bought.find(np.array([0]), np.array([0]))[1].any()
    assert len(bought.share(0.9)) == 0
