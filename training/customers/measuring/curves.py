"""What charts of one ranking show, as rows that JSON can hold: lift by tenth, gain, and how many have each score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from features.arrays import Flags, Floats, Ints

GAIN_POINTS = 50
"""Steps of a gain curve from nobody to everybody."""

SCORE_BINS = 20
"""Bins of equal width of a histogram of scores."""

Rows = list[dict[str, Any]]
"""One dictionary of plain values for each mark of a chart."""


def lift_rows(chance: Floats, happened: Flags) -> Rows:
    """For each tenth of the customers, the highest scores first: how many times the usual rate it happened there."""
    decile = np.minimum(_ranks(chance) * 10 // max(len(chance), 1), 9)
    total = np.bincount(decile, minlength=10)
    rate = max(float(np.mean(happened)), 1e-12) if len(happened) else 1.0
    lift = np.bincount(decile, weights=happened, minlength=10) / np.maximum(total, 1) / rate
    return [{"decile": place + 1, "customers": int(total[place]), "lift": float(lift[place])} for place in range(10)]


def gain_rows(chances: Mapping[str, Floats], happened: Flags, points: int = GAIN_POINTS) -> Rows:
    """For each method and share of the customers, the highest scores first: the share caught of all it happened to."""
    shares = np.linspace(0, 1, points + 1)
    return [
        {"method": name, "customers": round(float(share), 6), "caught": round(float(caught), 6)}
        for name, chance in chances.items()
        for share, caught in zip(shares, _gain(chance, happened, shares), strict=True)
    ]


def score_rows(chance: Floats, happened: Flags, bins: int = SCORE_BINS) -> Rows:
    """How many customers have scores in each bin, apart for those to whom it ``happened`` and the others."""
    edges = np.linspace(0, 1, bins + 1)
    return [
        {"from": float(edges[place]), "to": float(edges[place + 1]), "customers": int(count), "happened": did}
        for did in (True, False)
        for place, count in enumerate(np.histogram(chance[happened == did], edges)[0])
    ]


def _ranks(chance: Floats) -> Ints:
    """The place of each customer, 0 for the highest score."""
    ranks = np.empty(len(chance), dtype=np.int64)
    ranks[np.argsort(-chance, kind="stable")] = np.arange(len(chance))
    return ranks


def _gain(chance: Floats, happened: Flags, shares: Floats) -> Floats:
    caught = np.concatenate([[0.0], np.cumsum(happened[np.argsort(-chance, kind="stable")])])
    rows = np.round(shares * len(happened)).astype(np.int64)
    found: Floats = caught[rows] / max(float(caught[-1]), 1.0)
    return found
