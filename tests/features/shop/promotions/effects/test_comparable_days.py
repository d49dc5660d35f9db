"""What was to be expected of some days."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from features.arrays import Floats
from features.shop.promotions.calendar import Calendar
from features.shop.promotions.day_sorts import DaySorts
from features.shop.promotions.effects.comparable_days import AFTER_DAYS, AROUND_DAYS, BEFORE_DAYS, Comparable

DAYS = [date(2025, 1, 1) + timedelta(days=day) for day in range(240)]
SORTS = DaySorts.of(Calendar(), DAYS)
WEEK = np.array([0.9, 0.9, 1.0, 1.0, 1.1, 1.3, 0.8])


def steady(mean: float) -> Floats:
    """A number that its weekday alone decides."""
    return np.asarray(mean * WEEK[SORTS.weekday])


def test_ordinary_days_around_it_are_comparable() -> None:
    """Days just before and after it are left out, as are those far away."""
    found = Comparable.around(SORTS, 120, 122)
    assert found.days.min() == 120 - AROUND_DAYS
    assert found.days.max() == 122 + AROUND_DAYS
    assert not set(found.days) & set(range(120 - BEFORE_DAYS, 123 + AFTER_DAYS))


def test_days_of_other_sales_are_not_comparable() -> None:
    """Of a Chinese calendar neither 6.18 nor the week after it is there."""
    sorts = DaySorts.of(Calendar(("chinese",)), DAYS)
    assert not set(np.flatnonzero(~sorts.is_ordinary)) & set(Comparable.around(sorts, 120, 122).days)


def test_a_number_that_only_weekdays_move_is_expected_as_it_is() -> None:
    """A Saturday is expected as a Saturday, nearly exactly, and the interval is narrow."""
    values = steady(100)
    saturday = next(day for day in range(120, 130) if SORTS.weekday[day] == 5)
    found = Comparable.around(SORTS, 120, 122).expected(values, np.array([saturday]))
    assert found.value is not None
    assert abs(found.value - 130) < 3
    assert found.low is not None
    assert found.high is not None
    assert found.high - found.low < 10


def test_too_few_days_say_nothing() -> None:
    """Without four weeks of comparable days nothing is expected; of a long promotion no interval is given."""
    sorts = DaySorts.of(Calendar(), DAYS[:40])
    found = Comparable.around(sorts, 20, 22).expected(steady(100)[:40], np.array([20, 21, 22]))
    assert found.value is None
    long = Comparable.around(SORTS, 60, 200).expected(steady(100), np.arange(60, 201))
    assert long.value is not None
    assert long.low is None


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Of counts whose level wanders, where nothing happened, about 95 of 100 intervals hold what came."""
    rng = np.random.default_rng(5)
    held = []
    for _ in range(300):
        wandering = np.zeros(len(DAYS))
        for day in range(1, len(DAYS)):
            wandering[day] = 0.5 * wandering[day - 1] + rng.normal(0, 0.08)
        values = rng.poisson(steady(40) * np.exp(wandering)).astype(float)
        found = Comparable.around(SORTS, 120, 123).expected(values, np.arange(120, 124))
        assert found.low is not None
        assert found.high is not None
        held.append(found.low <= values[120:124].sum() <= found.high)
    assert 0.91 <= np.mean(held) <= 0.99
