"""RFM: how recent, how frequent and how valuable the orders of a customer are against those of all others.

Each score is 1 to 5: a score of s says that at least (s - 1) fifths of the shop's customers are strictly worse. Who
has the same value has the same score, the one of the lowest place that they hold: where 60 % have ordered once, all of
them score 1, and two orders score 4. Visitors have no scores.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from features.arrays import Ints
from features.shop.groups.known import Known
from features.shop.groups.named_group import NOBODY, named
from features.shop.groups.quantile_limits import limits_at, limits_passed

FIFTHS = tuple(Fraction(number, 5) for number in (1, 2, 3, 4))
"""The shares of customers between the scores."""

NO_SCORE = 0
"""The score of those who have none."""

RFM_GROUPS = (
    named(
        "champions",
        "Champions",
        "冠军客户",
        "recency score 4 or 5, and 5 for frequency and spend together",
        "近度分为4或5，频次与金额综合分为5",
    ),
    named(
        "loyal",
        "Loyal",
        "忠诚客户",
        "recency score 4 or 5, and 4 for frequency and spend together",
        "近度分为4或5，频次与金额综合分为4",
    ),
    named(
        "active",
        "Active",
        "活跃客户",
        "recency score 4 or 5, and 3 for frequency and spend together",
        "近度分为4或5，频次与金额综合分为3",
    ),
    named("new", "New", "新客户", "recency score 4 or 5, with one order", "近度分为4或5，仅有一笔订单"),
    named(
        "promising",
        "Promising",
        "潜力客户",
        "recency score 4 or 5, several orders, and 1 or 2 for frequency and spend together",
        "近度分为4或5，有多笔订单，频次与金额综合分为1或2",
    ),
    named(
        "needs_attention",
        "Needs attention",
        "需关注客户",
        "recency score 3, and 3 to 5 for frequency and spend together",
        "近度分为3，频次与金额综合分为3至5",
    ),
    named(
        "almost_lost",
        "Almost lost",
        "即将流失客户",
        "recency score 3, and 1 or 2 for frequency and spend together",
        "近度分为3，频次与金额综合分为1或2",
    ),
    named(
        "at_risk",
        "At risk",
        "流失风险客户",
        "recency score 1 or 2, and 3 or 4 for frequency and spend together",
        "近度分为1或2，频次与金额综合分为3或4",
    ),
    named(
        "previously_loyal",
        "Previously loyal",
        "曾经忠诚客户",
        "recency score 1 or 2, and 5 for frequency and spend together",
        "近度分为1或2，频次与金额综合分为5",
    ),
    named(
        "dormant",
        "Dormant",
        "沉睡客户",
        "recency score 1 or 2, and 1 or 2 for frequency and spend together",
        "近度分为1或2，频次与金额综合分为1或2",
    ),
)
"""The groups; every customer with an order is in exactly one. Frequency and spend together are the mean of both
scores, a half rounded up; where the shop knows no prices, the frequency score alone."""

RFM_NAMES = tuple(group.name for group in RFM_GROUPS)
"""The names of the groups; codes are places in this list."""


@dataclass(frozen=True)
class RfmLimits:
    """The values that one must exceed for the scores 2 to 5; empty where there is nothing to compare."""

    recency_days: tuple[float, ...]
    """Days since the last order, with a minus, so that more is better; rising."""
    orders: tuple[float, ...]
    """Orders; rising."""
    net_spend: tuple[float, ...]
    """Net spend; rising; empty where all have spent the same, as in a shop whose prices are not known."""

    @classmethod
    def among(cls, buyers: Known) -> RfmLimits:
        """The limits among some customers who have ordered."""
        differs = len(buyers) > 0 and bool(np.ptp(buyers.net_spend) > 0)
        return cls(
            limits_at(-buyers.silent_days, FIFTHS),
            limits_at(buyers.orders, FIFTHS),
            limits_at(buyers.net_spend, FIFTHS) if differs else (),
        )

    def as_dict(self) -> dict[str, Any]:
        """The limits as JSON holds them."""
        return {name: list(values) for name, values in asdict(self).items()}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> RfmLimits:
        """What :meth:`as_dict` made."""
        return cls(*(tuple(said[name]) for name in ("recency_days", "orders", "net_spend")))

    def scores(self, known: Known) -> RfmScores:
        """The scores and the group of each of some customers, whoever else is among them."""
        buyer = known.is_buyer
        silent = np.where(buyer, known.silent_days, np.inf)
        recency = np.where(buyer, 1 + limits_passed(-silent, self.recency_days), NO_SCORE)
        frequency = np.where(buyer, 1 + limits_passed(known.orders, self.orders), NO_SCORE)
        monetary = np.where(buyer & bool(self.net_spend), 1 + limits_passed(known.net_spend, self.net_spend), NO_SCORE)
        group = np.where(buyer, _group(recency, frequency, monetary, known.orders == 1), NOBODY)
        return RfmScores(recency.astype(np.int8), frequency.astype(np.int8), monetary.astype(np.int8), group)


@dataclass(frozen=True)
class RfmScores:
    """Scores and groups of some customers."""

    recency: Ints
    """1 to 5, :data:`NO_SCORE` for visitors; shape (n_customers,)."""
    frequency: Ints
    """1 to 5, :data:`NO_SCORE` for visitors; shape (n_customers,)."""
    monetary: Ints
    """1 to 5, :data:`NO_SCORE` for visitors and where no spend is known; shape (n_customers,)."""
    group: Ints
    """Place in :data:`RFM_NAMES`, :data:`NOBODY` for visitors; shape (n_customers,)."""


def _group(recency: Ints, frequency: Ints, monetary: Ints, once: Ints) -> Ints:
    """The group of every customer with an order, by the rules of :data:`RFM_GROUPS`."""
    place = {name: position for position, name in enumerate(RFM_NAMES)}
    both = np.where(monetary == NO_SCORE, frequency, (frequency + monetary + 1) // 2)
    recent = np.array([place[name] for name in ("promising", "promising", "promising", "active", "loyal", "champions")])
    middle = np.array([place["almost_lost"]] * 3 + [place["needs_attention"]] * 3)
    silent = np.array([place["dormant"]] * 3 + [place["at_risk"]] * 2 + [place["previously_loyal"]])
    found = np.where(recency >= 4, recent[both], np.where(recency == 3, middle[both], silent[both]))
    return np.where((recency >= 4) & once, place["new"], found)
