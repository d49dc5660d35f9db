"""How many come back: the two repurchase rates, told apart, and the back-purchase rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from features.shop.numbers.counting.figure import Covered, Figure, Scope, Values, ratio
from features.shop.numbers.counting.lines import by_period, in_periods, orders
from features.shop.numbers.period import Period
from features.shop.numbers.second_order import gap_curves
from features.shop.numbers.shop_tables import ShopTables

REPURCHASE_NAMES = (
    *("orders", "buyers", "gross_revenue", "repeat_buyers", "repeat_orders"),
    *("repurchase_rate_by_buyers", "repurchase_rate_by_orders"),
    *("earlier_buyers", "earlier_buyers_back", "back_purchase_rate"),
)
"""The figures, in the order in which they are shown."""


@dataclass(frozen=True)
class Repurchase:
    """The repurchase figures of a period, with what they were made of."""

    scope: Scope
    """What they are about."""
    earlier: Mapping[str, Covered]
    """The window 1 of each period's back-purchase rate: the same number of days just before it."""
    figures: Mapping[str, Figure]
    """By the names in :data:`REPURCHASE_NAMES`."""
    cycle_days: int | None
    """Half of those who order again do so within so many days; None without anybody who did."""

    @property
    def window_is_short(self) -> bool:
        """Whether the period is shorter than the shop's cycle, so that its rates tell too little."""
        return self.cycle_days is not None and self.scope.period.days < self.cycle_days

    def as_dict(self) -> dict[str, Any]:
        """Everything in plain types, for JSON."""
        return {
            **self.scope.as_dict(),
            "back_purchase_from": {name: each.as_dict() for name, each in self.earlier.items()},
            "cycle_days": self.cycle_days,
            "window_is_short": self.window_is_short,
            "figures": {name: figure.as_dict() for name, figure in self.figures.items()},
        }


def repurchase(tables: ShopTables, period: Period) -> Repurchase:
    """The repurchase figures of ``period``, of the one before it and of last year's."""
    scope = Scope.of(tables, period)
    earlier = {name: Scope.of(tables, each.period).periods["previous"] for name, each in scope.periods.items()}
    values = repurchase_values(tables, scope.reached)
    curve = gap_curves(
        tables, {name: each for name, each in scope.reached.items() if name == "current"}, first_only=False
    )
    cycle = curve["current"].day_of(0.5) if curve else None
    return Repurchase(scope, earlier, scope.figures(REPURCHASE_NAMES, values), cycle)


def repurchase_values(tables: ShopTables, periods: Mapping[str, Period]) -> dict[str, Values]:
    """The figures of each period; without buyers in its window 1 a period has no back-purchase rate."""
    if not periods:
        return {}
    counted = by_period(tables.ask(_counts(tables, periods)))
    back = by_period(tables.ask(_back(tables, periods)))
    return {name: _values(counted.get(name, {}), back.get(name, {})) for name in periods}


def _counts(tables: ShopTables, periods: Mapping[str, Period]) -> Any:
    placed = in_periods(orders(tables), periods)
    people = placed.group_by("period", "customer_id").agg(orders=placed.count(), amount=placed.amount.sum())
    return people.group_by("period").agg(
        orders=people.orders.sum(),
        buyers=people.count(),
        repeat_buyers=(people.orders >= 2).sum(),
        gross_revenue=people.amount.sum(),
    )


def _back(tables: ShopTables, periods: Mapping[str, Period]) -> Any:
    """Buyers of window 1 (the days before a period), and those of them who bought in the period."""
    earlier = {name: each.previous for name, each in periods.items()}
    before, again = (
        in_periods(orders(tables), each).select("period", "customer_id").distinct() for each in (earlier, periods)
    )
    again = again.rename(again_id="customer_id", again_period="period")
    both = before.left_join(again, [before.period == again.again_period, before.customer_id == again.again_id])
    return both.group_by("period").agg(earlier_buyers=both.count(), earlier_buyers_back=both.again_id.count())


def _values(counted: Mapping[str, Any], back: Mapping[str, Any]) -> dict[str, float | None]:
    orders_made, buyers = counted.get("orders", 0), counted.get("buyers", 0)
    earlier, returned = back.get("earlier_buyers", 0), back.get("earlier_buyers_back", 0)
    repeat_buyers = counted.get("repeat_buyers", 0)
    return {
        "orders": orders_made,
        "buyers": buyers,
        "gross_revenue": counted.get("gross_revenue", 0.0),
        "repeat_buyers": repeat_buyers,
        "repeat_orders": orders_made - buyers,
        "repurchase_rate_by_buyers": ratio(repeat_buyers, buyers),
        "repurchase_rate_by_orders": ratio(orders_made - buyers, orders_made),
        "earlier_buyers": earlier,
        "earlier_buyers_back": returned,
        "back_purchase_rate": ratio(returned, earlier),
    }
