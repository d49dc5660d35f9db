"""What some days would have brought without a promotion, by comparable days around them, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from features.arrays import Floats, Ints
from features.estimate import CONFIDENCE, Estimate
from features.shop.promotions.day_sorts import DaySorts

AROUND_DAYS = 84
"""Comparable are ordinary days up to so many days before and after."""

BEFORE_DAYS = 7
"""So many days before a promotion are not comparable: people wait for it."""

AFTER_DAYS = 14
"""So many days after it are looked at for orders that were only pulled forward."""

LEAST_DAYS = 28
"""With fewer comparable days nothing is said."""

LEAST_STRETCHES = 3
"""So many stretches of comparable days, one after another, are needed to see how far expectations miss."""


@dataclass(frozen=True)
class Comparable:
    """The comparable days of a promotion, and what a weekday is worth."""

    days: Ints
    """Their places, rising; shape (n_comparable,)."""
    weekday: Ints
    """The weekday of every day, 0 for Monday; shape (n_days,)."""

    @classmethod
    def around(cls, sorts: DaySorts, first: int, last: int) -> Comparable:
        """The comparable days of a promotion from the day at place ``first`` to that at ``last``."""
        place = np.arange(len(sorts.sort))
        near = (place >= first - AROUND_DAYS) & (place <= last + AROUND_DAYS)
        touched = (place >= first - BEFORE_DAYS) & (place <= last + AFTER_DAYS)
        return cls(np.flatnonzero(near & ~touched & sorts.is_ordinary), sorts.weekday)

    def known(self, values: Floats) -> Ints:
        """Those of them of which something is known."""
        found: Ints = self.days[np.isfinite(values[self.days])]
        return found

    def expected(self, values: Floats, wanted: Ints) -> Estimate:
        """The sum of ``values`` that was to be expected on the ``wanted`` days, with the interval for that one sum.

        Each weekday's mean over the comparable days, summed; how far that misses is seen on stretches of comparable
        days just as long, each expected from all the others (Student's law, as many degrees of freedom as there are
        stretches that do not overlap, less one).
        """
        days = self.known(values)
        if len(days) < LEAST_DAYS:
            return Estimate.unknown()
        total = self._sum(values, days, wanted)
        missed = self._missed(values, days, len(wanted))
        stretches = len(days) // max(len(wanted), 1)
        if stretches < LEAST_STRETCHES or not len(missed) or total <= 0:
            return Estimate(total, None, None)
        # What was learned of the mean is itself unsure, hence the part beyond 1.
        spread = float(np.sqrt(np.mean(np.square(missed)) * (1 + len(wanted) / len(days))))
        reach = float(stdtrit(stretches - 1, 0.5 + CONFIDENCE / 2)) * spread
        return Estimate(total, total * max(1 - reach, 0.0), total * (1 + reach))

    def expected_each(self, values: Floats, wanted: Ints) -> Floats:
        """What was to be expected of each ``wanted`` day, NaN where it cannot be told, shape ``(n_wanted,)``."""
        days = self.known(values)
        if len(days) < LEAST_DAYS:
            return np.full(len(wanted), np.nan)
        return np.array([self._sum(values, days, wanted[place : place + 1]) for place in range(len(wanted))])

    def _sum(self, values: Floats, days: Ints, wanted: Ints) -> float:
        parts = _weekday_parts(values, days, self.weekday)
        level = values[days].sum() / max(parts[self.weekday[days]].sum(), 1e-12)
        return float(level * parts[self.weekday[wanted]].sum())

    def _missed(self, values: Floats, days: Ints, length: int) -> Floats:
        """By which part of what was expected each stretch of ``length`` comparable days missed it."""
        missed = []
        for start in range(0, len(days) - length + 1, max(length // 2, 1)):
            stretch = days[start : start + length]
            others = np.concatenate([days[:start], days[start + length :]])
            expected = self._sum(values, others, stretch)
            if expected > 0:
                missed.append(values[stretch].sum() / expected - 1)
        return np.array(missed)


def _weekday_parts(values: Floats, days: Ints, weekday: Ints) -> Floats:
    """What each weekday brings over the mean of all, a week's worth of the mean taken as seen before; ``(7,)``."""
    count = np.bincount(weekday[days], minlength=7)
    total = np.bincount(weekday[days], weights=values[days], minlength=7)
    mean = max(float(values[days].mean()), 1e-12)
    return np.asarray((total + mean) / (count + 1) / mean)
