"""Where people drop out between looking, favouriting or carting, and buying: whole, by category, and over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import ibis

from features.errors import HuitouError
from features.shop.numbers.counting.figure import Figure, Scope, Values, ratio
from features.shop.numbers.counting.lines import in_periods, plain
from features.shop.numbers.counting.sold import INTEREST, UNKNOWN_CATEGORY
from features.shop.numbers.definitions import definitions_of
from features.shop.numbers.period import Period
from features.shop.numbers.shop_tables import ShopTables

FUNNEL_PEOPLE = (
    *("browse_people", "favourite_people", "cart_people", "favourite_or_cart_people", "purchase_people"),
    *("browse_then_favourite_or_cart_people", "favourite_or_cart_then_purchase_people", "browse_then_purchase_people"),
)
"""People counted at the steps, and those counted at two of them."""

FUNNEL_RATES = {
    "browse_to_favourite_or_cart_rate": ("browse_then_favourite_or_cart_people", "browse_people"),
    "favourite_or_cart_to_purchase_rate": ("favourite_or_cart_then_purchase_people", "favourite_or_cart_people"),
    "browse_to_purchase_rate": ("browse_then_purchase_people", "browse_people"),
}
"""Each rate: people at both steps, over people at the first."""

FUNNEL_NAMES = (*FUNNEL_PEOPLE, *FUNNEL_RATES)
"""The figures, in the order in which they are shown."""

FUNNELS_BY = ("category", "days")
"""What the funnel can be told apart by."""


@dataclass(frozen=True)
class FunnelRow:
    """The funnel of the whole shop, of one category, or of some days."""

    category: str | None
    """The category; None for the whole shop and for items without one."""
    days: Period | None
    """The days, when it is told over time; the figures beside it are of as many days of the other periods."""
    figures: Mapping[str, Figure]
    """By the names in :data:`FUNNEL_NAMES`."""

    def as_dict(self) -> dict[str, Any]:
        """Everything in plain types, for JSON."""
        return {
            "category": self.category,
            "days": None if self.days is None else self.days.as_dict(),
            "figures": {name: figure.as_dict() for name, figure in self.figures.items()},
        }


@dataclass(frozen=True)
class Funnel:
    """The funnel of a period."""

    scope: Scope
    """What it is about."""
    by: str | None
    """What it is told apart by; None for the whole shop in one row."""
    rows: tuple[FunnelRow, ...]
    """One row; or a row for each category, that with the most people first; or for each few days, in order."""

    def as_dict(self) -> dict[str, Any]:
        """Everything in plain types, for JSON."""
        rows = [row.as_dict() for row in self.rows]
        return {**self.scope.as_dict(), "by": self.by, "rows": rows, "definitions": definitions_of(FUNNEL_NAMES)}


def funnel(tables: ShopTables, period: Period, by: str | None = None, slice_days: int = 7) -> Funnel:
    """The funnel of ``period``; with ``by="days"`` cut into slices of ``slice_days`` days from its first one.

    Raises :class:`HuitouError` for another ``by`` and for slices that are not between one day and the whole period.
    """
    scope = Scope.of(tables, _checked(period, by, slice_days))
    counts = _counts(tables, scope.reached, by, slice_days)
    if by is None:
        return Funnel(scope, by, (_row(counts, "", None, None),))
    if by == "category":
        names = sorted(counts.get("current", {}), key=lambda name: (-max(_people(counts, name)), name))
        return Funnel(scope, by, tuple(_row(counts, name, name or None, None) for name in names))
    known = tables.history
    rows = []
    for number, days in enumerate(_slices(period, slice_days)):
        reached = {
            name: counts[name]
            for name, each in scope.reached.items()
            if known is not None and number < len(_slices(each, slice_days))
            if _slices(each, slice_days)[number].within(known)
        }
        rows.append(_row(reached, str(number), None, days))
    return Funnel(scope, by, tuple(rows))


def _checked(period: Period, by: str | None, slice_days: int) -> Period:
    if by is not None and by not in FUNNELS_BY:
        raise HuitouError(
            f"by must be one of {', '.join(FUNNELS_BY)} or nothing; got {by!r}. Leave it out for the whole shop.",
            field="by",
            value=by,
            allowed=list(FUNNELS_BY),
        )
    if by == "days" and not 1 <= slice_days <= period.days:
        raise HuitouError(
            f"slice_days must be between 1 and the period's {period.days} days; got {slice_days}. "
            "Ask for 7, or for a longer period.",
            field="slice_days",
            value=slice_days,
        )
    return period


def _counts(
    tables: ShopTables, periods: Mapping[str, Period], by: str | None, slice_days: int
) -> dict[str, dict[str, Values]]:
    """For each period and group the people at each step: first by person, so that nobody is counted twice."""
    if not periods:
        return {}
    events = tables.events.filter(tables.events.kind.isin(INTEREST))
    if by == "category":
        events = events.left_join(tables.items.select("item_id", "category"), "item_id")
    rows = in_periods(events, periods)
    rows = rows.mutate(group=_group(rows, by, slice_days))

    def did(*kinds: str) -> Any:
        return rows.kind.isin(kinds).ifelse(1, 0).max()

    people = rows.group_by("period", "group", "customer_id").agg(
        browse=did("view"),
        favourite=did("favorite"),
        cart=did("cart"),
        wanted=did("favorite", "cart"),
        purchase=did("purchase"),
    )
    steps = (
        *(people.browse, people.favourite, people.cart, people.wanted, people.purchase),
        *(people.browse * people.wanted, people.wanted * people.purchase, people.browse * people.purchase),
    )
    sums = people.group_by("period", "group").agg(
        **{name: step.sum() for name, step in zip(FUNNEL_PEOPLE, steps, strict=True)}
    )
    found: dict[str, dict[str, Values]] = {name: {} for name in periods}
    for row in tables.ask(sums).to_pylist():
        period, group = row.pop("period"), row.pop("group")
        found[period][group] = {name: plain(value) for name, value in row.items()}
    return found


def _group(rows: Any, by: str | None, slice_days: int) -> Any:
    if by is None:
        return ibis.literal("")
    if by == "category":
        return ibis.coalesce(rows.category, ibis.literal(UNKNOWN_CATEGORY))
    return ((rows.local_date.epoch_days() - rows.first_day) // slice_days).cast("int64").cast("string")


def _row(
    counts: Mapping[str, Mapping[str, Values]], group: str, category: str | None, days: Period | None
) -> FunnelRow:
    values = {}
    for name, groups in counts.items():
        people = groups.get(group, dict.fromkeys(FUNNEL_PEOPLE, 0))
        rates = {rate: ratio(people[part], people[whole]) for rate, (part, whole) in FUNNEL_RATES.items()}
        values[name] = {**people, **rates}
    return FunnelRow(category, days, {name: Figure.of(name, values) for name in FUNNEL_NAMES})


def _people(counts: Mapping[str, Mapping[str, Values]], group: str) -> list[float]:
    people = counts["current"][group]
    return [people[name] or 0 for name in ("browse_people", "favourite_or_cart_people", "purchase_people")]


def _slices(period: Period, slice_days: int) -> list[Period]:
    """The period cut into pieces of so many days; the last may be shorter."""
    firsts = [period.first + timedelta(days=number) for number in range(0, period.days, slice_days)]
    return [Period(first, min(first + timedelta(days=slice_days), period.until)) for first in firsts]
