"""Calibration by a line on the log-odds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.metrics import log_loss as sklearn_log_loss

from training.calibration import Calibration, level, log_loss, log_odds, probability


def test_overconfident_margins_are_pulled_in() -> None:
    """Margins twice as far out as the truth have a slope of one half; a third of that distance is taken."""
    rng = np.random.default_rng(1)
    truth = rng.normal(-1.0, 1.5, 20_000)
    happened = rng.random(20_000) < expit(truth)
    found = Calibration.fit(-1.0 + 2 * (truth + 1.0), happened, centre=-1.0)
    assert found.slope == pytest.approx(1 - 0.5 / 3, abs=0.01)


def test_a_busy_season_moves_neither_slope_nor_centre() -> None:
    """When everyone orders more than foretold, the probabilities stay: the next season is another."""
    rng = np.random.default_rng(2)
    margin = rng.normal(-1.0, 1.0, 50_000)
    happened = rng.random(50_000) < expit(margin + 1.0)
    found = Calibration.fit(margin, happened, centre=-1.0)
    assert found.slope == pytest.approx(1.0, abs=0.04)
    assert found.probability(np.array([-1.0]))[0] == pytest.approx(expit(-1.0))


def test_too_few_customers_leave_the_margin_alone() -> None:
    """With 49 of one kind nothing is calibrated."""
    happened = np.arange(1000) < 49
    found = Calibration.fit(np.where(happened, -5.0, 5.0), happened, centre=0.0)
    assert found == Calibration(slope=1.0, centre=0.0)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_probabilities_stay_inside(margins: list[float]) -> None:
    """However large the margin, six decimals never show 0 or 1."""
    chance = np.round(probability(np.array(margins)), 6)
    assert np.all((chance > 0) & (chance < 1))


@given(st.floats(0.01, 0.99), st.lists(st.floats(-5, 5), min_size=1, max_size=50))
def test_the_level_brings_the_mean_to_the_rate(rate: float, margins: list[float]) -> None:
    """After the shift the mean probability is the rate that was asked for."""
    margin = np.array(margins)
    assert expit(margin + level(margin, rate)).mean() == pytest.approx(rate, abs=1e-9)


def test_nobody_has_no_level() -> None:
    """Without customers nothing is added."""
    assert level(np.zeros(0), 0.3) == 0.0


def test_log_loss_is_that_of_scikit_learn() -> None:
    """The log loss equals an independent computation."""
    rng = np.random.default_rng(3)
    chance, happened = rng.random(500), rng.random(500) < 0.4
    assert log_loss(chance, happened) == pytest.approx(sklearn_log_loss(happened, chance))


def test_log_odds_undo_probabilities() -> None:
    """The log-odds of a probability give it back."""
    margin = np.array([-3.0, 0.0, 2.5])
    np.testing.assert_allclose(log_odds(probability(margin)), margin)
