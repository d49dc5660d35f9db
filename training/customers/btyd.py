"""BG/NBD, a "buy till you die" model of orders: a baseline that sees nothing but when a customer ordered.

Fader, Hardie and Lee, "Counting your customers the easy way: an alternative to the Pareto/NBD model" (2005). While
alive, a customer orders at a rate that differs between customers by a gamma(r, alpha) law; after each order the
customer leaves with a probability that differs by a beta(a, b) law. ``frequency`` is the number of repeat purchase
days, ``recency`` the time from the first to the last, ``age`` the time since the first, all in one unit of time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln

from features.arrays import Floats
from features.customers import CustomerFeatures
from features.errors import HuitouError

LARGEST_LOG = 9.0
"""A parameter beyond the exponential of this has run away: the likelihood has no maximum inside."""

LEAST_CUSTOMERS = 50
"""Fewer customers, or fewer repeat buyers than half of it, do not carry four parameters."""

SMALLEST_LEAVING = 1e-3
"""A fit in which fewer than this share leave after an order says that nobody ever leaves."""


@dataclass(frozen=True)
class BgNbd:
    """A fitted model; its times are in the unit of what it was fitted on."""

    r: float
    """Shape of the gamma law of order rates."""
    alpha: float
    """Rate of the gamma law, in units of time."""
    a: float
    """First shape of the beta law of leaving."""
    b: float
    """Second shape of the beta law of leaving."""
    log_likelihood: float
    """Of the data, without the constants that hold no parameter."""

    @classmethod
    def fit(cls, frequency: Floats, recency: Floats, age: Floats) -> BgNbd:
        """The maximum of the likelihood; raises :class:`HuitouError` when the data do not hold one."""
        if len(frequency) < LEAST_CUSTOMERS or np.count_nonzero(frequency) < LEAST_CUSTOMERS / 2:
            raise _degenerate(
                f"{len(frequency)} customers, {np.count_nonzero(frequency)} with a repeat order, are too few"
            )
        rows, weights = np.unique(np.column_stack([frequency, recency, age]), axis=0, return_counts=True)
        x, seen, total = rows.T
        start = np.array([-1.0, np.log(max(float(np.mean(age)) / 3, 1e-3)), -0.3, 0.8])

        def loss(logs: Floats) -> float:
            return -float(log_likelihoods(x, seen, total, *_parameters(logs)) @ weights) / len(frequency)

        # The gradient finds the hill, the simplex its top: alone, the simplex runs away from some starts.
        near = minimize(loss, start, method="L-BFGS-B", bounds=[(-LARGEST_LOG, LARGEST_LOG)] * 4)
        cls(*_parameters(near.x), 0.0).checked()
        found = minimize(loss, near.x, method="Nelder-Mead", options={"maxiter": 4000, "fatol": 1e-10, "xatol": 1e-6})
        return cls(*_parameters(found.x), -float(found.fun) * len(frequency)).checked()

    def checked(self) -> BgNbd:
        """This model; raises :class:`HuitouError` when a parameter has run away, or nobody ever leaves."""
        values = np.array([self.r, self.alpha, self.a, self.b])
        if np.abs(np.log(values)).max() > LARGEST_LOG - 0.1 or self.leaving < SMALLEST_LEAVING:
            shown = ", ".join(f"{name} {getattr(self, name):.3g}" for name in ("r", "alpha", "a", "b"))
            raise _degenerate(f"its parameters run away ({shown})")
        return self

    @property
    def leaving(self) -> float:
        """Mean chance of leaving after an order."""
        return self.a / (self.a + self.b)

    def alive_probability(self, frequency: Floats, recency: Floats, age: Floats) -> Floats:
        """P(alive), shape ``(n,)``; 1 for customers with one order, which is the model's known weakness."""
        odds = np.log(self.a / (self.b + np.maximum(frequency, 1) - 1)) + (self.r + frequency) * np.log(
            (self.alpha + age) / (self.alpha + recency)
        )
        return np.where(frequency > 0, 1 / (1 + np.exp(np.minimum(odds, 700.0))), 1.0)

    def order_probability(self, frequency: Floats, recency: Floats, age: Floats, horizon: float) -> Floats:
        """Chance of at least one order within ``horizon``, not P(alive); shape ``(n,)``.

        Given that the customer is alive, the rate is gamma(r + frequency, alpha + age), so no order comes with
        probability ``((alpha + age) / (alpha + age + horizon)) ** (r + frequency)``.
        """
        none = ((self.alpha + age) / (self.alpha + age + horizon)) ** (self.r + frequency)
        chance: Floats = self.alive_probability(frequency, recency, age) * (1 - none)
        return chance


def log_likelihoods(
    frequency: Floats, recency: Floats, age: Floats, r: float, alpha: float, a: float, b: float
) -> Floats:
    """Equation (6) of the paper for each customer, in the stable form of its technical note; shape ``(n,)``."""
    orders = gammaln(r + frequency) - gammaln(r) + r * np.log(alpha)
    staying = betaln(a, b + frequency) - betaln(a, b)
    alive = staying - (r + frequency) * np.log(alpha + age)
    repeated = np.maximum(frequency, 1)
    left = betaln(a + 1, b + repeated - 1) - betaln(a, b) - (r + frequency) * np.log(alpha + recency)
    found: Floats = orders + np.where(frequency > 0, np.logaddexp(alive, left), alive)
    return found


def purchase_times(features: CustomerFeatures) -> tuple[Floats, Floats, Floats]:
    """``frequency``, ``recency`` and ``age`` in days of customers who have bought, each of shape ``(n,)``."""
    days, age, silence = (
        np.maximum(np.nan_to_num(features.column(name).astype(np.float64)), 0.0)
        for name in ("purchase_day_count", "days_since_first_purchase", "days_since_purchase")
    )
    frequency = np.maximum(days - 1, 0)
    return frequency, np.where(frequency > 0, np.maximum(age - silence, 0), 0.0), age


def _parameters(logs: Floats) -> tuple[float, float, float, float]:
    r, alpha, a, b = (float(value) for value in np.exp(np.clip(logs, -2 * LARGEST_LOG, 2 * LARGEST_LOG)))
    return r, alpha, a, b


def _degenerate(why: str) -> HuitouError:
    return HuitouError(f"BG/NBD must have a maximum likelihood fit; {why}. It is left out.", code="degenerate_fit")
