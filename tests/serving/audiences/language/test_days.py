"""Days as filters name them."""

from __future__ import annotations

from datetime import date

import pytest

from features.errors import HuitouError
from features.moments import day_number, day_of
from serving.audiences.language.days import Day, Days
from serving.audiences.language.said import Said

TODAY = date(2024, 2, 29)
"""A Thursday."""


def on(text: str) -> str:
    """The day that a text means."""
    return day_of(Day.read(Said(text, "x")).on(TODAY)).isoformat()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", "2024-02-29"),
        ("today-29", "2024-01-31"),
        ("today+1", "2024-03-01"),
        ("start_of_week", "2024-02-26"),
        ("start_of_month-1", "2024-01-31"),
        ("start_of_year", "2024-01-01"),
        ("2023-12-31", "2023-12-31"),
        ("1969-12-31", "1969-12-31"),
    ],
)
def test_a_day(text: str, day: str) -> None:
    """Dates are themselves, relative ones count from today."""
    assert on(text) == day


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "today - 7", "today-7 ", "today-123456", "2024-2-1", "2024-02-30", "20240201", "today-٣"]
)
def test_what_is_no_day(text: str) -> None:
    """Only what is written as documented is a day."""
    with pytest.raises(HuitouError, match="^x must be a date such as 2026-03-31"):
        on(text)


def test_days_beyond_the_calendar() -> None:
    """There is no day before the year 1."""
    with pytest.raises(HuitouError, match="^x must be a day that there is"):
        Day.read(Said("0001-01-01", "x")).later(-1).on(TODAY)


def test_both_ends() -> None:
    """Both ends are included, an open end leaves nothing out, and the order must be right."""
    first, last = (Day.read(Said(text, "x")) for text in ("start_of_month", "today"))
    assert Days(Said(None, "x"), first, last).on(TODAY) == (day_number(date(2024, 2, 1)), day_number(TODAY))
    begin, end = Days(Said(None, "x")).on(TODAY)
    assert begin < day_number(date.min) + 1
    assert end > day_number(date.max) - 1
    with pytest.raises(HuitouError, match="2024-02-29 is later than 2024-02-01"):
        Days(Said("both", "x"), last, first).on(TODAY)
