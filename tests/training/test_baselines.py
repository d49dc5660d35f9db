"""The simple rules that a model is measured against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from features.customers import CustomerFeatures
from tests.model_checks import PredictorChecks
from training.baselines import BASELINES, Predictor, RateByCell, cells, fit_baselines
from training.tables import CustomerTable, taken


class BaselineChecks(PredictorChecks):
    """A baseline by its name."""

    name = ""

    def fit(self, tables: Sequence[CustomerTable]) -> Predictor:
        return BASELINES[self.name](tables)


class TestBaseRate(BaselineChecks):
    """The same for everyone."""

    name = "base_rate"
    planted_auc = 0.5


class TestHiatus(BaselineChecks):
    """Days since the last order."""

    name = "hiatus"


class TestChurnFactor(BaselineChecks):
    """Days since the last order over the own gap."""

    name = "churn_factor"


class TestRfm(BaselineChecks):
    """Scores of recency, frequency and spend."""

    name = "rfm"


class TestLogisticRft(BaselineChecks):
    """Logistic regression on three logarithms."""

    name = "logistic_rft"
    planted_auc = 0.75


class TestRule(BaselineChecks):
    """What serves where no model does."""

    name = "rule"


def test_a_baseline_that_cannot_be_fitted_is_named_with_its_reason(tables: list[CustomerTable]) -> None:
    """Where everybody did the same, the regression is left out and says why; the others stay."""
    same = [replace(table, order_count=np.ones(len(table), dtype=np.int64)) for table in tables]
    fitted, dropped = fit_baselines(same)
    assert dropped["logistic_rft"] == (
        "a logistic regression needs both outcomes; all buyers did the same. It is left out."
    )
    assert {"base_rate", "hiatus", "churn_factor", "rfm", "rule"} <= set(fitted)


def test_bg_nbd_is_fitted_on_those_known_now(tables: list[CustomerTable]) -> None:
    """Three customers known now are too few for BG/NBD, however many the tables hold."""
    few = taken(tables[-1].features, np.arange(3))
    _, dropped = fit_baselines(tables, few)
    assert "are too few. It is left out." in dropped["bg_nbd"]


def test_cells_are_numbered_row_by_row() -> None:
    """Each combination of bins has its own cell, and a missing number the one after the last."""
    values = np.array([[1.0, 10.0], [1.0, 30.0], [5.0, 10.0], [5.0, 30.0], [np.nan, 10.0]])
    assert cells(values, (np.array([3.0]), np.array([20.0]))).tolist() == [0, 1, 2, 3, 4]


def test_a_cell_of_few_customers_is_near_the_rate_of_all(tables: list[CustomerTable]) -> None:
    """One customer alone in a cell hardly moves its rate away from that of everyone."""

    def lonely(features: CustomerFeatures) -> np.ndarray:
        numbers = np.zeros((len(features), 1))
        numbers[0] = -1.0
        return numbers

    newest = replace(tables[-1], order_count=np.append(1, np.zeros(len(tables[-1]) - 1, dtype=np.int64)))
    rule = RateByCell.fit([newest], lonely, 2)
    overall = 2 / (len(newest) + 2)
    chance = rule.order_probability(newest.features)[0]
    assert overall < chance < overall + 0.1
