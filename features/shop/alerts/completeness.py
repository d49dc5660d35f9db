"""Whether the data of the newest days are all there: a day that is not over, an import that stopped, a lost day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from features.arrays import Flags, Ints
from features.shop.numbers.shop_tables import ShopTables

LOOKED_AT_DAYS = 56
"""What is usual is seen of so many days."""

RECENT_DAYS = 14
"""Lost days are told of so many newest days."""

MARGIN_HOURS = 2
"""A day ends too early when its last event lies so many hours earlier than on any other day."""

NO_EVENTS = -1
"""The last hour of a day without events."""


@dataclass(frozen=True)
class Completeness:
    """What is there of the newest days."""

    newest: date
    """The newest day with an event."""
    judged: date
    """The newest day that is over and whose events seem to be all there."""
    today: date | None
    """Today, where it has events and is not over."""
    stopped_days: int
    """For how many whole days nothing has arrived, where that is longer than ever before; else 0."""
    ended_hour: int | None
    """The hour of the last event of ``newest``, where that is much earlier than usual: its import was cut off."""
    usual_hour: int | None
    """The earliest last hour of other days, told with ``ended_hour``."""
    lost: tuple[date, ...]
    """Recent days without any event, where other days of the same weekday have some."""
    known: Flags
    """Of each day up to ``judged`` whether anything is known of it; shape (n_days,)."""

    @classmethod
    def of(cls, last_hour: Ints, first: date, today: date) -> Completeness:
        """What ``last_hour`` of each day from ``first`` on, the last of which has events, says on ``today``."""
        newest = first + timedelta(days=len(last_hour) - 1)
        # A clock that is behind the data: its newest day is taken as today.
        today = max(today, newest)
        is_today = newest == today
        ended, usual = (None, None) if is_today else _ended_early(last_hour)
        judged = newest - timedelta(days=int(is_today or ended is not None))
        seen = last_hour[: (judged - first).days + 1]
        gone = (today - newest).days - 1
        lost = _lost(seen)
        return cls(
            newest=newest,
            judged=judged,
            today=today if is_today else None,
            stopped_days=gone if gone > _longest_gap(last_hour) else 0,
            ended_hour=ended,
            usual_hour=usual,
            lost=tuple(
                first + timedelta(days=int(day)) for day in np.flatnonzero(lost) if len(seen) - day <= RECENT_DAYS
            ),
            known=~lost,
        )


def last_hours(tables: ShopTables) -> tuple[Ints, date] | None:
    """The hour of each day's last event, ``NO_EVENTS`` for none, and the first day; None for a shop without events."""
    if tables.history is None:
        return None
    events = tables.events
    answer = tables.ask(events.group_by("local_date").agg(last_hour=events.local_hour.max()))
    first, last = min(days := answer["local_date"].to_pylist()), max(days)
    hours = np.full((last - first).days + 1, NO_EVENTS)
    hours[[(day - first).days for day in days]] = answer["last_hour"].to_pylist()
    return hours, first


def _ended_early(last_hour: Ints) -> tuple[int | None, int | None]:
    """The last hour of the newest day and the earliest of others, where the newest is much earlier."""
    others = last_hour[:-1][-LOOKED_AT_DAYS:]
    others = others[others != NO_EVENTS]
    if len(others) >= RECENT_DAYS and last_hour[-1] < others.min() - MARGIN_HOURS:
        return int(last_hour[-1]), int(others.min())
    return None, None


def _lost(last_hour: Ints) -> Flags:
    """Which days have no events although the same weekday before has always had some; shape ``(n_days,)``."""
    empty = last_hour == NO_EVENTS
    lost = empty.copy()
    for day in np.flatnonzero(empty):
        before = empty[day % 7 : day : 7][-LOOKED_AT_DAYS // 7 :]
        lost[day] = not before.any()
    return lost


def _longest_gap(last_hour: Ints) -> int:
    """The most days in a row without events, at least 0."""
    full = np.flatnonzero(last_hour != NO_EVENTS)
    return int(np.diff(full).max(initial=1)) - 1
