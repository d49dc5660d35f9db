"""The model's list against the merchant's: who is on both counts once, and nothing is declared too soon."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from training.campaigns.outcomes import Outcomes
from training.campaigns.selections import ModelAgainstMerchant, model_against_merchant
from training.campaigns.simulation import SimulatedCampaign, SimulatedChoices

CHOICES = SimulatedChoices(SimulatedCampaign(people=6_000, control_share=0.3, control_rate=0.05))


def told(choices: SimulatedChoices, seed: int, *, ended: bool = True) -> ModelAgainstMerchant:
    outcomes, by_model, by_merchant = choices.draw(np.random.default_rng(seed))
    found = model_against_merchant(outcomes, by_model, by_merchant, ended=ended)
    assert found is not None
    return found


@pytest.mark.parametrize("both_share", [0.1, 0.7])
def test_the_difference_holds_the_truth_as_often_as_it_says(both_share: float) -> None:
    """Of 200 campaigns at least 92 % hold the true difference, whether the lists overlap a little or a lot."""
    choices = replace(CHOICES, both_share=both_share)
    held = 0
    for seed in range(200):
        found = told(choices, seed).orders_per_contact
        assert found.low is not None
        assert found.high is not None
        held += found.low <= choices.true_difference <= found.high
    assert held / 200 >= 0.92


def test_the_better_list_is_named() -> None:
    """With enough people the sentence says which list brings more, in both languages."""
    large = replace(CHOICES, campaign=replace(CHOICES.campaign, people=60_000), model_lift=0.8, merchant_lift=0.0)
    found = told(large, 1)
    assert found.sentence["en"].startswith(
        "The model's list brings more for each person written to: the model's list +"
    )
    assert found.sentence["zh"].startswith("模型名单每触达一人带来更多订单：模型名单+")
    turned = told(replace(large, model_lift=0.0, merchant_lift=0.8), 1)
    assert turned.sentence["en"].startswith("The merchant's list brings more for each person written to:")


def test_equal_lists_and_small_ones_and_running_campaigns() -> None:
    """No difference, not enough people, and no verdict before the end are told apart."""
    equal = replace(CHOICES, model_lift=0.2, merchant_lift=0.2)
    assert told(equal, 2).sentence["en"].startswith("No difference between the lists is seen:")
    small = replace(CHOICES, campaign=replace(CHOICES.campaign, people=400))
    assert told(small, 2).sentence["en"].startswith("Not enough people yet to compare the lists:")
    assert (
        told(CHOICES, 2, ended=False).sentence["en"].startswith("The campaign has not ended: no verdict on the lists:")
    )


def test_one_list_twice_is_no_difference_at_all() -> None:
    """Who is on both lists pulls neither way."""
    outcomes, _, _ = CHOICES.draw(np.random.default_rng(1))
    everybody = np.ones(len(outcomes), dtype=bool)
    found = model_against_merchant(outcomes, everybody, everybody, ended=True)
    assert found is not None
    assert found.orders_per_contact.value == pytest.approx(0)
    assert found.orders_per_contact.low is None
    assert found.both_people == len(outcomes)


def test_lists_that_cannot_be_compared() -> None:
    """Without anybody on one of them, or without control on it, there is nothing to tell."""
    outcomes, by_model, _ = CHOICES.draw(np.random.default_rng(1))
    nobody = np.zeros(len(outcomes), dtype=bool)
    assert model_against_merchant(outcomes, by_model, nobody, ended=True) is None
    assert model_against_merchant(outcomes, by_model, outcomes.treated, ended=True) is None
    assert isinstance(outcomes, Outcomes)
