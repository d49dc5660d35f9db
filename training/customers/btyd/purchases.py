"""When customers ordered, as buy-till-you-die models see it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.arrays import Flags, Floats, Ints
from features.customers import CustomerFeatures


@dataclass(frozen=True)
class Purchases:
    """Order times of customers who have ordered, all in one unit of time; every array has shape (n,)."""

    frequency: Floats
    """Days with an order after the first such day."""
    recency: Floats
    """Time from the first order to the last, 0 for those with one order."""
    age: Floats
    """Time since the first order."""

    def __len__(self) -> int:
        return len(self.frequency)

    @classmethod
    def of(cls, features: CustomerFeatures) -> Purchases:
        """The order times of buyers, in days."""
        days, age, silence = (
            np.maximum(np.nan_to_num(features.column(name).astype(np.float64)), 0.0)
            for name in ("purchase_day_count", "days_since_first_purchase", "days_since_purchase")
        )
        frequency = np.maximum(days - 1, 0)
        return cls(frequency, np.where(frequency > 0, np.maximum(age - silence, 0), 0.0), age)

    def take(self, rows: Ints | Flags | slice) -> Purchases:
        """Those of some rows."""
        return Purchases(self.frequency[rows], self.recency[rows], self.age[rows])

    def rounded(self, decimals: int) -> Purchases:
        """With rounded times, so that more customers have equal ones."""
        return Purchases(self.frequency, np.round(self.recency, decimals), np.round(self.age, decimals))

    def grouped(self) -> tuple[Purchases, Floats]:
        """The distinct rows, and how many customers have each."""
        columns = np.column_stack([self.frequency, self.recency, self.age])
        rows, counts = np.unique(columns, axis=0, return_counts=True)
        return Purchases(*rows.T), counts.astype(np.float64)
