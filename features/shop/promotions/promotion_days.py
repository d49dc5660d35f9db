"""The days of a shop's sales as numbers, as histories tell days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from features.arrays import Flags, Ints
from features.moments import day_number


@dataclass(frozen=True)
class PromotionDays:
    """Days with a sale."""

    days: Ints
    """The days as numbers since 1970-01-01, rising; shape (n_days,)."""

    @classmethod
    def of(cls, days: Iterable[date]) -> PromotionDays:
        """These days, in any order."""
        return cls(np.array(sorted(map(day_number, days)), dtype=np.int64))

    def hold(self, local_day: Ints) -> Flags:
        """Whether each of the shop's days is one of them, shape ``(n,)``."""
        if not len(self.days):
            return np.zeros(len(local_day), dtype=bool)
        place = np.minimum(self.days.searchsorted(local_day), len(self.days) - 1)
        found: Flags = self.days[place] == local_day
        return found
