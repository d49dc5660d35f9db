"""The simulation: what is drawn is what is said to be true."""

from __future__ import annotations

import numpy as np
import pytest

from training.campaigns.simulation import SimulatedCampaign, SimulatedChoices

LARGE = SimulatedCampaign(people=400_000, control_share=0.3, control_rate=0.05, relative_lift=0.5)


def test_rates_and_revenue_are_the_true_ones() -> None:
    """With many people the lifts that are drawn are close to those that are said."""
    outcomes, day = LARGE.draw(np.random.default_rng(1))
    treated = outcomes.treated
    assert outcomes.control_people == 120_000
    assert outcomes.converted[~treated].mean() == pytest.approx(0.05, rel=0.03)
    assert outcomes.converted[treated].mean() - outcomes.converted[~treated].mean() == pytest.approx(
        LARGE.absolute_lift, rel=0.08
    )
    assert outcomes.revenue[treated].mean() - outcomes.revenue[~treated].mean() == pytest.approx(
        LARGE.revenue_lift, rel=0.2
    )
    assert ((day >= 0) == outcomes.converted).all()
    assert not outcomes.unsubscribed[~treated].any()


def test_choices_differ_by_as_much_as_is_said() -> None:
    """The lift of one list less that of the other is the true difference."""
    choices = SimulatedChoices(LARGE)
    outcomes, by_model, by_merchant = choices.draw(np.random.default_rng(2))
    lifts = [
        outcomes.converted[chosen & outcomes.treated].mean() - outcomes.converted[chosen & ~outcomes.treated].mean()
        for chosen in (by_model, by_merchant)
    ]
    assert lifts[0] - lifts[1] == pytest.approx(choices.true_difference, abs=0.003)
    assert (by_model & by_merchant).mean() == pytest.approx(0.3, abs=0.01)


def test_the_same_seed_draws_the_same() -> None:
    """A figure in a document can be made again."""
    one, other = (SimulatedCampaign(people=500).draw(np.random.default_rng(3))[0] for _ in range(2))
    assert (one.revenue == other.revenue).all()
