"""The figures of a campaign: the definitions by hand, and how often an effect is declared where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from training.campaigns.effects import Effects, effects_of
from training.campaigns.outcomes import Outcomes
from training.campaigns.question import Question
from training.campaigns.simulation import SimulatedCampaign
from training.campaigns.verdict import verdict_of


def small(control: int = 100) -> Outcomes:
    """400 treated of whom 60 ordered, two of them twice, and the control with 10 % buyers."""
    people = 400 + control
    treated = np.arange(people) < 400
    place = np.where(treated, np.arange(people), np.arange(people) - 400)
    converted = np.where(treated, place < 60, place < control // 10)
    orders = converted.astype(float) + (treated & (place < 2))
    return Outcomes(
        treated=treated,
        stratum=np.zeros(people, dtype=np.int64),
        converted=converted,
        orders=orders,
        revenue=20.0 * orders,
        unsubscribed=treated & (place >= 396),
        margin=6.0 * orders,
    )


@pytest.fixture(scope="module")
def effects() -> Effects:
    return effects_of(small(), cost=40.0)


def test_the_formulas_by_hand(effects: Effects) -> None:
    """Each figure is what its definition says."""
    assert effects.treated.buyers == 60
    assert effects.treated.orders == 62
    assert effects.absolute_lift.value == pytest.approx(0.05)
    assert effects.relative_lift.value == pytest.approx(0.5)
    assert effects.incremental_orders.value == pytest.approx(20)
    assert effects.incremental_share.value == pytest.approx(20 / 60)
    assert effects.revenue_per_head_lift.value == pytest.approx(62 * 20 / 400 - 2)
    assert effects.incremental_revenue.value == pytest.approx(440)
    assert effects.incremental_margin.value == pytest.approx(132)
    assert effects.iroi.value == pytest.approx((132 - 40) / 40)
    assert effects.unsubscribed_lift.value == pytest.approx(0.01)
    assert effects.orders_per_head_lift.value == pytest.approx(62 / 400 - 0.1)
    assert effects.expected_least == pytest.approx(14)


def test_intervals_follow_from_each_other(effects: Effects) -> None:
    """What is a multiple of something else has the multiple's interval."""
    low = effects.absolute_lift.low
    assert low is not None
    assert effects.incremental_orders.low == pytest.approx(400 * low)
    relative = effects.relative_lift.high
    assert relative is not None
    assert effects.incremental_share.high == pytest.approx(relative / (1 + relative))
    margin = effects.incremental_margin.low
    assert margin is not None
    assert effects.iroi.low == pytest.approx((margin - 40) / 40)


def test_what_is_not_known_stays_unknown() -> None:
    """Without a margin or a cost there is no iROI; without a control group no lift."""
    bare = effects_of(replace(small(), margin=None), cost=None)
    assert bare.iroi.value is None
    assert bare.treated.margin is None
    alone = effects_of(small().some(np.arange(400)))
    assert alone.absolute_lift.value is None
    assert alone.incremental_share.value is None
    assert alone.control.people == 0


def test_no_control_bought() -> None:
    """All buyers are incremental then, and the upper end is all of them."""
    outcomes = small()
    found = effects_of(replace(outcomes, converted=outcomes.converted & outcomes.treated))
    assert found.incremental_share.value == 1
    assert found.incremental_share.high == 1


@pytest.mark.parametrize(
    "campaign",
    [
        SimulatedCampaign(people=2_000, control_rate=0.05),
        SimulatedCampaign(people=1_500, control_rate=0.02, control_share=0.5),
        SimulatedCampaign(people=3_000, control_rate=0.05, layer_rates=(0.4, 1.6), layer_control_shares=(0.1, 0.4)),
    ],
    ids=["90/10", "50/50", "uneven strata"],
)
def test_no_effect_is_declared_in_five_per_cent_at_most(campaign: SimulatedCampaign) -> None:
    """Of 200 campaigns that do nothing an effect is declared in 8.5 % at most (5 % and two standard errors)."""
    random, question = np.random.default_rng(8), Question()
    declared = 0
    for _ in range(200):
        verdict = verdict_of(effects_of(campaign.draw(random)[0]), question, ended=True)
        declared += verdict.kind in ("helped", "hurt")
    assert declared / 200 <= 0.085


def test_uneven_strata_are_compared_one_by_one() -> None:
    """Where the rich are treated more often the lift is that within strata, and it is said that this was done."""
    campaign = SimulatedCampaign(
        people=40_000, control_rate=0.05, layer_rates=(0.2, 1.8), layer_control_shares=(0.6, 0.1)
    )
    found = effects_of(campaign.draw(np.random.default_rng(4))[0])
    assert found.by_stratum
    assert found.absolute_lift.low is not None
    assert found.absolute_lift.high is not None
    assert found.absolute_lift.low < 0 < found.absolute_lift.high
    naive = (found.treated.conversion.value or 0) - (found.control.conversion.value or 0)
    assert naive > 0.02
