"""What several methods said of everyone known before a cutoff, and what happened within the horizon after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from features.arrays import Flags, Floats
from features.customers import CustomerFeatures
from training.baselines import Predictor
from training.calibration import SMALLEST
from training.tables import CustomerTable, buyers, high_value

KEPT_COLUMNS = ("purchase_day_count", "net_spend_all", "days_since_purchase", "order_value_mean")
"""The features that groups and the worth of a customer are made from."""


@dataclass(frozen=True)
class Outcomes:
    """Some people of one cutoff."""

    frame: pd.DataFrame
    """``customer_id``, ``ordered``, the kept features, and the chance of an order by each method."""
    methods: tuple[str, ...]
    """Names of the methods."""

    @classmethod
    def of(cls, table: CustomerTable, methods: Mapping[str, Predictor]) -> Outcomes:
        """What the ``methods`` say of everyone in the ``table``."""
        features = table.features
        ids = pd.Series(features.customer_ids.to_pylist(), dtype="str")  # also where there is nobody
        columns: dict[str, Any] = {"customer_id": ids, "ordered": table.ordered}
        columns |= {name: features.column(name) for name in KEPT_COLUMNS}
        columns |= {_column(name): _chance(method, features) for name, method in methods.items()}
        return cls(pd.DataFrame(columns), tuple(methods))

    @classmethod
    def joined(cls, parts: Iterable[Outcomes]) -> Outcomes:
        """Those of several buckets, of which there is at least one."""
        listed = list(parts)
        return cls(pd.concat([part.frame for part in listed], ignore_index=True), listed[0].methods)

    @property
    def ordered(self) -> Flags:
        """Who ordered within the horizon, shape ``(n,)``."""
        return self.frame["ordered"].to_numpy(dtype=bool)

    @property
    def order_chances(self) -> dict[str, Floats]:
        """Chance of an order by each method, shape ``(n,)`` each."""
        return {name: self.frame[_column(name)].to_numpy(dtype=np.float64) for name in self.methods}

    @property
    def churn_chances(self) -> dict[str, Floats]:
        """Chance of no order by each method, shape ``(n,)`` each."""
        return {name: 1 - chance for name, chance in self.order_chances.items()}

    def column(self, name: str) -> Floats:
        """One of the kept features, shape ``(n,)``."""
        return self.frame[name].to_numpy(dtype=np.float64)

    def groups(self, lost_after_days: int) -> dict[str, Flags]:
        """The groups of buyers: by purchase days, by value, and those who are not lost yet."""
        days, spend = self.column("purchase_day_count"), self.column("net_spend_all")
        return {
            "one_order": days == 1,
            "repeat": days >= 2,
            "high_value": high_value(days > 0, spend),
            "not_lost": self.column("days_since_purchase") < lost_after_days,
        }


def split(table: CustomerTable) -> tuple[CustomerTable, CustomerTable]:
    """The buyers of a table, and the visitors."""
    bought = buyers(table.features)
    return table.take(bought), table.take(~bought)


def _chance(method: Predictor, features: CustomerFeatures) -> Floats:
    if not len(features):
        return np.zeros(0)
    return np.clip(method.order_probability(features), SMALLEST, 1 - SMALLEST)


def _column(method: str) -> str:
    return f"chance_{method}"
