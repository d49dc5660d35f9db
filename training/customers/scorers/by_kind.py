"""One scorer for each kind of people, asked as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from features.arrays import Flags, Floats
from features.customers import CustomerFeatures
from training.calibration import SMALLEST
from training.customers.explaining.concepts import CONCEPTS
from training.tables import KINDS, kind_codes, taken


class Scorer(Protocol):
    """What gives the log-odds of an order for one kind of people."""

    def margin(self, features: CustomerFeatures) -> Floats:
        """Log-odds of an order before calibration, shape ``(n,)``."""
        ...

    def contributions(self, features: CustomerFeatures) -> Floats:
        """What each feature adds to the margin, the rest last; shape ``(n, n_features + 1)``."""
        ...

    def concept_contributions(self, features: CustomerFeatures) -> Floats:
        """What each concept adds to the margin, the rest last; shape ``(n, n_concepts + 1)``."""
        ...

    def order_probability(self, features: CustomerFeatures) -> Floats:
        """Chance of an order within the horizon, shape ``(n,)``."""
        ...

    def save(self, folder: Path) -> None:
        """Write it below ``folder``."""
        ...


@dataclass(frozen=True)
class ByKind:
    """Customers of each kind are scored by what answers for their kind."""

    scorers: Mapping[str, Scorer]
    """By the names in ``KINDS``; people of kinds that are left out have no chance and no margin, but NaN."""

    def order_probability(self, features: CustomerFeatures) -> Floats:
        """Chance of an order within the horizon, strictly inside (0, 1), shape ``(n,)``."""
        found = np.full(len(features), np.nan)
        for rows, scorer, part in self.parts(features):
            found[rows] = scorer.order_probability(part)
        return np.clip(found, SMALLEST, 1 - SMALLEST)

    def margin(self, features: CustomerFeatures) -> Floats:
        """Log-odds of an order before calibration, shape ``(n,)``."""
        found = np.full(len(features), np.nan)
        for rows, scorer, part in self.parts(features):
            found[rows] = scorer.margin(part)
        return found

    def contributions(self, features: CustomerFeatures) -> Floats:
        """What each feature adds to the margin, the rest last; shape ``(n, n_features + 1)``."""
        found = np.zeros((len(features), len(features.names) + 1))
        for rows, scorer, part in self.parts(features):
            found[rows] = scorer.contributions(part)
        return found

    def concept_contributions(self, features: CustomerFeatures) -> Floats:
        """What each concept adds to the margin, the rest last; shape ``(n, n_concepts + 1)``."""
        found = np.zeros((len(features), len(CONCEPTS) + 1))
        for rows, scorer, part in self.parts(features):
            found[rows] = scorer.concept_contributions(part)
        return found

    def parts(self, features: CustomerFeatures) -> list[tuple[Flags, Scorer, CustomerFeatures]]:
        """The rows of each kind, what answers for it, and its features."""
        kind = kind_codes(features)
        rows = {name: kind == code for code, name in enumerate(KINDS)}
        return [
            (rows[name], scorer, taken(features, rows[name]))
            for name, scorer in self.scorers.items()
            if rows[name].any()
        ]
