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
from training.customers.explaining.concepts import REST, concept_places
from training.customers.scorers.tree_shapley import shapley_tables
from training.customers.scorers.tree_tables import Node, TreeTables, roots_of
from training.tables import CustomerTable

THREADS = 2
"""LightGBM's threads; they change the time, not the numbers."""

FEWEST_ROUNDS = 100
"""Fewer trees than this have not learned what there is, however little that may be."""

_EFFECT_CUSTOMERS = 20.0
"""A cutoff's own rate counts as much as that of all cutoffs when it has so many customers."""


@dataclass(frozen=True)
class BoostedSettings:
    """How the trees are grown."""

    rounds: int = 300
    """Number of trees, fewer where there is less to learn from."""
    rows_per_round: int = 50
    """Each tree needs so many rows of the rarer outcome, but a hundred are grown in any case."""
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
        ordered = sum(int(np.count_nonzero(table.ordered)) for table in tables)
        rounds = _rounds(settings, min(ordered, int(sizes.sum()) - ordered))
        booster = lightgbm.train(_parameters(settings, int(sizes.sum())), data, num_boost_round=rounds)
        return cls(booster.model_to_string(), float(np.average(starts, weights=sizes)))

    @cached_property
    def booster(self) -> lightgbm.Booster:
        """The trees, ready to predict."""
        return lightgbm.Booster(model_str=self.text)

    def margin(self, features: CustomerFeatures) -> Floats:
        """Log-odds of an order, shape ``(n,)``; within 1e-12 what LightGBM predicts."""
        if self._values is not None:
            return self.intercept + self._values.sums(features.values)[:, 0]
        return self.intercept + self._predicted(features, raw_score=True).reshape(len(features))

    def contributions(self, features: CustomerFeatures) -> Floats:
        """What each feature adds to the margin (Shapley values of the trees), the intercept last.

        Shape ``(n, n_features + 1)``.
        """
        return self._added(features, tuple(range(len(features.names))), len(features.names))

    def concept_contributions(self, features: CustomerFeatures) -> Floats:
        """What each concept adds to the margin, the intercept last; shape ``(n, n_concepts + 1)``."""
        return self._added(features, tuple(concept_places(features.names).tolist()), REST)

    def _added(self, features: CustomerFeatures, groups: tuple[int, ...], rest: int) -> Floats:
        """What groups of features add, and in the place ``rest`` the intercept; shape ``(n, rest + 1)``."""
        if groups not in self._shapley:
            self._shapley[groups] = shapley_tables(self._roots, np.array(groups), rest)
        tables = self._shapley[groups]
        told = self._summed(features, groups, rest) if tables is None else tables.sums(features.values)
        told[:, rest] += self.intercept
        return told

    def _summed(self, features: CustomerFeatures, groups: tuple[int, ...], rest: int) -> Floats:
        """LightGBM's own Shapley values, for trees too large for tables, summed by group."""
        told = np.zeros((len(features), rest + 1))
        for group, added in zip((*groups, rest), self._predicted(features, pred_contrib=True).T, strict=True):
            told[:, group] += added
        return told

    def _predicted(self, features: CustomerFeatures, **what: bool) -> Floats:
        """What LightGBM says of the trees; nothing for nobody."""
        if not len(features):
            return np.zeros((0, len(features.names) + 1))
        return np.asarray(self.booster.predict(features.values, num_threads=THREADS, **what), dtype=np.float64)

    @cached_property
    def _roots(self) -> list[Node]:
        return roots_of(self.booster)

    @cached_property
    def _values(self) -> TreeTables | None:
        """The trees' values as tables."""
        return TreeTables.of_values(self._roots)

    @cached_property
    def _shapley(self) -> dict[tuple[int, ...], TreeTables | None]:
        """What groups of features add as tables, by the group of each feature; filled as they are asked for."""
        return {}


def _rates(tables: Sequence[CustomerTable]) -> Floats:
    """Share of customers who ordered at each cutoff, a little towards that of all; shape ``(n_tables,)``."""
    ordered = np.array([np.count_nonzero(table.ordered) for table in tables])
    sizes = np.array([len(table) for table in tables])
    overall = ordered.sum() / sizes.sum()
    rates: Floats = (ordered + _EFFECT_CUSTOMERS * overall) / (sizes + _EFFECT_CUSTOMERS)
    return rates


def _rounds(settings: BoostedSettings, rarer: int) -> int:
    return min(settings.rounds, max(FEWEST_ROUNDS, rarer // settings.rows_per_round))


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
