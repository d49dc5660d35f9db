"""The T-learner: a model of the outcome of each arm, and their difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from features.arrays import Flags, Floats
from training.uplift.learners.made_of_models import MadeOfModels
from training.uplift.learners.outcome_models import OutcomeModel


@dataclass(frozen=True)
class TwoModels(MadeOfModels):
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
