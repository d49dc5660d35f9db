"""Baselines: what ranks without asking what a message changes."""

from __future__ import annotations

import numpy as np

from benchmarks.planted_trial import planted_trial
from training.uplift.baselines import baseline_scores, rfm_score
from training.uplift.qini import qini_curve


def test_every_baseline_has_its_way() -> None:
    """Response follows who orders, risk goes against it, and neither knows whom a message changes."""
    known, others = planted_trial(3_000, 0.2, 1), planted_trial(3_000, 0.2, 2)
    trial, numbers = known.trial, np.nan_to_num(others.features)
    learned = (known.features, trial.treated, trial.outcome)
    scores = baseline_scores(learned, others.features, (numbers[:, 3], numbers[:, 4], numbers[:, 5]))
    assert set(scores) == {"random", "risk", "response", "rfm"}
    assert np.corrcoef(scores["response"], numbers[:, 2])[0, 1] > 0.7
    assert np.corrcoef(scores["risk"], numbers[:, 2])[0, 1] < -0.7
    best = qini_curve(others.tau, others.trial).qini
    assert all(qini_curve(score, others.trial).qini < 0.7 * best for score in scores.values())


def test_rfm_adds_up_fifths() -> None:
    """Fresh, often and much is 15, stale, seldom and little 3; who never ordered has 3 as well."""
    recency = np.array([*range(10, 60, 10), np.nan])
    frequency = np.array([9.0, 7, 5, 3, 1, 0])
    monetary = np.array([900.0, 700, 500, 300, 100, 0])
    assert rfm_score(recency, frequency, monetary).tolist() == [15, 12, 9, 6, 3, 3]
    assert rfm_score(*np.full((3, 2), np.nan)).tolist() == [3, 3]
