"""A regularised regression with the message and its product with every feature: uplift as one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy.special import expit

from features.arrays import Flags, Floats
from training.uplift.learners.outcome_models import (
    Standard,
    fitted_line,
    is_chance,
)

PENALTY = 100.0
"""Of the coefficients of single features and of products."""

MESSAGE_SCALE = 10.0
"""The message itself is held back by this much less (squared): its mean effect is what is known best."""


@dataclass(frozen=True)
class InteractionModel:
    """Logistic where the outcome is noughts and ones, else ridge (Lo, The true lift model, 2002)."""

    standard: Standard
    """How features become columns."""
    alone: Floats
    """What one standard deviation of a feature adds; shape (n_features,)."""
    products: Floats
    """What it adds for who was written to, beside it; shape (n_features,)."""
    message: float
    """What the message adds for who is usual in everything."""
    intercept: float
    """The outcome, or its log-odds, of who is usual in everything, half written to."""
    chance: bool
    """Whether sums are in log-odds."""

    @classmethod
    def fit(cls, features: Floats, treated: Flags, outcome: Floats, propensity: Floats | None = None) -> Self:
        """Learn from features ``(n, n_features)``, arms and outcomes; the propensity does not enter."""
        standard = Standard.of(features)
        columns = standard.columns(features)
        arm = np.where(treated, 0.5, -0.5)[:, None]
        design = np.hstack([columns, columns * arm, arm * MESSAGE_SCALE])
        found, intercept = fitted_line(design, outcome, PENALTY)
        size = columns.shape[1]
        message = float(found[-1]) * MESSAGE_SCALE
        return cls(standard, found[:size], found[size:-1], message, intercept, is_chance(outcome))

    def uplift(self, features: Floats) -> Floats:
        """How much more is expected of each row if somebody writes, shape ``(n,)``."""
        columns = self.standard.columns(features)
        middle = columns @ self.alone + self.intercept
        half = (columns @ self.products + self.message) / 2
        uplift: Floats = expit(middle + half) - expit(middle - half) if self.chance else 2 * half
        return uplift

    def as_dict(self) -> dict[str, Any]:
        """The learner as plain JSON values."""
        return {
            "standard": self.standard.as_dict(),
            "alone": self.alone.tolist(),
            "products": self.products.tolist(),
            "message": self.message,
            "intercept": self.intercept,
            "chance": self.chance,
        }

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Self:
        """What :meth:`as_dict` wrote."""
        return cls(
            Standard.from_dict(said["standard"]),
            np.array(said["alone"], dtype=np.float64),
            np.array(said["products"], dtype=np.float64),
            float(said["message"]),
            float(said["intercept"]),
            bool(said["chance"]),
        )
