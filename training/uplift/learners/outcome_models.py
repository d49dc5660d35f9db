"""What is expected of somebody: small models of an outcome, on trees or on a line, of which learners are put together.

An outcome of noughts and ones is a chance, any other a mean. Missing features are NaN.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, Self

import lightgbm
import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression, Ridge
from threadpoolctl import threadpool_limits

from features.arrays import Floats
from training.calibration import log_odds
from training.customers.scorers.boosted import THREADS
from training.customers.scorers.tree_tables import TreeTables, roots_of

EXTREME = 5.0
"""Standardised columns are cut here: no single customer pulls the line."""

PENALTY = 100.0
"""Of the squared coefficients of a line."""

ROUNDS, LEAVES, LEARNING_RATE = 50, 4, 0.05
"""Few, small, slow trees."""


class OutcomeModel(Protocol):
    """A model of an outcome."""

    @classmethod
    def fit(cls, features: Floats, outcome: Floats) -> Self:
        """Learn from features ``(n, n_features)`` and outcomes ``(n,)``."""
        ...

    def predict(self, features: Floats) -> Floats:
        """The outcome expected of each row, shape ``(n,)``."""
        ...

    def as_dict(self) -> dict[str, Any]:
        """The model as plain JSON values."""
        ...

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Self:
        """The model that :meth:`as_dict` wrote."""
        ...


@dataclass(frozen=True)
class TreeOutcome:
    """A mean or a chance from few, small, slow LightGBM trees: differences of outcomes are small, noise is not."""

    text: str
    """The trees, in LightGBM's own text form."""
    start: float
    """What the trees add to: the mean, or its log-odds."""
    chance: bool
    """Whether their sum is in log-odds."""

    @classmethod
    def fit(cls, features: Floats, outcome: Floats) -> TreeOutcome:
        """Grow the trees from the overall mean."""
        chance = is_chance(outcome)
        mean = float(np.mean(outcome))
        start = float(log_odds(np.array([mean]))[0]) if chance else mean
        data = lightgbm.Dataset(
            features.astype(np.float32), outcome.astype(np.float32), init_score=np.full(len(outcome), start)
        )
        booster = lightgbm.train(_parameters(chance, len(outcome)), data, num_boost_round=ROUNDS)
        return cls(booster.model_to_string(), start, chance)

    def predict(self, features: Floats) -> Floats:
        """Shape ``(n,)``; within 1e-12 what LightGBM predicts."""
        values = features.astype(np.float32)
        added = np.zeros(len(values)) if self._tables is None else self._tables.sums(values)[:, 0]
        return expit(self.start + added) if self.chance else self.start + added

    @cached_property
    def _tables(self) -> TreeTables | None:
        return TreeTables.of_values(roots_of(lightgbm.Booster(model_str=self.text)))

    def as_dict(self) -> dict[str, Any]:
        """Text and start."""
        return {"trees": self.text, "start": self.start, "chance": self.chance}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> TreeOutcome:
        """What :meth:`as_dict` wrote."""
        return cls(str(said["trees"]), float(said["start"]), bool(said["chance"]))


@dataclass(frozen=True)
class Standard:
    """How features become columns of a line: signed logarithms, standardised, missing ones being usual."""

    centre: Floats
    """Mean of each logarithm in training; shape (n_features,)."""
    scale: Floats
    """Standard deviation of each, 1 where it never changed; shape (n_features,)."""

    @classmethod
    def of(cls, features: Floats) -> Standard:
        """The columns of these features, ``(n, n_features)``."""
        logs = _signed_log(features)
        known = ~np.isnan(logs)
        count = np.maximum(known.sum(axis=0), 1)
        centre = np.where(known, logs, 0.0).sum(axis=0) / count
        spread = np.sqrt((np.where(known, logs - centre, 0.0) ** 2).sum(axis=0) / count)
        return cls(centre, np.where(spread > 0, spread, 1.0))

    def columns(self, features: Floats) -> Floats:
        """The columns of some rows, ``(n, n_features)``."""
        standard = (_signed_log(features) - self.centre) / self.scale
        return np.clip(np.nan_to_num(standard, nan=0.0), -EXTREME, EXTREME)

    def as_dict(self) -> dict[str, Any]:
        """Centre and scale."""
        return {"centre": self.centre.tolist(), "scale": self.scale.tolist()}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Standard:
        """What :meth:`as_dict` wrote."""
        return cls(np.array(said["centre"], dtype=np.float64), np.array(said["scale"], dtype=np.float64))


@dataclass(frozen=True)
class LineOutcome:
    """A logistic regression of a chance, a ridge regression of a mean."""

    standard: Standard
    """How features become columns."""
    coefficients: Floats
    """What one standard deviation adds; shape (n_features,)."""
    intercept: float
    """The outcome, or its log-odds, of who is usual in everything."""
    chance: bool
    """Whether the sum is in log-odds."""

    @classmethod
    def fit(cls, features: Floats, outcome: Floats) -> LineOutcome:
        """Fit the line."""
        standard = Standard.of(features)
        coefficients, intercept = fitted_line(standard.columns(features), outcome, PENALTY)
        return cls(standard, coefficients, intercept, is_chance(outcome))

    def predict(self, features: Floats) -> Floats:
        """Shape ``(n,)``."""
        sums = self.standard.columns(features) @ self.coefficients + self.intercept
        return expit(sums) if self.chance else sums

    def as_dict(self) -> dict[str, Any]:
        """All numbers."""
        numbers = {"coefficients": self.coefficients.tolist(), "intercept": self.intercept, "chance": self.chance}
        return {"standard": self.standard.as_dict(), **numbers}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> LineOutcome:
        """What :meth:`as_dict` wrote."""
        coefficients = np.array(said["coefficients"], dtype=np.float64)
        return cls(Standard.from_dict(said["standard"]), coefficients, float(said["intercept"]), bool(said["chance"]))


def model_said(model: OutcomeModel) -> dict[str, Any]:
    """A model as plain JSON values, with its kind."""
    return {"kind": "trees" if isinstance(model, TreeOutcome) else "line", **model.as_dict()}


def model_from(said: Mapping[str, Any]) -> OutcomeModel:
    """The model that :func:`model_said` wrote."""
    kinds: Mapping[str, type[OutcomeModel]] = {"trees": TreeOutcome, "line": LineOutcome}
    return kinds[said["kind"]].from_dict(said)


def fitted_line(columns: Floats, outcome: Floats, penalty: float) -> tuple[Floats, float]:
    """Coefficients and intercept of a penalised regression, logistic where the outcome is noughts and ones."""
    model: Any = Ridge(alpha=penalty)
    if is_chance(outcome):
        model = LogisticRegression(C=1 / penalty, solver="newton-cholesky", max_iter=100)
    with threadpool_limits(1, "blas"):
        model.fit(columns, outcome)
    return np.ravel(model.coef_).astype(np.float64), float(np.ravel(model.intercept_)[0])


def is_chance(outcome: Floats) -> bool:
    """Whether there are noughts and ones, both of them, and nothing else."""
    return bool(np.isin(outcome, (0.0, 1.0)).all()) and bool(np.ptp(outcome) > 0)


def _signed_log(features: Floats) -> Floats:
    """``sign(x) log(1 + |x|)``: the tails of counts and money are heavy."""
    values = features.astype(np.float64)
    return np.sign(values) * np.log1p(np.abs(values))


def _parameters(chance: bool, rows: int) -> dict[str, object]:
    return {
        "objective": "binary" if chance else "regression",
        "learning_rate": LEARNING_RATE,
        "num_leaves": LEAVES,
        "min_data_in_leaf": int(np.clip(rows // 20, 5, 200)),
        "feature_fraction": 0.7,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "lambda_l2": 10.0,
        "boost_from_average": False,
        "seed": 7,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": THREADS,
        "verbose": -1,
    }
