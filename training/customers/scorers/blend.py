"""The trained tier: the mean, in log-odds, of a logistic regression and small boosted trees, then calibrated."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from features.arrays import Floats
from features.customers import CustomerFeatures
from training.calibration import Calibration
from training.customers.scorers.boosted import BoostedModel, BoostedSettings
from training.customers.scorers.linear import LinearModel
from training.tables import CustomerTable, joined


@dataclass(frozen=True)
class BlendSettings:
    """How both parts are fitted. Chosen on cutoffs before the test cutoffs of the real data sets."""

    boosted: BoostedSettings = field(default_factory=BoostedSettings)
    """The trees."""
    linear_ridge: float = 33.0
    """L2 penalty on the standardised coefficients of the regression."""


@dataclass(frozen=True)
class Blend:
    """Log-odds of an order: half of each part. What the parts' features add sums up to the margin."""

    linear: LinearModel
    """The regression."""
    boosted: BoostedModel
    """The trees."""
    calibration: Calibration = field(default_factory=Calibration)
    """The line on the margin."""

    @classmethod
    def fit(cls, tables: Sequence[CustomerTable], settings: BlendSettings) -> Blend:
        """Fit both parts; the calibration does nothing yet, and turns around the mean margin."""
        linear = LinearModel.fit(tables, settings.linear_ridge)
        return cls.of(linear, BoostedModel.fit(tables, settings.boosted), tables)

    @classmethod
    def of(cls, linear: LinearModel, boosted: BoostedModel, tables: Sequence[CustomerTable]) -> Blend:
        """Both parts together; the calibration does nothing yet, and turns around the mean margin of ``tables``."""
        blend = cls(linear, boosted)
        margin = blend.margin(joined([table.features for table in tables]))
        return replace(blend, calibration=Calibration(centre=float(margin.mean())))

    def margin(self, features: CustomerFeatures) -> Floats:
        """Log-odds of an order before calibration, shape ``(n,)``."""
        return (self.linear.margin(features) + self.boosted.margin(features)) / 2

    def contributions(self, features: CustomerFeatures) -> Floats:
        """What each feature adds to the margin, the intercept last; shape ``(n, n_features + 1)``."""
        return (self.linear.contributions(features) + self.boosted.contributions(features)) / 2

    def concept_contributions(self, features: CustomerFeatures) -> Floats:
        """What each concept adds to the margin, the rest last; shape ``(n, n_concepts + 1)``."""
        return (self.linear.concept_contributions(features) + self.boosted.concept_contributions(features)) / 2

    def order_probability(self, features: CustomerFeatures) -> Floats:
        """Chance of an order within the horizon, shape ``(n,)``."""
        return self.calibration.probability(self.margin(features))

    def calibrated(self, calibration: Calibration) -> Blend:
        """The same with another line."""
        return replace(self, calibration=calibration)

    def save(self, folder: Path) -> None:
        """Write ``trees.txt`` and ``blend.json`` below ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "trees.txt").write_text(self.boosted.text, encoding="utf-8")
        said = {
            "linear": self.linear.as_dict(),
            "trees_intercept": self.boosted.intercept,
            "calibration": asdict(self.calibration),
        }
        (folder / "blend.json").write_text(json.dumps(said, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Blend:
        """The blend that :meth:`save` wrote."""
        said = json.loads((folder / "blend.json").read_text(encoding="utf-8"))
        text = (folder / "trees.txt").read_text(encoding="utf-8")
        return cls(
            LinearModel.from_dict(said["linear"]),
            BoostedModel(text, said["trees_intercept"]),
            Calibration(**said["calibration"]),
        )
