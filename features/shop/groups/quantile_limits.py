"""Limits at quantiles, and scores by them: those who share a value share the score."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from features.arrays import Floats, Ints


def limits_at(values: Floats, shares: Sequence[Fraction]) -> tuple[float, ...]:
    """For each share the value that one must exceed so that at least this share is strictly below; none without values.

    It is the inverted distribution function (Hyndman and Fan 1996, type 1): an observed value, never one in between.
    The shares are fractions: a fifth of 35 is 7, which it is not for every fraction that a computer writes in binary.
    """
    ordered = np.sort(values)
    return tuple(float(ordered[math.ceil(share * len(ordered)) - 1]) for share in shares if len(ordered))


def limits_passed(values: Floats, limits: Sequence[float]) -> Ints:
    """How many of the rising ``limits`` each value exceeds, shape ``(n,)``; equal values pass equally many."""
    passed: Ints = np.searchsorted(np.asarray(limits, dtype=np.float64), values.astype(np.float64), side="left")
    return passed
