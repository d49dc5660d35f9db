"""What a campaign brought, by the names and formulas of the shop's numbers, each with its interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.arrays import Flags, Floats, Ints
from features.estimate import Estimate
from features.wilson import share_of
from training.campaigns import means, proportions
from training.campaigns.means import Arms
from training.campaigns.outcomes import COUNTED, Outcomes, compared_strata
from training.campaigns.proportions import QUANTILE, Counts
from training.campaigns.repeated_people import RepeatedPeople


@dataclass(frozen=True)
class ArmFigures:
    """What the people of one arm did, counted."""

    people: int
    """How many they are, whether the message reached them or not."""
    buyers: int
    """How many of them ordered."""
    orders: int
    """How many orders they made."""
    revenue: float
    """What they paid, returns taken off."""
    margin: float | None
    """Revenue less what the goods cost; None where that is not known."""
    unsubscribed: int
    """How many asked for no more messages."""
    conversion: Estimate
    """Buyers by people, with Wilson's interval."""

    @classmethod
    def of(cls, outcomes: Outcomes, arm: Flags) -> ArmFigures:
        """The figures of the people marked in ``arm``."""
        people, buyers = int(arm.sum()), int(outcomes.converted[arm].sum())
        return cls(
            people=people,
            buyers=buyers,
            orders=int(outcomes.orders[arm].sum()),
            revenue=float(outcomes.revenue[arm].sum()),
            margin=None if outcomes.margin is None else float(outcomes.margin[arm].sum()),
            unsubscribed=int(outcomes.unsubscribed[arm].sum()),
            conversion=share_of(buyers, people),
        )


@dataclass(frozen=True)
class Effects:
    """The difference that it made, by intention to treat: everyone on the list counts in their arm."""

    treated: ArmFigures
    """Who was to be written to."""
    control: ArmFigures
    """Who was left alone on purpose."""
    absolute_lift: Estimate
    """Conversion of the treated less that of the control."""
    relative_lift: Estimate
    """The same by the conversion of the control."""
    incremental_orders: Estimate
    """``absolute_lift`` times the treated: buyers who would not have ordered."""
    incremental_share: Estimate
    """These by all buyers among the treated."""
    orders_per_head_lift: Estimate
    """Orders per head of the treated less those of the control: counts further orders of one person, too."""
    revenue_per_head_lift: Estimate
    """Revenue per head of the treated less that of the control."""
    revenue_relative_lift: Estimate
    """The same by that of the control."""
    incremental_revenue: Estimate
    """``revenue_per_head_lift`` times the treated."""
    incremental_margin: Estimate
    """The same of margin; unknown where that is not known."""
    cost: float | None
    """What it cost; None where nobody said."""
    iroi: Estimate
    """(incremental margin - cost) / cost."""
    unsubscribed_lift: Estimate
    """Share of the treated who unsubscribed less that of the control."""
    expected_least: float
    """How many of the smaller arm would have ordered if both arms were alike."""
    by_stratum: bool
    """Whether the arms were compared stratum by stratum, because these have other shares of control."""

    @property
    def people(self) -> int:
        """Both arms."""
        return self.treated.people + self.control.people


def effects_of(
    outcomes: Outcomes,
    cost: float | None = None,
    *,
    stratum: Ints | None = None,
    person: Ints | None = None,
    quantile: float = QUANTILE,
) -> Effects:
    """The effects of a campaign.

    ``cost`` is what it cost in all. ``stratum`` forces the comparison within these strata, shape ``(n,)``; otherwise
    see :func:`compared_strata`. ``person`` numbers the people where one may be in ``outcomes`` several times
    (campaigns that are pooled): the intervals are then as wide as that makes them. ``quantile`` is that of the
    intervals.
    """
    treated, number = outcomes.treated, outcomes.treated_people
    strata = compared_strata(treated, outcomes.stratum) if stratum is None else stratum
    repeated = RepeatedPeople(treated, strata, person, quantile)
    converted, unsubscribed = (_rate_lift(done, repeated) for done in (outcomes.converted, outcomes.unsubscribed))
    orders, revenue, margin = (_mean_lift(outcomes.figure(name), repeated) for name in COUNTED)
    incremental_margin = margin.absolute.times(number)
    return Effects(
        treated=ArmFigures.of(outcomes, treated),
        control=ArmFigures.of(outcomes, ~treated),
        absolute_lift=converted.absolute,
        relative_lift=converted.relative,
        incremental_orders=converted.absolute.times(number),
        incremental_share=_share_of_treated(converted),
        orders_per_head_lift=orders.absolute,
        revenue_per_head_lift=revenue.absolute,
        revenue_relative_lift=revenue.relative,
        incremental_revenue=revenue.absolute.times(number),
        incremental_margin=incremental_margin,
        cost=cost,
        iroi=incremental_margin.plus(-cost).times(1 / cost) if cost else Estimate.unknown(),
        unsubscribed_lift=unsubscribed.absolute,
        expected_least=Counts.of(outcomes.converted, treated, strata).expected_least,
        by_stratum=bool(strata.any()),
    )


@dataclass(frozen=True)
class _Lift:
    absolute: Estimate
    relative: Estimate


def _rate_lift(done: Flags, among: RepeatedPeople) -> _Lift:
    counts, quantile = Counts.of(done, among.treated, among.stratum), among.quantile(done.astype(np.float64))
    return _Lift(proportions.difference(counts, quantile), proportions.relative_difference(counts, quantile))


def _mean_lift(values: Floats | None, among: RepeatedPeople) -> _Lift:
    arms = None if values is None else Arms.of(values, among.treated, among.stratum)
    if values is None or arms is None:
        return _Lift(Estimate.unknown(), Estimate.unknown())
    quantile = among.quantile(values)
    return _Lift(means.difference(arms, quantile), means.relative_difference(arms, quantile))


def _share_of_treated(lift: _Lift) -> Estimate:
    """(p_t - p_c) / p_t from (p_t - p_c) / p_c: what was gained by what there is now."""
    if lift.absolute.value is None or lift.relative.low is None:
        return Estimate.unknown()
    relative = lift.relative
    # Without a buyer among the control all who bought were gained; without one among the treated there is no share.
    value = 1.0 if relative.value is None and lift.absolute.value > 0 else _gained(relative.value)
    return Estimate(value, _gained(relative.low), 1.0 if relative.high is None else _gained(relative.high))


def _gained(relative: float | None) -> float | None:
    return None if relative is None or relative <= -1 else relative / (1 + relative)
