"""How often a list is made anew: by the shop's own clock and calendar, or with each snapshot."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from features.findings import explained
from serving.care.rules import WEEKDAYS

LOOK_AGAIN = timedelta(minutes=1)
"""So often it is looked whether another snapshot was published."""


class Rhythm(BaseModel):
    """When a list is made anew."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    every: Literal["day", "week", "month", "snapshot"]
    """``snapshot``: after each publishing."""
    hour: Annotated[int | None, Field(ge=0, le=23)] = None
    """Hour of the shop's day; 6 where it is left out."""
    weekday: Literal[WEEKDAYS] | None = None  # type: ignore[valid-type]
    """Day of the week, for ``week``; Monday where it is left out."""
    day: Annotated[int | None, Field(ge=1, le=31)] = None
    """Day of the month, for ``month``; in a shorter month its last day. The first where it is left out."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.every == "snapshot" and self.hour is not None:
            raise ValueError("must have no hour where every is snapshot")
        if self.weekday is not None and self.every != "week":
            raise ValueError("must have a weekday only where every is week")
        if self.day is not None and self.every != "month":
            raise ValueError("must have a day only where every is month")
        return self

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Rhythm:
        """The rhythm that a JSON object says; raises :class:`HuitouError` with the first finding."""
        try:
            return cls.model_validate(dict(said))
        except ValidationError as error:
            finding = error.errors(include_url=False)[0]
            raise explained(dict(finding) | {"loc": ("rhythm", *finding["loc"])}, "a rhythm") from None

    def next_after(self, moment: datetime, timezone: str) -> datetime:
        """The next time after a moment (with its zone), UTC; with each snapshot, when to look again."""
        if self.every == "snapshot":
            return moment.astimezone(UTC) + LOOK_AGAIN
        zone = ZoneInfo(timezone)
        day = moment.astimezone(zone).date()
        while True:
            at = datetime.combine(day, time(6 if self.hour is None else self.hour), zone).astimezone(UTC)
            if self._holds_on(day) and at > moment:
                return at
            day += timedelta(days=1)

    def _holds_on(self, day: date) -> bool:
        if self.every == "week":
            return WEEKDAYS[day.weekday()] == (self.weekday or WEEKDAYS[0])
        if self.every == "month":
            return day.day == min(self.day or 1, monthrange(day.year, day.month)[1])
        return True

    def told(self) -> dict[str, Any]:
        """The rhythm as JSON."""
        return self.model_dump(exclude_none=True)
