"""Customers who order as one of the laws says, so that what a fit should find is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.arrays import Flags
from training.customers.btyd.bg_nbd import MbgNbd
from training.customers.btyd.law import Law
from training.customers.btyd.pareto_nbd import ParetoNbd
from training.customers.btyd.purchases import Purchases

RATES = (0.8, 12.0)
"""Shape and rate of the gamma law of order rates, in days."""

LEAVING = (1.0, 4.0)
"""Shapes of the beta law of leaving after an order."""

LEAVING_RATES = (0.7, 60.0)
"""Shape and rate of the gamma law of rates of leaving, for Pareto/NBD."""

AHEAD_DAYS = 50.0
"""How long the customers are watched after what is told of them."""


@dataclass(frozen=True)
class PlantedOrders:
    """What some customers did."""

    purchases: Purchases
    """Until now, in days."""
    ordered: Flags
    """Who ordered within ``AHEAD_DAYS`` of now; shape (n,)."""


def planted_orders(law: type[Law], seed: int, size: int = 4_000, *, leaving: bool = True) -> PlantedOrders:
    """Customers of between 50 and 100 days as ``law`` has them; without ``leaving`` nobody ever goes."""
    rng = np.random.default_rng(seed)
    rows = [_person(law, rng, leaving) for _ in range(size)]
    frequency, recency, age, later = np.array(rows).T
    return PlantedOrders(Purchases(frequency, recency, age), later > 0)


def _person(law: type[Law], rng: np.random.Generator, leaving: bool) -> tuple[float, float, float, float]:
    """Repeat orders until now, when the last of them was, age, and orders after now."""
    rate, age = rng.gamma(RATES[0]) / RATES[1], rng.uniform(50, 100)
    chance = rng.beta(*LEAVING) if leaving and law is not ParetoNbd else 0.0
    end = age + AHEAD_DAYS
    if leaving and law is ParetoNbd:
        end = min(end, rng.exponential(LEAVING_RATES[1] / rng.gamma(LEAVING_RATES[0])))
    if law is MbgNbd and rng.random() < chance:
        end = 0.0
    days: list[float] = []
    day = rng.exponential(1 / rate)
    while day < end:
        days.append(day)
        if rng.random() < chance:
            break
        day += rng.exponential(1 / rate)
    seen = [day for day in days if day < age]
    return len(seen), seen[-1] if seen else 0.0, age, len(days) - len(seen)
