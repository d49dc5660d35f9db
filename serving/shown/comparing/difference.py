"""The difference between two sides of a comparison, absolute and relative, with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, exp, log, sqrt
from statistics import NormalDist

from features.estimate import Estimate, Z
from serving.shown.ratio import Ratio

MISMATCH_LEVEL = 0.001
"""Below this chance the sides have other sizes than they should: something is wrong with the comparison."""

POWER = 0.8
"""How often a difference as large as the smallest one that can be found is found."""


@dataclass(frozen=True)
class Difference:
    """What side b has more than side a."""

    absolute: Estimate
    """The figure of b less that of a."""
    relative: Estimate
    """The figure of b by that of a, less 1; None where a side has nothing."""
    smallest_found: float | None
    """The absolute difference that a comparison of this size finds in 8 of 10 cases, when it is there."""

    @classmethod
    def between(cls, a: Ratio | None, b: Ratio | None) -> Difference:
        """The difference of two independent figures.

        Absolute: B. L. Welch's interval (Biometrika 34, 1947), each side with its own variance; with people by the
        hundreds its quantile is the normal one. Relative: the interval of log(b / a), whose variance is the sum of
        the two variances divided by the squared figures (delta method), so that it is never below -100 %.
        """
        if a is None or b is None or min(a.people, b.people) < 2:
            return cls(Estimate.unknown(), Estimate.unknown(), None)
        gap = b.value - a.value
        if min(a.variance, b.variance) == 0:
            # On one side it happened to nobody, or to all alike: how much it varies is not known.
            return cls(Estimate(gap, None, None), Estimate.unknown(), None)
        error = sqrt(a.variance + b.variance)
        absolute = Estimate(gap, gap - Z * error, gap + Z * error)
        return cls(absolute, _relative(a, b), (Z + NormalDist().inv_cdf(POWER)) * error)


def _relative(a: Ratio, b: Ratio) -> Estimate:
    if a.value <= 0 or b.value <= 0:
        return Estimate.unknown()
    half = Z * sqrt(a.variance / a.value**2 + b.variance / b.value**2)
    middle = log(b.value / a.value)
    return Estimate(exp(middle) - 1, exp(middle - half) - 1, exp(middle + half) - 1)


def mismatch_chance(people_a: int, people_b: int, share_b: float) -> float:
    """The chance of sides at least as uneven as these, 0 to 1, by the chi-square test with one degree of freedom.

    Below :data:`MISMATCH_LEVEL` people were lost or counted on one side only (A. Fabijan and others, "Diagnosing
    Sample Ratio Mismatch in Online Controlled Experiments", KDD 2019): then no figure of the comparison holds.
    """
    people = people_a + people_b
    if not people:
        return 1.0
    expected_b = people * share_b
    distance = (people_b - expected_b) ** 2 * (1 / expected_b + 1 / (people - expected_b))
    return erfc(sqrt(distance / 2))
