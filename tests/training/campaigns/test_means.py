"""Revenue per head: intervals that hold the truth although few people pay nearly everything."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from training.campaigns.means import Arms, arm_weights, difference, relative_difference
from training.campaigns.simulation import SimulatedCampaign

USUAL = SimulatedCampaign(people=4_000, control_share=0.1, control_rate=0.03, relative_lift=0.2)


def arms(values: list[float], treated: list[bool]) -> Arms | None:
    return Arms.of(np.array(values), np.array(treated), np.zeros(len(values), dtype=np.int64))


@pytest.mark.parametrize(
    "campaign",
    [
        USUAL,
        replace(USUAL, basket_spread=1.5),
        replace(USUAL, control_share=0.5, control_rate=0.01),
        replace(USUAL, relative_lift=0.0, basket_spread=1.5, control_rate=0.02),
        replace(USUAL, layer_rates=(0.5, 1.5), layer_control_shares=(0.05, 0.3)),
    ],
    ids=["90/10", "huge orders", "50/50", "no effect", "uneven strata"],
)
def test_intervals_hold_the_truth_as_often_as_they_say(campaign: SimulatedCampaign) -> None:
    """Of 400 campaigns at least 93 % (three standard errors) hold it, for the difference and for the ratio."""
    random = np.random.default_rng(5)
    held = np.zeros(2)
    for _ in range(400):
        outcomes, _ = campaign.draw(random)
        found = Arms.of(outcomes.revenue, outcomes.treated, outcomes.stratum)
        assert found is not None
        absolute, relative = difference(found), relative_difference(found)
        held += [
            (absolute.low or -np.inf) <= campaign.revenue_lift <= (absolute.high or np.inf),
            (relative.low or -1.0) <= campaign.relative_lift <= (np.inf if relative.high is None else relative.high),
        ]
    assert (held / 400 >= 0.93).all()


def test_a_large_even_campaign_has_welchs_interval() -> None:
    """With thousands of buyers in both arms nothing is borrowed and nothing is skewed."""
    random = np.random.default_rng(2)
    values = random.normal(10.0, 2.0, 40_000)
    treated = np.arange(40_000) % 2 == 0
    found = Arms.of(values, treated, np.zeros(40_000, dtype=np.int64))
    assert found is not None
    interval = difference(found, quantile=1.96)
    error = (values[treated].var(ddof=1) / 20_000 + values[~treated].var(ddof=1) / 20_000) ** 0.5
    assert interval.low == pytest.approx(found.gap - 1.96 * error, abs=0.002)
    assert interval.high == pytest.approx(found.gap + 1.96 * error, abs=0.002)


def test_weights_add_up_in_each_arm() -> None:
    """In both arms every stratum weighs the same, and one without control weighs nothing."""
    treated = np.array([True, True, False, True, False, False, True])
    stratum = np.array([0, 0, 0, 1, 1, 1, 2])
    weights = arm_weights(treated, stratum)
    assert weights[treated].sum() == pytest.approx(1)
    assert weights[~treated].sum() == pytest.approx(1)
    assert weights[6] == 0
    assert weights[:2].sum() == pytest.approx(weights[2])


def test_too_little_to_say_anything() -> None:
    """Without two people in an arm, without money, or without money of the control."""
    assert arms([1.0, 2.0, 3.0], [True, True, False]) is None
    nothing = arms([0.0] * 6, [True, False] * 3)
    assert nothing is not None
    assert difference(nothing).low is None
    assert relative_difference(nothing).value is None
    treated_alone = arms([5.0, 0.0, 6.0, 0.0], [True, False] * 2)
    assert treated_alone is not None
    assert relative_difference(treated_alone).value is None


def test_more_sent_back_than_bought() -> None:
    """Arms whose revenue is below 0 have a difference and no ratio."""
    found = arms([-5.0, 1.0, -7.0, 2.0, -1.0, -3.0], [True, True, True, False, False, False])
    assert found is not None
    assert difference(found).value == pytest.approx(-11 / 3 + 2 / 3)
    assert relative_difference(found).value is None
