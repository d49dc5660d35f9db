"""Sorts of days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from features.shop.promotions.calendar import Calendar
from features.shop.promotions.day_sorts import AFTER_SALE, ON_HOLIDAY, ON_SALE, ORDINARY, DaySorts, over_until
from features.shop.promotions.promotion import Promotion


def sorts(first: date, days: int, calendar: Calendar | None = None) -> DaySorts:
    """The sorts of so many days of a Chinese calendar."""
    return DaySorts.of(calendar or Calendar(("chinese",)), [first + timedelta(days=day) for day in range(days)])


def test_a_sale_the_week_after_it_and_ordinary_days() -> None:
    """Double 11 has two days, the seven after it are apart, and then days are ordinary again."""
    found = sorts(date(2025, 11, 8), 13)
    assert found.sort.tolist() == [ORDINARY] * 2 + [ON_SALE] * 2 + [AFTER_SALE] * 7 + [ORDINARY] * 2
    assert {found.occasions[place].key for place in found.occasion[2:11]} == {"double_11"}
    assert found.occasion[0] == -1
    assert found.is_ordinary.sum() == 4


def test_a_sale_before_the_first_day_is_still_felt() -> None:
    """The days after a sale are told apart also where the sale itself lies before them."""
    assert sorts(date(2025, 11, 15), 5).sort.tolist() == [AFTER_SALE] * 4 + [ORDINARY]


def test_a_sale_counts_more_than_a_holiday_and_that_more_than_the_days_after() -> None:
    """A sale in the middle of the National Day holidays is a sale, the holidays after it are holidays."""
    own = Promotion("own:x", "sale", {"en": "x", "zh": "x"}, date(2025, 10, 2), date(2025, 10, 2))
    found = sorts(date(2025, 10, 1), 10, Calendar(("chinese",), (own,)))
    assert found.sort.tolist() == [ON_HOLIDAY, ON_SALE] + [ON_HOLIDAY] * 5 + [AFTER_SALE] * 2 + [ORDINARY]


def test_weekdays_begin_on_monday() -> None:
    """The third of November 2025 was a Monday."""
    assert sorts(date(2025, 11, 3), 8).weekday.tolist() == [0, 1, 2, 3, 4, 5, 6, 0]


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (datetime(2025, 3, 4, 15, 59, tzinfo=UTC), date(2025, 3, 4)),
        (datetime(2025, 3, 4, 16, tzinfo=UTC), date(2025, 3, 5)),
        (datetime(2025, 6, 1, tzinfo=UTC), date(2025, 3, 5)),
        (datetime(2024, 1, 1, tzinfo=UTC), date(2025, 3, 4)),
    ],
)
def test_the_newest_day_counts_once_it_is_over(now: datetime, until: date) -> None:
    """The fourth of March is over in Shanghai at 16:00 UTC; a clock behind the data takes the newest day as today."""
    assert over_until(now, "Asia/Shanghai", date(2025, 3, 5)) == until
