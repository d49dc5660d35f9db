"""Which numbers of a day are odd."""

from __future__ import annotations

import numpy as np
import pytest

from features.false_discoveries import false_discoveries_held
from features.shop.alerts.checked_numbers import Checked, CheckedNumbers
from features.shop.alerts.odd_days import FALSE_DAYS, OddDays
from features.shop.promotions.day_sorts import DaySorts
from tests.features.shop.alerts.quiet_shop import CALENDAR, planted, quiet_numbers


def test_few_false_alarms_in_quiet_years() -> None:
    """Three quiet shops with twelve numbers each have an alarm on at most one day in a hundred, as is promised."""
    days = 0
    for seed in (1, 2, 3):
        odd = OddDays.of(quiet_numbers(seed, numbers=12), CALENDAR)
        days += sum(len(odd.odd(day)) > 0 for day in range(100, 500))
    assert days <= 3 * 400 * FALSE_DAYS


@pytest.mark.parametrize("factor", [0.3, 2.2])
def test_planted_drops_and_spikes_are_found(factor: float) -> None:
    """A number of sixty a day that falls to a third, or doubles, on an ordinary day is found almost always."""
    numbers = quiet_numbers(4)
    is_ordinary = DaySorts.of(CALENDAR, numbers.days).is_ordinary
    found = []
    for day in (day for day in range(210, 490, 17) if is_ordinary[day]):
        known = slice(day - 200, day + 1)
        newest = CheckedNumbers(numbers.checked, numbers.values[:, known], numbers.days[known])
        found.append(2 in OddDays.of(planted(newest, 2, 200, factor), CALENDAR).odd(200))
    assert np.mean(found) >= 0.9


def test_the_oddest_comes_first_and_days_in_a_row_are_counted() -> None:
    """Of two odd numbers the odder is told first; one that was odd the day before as well is in its second day."""
    numbers = planted(planted(planted(quiet_numbers(5), 1, 445, 0.2), 1, 446, 0.2), 3, 446, 5)
    odd = OddDays.of(numbers, CALENDAR)
    assert odd.odd(446).tolist() == [3, 1]
    assert (odd.running_days(1, 446), odd.running_days(3, 446)) == (2, 1)


def test_money_is_judged_only_with_enough_orders() -> None:
    """Revenue of a channel with two orders a day is not judged, that of one with sixty is."""
    orders, few = quiet_numbers(6, numbers=1), quiet_numbers(7, numbers=1, mean=2)
    checked = tuple(Checked(name, "channel", group) for group in "ab" for name in ("orders", "net_revenue"))
    values = np.concatenate([orders.values, orders.values * 20, few.values, few.values * 900])
    odd = OddDays.of(CheckedNumbers(checked, values, orders.days), CALENDAR)
    judged = np.isfinite(odd.p_values).any(axis=1)
    assert judged.tolist() == [True, True, False, False]


def test_false_discoveries_are_held() -> None:
    """The example of Benjamini and Hochberg (1995): of fifteen p-values the four smallest count at 5 %."""
    chance = np.array([0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240])
    chance = np.concatenate([chance, [0.4262, 0.5719, 0.6528, 0.7590, 1.0], [np.nan]])
    assert np.flatnonzero(false_discoveries_held(chance, 0.05)).tolist() == [0, 1, 2, 3]
    assert not false_discoveries_held(np.array([np.nan]), 0.05).any()
