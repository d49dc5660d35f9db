"""The array types of the simulation, and the one sum that it needs everywhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


def running_totals(values: Floats, counts: Integers) -> Floats:
    """The running sum of ``values`` inside each run of ``counts`` neighbours, shape ``(counts.sum(),)``."""
    total = np.cumsum(values)
    first = np.cumsum(counts) - counts
    filled = counts > 0
    before = np.zeros(len(counts))
    before[filled] = total[first[filled]] - values[first[filled]]
    return total - np.repeat(before, counts)


def ranks_within(owners: Integers) -> Integers:
    """The place of each row among the neighbours with the same owner, from 0; owners must stand together."""
    if not len(owners):
        return owners
    first = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
    counts = np.diff(np.r_[first, len(owners)])
    return np.arange(len(owners)) - np.repeat(first, counts)
