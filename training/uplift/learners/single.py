"""The S-learner: one model of the outcome that is told who was written to, and is asked twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from features.arrays import Flags, Floats
from training.uplift.learners.made_of_models import MadeOfModels
from training.uplift.learners.outcome_models import OutcomeModel


@dataclass(frozen=True)
class SingleModel(MadeOfModels):
    """One model; where the message changes nothing it has no split on it, and says nothing."""

    model: OutcomeModel
    """Reads the features, and whether somebody was written to as the last column."""

    @classmethod
    def fit(
        cls,
        features: Floats,
        treated: Flags,
        outcome: Floats,
        propensity: Floats | None = None,
        *,
        base: type[OutcomeModel],
    ) -> Self:
        """Learn from features ``(n, n_features)``, arms and outcomes; the propensity does not enter."""
        return cls(base.fit(_told(features, treated), outcome))

    def uplift(self, features: Floats) -> Floats:
        """How much more is expected of each row if somebody writes, shape ``(n,)``."""
        everybody, nobody = np.ones(len(features), dtype=bool), np.zeros(len(features), dtype=bool)
        return self.model.predict(_told(features, everybody)) - self.model.predict(_told(features, nobody))


def _told(features: Floats, treated: Flags) -> Floats:
    return np.column_stack([features, treated]).astype(np.float32)
