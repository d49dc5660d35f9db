"""Moments and days as numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from features.events.event import EPOCH
from features.moments import day_number, day_of, local_date, local_days, microseconds, moment_of


def test_microseconds_there_and_back() -> None:
    """They count from the beginning of 1970, and are exact before it as well."""
    last = datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    assert (microseconds(EPOCH), microseconds(last)) == (0, -1)
    assert (moment_of(0), moment_of(-1)) == (EPOCH, last)


def test_numbers_of_days_count_from_1970() -> None:
    """The first of January 1970 is day 0."""
    assert (day_number(date(1970, 1, 1)), day_number(date(2025, 1, 1))) == (0, 20_089)
    assert (day_of(0), day_of(20_089)) == (date(1970, 1, 1), date(2025, 1, 1))


def test_the_shops_date() -> None:
    """Where the sun rises first it is tomorrow already."""
    moment = datetime(2025, 3, 1, 20, tzinfo=UTC)
    assert local_date(moment, "Asia/Shanghai") == date(2025, 3, 2)
    assert local_date(moment, "America/New_York") == date(2025, 3, 1)


@pytest.mark.parametrize(
    ("moment", "timezone", "day"),
    [
        (datetime(2025, 3, 1, 15, 59, 59, tzinfo=UTC), "Asia/Shanghai", date(2025, 3, 1)),
        (datetime(2025, 3, 1, 16, tzinfo=UTC), "Asia/Shanghai", date(2025, 3, 2)),
        (datetime(2025, 3, 30, 22, 30, tzinfo=UTC), "Europe/Berlin", date(2025, 3, 31)),
        (datetime(2025, 1, 30, 22, 30, tzinfo=UTC), "Europe/Berlin", date(2025, 1, 30)),
        (datetime(1969, 12, 31, 12, tzinfo=UTC), "UTC", date(1969, 12, 31)),
    ],
)
def test_local_days(moment: datetime, timezone: str, day: date) -> None:
    """Clocks that change and moments before 1970 included, for many moments as for one."""
    assert local_days(np.array([microseconds(moment)]), timezone).tolist() == [day_number(day)]
    assert local_date(moment, timezone) == day


def test_no_moments() -> None:
    """None are none."""
    assert len(local_days(np.zeros(0, dtype=np.int64), "UTC")) == 0
