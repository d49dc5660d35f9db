"""The table of outcomes, and whether strata must be compared one by one."""

from __future__ import annotations

import numpy as np

from training.campaigns.outcomes import compared_strata
from training.campaigns.simulation import SimulatedCampaign


def test_even_strata_are_compared_together() -> None:
    """Where every stratum has the same share of control the plain difference is right."""
    outcomes, _ = SimulatedCampaign(people=3_000, layer_rates=(0.5, 1.0, 1.5)).draw(np.random.default_rng(1))
    assert not compared_strata(outcomes.treated, outcomes.stratum).any()


def test_uneven_strata_are_kept_apart() -> None:
    """Where the shares differ more than by chance the strata stay."""
    campaign = SimulatedCampaign(people=3_000, layer_rates=(0.5, 1.5), layer_control_shares=(0.1, 0.4))
    outcomes, _ = campaign.draw(np.random.default_rng(1))
    assert (compared_strata(outcomes.treated, outcomes.stratum) == outcomes.stratum).all()


def test_nothing_to_compare() -> None:
    """One stratum, or one arm, or nobody: all in one."""
    for treated, stratum in (([True, False], [0, 0]), ([True, True], [0, 1]), ([], [])):
        places = compared_strata(np.array(treated, dtype=bool), np.array(stratum, dtype=np.int64))
        assert places.tolist() == [0] * len(treated)


def test_some_of_the_people() -> None:
    """All columns of the chosen people, and the counts of both arms."""
    outcomes, _ = SimulatedCampaign(people=200).draw(np.random.default_rng(1))
    some = outcomes.some(np.arange(50))
    assert len(some) == 50
    assert some.treated_people + some.control_people == 50
    assert some.margin is not None
    assert (some.revenue == outcomes.revenue[:50]).all()
