"""What is usual for each day of some numbers, by what was known before it: level, weekday, sales and holidays.

Every day is looked at as if it were the newest, so the same code that judges today has judged every day before, and
how far those lay from what was expected says how far a day usually lies from it. All on the scale of twice the
square root, on which counts vary by about 1 whatever their size (Anscombe 1948).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.arrays import Flags, Floats, Ints
from features.shop.promotions.day_sorts import AFTER_SALE, ON_HOLIDAY, ON_SALE, ORDINARY, DaySorts

WEEKDAY_DAYS = 182
"""The weekdays' parts come from so many days before."""

LEVEL_DAYS = 56
"""The level comes from so many days before, the newest counting most."""

HALF_LIFE_DAYS = 14
"""A day counts half as much for the level as one so many days later: the level drifts."""

AROUND_DAYS = 10
"""A day is compared with so many days before and after it to see what its weekday does."""

LEAST_DAYS = 28
"""A day is expected once so many ordinary days lie before it, and judged once so many were expected."""

LEAST_USUAL = 5.0
"""Numbers of which less is usual for a day are not judged by the day."""

PRIOR_WEEKS = 1.0
"""So many weeks of a weekday like all others are taken as seen before the first."""

PRIOR_OCCASIONS = 2.0
"""So many sales (or holidays) that change nothing are taken as seen before the first."""

PRIOR_SPREAD = {ON_SALE: 0.5, AFTER_SALE: 0.25, ON_HOLIDAY: 0.35}
"""How far apart two of a sort are where none was seen: the standard deviation of the logarithm of what they do."""

ODD = 2.0
"""More than so many times what is usual for its weekday, or less than that part of it, counts as just that."""

WILD = 3.0
"""More than so many times the median of all days counts as that, when weekdays are compared."""

CLIPPED = 2.5
"""Days further off than so many standard deviations count as if they were just so far off."""

ROBUST_SD = 1.4826
"""The standard deviation of a normal law over its median absolute deviation."""


@dataclass(frozen=True)
class UsualDays:
    """What was usual for each day, NaN where it is not told; each array of shape ``(n_numbers, n_days)``."""

    expected: Floats
    """What was to be expected."""
    offset: Floats
    """How far the day lay above it, in its usual standard deviations."""
    spread: Floats
    """That standard deviation, on the scale of twice the square root."""

    @classmethod
    def of(cls, values: Floats, sorts: DaySorts, is_count: Flags) -> UsualDays:
        """What is usual for each of some numbers ``(n_numbers, n_days)``; NaN for a day that is not known.

        ``is_count`` tells the numbers that are counts: they vary by chance at least as a Poisson law does.
        """
        ordinary = _expected_ordinary(values, sorts)
        expected, doubt = _with_occasions(values, ordinary, sorts)
        expected = np.where(expected >= LEAST_USUAL, expected, np.nan)
        offset = scaled(values) - scaled(expected)
        spread = np.sqrt(np.square(_usual_spread(offset, sorts, is_count)) + expected * np.square(doubt))
        return cls(expected, offset / spread, spread)

    def between(self, number: int, day: int, quantile: float) -> tuple[float, float]:
        """The least and the most that are usual, ``quantile`` standard deviations off."""
        middle, reach = scaled(self.expected[number, day]), quantile * self.spread[number, day]
        low, high = (max(middle + sign * reach, 0.0) for sign in (-1, 1))
        return max((low / 2) ** 2 - 0.375, 0.0), (high / 2) ** 2 - 0.375


def scaled(values: Floats) -> Floats:
    """Numbers on the scale of twice the square root, on which counts vary alike; shape of ``values``."""
    scaled: Floats = 2 * np.sqrt(np.maximum(values, 0) + 0.375)
    return scaled


def _expected_ordinary(values: Floats, sorts: DaySorts) -> Floats:
    """What each day would be were it ordinary, by the ordinary days before it; ``(n_numbers, n_days)``."""
    expected = np.full(values.shape, np.nan)
    known = np.isfinite(values) & sorts.is_ordinary
    parts: Floats | None = None
    for day in range(LEAST_DAYS, values.shape[1]):
        rows = np.flatnonzero(known[:, max(day - WEEKDAY_DAYS, 0) : day].any(axis=0)) + max(day - WEEKDAY_DAYS, 0)
        if len(rows) >= LEAST_DAYS:
            seen = np.where(known[:, rows], values[:, rows], np.nan)
            if parts is None or day % 7 == 0:  # weekdays change slowly: once a week is enough
                parts = _weekday_parts(seen, rows, sorts.weekday[rows])
            level = _level(seen / parts[:, sorts.weekday[rows]], day - rows)
            expected[:, day] = level * parts[:, sorts.weekday[day]]
    return expected


def _weekday_parts(seen: Floats, rows: Ints, weekday: Ints) -> Floats:
    """What each weekday is over a day of the mean, ``(n_numbers, 7)``; ``rows`` are the numbers of the days."""
    have = np.isfinite(seen)
    # What is known of no day has no median, and NumPy would warn of it.
    middle = np.nanmedian(np.where(have.any(axis=1, keepdims=True), seen, 0.0), axis=1, keepdims=True)
    filled = np.where(have, np.minimum(seen, np.where(middle > 0, WILD * middle, np.inf)), 0.0)
    first, last = np.searchsorted(rows, rows - AROUND_DAYS), np.searchsorted(rows, rows + AROUND_DAYS, side="right")
    sums, counts = (np.pad(np.cumsum(each, axis=1), ((0, 0), (1, 0))) for each in (filled, have))
    around = (sums[:, last] - sums[:, first]) / np.maximum(counts[:, last] - counts[:, first], 1)
    around = np.where(have, around, 0.0)
    of_weekday = (weekday[:, None] == np.arange(7)).astype(np.float64)
    usual = around * _medians(np.divide(filled, around, out=np.full(seen.shape, np.nan), where=around > 0), weekday)
    held = np.clip(filled, usual / ODD, usual * ODD)  # one odd day moves its weekday little
    whole = around @ of_weekday
    prior = PRIOR_WEEKS * whole.sum(axis=1, keepdims=True) / np.maximum(have.sum(axis=1, keepdims=True), 1)
    parts = np.divide(held @ of_weekday + prior, whole + prior, out=np.ones_like(whole), where=whole + prior > 0)
    return np.maximum(parts / parts.mean(axis=1, keepdims=True), 0.05)


def _medians(parts: Floats, weekday: Ints) -> Floats:
    """For each day the median part of its weekday, 0 where none is known; shape of ``parts``."""
    found = np.zeros(parts.shape)
    for which in range(7):
        days = np.flatnonzero(weekday == which)
        ranked = np.sort(parts[:, days], axis=1)  # what is not known comes last
        count = np.isfinite(ranked).sum(axis=1)
        place = np.maximum(count - 1, 0) // 2
        if len(days):
            found[:, days] = np.where(count > 0, ranked[np.arange(len(ranked)), place], 0.0)[:, None]
    return found


def _level(seen: Floats, age_days: Ints) -> Floats:
    """The robust mean of the days, the newest counting most, ``(n_numbers,)``."""
    newest = age_days <= LEVEL_DAYS
    seen, age_days = seen[:, newest], age_days[newest]
    have = np.isfinite(seen)
    enough = have.sum(axis=1) >= LEAST_DAYS // 2
    level = np.full(len(seen), np.nan)
    if not enough.any():
        return level
    seen, have = seen[enough], have[enough]
    middle = np.nanmedian(seen, axis=1, keepdims=True)
    reach = CLIPPED * ROBUST_SD * np.nanmedian(np.abs(seen - middle), axis=1, keepdims=True)
    weight = have * 0.5 ** (age_days / HALF_LIFE_DAYS)
    held = np.where(have, np.clip(seen, middle - reach, middle + reach), 0.0)
    level[enough] = (held * weight).sum(axis=1) / weight.sum(axis=1)
    return level


def _with_occasions(values: Floats, ordinary: Floats, sorts: DaySorts) -> tuple[Floats, Floats]:
    """What sales and holidays make of an ordinary day, and how unsure that is as the deviation of its logarithm."""
    expected, doubt = ordinary.copy(), np.zeros(values.shape)
    for sort, prior in PRIOR_SPREAD.items():
        past: list[tuple[str, Floats]] = []
        for occasion in dict.fromkeys(sorts.occasion[sorts.sort == sort].tolist()):
            days = np.flatnonzero((sorts.sort == sort) & (sorts.occasion == occasion))
            key = sorts.occasions[occasion].key
            usual, spread = _factor([done for _, done in past], prior, np.zeros(len(values)))
            # What the same occasion did in other years counts, as if the others had been two of it.
            factor, _ = _factor([done for of, done in past if of == key], prior, usual)
            expected[:, days] = ordinary[:, days] * np.exp(factor)[:, None]
            doubt[:, days] = spread[:, None]
            told = np.isfinite(values[:, days]) & np.isfinite(ordinary[:, days])
            whole, found = (
                np.where(told, each[:, days], 0.0).sum(axis=1) for each in (ordinary, np.maximum(values, 0))
            )
            past.append((key, np.where(whole > 0, np.log((found + 1) / (whole + 1)), np.nan)))
    return expected, doubt


def _factor(past: list[Floats], prior: float, middle: Floats) -> tuple[Floats, Floats]:
    """The logarithm of what an occasion does and its standard deviation, by the past ones; ``(n_numbers,)`` each.

    ``middle`` is what it is thought to be before any was seen, ``prior`` how far two lie apart then.
    """
    seen = np.array(past).reshape(len(past), len(middle))
    have = np.isfinite(seen)
    count = have.sum(axis=0) + PRIOR_OCCASIONS
    filled = np.where(have, seen, 0.0)
    mean = filled.sum(axis=0) / np.maximum(have.sum(axis=0), 1)
    squares = np.where(have, np.square(seen - mean), 0.0).sum(axis=0) + PRIOR_OCCASIONS * prior**2
    known = have.sum(axis=0)
    factor = np.where(known > 0, (mean * known + middle * PRIOR_OCCASIONS) / count, middle)
    # What is not yet known of the mean is unsure as well, the more the fewer occasions there were.
    unsure = squares / count * (1 + 1 / count) + np.where(known > 0, np.square(mean - factor), 0.0)
    return factor, np.sqrt(unsure)


def _usual_spread(offset: Floats, sorts: DaySorts, is_count: Flags) -> Floats:
    """How far ordinary days before each day lay from what was expected of them, robustly; ``(n_numbers, n_days)``."""
    spread = np.full(offset.shape, np.nan)
    ordinary = np.flatnonzero(sorts.sort == ORDINARY)
    least = np.where(is_count, 1.0, 0.0)
    for day in range(offset.shape[1]):
        rows = ordinary[(ordinary < day) & (ordinary >= day - WEEKDAY_DAYS)]
        seen = np.abs(offset[:, rows])
        enough = np.isfinite(seen).sum(axis=1) >= LEAST_DAYS
        if enough.any():
            robust = ROBUST_SD * np.nanmedian(seen[enough], axis=1)
            spread[enough, day] = np.maximum(robust, least[enough])
    return np.where(spread > 0, spread, np.nan)
