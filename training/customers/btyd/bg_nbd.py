"""BG/NBD and MBG/NBD: while alive customers order at a steady rate, and after an order some leave for good.

Fader, Hardie and Lee, "Counting your customers the easy way: an alternative to the Pareto/NBD model" (2005). Rates
differ between customers by a gamma(r, alpha) law, chances of leaving by a beta(a, b) law. In the modified form
(Batislam, Denizel and Filiztekin, "Empirical validation and comparison of models for customer base analysis", 2007)
customers may leave after the first order as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import betaln, gammaln

from features.arrays import Floats
from training.customers.btyd.law import Law
from training.customers.btyd.purchases import Purchases

SMALLEST_LEAVING = 1e-3
"""A fit in which fewer than this share leave after an order says that nobody ever leaves."""


@dataclass(frozen=True)
class _Geometric(Law):
    """What both have in common: leaving happens after orders."""

    r: float
    """Shape of the gamma law of order rates."""
    alpha: float
    """Rate of the gamma law, in units of time."""
    a: float
    """First shape of the beta law of leaving."""
    b: float
    """Second shape of the beta law of leaving."""

    @classmethod
    def start(cls, mean_age: float) -> Floats:
        """Rates of about three orders in the time that was seen; one in four leaves after an order."""
        return np.array([-1.0, np.log(mean_age / 3), -0.3, 0.8])

    def fault(self) -> str | None:
        """That nobody ever leaves."""
        return "nobody ever leaves" if self.leaving < SMALLEST_LEAVING else None

    @property
    def leaving(self) -> float:
        """Mean chance of leaving after an order."""
        return self.a / (self.a + self.b)

    def order_given_alive(self, purchases: Purchases, horizon: float) -> Floats:
        """One minus the chance of no order: the rate is gamma(r + frequency, alpha + age); shape ``(n,)``."""
        total = self.alpha + purchases.age
        found: Floats = -np.expm1((self.r + purchases.frequency) * np.log(total / (total + horizon)))
        return found

    def _ordering(self, purchases: Purchases, until: Floats) -> Floats:
        """Log likelihood of the orders, and of none between the last and ``until``, up to who had left."""
        shape = self.r + purchases.frequency
        found: Floats = (
            gammaln(shape) - gammaln(self.r) + self.r * np.log(self.alpha) - shape * np.log(self.alpha + until)
        )
        return found


@dataclass(frozen=True)
class BgNbd(_Geometric):
    """BG/NBD: nobody leaves before the second order, so everyone with one order is alive."""

    title: ClassVar[str] = "BG/NBD"

    def log_likelihoods(self, purchases: Purchases) -> Floats:
        """Equation (6) of the paper for each customer, in the stable form of its technical note; ``(n,)``."""
        frequency = purchases.frequency
        repeated = np.maximum(frequency, 1)
        alive = betaln(self.a, self.b + frequency) - betaln(self.a, self.b)
        alive += self._ordering(purchases, purchases.age)
        left = betaln(self.a + 1, self.b + repeated - 1) - betaln(self.a, self.b)
        left += self._ordering(purchases, purchases.recency)
        found: Floats = np.where(frequency > 0, np.logaddexp(alive, left), alive)
        return found

    def alive_probability(self, purchases: Purchases) -> Floats:
        """P(alive), shape ``(n,)``; 1 for customers with one order, which is the law's known weakness."""
        frequency = purchases.frequency
        odds = np.log(self.a / (self.b + np.maximum(frequency, 1) - 1)) + (self.r + frequency) * np.log(
            (self.alpha + purchases.age) / (self.alpha + purchases.recency)
        )
        return np.where(frequency > 0, 1 / (1 + np.exp(np.minimum(odds, 700.0))), 1.0)


@dataclass(frozen=True)
class MbgNbd(_Geometric):
    """MBG/NBD: some leave after the first order already."""

    title: ClassVar[str] = "MBG/NBD"

    def log_likelihoods(self, purchases: Purchases) -> Floats:
        """The likelihood with one more chance to leave than repeat orders, shape ``(n,)``."""
        frequency = purchases.frequency
        alive = betaln(self.a, self.b + frequency + 1) - betaln(self.a, self.b)
        alive += self._ordering(purchases, purchases.age)
        left = betaln(self.a + 1, self.b + frequency) - betaln(self.a, self.b)
        left += self._ordering(purchases, purchases.recency)
        found: Floats = np.logaddexp(alive, left)
        return found

    def alive_probability(self, purchases: Purchases) -> Floats:
        """P(alive), shape ``(n,)``."""
        frequency = purchases.frequency
        odds = np.log(self.a / (self.b + frequency)) + (self.r + frequency) * np.log(
            (self.alpha + purchases.age) / (self.alpha + purchases.recency)
        )
        found: Floats = 1 / (1 + np.exp(np.minimum(odds, 700.0)))
        return found
