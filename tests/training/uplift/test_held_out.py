"""Uplift by tenth: what was foretold and what was seen."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.planted_trial import planted_trial
from training.uplift.held_out import tenths
from training.uplift.qini import Trial


def test_tenths_follow_the_truth() -> None:
    """The tenths hold everybody once, the score falls, and what is seen lies where the truth is."""
    planted = planted_trial(20_000, 0.3, 1)
    told = tenths(planted.tau, planted.trial)
    assert [row["tenth"] for row in told] == list(range(1, 11))
    assert [row["people"] for row in told] == [2_000] * 10
    assert (np.diff([row["foretold"] for row in told]) <= 0).all()
    for row in told:
        assert row["seen"] == pytest.approx(row["foretold"], abs=0.1)


def test_a_tenth_of_one_arm_says_nothing() -> None:
    """Where nobody was left alone there is no figure, and nothing breaks for a handful of people."""
    told = tenths(np.arange(5.0), Trial.of(np.array([True, False, True, False, True]), np.ones(5)))
    assert [row["people"] for row in told] == [1] * 5 + [0] * 5
    assert {row["seen"] for row in told} == {None}
