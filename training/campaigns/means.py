"""How much more the treated spent a head, as a difference and as a ratio, where few people pay nearly everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from features.arrays import Flags, Floats, Ints
from features.estimate import Estimate
from training.campaigns.proportions import QUANTILE, straightened

OWN_FROM = 300
"""So many buyers make an arm's own spread count as much as that of both arms: a control group with fifty buyers often
has none of the huge orders, and then seems to vary far less than it does."""

_MOST_TIMES = 4.0
_MOST_DEVIATIONS = 60


@dataclass(frozen=True)
class Moments:
    """The mean of something and how it varies."""

    mean: float
    """The mean."""
    variance: float
    """Its variance."""
    third: float
    """Its third central moment."""

    def mixed(self, other: Moments, share: float) -> Moments:
        """The spread of two, ``share`` of it from the other; the mean is this one's."""
        variance, third = (
            (1 - share) * one + share * two for one, two in ((self.variance, other.variance), (self.third, other.third))
        )
        return Moments(self.mean, variance, third)


@dataclass(frozen=True)
class Arm:
    """The mean of one arm, and what is needed to say how it would vary if people were as in both arms."""

    own: Moments
    """The mean of the arm, with the spread of its own people."""
    squares: float
    """Sum of the squared weights of its people; 1 / n where all weigh the same."""
    cubes: float
    """Sum of the third powers of the weights."""
    buyers: int
    """How many of its people are not at 0."""

    @classmethod
    def of(cls, values: Floats, weights: Floats) -> Arm:
        """From one entry for each person of the arm; the weights add up to 1."""
        value = float(weights @ values)
        pulls = weights * (values - value)
        people = len(values)
        own = Moments(value, people / max(people - 1, 1) * float(pulls @ pulls), float((pulls**3).sum()))
        return cls(own, float((weights**2).sum()), float((weights**3).sum()), int(np.count_nonzero(values)))


@dataclass(frozen=True)
class Arms:
    """Both arms of a campaign, seen by one thing that is averaged over people."""

    treated: Arm
    """The treated."""
    control: Arm
    """The control."""
    treated_share: float
    """The share of the people who are treated."""
    everyone: tuple[float, float, float]
    """The means over both arms of the values, their squares and their third powers."""

    @classmethod
    def of(cls, values: Floats, treated: Flags, stratum: Ints) -> Arms | None:
        """Both arms, as if they had the same strata; None where one has fewer than two people."""
        weights = arm_weights(treated, stratum)
        if min(int((weights[arm] > 0).sum()) for arm in (treated, ~treated)) < 2:
            return None
        share = float(treated.mean())
        each = np.where(treated, share, 1 - share) * weights
        powers = tuple(float(each @ values**power) for power in (1, 2, 3))
        one, other = (Arm.of(values[arm], weights[arm]) for arm in (treated, ~treated))
        return cls(one, other, share, (powers[0], powers[1], powers[2]))

    @property
    def gap(self) -> float:
        """Mean of the treated less that of the control."""
        return self.treated.own.mean - self.control.own.mean

    def if_apart_by(self, gap: float) -> tuple[Moments, Moments]:
        """Both means if the true ones were ``gap`` apart."""
        mean = self.everyone[0]
        return (
            self._if_at(self.treated, mean + (1 - self.treated_share) * gap),
            self._if_at(self.control, mean - self.treated_share * gap),
        )

    def if_times(self, ratio: float) -> tuple[Moments, Moments]:
        """Both means if the true one of the treated were ``ratio`` times the other."""
        control = self.everyone[0] / (self.treated_share * ratio + 1 - self.treated_share)
        return self._if_at(self.treated, ratio * control), self._if_at(self.control, control)

    def _if_at(self, arm: Arm, true_mean: float) -> Moments:
        """An arm's mean if people paid as in both arms together, only more or fewer of them."""
        first, second, third = self.everyone
        times = float(np.clip(true_mean / first, 1 / _MOST_TIMES, _MOST_TIMES)) if first > 0 else 1.0
        first, second, third = times * first, times * second, times * third
        variance = max(second - first**2, 0.0) * arm.squares
        bend = (third - 3 * first * second + 2 * first**3) * arm.cubes
        supposed = Moments(arm.own.mean, variance, bend)
        return supposed.mixed(arm.own, arm.buyers / (arm.buyers + OWN_FROM))


def arm_weights(treated: Flags, stratum: Ints) -> Floats:
    """What each person counts for in the mean of their arm: in each arm they add up to 1, shape ``(n,)``.

    Strata weigh the same in both arms, as Mantel and Haenszel have them; a stratum with one arm only counts 0.
    """
    size = int(stratum.max(initial=0)) + 1
    people = np.array([np.bincount(stratum[arm], minlength=size) for arm in (~treated, treated)], dtype=np.float64)
    weight = people.prod(axis=0) / np.maximum(people.sum(axis=0), 1)
    if not weight.sum():
        return np.zeros(len(treated))
    return (weight / weight.sum())[stratum] / people[treated.astype(np.int64), stratum]


def difference(arms: Arms, quantile: float = QUANTILE) -> Estimate:
    """Mean of the treated less that of the control.

    A score interval, as for rates: the differences that do not lie too far from what was seen, where how far is told by
    the spread that would then be (that of both arms together, see :data:`OWN_FROM`), corrected for its skewness (J. J.
    Gart and J. Nam, Biometrics 46, 1990). Measured against Welch's and the bootstrap-t in docs/decisions/0024.
    """
    if arms.treated.own.variance + arms.control.own.variance <= 0:
        return Estimate(arms.gap, None, None)

    def score(gap: float) -> float:
        treated, control = arms.if_apart_by(gap)
        return _score(arms.gap - gap, treated, control, 1.0)

    step = sum(part.variance for part in arms.if_apart_by(0.0)) ** 0.5
    return Estimate(arms.gap, *_ends(score, arms.gap, step, quantile))


def relative_difference(arms: Arms, quantile: float = QUANTILE) -> Estimate:
    """Mean of the treated by that of the control, less 1; see :func:`difference`, whose interval agrees about 0.

    No upper end where the control's mean may be 0, and nothing at all where either mean is not above it.
    """
    treated, control = arms.treated.own, arms.control.own
    if min(treated.mean, control.mean) <= 0 or treated.variance + control.variance <= 0:
        return Estimate.unknown()

    def score(logarithm: float) -> float:
        ratio = float(np.exp(logarithm))
        one, other = arms.if_times(ratio)
        return _score(treated.mean - ratio * control.mean, one, other, ratio)

    value = treated.mean / control.mean
    low, high = _ends(score, float(np.log(value)), 0.1, quantile)
    return Estimate(
        value - 1, -1.0 if low is None else float(np.expm1(low)), None if high is None else float(np.expm1(high))
    )


def _score(gap: float, treated: Moments, control: Moments, ratio: float) -> float:
    variance = treated.variance + ratio**2 * control.variance
    return straightened(gap, variance, treated.third - ratio**3 * control.third)


def _ends(
    score: Callable[[float], float], middle: float, step: float, quantile: float
) -> tuple[float | None, float | None]:
    """Where the score, which falls, is ``quantile`` and where it is as much below 0."""
    return (
        _crossing(lambda at: score(at) - quantile, middle, -step),
        _crossing(lambda at: score(at) + quantile, middle, step),
    )


def _crossing(falling: Callable[[float], float], start: float, step: float) -> float | None:
    """The first place from ``start`` on, in steps, where a function changes its sign; None where it does not."""
    before, sign = start, np.sign(falling(start))
    for _ in range(_MOST_DEVIATIONS):
        after = before + step
        if np.sign(falling(after)) != sign:
            return float(brentq(falling, min(before, after), max(before, after), xtol=1e-9 * abs(step)))
        before = after
    return None
