"""Items in the order of the attention they get, for the shop's pages: popular, trending, new, and of each category."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis

from features.estimate import Estimate
from features.shop.numbers.counting.figure import Figure, Scope
from features.shop.numbers.counting.rising import growth_of
from features.shop.numbers.counting.sold import INTEREST, UNKNOWN_CATEGORY, checked_count, interested
from features.shop.numbers.definitions import definitions_of
from features.shop.numbers.period import Period
from features.shop.numbers.shop_tables import ShopTables

NEW_WITHIN_DAYS = 30
"""An item first offered at most so long before the end of the period is new."""


@dataclass(frozen=True)
class Attended:
    """An item that gets attention."""

    item_id: str
    """Its id."""
    title: str | None
    """Its title, where it has one."""
    category: str | None
    """Its category, where it has one."""
    first_date: date | None
    """The day on which it was first offered; where that was not told, of its first event."""
    interested_people: Figure
    """How many people looked at it, favourited, carted or bought it."""
    growth: Estimate
    """How many times more than the whole shop's that grew since the previous period, shrunk."""
    rose: bool
    """Whether that is beyond chance, all items having been looked at."""

    def as_dict(self) -> dict[str, Any]:
        """Everything in plain types, for JSON."""
        return {
            "item_id": self.item_id,
            "title": self.title,
            "category": self.category,
            "first_date": None if self.first_date is None else self.first_date.isoformat(),
            "interested_people": self.interested_people.as_dict(),
            "growth_against_shop": self.growth.as_dict(),
            "rose_beyond_chance": self.rose,
        }


@dataclass(frozen=True)
class Attention:
    """Items by attention; those that cannot be bought now are left out."""

    scope: Scope
    """What it is about."""
    popular: tuple[Attended, ...]
    """Those that most people were interested in."""
    trending: tuple[Attended, ...]
    """Those in which the interest grew more than in the shop, the surest first."""
    new: tuple[Attended, ...]
    """The new ones, those with the most interest first."""
    by_category: dict[str | None, tuple[Attended, ...]]
    """The popular ones of each category; None stands for items without one."""

    def as_dict(self) -> dict[str, Any]:
        """Everything in plain types, for JSON."""
        lists = {name: [each.as_dict() for each in getattr(self, name)] for name in ("popular", "trending", "new")}
        categories = [
            {"category": name, "items": [each.as_dict() for each in items]} for name, items in self.by_category.items()
        ]
        words = definitions_of(("interested_people", "growth_against_shop", "rose_beyond_chance"))
        return {**self.scope.as_dict(), **lists, "by_category": categories, "definitions": words}


def attention(
    tables: ShopTables, period: Period, n: int = 20, per_category: int = 5, new_within_days: int = NEW_WITHIN_DAYS
) -> Attention:
    """The first ``n`` items of each order and the first ``per_category`` of each category in ``period``."""
    scope, n, per_category = Scope.of(tables, period), checked_count(n), checked_count(per_category)
    counts = interested(tables, scope.reached, "item")
    now = counts.get("current", {})
    known = _described(tables)
    growth = growth_of(counts, "interested_people")

    def told(item: str) -> Attended:
        said = known[item]
        people = Figure.of(
            "interested_people",
            {when: found.get(item, {"interested_people": 0}) for when, found in counts.items()},
        )
        estimate, rose = growth.get(item, (Estimate.unknown(), False))
        return Attended(item, said["title"], said["category"] or None, said["first_date"], people, estimate, rose)

    popular = sorted(
        (item for item in now if known[item]["in_stock"]), key=lambda item: (-now[item]["interested_people"], item)
    )
    trending = [item for item in popular if item in growth and (growth[item][0].value or 0) > 1]
    trending.sort(key=lambda item: (-(growth[item][0].low or 0), item))
    newest = period.until - timedelta(days=new_within_days)
    new = [item for item in popular if newest <= known[item]["first_date"] < period.until]
    return Attention(
        scope,
        tuple(told(item) for item in popular[:n]),
        tuple(told(item) for item in trending[:n]),
        tuple(told(item) for item in new[:n]),
        {
            name or None: tuple(told(item) for item in items)
            for name, items in _by_category(popular, known, per_category).items()
        },
    )


def _by_category(popular: list[str], known: dict[str, dict[str, Any]], each: int) -> dict[str, list[str]]:
    """The first ``each`` of each category, the category with the most popular item first."""
    found: dict[str, list[str]] = {}
    for item in popular:
        items = found.setdefault(known[item]["category"], [])
        if len(items) < each:
            items.append(item)
    return found


def _described(tables: ShopTables) -> dict[str, dict[str, Any]]:
    """Title, category, first day and stock of every item that had an event."""
    events = tables.events.filter(tables.events.kind.isin(INTEREST))
    firsts = events.group_by("item_id").agg(seen_date=events.local_date.min())
    items = firsts.left_join(tables.items, "item_id")
    rows = items.select(
        "item_id",
        "title",
        category=ibis.coalesce(items.category, ibis.literal(UNKNOWN_CATEGORY)),
        first_date=ibis.coalesce(items.added_date, items.seen_date),
        in_stock=ibis.coalesce(items.in_stock, True),
    )
    return {row["item_id"]: row for row in tables.ask(rows).to_pylist()}
