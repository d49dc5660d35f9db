"""A learner whose numbers can be reckoned with: their mean and their spread are those that strangers showed.

Learners rank well and count badly: an S-learner's trees say half of the effect, a T-learner's twice the differences. A
line through what a learner says of people whom it has not seen puts both right, and leaves the order as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from features.arrays import Floats
from training.uplift.choice import cross_fitted, one_fold
from training.uplift.learners.learner import FITS, Learner, learner_from
from training.uplift.qini import Trial

SLOPES = (0.2, 3.0)
"""The slope stays in between: what few people show of it is not sure enough for more."""


@dataclass(frozen=True)
class Levelled:
    """A learner and the line that its uplift is read by."""

    name: str
    """The learner's name in :data:`training.uplift.learners.learner.FITS`."""
    learner: Learner
    """What ranks."""
    centre: float
    """Mean of what it says of people whom it has not seen."""
    level: float
    """Mean uplift that these people showed."""
    slope: float
    """How much of its differences they showed."""

    @classmethod
    def fit(cls, name: str, features: Floats, trial: Trial) -> Levelled:
        """Fit the learner on all rows, and the line on folds of them; ``features`` has shape ``(n, n_features)``."""
        unseen = cross_fitted(name, features, trial, one_fold(trial.person))
        learner = FITS[name](features, trial.treated, trial.outcome, trial.propensity)
        return cls(name, learner, float(unseen.mean()), *_line(unseen, trial))

    def uplift(self, features: Floats) -> Floats:
        """How much more is expected of each row if somebody writes, shape ``(n,)``."""
        uplift: Floats = self.level + self.slope * (self.learner.uplift(features) - self.centre)
        return uplift

    def as_dict(self) -> dict[str, Any]:
        """The learner and its line as plain JSON values."""
        line = {name: getattr(self, name) for name in ("name", "centre", "level", "slope")}
        return {**line, "learner": self.learner.as_dict()}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Levelled:
        """What :meth:`as_dict` wrote."""
        learner = learner_from(said["name"], said["learner"])
        return cls(said["name"], learner, *(float(said[name]) for name in ("centre", "level", "slope")))


def _line(score: Floats, trial: Trial) -> tuple[float, float]:
    """Mean uplift, and how much of it one unit of the score adds: a regression with arms, weighted to be alike."""
    arm, unit = np.where(trial.treated, 1.0, 0.0), score - score.mean()
    design = np.column_stack([np.ones(len(trial)), unit, arm, arm * unit])
    root = np.sqrt(trial.weight)
    found = np.linalg.lstsq(design * root[:, None], trial.outcome * root, rcond=None)[0]
    return float(found[2]), float(np.clip(found[3], *SLOPES))
