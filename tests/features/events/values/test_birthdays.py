"""Birthdays: month and day, and nothing of the year."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.events.values.birthdays import NOT_A_BIRTHDAY, birthday, parse_birthdays


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1990-03-31", "03-31"),
        ("1990-03-31 00:00:00", "03-31"),
        ("1990/3/1", "03-01"),
        ("19900301", "03-01"),
        ("1990年3月1日", "03-01"),
        ("8月15日", "08-15"),
        ("02-29", "02-29"),
        ("--02-29", "02-29"),
        ("3/5", "03-05"),
        ("02-30", None),
        ("13-01", None),
        ("00-10", None),
        ("31.3.1990", None),
        ("tomorrow", None),
        ("1990-03-31'; drop table", None),
    ],
)
def test_how_birthdays_are_written(text: str, expected: str | None) -> None:
    """Year first, or month and day alone; what could be read in two ways, or is no day, is none."""
    assert birthday(text) == expected


@given(day=st.dates())
def test_every_day_of_a_calendar_is_read(day: date) -> None:
    """The year goes, month and day stay."""
    assert birthday(day.isoformat()) == birthday(f"{day:%m-%d}") == f"{day:%m-%d}"


@given(text=st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever is found is a day of a leap year."""
    found = birthday(text)
    assert found is None or date.fromisoformat(f"2024-{found}")


def test_a_column() -> None:
    """What is no birthday has its fault and becomes empty; what is empty has none."""
    parsed = parse_birthdays(pa.array(["03-31", None, "x"], pa.string()))
    assert parsed.values.to_pylist() == ["03-31", None, None]
    assert parsed.codes.tolist() == [0, 0, 1]
    assert parsed.faults == (NOT_A_BIRTHDAY,)
