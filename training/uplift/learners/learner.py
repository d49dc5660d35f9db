"""Every learner by name, with the models that it is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol

from features.arrays import Flags, Floats
from training.uplift.learners.crossed import CrossedModels
from training.uplift.learners.doubly_robust import DoublyRobustModel
from training.uplift.learners.interaction import InteractionModel
from training.uplift.learners.outcome_models import LineOutcome, TreeOutcome
from training.uplift.learners.single import SingleModel
from training.uplift.learners.two import TwoModels


class Learner(Protocol):
    """A fitted learner."""

    def uplift(self, features: Floats) -> Floats:
        """How much more is expected of each row if somebody writes, shape ``(n,)``."""
        ...

    def as_dict(self) -> dict[str, Any]:
        """The learner as plain JSON values."""
        ...


Fit = Callable[[Floats, Flags, Floats, Floats | None], Learner]
"""Features, arms, outcomes and propensities become a fitted learner."""

FITS: Mapping[str, Fit] = {
    "interaction": InteractionModel.fit,
    "s_trees": partial(SingleModel.fit, base=TreeOutcome),
    "t_trees": partial(TwoModels.fit, base=TreeOutcome),
    "x_trees": partial(CrossedModels.fit, base=TreeOutcome),
    "dr_line": partial(DoublyRobustModel.fit, base=LineOutcome),
    "dr_trees": partial(DoublyRobustModel.fit, base=TreeOutcome),
}
"""How each learner is fitted, the simplest first."""

_KINDS: Mapping[str, Any] = {
    "interaction": InteractionModel,
    "s": SingleModel,
    "t": TwoModels,
    "x": CrossedModels,
    "dr": DoublyRobustModel,
}


def learner_from(name: str, said: Mapping[str, Any]) -> Learner:
    """The learner ``name`` that its ``as_dict`` wrote."""
    learner: Learner = _KINDS[name.split("_")[0]].from_dict(said)
    return learner
