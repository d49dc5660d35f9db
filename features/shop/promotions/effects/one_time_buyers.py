"""The buyers whom a promotion won: how many of them came once and never again, beside those of ordinary days."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from features.arrays import Flags, Ints
from features.estimate import Estimate
from features.shop.promotions.effects.buyers import Buyers
from features.wilson import share_of

FOLLOWED_DAYS = 90
"""New buyers are followed for so many days, for fewer where the promotion is younger."""

LEAST_FOLLOWED_DAYS = 14
"""With fewer days since nothing is said."""

LEAST_BUYERS = 10
"""With fewer new buyers on either side nothing is said."""


@dataclass(frozen=True)
class OneTimeBuyers:
    """New buyers of a promotion and of ordinary days, and who of them did not come again in time."""

    followed_days: int
    """For so many days each of them was followed."""
    won: int
    """Buyers whose first order fell into the promotion."""
    once: int
    """Those of them without another order within that time."""
    ordinary_won: int
    """Buyers whose first order fell on a comparable ordinary day and who were followed as long."""
    ordinary_once: int
    """Those of them without another order within that time."""

    @classmethod
    def of(cls, buyers: Buyers, days: Ints, comparable: Ints, until: int) -> OneTimeBuyers | None:
        """Those of the promotion on ``days`` beside those of the ``comparable`` days; what is known ends before
        ``until``. All days are numbers since 1970-01-01. None where the promotion is too young.
        """
        followed = min(FOLLOWED_DAYS, until - 1 - int(days[-1]))
        if followed < LEAST_FOLLOWED_DAYS:
            return None
        comparable = comparable[comparable + followed < until]
        again = buyers.second_day <= buyers.first_day + followed
        won, ordinary = np.isin(buyers.first_day, days), np.isin(buyers.first_day, comparable)
        return cls(followed, *_counted(won, again), *_counted(ordinary, again))

    @property
    def can_be_told(self) -> bool:
        """Whether there are enough new buyers on both sides."""
        return min(self.won, self.ordinary_won) >= LEAST_BUYERS

    @property
    def share(self) -> Estimate:
        """The share of the promotion's new buyers who came once only (Wilson 1927)."""
        return share_of(self.once, self.won)

    @property
    def ordinary_share(self) -> Estimate:
        """The same of those won on ordinary days."""
        return share_of(self.ordinary_once, self.ordinary_won)

    @property
    def difference(self) -> Estimate:
        """The first share less the second (Newcombe 1998, method 10: from the ends of both intervals)."""
        one, other = self.share, self.ordinary_share
        if one.value is None or one.low is None or one.high is None:
            return Estimate.unknown()
        if other.value is None or other.low is None or other.high is None:
            return Estimate.unknown()
        middle = one.value - other.value
        return Estimate(
            middle,
            middle - sqrt((one.value - one.low) ** 2 + (other.high - other.value) ** 2),
            middle + sqrt((one.high - one.value) ** 2 + (other.value - other.low) ** 2),
        )


def _counted(chosen: Flags, again: Flags) -> tuple[int, int]:
    return int(chosen.sum()), int((chosen & ~again).sum())
