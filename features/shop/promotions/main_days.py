"""The days of a year by the rules of the library of holidays: lunar festivals, Easter, a Thursday of November."""

from __future__ import annotations

from datetime import date

from holidays.groups.chinese import ChineseCalendarHolidays
from holidays.groups.christian import ChristianHolidays
from holidays.groups.international import InternationalHolidays
from holidays.holiday_base import HolidayBase


class MainDays(HolidayBase, ChineseCalendarHolidays, ChristianHolidays, InternationalHolidays):
    """A calendar of one's own, made the way that the library means it to be made."""

    country = "HUITOU"

    def __init__(self, rules: frozenset[str], year: int) -> None:
        """The days of ``rules``, which are what the library's methods are called after ``_add_``, in a year."""
        self._rules = rules
        ChineseCalendarHolidays.__init__(self)
        ChristianHolidays.__init__(self)
        InternationalHolidays.__init__(self)
        super().__init__(years=year)

    def _populate_public_holidays(self) -> None:
        for rule in self._rules:
            getattr(self, f"_add_{rule}")(rule)

    def by_rule(self) -> dict[str, date]:
        """The day of each rule."""
        return {rule: day for day, said in self.items() for rule in said.split("; ")}
