"""Daily numbers of a quiet shop, drawn: weekdays, a wandering level, sales, and nothing odd."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from features.arrays import Floats
from features.shop.alerts.checked_numbers import Checked, CheckedNumbers
from features.shop.promotions.calendar import Calendar
from features.shop.promotions.day_sorts import AFTER_SALE, ON_SALE, DaySorts

WEEK = np.array([0.8, 0.9, 1.0, 1.0, 1.1, 1.3, 0.9])
FIRST = date(2024, 1, 1)
CALENDAR = Calendar(("chinese",))


def quiet_numbers(seed: int, days: int = 500, numbers: int = 6, mean: float = 60.0) -> CheckedNumbers:
    """Orders of the shop and of some channels, from day to day."""
    rng = np.random.default_rng(seed)
    told = tuple(FIRST + timedelta(days=day) for day in range(days))
    sorts = DaySorts.of(CALENDAR, told)
    levels = np.cumsum(rng.normal(0, 0.01, (numbers, days)), axis=1)
    factor = np.where(sorts.sort == ON_SALE, 1.8, np.where(sorts.sort == AFTER_SALE, 0.8, 1.0))
    values: Floats = rng.poisson(mean * np.exp(levels) * WEEK[sorts.weekday] * factor).astype(np.float64)
    checked = (Checked("orders"), *(Checked("orders", "channel", f"c{place}") for place in range(1, numbers)))
    return CheckedNumbers(checked, values, told)


def planted(numbers: CheckedNumbers, row: int, day: int, factor: float) -> CheckedNumbers:
    """The same with one number of one day multiplied."""
    values = numbers.values.copy()
    values[row, day] = round(values[row, day] * factor)
    return CheckedNumbers(numbers.checked, values, numbers.days)
