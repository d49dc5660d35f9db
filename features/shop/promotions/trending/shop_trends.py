"""The trends of one shop: its newest daily numbers, looked at by :mod:`features.shop.promotions.trending.trends`."""

from __future__ import annotations

from datetime import datetime, timedelta

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.shop.numbers.daily import daily_numbers
from features.shop.numbers.set_aside import set_aside_people
from features.shop.numbers.shop_tables import ShopTables
from features.shop.promotions.day_sorts import DaySorts, over_until
from features.shop.promotions.trending.trends import TREND_DAYS, Trends, find_trends

LEAST_ASKED_DAYS, MOST_ASKED_DAYS = 60, 1_100
"""Bounds on how many days can be asked for."""


def shop_trends(behaviour: Behaviour, now: datetime, days: int = TREND_DAYS) -> Trends:
    """The trends and correlations of a shop's newest ``days`` days that are over; people set aside are left out."""
    if not LEAST_ASKED_DAYS <= days <= MOST_ASKED_DAYS:
        raise HuitouError(
            f"days must be between {LEAST_ASKED_DAYS} and {MOST_ASKED_DAYS}; got {days}. "
            f"Leave it out for {TREND_DAYS}.",
            field="days",
            value=days,
        )
    with ShopTables.on_duckdb(behaviour) as tables:
        if tables.history is None:
            raise HuitouError("trends need events; this shop has none. Import events first.", code="no_events")
        until = over_until(now, behaviour.settings.timezone, tables.history.until)
        first = max(tables.history.first, until - timedelta(days=days))
        aside = set_aside_people(behaviour, behaviour.reader.moment_after(now))
        daily = daily_numbers(tables.without(aside), max(until, first + timedelta(days=1)), first)
    of_shop = {name: values[0] for name, values in daily.values.items()}
    return find_trends(daily.days, DaySorts.of(behaviour.calendar, daily.days), of_shop)
