"""Who will order within the horizon: one chance for everyone, buyers and visitors. Churn is its complement."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from features.arrays import Flags, Floats
from features.customers import CustomerFeatures
from features.errors import HuitouError
from features.schema import FeatureSchema
from training.calibration import SMALLEST
from training.customers.blend import Blend, BlendSettings
from training.customers.choice import Choice, buyer_choice, visitor_choice
from training.customers.rules import ChurnRule, VisitorRate
from training.gate import Gate
from training.tables import CustomerTable, buyers, taken

FILE = "propensity.json"


class Scorer(Protocol):
    """What gives the log-odds of an order for one kind of people."""

    def margin(self, features: CustomerFeatures) -> Floats:
        """Log-odds of an order before calibration, shape ``(n,)``."""
        ...

    def contributions(self, features: CustomerFeatures) -> Floats:
        """What each feature adds to the margin, the rest last; shape ``(n, n_features + 1)``."""
        ...

    def order_probability(self, features: CustomerFeatures) -> Floats:
        """Chance of an order within the horizon, shape ``(n,)``."""
        ...

    def save(self, folder: Path) -> None:
        """Write it below ``folder``."""
        ...


SCORERS: Mapping[str, Any] = {"blend": Blend, "rule": ChurnRule, "rate": VisitorRate}
"""Every kind of scorer, by the name that a saved propensity calls it."""


@dataclass(frozen=True)
class PropensitySettings:
    """How a propensity is trained."""

    blend: BlendSettings = field(default_factory=BlendSettings)
    """The trained tier."""
    least_of_each: int = 100
    """The trained tier needs so many rows that ordered, and as many that did not."""
    tolerance: float = 0.02
    """How much worse than the best baseline's log loss the model's may be, as a share of it."""


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
    buyers: Scorer
    """Answers for those who have bought."""
    visitors: Scorer
    """Answers for those who have not."""
    gate: Gate
    """Why the trained tier serves buyers, or why the rules do."""
    figures: Mapping[str, float]
    """Log loss of each method on the newest training cutoff, and numbers of rows."""

    @property
    def tier(self) -> str:
        """What answers for buyers: ``model`` or ``rules``."""
        return "model" if isinstance(self.buyers, Blend) else "rules"

    @property
    def visitor_tier(self) -> str:
        """What answers for visitors: ``model`` or ``rules``."""
        return "model" if isinstance(self.visitors, Blend) else "rules"

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
    ) -> Propensity:
        """Train on tables at several cutoffs, the oldest first; with none or too little the rules answer.

        ``known`` are customers as of now (the newest table's by default): where nothing has a label yet, the rules
        learn the shop's rhythm from them. Without tables both ``known`` and ``horizon_days`` are needed.
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
        bought, visited = _split(tables, kept=True), _split(tables, kept=False)
        for_buyers = buyer_choice(bought, known, horizon, settings.blend, settings.least_of_each, settings.tolerance)
        for_visitors = visitor_choice(visited, settings.blend, settings.least_of_each)
        return cls(
            horizon,
            FeatureSchema.of(tables[-1].features if tables else known),
            for_buyers.scorer,
            for_visitors.scorer,
            Gate(for_buyers.passed, (*for_buyers.reasons, *for_visitors.reasons)),
            _figures(for_buyers, for_visitors),
        )

    def order_probability(self, features: CustomerFeatures) -> Floats:
        """Chance of an order within the horizon, strictly inside (0, 1), shape ``(n,)``."""
        found = np.empty(len(features))
        for rows, scorer, part in self._parts(features):
            found[rows] = scorer.order_probability(part)
        return np.clip(found, SMALLEST, 1 - SMALLEST)

    def churn_probability(self, features: CustomerFeatures) -> Floats:
        """Chance of no order within the horizon, strictly inside (0, 1), shape ``(n,)``; meant for buyers."""
        return 1 - self.order_probability(features)

    def margin(self, features: CustomerFeatures) -> Floats:
        """Log-odds of an order before calibration, shape ``(n,)``; contributions add up to it."""
        found = np.empty(len(features))
        for rows, scorer, part in self._parts(features):
            found[rows] = scorer.margin(part)
        return found

    def contributions(self, features: CustomerFeatures) -> Contributions:
        """What each feature adds to the margin."""
        found = np.zeros((len(features), len(features.names) + 1))
        for rows, scorer, part in self._parts(features):
            found[rows] = scorer.contributions(part)
        return Contributions(found, features.names)

    def _parts(self, features: CustomerFeatures) -> list[tuple[Flags, Scorer, CustomerFeatures]]:
        """Buyers and visitors, each with what answers for them; raises when the columns are not the trained ones."""
        self.schema.check(features.names, "This propensity model", "Train again, or serve the bundle that fits.")
        bought = buyers(features)
        both = ((bought, self.buyers), (~bought, self.visitors))
        return [(rows, scorer, taken(features, rows)) for rows, scorer in both if rows.any()]

    def save(self, folder: Path) -> None:
        """Write JSON and LightGBM text below ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        kinds = {kind: name for name, kind in SCORERS.items()}
        said = {
            "horizon_days": self.horizon_days,
            "buyers": kinds[type(self.buyers)],
            "visitors": kinds[type(self.visitors)],
            "gate": self.gate.as_dict(),
            "figures": dict(self.figures),
            "schema": self.schema.as_dict(),
        }
        (folder / FILE).write_text(json.dumps(said, indent=1), encoding="utf-8")
        self.buyers.save(folder / "buyers")
        self.visitors.save(folder / "visitors")

    @classmethod
    def load(cls, folder: Path) -> Propensity:
        """The propensity that :meth:`save` wrote; raises :class:`HuitouError` when it cannot be read."""
        try:
            said = json.loads((folder / FILE).read_text(encoding="utf-8"))
            return cls(
                int(said["horizon_days"]),
                FeatureSchema.from_dict(said["schema"]),
                SCORERS[said["buyers"]].load(folder / "buyers"),
                SCORERS[said["visitors"]].load(folder / "visitors"),
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


def _split(tables: Sequence[CustomerTable], *, kept: bool) -> list[CustomerTable]:
    """The rows of buyers (``kept``) or of visitors in each table that has some."""
    parts = [table.take(buyers(table.features) == kept) for table in tables]
    return [part for part in parts if len(part)]


def _figures(for_buyers: Choice, for_visitors: Choice) -> dict[str, float]:
    """Both choices' figures; those of visitors say so in their names."""
    return {**for_buyers.figures, **{f"visitor_{name}": value for name, value in for_visitors.figures.items()}}
