"""Who will order within the horizon: one chance for everyone, each kind of people with a method of its own.

The kinds are visitors (their first order), one-order customers (their second) and those who have ordered more often
(their next). Churn is the complement for those who have bought.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from features.arrays import Floats
from features.customers import CustomerFeatures
from features.errors import HuitouError
from features.schema import FeatureSchema
from training.customers.choice import choices
from training.customers.explaining.usual import Usual
from training.customers.methods import Material, tier_of
from training.customers.scorers.blend import Blend, BlendSettings
from training.customers.scorers.by_kind import ByKind, Scorer
from training.customers.scorers.priors import LawPrior, LogisticPrior
from training.customers.scorers.rules import ChurnRule, VisitorRate
from training.customers.scorers.stacked import Stacked
from training.customers.season import Season
from training.gate import Gate
from training.tables import KINDS, CustomerTable, buyers

FILE = "propensity.json"

SCORERS: Mapping[str, Any] = {
    "rule": ChurnRule,
    "rate": VisitorRate,
    "law": LawPrior,
    "logistic": LogisticPrior,
    "blend": Blend,
    "stacked": Stacked,
}
"""Every kind of scorer, by the name that a saved propensity calls it."""


@dataclass(frozen=True)
class PropensitySettings:
    """How a propensity is trained."""

    blend: BlendSettings = field(default_factory=BlendSettings)
    """The trained tier."""
    tolerance: float = 0.02
    """How much worse than the best baseline's log loss what serves may be, as a share of it."""


@dataclass(frozen=True)
class Contributions:
    """What each feature adds to the margin, in log-odds; each row adds up to it."""

    values: Floats
    """Shape (n, n_features + 1); the last column is what does not come from features."""
    names: tuple[str, ...]
    """Names of the features, in the order of the columns but the last."""


@dataclass(frozen=True)
class Propensity:
    """The chance of at least one net-positive order within the horizon."""

    horizon_days: int
    """How far ahead, in days of the shop."""
    schema: FeatureSchema
    """The features it was fitted on."""
    methods: Mapping[str, str]
    """The method that answers for each kind of people, by the names in ``KINDS``."""
    scorers: Mapping[str, Scorer]
    """What answers for each kind."""
    usual: Usual
    """What is usual for people of each kind who order, for the sentences of reasons."""
    gate: Gate
    """Why each method serves, and how it stands against the baselines."""
    figures: Mapping[str, float]
    """Log loss of each method on the newest training cutoff, and numbers of rows."""

    @property
    def tiers(self) -> dict[str, str]:
        """The tier that answers for each kind: ``rules``, ``priors`` or ``model``."""
        return {kind: tier_of(method) for kind, method in self.methods.items()}

    @property
    def tier(self) -> str:
        """The richer of the two tiers that answer for those who have bought."""
        order = ("rules", "priors", "model")
        return max((self.tiers[kind] for kind in KINDS[1:]), key=order.index)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The features that it reads, in order."""
        return self.schema.names

    @classmethod
    def fit(
        cls,
        tables: Sequence[CustomerTable],
        settings: PropensitySettings | None = None,
        *,
        known: CustomerFeatures | None = None,
        horizon_days: int | None = None,
        season: Season | None = None,
    ) -> Propensity:
        """Train on tables at several cutoffs, the oldest first; with none or too little the rules answer.

        ``known`` are customers as of now (the newest table's by default): laws that need no labels learn the shop's
        rhythm from them. ``season`` is the shop a year ago. Without tables both ``known`` and ``horizon_days`` are
        needed.
        """
        settings = settings or PropensitySettings()
        if known is None:
            known = tables[-1].features if tables else None
        if known is None or not (tables or horizon_days):
            raise HuitouError(
                "a propensity needs tables, or known customers and a horizon; got neither. Import events first.",
                code="nothing_to_fit",
            )
        horizon = tables[-1].horizon_days if tables else int(horizon_days or 0)
        bought, visited = (
            Material(_part(tables, bought=bought), known, horizon, settings.blend) for bought in (True, False)
        )
        # Threads of linear algebra on matrices this narrow cost more than they bring; LightGBM keeps its own.
        with threadpool_limits(1, "blas"):
            found = choices(bought, visited, season)
        scorers = {kind: choice.scorer for kind, choice in found.by_kind.items()}
        return cls(
            horizon,
            FeatureSchema.of(tables[-1].features if tables else known),
            {kind: choice.method for kind, choice in found.by_kind.items()},
            scorers,
            Usual.fit(tables, ByKind(scorers).concept_contributions),
            _gate([reason for choice in found.by_kind.values() for reason in choice.reasons], found.figures, settings),
            found.figures,
        )

    def order_probability(self, features: CustomerFeatures) -> Floats:
        """Chance of an order within the horizon, strictly inside (0, 1), shape ``(n,)``."""
        return self._checked(features).order_probability(features)

    def churn_probability(self, features: CustomerFeatures) -> Floats:
        """Chance of no order within the horizon, strictly inside (0, 1), shape ``(n,)``; meant for buyers."""
        return 1 - self.order_probability(features)

    def margin(self, features: CustomerFeatures) -> Floats:
        """Log-odds of an order before calibration, shape ``(n,)``; contributions add up to it."""
        return self._checked(features).margin(features)

    def contributions(self, features: CustomerFeatures) -> Contributions:
        """What each feature adds to the margin."""
        return Contributions(self._checked(features).contributions(features), features.names)

    def concept_contributions(self, features: CustomerFeatures) -> Floats:
        """What each of ``CONCEPTS`` adds to the margin, the rest last; shape ``(n, n_concepts + 1)``."""
        return self._checked(features).concept_contributions(features)

    def _checked(self, features: CustomerFeatures) -> ByKind:
        """What answers; raises when the columns are not the trained ones."""
        self.schema.check(features.names, "This propensity model", "Train again, or serve the bundle that fits.")
        return ByKind(self.scorers)

    def save(self, folder: Path) -> None:
        """Write JSON and LightGBM text below ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        names = {kind: name for name, kind in SCORERS.items()}
        said = {
            "horizon_days": self.horizon_days,
            "methods": dict(self.methods),
            "scorers": {kind: names[type(scorer)] for kind, scorer in self.scorers.items()},
            "gate": self.gate.as_dict(),
            "figures": dict(self.figures),
            "usual": self.usual.as_dict(),
            "schema": self.schema.as_dict(),
        }
        (folder / FILE).write_text(json.dumps(said, indent=1), encoding="utf-8")
        for kind, scorer in self.scorers.items():
            scorer.save(folder / kind)

    @classmethod
    def load(cls, folder: Path) -> Propensity:
        """The propensity that :meth:`save` wrote; raises :class:`HuitouError` when it cannot be read."""
        try:
            said = json.loads((folder / FILE).read_text(encoding="utf-8"))
            return cls(
                int(said["horizon_days"]),
                FeatureSchema.from_dict(said["schema"]),
                {kind: said["methods"][kind] for kind in KINDS},
                {kind: SCORERS[said["scorers"][kind]].load(folder / kind) for kind in KINDS},
                Usual.from_dict(said["usual"]),
                Gate.from_dict(said["gate"]),
                said["figures"],
            )
        except (OSError, KeyError, TypeError, ValueError) as error:
            if isinstance(error, HuitouError):
                raise
            raise HuitouError(
                f"a propensity model must be a folder as Huitou saved it; {folder} cannot be read ({error}). "
                "Restore the bundle, or train again.",
                code="broken_propensity",
                field="propensity",
                value=str(folder),
            ) from None


def _part(tables: Sequence[CustomerTable], *, bought: bool) -> list[CustomerTable]:
    """The rows of buyers or of visitors in each table that has some."""
    parts = [table.take(buyers(table.features) == bought) for table in tables]
    return [part for part in parts if len(part)]


def _gate(reasons: Sequence[str], figures: Mapping[str, float], settings: PropensitySettings) -> Gate:
    """The verdict on what serves buyers, beside the best of everything that was tried."""
    served = figures.get("log_loss_served")
    if served is None:
        return Gate(False, tuple(reasons))
    prefix = "log_loss_"
    tried = {name.removeprefix(prefix): loss for name, loss in figures.items() if name.startswith(prefix)}
    best = min((name for name in tried if name != "served"), key=tried.__getitem__)
    passed = served <= tried[best] * (1 + settings.tolerance)
    sentence = (
        f"for buyers together what serves may exceed the log loss of the best method ({best}) by at most "
        f"{settings.tolerance:.0%}: {served:.4f} against {tried[best]:.4f}: {'met' if passed else 'not met'}"
    )
    return Gate(passed, (*reasons, sentence))
