"""The simulated shop's days: when they begin in UTC, how busy they are, and at which hours people come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from features.events.simulated.arrays import Floats, Integers
from features.events.simulated.settings import SimulationSettings

DAYS_BEFORE = 1_300
"""Local days known before the history: customers joined and items were added then."""
DAYS_AFTER = 45
"""Days lived after the history and cut off, so that the carts of the orders to come are there."""

WEEKDAY_BUSYNESS = np.array([0.95, 0.92, 0.94, 0.96, 1.03, 1.12, 1.08])
NIGHT_AND_MORNING = [2.6, 1.3, 0.7, 0.4, 0.3, 0.5, 1.2, 2.3, 3.6, 4.9, 5.6, 5.4]
NOON_AND_EVENING = [5.9, 5.3, 4.6, 4.6, 4.8, 4.7, 4.8, 6.1, 7.9, 8.8, 7.9, 5.1]
HOUR_BUSYNESS = np.array([*NIGHT_AND_MORNING, *NOON_AND_EVENING])
"""Relative traffic of the local hours 0 to 23: a dip at night, a hump at noon, the peak after dinner."""

PROMOTION_BUSYNESS = 1.8
AFTER_PROMOTION_BUSYNESS = 0.8
"""A sale pulls orders forward: the week after it is quieter."""


@dataclass(frozen=True)
class ShopCalendar:
    """The shop's local days. Inside the simulation a moment is a float: local days since the start."""

    days: int
    """Length of the history in days."""
    midnight_us: Integers
    """UTC microseconds of each local midnight from ``-DAYS_BEFORE`` on, shape ``(n_days,)``."""
    first_weekday: int
    """Weekday of day 0, Monday is 0."""
    busyness_total: Floats
    """Busyness summed from the start up to each midnight, mean 1 a day, shape ``(n_days + 1,)``."""

    def utc_us(self, days: Floats) -> Integers:
        """The moments as UTC microseconds, whole milliseconds, shape ``(n,)``; later stays later."""
        whole = np.floor(days).astype(np.int64)
        row = np.clip(whole + DAYS_BEFORE, 0, len(self.midnight_us) - 2)
        length_us = self.midnight_us[row + 1] - self.midnight_us[row]
        moment_us = self.midnight_us[row] + ((days - whole) * length_us).astype(np.int64)
        return moment_us // 1_000 * 1_000

    def busy_time(self, days: Floats) -> Floats:
        """Days counted by busyness: a busy day is longer than 1, a quiet one shorter."""
        return np.interp(days, np.arange(len(self.busyness_total)), self.busyness_total)

    def from_busy_time(self, busy_days: Floats) -> Floats:
        """The moments at which so much busyness had passed; the inverse of :meth:`busy_time`."""
        return np.interp(busy_days, self.busyness_total, np.arange(len(self.busyness_total)))

    def weekdays(self, days: Floats) -> Integers:
        """The weekday of each moment, Monday is 0."""
        return (np.floor(days).astype(np.int64) + self.first_weekday) % 7

    def towards_weekend(self, days: Floats) -> Floats:
        """Each moment moved to the nearest Saturday or Sunday, by up to three days."""
        return np.asarray(days + np.array([-1, -2, 3, 2, 1, 0, 0])[self.weekdays(days)])


def hours_of_day(preferred_hours: Floats, rng: np.random.Generator) -> Floats:
    """A time of day for each visit, as a part of the day: near the person's own hour or any of the shop's."""
    count = len(preferred_hours)
    shop_hours = rng.choice(24, count, p=HOUR_BUSYNESS / HOUR_BUSYNESS.sum()) + rng.random(count)
    own_hours = rng.normal(preferred_hours, 1.8) % 24
    return np.asarray(np.where(rng.random(count) < 0.6, own_hours, shop_hours) / 24)


def shop_calendar(settings: SimulationSettings, promotion_days: Integers) -> ShopCalendar:
    """The calendar of the shop whose promotions cover the given days of the history."""
    zone = ZoneInfo(settings.timezone)
    known = [settings.start + timedelta(days=day) for day in range(-DAYS_BEFORE, settings.days + DAYS_AFTER + 2)]
    midnights = [datetime.combine(day, time(), zone).astimezone(UTC) for day in known]
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return ShopCalendar(
        days=settings.days,
        midnight_us=np.array([(midnight - epoch) // timedelta(microseconds=1) for midnight in midnights]),
        first_weekday=settings.start.weekday(),
        busyness_total=np.concatenate([[0.0], np.cumsum(_busyness(settings, promotion_days))]),
    )


def _busyness(settings: SimulationSettings, promotion_days: Integers) -> Floats:
    """Relative traffic of each day: season, weekday and sales, with mean 1 over the history."""
    day = np.arange(settings.days + DAYS_AFTER)
    year_part = (settings.start.timetuple().tm_yday + day) / 365.25 * 2 * np.pi
    season = 1 + 0.10 * np.cos(year_part - 5.6) + 0.04 * np.cos(2 * year_part)
    busyness = season * WEEKDAY_BUSYNESS[(day + settings.start.weekday()) % 7]
    after = (promotion_days[:, None] + np.arange(1, 8)).ravel()
    busyness[np.setdiff1d(after[after < len(day)], promotion_days)] *= AFTER_PROMOTION_BUSYNESS
    busyness[promotion_days] *= PROMOTION_BUSYNESS
    return np.asarray(busyness / busyness[: settings.days].mean())
