"""Daily numbers with what weekdays, sales and holidays do taken out: what trends and correlations are seen of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from features.arrays import Floats, Ints
from features.shop.promotions.day_sorts import DaySorts

LEAST_DAYS = 42
"""With fewer ordinary days nothing is said."""

BLOCK_DAYS = 14
"""Days are drawn in blocks of so many, since one day resembles the next."""

DRAWS = 400
"""So many times days are drawn."""


@dataclass(frozen=True)
class PlainDays:
    """One number on ordinary days."""

    days: Ints
    """The places of the ordinary days of which it is known, rising; shape (n_plain,)."""
    logs: Floats
    """The logarithm of one more than the number, less that of its weekday; shape (n_plain,)."""

    @classmethod
    def of(cls, values: Floats, sorts: DaySorts) -> PlainDays | None:
        """The plain days of a number of every day ``(n_days,)``; None where there are too few."""
        days = np.flatnonzero(sorts.is_ordinary & np.isfinite(values))
        if len(days) < LEAST_DAYS:
            return None
        logs = np.log1p(np.maximum(values[days], 0.0))
        weekday = sorts.weekday[days]
        # Against the days around it, so that a trend does not look like a weekday.
        level = np.array([np.median(logs[np.abs(days - day) <= 10]) for day in days])
        for which in range(7):
            own = weekday == which
            if own.any():
                logs[own] -= np.median(np.log1p(np.maximum(values[days[own]], 0.0)) - level[own])
        return cls(days, logs)


def slope_over(days: Ints) -> Callable[[Floats], float]:
    """What tells the slope of logs ``(n_days,)`` over ``days``, of which no two are the same: the median of the slopes
    between all pairs of days, per day (Theil 1950, Sen 1968).
    """
    rows, columns = np.triu_indices(len(days), 1)
    apart = days[columns] - days[rows]
    return lambda logs: float(np.median((logs[columns] - logs[rows]) / apart))


def drawn_deviation(values: Floats, of: Callable[[Floats], float], random: np.random.Generator) -> float:
    """The standard deviation of ``of`` over draws of blocks of days from ``values`` ``(n_days, ...)``.

    The moving-block bootstrap (Künsch 1989): the draw keeps how days follow each other.
    """
    count = len(values)
    length = min(BLOCK_DAYS, max(count // 3, 1))
    blocks = -(-count // length)
    starts = random.integers(0, count - length + 1, (DRAWS, blocks))
    rows = (starts[:, :, None] + np.arange(length)).reshape(DRAWS, -1)[:, :count]
    return float(np.std([of(values[drawn]) for drawn in rows], ddof=1))
