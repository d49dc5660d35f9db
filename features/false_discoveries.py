"""Which of many p-values count, looked at together."""

from __future__ import annotations

import numpy as np

from features.arrays import Flags, Floats


def false_discoveries_held(chance: Floats, share: float) -> Flags:
    """Which of some p-values count, so that of those counted at most ``share`` are by chance; NaN never counts.

    Benjamini and Hochberg (1995); it holds for independent numbers and for such as rise and fall together. Where
    nothing is odd at all, ``share`` is the chance that any counts.
    """
    known = np.flatnonzero(np.isfinite(chance))
    order = known[np.argsort(chance[known], kind="stable")]
    below = np.flatnonzero(chance[order] <= share * np.arange(1, len(order) + 1) / max(len(order), 1))
    counted = np.zeros(len(chance), dtype=bool)
    if len(below):
        counted[order[: below[-1] + 1]] = True
    return counted
