"""The days that results speak of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from features.errors import HuitouError
from serving.shown.attribution import RESPONSE_DAYS

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Moments outside of these are mistakes."""

USUAL_DAYS = 28
"""How far back results look when no start is given."""


@dataclass(frozen=True)
class Period:
    """From a moment until just before another one."""

    start: datetime
    """The first moment."""
    end: datetime
    """The first moment after it."""

    @classmethod
    def of(cls, start: datetime | None, end: datetime | None, now: datetime) -> Period:
        """The period asked for: until now, and from four weeks before its end, where nothing else is said.

        Raises :class:`HuitouError` for a moment without a zone, one that no shop can mean, or a start that is not
        before the end.
        """
        for name, moment in (("from", start), ("until", end)):
            if moment is not None and moment.tzinfo is None:
                raise HuitouError(
                    f"{name} must have a time zone; got {moment.isoformat()}. Write {moment.isoformat()}Z for UTC.",
                    field=name,
                    value=moment.isoformat(),
                )
            if moment is not None:
                possible_moment(name, moment)
        end = end or now
        start = start or end - timedelta(days=USUAL_DAYS)
        if start >= end:
            raise HuitouError(
                f"from must be before until; got {start.isoformat()} and {end.isoformat()}.",
                field="from",
                value=start.isoformat(),
            )
        return cls(start, end)

    @property
    def responses(self) -> Period:
        """When responses to answers of this period may have happened; clocks may differ by a day."""
        return Period(self.start - timedelta(days=1), self.end + timedelta(days=RESPONSE_DAYS, seconds=1))

    def settled_until(self, now: datetime) -> datetime:
        """Before this moment nothing more can follow from an answer of the period but what arrives late."""
        return max(self.start, min(self.end, now - timedelta(days=RESPONSE_DAYS)))


def possible_moment(name: str, moment: datetime) -> datetime:
    """``moment`` in UTC; raises :class:`HuitouError` for one that no shop can mean. It has a zone."""
    if not EARLIEST <= moment < LATEST:
        raise HuitouError(
            f"{name} must lie between {EARLIEST.year} and {LATEST.year}; got {moment.isoformat()}.",
            field=name,
            value=moment.isoformat(),
            allowed=[EARLIEST.isoformat(), LATEST.isoformat()],
        )
    return moment.astimezone(UTC)
