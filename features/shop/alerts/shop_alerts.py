"""The alerts of a shop: what is odd about its newest day, and what of its data is missing."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.moments import local_date
from features.shop.alerts.alert_sentences import (
    Words,
    cut_off_words,
    lost_words,
    odd_words,
    stopped_words,
    today_words,
)
from features.shop.alerts.checked_numbers import Checked, CheckedNumbers
from features.shop.alerts.completeness import Completeness, last_hours
from features.shop.alerts.odd_days import OddDays
from features.shop.numbers.set_aside import set_aside_people
from features.shop.numbers.shop_tables import ShopTables

LOW, HIGH = "low", "high"

TODAY, STOPPED, CUT_OFF, LOST = "today_not_over", "data_stopped", "day_cut_off", "day_lost"

ALERT_KINDS = (STOPPED, CUT_OFF, LOST, TODAY, LOW, HIGH)
"""What an alert can be about: missing data first, then a number that is too low or too high."""

MOST_DAYS = 366
"""So many days can be looked at in one go."""


@dataclass(frozen=True)
class Alert:
    """One thing that somebody should look at."""

    kind: str
    """One of ``ALERT_KINDS``."""
    day: date
    """The day that it is about."""
    sentences: Words
    """What is odd, by language: ``en`` and ``zh``."""
    checked: Checked | None = None
    """The number; None for missing data."""
    value: float | None = None
    """What it was."""
    expected: float | None = None
    """What was to be expected."""
    usual_low: float | None = None
    """The least that is usual: of ordinary days 95 of 100 lie between it and ``usual_high``."""
    usual_high: float | None = None
    """The most that is usual."""
    p_value: float | None = None
    """How likely a day so far off is where nothing is odd, before all numbers are looked at together."""
    running_days: int = field(default=1)
    """For how many days in a row the number has been odd."""

    def as_dict(self) -> dict[str, Any]:
        """The alert in plain types, for JSON."""
        checked = {"number": None, "by": None, "group": None} if self.checked is None else asdict(self.checked)
        said = {name: value for name, value in asdict(self).items() if name != "checked"}
        return said | {"day": self.day.isoformat()} | checked


@dataclass(frozen=True)
class ShopAlerts:
    """What was looked at and what was found."""

    alerts: tuple[Alert, ...]
    """Missing data first, then numbers, the newest day first and the oddest first."""
    judged_days: tuple[date, ...]
    """The days that were judged, oldest first."""
    judged_numbers: int
    """How many numbers could be judged on the newest of them."""
    numbers: int
    """How many numbers there are; the others are too small, or their history is too short."""

    def as_dict(self) -> dict[str, Any]:
        """The same in plain types, for JSON."""
        return {
            "alerts": [alert.as_dict() for alert in self.alerts],
            "judged_days": [day.isoformat() for day in self.judged_days],
            "judged_numbers": self.judged_numbers,
            "numbers": self.numbers,
        }


def shop_alerts(behaviour: Behaviour, now: datetime, days: int = 1) -> ShopAlerts:
    """The alerts of a shop's newest ``days`` days that are over; raises :class:`HuitouError` without events.

    People who are set aside (bots, resellers, test orders, staff) are left out.
    """
    if not 1 <= days <= MOST_DAYS:
        raise HuitouError(
            f"days must be between 1 and {MOST_DAYS}; got {days}. Leave it out for the newest day.",
            field="days",
            value=days,
        )
    with ShopTables.on_duckdb(behaviour) as tables:
        hours = last_hours(tables)
        if hours is None:
            raise HuitouError("alerts need events; this shop has none. Import events first.", code="no_events")
        found = Completeness.of(*hours, local_date(now, behaviour.settings.timezone))
        aside = set_aside_people(behaviour, behaviour.reader.moment_after(now))
        numbers = CheckedNumbers.of(tables.without(aside), found.judged + timedelta(days=1))
    lost = ~found.known[len(found.known) - len(numbers.days) :]
    odd = OddDays.of(numbers.without(lost), behaviour.calendar)
    return of_days(odd, found, days)


def of_days(odd: OddDays, found: Completeness, days: int) -> ShopAlerts:
    """The alerts of the newest ``days`` days of ``odd``, and of what is missing."""
    last = len(odd.numbers.days)
    places = range(max(last - days, 0), last)
    told = [alert for day in reversed(places) for alert in odd_alerts(odd, day)]
    judged = np.isfinite(odd.p_values[:, -1])
    looked_at = tuple(odd.numbers.days[place] for place in places)
    return ShopAlerts(tuple(_missing(found) + told), looked_at, int(judged.sum()), len(judged))


def odd_alerts(odd: OddDays, day: int) -> list[Alert]:
    """The alerts about the numbers of one day, the oddest first."""
    return [_alert(odd, int(row), day) for row in odd.odd(day)]


def _alert(odd: OddDays, row: int, day: int) -> Alert:
    sorts, date_of_day = odd.sorts, odd.numbers.days[day]
    place = int(sorts.occasion[day])
    what = date_of_day, int(sorts.sort[day]), sorts.occasions[place] if place >= 0 else None
    value, expected = float(odd.numbers.values[row, day]), float(odd.usual.expected[row, day])
    usual, running = odd.between(row, day), odd.running_days(row, day)
    checked = odd.numbers.checked[row]
    return Alert(
        LOW if value < expected else HIGH,
        date_of_day,
        odd_words(checked, value, expected, usual, what, running),
        checked,
        value,
        expected,
        *usual,
        float(odd.p_values[row, day]),
        running,
    )


def _missing(found: Completeness) -> list[Alert]:
    alerts = []
    if found.stopped_days:
        alerts.append(Alert(STOPPED, found.newest, stopped_words(found)))
    if found.ended_hour is not None:
        alerts.append(Alert(CUT_OFF, found.newest, cut_off_words(found)))
    alerts += [Alert(LOST, day, lost_words(day)) for day in found.lost]
    if found.today is not None:
        alerts.append(Alert(TODAY, found.today, today_words(found.today)))
    return alerts
