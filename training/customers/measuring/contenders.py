"""Everything that a backtest compares: what would have served, every method of its tiers alone, and the baselines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from training.baselines import Predictor, fit_baselines
from training.customers.choice import fit_tiers
from training.customers.fitting import PropensityTraining
from training.customers.methods import TIERS
from training.customers.scorers.rules import VisitorRate
from training.tables import buyers

MODEL = "model"
"""What would have served, among the methods of a report."""

TRAINED = TIERS["model"]
"""Methods that are no simple rules: what serves may be one of them, and none of them is a baseline."""


@dataclass(frozen=True)
class Contenders:
    """Methods by name, the one that would have served first."""

    buyers: Mapping[str, Predictor]
    """For those who have ordered."""
    visitors: Mapping[str, Predictor]
    """For those who have not."""
    dropped: Mapping[str, str]
    """Why a method could not be fitted."""

    @classmethod
    def of(cls, training: PropensityTraining) -> Contenders:
        """Those of a training, fitted on the same tables; where nobody in them has ordered, only what serves."""
        propensity, tables = training.propensity, training.tables
        visitors: dict[str, Predictor] = {MODEL: propensity}
        if tables:
            visitors["one_rate"] = VisitorRate.fit(tables)
        if not any(buyers(table.features).any() for table in tables):
            return cls({MODEL: propensity}, visitors, {})
        tiers, out = fit_tiers(tables, training.known, propensity.horizon_days)
        baselines, left_out = fit_baselines(tables, training.known)
        return cls({MODEL: propensity, **tiers, **baselines}, visitors, out | left_out)
