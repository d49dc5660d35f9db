"""Pooling: more campaigns are surer than one, and repeating does not find what is not there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from training.campaigns.outcomes import Outcomes
from training.campaigns.pooling import Pooled, pooled
from training.campaigns.question import Question
from training.campaigns.simulation import SimulatedCampaign

CAMPAIGN = SimulatedCampaign(people=4_000, control_share=0.3, control_rate=0.05, relative_lift=0.4)


def several(campaign: SimulatedCampaign, number: int, seed: int) -> list[Outcomes]:
    random = np.random.default_rng(seed)
    return [campaign.draw(random)[0] for _ in range(number)]


def told(campaigns: list[Outcomes], costs: list[float | None] | None = None) -> Pooled:
    """The campaigns pooled, everybody in one of them only."""
    person = np.split(np.arange(sum(map(len, campaigns))), np.cumsum([*map(len, campaigns)])[:-1])
    return pooled(campaigns, person, costs or [10.0] * len(campaigns), Question())


def test_together_they_show_what_each_alone_does_not() -> None:
    """Six campaigns of a lift that each is too small for: the pool sees it."""
    found = told(several(CAMPAIGN, 6, 1))
    assert found.verdict.kind == "helped"
    assert found.effects.people == 24_000
    low, high = found.effects.absolute_lift.low, found.effects.absolute_lift.high
    assert low is not None
    assert high is not None
    assert low <= CAMPAIGN.absolute_lift <= high
    assert found.effects.cost == 60
    assert len(found.each) == 6


def test_people_are_compared_within_campaigns() -> None:
    """A rich campaign with few control and a poor one with many are no effect together."""
    rich, poor = (
        replace(CAMPAIGN, people=20_000, relative_lift=0.0, control_rate=rate, control_share=share)
        for rate, share in ((0.2, 0.1), (0.02, 0.6))
    )
    found = told([rich.draw(np.random.default_rng(1))[0], poor.draw(np.random.default_rng(2))[0]], [None, 1.0])
    assert not found.effects.absolute_lift.leaves_out_zero
    assert found.effects.cost is None


def test_campaigns_that_differ_are_told() -> None:
    """One that helps and one that hurts: their mean is told with a warning."""
    helps, hurts = (replace(CAMPAIGN, people=20_000, relative_lift=lift) for lift in (1.0, -0.8))
    found = told([helps.draw(np.random.default_rng(1))[0], hurts.draw(np.random.default_rng(2))[0]])
    assert found.note["en"].startswith("The campaigns differ more than by chance (")
    assert told(several(CAMPAIGN, 2, 3)).note["en"] == "There is no sign that the campaigns differ."
    assert told(several(CAMPAIGN, 1, 3)).note["en"].startswith("One campaign alone says nothing")


def test_repeating_until_it_seems_to_help_finds_nothing() -> None:
    """Of 25 series of four campaigns without effect, each looked at after every campaign, at most 3 declare one."""
    quiet = replace(CAMPAIGN, people=1_500, control_rate=0.1, relative_lift=0.0)
    declared = 0
    for seed in range(25):
        series = several(quiet, 4, seed)
        declared += any(told(series[:length]).verdict.kind in ("helped", "hurt") for length in range(1, 5))
    assert declared <= 3


def test_the_same_people_again_are_no_further_proof() -> None:
    """The campaign of one list told three times is not surer than told once."""
    once = several(CAMPAIGN, 1, 7)
    people = np.arange(len(once[0]))
    thrice = pooled(once * 3, [people] * 3, [None] * 3, Question()).effects.absolute_lift
    alone = told(once).effects.absolute_lift
    assert None not in (thrice.low, thrice.high, alone.low, alone.high)
    assert (thrice.high or 0) - (thrice.low or 0) >= (alone.high or 0) - (alone.low or 0)
    assert thrice.value == pytest.approx(alone.value)
