"""Periods are half-open, and know the one before them and last year's."""

from __future__ import annotations

from datetime import date

import pytest

from features.errors import HuitouError
from features.shop.numbers.period import Period, compared, possible_day


def test_a_period_ends_before_its_last_day() -> None:
    """March has 31 days, the first of April not among them."""
    march = Period.parse("2025-03-01", "2025-04-01")
    assert march.days == 31
    assert march.of(date(2025, 3, 31))
    assert not march.of(date(2025, 4, 1))
    assert march.as_dict() == {"from": "2025-03-01", "to": "2025-04-01", "days": 31}


def test_the_previous_period_is_as_long() -> None:
    """The 31 days before March begin on 29 January."""
    assert Period.parse("2025-03-01", "2025-04-01").previous == Period.parse("2025-01-29", "2025-03-01")


@pytest.mark.parametrize(
    ("first", "until", "first_before", "until_before"),
    [
        ("2025-03-01", "2025-04-01", "2024-03-01", "2024-04-01"),
        ("2025-02-01", "2025-03-01", "2024-02-01", "2024-02-29"),
        ("2024-02-01", "2024-03-01", "2023-02-01", "2023-03-01"),
        ("2024-02-29", "2024-03-01", "2023-02-28", "2023-03-01"),
        ("2024-02-28", "2024-02-29", "2023-02-28", "2023-03-01"),
    ],
)
def test_last_year_holds_the_same_days(first: str, until: str, first_before: str, until_before: str) -> None:
    """Last year's first and last day have the same dates; 29 February becomes the 28th."""
    assert Period.parse(first, until).last_year == Period.parse(first_before, until_before)


def test_three_periods_are_compared() -> None:
    """A period is told beside the one before and last year's."""
    period = Period.last_days(7, date(2025, 3, 8))
    assert dict(compared(period)) == {"current": period, "previous": period.previous, "last_year": period.last_year}
    assert period == Period.parse("2025-03-01", "2025-03-08")


def test_days_in_common() -> None:
    """Two periods share the days that both have."""
    march, week = Period.parse("2025-03-01", "2025-04-01"), Period.parse("2025-03-30", "2025-04-06")
    assert (march.within(week), week.within(march), march.within(march.last_year)) == (2, 2, 0)


@pytest.mark.parametrize(
    ("first", "until", "said"),
    [
        (
            *("2025-03-02", "2025-03-02"),
            "the first day of a period must lie before the day it ends; got 2025-03-02 to 2025-03-02.",
        ),
        (
            *("1969-12-31", "1970-01-02"),
            "a period must not begin before 1970-01-01; got 1969-12-31 to 1970-01-02.",
        ),
        (
            *("2010-01-01", "2025-01-01"),
            "a period must not be longer than 3,660 days; got 2010-01-01 to 2025-01-01.",
        ),
        (
            *("March", "2025-04-01"),
            "from must be a day such as 2025-03-01; got 'March'. Write year, month and day.",
        ),
        (
            "2025-03-01",
            "2025-04-31",
            "to must be a day such as 2025-03-01; got '2025-04-31'. Write year, month and day.",
        ),
    ],
)
def test_impossible_periods(first: str, until: str, said: str) -> None:
    """An impossible range is refused, and the way out told."""
    with pytest.raises(HuitouError) as caught:
        Period.parse(first, until)
    way_out = "'to' is the day after the last one, so 2025-03-01 to 2025-04-01 is March."
    told = said if said.endswith("day.") else f"{said} {way_out}"
    assert (caught.value.message, caught.value.code) == (told, "bad_period")


def test_no_days_are_no_period() -> None:
    """The last days are at least one."""
    with pytest.raises(HuitouError, match="days must be between 1 and 3,660; got 0. Ask for 30 days"):
        Period.last_days(0, date(2025, 3, 1))


def test_days_that_no_shop_can_mean() -> None:
    """Days at the ends of the calendar, which have none before or after them, are refused in words."""
    assert possible_day("to", date(2025, 3, 1)) == date(2025, 3, 1)
    for day in (date.min, date(1969, 12, 31), date(2200, 1, 2), date.max):
        with pytest.raises(HuitouError, match=f"^to must lie between 1970-01-01 and 2200-01-01; got {day}. ") as raised:
            possible_day("to", day)
        assert raised.value.code == "bad_period"
