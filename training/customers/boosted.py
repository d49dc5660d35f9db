"""The boosted part of the propensity model: small LightGBM trees on every feature, missing values as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import lightgbm
import numpy as np

from features.arrays import Floats
from features.customers import CustomerFeatures
from training.calibration import log_odds
from training.tables import CustomerTable

THREADS = 2
"""LightGBM's threads; they change the time, not the numbers."""

_EFFECT_CUSTOMERS = 20.0
"""A cutoff's own rate counts as much as that of all cutoffs when it has so many customers."""


@dataclass(frozen=True)
class BoostedSettings:
    """How the trees are grown."""

    rounds: int = 100
    """Number of trees."""
    leaves: int = 6
    """Leaves of a tree."""
    learning_rate: float = 0.05
    """How much of each tree is taken."""
    leaf_customers: int = 50
    """A leaf holds at least so many rows (fewer, down to 5, where there are fewer than fifty times as many)."""
    feature_share: float = 0.5
    """Share of the features that a tree may use."""
    row_share: float = 0.8
    """Share of the rows that a tree sees."""
    ridge: float = 5.0
    """L2 penalty on the values of leaves."""
    seed: int = 7
    """Of the draws of features and rows."""


@dataclass(frozen=True)
class BoostedModel:
    """Log-odds of an order from LightGBM."""

    text: str
    """The trees, in LightGBM's own text form."""
    intercept: float
    """Log-odds at an average cutoff, to which the trees add."""

    @classmethod
    def fit(cls, tables: Sequence[CustomerTable], settings: BoostedSettings) -> BoostedModel:
        """Grow trees on rows of several cutoffs, starting each row at its own cutoff's rate.

        So the trees learn what tells customers of one moment apart, not which season was busy. A prediction starts
        at the mean of the cutoffs.
        """
        sizes = np.array([len(table) for table in tables])
        starts = log_odds(_rates(tables))
        data = lightgbm.Dataset(
            np.concatenate([table.features.values for table in tables]),
            np.concatenate([table.ordered for table in tables]).astype(np.float32),
            init_score=np.repeat(starts, sizes),
            free_raw_data=True,
        )
        booster = lightgbm.train(_parameters(settings, int(sizes.sum())), data, num_boost_round=settings.rounds)
        return cls(booster.model_to_string(), float(np.average(starts, weights=sizes)))

    @cached_property
    def booster(self) -> lightgbm.Booster:
        """The trees, ready to predict."""
        return lightgbm.Booster(model_str=self.text)

    def margin(self, features: CustomerFeatures) -> Floats:
        """Log-odds of an order, shape ``(n,)``."""
        if not len(features):
            return np.zeros(0)
        found = self.booster.predict(features.values, raw_score=True, num_threads=THREADS)
        return self.intercept + np.asarray(found, dtype=np.float64)

    def contributions(self, features: CustomerFeatures) -> Floats:
        """What each feature adds to the margin (Shapley values of the trees), the intercept last.

        Shape ``(n, n_features + 1)``.
        """
        if not len(features):
            return np.zeros((0, len(features.names) + 1))
        found = self.booster.predict(features.values, pred_contrib=True, num_threads=THREADS)
        told = np.array(found, dtype=np.float64)
        told[:, -1] += self.intercept
        return told


def _rates(tables: Sequence[CustomerTable]) -> Floats:
    """Share of customers who ordered at each cutoff, a little towards that of all; shape ``(n_tables,)``."""
    ordered = np.array([np.count_nonzero(table.ordered) for table in tables])
    sizes = np.array([len(table) for table in tables])
    overall = ordered.sum() / sizes.sum()
    rates: Floats = (ordered + _EFFECT_CUSTOMERS * overall) / (sizes + _EFFECT_CUSTOMERS)
    return rates


def _parameters(settings: BoostedSettings, rows: int) -> dict[str, object]:
    return {
        "objective": "binary",
        "learning_rate": settings.learning_rate,
        "num_leaves": settings.leaves,
        "min_data_in_leaf": int(np.clip(rows // 50, 5, settings.leaf_customers)),
        "feature_fraction": settings.feature_share,
        "bagging_fraction": settings.row_share,
        "bagging_freq": 1,
        "lambda_l2": settings.ridge,
        "boost_from_average": False,
        "seed": settings.seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": THREADS,
        "verbose": -1,
    }
