"""What is usual for a day."""

from __future__ import annotations

import numpy as np
import pytest

from features.shop.alerts.usual_days import UsualDays
from features.shop.promotions.calendar import Calendar
from features.shop.promotions.day_sorts import ON_SALE, DaySorts
from tests.features.shop.alerts.quiet_shop import CALENDAR, WEEK, planted, quiet_numbers

NUMBERS = quiet_numbers(1)
SORTS = DaySorts.of(CALENDAR, NUMBERS.days)
USUAL = UsualDays.of(NUMBERS.values, SORTS, NUMBERS.is_count)


def test_quiet_days_lie_one_deviation_off() -> None:
    """On ordinary days offsets are as a normal law's: centred, of deviation 1, few beyond 3."""
    offset = USUAL.offset[:, 100:][:, SORTS.is_ordinary[100:]]
    assert abs(np.mean(offset)) < 0.1
    assert 0.9 < np.std(offset) < 1.15
    assert np.mean(np.abs(offset) > 3) < 0.01


def test_weekdays_are_known() -> None:
    """A Saturday is expected to bring what Saturdays bring."""
    days = np.flatnonzero(SORTS.is_ordinary & (np.arange(len(NUMBERS.days)) > 200))
    parts = [np.nanmean(USUAL.expected[:, days[SORTS.weekday[days] == weekday]]) for weekday in range(7)]
    np.testing.assert_allclose(np.array(parts) / np.mean(parts), WEEK / WEEK.mean(), atol=0.06)


def test_later_days_change_nothing() -> None:
    """What was usual for a day is the same whatever came after it."""
    short = UsualDays.of(NUMBERS.values[:, :300], DaySorts.of(CALENDAR, NUMBERS.days[:300]), NUMBERS.is_count)
    for name in ("expected", "offset", "spread"):
        np.testing.assert_array_equal(getattr(short, name), getattr(USUAL, name)[:, :300])


def test_a_number_is_judged_by_itself() -> None:
    """One number alone has the same usual days as among others."""
    alone = UsualDays.of(NUMBERS.values[2:3], SORTS, NUMBERS.is_count[2:3])
    np.testing.assert_allclose(alone.expected[0], USUAL.expected[2])


def test_a_number_that_is_not_known_for_long_changes_no_other() -> None:
    """While nothing is known of one number, nothing is expected of it, and of the others what was."""
    values = NUMBERS.values.copy()
    values[0, :200] = np.nan
    found = UsualDays.of(values, SORTS, NUMBERS.is_count)
    assert np.isnan(found.expected[0, :200]).all()
    np.testing.assert_allclose(found.expected[1:], USUAL.expected[1:])


def test_a_wild_day_hardly_moves_what_is_usual() -> None:
    """A day ten times as high changes the days after it by less than a twelfth."""
    wild = UsualDays.of(planted(NUMBERS, 0, 300, 10).values, SORTS, NUMBERS.is_count)
    change = wild.expected[0, 301:330] / USUAL.expected[0, 301:330]
    assert np.nanmax(np.abs(change - 1)) < 1 / 12


def test_the_level_follows_a_lasting_change() -> None:
    """Eight weeks after a shop has doubled, the doubled numbers are usual."""
    values = NUMBERS.values.copy()
    values[:, 300:] *= 2
    found = UsualDays.of(values, SORTS, NUMBERS.is_count)
    assert np.nanmean(found.expected[:, 360:380] / values[:, 360:380]) == pytest.approx(1, abs=0.1)


def test_a_day_of_the_week_that_is_always_closed_is_expected_closed() -> None:
    """Of a shop without Sundays nothing is expected on one, and an empty one is not judged."""
    values = np.where(SORTS.weekday == 6, 0.0, NUMBERS.values)
    found = UsualDays.of(values, SORTS, NUMBERS.is_count)
    sundays = np.flatnonzero(SORTS.weekday == 6)[20:]
    assert not (np.abs(found.offset[:, sundays]) > 3).any()


def test_sales_are_learned_from_sales() -> None:
    """The first sale is expected like any day and with much doubt; later ones are expected higher, with less."""
    days = np.flatnonzero(SORTS.sort == ON_SALE)
    ordinary = UsualDays.of(NUMBERS.values, DaySorts.of(Calendar(), NUMBERS.days), NUMBERS.is_count)
    first, last = days[days > 60][0], days[-1]
    assert USUAL.expected[0, last] / ordinary.expected[0, last] > 1.3
    assert USUAL.expected[0, first] / ordinary.expected[0, first] < 1.3
    assert USUAL.spread[0, first] > USUAL.spread[0, last]


def test_small_numbers_and_short_histories_are_not_judged() -> None:
    """Numbers of a few a day and days of the first two months have no usual."""
    small = quiet_numbers(2, mean=2.0)
    found = UsualDays.of(small.values, DaySorts.of(CALENDAR, small.days), small.is_count)
    assert np.isnan(found.offset).mean() > 0.99
    assert np.isnan(USUAL.offset[:, :56]).all()


def test_the_usual_lies_around_what_is_expected() -> None:
    """Of quiet ordinary days about 95 of 100 lie between the ends."""
    days = np.flatnonzero(SORTS.is_ordinary & (np.arange(len(NUMBERS.days)) > 100))
    inside = []
    for day in days:
        low, high = USUAL.between(1, int(day), 1.96)
        inside.append(low <= NUMBERS.values[1, day] <= high)
        assert low < USUAL.expected[1, day] < high
    assert 0.91 < np.mean(inside) < 0.99
