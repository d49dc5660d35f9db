"""Value levels: what customers have brought so far, against all others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from features.arrays import Floats, Ints
from features.shop.groups.known import Known
from features.shop.groups.named_group import NOBODY, named
from features.shop.groups.quantile_limits import limits_at, limits_passed

VALUE_LEVELS = (
    named(
        "low",
        "Low value",
        "低价值",
        "fewer than half of the customers have spent strictly less",
        "消费额严格更低的客户不到一半",
    ),
    named(
        "middle",
        "Middle value",
        "中价值",
        "at least half of the customers have spent strictly less, but fewer than four of five",
        "至少一半但不到五分之四的客户消费额严格更低",
    ),
    named(
        "high",
        "High value",
        "高价值",
        "at least four of five customers have spent strictly less: the upper fifth",
        "至少五分之四的客户消费额严格更低，即消费额最高的五分之一",
    ),
)
"""The levels, by net spend of all time; every customer with an order is in exactly one. Where the shop knows no
prices, they go by the number of orders."""

VALUE_NAMES = tuple(level.name for level in VALUE_LEVELS)
"""The names of the levels, rising; codes are places in this list."""

_SHARES = (Fraction(1, 2), Fraction(4, 5))


@dataclass(frozen=True)
class ValueLimits:
    """What one must exceed for the middle and the high level."""

    measure: str
    """What the levels go by: ``net_spend``, or ``orders`` where no prices are known."""
    limits: tuple[float, ...]
    """The two limits, rising; empty without customers."""

    @classmethod
    def among(cls, buyers: Known) -> ValueLimits:
        """The limits among some customers who have ordered."""
        differs = len(buyers) > 0 and bool(np.ptp(buyers.net_spend) > 0)
        measure = "net_spend" if differs or not len(buyers) else "orders"
        return cls(measure, limits_at(_measured(buyers, measure), _SHARES))

    def as_dict(self) -> dict[str, Any]:
        """The limits as JSON holds them."""
        return {"measure": self.measure, "limits": list(self.limits)}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> ValueLimits:
        """What :meth:`as_dict` made."""
        return cls(said["measure"], tuple(said["limits"]))

    def levels(self, known: Known) -> Ints:
        """Place in :data:`VALUE_NAMES` of each customer, :data:`NOBODY` for visitors; shape ``(n,)``."""
        return np.where(known.is_buyer, limits_passed(_measured(known, self.measure), self.limits), NOBODY)


def _measured(known: Known, measure: str) -> Floats:
    return known.net_spend if measure == "net_spend" else known.orders
