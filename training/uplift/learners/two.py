"""The T-learner: a model of the outcome of each arm, and their difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from features.arrays import Flags, Floats
from training.uplift.learners.outcome_models import OutcomeModel, model_from, model_said


@dataclass(frozen=True)
class TwoModels:
    """One model of those written to, one of those left alone."""

    treated: OutcomeModel
    """What is expected of somebody who is written to."""
    control: OutcomeModel
    """What is expected of somebody who is left alone."""

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
        return cls(base.fit(features[treated], outcome[treated]), base.fit(features[~treated], outcome[~treated]))

    def uplift(self, features: Floats) -> Floats:
        """How much more is expected of each row if somebody writes, shape ``(n,)``."""
        return self.treated.predict(features) - self.control.predict(features)

    def as_dict(self) -> dict[str, Any]:
        """The learner as plain JSON values."""
        return {"treated": model_said(self.treated), "control": model_said(self.control)}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Self:
        """What :meth:`as_dict` wrote."""
        return cls(model_from(said["treated"]), model_from(said["control"]))
