"""The shop in a few numbers, beside the previous period's and last year's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis

from features.estimate import Estimate
from features.shop.numbers.counting.figure import Figure, Scope
from features.shop.numbers.counting.lines import by_period, first_orders, in_periods, lines, net, seen
from features.shop.numbers.definitions import definitions_of
from features.shop.numbers.period import Period
from features.shop.numbers.repurchase import Repurchase, repurchase
from features.shop.numbers.second_order import WITHIN_DAYS, SecondOrder, second_order, second_order_name
from features.shop.numbers.shop_tables import ShopTables, is_visitor

OVERVIEW_NAMES = (
    *("members", "new_members", "active_people", "visitors", "views", "carts", "favourites"),
    *("orders", "buyers", "new_buyers", "returning_buyers"),
    *("gross_revenue", "returned_value", "net_revenue", "average_order_value"),
    *("repurchase_rate_by_buyers", "repurchase_rate_by_orders", "back_purchase_rate"),
    *(second_order_name(days) for days in WITHIN_DAYS),
)
"""The figures, in the order in which they are shown."""


@dataclass(frozen=True)
class Overview:
    """How a shop is doing."""

    scope: Scope
    """What the figures are about."""
    figures: Mapping[str, Figure]
    """By the names in :data:`OVERVIEW_NAMES`."""
    repurchase: Repurchase
    """What the repurchase rates were made of."""
    second_order: SecondOrder
    """The curve that the shares of second orders were read from."""

    def interval(self, name: str) -> Estimate | None:
        """The interval of a share of second orders; None for what was counted and not estimated."""
        for days in WITHIN_DAYS:
            if name == second_order_name(days):
                return self.second_order.within(days)
        return None

    def as_dict(self) -> dict[str, Any]:
        """Everything in plain types, for JSON; each figure has its definition in words in ``definitions``."""
        figures = {}
        for name, figure in self.figures.items():
            interval = self.interval(name)
            ends = {} if interval is None else {"low": interval.low, "high": interval.high}
            figures[name] = {**figure.as_dict(), **ends}
        return {
            **self.scope.as_dict(),
            "cycle_days": self.repurchase.cycle_days,
            "window_is_short": self.repurchase.window_is_short,
            "back_purchase_from": {name: each.as_dict() for name, each in self.repurchase.earlier.items()},
            "figures": figures,
            "definitions": definitions_of(self.figures),
        }


def overview(tables: ShopTables, period: Period) -> Overview:
    """The overview of ``period``; a figure of a period that the history does not reach is None."""
    scope = Scope.of(tables, period)
    came_back, second = repurchase(tables, period), second_order(tables, period)
    figures = {**scope.figures(OVERVIEW_NAMES, _values(tables, scope.reached)), **came_back.figures}
    figures["returning_buyers"] = figures["buyers"].less(figures["new_buyers"])
    figures["average_order_value"] = figures["gross_revenue"].over(figures["orders"])
    for days in WITHIN_DAYS:
        shares = {name: {"share": second.within(days, name).value} for name in scope.reached}
        figures[second_order_name(days)] = Figure.of("share", shares)
    return Overview(scope, {name: figures[name] for name in OVERVIEW_NAMES}, came_back, second)


def _values(tables: ShopTables, periods: Mapping[str, Period]) -> dict[str, dict[str, Any]]:
    """What the overview counts itself, for each period."""
    if not periods:
        return {}
    members = tables.ask(_members(tables, periods)).to_pylist()[0]
    parts = [by_period(tables.ask(part(tables, periods))) for part in (_people, _new_buyers, _money)]
    return {
        name: dict.fromkeys(OVERVIEW_NAMES, 0)
        | {key: members[f"{key}_{name}"] for key in ("members", "new_members")}
        | {key: value for part in parts for key, value in part.get(name, {}).items()}
        for name in periods
    }


def _people(tables: ShopTables, periods: Mapping[str, Period]) -> Any:
    """What was done, and by how many: first by person, so that nobody is counted twice."""
    events = in_periods(seen(tables), periods)
    people = events.group_by("period", "customer_id", "last_day").agg(
        views=(events.kind == "view").sum(),
        carts=(events.kind == "cart").sum(),
        favourites=(events.kind == "favorite").sum(),
    )
    people = people.left_join(first_orders(tables), "customer_id")
    has_ordered = people.first_order_date.notnull() & (people.first_order_date.epoch_days() <= people.last_day)
    return people.group_by("period").agg(
        views=people.views.sum(),
        carts=people.carts.sum(),
        favourites=people.favourites.sum(),
        active_people=people.count(),
        visitors=has_ordered.ifelse(0, 1).sum(),
    )


def _new_buyers(tables: ShopTables, periods: Mapping[str, Period]) -> Any:
    """Those whose first order this is."""
    firsts = in_periods(first_orders(tables), periods, "first_order_date")
    return firsts.group_by("period").agg(new_buyers=firsts.count())


def _members(tables: ShopTables, periods: Mapping[str, Period]) -> Any:
    """One row: members at the end of each period, and those who became so in it, ``members_current`` and so on.

    Who was described without a date and has no event was always a member.
    """
    known = tables.events.filter(~is_visitor(tables.events.customer_id))
    firsts = known.group_by("customer_id").agg(first_date=known.local_date.min())
    described = tables.customers.filter(~is_visitor(tables.customers.customer_id))
    people = described.outer_join(firsts, "customer_id")
    people = people.select(since=ibis.coalesce(people.joined_date, people.first_date))
    counts = {}
    for name, period in periods.items():
        before, earlier = (people.since < ibis.literal(day) for day in (period.until, period.first))
        counts[f"members_{name}"] = ibis.coalesce(before, True).ifelse(1, 0).sum()
        counts[f"new_members_{name}"] = ibis.coalesce(before & ~earlier, False).ifelse(1, 0).sum()
    return people.agg(**counts)


def _money(tables: ShopTables, periods: Mapping[str, Period]) -> Any:
    """Revenue; a return counts in the period in which it was made."""
    traded = in_periods(lines(tables), periods)
    return traded.group_by("period").agg(
        returned_value=traded.is_return.ifelse(traded.amount, 0).sum(), net_revenue=net(traded).sum()
    )
