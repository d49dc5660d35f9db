"""What every buy-till-you-die law has in common: a maximum likelihood fit that notices when there is none."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

import numpy as np
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from features.arrays import Floats
from features.errors import HuitouError
from training.customers.btyd.purchases import Purchases

LARGEST_LOG = 9.0
"""A parameter beyond the exponential of this has run away: the likelihood has no maximum inside."""

FIRST_STEP = 0.02
"""The simplex begins with so small steps in the parameters' logarithms: the gradient has come near already."""

MOST_STEPS = 600
"""A simplex that is still on its way after so many steps is on a ridge that leads nowhere."""

LEAST_CUSTOMERS = 50
"""Fewer customers, or fewer repeat buyers than half of it, do not carry four parameters."""


@dataclass(frozen=True)
class Law(ABC):
    """A law of ordering with a few positive parameters; its times are in the unit of what it was fitted on."""

    title: ClassVar[str]
    """Its name among people."""

    log_likelihood: float
    """Of the customers it was fitted on, without the constants that hold no parameter."""

    @classmethod
    def parameter_names(cls) -> tuple[str, ...]:
        """The fields that are parameters, in order."""
        return tuple(field.name for field in fields(cls) if field.name != "log_likelihood")

    @classmethod
    @abstractmethod
    def start(cls, mean_age: float) -> Floats:
        """Logarithms of the parameters from which the fit sets out."""

    @abstractmethod
    def log_likelihoods(self, purchases: Purchases) -> Floats:
        """The log likelihood of each customer, shape ``(n,)``."""

    @abstractmethod
    def alive_probability(self, purchases: Purchases) -> Floats:
        """The chance that a customer has not left for good, shape ``(n,)``."""

    @abstractmethod
    def order_given_alive(self, purchases: Purchases, horizon: float) -> Floats:
        """The chance of an order within ``horizon`` of a customer who has not left, shape ``(n,)``."""

    @abstractmethod
    def fault(self) -> str | None:
        """What makes these parameters useless besides being too large or small, None if nothing does."""

    def order_probability(self, purchases: Purchases, horizon: float) -> Floats:
        """The chance of at least one order within ``horizon``, not P(alive); shape ``(n,)``."""
        chance: Floats = self.alive_probability(purchases) * self.order_given_alive(purchases, horizon)
        return chance

    @classmethod
    def fit(cls, purchases: Purchases) -> Self:
        """The maximum of the likelihood; raises :class:`HuitouError` when the data do not hold one."""
        repeated = np.count_nonzero(purchases.frequency)
        if len(purchases) < LEAST_CUSTOMERS or repeated < LEAST_CUSTOMERS / 2:
            raise cls._degenerate(f"{len(purchases)} customers, {repeated} with a repeat order, are too few")
        grouped, weights = purchases.grouped()

        def loss(logs: Floats) -> float:
            return -float(cls.from_logs(logs).log_likelihoods(grouped) @ weights) / len(purchases)

        # The gradient finds the hill, the simplex its top: alone, the simplex runs away from some starts.
        start = cls.start(max(float(np.mean(purchases.age)), 1e-3))
        # Four parameters are nothing to share: with threads that wait for each other it took five times as long.
        with threadpool_limits(1, "blas"):
            near = minimize(loss, start, method="L-BFGS-B", bounds=[(-LARGEST_LOG, LARGEST_LOG)] * len(start))
        cls.from_logs(near.x).checked()
        simplex = near.x + FIRST_STEP * np.vstack([np.zeros(len(start)), np.eye(len(start))])
        found = minimize(
            loss,
            near.x,
            method="Nelder-Mead",
            options={"initial_simplex": simplex, "maxiter": MOST_STEPS, "fatol": 1e-10, "xatol": 1e-5},
        )
        return cls.from_logs(found.x, -float(found.fun) * len(purchases)).checked()

    @classmethod
    def from_logs(cls, logs: Floats, log_likelihood: float = np.nan) -> Self:
        """The law whose parameters have these logarithms."""
        values = np.exp(np.clip(logs, -2 * LARGEST_LOG, 2 * LARGEST_LOG)).tolist()
        return cls(log_likelihood, *values)

    def checked(self) -> Self:
        """This law; raises :class:`HuitouError` when a parameter has run away or it says nothing of leaving."""
        values = np.array([getattr(self, name) for name in self.parameter_names()])
        fault = self.fault()
        if np.abs(np.log(values)).max() > LARGEST_LOG - 0.1 or fault:
            shown = ", ".join(f"{name} {getattr(self, name):.3g}" for name in self.parameter_names())
            raise self._degenerate(f"{fault or 'its parameters run away'} ({shown})")
        return self

    def as_dict(self) -> dict[str, Any]:
        """Its parameters and likelihood in plain numbers."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def _degenerate(cls, why: str) -> HuitouError:
        return HuitouError(
            f"{cls.title} must have a maximum likelihood fit; {why}. It is left out.", code="degenerate_fit"
        )
