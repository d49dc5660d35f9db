"""A rate with its interval, where one person gives many answers."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from features.arrays import Floats
from features.estimate import Estimate, Z


@dataclass(frozen=True)
class Ratio:
    """Sum of something over sum of something else, and how sure that is."""

    value: float
    """The ratio."""
    variance: float
    """Its variance."""
    people: int
    """How many people it comes from."""


def ratio(over: Floats, under: Floats) -> Ratio | None:
    """Sum of ``over`` by sum of ``under``, one entry each for every person, shape ``(n,)``; None where that is 0.

    People are independent of each other and the answers of one person are not: the variance is the linearised one of
    a ratio of sums over clusters, n / (n - 1) * sum((y - r x)^2) / (sum x)^2 (W. G. Cochran, Sampling Techniques,
    1977, section 6.3; A. Deng, U. Knoblich and J. Lu, "Applying the Delta Method in Metric Analytics", KDD 2018).
    """
    total, people = float(under.sum()), len(under)
    if total <= 0:
        return None
    value = float(over.sum()) / total
    if people < 2:
        return Ratio(value, float("inf"), people)
    left = over - value * under
    return Ratio(value, people / (people - 1) * float(left @ left) / total**2, people)


def rate(over: Floats, under: Floats) -> Estimate:
    """A ratio between 0 and 1 with Wilson's interval for as many independent cases as the people are worth.

    A rate p with variance v is worth p (1 - p) / v independent cases; where all or none did it there is one case for
    each person. Wilson's interval (JASA 22, 1927) for that number keeps to its promise also for rare clicks (C.
    Franco and others, "Comparative Study of Confidence Intervals for Proportions in Complex Sample Surveys", Journal
    of Survey Statistics and Methodology 7, 2019).
    """
    found = ratio(over, under)
    if found is None:
        return Estimate.unknown()
    if found.people < 2:
        return Estimate(found.value, None, None)
    spread = found.value * (1 - found.value)
    cases = spread / found.variance if found.variance > 0 else float(found.people)
    middle = (found.value + Z**2 / (2 * cases)) / (1 + Z**2 / cases)
    half = Z / (1 + Z**2 / cases) * sqrt(max(spread, 0.0) / cases + Z**2 / (4 * cases**2))
    return Estimate(found.value, max(middle - half, 0.0), min(middle + half, 1.0))


def mean(over: Floats, under: Floats) -> Estimate:
    """A ratio of any size, such as revenue by answer, with the normal interval of its variance."""
    found = ratio(over, under)
    if found is None:
        return Estimate.unknown()
    if found.people < 2:
        return Estimate(found.value, None, None)
    half = Z * sqrt(found.variance)
    return Estimate(found.value, found.value - half, found.value + half)
