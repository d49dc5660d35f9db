"""The X-learner (Kuenzel et al. 2019): what outcomes add to what the model of the other arm expects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from features.arrays import Flags, Floats
from training.uplift.learners.made_of_models import MadeOfModels
from training.uplift.learners.outcome_models import OutcomeModel
from training.uplift.learners.two import TwoModels


@dataclass(frozen=True)
class CrossedModels(MadeOfModels):
    """Two models of the difference, one from each arm, mixed by the share that was written to."""

    from_treated: OutcomeModel
    """The difference as those who were written to show it."""
    from_control: OutcomeModel
    """The difference as those who were left alone show it."""
    treated_share: float
    """The share that was written to: the larger it is, the more the model of the control arm counts."""

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
        """Learn from features ``(n, n_features)``, arms, outcomes and the share of each row's campaign."""
        arms = TwoModels.fit(features, treated, outcome, base=base)
        more = outcome[treated] - arms.control.predict(features[treated])
        less = arms.treated.predict(features[~treated]) - outcome[~treated]
        share = np.mean(treated) if propensity is None else np.mean(propensity)
        return cls(base.fit(features[treated], more), base.fit(features[~treated], less), float(share))

    def uplift(self, features: Floats) -> Floats:
        """How much more is expected of each row if somebody writes, shape ``(n,)``."""
        share = self.treated_share
        return share * self.from_control.predict(features) + (1 - share) * self.from_treated.predict(features)
