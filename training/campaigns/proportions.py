"""How much more often the treated did something, as a difference and as a ratio, with score intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist

import numpy as np
from scipy.optimize import brentq

from features.arrays import Flags, Floats, Ints
from features.estimate import Estimate, Z

QUANTILE = 1.98
"""The intervals' quantile. Counts come in whole steps: at the normal 1.96 an effect is declared in up to 5.3 % of
campaigns without one, at 1.98 in 5.0 % at most (all sizes and rates of docs/decisions/0024, computed exactly)."""

_LARGEST_RATIO = 1e6
_NONE = 1e-12


def quantile_of(level: float) -> float:
    """The quantile of intervals that may err in so many of 1 cases; :data:`QUANTILE` for 5 %."""
    return QUANTILE / Z * NormalDist().inv_cdf(1 - level / 2)


@dataclass(frozen=True)
class Counts:
    """How many did something, for each stratum that has both arms; all of shape ``(n_strata,)``."""

    treated: Floats
    """How many of the treated did."""
    treated_people: Floats
    """How many treated there are."""
    control: Floats
    """How many of the control did."""
    control_people: Floats
    """How many of them there are."""

    @classmethod
    def of(cls, done: Flags, treated: Flags, stratum: Ints) -> Counts:
        """The counts from one entry for each person; strata without one of the arms are left out."""
        size = int(stratum.max(initial=0)) + 1
        people = [np.bincount(stratum[arm], minlength=size).astype(float) for arm in (treated, ~treated)]
        did = [np.bincount(stratum[arm & done], minlength=size).astype(float) for arm in (treated, ~treated)]
        both = (people[0] > 0) & (people[1] > 0)
        return cls(did[0][both], people[0][both], did[1][both], people[1][both])

    @cached_property
    def weights(self) -> Floats:
        """What each stratum counts for: those of Mantel and Haenszel, which add up to 1."""
        weights = self.treated_people * self.control_people / (self.treated_people + self.control_people)
        return weights / weights.sum()

    @cached_property
    def rates(self) -> tuple[float, float]:
        """The rate of the treated and of the control, as if both had the same strata."""
        weights = self.weights
        return (
            float(weights @ (self.treated / self.treated_people)),
            float(weights @ (self.control / self.control_people)),
        )

    @property
    def expected_least(self) -> float:
        """How many of the smaller arm would have done it if both arms were alike."""
        done = float(self.treated.sum() + self.control.sum())
        people = self.treated_people.sum(), self.control_people.sum()
        return done * float(min(people)) / float(sum(people)) if sum(people) else 0.0


def difference(counts: Counts, quantile: float = QUANTILE) -> Estimate:
    """Rate of the treated less that of the control.

    The interval is O. S. Miettinen and M. Nurminen's score interval (Statistics in Medicine 4, 1985), over strata with
    the weights of Mantel and Haenszel, corrected for skewness as in J. J. Gart and J. Nam (Biometrics 46, 1990; see P.
    J. Laud, Pharmaceutical Statistics 16, 2017), so that both ends miss equally often also when one arm is small.
    """
    if not len(counts.weights):
        return Estimate.unknown()
    treated, control = counts.rates

    def score(shift: float) -> float:
        first, second = _alike_but_for(shift, counts)
        return _corrected(counts, treated - control - shift, first, second, 1.0)

    low = _crossing(lambda at: score(at) - quantile, -1.0 + _NONE, 1.0 - _NONE, above=-1.0)
    high = _crossing(lambda at: score(at) + quantile, -1.0 + _NONE, 1.0 - _NONE, above=1.0)
    return Estimate(treated - control, low, high)


def relative_difference(counts: Counts, quantile: float = QUANTILE) -> Estimate:
    """Rate of the treated by that of the control, less 1; its interval leaves 0 out when that of the difference does.

    The score interval of a ratio, see :func:`difference`. Without anyone of the control there is no ratio, and no
    upper end where the control's rate may be 0.
    """
    if not len(counts.weights):
        return Estimate.unknown()
    treated, control = counts.rates

    def score(logarithm: float) -> float:
        ratio = np.exp(logarithm)
        first, second = _alike_but_times(ratio, counts)
        return _corrected(counts, treated - ratio * control, first, second, ratio)

    edge = float(np.log(_LARGEST_RATIO))
    low = _crossing(lambda at: score(at) - quantile, -edge, edge, above=-np.inf)
    high = _crossing(lambda at: score(at) + quantile, -edge, edge, above=np.inf)
    return Estimate(
        treated / control - 1 if control > 0 else None,
        float(np.expm1(low)),
        None if np.isinf(high) else float(np.expm1(high)),
    )


def _corrected(counts: Counts, gap: float, first: Floats, second: Floats, ratio: float) -> float:
    """How many deviations the gap is from what is supposed, the skewness of the rates taken into account."""
    treated, control, weights = counts.treated_people, counts.control_people, counts.weights
    whole = treated + control
    one, other = first * (1 - first), second * (1 - second)
    variances = (one / treated + ratio**2 * other / control) * whole / np.maximum(whole - 1, 1)
    thirds = one * (1 - 2 * first) / treated**2 - ratio**3 * other * (1 - 2 * second) / control**2
    variance = float(weights**2 @ variances)
    return straightened(gap, variance, float(weights**3 @ thirds))


def straightened(gap: float, variance: float, third: float) -> float:
    """A gap in deviations, nearly normal although the mean that it comes from is skewed."""
    if variance <= 0:
        return 0.0 if gap == 0 else float(np.copysign(np.inf, gap))
    score, bend = gap / variance**0.5, third / variance**1.5 / 6
    if abs(bend) < 1e-9:
        return score
    return float((np.sqrt(max(1 + 4 * bend * (bend + score), 0.0)) - 1) / (2 * bend))


def _alike_but_for(shift: float, counts: Counts) -> tuple[Floats, Floats]:
    """The most likely rates of both arms whose difference is ``shift`` (closed form of C. P. Farrington and G. Manning,
    Statistics in Medicine 9, 1990)."""
    treated, control = counts.treated / counts.treated_people, counts.control / counts.control_people
    size = counts.control_people / counts.treated_people
    a = 1 + size
    b = -(a + treated + size * control + shift * (size + 2))
    c = shift**2 + shift * (2 * treated + a) + treated + size * control
    d = -treated * shift * (1 + shift)
    v = (b / (3 * a)) ** 3 - b * c / (6 * a**2) + d / (2 * a)
    u = np.where(v >= 0, 1.0, -1.0) * np.sqrt(np.maximum((b / (3 * a)) ** 2 - c / (3 * a), 1e-300))
    angle = (np.pi + np.arccos(np.clip(v / u**3, -1, 1))) / 3
    first = np.clip(2 * u * np.cos(angle) - b / (3 * a), max(0.0, shift), min(1.0, 1 + shift))
    return first, np.clip(first - shift, 0, 1)


def _alike_but_times(ratio: float, counts: Counts) -> tuple[Floats, Floats]:
    """The most likely rates of both arms whose ratio is ``ratio``."""
    a = (counts.treated_people + counts.control_people) * ratio
    b = counts.treated_people * ratio + counts.treated + counts.control_people + counts.control * ratio
    c = counts.treated + counts.control
    # The smaller root of a x^2 - b x + c, in the form that loses no digits.
    second = np.clip(2 * c / (b + np.sqrt(np.maximum(b**2 - 4 * a * c, 0))), 0, min(1.0, 1 / ratio))
    return np.clip(second * ratio, 0, 1), second


def _crossing(falling: Callable[[float], float], low: float, high: float, above: float) -> float:
    """Where a falling function is 0; ``above`` where it never is."""
    at_low, at_high = falling(low), falling(high)
    if at_low <= 0 or at_high >= 0:
        return above
    return float(brentq(falling, low, high, xtol=1e-12))
