"""Periods: whole days of the shop, from a first day to before another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from features.errors import HuitouError

EARLIEST = date(1970, 1, 1)
"""No period that somebody asks for begins earlier; the one before it may."""

LATEST = date(2200, 1, 1)
"""No period that somebody asks for ends later."""

LONGEST_DAYS = 3_660
"""Ten years: who asks for more has mistyped a year."""


@dataclass(frozen=True)
class Period:
    """The days ``[first, until)`` in the shop's time zone."""

    first: date
    """The first day."""
    until: date
    """The day after the last one."""

    def __post_init__(self) -> None:
        if self.first >= self.until:
            raise _impossible("the first day of a period must lie before the day it ends", self)
        if self.days > LONGEST_DAYS:
            raise _impossible(f"a period must not be longer than {LONGEST_DAYS:,} days", self)

    @classmethod
    def parse(cls, first: str, until: str) -> Period:
        """The days from ``first`` to before ``until``, both as ``2025-03-01``; raises :class:`HuitouError`."""
        period = cls(_day("from", first), _day("to", until))
        if period.first < EARLIEST:
            raise _impossible(f"a period must not begin before {EARLIEST}", period)
        return period

    @classmethod
    def last_days(cls, days: int, until: date) -> Period:
        """The ``days`` days before ``until``; raises :class:`HuitouError` unless there is at least one."""
        if not 1 <= days <= LONGEST_DAYS:
            raise HuitouError(
                f"days must be between 1 and {LONGEST_DAYS:,}; got {days}. Ask for 30 days, or name the first one.",
                field="days",
                value=days,
            )
        return cls(until - timedelta(days=days), until)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.first).days

    @property
    def previous(self) -> Period:
        """The period of the same length just before it."""
        return Period(self.first - timedelta(days=self.days), self.first)

    @property
    def last_year(self) -> Period:
        """The same days of the year before; 29 February becomes the 28th, so it may be a day shorter or longer."""
        last = self.until - timedelta(days=1)
        return Period(_year_before(self.first), _year_before(last) + timedelta(days=1))

    def of(self, day: date) -> bool:
        """Whether a day is one of it."""
        return self.first <= day < self.until

    def within(self, other: Period) -> int:
        """How many of its days are days of ``other``, too."""
        return max(0, (min(self.until, other.until) - max(self.first, other.first)).days)

    def as_dict(self) -> dict[str, Any]:
        """``from``, ``to`` (the day after the last) and ``days``, for JSON."""
        return {"from": self.first.isoformat(), "to": self.until.isoformat(), "days": self.days}


COMPARED = ("current", "previous", "last_year")
"""The three periods that every figure is told of."""


def compared(period: Period) -> Mapping[str, Period]:
    """A period and the two it is compared with, by the names in :data:`COMPARED`."""
    return dict(zip(COMPARED, (period, period.previous, period.last_year), strict=True))


def possible_day(name: str, day: date) -> date:
    """``day``; raises :class:`HuitouError` for one that no shop can mean, and that no calendar may reach."""
    if not EARLIEST <= day <= LATEST:
        raise HuitouError(
            f"{name} must lie between {EARLIEST} and {LATEST}; got {day}. Write year, month and day.",
            code="bad_period",
            field=name,
            value=day.isoformat(),
            allowed=[EARLIEST.isoformat(), LATEST.isoformat()],
        )
    return day


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise HuitouError(
            f"{name} must be a day such as 2025-03-01; got {text!r}. Write year, month and day.",
            code="bad_period",
            field=name,
            value=text,
        ) from None


def _impossible(rule: str, period: Period) -> HuitouError:
    return HuitouError(
        f"{rule}; got {period.first} to {period.until}. 'to' is the day after the last one, so "
        "2025-03-01 to 2025-04-01 is March.",
        code="bad_period",
        field="from",
        value=[period.first.isoformat(), period.until.isoformat()],
    )
