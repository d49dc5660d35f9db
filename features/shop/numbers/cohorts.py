"""Cohorts: the customers of each first-order month, and what they did in the months since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis

from features.errors import HuitouError
from features.shop.numbers.counting.figure import Figure, ratio
from features.shop.numbers.counting.lines import first_orders, lines, net, orders, plain
from features.shop.numbers.definitions import definitions_of
from features.shop.numbers.shop_tables import ShopTables

COHORT_NAMES = ("cohort_buyers", "retention_rate", "cohort_orders", "cohort_net_revenue", "cohort_revenue_per_customer")
"""What is told of a cohort in each month since its first order."""

MOST_MONTHS = 120
"""So many cohorts can be asked for."""


@dataclass(frozen=True)
class CohortMonth:
    """What a cohort did in one month."""

    months_since: int
    """Months since that of the first order; 0 is that month itself."""
    is_partial: bool
    """Whether the month was not over on the day asked about, or the history begins within it."""
    figures: Mapping[str, Figure]
    """By the names in :data:`COHORT_NAMES`; previous is the cohort a month before, last year's that of the same month,
    each after as many months."""

    def as_dict(self) -> dict[str, Any]:
        """Everything in plain types, for JSON."""
        figures = {name: figure.as_dict() for name, figure in self.figures.items()}
        return {"months_since": self.months_since, "is_partial": self.is_partial, "figures": figures}


@dataclass(frozen=True)
class Cohort:
    """The customers whose first order came in one month."""

    month: date
    """The first day of the month."""
    customers: Figure
    """How many they are, beside the cohort of the month before and of the same month last year."""
    months: tuple[CohortMonth, ...]
    """From the month itself on, in order."""

    def as_dict(self) -> dict[str, Any]:
        """Everything in plain types, for JSON."""
        months = [each.as_dict() for each in self.months]
        return {"month": f"{self.month:%Y-%m}", "customers": self.customers.as_dict(), "months": months}


@dataclass(frozen=True)
class Cohorts:
    """The newest cohorts of a shop."""

    until: date
    """The day after the last one that counts."""
    set_aside: int | None
    """How many people set aside were left out; None where everybody is in."""
    cohorts: tuple[Cohort, ...]
    """The cohorts, the oldest first."""

    def as_dict(self) -> dict[str, Any]:
        """Everything in plain types, for JSON."""
        return {
            "to": self.until.isoformat(),
            "set_aside_left_out": self.set_aside is not None,
            "set_aside_people": self.set_aside,
            "cohorts": [each.as_dict() for each in self.cohorts],
            "definitions": definitions_of(("cohort_customers", *COHORT_NAMES)),
        }


def cohorts(tables: ShopTables, until: date | None = None, months: int = 13) -> Cohorts:
    """The cohorts of the newest ``months`` months before ``until`` (the day after the shop's last).

    Raises :class:`HuitouError` unless there are 1 to 120 ``months``.
    """
    if not 1 <= months <= MOST_MONTHS:
        raise HuitouError(
            f"months must be between 1 and {MOST_MONTHS}; got {months}. Ask for 13 to see last year's, too.",
            field="months",
            value=months,
        )
    known = tables.history
    if known is None or (until is not None and until <= known.first):
        return Cohorts(until or date(1970, 1, 1), tables.left_out, ())
    until = until or known.until
    last, first = _number(until - timedelta(days=1)), _number(known.first)
    table = _Table(_values(tables, until), first, last, known.first, until)
    newest = range(max(first, last - months + 1), last + 1)
    return Cohorts(until, tables.left_out, tuple(table.cohort(month) for month in newest))


@dataclass(frozen=True)
class _Table:
    """What each cohort did in each month, by numbers of months; what is missing is 0."""

    values: Mapping[tuple[int, int], Mapping[str, float]]
    first: int
    last: int
    first_day: date
    until: date

    def cohort(self, month: int) -> Cohort:
        size = Figure(*(self.size(month - back) for back in (0, 1, 12)))
        return Cohort(_day(month), size, tuple(self.month(month, since) for since in range(self.last - month + 1)))

    def size(self, month: int) -> float | None:
        return self.values.get((month, month), {}).get("buyers", 0) if month >= self.first else None

    def month(self, month: int, since: int) -> CohortMonth:
        values = {
            name: self.figures(month - back, since)
            for name, back in (("current", 0), ("previous", 1), ("last_year", 12))
        }
        begins, ends = _day(month + since), _day(month + since + 1)
        is_partial = ends > self.until or begins < self.first_day
        return CohortMonth(since, is_partial, {name: Figure.of(name, values) for name in COHORT_NAMES})

    def figures(self, month: int, since: int) -> dict[str, float | None]:
        size = self.size(month)
        if size is None:
            return {}
        found = self.values.get((month, month + since), {})
        buyers, revenue = found.get("buyers", 0), found.get("net_revenue", 0.0)
        numbers = (buyers, ratio(buyers, size), found.get("orders", 0), revenue, ratio(revenue, size))
        return dict(zip(COHORT_NAMES, numbers, strict=True))


def _values(tables: ShopTables, until: date) -> dict[tuple[int, int], dict[str, float]]:
    """Buyers, orders and net revenue by month of the first order and month: first by person."""
    firsts = first_orders(tables)
    firsts = firsts.select("customer_id", cohort=_month(firsts.first_order_date))
    placed = _monthly(orders(tables), until)
    made = placed.group_by("customer_id", "month").agg(orders=placed.count()).inner_join(firsts, "customer_id")
    traded = _monthly(lines(tables), until)
    earned = traded.group_by("customer_id", "month").agg(net=net(traded).sum()).inner_join(firsts, "customer_id")
    found: dict[tuple[int, int], dict[str, float]] = {}
    for sums in (
        made.group_by("cohort", "month").agg(buyers=made.count(), orders=made.orders.sum()),
        earned.group_by("cohort", "month").agg(net_revenue=earned.net.sum()),
    ):
        for row in tables.ask(sums).to_pylist():
            place = row.pop("cohort"), row.pop("month")
            found.setdefault(place, {}).update({name: plain(value) for name, value in row.items()})
    return found


def _monthly(rows: Any, until: date) -> Any:
    return rows.filter(rows.local_date < ibis.literal(until)).mutate(month=_month(rows.local_date))


def _month(day: Any) -> Any:
    """The number of a day's month since the year 0."""
    return day.year().cast("int64") * 12 + day.month().cast("int64") - 1


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _day(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)
