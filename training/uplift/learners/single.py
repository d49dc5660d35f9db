"""The S-learner: one model of the outcome that is told who was written to, and is asked twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from features.arrays import Flags, Floats
from training.uplift.learners.outcome_models import OutcomeModel, model_from, model_said


@dataclass(frozen=True)
class SingleModel:
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

    def as_dict(self) -> dict[str, Any]:
        """The learner as plain JSON values."""
        return {"model": model_said(self.model)}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Self:
        """What :meth:`as_dict` wrote."""
        return cls(model_from(said["model"]))


def _told(features: Floats, treated: Flags) -> Floats:
    return np.column_stack([features, treated]).astype(np.float32)
