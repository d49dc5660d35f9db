"""Which days, and whose behaviour, the numbers are asked of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from features.errors import HuitouError
from features.moments import local_date
from features.shop.numbers.period import Period, possible_day

USUAL_DAYS = 30
"""So many days are looked at when nothing is said."""


@dataclass(frozen=True)
class DaysAsked:
    """The days of a question; what is not said follows from the shop's own last day."""

    first: date | None = None
    """The first day; None for ``days`` days."""
    until: date | None = None
    """The day after the last one; None for the day after the shop's last event."""
    days: int = USUAL_DAYS
    """How many days before ``until`` where no first one is given."""
    everyone: bool = False
    """Whether bots, resellers, test orders and staff are counted as well."""

    def __post_init__(self) -> None:
        """Refuse impossible days at once, before anybody waits for a count."""
        for name, day in (("from", self.first), ("to", self.until)):
            if day is not None:
                possible_day(name, day)
        if self.first is not None and self.until is not None:
            Period(self.first, self.until)

    def period(self, newest: Period | None, now: datetime, timezone: str) -> Period:
        """The days that are meant, ``newest`` being those of the shop's history; raises for impossible ones."""
        if self.first is not None and self.until is None and newest is not None and self.first >= newest.until:
            raise HuitouError(
                f"from must be one of the shop's days, {newest.first} to before {newest.until}; got {self.first}.",
                code="bad_period",
                field="from",
                value=self.first.isoformat(),
                allowed=[newest.first.isoformat(), newest.until.isoformat()],
            )
        until = self.until or (newest.until if newest is not None else local_date(now, timezone))
        return Period.last_days(self.days, until) if self.first is None else Period(self.first, until)
