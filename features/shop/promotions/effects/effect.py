"""What a past promotion did: more than was to be expected without it, less after it, and buyers who came once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from features.arrays import Floats, Ints
from features.behaviour import Behaviour
from features.errors import HuitouError
from features.estimate import Estimate
from features.moments import day_number
from features.progress import Progress
from features.shop.numbers.daily import DailyNumbers, daily_numbers
from features.shop.numbers.shop_tables import ShopTables
from features.shop.promotions.day_sorts import AFTER_SALE, DaySorts, over_until
from features.shop.promotions.effects.buyers import Buyers
from features.shop.promotions.effects.comparable_days import AFTER_DAYS, AROUND_DAYS, Comparable
from features.shop.promotions.effects.one_time_buyers import OneTimeBuyers
from features.shop.promotions.promotion import Promotion

NUMBERS = ("orders", "buyers", "net_revenue")
"""What a promotion is judged by, with ``margin`` where costs are known."""

MARGIN = "margin"
"""Paid less cost, returns taken off."""

LEAST_COST_KNOWN = 0.9
"""Margin is told where the cost of so large a share of sales is known."""


@dataclass(frozen=True)
class Change:
    """One number over some days, and what was to be expected."""

    found: float
    """What it was."""
    expected: Estimate
    """What was to be expected without the promotion; its interval is that for one such sum."""
    days: int
    """Over so many days."""

    @property
    def extra(self) -> Estimate:
        """What came on top, below 0 where less came."""
        return self.expected.times(-1).plus(self.found)

    @property
    def relative(self) -> Estimate:
        """What was over what was to be expected, less 1."""
        value, low, high = (self.found / part - 1 if part else None for part in self._expected)
        return Estimate(value, high, low)

    @property
    def _expected(self) -> tuple[float | None, float | None, float | None]:
        return self.expected.value, self.expected.low, self.expected.high

    def as_dict(self) -> dict[str, Any]:
        """The change in plain types."""
        parts = {name: getattr(self, name).as_dict() for name in ("expected", "extra", "relative")}
        return {"found": self.found, "days": self.days, **parts}


@dataclass(frozen=True)
class DayByDay:
    """The orders of the days around a promotion, for its chart."""

    days: tuple[date, ...]
    """The days, without a gap."""
    orders: Floats
    """The orders of each; shape (n_days,)."""
    expected: Floats
    """What was to be expected of each without the promotion; shape (n_days,)."""


@dataclass(frozen=True)
class PromotionEffect:
    """What one promotion did."""

    promotion: Promotion
    """The promotion."""
    during: Mapping[str, Change]
    """By number, over its own days; ``margin`` only where costs are known."""
    after: Mapping[str, Change]
    """By number, over the days after it; less than expected was pulled forward."""
    comparable_days: int
    """How many ordinary days around it were looked at."""
    one_time: OneTimeBuyers | None
    """The buyers whom it won; None where it is too young to tell."""
    cost_known_share: float
    """The share of the shop's sales whose cost is known, 0 to 1."""
    day_by_day: DayByDay
    """Its orders, for a chart."""

    def as_dict(self) -> dict[str, Any]:
        """What was found, in plain types."""
        once = self.one_time
        curve = self.day_by_day
        return {
            "promotion": self.promotion.as_dict(),
            "during": {name: change.as_dict() for name, change in self.during.items()},
            "after": {name: change.as_dict() for name, change in self.after.items()},
            "comparable_days": self.comparable_days,
            "one_time_buyers": None
            if once is None
            else asdict(once)
            | {part: getattr(once, part).as_dict() for part in ("share", "ordinary_share", "difference")},
            "cost_known_share": self.cost_known_share,
            "day_by_day": {
                "days": [day.isoformat() for day in curve.days],
                "orders": curve.orders.tolist(),
                "expected": [None if np.isnan(value) else round(value, 2) for value in curve.expected.tolist()],
            },
        }


def promotion_effect(
    behaviour: Behaviour, promotion: Promotion, now: datetime, progress: Progress | None = None
) -> PromotionEffect:
    """What a past promotion of a shop did; raises :class:`HuitouError` when it is not over, or without its days.

    A promotion of some categories is judged by the orders, buyers and revenue of these (somebody who buys in two of
    them counts in both), its new buyers and margin by the whole shop.
    """
    cutoff = behaviour.reader.moment_after(now)
    with ShopTables.on_duckdb(behaviour) as tables:
        daily = daily_numbers(tables, by="category" if promotion.categories else None)
    until = over_until(now, behaviour.settings.timezone, daily.period.until)
    _check(promotion, daily.period.first, until)
    buyers = Buyers.before(behaviour, cutoff, progress)
    days = daily.days[: (until - daily.period.first).days]
    sorts = DaySorts.of(behaviour.calendar, days)
    return effect_of(promotion, days, sorts, _values(daily, promotion, len(days)), buyers)


def effect_of(
    promotion: Promotion, days: list[date], sorts: DaySorts, values: Mapping[str, Floats], buyers: Buyers
) -> PromotionEffect:
    """What a promotion did, by ``values`` (``NUMBERS``) of ``days`` without a gap and the shop's ``buyers``."""
    first, last = (promotion.first_day - days[0]).days, (promotion.last_day - days[0]).days
    own = np.arange(first, last + 1)
    following = np.arange(last + 1, min(last + 1 + AFTER_DAYS, len(days)))
    following = following[_undisturbed(sorts, following)]
    comparable = Comparable.around(sorts, first, last)
    begins = day_number(days[0])
    if buyers.cost_known_share >= LEAST_COST_KNOWN and not promotion.categories:
        values = {**values, MARGIN: buyers.margin_of(begins, len(days))}
    near = np.arange(max(first - AROUND_DAYS // 2, 0), min(last + AROUND_DAYS // 2, len(days)))
    orders = values["orders"]
    return PromotionEffect(
        promotion,
        _changes(values, comparable, own),
        _changes(values, comparable, following) if len(following) else {},
        len(comparable.known(orders)),
        OneTimeBuyers.of(buyers, own + begins, comparable.days + begins, begins + len(days)),
        buyers.cost_known_share,
        DayByDay(tuple(days[place] for place in near), orders[near], comparable.expected_each(orders, near)),
    )


def _undisturbed(sorts: DaySorts, following: Ints) -> Ints:
    """The places of the days after it before another sale or a holiday begins."""
    same = sorts.occasion[following]
    begun = np.flatnonzero(
        ~sorts.is_ordinary[following] & (sorts.sort[following] != AFTER_SALE) | (same != same[:1]) & (same >= 0)
    )
    return np.arange(begun[0] if len(begun) else len(following))


def _changes(values: Mapping[str, Floats], comparable: Comparable, days: Ints) -> dict[str, Change]:
    return {
        name: Change(float(of_day[days].sum()), comparable.expected(of_day, days), len(days))
        for name, of_day in values.items()
    }


def _values(daily: DailyNumbers, promotion: Promotion, days: int) -> dict[str, Floats]:
    """The numbers of the shop, or of the promotion's categories."""
    chosen = [place for place, name in enumerate(daily.groups) if name in promotion.categories]
    rows: list[int] | slice = chosen if promotion.categories else slice(None)
    return {name: daily.values[name][rows].sum(axis=0)[:days] for name in NUMBERS}


def _check(promotion: Promotion, first: date, until: date) -> None:
    if first <= promotion.first_day and promotion.last_day < until:
        return
    raise HuitouError(
        f"a promotion is judged once it is over and where its days are known; {promotion.names['en']} is from "
        f"{promotion.first_day} to {promotion.last_day}, and the days from {first} to {until - timedelta(days=1)} are "
        "known. Choose an earlier one, or import its days.",
        code="promotion_not_over",
        field="promotion",
        value=promotion.key,
    )
