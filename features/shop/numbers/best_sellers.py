"""What sells best, and what rises: items and categories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from features.errors import HuitouError
from features.estimate import Estimate
from features.shop.numbers.counting.figure import Figure, Scope
from features.shop.numbers.counting.rising import growth_of
from features.shop.numbers.counting.sold import (
    UNKNOWN_CATEGORY,
    checked_count,
    checked_thing,
    described,
    sold,
)
from features.shop.numbers.definitions import definitions_of
from features.shop.numbers.period import Period
from features.shop.numbers.shop_tables import ShopTables

SOLD_NAMES = ("buyers", "pieces", "net_revenue")
"""What is told of each, and what they can be ordered by."""


@dataclass(frozen=True)
class Sold:
    """An item or a category, and what was sold of it."""

    name: str | None
    """The item's id or the category's name; None for all items without a category."""
    title: str | None
    """The item's title, where it has one."""
    category: str | None
    """Its category, where it has one."""
    figures: dict[str, Figure]
    """By the names in :data:`SOLD_NAMES`."""
    growth: Estimate
    """How many times more its buyers grew since the previous period than the whole shop's, shrunk; else unknown."""
    rose: bool
    """Whether that is beyond chance, everything sold having been looked at."""

    def as_dict(self) -> dict[str, Any]:
        """Everything in plain types, for JSON."""
        return {
            "name": self.name,
            "title": self.title,
            "category": self.category,
            "figures": {name: figure.as_dict() for name, figure in self.figures.items()},
            "growth_against_shop": self.growth.as_dict(),
            "rose_beyond_chance": self.rose,
        }


@dataclass(frozen=True)
class BestSellers:
    """The best and the rising items or categories of a period."""

    scope: Scope
    """What they are about."""
    by: str
    """``item`` or ``category``."""
    rank_by: str
    """What the best are ordered by."""
    best: tuple[Sold, ...]
    """The best, the best first."""
    rising: tuple[Sold, ...]
    """Those whose buyers grew more than the shop's, the surest first; empty where there is no previous period."""

    def as_dict(self) -> dict[str, Any]:
        """Everything in plain types, for JSON."""
        return {
            **self.scope.as_dict(),
            "by": self.by,
            "rank_by": self.rank_by,
            "best": [each.as_dict() for each in self.best],
            "rising": [each.as_dict() for each in self.rising],
            "definitions": definitions_of((*SOLD_NAMES, "growth_against_shop", "rose_beyond_chance")),
        }


def best_sellers(
    tables: ShopTables, period: Period, by: str = "item", rank_by: str = "net_revenue", n: int = 20
) -> BestSellers:
    """The ``n`` best and the ``n`` surest rising of ``period``; raises :class:`HuitouError` for another ``rank_by``."""
    if rank_by not in SOLD_NAMES:
        raise HuitouError(
            f"rank_by must be one of {', '.join(SOLD_NAMES)}; got {rank_by!r}. Say net_revenue for what earns most.",
            field="rank_by",
            value=rank_by,
            allowed=list(SOLD_NAMES),
        )
    scope, n = Scope.of(tables, period), checked_count(n)
    counts = sold(tables, scope.reached, checked_thing(by))
    now = counts.get("current", {})
    names = sorted(name for name, each in now.items() if each["buyers"])
    best = sorted(names, key=lambda name: -now[name][rank_by])[:n]
    growth = growth_of(counts, "buyers")
    rising = sorted(
        (name for name in names if name in growth and (growth[name][0].value or 0) > 1), key=_surest(growth)
    )[:n]
    known = described(tables, [*best, *rising]) if by == "item" else {}

    def told(name: str) -> Sold:
        said = known.get(name, {})
        figures = {
            each: Figure.of(
                each, {when: found.get(name, dict.fromkeys(SOLD_NAMES, 0)) for when, found in counts.items()}
            )
            for each in SOLD_NAMES
        }
        estimate, rose = growth.get(name, (Estimate.unknown(), False))
        category = said.get("category") if by == "item" else name or None
        return Sold(name if name != UNKNOWN_CATEGORY else None, said.get("title"), category, figures, estimate, rose)

    return BestSellers(scope, by, rank_by, tuple(told(name) for name in best), tuple(told(name) for name in rising))


def _surest(growth: dict[str, tuple[Any, bool]]) -> Any:
    return lambda name: (-(growth[name][0].low or 0), name)
