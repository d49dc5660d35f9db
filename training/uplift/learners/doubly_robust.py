"""The DR-learner (Kennedy 2023): a regression on each person's own, noisy but unbiased, estimate of the difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from features.arrays import Flags, Floats
from training.uplift.learners.made_of_models import MadeOfModels
from training.uplift.learners.outcome_models import OutcomeModel
from training.uplift.learners.two import TwoModels

HALVES = 2
"""Each part of the people is judged by models of the others."""

SEED = 5
"""Of the draw of the halves."""


@dataclass(frozen=True)
class DoublyRobustModel(MadeOfModels):
    """One model of the difference."""

    model: OutcomeModel
    """The difference."""

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
        share = np.full(len(treated), np.mean(treated)) if propensity is None else propensity
        return cls(base.fit(features, own_differences(features, treated, outcome, share, base)))

    def uplift(self, features: Floats) -> Floats:
        """How much more is expected of each row if somebody writes, shape ``(n,)``."""
        return self.model.predict(features)


def own_differences(
    features: Floats, treated: Flags, outcome: Floats, share: Floats, base: type[OutcomeModel]
) -> Floats:
    """Each person's own estimate of the difference, unbiased as the shares are known; shape ``(n,)``.

    ``m1 - m0 + T (y - m1) / e - (1 - T) (y - m0) / (1 - e)``, the models ``m1`` and ``m0`` of the other half.
    """
    half = np.random.default_rng(SEED).permutation(len(treated)) % HALVES
    found = np.empty(len(treated))
    for number in range(HALVES):
        here = half == number
        arms = TwoModels.fit(features[~here], treated[~here], outcome[~here], base=base)
        with_message, without = arms.treated.predict(features[here]), arms.control.predict(features[here])
        rest = np.where(
            treated[here],
            (outcome[here] - with_message) / share[here],
            -(outcome[here] - without) / (1 - share[here]),
        )
        found[here] = with_message - without + rest
    return found
