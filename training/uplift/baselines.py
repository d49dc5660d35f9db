"""What every uplift model is measured beside: lots, and rankings that do not ask what a message changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from features.arrays import Flags, Floats
from training.uplift.learners.outcome_models import LineOutcome

SEED = 11
"""Of the lots."""

BINS = 5
"""An RFM score has so many steps in each of its parts."""


def baseline_scores(
    known: tuple[Floats, Flags, Floats], features: Floats, rfm: Sequence[Floats]
) -> Mapping[str, Floats]:
    """The score of each row of ``features`` by the name of the baseline, each of shape ``(n,)``.

    ``known`` are features, arms and outcomes to learn from. ``random`` is drawn by lot; ``risk`` ranks by who is least
    likely to act if left alone; ``response`` by who is most likely to act when written to, which is the response model
    that shops usually have; ``rfm`` by the rule of recency, frequency and monetary value (see :func:`rfm_score`).
    """
    before, treated, outcome = known
    return {
        "random": np.random.default_rng(SEED).random(len(features)),
        "risk": -LineOutcome.fit(before[~treated], outcome[~treated]).predict(features),
        "response": LineOutcome.fit(before[treated], outcome[treated]).predict(features),
        "rfm": rfm_score(*rfm),
    }


def rfm_score(recency: Floats, frequency: Floats, monetary: Floats) -> Floats:
    """The sum of three scores of 1 to 5 by quantile: fresh, often, much; who never ordered has 3; shape ``(n,)``."""
    return _fifths(-recency) + _fifths(frequency) + _fifths(monetary)


def _fifths(values: Floats) -> Floats:
    """1 for the lowest fifth to 5 for the highest, 1 where nothing is known; equals are in one fifth."""
    known = np.isfinite(values)
    if not known.any():
        return np.ones(len(values))
    edges = np.quantile(values[known], np.arange(1, BINS) / BINS)
    return np.where(known, 1 + np.searchsorted(edges, np.nan_to_num(values), side="left"), 1).astype(np.float64)
