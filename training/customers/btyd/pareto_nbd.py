"""Pareto/NBD: customers order at a steady rate until they leave, at any moment, not only after an order.

Schmittlein, Morrison and Colombo, "Counting your customers: who are they and what will they do next?" (1987). Order
rates differ between customers by a gamma(r, alpha) law, rates of leaving by a gamma(s, beta) law. The published
solutions hold Gaussian hypergeometric functions; here the integral that they stand for is taken by quadrature, after
a substitution under which it is smooth whatever the number of orders.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import gammaln

from features.arrays import Floats
from training.customers.btyd.law import Law
from training.customers.btyd.purchases import Purchases

_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(24)
"""Nodes and weights on [-1, 1]; with 24 the Fader-Hardie sample's likelihood is exact to 1e-8."""

LONGEST_LIFE = 1e3
"""A fit in which the usual customer stays so many times longer than anyone was seen says that nobody leaves."""


@dataclass(frozen=True)
class ParetoNbd(Law):
    """A fitted Pareto/NBD."""

    title: ClassVar[str] = "Pareto/NBD"

    r: float
    """Shape of the gamma law of order rates."""
    alpha: float
    """Rate of the gamma law of order rates, in units of time."""
    s: float
    """Shape of the gamma law of rates of leaving."""
    beta: float
    """Rate of the gamma law of rates of leaving, in units of time."""

    @classmethod
    def start(cls, mean_age: float) -> Floats:
        """Rates of about three orders, and one leaving, in the time that was seen."""
        return np.log([0.5, mean_age / 3, 0.5, mean_age / 2])

    def fault(self) -> str | None:
        """That nobody ever leaves."""
        return "nobody ever leaves" if self.s / self.beta * LONGEST_LIFE < 1 / self.alpha / LONGEST_LIFE else None

    def log_likelihoods(self, purchases: Purchases) -> Floats:
        """Alive until now, or left at some moment since the last order; shape ``(n,)``."""
        shape = self.r + purchases.frequency
        common = gammaln(shape) - gammaln(self.r) + self.r * np.log(self.alpha)
        found: Floats = common + np.logaddexp(self._log_alive(purchases), self._log_left(purchases))
        return found

    def alive_probability(self, purchases: Purchases) -> Floats:
        """P(alive), shape ``(n,)``."""
        odds = self._log_left(purchases) - self._log_alive(purchases)
        found: Floats = 1 / (1 + np.exp(np.minimum(odds, 700.0)))
        return found

    def order_given_alive(self, purchases: Purchases, horizon: float) -> Floats:
        """The chance that an order comes before the customer leaves, shape ``(n,)``.

        The density of the first order at ``u`` is the mean of ``rate * exp(-rate * u)`` times the mean of
        ``exp(-leaving * u)``, over the laws of both given what was seen.
        """
        shape, total = self.r + purchases.frequency, self.alpha + purchases.age
        # In v = (total / (total + u)) ** shape the density of the order is flat.
        last = (total / (total + horizon)) ** shape
        flat = last[:, None] + (1 - last)[:, None] * (_POINTS + 1) / 2
        later = total[:, None] * (flat ** (-1 / shape[:, None]) - 1)
        stays = ((self.beta + purchases.age)[:, None] / (self.beta + purchases.age[:, None] + later)) ** self.s
        found: Floats = (1 - last) * (stays @ _WEIGHTS) / 2
        return found

    def _log_alive(self, purchases: Purchases) -> Floats:
        age = purchases.age
        found: Floats = -(self.r + purchases.frequency) * np.log(self.alpha + age) + self.s * (
            np.log(self.beta) - np.log(self.beta + age)
        )
        return found

    def _log_left(self, purchases: Purchases) -> Floats:
        """Log of the integral over the moment of leaving, from the last order to now."""
        power = (self.r + self.s + purchases.frequency)[:, None]
        start, end = self.alpha + purchases.recency, self.alpha + purchases.age
        # In w = ((alpha + last) / (alpha + moment)) ** power the integrand is smooth.
        last = (start / end)[:, None] ** power
        flat = last + (1 - last) * (_POINTS + 1) / 2
        moment = start[:, None] * flat ** (-1 / power)
        ratio = (moment / (moment - self.alpha + self.beta)) ** (self.s + 1)
        integral = (1 - last[:, 0]) * (ratio @ _WEIGHTS) / 2 / power[:, 0]
        scale = np.log(self.s) + self.s * np.log(self.beta) - power[:, 0] * np.log(start)
        found: Floats = scale + np.log(np.maximum(integral, 1e-300))
        return found
