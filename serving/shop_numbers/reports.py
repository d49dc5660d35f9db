"""The shop's numbers as work for the desk and for the command line: a question in plain values, an answer as JSON.

Numbers come from the warehouse: an event that has just arrived counts within seconds, when it was moved there. What
was worked out for one version of the events is kept for the next who asks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.shop.numbers.period import possible_day
from features.shop.promotions.calendar import Calendar
from serving.desk.workroom import Workroom
from serving.shop_numbers.days_asked import DaysAsked
from serving.shown.set_aside_people import set_aside_people as snapshot_set_aside
from serving.snapshot import Snapshot

if TYPE_CHECKING:  # The engines are loaded by who works, not by who asks: workers of the service stay light.
    from features.shop.numbers.shop_tables import ShopTables

Report = dict[str, Any]
"""An answer in plain types."""


def overview_report(room: Workroom, asked: DaysAsked) -> Report:
    """The shop in a few numbers, see :class:`Overview`."""
    from features.shop.numbers.overview import overview

    return _report(room, asked, overview)


def funnel_report(room: Workroom, asked: DaysAsked, by: str | None, slice_days: int) -> Report:
    """Where people drop out, see :class:`Funnel`."""
    from features.shop.numbers.funnel import funnel

    return _report(room, asked, funnel, by=by, slice_days=slice_days)


def habits_report(room: Workroom, asked: DaysAsked) -> Report:
    """Hours and weekdays, see :class:`Habits`."""
    from features.shop.numbers.habits import habits

    return _report(room, asked, habits)


def best_report(room: Workroom, asked: DaysAsked, by: str, rank_by: str, n: int) -> Report:
    """What sells best and what rises, see :class:`BestSellers`."""
    from features.shop.numbers.best_sellers import best_sellers

    return _report(room, asked, best_sellers, by=by, rank_by=rank_by, n=n)


def attention_report(room: Workroom, asked: DaysAsked, n: int, per_category: int) -> Report:
    """Items in the order of the attention they get, see :class:`Attention`."""
    from features.shop.numbers.attention import attention

    return _report(room, asked, attention, n=n, per_category=per_category)


def second_order_report(room: Workroom, asked: DaysAsked) -> Report:
    """How soon a second order follows, see :class:`SecondOrder`."""
    from features.shop.numbers.second_order import second_order

    return _report(room, asked, second_order)


def cohorts_report(room: Workroom, until: date | None, months: int, everyone: bool) -> Report:
    """The customers of each first-order month, see :class:`Cohorts`."""
    from features.shop.numbers.cohorts import cohorts

    if until is not None:
        possible_day("to", until)
    with shop_tables(room, everyone) as (version, tables):
        key = ("cohorts", version, until, months, everyone)
        found: Report = room.kept.once(key, lambda: cohorts(tables, until, months).as_dict())
        return found


def definitions_report(room: Workroom) -> Report:
    """Every number in words."""
    from features.shop.numbers.definitions import DEFINITIONS

    return {"definitions": {name: each.as_dict() for name, each in DEFINITIONS.items()}}


def _report(room: Workroom, asked: DaysAsked, make: Callable[..., Any], **options: Any) -> Report:
    """``make(tables, period, **options)`` as plain values."""
    with shop_tables(room, asked.everyone) as (version, tables):
        history = room.kept.once(("history", version, asked.everyone), lambda: tables.history)
        period = asked.period(history, room.clock(), room.shop.settings.timezone)
        key = (make.__name__, version, period, asked.everyone, *options.items())
        found: Report = room.kept.once(key, lambda: make(tables, period, **options).as_dict())
    return found | {"periods": _with_promotion_days(found["periods"], Calendar.of(room.shop))}


def _with_promotion_days(periods: dict[str, Report], calendar: Calendar) -> dict[str, Report]:
    """The periods, each with how many of its days belong to a sale: numbers differ by that alone."""

    def days(period: Report) -> int:
        return len(calendar.days(date.fromisoformat(period["from"]), date.fromisoformat(period["to"])))

    return {name: period | {"promotion_days": days(period)} for name, period in periods.items()}


Version = tuple[int, str]
"""Version of the events, and what says who is set aside."""


@contextmanager
def shop_tables(room: Workroom, everyone: bool) -> Iterator[tuple[Version, ShopTables]]:
    """The tables of the shop's newest memory, without who is set aside unless ``everyone`` counts, and its version."""
    from features.shop.numbers.shop_tables import ShopTables

    behaviour = Behaviour.of(room.shop)
    told_by = _told_by(room)
    version = (behaviour.reader.version, told_by.id if told_by is not None else "")
    with ShopTables.on_duckdb(behaviour) as tables:
        if not everyone:
            left_out = room.kept.once(("set aside", version), lambda: _set_aside(room, behaviour, told_by))
            tables = tables.without(left_out)
        yield version, tables


def _told_by(room: Workroom) -> Snapshot | None:
    """The served snapshot; None where nothing is published."""
    try:
        return room.snapshot
    except HuitouError:
        return None


def _set_aside(room: Workroom, behaviour: Behaviour, told_by: Snapshot | None) -> Collection[str] | pa.Array:
    """Who is set aside: as the snapshot says, else as the rules say now, which reads everything once."""
    if told_by is None:
        from features.shop.numbers.set_aside import set_aside_people

        return set_aside_people(behaviour, behaviour.reader.moment_after(room.clock()))
    return sorted(snapshot_set_aside(told_by))
