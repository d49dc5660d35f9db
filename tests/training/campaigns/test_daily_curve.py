"""The daily curve: both arms, cumulative, with bands."""

from __future__ import annotations

import numpy as np
import pytest

from features.wilson import share_of
from training.campaigns.daily_curve import daily_curve
from training.campaigns.simulation import SimulatedCampaign


def test_each_day_adds_those_who_ordered_first_then() -> None:
    """Four treated, of whom one ordered on the first day and one on the third; one of two control on the second."""
    treated = np.array([True, True, True, True, False, False])
    curve = daily_curve(treated, np.array([0, 2, -1, 5, 1, -1]), 3)
    assert curve.treated.conversion.tolist() == [0.25, 0.25, 0.5]
    assert curve.control.conversion.tolist() == [0.0, 0.5, 0.5]


def test_the_last_day_is_the_conversion_with_its_interval() -> None:
    """At the end the curve says what the campaign's figures say."""
    outcomes, day = SimulatedCampaign(people=5_000, window_days=9).draw(np.random.default_rng(2))
    curve = daily_curve(outcomes.treated, day, 9).control
    whole = share_of(int(outcomes.converted[~outcomes.treated].sum()), outcomes.control_people)
    assert (curve.conversion[-1], curve.low[-1], curve.high[-1]) == pytest.approx((whole.value, whole.low, whole.high))
    assert (np.diff(curve.conversion) >= 0).all()
    assert (curve.low <= curve.conversion).all()
    assert (curve.conversion <= curve.high).all()


def test_an_arm_without_people_has_no_curve() -> None:
    """Nothing is made up for it."""
    assert np.isnan(daily_curve(np.array([True]), np.array([0]), 2).control.conversion).all()
