"""Whose birthday falls on one of some days."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from features.arrays import Flags
from features.moments import day_of
from serving.audiences.language.days import Days
from serving.snapshot import Snapshot

_YEAR = 366


def born_on(snapshot: Snapshot, days: Days, today: date) -> Flags:
    """Whose birthday is one of the days, whatever the year, shape ``(n_customers,)``."""
    columns = snapshot.audience.columns
    month, day = (
        np.nan_to_num(columns.values(name), nan=0).astype(np.int8) for name in ("birthday_month", "birthday_day")
    )
    return days_of_the_year(*days.on(today))[month, day]


def days_of_the_year(first: int, last: int) -> Flags:
    """Which days of the year lie between two days (numbers since 1970-01-01), both included: by month and day, 13 x 32.

    Who was born on 29 February is met on the 28th in years without that day.
    """
    wanted = np.zeros((13, 32), dtype=bool)
    for number in range(first, min(last, first + _YEAR) + 1):
        day = day_of(number)
        wanted[day.month, day.day] = True
        if (day.month, day.day) == (2, 28) and (day + timedelta(days=1)).month == 3:
            wanted[2, 29] = True
    return wanted
