"""The buyers whom a promotion won."""

from __future__ import annotations

import numpy as np
import pytest

from features.shop.promotions.effects.buyers import NEVER, Buyers
from features.shop.promotions.effects.one_time_buyers import OneTimeBuyers
from features.wilson import share_of


def buyers(*days: tuple[int, int]) -> Buyers:
    """Buyers by the days of their first and second orders."""
    first, second = (np.array(column) for column in zip(*days, strict=True))
    return Buyers(first, second, 0, np.zeros(0), 0.0)


PROMOTION, ORDINARY = np.array([100, 101]), np.array([50, 60, 150])


def test_who_comes_again_in_time_is_no_one_time_buyer() -> None:
    """A second order on day 90 counts, one a day later does not; buyers of other days are in neither group."""
    known = buyers((100, 190), (101, 192), (100, NEVER), (50, 60), (60, NEVER), (70, NEVER))
    found = OneTimeBuyers.of(known, PROMOTION, ORDINARY, 400)
    assert found == OneTimeBuyers(90, won=3, once=2, ordinary_won=2, ordinary_once=1)
    assert not found.can_be_told


def test_a_young_promotion_is_followed_for_as_long_as_there_is() -> None:
    """Both groups are followed for the same time; comparable days that cannot be are left out."""
    known = buyers((100, 120), (150, NEVER), (50, 71), (50, NEVER))
    found = OneTimeBuyers.of(known, PROMOTION, ORDINARY, 122)
    assert found == OneTimeBuyers(20, won=1, once=0, ordinary_won=2, ordinary_once=2)


def test_too_young_a_promotion_says_nothing() -> None:
    """Within two weeks nobody can be said to have come once only."""
    assert OneTimeBuyers.of(buyers((100, NEVER)), PROMOTION, ORDINARY, 115) is None


def test_the_difference_of_newcombes_example() -> None:
    """56 of 70 and 48 of 80: 0.2000, from 0.0524 to 0.3339 (Newcombe 1998, table II, method 10)."""
    found = OneTimeBuyers(90, won=70, once=56, ordinary_won=80, ordinary_once=48).difference
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_shares_of_nothing() -> None:
    """Without buyers there is no share and no difference."""
    assert share_of(0, 0).value is None
    assert OneTimeBuyers(90, 0, 0, 10, 5).difference.value is None
