"""The Qini curve: one definition, its area, intervals, and what it must say of rankings whose worth is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.planted_trial import planted_trial
from training.uplift.qini import Trial, qini_curve, qini_figures

PEOPLE = 4_000


def naive_gain(score: Any, trial: Trial, count: int) -> float:
    """``Q`` of the first ``count`` people, by the formula alone."""
    order = sorted(range(len(trial)), key=lambda row: -score[row])[:count]
    means = []
    for arm in (True, False):
        rows = [row for row in order if trial.treated[row] == arm]
        chance = [trial.propensity[row] if arm else 1 - trial.propensity[row] for row in rows]
        weights = [1 / each for each in chance]
        means.append(sum(w * trial.outcome[row] for w, row in zip(weights, rows, strict=True)) / sum(weights))
    return count / len(trial) * (means[0] - means[1])


def test_curve_is_the_formula() -> None:
    """Every point of the curve is what the definition says, with campaigns of unequal shares."""
    planted = planted_trial(60, 0.3, 1)
    score = np.random.default_rng(2).permutation(60).astype(float)
    curve = qini_curve(score, planted.trial)
    for share, gain in zip(curve.share[1:], curve.gain[1:], strict=True):
        assert gain == pytest.approx(naive_gain(score, planted.trial, round(share * 60)))
    assert (curve.share[0], curve.gain[0], curve.share[-1]) == (0, 0, 1)


def test_area_of_four_people() -> None:
    """By hand: the two at the top are changed by the message, the two below are not."""
    trial = Trial.of(np.array([True, False, True, False]), np.array([1.0, 0.0, 1.0, 1.0]))
    curve = qini_curve(np.array([2.0, 2.0, 1.0, 1.0]), trial)
    np.testing.assert_allclose(curve.share, [0, 0.5, 1])
    np.testing.assert_allclose(curve.gain, [0, 0.5, 0.5])
    assert (curve.overall, curve.auuc, curve.qini) == pytest.approx((0.5, 0.375, 0.125))
    assert curve.uplift_at(0.5) == pytest.approx(1.0)
    assert curve.uplift_at(0.25) == pytest.approx(1.0)


def test_truth_ranks_better_than_lots() -> None:
    """The Qini of the planted truth is surely above zero, and above that of every other ranking here."""
    planted = planted_trial(PEOPLE, 0.2, 3)
    best = qini_figures(planted.tau, planted.trial).qini
    assert best.low is not None
    assert best.low > 0
    lots = np.random.default_rng(1).random(PEOPLE)
    for other in (lots, planted.features[:, 3], -planted.tau):
        assert qini_curve(np.nan_to_num(other), planted.trial).qini < qini_curve(planted.tau, planted.trial).qini


def test_lots_have_no_qini() -> None:
    """Of twenty rankings by lot nearly all intervals cover zero."""
    planted, random = planted_trial(1_000, 0.2, 4), np.random.default_rng(5)
    figures = [qini_figures(random.random(1_000), planted.trial, seed=seed, draws=100).qini for seed in range(20)]
    assert sum(figure.leaves_out_zero for figure in figures) <= 3


def test_changed_labels_have_no_qini() -> None:
    """When arms are dealt out anew, even the truth finds nothing."""
    planted, random = planted_trial(PEOPLE, 0.2, 6), np.random.default_rng(7)
    dealt = Trial.of(random.permutation(planted.trial.treated), planted.trial.outcome)
    figure = qini_figures(planted.tau, dealt).qini
    assert not figure.leaves_out_zero


def test_one_score_for_all_is_the_diagonal() -> None:
    """Nobody is told apart: Qini is exactly zero, and uplift at the top is that of everybody."""
    planted = planted_trial(500, 0.2, 8)
    curve = qini_curve(np.zeros(500), planted.trial)
    assert curve.qini == pytest.approx(0, abs=1e-15)
    assert curve.uplift_at(0.1) == pytest.approx(curve.overall)


def test_unequal_arms_say_the_same() -> None:
    """Nine tenths written to or one half: the Qini of the truth is the same but for noise."""
    found = []
    for share in (0.5, 0.9):
        random = np.random.default_rng(9)
        tau = 0.3 * (random.random(40_000) < 0.5)
        treated = random.random(40_000) < share
        ordered = random.random(40_000) < 0.2 + tau * treated
        found.append(qini_curve(tau, Trial.of(treated, ordered.astype(float))).qini)
    assert found == pytest.approx([0.0375, 0.0375], abs=0.005)


def test_one_arm_says_nothing() -> None:
    """Without a control group there is no figure and no interval."""
    figures = qini_figures(np.arange(5.0), Trial.of(np.ones(5, dtype=bool), np.ones(5), np.full(5, 0.5)))
    assert figures.qini.value is None
    assert figures.as_dict()["top_20pct"] == {"value": None, "low": None, "high": None}


def test_rows_of_one_person_are_drawn_together() -> None:
    """Telling every person ten times makes nothing surer."""
    planted = planted_trial(400, 0.2, 10)
    ten = planted.trial.take(np.tile(np.arange(400), 10))
    once, often = (
        qini_figures(score, trial).qini
        for score, trial in ((planted.tau, planted.trial), (np.tile(planted.tau, 10), ten))
    )
    assert often.value == pytest.approx(once.value)
    assert (often.low, often.high) == pytest.approx((once.low, once.high), abs=0.005)


def test_very_many_people_have_a_short_curve() -> None:
    """Of many people the curve has some thousand points, and the same area."""
    planted = planted_trial(30_000, 0.2, 11)
    score = planted.tau + 1e-9 * np.arange(30_000)
    curve = qini_curve(score, planted.trial)
    assert len(curve.share) < 2_200
    weight = planted.trial.weight
    assert curve.gain[-1] == pytest.approx(naive_gain(score, planted.trial, 30_000))
    assert weight.shape == (30_000,)


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 10), st.floats(-5, 5))
def test_only_the_order_of_scores_counts(seed: int, scale: float, shift: float) -> None:
    """Another unit of the score changes nothing."""
    planted, score = planted_trial(200, 0.3, seed), np.random.default_rng(seed).integers(0, 20, 200).astype(float)
    assert qini_curve(score, planted.trial).qini == pytest.approx(qini_curve(score * scale + shift, planted.trial).qini)
