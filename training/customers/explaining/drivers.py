"""What moves the chance of an order, over many customers: the weight of each concept for each kind of people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from features.arrays import Floats
from features.customers import CustomerFeatures
from training.customers.explaining.concepts import CONCEPTS
from training.customers.propensity import Propensity
from training.tables import KINDS, joined, kind_codes, taken

MOST_CUSTOMERS = 20_000
"""At most so many customers are looked at, spread over the kinds of people."""


@dataclass
class KindSample:
    """Customers of each kind, gathered bucket by bucket until there are enough of it."""

    most_each: int = MOST_CUSTOMERS // len(KINDS)
    """Enough of one kind."""
    parts: dict[str, list[CustomerFeatures]] = field(default_factory=dict)
    """What was gathered."""

    def add(self, features: CustomerFeatures) -> None:
        """Take the customers of one bucket, of every kind that is still wanted."""
        codes = kind_codes(features)
        for code, kind in enumerate(KINDS):
            kept = self.parts.setdefault(kind, [])
            room = self.most_each - sum(map(len, kept))
            rows = np.flatnonzero(codes == code)[:room]
            if len(rows):
                kept.append(taken(features, rows))

    def of(self, *kinds: str) -> CustomerFeatures | None:
        """Those gathered of some kinds; None where there is nobody."""
        found = [part for kind in kinds for part in self.parts.get(kind, ())]
        return joined(found) if found else None


def drivers(propensity: Propensity, sample: KindSample) -> dict[str, Any]:
    """How much each concept moves the log-odds of an order, for each kind of people that the sample holds.

    ``{kind: {"customers": n, "concepts": [{"concept", "mean_log_odds", "share"}, ...]}}``, the weightiest first: the
    mean absolute contribution of the concept's features together, and its share of the sum over concepts.
    """
    told: dict[str, Any] = {}
    for kind in KINDS:
        features = sample.of(kind)
        if features is not None:
            told[kind] = {"customers": len(features), "concepts": _weighed(concept_weights(propensity, features))}
    return told


def concept_weights(propensity: Propensity, features: CustomerFeatures) -> Floats:
    """Mean absolute contribution to the log-odds of each concept, shape ``(n_concepts,)``."""
    moved = propensity.concept_contributions(features)[:, :-1]
    weights: Floats = np.abs(moved).mean(axis=0)
    return weights


def _weighed(weights: Floats) -> list[dict[str, Any]]:
    total = float(weights.sum())
    found = [
        {"concept": concept, "mean_log_odds": float(weight), "share": float(weight) / total if total else 0.0}
        for concept, weight in zip(CONCEPTS, weights, strict=True)
    ]
    return sorted(found, key=lambda row: -row["mean_log_odds"])
