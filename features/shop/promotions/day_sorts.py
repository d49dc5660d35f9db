"""What sort of day each day is: ordinary, of a sale, after one, or a holiday. Numbers differ between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from features.arrays import Flags, Ints
from features.moments import local_date
from features.shop.promotions.calendar import Calendar
from features.shop.promotions.promotion import HOLIDAY, SALE, Promotion

ORDINARY, ON_SALE, AFTER_SALE, ON_HOLIDAY = 0, 1, 2, 3

AFTER_DAYS = 7
"""So many days after a sale are told apart from ordinary ones: people have just bought."""


@dataclass(frozen=True)
class DaySorts:
    """The sorts of some days without a gap."""

    sort: Ints
    """``ORDINARY``, ``ON_SALE``, ``AFTER_SALE`` or ``ON_HOLIDAY``; shape (n_days,)."""
    occasion: Ints
    """The place in ``occasions`` of the promotion that makes a day what it is, -1 for none; shape (n_days,)."""
    occasions: tuple[Promotion, ...]
    """The promotions that hold on, or lie shortly before, one of the days."""
    weekday: Ints
    """0 for Monday; shape (n_days,)."""

    @classmethod
    def of(cls, calendar: Calendar, days: Sequence[date]) -> DaySorts:
        """The sorts of ``days``, which follow each other. A day of several is on sale first, on holiday second."""
        first, count = days[0], len(days)
        around = calendar.between(first - timedelta(days=AFTER_DAYS), days[-1] + timedelta(days=1), (SALE, HOLIDAY))
        sort, occasion = np.zeros(count, dtype=np.int64), np.full(count, -1)
        for sort_of_day, kind in ((AFTER_SALE, SALE), (ON_HOLIDAY, HOLIDAY), (ON_SALE, SALE)):
            for place, each in enumerate(around):
                if each.kind == kind:
                    begins, ends = (each.first_day - first).days, (each.last_day - first).days + 1
                    part = slice(ends, ends + AFTER_DAYS) if sort_of_day == AFTER_SALE else slice(begins, ends)
                    rows = np.arange(max(part.start, 0), min(max(part.stop, 0), count))
                    sort[rows], occasion[rows] = sort_of_day, place
        return cls(sort, occasion, tuple(around), (np.arange(count) + first.weekday()) % 7)

    @property
    def is_ordinary(self) -> Flags:
        """Which days are ordinary, shape ``(n_days,)``."""
        found: Flags = self.sort == ORDINARY
        return found


def over_until(now: datetime, timezone: str, known_until: date) -> date:
    """The day after the newest that is over, of days known before ``known_until``.

    Where the clock is behind the data, the newest of these is taken as today.
    """
    newest = known_until - timedelta(days=1)
    return known_until if newest < local_date(now, timezone) else newest
