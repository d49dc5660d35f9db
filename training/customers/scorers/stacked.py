"""The trained tier with what simpler laws say as further features of its trees."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from features.arrays import Floats
from features.customers import CustomerFeatures
from training.calibration import Calibration, log_odds
from training.customers.btyd.bg_nbd import BgNbd, MbgNbd
from training.customers.btyd.law import Law
from training.customers.btyd.purchases import Purchases
from training.customers.scorers.blend import Blend
from training.customers.scorers.boosted import BoostedModel
from training.customers.scorers.linear import LinearModel
from training.customers.scorers.priors import LawPrior
from training.tables import CustomerTable

STACKED: dict[str, type[Law]] = {"prior_bg_nbd": BgNbd, "prior_mbg_nbd": MbgNbd}
"""The laws whose log-odds are features, by the name of the column; both are quick for a million customers."""


@dataclass(frozen=True)
class Stacked:
    """A blend whose trees also read the log-odds of buy-till-you-die laws."""

    laws: tuple[Law, ...]
    """As fitted on what was known when the model was made; one for each of ``STACKED``."""
    horizon_days: int
    """How far ahead the laws look."""
    blend: Blend
    """The regression and the trees."""

    @classmethod
    def of(
        cls,
        laws: tuple[Law, ...],
        horizon_days: int,
        linear: LinearModel,
        trees: BoostedModel,
        tables: Sequence[CustomerTable],
    ) -> Stacked:
        """Both parts together; the calibration turns around the mean margin of the ``tables``."""
        stacked = cls(laws, horizon_days, Blend(linear, trees))
        margins = np.concatenate([stacked.margin(table.features) for table in tables])
        return stacked.calibrated(Calibration(centre=float(margins.mean())))

    @property
    def calibration(self) -> Calibration:
        """The line on the margin."""
        return self.blend.calibration

    def calibrated(self, calibration: Calibration) -> Stacked:
        """The same with another line."""
        return replace(self, blend=replace(self.blend, calibration=calibration))

    def margin(self, features: CustomerFeatures) -> Floats:
        """Log-odds of an order before calibration, shape ``(n,)``."""
        return self.blend.margin(self._told(features))

    def contributions(self, features: CustomerFeatures) -> Floats:
        """What each feature adds to the margin, the intercept last; shape ``(n, n_features + 1)``.

        What the laws add is told as part of the mean purchase gap.
        """
        found = self.blend.contributions(self._told(features))
        size = len(features.names)
        told: Floats = np.column_stack([found[:, :size], found[:, -1]])
        told[:, features.names.index("purchase_gap_mean_days")] += found[:, size:-1].sum(axis=1)
        return told

    def concept_contributions(self, features: CustomerFeatures) -> Floats:
        """What each concept adds to the margin, the rest last; shape ``(n, n_concepts + 1)``."""
        return self.blend.concept_contributions(self._told(features))

    def order_probability(self, features: CustomerFeatures) -> Floats:
        """Chance of an order within the horizon, shape ``(n,)``."""
        return self.calibration.probability(self.margin(features))

    def _told(self, features: CustomerFeatures) -> CustomerFeatures:
        return _told(features, self.laws, self.horizon_days)

    def save(self, folder: Path) -> None:
        """Write the blend, and ``laws.json`` beside it."""
        self.blend.save(folder)
        laws = [law.as_dict() for law in self.laws]
        said = {"horizon_days": self.horizon_days, "laws": laws}
        (folder / "laws.json").write_text(json.dumps(said, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Stacked:
        """The model that :meth:`save` wrote."""
        said = json.loads((folder / "laws.json").read_text(encoding="utf-8"))
        laws = tuple(law(**parameters) for law, parameters in zip(STACKED.values(), said["laws"], strict=True))
        return cls(laws, said["horizon_days"], Blend.load(folder))


def stacked_tables(
    tables: Sequence[CustomerTable], known: CustomerFeatures, horizon_days: int
) -> tuple[tuple[Law, ...], list[CustomerTable]]:
    """The laws of ``known``, and the tables with what laws fitted on each of them say.

    Each table has laws of its own: those of a later one would have seen its labels. Raises :class:`HuitouError` when
    a law degenerates anywhere.
    """
    told = []
    for table in tables:
        laws = _laws(table.features, horizon_days)
        told.append(replace(table, features=_told(table.features, laws, horizon_days)))
    return _laws(known, horizon_days), told


def _laws(known: CustomerFeatures, horizon_days: int) -> tuple[Law, ...]:
    return tuple(LawPrior.fit(law, known, horizon_days).law for law in STACKED.values())


def _told(features: CustomerFeatures, laws: Sequence[Law], horizon_days: int) -> CustomerFeatures:
    purchases = Purchases.of(features)
    columns = [log_odds(law.order_probability(purchases, float(horizon_days))) for law in laws]
    values = np.column_stack([features.values, *columns]).astype(np.float32)
    return CustomerFeatures(features.customer_ids, (*features.names, *STACKED), values)
