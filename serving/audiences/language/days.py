"""Days as filters name them: dates, and days counted from today in the shop's time zone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from features.moments import day_number, day_of
from serving.audiences.language.said import Said

MOST_DAYS = 36_500
"""No number of days is larger."""


ANCHORS: Mapping[str, Callable[[date], date]] = {
    "today": lambda today: today,
    "start_of_week": lambda today: today - timedelta(days=today.weekday()),
    "start_of_month": lambda today: today.replace(day=1),
    "start_of_year": lambda today: today.replace(month=1, day=1),
}
"""What relative dates begin from; a week begins on Monday."""

_RELATIVE = re.compile(rf"({'|'.join(ANCHORS)})(?:([+-])([0-9]{{1,5}}))?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

RULE = "must be a date such as 2026-03-31, or a relative one such as today, today-7 or start_of_month"


@dataclass(frozen=True)
class Day:
    """One day: a date, or so many days from an anchor."""

    said: Said
    """As it was written, and where."""
    fixed: date | None
    """The date, None where it is relative."""
    anchor: str = "today"
    """Where a relative one begins, one of :data:`ANCHORS`."""
    offset_days: int = 0
    """So many days later."""

    @classmethod
    def read(cls, said: Said) -> Day:
        """The day that was said."""
        text = said.value if isinstance(said.value, str) else ""
        if found := _RELATIVE.fullmatch(text):
            anchor, sign, days = found.groups()
            return cls(said, None, anchor, int(f"{sign}{days}") if days else 0)
        try:
            return cls(said, date.fromisoformat(text) if _DATE.fullmatch(text) else _no_date())
        except ValueError:
            raise said.wrong(RULE, [*ANCHORS, "today-7", "2026-03-31"]) from None

    def later(self, days: int) -> Day:
        """So many days later."""
        return replace(self, offset_days=self.offset_days + days)

    def on(self, today: date) -> int:
        """The day as a number since 1970-01-01, if today is this date."""
        begin = ANCHORS[self.anchor](today) if self.fixed is None else self.fixed
        try:
            return day_number(begin + timedelta(days=self.offset_days))
        except OverflowError:
            raise self.said.wrong("must be a day that there is") from None


@dataclass(frozen=True)
class Days:
    """Some days, from the first to the last, both included; None leaves an end open."""

    said: Said
    """Where they are named."""
    first: Day | None = None
    """The first day."""
    last: Day | None = None
    """The last day."""

    def on(self, today: date) -> tuple[int, int]:
        """First and last day as numbers since 1970-01-01; raises when they are in the wrong order."""
        first = -MOST_DAYS * 20 if self.first is None else self.first.on(today)
        last = MOST_DAYS * 90 if self.last is None else self.last.on(today)
        if first > last:
            raise self.said.wrong(
                f"must not end before it begins: {day_of(first)} is later than {day_of(last)}",
                hint="Put the earlier date first.",
            )
        return first, last


def _no_date() -> date:
    raise ValueError("not written as a date")
