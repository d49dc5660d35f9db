"""Calibration by a line on the log-odds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.metrics import log_loss as sklearn_log_loss

from training.calibration import SMALLEST, Calibration, level, log_loss, log_losses, log_odds, probability


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


def test_a_law_without_labels_gets_a_third_of_the_level() -> None:
    """It never saw how many order: of what it is off by a third is added, of the slope's distance a third is taken."""
    rng = np.random.default_rng(2)
    margin = rng.normal(0.0, 1.5, 50_000)
    happened = rng.random(50_000) < expit(0.7 * margin + 0.9)
    found = Calibration.fit(margin, happened, centre=0.0, labelled=False)
    assert found.shift == pytest.approx(0.3, abs=0.02)
    assert found.slope == pytest.approx(0.9, abs=0.02)
    assert Calibration.fit(margin, happened, centre=0.0).shift == 0.0


def test_a_shift_moves_every_margin_alike() -> None:
    """A season is added in log-odds, whatever the slope, and the line still turns around its centre."""
    margin = np.array([-2.0, 0.0, 3.0])
    plain, busy = Calibration(0.5, 1.0), Calibration(0.5, 1.0, 0.4)
    np.testing.assert_allclose(plain.calibrated(margin), [-0.5, 0.5, 2.0])
    np.testing.assert_allclose(busy.calibrated(margin), plain.calibrated(margin) + 0.4)
    np.testing.assert_allclose(busy.probability(margin), expit([-0.1, 0.9, 2.4]))


def test_too_few_customers_leave_the_margin_alone() -> None:
    """With 49 of one kind nothing is calibrated."""
    happened = np.arange(1000) < 49
    for labelled in (True, False):
        found = Calibration.fit(np.where(happened, -5.0, 5.0), happened, centre=0.0, labelled=labelled)
        assert found == Calibration(slope=1.0, centre=0.0, shift=0.0)


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
    assert log_losses(chance, happened).mean() == log_loss(chance, happened)
    np.testing.assert_allclose(log_losses(np.array([0.2, 0.2]), np.array([True, False])), -np.log([0.2, 0.8]))


def test_a_sure_chance_that_fails_costs_no_more_than_a_million_to_one() -> None:
    """Certainty is told no louder than six decimals can: its loss is finite."""
    losses = log_losses(np.array([0.0, 1.0]), np.array([True, False]))
    np.testing.assert_allclose(losses, -np.log(SMALLEST))


def test_log_odds_undo_probabilities() -> None:
    """The log-odds of a probability give it back."""
    margin = np.array([-3.0, 0.0, 2.5])
    np.testing.assert_allclose(log_odds(probability(margin)), margin)
