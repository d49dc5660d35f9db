"""Shares of people with E. B. Wilson's interval (JASA 22, 1927)."""

from __future__ import annotations

import numpy as np

from features.arrays import Floats
from features.estimate import Estimate, Z


def share_of(part: int, whole: int) -> Estimate:
    """A share and its interval; unknown of nothing."""
    if not whole:
        return Estimate.unknown()
    low, high = wilson(np.array([float(part)]), whole)
    return Estimate(part / whole, float(low[0]), float(high[0]))


def wilson(done: Floats, people: int) -> tuple[Floats, Floats]:
    """Lower and upper ends of Wilson's interval for each count of ``done``, shape ``(n,)``, among ``people``."""
    share = done / people
    middle = share + Z**2 / (2 * people)
    half = Z * np.sqrt(share * (1 - share) / people + Z**2 / (4 * people**2))
    under = 1 + Z**2 / people
    # Where nobody or everybody did, that end is known, whatever rounding says.
    low, high = (middle - half) / under, (middle + half) / under
    return np.where(done == 0, 0.0, np.maximum(low, 0.0)), np.where(done == people, 1.0, np.minimum(high, 1.0))
