"""The shop's numbers day by day, for alerts, trends and charts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from features.arrays import Floats
from features.errors import HuitouError
from features.shop.numbers.counting.figure import told
from features.shop.numbers.counting.lines import first_orders, lines, net, order_parts, orders, seen
from features.shop.numbers.period import Period
from features.shop.numbers.shop_tables import ShopTables

DAILY_NUMBERS = (
    *("views", "carts", "favourites", "active_people", "orders", "buyers", "new_buyers"),
    *("gross_revenue", "net_revenue", "average_order_value"),
)
"""What is told of each day; ``features.shop.numbers.definitions`` says what each is."""

GROUPED_BY = ("category", "channel")
"""What the days can be told apart by."""

WHOLE_SHOP = ""
"""The name of the only group when nothing is told apart, and of what has no category or channel."""


@dataclass(frozen=True)
class DailyNumbers:
    """One number for each group and day; a day on which nothing happened has zeros."""

    period: Period
    """The days, without a gap."""
    groups: tuple[str, ...]
    """Names of the groups, sorted; only :data:`WHOLE_SHOP` when nothing is told apart."""
    values: Mapping[str, Floats]
    """By the names in :data:`DAILY_NUMBERS`, each of shape ``(n_groups, n_days)``; the average order value of a day
    without orders is NaN."""

    @property
    def days(self) -> list[date]:
        """The days, in order."""
        return [self.period.first + timedelta(days=number) for number in range(self.period.days)]

    def of(self, name: str, group: str = WHOLE_SHOP) -> Floats:
        """One number of one group on each day, shape ``(n_days,)``."""
        return self.values[name][self.groups.index(group)]

    def as_dict(self) -> dict[str, Any]:
        """``rows``, one for each group and day, for JSON."""
        rows: list[dict[str, Any]] = [
            {"date": day.isoformat(), "group": group or None}
            | {name: told(name, self.values[name][place, number]) for name in DAILY_NUMBERS}
            for place, group in enumerate(self.groups)
            for number, day in enumerate(self.days)
        ]
        return {"period": self.period.as_dict(), "rows": rows}


def daily_numbers(
    tables: ShopTables, until: date | None = None, first: date | None = None, by: str | None = None
) -> DailyNumbers:
    """The numbers of each day from ``first`` (the shop's first day) to before ``until`` (the day after its last).

    With ``by`` each category or channel has its own; people, buyers and orders of two groups count in both. Raises
    :class:`HuitouError` for another ``by``, for days in the wrong order and for a shop without events.
    """
    if by is not None and by not in GROUPED_BY:
        raise HuitouError(
            f"by must be one of {', '.join(GROUPED_BY)} or nothing; got {by!r}. Leave it out for the whole shop.",
            field="by",
            value=by,
            allowed=list(GROUPED_BY),
        )
    known = tables.history
    if known is None and (until is None or first is None):
        raise HuitouError("daily numbers need events; this shop has none. Import events first.", code="no_events")
    period = Period(first or known.first, until or known.until) if known else Period(first, until)  # type: ignore[arg-type]
    return _filled(period, [tables.ask(part(tables, period, by)) for part in (_seen, _bought, _earned)])


def _seen(tables: ShopTables, period: Period, by: str | None) -> Any:
    """What people did, a row for each day and group: first by person, so that nobody is counted twice."""
    events = _in(period, seen(tables))
    if by == "category":
        events = events.left_join(tables.items.select("item_id", "category"), "item_id")
    events = _grouped(events, by)
    people = events.group_by("local_date", "group", "customer_id").agg(
        views=(events.kind == "view").sum(),
        carts=(events.kind == "cart").sum(),
        favourites=(events.kind == "favorite").sum(),
    )
    return people.group_by("local_date", "group").agg(
        views=people.views.sum(),
        carts=people.carts.sum(),
        favourites=people.favourites.sum(),
        active_people=people.count(),
    )


def _bought(tables: ShopTables, period: Period, by: str | None) -> Any:
    """Orders, a row for each day and group; an order counts on the day of its first line in each of its groups."""
    placed = _grouped(_in(period, orders(tables) if by is None else order_parts(tables, by)), by)
    people = placed.group_by("local_date", "group", "customer_id").agg(
        orders=placed.count(), gross_revenue=placed.amount.sum()
    )
    people = people.left_join(first_orders(tables), "customer_id")
    return people.group_by("local_date", "group").agg(
        orders=people.orders.sum(),
        buyers=people.count(),
        new_buyers=(people.first_order_date == people.local_date).sum(),
        gross_revenue=people.gross_revenue.sum(),
    )


def _earned(tables: ShopTables, period: Period, by: str | None) -> Any:
    """Net revenue, a row for each day and group; purchases and returns count on their own day."""
    traded = _grouped(_in(period, lines(tables)), by)
    return traded.group_by("local_date", "group").agg(net_revenue=net(traded).sum())


def _in(period: Period, rows: Any) -> Any:
    return rows.filter((rows.local_date >= period.first) & (rows.local_date < period.until))


def _grouped(rows: Any, by: str | None) -> Any:
    name = ibis.literal(WHOLE_SHOP)
    return rows.mutate(group=name if by is None else ibis.coalesce(rows[by], name))


def _filled(period: Period, answers: list[pa.Table]) -> DailyNumbers:
    """The rows of the answers in a grid without gaps."""
    groups = sorted({name for answer in answers for name in answer["group"].to_pylist()}) or [WHOLE_SHOP]
    values = {name: np.zeros((len(groups), period.days)) for name in DAILY_NUMBERS}
    place_of = {name: place for place, name in enumerate(groups)}
    for answer in answers:
        place = np.array([place_of[name] for name in answer["group"].to_pylist()], dtype=np.int64)
        day = np.array([(day - period.first).days for day in answer["local_date"].to_pylist()], dtype=np.int64)
        for name in set(answer.column_names) & set(DAILY_NUMBERS):
            values[name][place, day] = np.nan_to_num(answer[name].cast(pa.float64()).to_numpy())
    with np.errstate(invalid="ignore"):
        values["average_order_value"] = values["gross_revenue"] / values["orders"]
    return DailyNumbers(period, tuple(groups), values)
