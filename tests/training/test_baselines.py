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


class LawChecks(BaselineChecks):
    """A buy-till-you-die law, fitted on the order dates at the newest cutoff, whatever the labels."""

    def test_a_second_fit_forgets_the_first(self, fitted: Predictor, tables: list[CustomerTable]) -> None:
        """Fitted on an earlier cutoff, it no longer says the same."""
        features = tables[0].features
        earlier = self.fit(tables[:1]).order_probability(features)
        assert np.abs(fitted.order_probability(features) - earlier).max() > 0.01


class TestBgNbd(LawChecks):
    """Nobody leaves before a second order."""

    name = "bg_nbd"


class TestMbgNbd(LawChecks):
    """Some leave after the first."""

    name = "mbg_nbd"


class TestRule(BaselineChecks):
    """What serves where no model does."""

    name = "rule"


def test_a_baseline_that_cannot_be_fitted_is_named_with_its_reason(tables: list[CustomerTable]) -> None:
    """Where everybody did the same, the regression is left out and says why; the others stay."""
    same = [replace(table, order_count=np.ones(len(table), dtype=np.int64)) for table in tables]
    fitted, dropped = fit_baselines(same)
    assert dropped["logistic_rft"] == (
        "a logistic regression needs both outcomes; everyone did the same. It is left out."
    )
    assert {"base_rate", "hiatus", "churn_factor", "rfm", "rule"} <= set(fitted)


def test_laws_are_fitted_on_those_known_now(tables: list[CustomerTable]) -> None:
    """Three customers known now are too few for any law, however many the tables hold."""
    few = taken(tables[-1].features, np.arange(3))
    fitted, dropped = fit_baselines(tables, few)
    assert set(dropped) == {"bg_nbd", "mbg_nbd", "pareto_nbd"}
    assert all("are too few. It is left out." in why for why in dropped.values())
    assert set(fitted) == set(BASELINES) - set(dropped)
    known, _ = fit_baselines(tables, tables[0].features)
    same, _ = fit_baselines(tables[:1])
    people = tables[-1].features
    np.testing.assert_array_equal(known["bg_nbd"].order_probability(people), same["bg_nbd"].order_probability(people))


def test_baselines_speak_of_buyers(everyone_tables: list[CustomerTable], tables: list[CustomerTable]) -> None:
    """Visitors in the tables change no rate: each baseline is fitted on the rows of those who had ordered."""
    with_visitors, _ = fit_baselines(everyone_tables)
    without, _ = fit_baselines(tables)
    people = tables[-1].features
    for name, baseline in without.items():
        np.testing.assert_array_equal(
            with_visitors[name].order_probability(people), baseline.order_probability(people), err_msg=name
        )


def test_who_has_no_number_gets_the_rate_of_all(tables: list[CustomerTable]) -> None:
    """Of someone whose days since the last order are unknown the hiatus rule tells what all buyers do."""
    values = tables[-1].features.values.copy()
    values[0] = np.nan
    odd = CustomerFeatures(tables[-1].features.customer_ids, tables[-1].features.names, values)
    rate = BASELINES["base_rate"](tables).order_probability(odd)[0]
    for name in ("hiatus", "rfm"):
        assert BASELINES[name](tables).order_probability(odd)[0] == rate


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
