"""What was sold of each item or category, and how many people took an interest in it, in each period."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis

from features.errors import HuitouError
from features.shop.numbers.counting.lines import in_periods, lines, net, plain
from features.shop.numbers.period import Period
from features.shop.numbers.shop_tables import ShopTables

THINGS = ("item", "category")
"""What can be listed."""

INTEREST = ("view", "favorite", "cart", "purchase")
"""The kinds of event by which people show interest in an item."""

UNKNOWN_CATEGORY = ""
"""Stands for the category of items that have none."""

Counts = dict[str, dict[str, Any]]
"""By the id of an item or the name of a category: its counts."""


def sold(tables: ShopTables, periods: Mapping[str, Period], by: str) -> dict[str, Counts]:
    """For each period and thing ``buyers``, ``pieces`` and ``net_revenue``: first by person, so nobody counts twice."""
    if not periods:
        return {}
    traded = in_periods(_named(lines(tables), by), periods)
    pieces = traded.is_return.ifelse(0, traded.quantity)
    people = traded.group_by("period", "thing", "customer_id").agg(
        pieces=pieces.sum(), net_revenue=net(traded).sum(), bought=(~traded.is_return).sum()
    )
    sums = people.group_by("period", "thing").agg(
        buyers=(people.bought > 0).sum(), pieces=people.pieces.sum(), net_revenue=people.net_revenue.sum()
    )
    return _by_thing(tables, sums, periods)


def interested(tables: ShopTables, periods: Mapping[str, Period], by: str) -> dict[str, Counts]:
    """For each period and thing ``interested_people``: those who looked at, favourited, carted or bought it."""
    if not periods:
        return {}
    events = tables.events.filter(tables.events.kind.isin(INTEREST))
    events = events.left_join(tables.items.select("item_id", "category"), "item_id")
    people = in_periods(_named(events, by), periods).select("period", "thing", "customer_id").distinct()
    return _by_thing(tables, people.group_by("period", "thing").agg(interested_people=people.count()), periods)


def described(tables: ShopTables, ids: list[str]) -> dict[str, dict[str, Any]]:
    """Title and category of some items by id; of items that nobody described neither is known."""
    if not ids:
        return {}
    rows = tables.ask(tables.items.filter(tables.items.item_id.isin(ids)).select("item_id", "title", "category"))
    return {row["item_id"]: row for row in rows.to_pylist()}


def checked_thing(by: str) -> str:
    """``by``; raises :class:`HuitouError` unless it is one of :data:`THINGS`."""
    if by not in THINGS:
        raise HuitouError(
            f"by must be one of {', '.join(THINGS)}; got {by!r}. Say item for single items.",
            field="by",
            value=by,
            allowed=list(THINGS),
        )
    return by


def checked_count(n: int) -> int:
    """``n``; raises :class:`HuitouError` unless it is from 1 to 1,000."""
    if not 1 <= n <= 1_000:
        raise HuitouError(
            f"n must be between 1 and 1,000; got {n}. Ask for the first 20.", field="n", value=n, allowed=[1, 1_000]
        )
    return n


def _named(rows: Any, by: str) -> Any:
    if checked_thing(by) == "item":
        return rows.mutate(thing=rows.item_id)
    return rows.mutate(thing=ibis.coalesce(rows.category, ibis.literal(UNKNOWN_CATEGORY)))


def _by_thing(tables: ShopTables, sums: Any, periods: Mapping[str, Period]) -> dict[str, Counts]:
    found: dict[str, Counts] = {name: {} for name in periods}
    for row in tables.ask(sums).to_pylist():
        period, thing = row.pop("period"), row.pop("thing")
        found[period][thing] = {name: plain(value) for name, value in row.items()}
    return found
