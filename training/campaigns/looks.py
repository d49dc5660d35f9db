"""How sure one must be when a verdict is asked for again and again as more comes in."""

from __future__ import annotations

from features.estimate import CONFIDENCE
from training.campaigns.proportions import quantile_of


def quantile_of_look(look: int) -> float:
    """The quantile of the intervals at the ``look``-th verdict on the same thing, counted from 1.

    The k-th may err in 5 % / (k (k + 1)) of cases, so that all of them together, however many there are, err in 5 % at
    most (a union bound, since the terms add up to 5 %): 2.26 at the first,
    2.67 at the second, 3.05 at the fourth, 3.64 at the twelfth.
    """
    return quantile_of((1 - CONFIDENCE) / (look * (look + 1)))
