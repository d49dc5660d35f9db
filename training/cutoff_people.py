"""The buyers of one cutoff, and how those of another differ from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from features.customers import CustomerFeatures
from training.customers.explaining.drivers import MOST_CUSTOMERS
from training.customers.measuring.backtest import ChurnBacktest
from training.customers.measuring.contenders import MODEL
from training.customers.propensity import Propensity
from training.drift import drift
from training.tables import buyers, taken


@dataclass(frozen=True)
class CutoffPeople:
    """Some buyers as they were known at one cutoff, and the propensity that was trained for it."""

    cutoff: datetime
    """The moment."""
    features: CustomerFeatures | None
    """What was known of them; None where nobody had bought."""
    propensity: Propensity
    """What gives scores to them and to those they are compared with."""

    @classmethod
    def tested(cls, found: ChurnBacktest, cutoff: datetime) -> CutoffPeople:
        """Those whom a backtest looked at."""
        return cls(cutoff, found.sample.of("one_order", "repeat"), found.training.propensity)

    @classmethod
    def trained(cls, found: ChurnBacktest) -> CutoffPeople | None:
        """Those of its newest training cutoff; None where nothing was trained."""
        if not found.training.tables:
            return None
        table = found.training.tables[-1]
        bought = np.flatnonzero(buyers(table.features))[:MOST_CUSTOMERS]
        features = taken(table.features, bought) if len(bought) else None
        return cls(table.cutoff, features, found.training.propensity)

    def against(self, later: CutoffPeople) -> dict[str, Any]:
        """How the people of ``later`` differ: ``from``, ``to`` and what :func:`training.drift.drift` tells of them.

        The scores are those of this propensity for both.
        """
        told: dict[str, Any] = {"from": self.cutoff.isoformat(), "to": later.cutoff.isoformat()}
        if self.features is None or later.features is None:
            return told | {"customers": [0, 0], "features": [], "score": None}
        chances = [self.propensity.churn_probability(features) for features in (self.features, later.features)]
        return told | drift(self.features, later.features, (chances[0], chances[1]))


def people_counts(parts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """How many people of each kind each cutoff had, and what share of them did what is predicted."""
    told = []
    for part in parts:
        bought, visited = part["churn"]["methods"][MODEL], part["visitors"]["methods"][MODEL]["all"]
        told.append(
            {
                "cutoff": part["cutoff"],
                "visitors": visited["customers"],
                "one_order": bought["one_order"]["customers"],
                "repeat": bought["repeat"]["customers"],
                "set_aside": sum(part["churn"]["set_aside"].values()),
                "treated": part["churn"]["treated"],
                "left_rate": bought["all"]["base_rate"],
                "visitors_ordered_rate": visited["base_rate"],
            }
        )
    return told
