"""Qixi from year to year."""

from __future__ import annotations

import itertools
from datetime import date

import pytest
from holidays.calendars.chinese import _ChineseLunisolar

from features.shop.promotions.qixi import qixi


@pytest.mark.parametrize("day", ["1998-08-28", "2012-08-23", "2020-08-25", "2023-08-22", "2024-08-10", "2025-08-29"])
def test_known_years(day: str) -> None:
    """Years that people remember, 2012 among them, whose new moon came six minutes before midnight."""
    told = date.fromisoformat(day)
    assert qixi(told.year) == told


def test_it_lies_a_month_and_eight_days_before_mid_autumn() -> None:
    """From 1990 to 2099 it is 37 or 38 days before the fifteenth of the eighth month, a leap month more in some."""
    calendar = _ChineseLunisolar()
    apart = {}
    for year in range(1990, 2100):
        day, mid_autumn = qixi(year), calendar.mid_autumn_date(year)[0]
        assert day is not None
        assert mid_autumn is not None
        apart[year] = (mid_autumn - day).days
    long = {year for year, days in apart.items() if days not in (37, 38)}
    assert long == {2006, 2044, 2063, 2082}  # the years whose seventh month comes twice
    assert {apart[year] for year in long} <= {66, 67, 68}


def test_two_years_lie_a_number_of_months_apart() -> None:
    """From one to the next are twelve or thirteen months of the moon."""
    days = [day for year in range(1990, 2100) if (day := qixi(year)) is not None]
    assert {(later - day).days for day, later in itertools.pairwise(days)} <= {354, 355, 383, 384, 385}


@pytest.mark.parametrize("year", [1989, 2100, 1])
def test_other_years_are_not_known(year: int) -> None:
    """Outside the table there is no day, and no error."""
    assert qixi(year) is None
