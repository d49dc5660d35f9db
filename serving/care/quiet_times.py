"""When messages may go out: not in quiet hours, and not on quiet days, of the shop's own clock and calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from features.errors import HuitouError
from serving.care.rules import LONGEST_DAYS, WEEKDAYS, ContactCare, QuietHours


@dataclass(frozen=True)
class QuietTimes:
    """The quiet times of one shop."""

    rules: ContactCare
    """The shop's rules."""
    timezone: str
    """IANA name of its time zone."""

    def is_quiet(self, moment: datetime, channel: str | None = None) -> bool:
        """Whether nothing may go out at a moment (with its zone) on a channel."""
        local = moment.astimezone(ZoneInfo(self.timezone))
        hours = self.rules.quiet_hours_of(channel)
        return self._is_quiet_day(local) or (hours is not None and hours.hold(local.time()))

    def next_allowed(self, moment: datetime, channel: str | None = None) -> datetime:
        """The first moment (UTC) from ``moment`` on at which a message may go out; ``moment`` itself where it may.

        Raises :class:`HuitouError` when there is none within ``LONGEST_DAYS``.
        """
        at = moment.astimezone(UTC)
        last = at + timedelta(days=LONGEST_DAYS)
        while at <= last:
            if not self.is_quiet(at, channel):
                return at
            at = self._later(at, self.rules.quiet_hours_of(channel))
        raise HuitouError(
            f"no message may go out within {LONGEST_DAYS} days. Mend the quiet days in contact_care.json.",
            code="broken_care",
            field="quiet_dates",
        )

    def _later(self, at: datetime, hours: QuietHours | None) -> datetime:
        """The next moment at which quiet can end: midnight, or the end of the quiet hours."""
        zone = ZoneInfo(self.timezone)
        local = at.astimezone(zone)
        ends = [time(0)] + ([] if hours is None else [time.fromisoformat(hours.end)])
        found = [
            datetime.combine(local.date() + timedelta(days=days), end, zone).astimezone(UTC)
            for days in (0, 1)
            for end in ends
        ]
        # Where the clock is put forward an end may be an hour that there is not: minute by minute finds the way on.
        return min((each for each in found if each > at), default=at + timedelta(minutes=1))

    def _is_quiet_day(self, local: datetime) -> bool:
        return WEEKDAYS[local.weekday()] in self.rules.quiet_weekdays or local.date() in self.rules.quiet_dates
