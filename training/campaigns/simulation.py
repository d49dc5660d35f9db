"""Campaigns with a known effect: what the intervals are measured against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.arrays import Flags, Floats, Ints
from training.campaigns.outcomes import Outcomes


@dataclass(frozen=True)
class SimulatedCampaign:
    """A campaign and what it really does."""

    people: int = 10_000
    """Both arms together."""
    control_share: float = 0.1
    """The share of them that is left alone."""
    control_rate: float = 0.02
    """How many of 1 order when they are left alone."""
    relative_lift: float = 0.0
    """How much more often they order when they are written to; 0.2 is +20 %."""
    basket_spread: float = 1.0
    """Standard deviation of the logarithm of an order's value: 1 is usual, 1.5 is a shop with huge orders."""
    mean_basket: float = 40.0
    """What an order is worth on average."""
    more_orders: float = 0.2
    """How many more orders follow on the first on average."""
    layer_rates: tuple[float, ...] = (1.0,)
    """Each layer's rate by ``control_rate``; the layers are equally large."""
    layer_control_shares: tuple[float, ...] | None = None
    """Each layer's share of control, where it is not the same in all."""
    window_days: int = 14
    """On which of so many days each order falls is drawn evenly."""
    unsubscribed_rate: float = 0.004
    """How many of 1 who are written to ask for no more."""

    @property
    def absolute_lift(self) -> float:
        """The true difference of the conversion rates; where the strata's shares differ, as these are weighted."""
        return float(self._weights @ self._rates) * self.relative_lift

    @property
    def revenue_lift(self) -> float:
        """The true difference of revenue per head."""
        return self.absolute_lift * (1 + self.more_orders) * self.mean_basket

    @property
    def _rates(self) -> Floats:
        return self.control_rate * np.array(self.layer_rates)

    @property
    def _shares(self) -> Floats:
        return np.array(self.layer_control_shares or (self.control_share,) * len(self.layer_rates))

    @property
    def _weights(self) -> Floats:
        weights = self._shares * (1 - self._shares)
        return weights / weights.sum()

    def draw(self, random: np.random.Generator) -> tuple[Outcomes, Ints]:
        """One run of it: what everybody did, and on which day each first ordered (-1: never); ``(people,)`` both."""
        layer = random.integers(len(self.layer_rates), size=self.people)
        treated = _drawn_arms(layer, self._shares, random)
        rates = self._rates[layer] * np.where(treated, 1 + self.relative_lift, 1.0)
        return self._outcomes(random.random(self.people) < rates, treated, layer, random)

    def _outcomes(
        self, converted: Flags, treated: Flags, layer: Ints, random: np.random.Generator
    ) -> tuple[Outcomes, Ints]:
        buyers = np.flatnonzero(converted)
        orders, revenue = np.zeros(self.people), np.zeros(self.people)
        orders[buyers] = 1 + random.poisson(self.more_orders, len(buyers))
        basket = random.lognormal(0.0, self.basket_spread, int(orders.sum())) * self.mean_basket
        basket /= np.exp(self.basket_spread**2 / 2)
        np.add.at(revenue, np.repeat(buyers, orders[buyers].astype(int)), basket)
        day = np.full(self.people, -1)
        day[buyers] = random.integers(self.window_days, size=len(buyers))
        unsubscribed = treated & (random.random(self.people) < self.unsubscribed_rate)
        return Outcomes(treated, layer, converted, orders, revenue, unsubscribed, revenue * 0.3), day


@dataclass(frozen=True)
class SimulatedChoices:
    """One campaign to two lists of customers, chosen by a model and by the merchant, with people on both."""

    campaign: SimulatedCampaign = SimulatedCampaign(people=20_000, control_share=0.3)
    """What they have in common; its lift is not used."""
    both_share: float = 0.3
    """The share of all people who are on both lists."""
    model_lift: float = 0.5
    """The relative lift of those the model alone chose; who is on both has the mean of the two."""
    merchant_lift: float = 0.1
    """The relative lift of those the merchant alone chose."""

    @property
    def true_difference(self) -> float:
        """The absolute lift of a person on the model's list less that of one on the merchant's."""
        alone = (1 - self.both_share) / 2
        both = self.both_share * (self.model_lift + self.merchant_lift) / 2
        lifts = [(alone * lift + both) / (alone + self.both_share) for lift in (self.model_lift, self.merchant_lift)]
        return self.campaign.control_rate * (lifts[0] - lifts[1])

    def draw(self, random: np.random.Generator) -> tuple[Outcomes, Flags, Flags]:
        """One run: what everybody did, who is on the model's list, who on the merchant's; ``(people,)`` each."""
        kind = random.choice(3, size=self.campaign.people, p=self._kinds)
        lift = np.array([self.model_lift, self.merchant_lift, (self.model_lift + self.merchant_lift) / 2])[kind]
        nothing = np.zeros(self.campaign.people, dtype=np.int64)
        treated = _drawn_arms(nothing, np.array([self.campaign.control_share]), random)
        rates = self.campaign.control_rate * np.where(treated, 1 + lift, 1.0)
        converted = random.random(self.campaign.people) < rates
        outcomes, _ = self.campaign._outcomes(converted, treated, nothing, random)
        return outcomes, kind != 1, kind != 0

    @property
    def _kinds(self) -> list[float]:
        return [(1 - self.both_share) / 2, (1 - self.both_share) / 2, self.both_share]


def _drawn_arms(layer: Ints, control_shares: Floats, random: np.random.Generator) -> Flags:
    """The treated: of each layer the same number whenever it is drawn, as lists divide their members."""
    treated = np.ones(len(layer), dtype=np.bool_)
    for number, share in enumerate(control_shares):
        members = random.permutation(np.flatnonzero(layer == number))
        treated[members[: round(share * len(members))]] = False
    return treated
