"""The prices a person usually looks at, and how much less other items count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.arrays import Floats

FEWEST_PRICES = 3
"""With fewer prices a person has no usual band."""

BAND_QUANTILES = (0.1, 0.9)
"""The band holds the person's own prices but for the dearest and cheapest tenth."""

BAND_MARGIN = float(np.log(2.0))
"""The band reaches to half its lowest and to twice its highest price; what lies beyond is far outside."""


@dataclass(frozen=True)
class PriceBand:
    """How dear the items are that a person looks at or buys, within their categories."""

    low: float
    """Lowest price level of the band: log(price / median price of the category)."""
    high: float
    """Highest price level of the band."""

    @classmethod
    def of(cls, levels: Floats) -> PriceBand | None:
        """The band of the items with these price levels; None where fewer than ``FEWEST_PRICES`` are known."""
        known = np.sort(levels[~np.isnan(levels)])
        if len(known) < FEWEST_PRICES:
            return None
        # By hand: numpy's quantile takes 60 µs for a handful of numbers.
        low, high = np.interp([part * (len(known) - 1) for part in BAND_QUANTILES], np.arange(len(known)), known)
        return cls(float(low) - BAND_MARGIN, float(high) + BAND_MARGIN)

    def damping(self, levels: Floats, respect: float) -> Floats:
        """What to multiply the relevance of items with, 1 inside the band and where no price is known, ``(n,)``.

        Outside it is exp(-respect * excess), where the excess is the logarithm of the price over the nearer end.
        """
        excess = np.maximum(np.maximum(self.low - levels, levels - self.high), 0.0)
        return np.exp(-respect * np.nan_to_num(excess))

    def holds(self, levels: Floats) -> np.ndarray:
        """Which items are not far outside; those without a known price are not, shape ``(n,)``."""
        return ~((levels < self.low) | (levels > self.high))
