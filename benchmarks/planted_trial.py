"""A planted randomised campaign: what a message changes is known of everybody."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.arrays import Floats
from training.uplift.qini import Trial

TREATED_SHARES = (0.5, 0.8)
"""Of two campaigns, one writes to half of the people, the other to most."""


@dataclass(frozen=True)
class PlantedTrial:
    """People, arms and outcomes, and the truth."""

    features: Floats
    """Six numbers of each person, some missing; shape (n, 6)."""
    trial: Trial
    """Arms, and who ordered."""
    tau: Floats
    """How much likelier a message makes an order of each person; shape (n,)."""


def planted_trial(people: int, effect: float, seed: int) -> PlantedTrial:
    """People of two campaigns; the message matters to those with a high first number, most with a low second too.

    Who orders without a message follows from the third number: those most likely to order are not those whom a message
    changes. ``effect`` is the mean of ``tau`` among the people to whom it matters; 0 for a message without any effect.
    """
    random = np.random.default_rng(seed)
    features = random.normal(size=(people, 6))
    tau = effect * np.where(features[:, 0] > 0, np.where(features[:, 1] < 0, 1.5, 0.5), 0.0)
    alone = 0.05 + 0.35 / (1 + np.exp(-2 * features[:, 2]))
    share = np.array(TREATED_SHARES)[random.integers(0, 2, people)]
    treated = random.random(people) < share
    ordered = random.random(people) < alone + np.where(treated, tau, 0.0)
    features[random.random(features.shape) < 0.03] = np.nan
    return PlantedTrial(features.astype(np.float32), Trial.of(treated, ordered.astype(np.float64), share), tau)
