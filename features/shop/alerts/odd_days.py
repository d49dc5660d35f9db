"""Which numbers of a day are odd, false alarms held down over all numbers that are looked at together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import stdtr, stdtrit

from features.arrays import Flags, Floats, Ints
from features.false_discoveries import false_discoveries_held
from features.shop.alerts.checked_numbers import Checked, CheckedNumbers
from features.shop.alerts.usual_days import UsualDays
from features.shop.promotions.calendar import Calendar
from features.shop.promotions.day_sorts import DaySorts

FALSE_DAYS = 0.01
"""Of the days on which nothing is odd at most this share brings any alarm: not four days of a quiet year.

Half of it is for the few numbers of the whole shop, half for the many of its categories and channels.
"""

TAILS = 30.0
"""Degrees of freedom of Student's law for how far days lie off: tails a little heavier than the normal law's."""

USUAL_SHARE = 0.95
"""Of all ordinary days so many lie within what is called usual."""


@dataclass(frozen=True)
class OddDays:
    """Each number of each day, judged by the days before it."""

    numbers: CheckedNumbers
    """What is judged."""
    sorts: DaySorts
    """What sort of day each is."""
    usual: UsualDays
    """What was usual."""

    @classmethod
    def of(cls, numbers: CheckedNumbers, calendar: Calendar) -> OddDays:
        """The judgement of all days of ``numbers``."""
        sorts = DaySorts.of(calendar, numbers.days)
        return cls(numbers, sorts, UsualDays.of(numbers.values, sorts, numbers.is_count))

    @cached_property
    def p_values(self) -> Floats:
        """How likely a day at least so far off is, either way, where nothing is odd; NaN where not judged.

        Money is judged only where enough orders are usual: one order's value says nothing. Shape
        ``(n_numbers, n_days)``.
        """
        chance = 2 * stdtr(TAILS, -np.abs(self.usual.offset))
        place = {each: row for row, each in enumerate(self.numbers.checked)}
        for row, each in enumerate(self.numbers.checked):
            if each.is_money:
                orders = place[Checked("orders", each.by, each.group)]
                chance[row, ~np.isfinite(self.usual.expected[orders])] = np.nan
        return np.asarray(chance)

    def odd(self, day: int) -> Ints:
        """The rows of the numbers that are odd on a day, the oddest first."""
        chance = self.p_values[:, day]
        rows = np.flatnonzero(self.counted(chance))
        return rows[np.argsort(chance[rows], kind="stable")]

    def counted(self, chance: Floats) -> Flags:
        """Which numbers of one day are odd by their p-values ``(n_numbers,)``; same shape."""
        whole = np.array([each.by is None for each in self.numbers.checked], dtype=bool)
        families = (np.where(chosen, chance, np.nan) for chosen in (whole, ~whole))
        first, second = (false_discoveries_held(family, FALSE_DAYS / 2) for family in families)
        return first | second

    def running_days(self, row: int, day: int) -> int:
        """For how many days in a row, this one included, the number has been odd in the same direction."""
        direction, count = np.sign(self.usual.offset[row, day]), 1
        while day - count >= 0 and np.sign(self.usual.offset[row, day - count]) == direction:
            if row not in self.odd(day - count):
                break
            count += 1
        return count

    def between(self, row: int, day: int) -> tuple[float, float]:
        """The least and the most that are usual for a number on a day."""
        return self.usual.between(row, day, float(stdtrit(TAILS, 0.5 + USUAL_SHARE / 2)))
