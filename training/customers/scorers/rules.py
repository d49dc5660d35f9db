"""The rules tier: an honest chance of an order for shops with too little data to train on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from features.arrays import Floats
from features.customers import CustomerFeatures
from training.calibration import level, log_odds, probability
from training.customers.explaining.concepts import grouped
from training.tables import CustomerTable, buyers, joined

SHOP_GAPS = 2.0
"""The shop's mean gap counts as much as so many gaps of the customer's own."""

PATIENCE_GAPS = 4.0
"""A silence of so many usual gaps halves the chance."""

LEVEL_CUSTOMERS = 20.0
"""The rule's own level counts as much as what so many customers were seen to do."""

USUAL_GAP_DAYS = 30.0
"""The mean gap of a shop in which nobody has bought on two days yet, if the horizon is shorter."""

VISITOR_RATE = 0.02
"""The share of visitors that become buyers, before any have been seen."""

VISITOR_RATE_VISITORS = 50.0
"""How many visitors that prior rate counts for."""


@dataclass(frozen=True)
class ChurnRule:
    """How likely a buyer orders again, from the rhythm of the orders and the silence since the last one.

    ``(1 - exp(-horizon / gap)) * days / (days + 1) / (1 + silence / (PATIENCE_GAPS * gap))``: a steady buyer's chance,
    trusted by the number of purchase days, fading with silence in usual gaps. ``gap`` is the customer's own mean gap
    drawn towards the shop's. On eleven trials on CDNOW and Online Retail its AUC was .74 to .78, two to four points
    below the trained model; without the middle factor .68 to .76.
    """

    horizon_days: int
    """How far ahead."""
    gap_days: float
    """The shop's mean days between purchase days."""
    level: float = 0.0
    """Added to the log-odds so that the mean chance is what was seen, as far as anything was seen."""

    @classmethod
    def fit(cls, tables: Sequence[CustomerTable], known: CustomerFeatures, horizon_days: int) -> ChurnRule:
        """The rule of a shop, its gap from ``known`` customers and its level from labelled ones, if there are any."""
        rule = cls(horizon_days, mean_gap_days(known, horizon_days))
        bought = [table.take(buyers(table.features)) for table in tables]
        if not sum(map(len, bought)):
            return rule
        margin = rule.margin(joined([table.features for table in bought]))
        ordered = np.concatenate([table.ordered for table in bought])
        told = probability(margin).mean() * LEVEL_CUSTOMERS
        rate = (np.count_nonzero(ordered) + told) / (len(ordered) + LEVEL_CUSTOMERS)
        return cls(horizon_days, rule.gap_days, level(margin, rate))

    def margin(self, features: CustomerFeatures) -> Floats:
        """Log-odds of an order, shape ``(n,)``."""
        days, gap, silence = self._terms(features)
        return self.level + self._log_odds(days, gap, silence)

    def contributions(self, features: CustomerFeatures) -> Floats:
        """What rhythm, number of orders and silence add to the margin of a second order due now.

        Shape ``(n, n_features + 1)``, the log-odds of that order last.
        """
        days, gap, silence = self._terms(features)
        two, usual = np.full_like(days, 2.0), np.full_like(gap, self.gap_days)
        steps = [
            self._log_odds(two, usual, usual),
            self._log_odds(two, gap, gap),
            self._log_odds(days, gap, gap),
            self._log_odds(days, gap, silence),
        ]
        told = np.zeros((len(features), len(features.names) + 1))
        told[:, -1] = self.level + steps[0]
        for place, name in enumerate(("purchase_gap_mean_days", "purchase_day_count", "days_since_purchase")):
            told[:, features.names.index(name)] = steps[place + 1] - steps[place]
        return told

    def concept_contributions(self, features: CustomerFeatures) -> Floats:
        """The contributions by concept, the rest last; shape ``(n, n_concepts + 1)``."""
        return grouped(self.contributions(features), features.names)

    def order_probability(self, features: CustomerFeatures) -> Floats:
        """Chance of an order within the horizon, shape ``(n,)``."""
        return probability(self.margin(features))

    def _log_odds(self, days: Floats, gap: Floats, silence: Floats) -> Floats:
        steady = -np.expm1(-self.horizon_days / gap)
        chance = steady * days / (days + 1) / (1 + silence / (PATIENCE_GAPS * gap))
        return log_odds(np.clip(chance, 0.01, 0.99))

    def _terms(self, features: CustomerFeatures) -> tuple[Floats, Floats, Floats]:
        """Purchase days, the gap drawn towards the shop's, and the silence of each customer."""
        days = np.maximum(np.nan_to_num(features.column("purchase_day_count").astype(np.float64)), 1.0)
        own = np.maximum(np.nan_to_num(features.column("purchase_gap_mean_days").astype(np.float64)), 0.0)
        gap = (own * (days - 1) + SHOP_GAPS * self.gap_days) / (days - 1 + SHOP_GAPS)
        silence = np.nan_to_num(features.column("days_since_purchase").astype(np.float64), nan=self.gap_days)
        return days, gap, np.maximum(silence, 0.0)

    def save(self, folder: Path) -> None:
        """Write ``rule.json`` below ``folder``."""
        _write(folder / "rule.json", asdict(self))

    @classmethod
    def load(cls, folder: Path) -> ChurnRule:
        """The rule that :meth:`save` wrote."""
        return cls(**json.loads((folder / "rule.json").read_text(encoding="utf-8")))


@dataclass(frozen=True)
class VisitorRate:
    """One chance for every visitor: the share that became buyers, drawn towards a small prior."""

    rate: float = VISITOR_RATE
    """The chance, inside (0, 1)."""

    @classmethod
    def fit(cls, tables: Sequence[CustomerTable]) -> VisitorRate:
        """The share of the visitors in ``tables`` that ordered."""
        ordered = [table.ordered[~buyers(table.features)] for table in tables]
        count, total = sum(map(np.count_nonzero, ordered)), sum(map(len, ordered))
        return cls((count + VISITOR_RATE * VISITOR_RATE_VISITORS) / (total + VISITOR_RATE_VISITORS))

    def margin(self, features: CustomerFeatures) -> Floats:
        """The same log-odds for everyone, shape ``(n,)``."""
        return np.full(len(features), float(log_odds(self.rate)))

    def contributions(self, features: CustomerFeatures) -> Floats:
        """Nothing but the log-odds, which stand last; shape ``(n, n_features + 1)``."""
        told = np.zeros((len(features), len(features.names) + 1))
        told[:, -1] = log_odds(self.rate)
        return told

    def concept_contributions(self, features: CustomerFeatures) -> Floats:
        """Nothing but the log-odds, which stand last; shape ``(n, n_concepts + 1)``."""
        return grouped(self.contributions(features), features.names)

    def order_probability(self, features: CustomerFeatures) -> Floats:
        """The same chance for everyone, shape ``(n,)``."""
        return probability(self.margin(features))

    def save(self, folder: Path) -> None:
        """Write ``rate.json`` below ``folder``."""
        _write(folder / "rate.json", asdict(self))

    @classmethod
    def load(cls, folder: Path) -> VisitorRate:
        """The rate that :meth:`save` wrote."""
        return cls(**json.loads((folder / "rate.json").read_text(encoding="utf-8")))


def mean_gap_days(known: CustomerFeatures, horizon_days: int) -> float:
    """Mean days between purchase days over all gaps of the ``known`` customers, each gap counted once."""
    gaps = np.maximum(known.column("purchase_day_count").astype(np.float64) - 1, 0.0)
    mean = np.nan_to_num(known.column("purchase_gap_mean_days").astype(np.float64))
    if not gaps.sum():
        return max(USUAL_GAP_DAYS, float(horizon_days))
    return max(0.5, float(mean @ gaps / gaps.sum()))


def _write(file: Path, said: dict[str, float]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(said, indent=2), encoding="utf-8")
