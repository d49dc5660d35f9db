"""How far the people of one moment differ from those of another: feature by feature, and in what a model says of them.

The population stability index (PSI) of a number is ``sum((p - q) * log(p / q))`` over bins, where ``q`` is the share of
the earlier people in a bin and ``p`` that of the later ones. Its usual reading comes from credit scoring (Siddiqi,
Credit Risk Scorecards, 2006): below .1 little has changed, above .25 the population has shifted. Two samples of the
same people differ as well: then PSI is about a chi-squared number with one degree of freedom less than there are bins,
times ``1/n + 1/m`` (Yurdakul, Statistical Properties of Population Stability Index, 2018). What is below its 95 % point
may be chance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import chi2

from features.arrays import Floats
from features.customers import CustomerFeatures

BINS = 10
"""Bins between quantiles of the earlier people; a missing number is in a bin of its own."""

STABLE_BELOW = 0.1
"""Below this PSI little has changed."""

SHIFTED_ABOVE = 0.25
"""Above this PSI the population has shifted."""

CHANCE_SHARE = 0.95
"""Of two samples of the same people, so many have a PSI below what is called chance."""


def drift(
    earlier: CustomerFeatures, later: CustomerFeatures, scores: tuple[Floats, Floats] | None = None
) -> dict[str, Any]:
    """The stability of every feature, the least stable first, and of the scores that one model gives both.

    ``{"customers": [n, m], "features": [{"feature", "psi", "chance", "reading"}, ...], "score": {...} or None}`` in
    plain JSON values. The readings are ``stable``, ``moved`` and ``shifted``; what chance alone would give is
    ``stable``.
    """
    found = [
        {"feature": name, **stability(earlier.column(name), later.column(name))}
        for name in earlier.names
        if name in later.names
    ]
    return {
        "customers": [len(earlier), len(later)],
        "features": sorted(found, key=lambda row: (-row["psi"], row["feature"])),
        "score": None if scores is None else stability(*scores),
    }


def stability(earlier: Floats, later: Floats) -> dict[str, Any]:
    """``psi`` of one number, what ``chance`` alone reaches in one of twenty cases, and the ``reading``."""
    before, after = _counts(earlier, later)
    # Half a person in each bin: a bin that only one of both samples fills has a finite weight.
    q, p = ((counts + 0.5) / (counts + 0.5).sum() for counts in (before, after))
    psi = float(((p - q) * np.log(p / q)).sum())
    freedom = len(before) - 1
    spread = 1 / max(before.sum(), 1) + 1 / max(after.sum(), 1)
    chance = float(chi2.ppf(CHANCE_SHARE, freedom) * spread) if freedom > 0 else 0.0
    return {"psi": psi, "chance": chance, "reading": reading(psi, chance)}


def reading(psi: float, chance: float = 0.0) -> str:
    """``stable``, ``moved`` or ``shifted``."""
    if psi < max(STABLE_BELOW, chance):
        return "stable"
    return "moved" if psi <= SHIFTED_ABOVE else "shifted"


def _counts(earlier: Floats, later: Floats) -> tuple[Floats, Floats]:
    """How many of both are in each bin, the missing last; bins that neither fills are left out."""
    known = earlier[~np.isnan(earlier)]
    shares = np.arange(1, BINS) / BINS
    edges = np.unique(np.quantile(known, shares)) if len(known) else np.zeros(0)
    # The side is "left" so that the most frequent smallest number, such as zero, has a bin of its own.
    both = [
        np.bincount(
            np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="left")),
            minlength=len(edges) + 2,
        ).astype(np.float64)
        for values in (earlier, later)
    ]
    filled = (both[0] + both[1]) > 0
    return both[0][filled], both[1][filled]
