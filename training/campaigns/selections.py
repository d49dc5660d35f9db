"""Two ways of choosing whom to write to, measured against one control group: which of them brings more?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from features.arrays import Flags, Floats
from features.estimate import Estimate
from training.campaigns.effects import Effects, effects_of
from training.campaigns.means import OWN_FROM, arm_weights
from training.campaigns.outcomes import Outcomes, compared_strata
from training.campaigns.proportions import QUANTILE
from training.campaigns.verdict import LEAST_EXPECTED, spread


@dataclass(frozen=True)
class ModelAgainstMerchant:
    """The list of the model and that of the merchant, both against control."""

    model: Effects
    """What writing to the model's list brought."""
    merchant: Effects
    """What writing to the merchant's list brought."""
    both_people: int
    """How many people are on both lists; each of them is in one arm only."""
    orders_per_contact: Estimate
    """Incremental buyers for each person written to, of the model's list less of the merchant's."""
    revenue_per_contact: Estimate
    """Incremental revenue for each person written to, of the model's list less of the merchant's."""
    expected_apart: float
    """How many of the control tell the lists apart by ordering, if nobody was moved to."""
    ended: bool
    """Whether the campaign is over."""

    @property
    def sentence(self) -> Mapping[str, str]:
        """Which list brings more for each person written to, by language; nothing is declared before the end."""
        enough = self.expected_apart >= 2 * LEAST_EXPECTED  # so many for each list
        seen = self.orders_per_contact
        lifts = self.model.relative_lift, self.merchant.relative_lift
        model, merchant = (spread(lift) for lift in lifts)
        model_zh, merchant_zh = (spread(lift, "zh") for lift in lifts)
        told = (
            f"the model's list {model}; the merchant's list {merchant}",
            f"模型名单{model_zh}；商家名单{merchant_zh}",
        )
        word = ("No difference between the lists is seen", "两份名单未见差异")
        if not self.ended:
            word = ("The campaign has not ended: no verdict on the lists", "活动尚未结束，不对名单作结论")
        elif not enough:
            word = ("Not enough people yet to compare the lists", "人数不足，尚不能比较两份名单")
        elif seen.leaves_out_zero:
            better = (seen.low or 0.0) > 0
            word = (
                f"The {'model' if better else 'merchant'}'s list brings more for each person written to",
                f"{'模型' if better else '商家'}名单每触达一人带来更多订单",
            )
        return {"en": f"{word[0]}: {told[0]}.", "zh": f"{word[1]}：{told[1]}。"}


def model_against_merchant(
    outcomes: Outcomes, by_model: Flags, by_merchant: Flags, *, ended: bool
) -> ModelAgainstMerchant | None:
    """Both lists compared; None where one of them lacks an arm. The flags are of shape ``(n_people,)``."""
    arms = (outcomes.treated, ~outcomes.treated)
    if not all((chosen & arm).any() for chosen in (by_model, by_merchant) for arm in arms):
        return None
    weights = _list_weights(outcomes, by_model) - _list_weights(outcomes, by_merchant)
    return ModelAgainstMerchant(
        model=effects_of(outcomes.some(by_model)),
        merchant=effects_of(outcomes.some(by_merchant)),
        both_people=int((by_model & by_merchant).sum()),
        orders_per_contact=_difference(outcomes.converted.astype(np.float64), weights, outcomes.treated),
        revenue_per_contact=_difference(outcomes.revenue, weights, outcomes.treated),
        expected_apart=float(outcomes.converted.mean()) * _telling(weights[~outcomes.treated]),
        ended=ended,
    )


def _list_weights(outcomes: Outcomes, chosen: Flags) -> Floats:
    """What each person counts for in the lift of one list: below 0 for control, 0 for who is not on it."""
    some = outcomes.some(chosen)
    weights = np.zeros(len(outcomes))
    sign = np.where(some.treated, 1.0, -1.0)
    weights[chosen] = sign * arm_weights(some.treated, compared_strata(some.treated, some.stratum))
    return weights


def _telling(weights: Floats) -> float:
    """How many people with equal weights are worth these."""
    squares = float(weights @ weights)
    return float(np.abs(weights).sum()) ** 2 / squares if squares else 0.0


def _difference(values: Floats, weights: Floats, treated: Flags) -> Estimate:
    """The lift of one list less that of the other: a sum over people, of whom each counts once, whatever list they
    are on; who is on both counts nearly nothing.

    How far people spread is taken from both arms together unless an arm has many buyers, as in
    :class:`training.campaigns.means.Arms`, and the interval is corrected for skewness.
    """
    found = float(weights @ values)
    variance, third = _weighted_spread(values, weights, treated)
    if variance <= 0:
        return Estimate(found, None, None)
    error, bend = variance**0.5, third / variance**1.5 / 6 * (QUANTILE**2 - 1)
    return Estimate(found, found - (bend + QUANTILE) * error, found - (bend - QUANTILE) * error)


def _weighted_spread(values: Floats, weights: Floats, treated: Flags) -> tuple[float, float]:
    """Variance and third central moment of the weighted sum."""
    all_variance, all_third = _moments(values)
    variance = third = 0.0
    for arm in (treated, ~treated):
        own_variance, own_third = _moments(values[arm])
        buyers = int(np.count_nonzero(values[arm]))
        own = buyers / (buyers + OWN_FROM)
        variance += float(weights[arm] @ weights[arm]) * (own * own_variance + (1 - own) * all_variance)
        third += float((weights[arm] ** 3).sum()) * (own * own_third + (1 - own) * all_third)
    return variance, third


def _moments(values: Floats) -> tuple[float, float]:
    away = values - values.mean()
    return float((away**2).mean()), float((away**3).mean())
