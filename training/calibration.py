"""Calibration: making probabilities mean what they say, by a line on the log-odds (Platt)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit

from features.arrays import Flags, Floats

SMALLEST = 1e-6
"""Probabilities stay this far inside (0, 1), also when they are written with six decimals."""

LEAST_OF_EACH = 50
"""A calibration needs at least so many customers who ordered and so many who did not."""

SLOPE_DEVIATION = 0.3
"""How far from 1 the slope is expected to be before any data; a handful of customers cannot move it far."""

SLOPE_SHARE = 1 / 3
"""How much of the slope that one season showed is expected of the next."""


@dataclass(frozen=True)
class Calibration:
    """A line on the margin that turns around ``centre``: overconfident margins are pulled towards it."""

    slope: float = 1.0
    """Below 1 where the margins were too sure of themselves, 1 for no change."""
    centre: float = 0.0
    """The mean margin in training, in log-odds; the line turns around it."""
    shift: float = 0.0
    """What is added to every margin, in log-odds: the season, or the level that a law without labels lacks."""

    def calibrated(self, margin: Floats) -> Floats:
        """The margin that goes into the probability, shape ``(n,)``."""
        return self.centre + self.shift + self.slope * (margin - self.centre)

    def probability(self, margin: Floats) -> Floats:
        """Probabilities strictly inside (0, 1), shape ``(n,)``."""
        return probability(self.calibrated(margin))

    @classmethod
    def fit(cls, margin: Floats, happened: Flags, centre: float, *, labelled: bool = True) -> Calibration:
        """The line for margins of customers whom the model has not seen, from a later time.

        Of a model that was fitted on labels (``labelled``) the intercept is not carried over: it says how busy that
        one season was. In 24 trials on four shops, at cutoffs before those of their tests, keeping it made the log
        loss better 12 times and worse 12 times, at worst by .24. Of the slope's distance from 1 a third is taken:
        slopes differ between seasons as well, and there the whole of it cost .0016 of log loss on average, a third
        .0001. A law that has never seen labels gets a third of the intercept, too.
        """
        if min(np.count_nonzero(happened), np.count_nonzero(~happened)) < LEAST_OF_EACH:
            return cls(centre=centre)
        from_centre = margin - centre
        sign = np.where(happened, 1.0, -1.0)

        def loss(line: Floats) -> tuple[float, Floats]:
            towards = sign * (line[0] * from_centre + line[1])
            pull = -sign * expit(-towards)
            prior = (line[0] - 1) / SLOPE_DEVIATION**2
            value = np.logaddexp(0, -towards).sum() + (line[0] - 1) * prior / 2
            return float(value), np.array([pull @ from_centre + prior, pull.sum()])

        found = minimize(loss, np.array([1.0, centre]), jac=True, method="L-BFGS-B")
        slope = float(np.clip(found.x[0], 0.1, 2.0))
        if not labelled:
            return cls(1 + SLOPE_SHARE * (slope - 1), centre, SLOPE_SHARE * (float(found.x[1]) - centre))
        return cls(1 + SLOPE_SHARE * (slope - 1), centre)


def probability(margin: Floats) -> Floats:
    """The probability of log-odds, strictly inside (0, 1), shape ``(n,)``."""
    return np.asarray(np.clip(expit(margin), SMALLEST, 1 - SMALLEST), dtype=np.float64)


def log_odds(chance: Floats | float) -> Floats:
    """The log-odds of probabilities, which are first brought strictly inside (0, 1)."""
    return np.asarray(logit(np.clip(chance, SMALLEST, 1 - SMALLEST)), dtype=np.float64)


def level(margin: Floats, rate: float) -> float:
    """What must be added to ``margin`` so that the mean probability is ``rate``; 0 for no customers."""
    if not len(margin):
        return 0.0
    low, high = -40.0, 40.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if expit(margin + middle).mean() < rate else (low, middle)
    return (low + high) / 2


def log_losses(chance: Floats, happened: Flags) -> Floats:
    """Negative log likelihood of what happened to each customer, in nats; shape ``(n,)``."""
    inside = np.clip(chance, SMALLEST, 1 - SMALLEST)
    return -np.where(happened, np.log(inside), np.log1p(-inside))


def log_loss(chance: Floats, happened: Flags) -> float:
    """Mean negative log likelihood of what happened, in nats."""
    return float(log_losses(chance, happened).mean())
