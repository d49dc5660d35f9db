"""Campaigns that the calendar suggests: before sales, on holidays, at the start of seasons, and for birthdays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from features.errors import HuitouError
from serving.care.quiet_times import QuietTimes
from serving.care.rules import ContactCare, checked_channel
from serving.desk.workroom import Workroom

if TYPE_CHECKING:  # The calendar's library is loaded in the process that plans.
    from features.shop.promotions.promotion import Promotion

OCCASIONS = ("sale", "holiday", "season", "birthday")
"""What a campaign can be planned for."""

BEFORE_DAYS: Mapping[str, Mapping[int, str]] = {
    "sale": {7: "promotion-only", 3: "open-favorite", 1: "open-cart"},
    "holiday": {3: "active-customers"},
    "season": {0: "overdue"},
}
"""So many days before an occasion begins, the ready audience that is written to: before a sale first those who wait
for sales, then those who have put things aside, last those with a full cart."""

BIRTHDAY_EVERY_DAYS = 7
"""Birthdays are written to for so many days at once."""

MOST_DAYS = 366
"""So far ahead it is planned."""

USUAL_DAYS = 60

USUAL_HOUR = 10
"""Hour of the shop's day at which campaigns start."""


@dataclass(frozen=True)
class PlanAsked:
    """What is planned."""

    channel: str
    """How people are to be written to."""
    days: int = USUAL_DAYS
    """How many days ahead."""
    hour: int = USUAL_HOUR
    """At which hour of the shop's day campaigns start, 0 to 23."""
    occasions: tuple[str, ...] = OCCASIONS
    """For what, of :data:`OCCASIONS`."""

    def checked(self) -> PlanAsked:
        """The same; raises :class:`HuitouError` when something makes no sense."""
        checked_channel(self.channel)
        for name, value, most in (("days", self.days, MOST_DAYS), ("hour", self.hour, 23)):
            if not 0 <= value <= most:
                raise HuitouError(f"{name} must be from 0 to {most}; got {value}.", field=name, value=value)
        unknown = [each for each in self.occasions if each not in OCCASIONS]
        if unknown:
            raise HuitouError(
                f"occasion must be one of {', '.join(OCCASIONS)}; got {unknown[0]!r}.",
                field="occasion",
                value=unknown[0],
                allowed=list(OCCASIONS),
            )
        return self


def planned(room: Workroom, asked: PlanAsked) -> list[dict[str, Any]]:
    """The campaigns ahead, the next first, each with the body by which ``POST /v1/campaigns`` makes it.

    A campaign that is made so freezes its list when it starts. Starts in quiet hours are moved to their end. Raises
    :class:`HuitouError` when something that is asked for, or the shop's calendar, makes no sense.
    """
    from features.shop.promotions.calendar import Calendar

    asked.checked()
    zone, now = ZoneInfo(room.shop.settings.timezone), room.clock()
    today = now.astimezone(zone).date()
    until = today + timedelta(days=asked.days)
    longest = max(max(days) for days in BEFORE_DAYS.values())
    kinds = tuple(each for each in asked.occasions if each in BEFORE_DAYS)
    occasions = Calendar.of(room.shop).between(today, until + timedelta(days=longest + 1), kinds) if kinds else []
    found = [*_before(occasions, asked), *(_birthdays(today, until, asked) if "birthday" in asked.occasions else ())]
    quiet = QuietTimes(ContactCare.in_folder(room.shop.path), room.shop.settings.timezone)
    rows = [
        _placed(each, datetime.combine(each["on"], time(asked.hour), zone).astimezone(UTC), quiet, asked.channel)
        for each in found
        if today <= each["on"] <= until
    ]
    ahead = [row for row in rows if row["starts"] > now.isoformat()]
    return sorted(ahead, key=lambda row: (row["starts"], row["campaign"]["name"]))


def _before(occasions: Sequence[Promotion], asked: PlanAsked) -> Iterator[dict[str, Any]]:
    for each in occasions:
        for days, template in BEFORE_DAYS[each.kind].items():
            yield {
                "on": each.first_day - timedelta(days=days),
                "occasion": each.kind,
                "key": each.key,
                "names": dict(each.names),
                "first_day": each.first_day.isoformat(),
                "days_before": days,
                "campaign": {
                    "name": f"{each.names['en'][:70]} {each.first_day.year}, {_when(days)}",
                    "list": {"name": f"{each.key[:70]}, {_when(days)}", "template": template},
                    "channel": asked.channel,
                    "promotion": each.key[:100],
                    "pool": f"{each.kind}, {_when(days)}",
                },
            }


def _when(days_before: int) -> str:
    return {0: "on the day", 1: "1 day before"}.get(days_before, f"{days_before} days before")


def _birthdays(today: date, until: date, asked: PlanAsked) -> Iterator[dict[str, Any]]:
    # Whole weeks from a fixed Monday: the same weeks whenever it is asked, so that nobody's birthday comes twice.
    day = today + timedelta(days=-today.weekday() % BIRTHDAY_EVERY_DAYS)
    while day <= until:
        yield {
            "on": day,
            "occasion": "birthday",
            "key": "birthday",
            "names": {"en": "Birthdays of the week", "zh": "本周生日"},
            "first_day": day.isoformat(),
            "days_before": 0,
            "campaign": {
                "name": f"Birthdays from {day.isoformat()}",
                "list": {
                    "name": "birthdays of the week",
                    "template": "birthday",
                    "parameters": {"days": BIRTHDAY_EVERY_DAYS},
                },
                "channel": asked.channel,
                "pool": "birthdays",
            },
        }
        day += timedelta(days=BIRTHDAY_EVERY_DAYS)


def _placed(each: dict[str, Any], at: datetime, quiet: QuietTimes, channel: str) -> dict[str, Any]:
    starts = quiet.next_allowed(at, channel).isoformat()
    said = {name: value for name, value in each.items() if name != "on"}
    return {**said, "starts": starts, "campaign": {**each["campaign"], "starts": starts}}
