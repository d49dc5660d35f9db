"""The linear part of the propensity model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from features.arrays import Floats
from features.customers import CustomerFeatures
from tests.model_checks import SavedChecks
from training.baselines import Predictor
from training.calibration import probability
from training.customers.explaining.concepts import grouped
from training.customers.scorers.linear import EXTREME, SOURCES, LinearModel, design
from training.tables import CustomerTable


class Chances:
    """A linear model as something that tells chances."""

    def __init__(self, model: LinearModel) -> None:
        self.model = model

    def order_probability(self, features: CustomerFeatures) -> Floats:
        return probability(self.model.margin(features))


class TestLinearModel(SavedChecks):
    """A linear model keeps the promises of every model."""

    def fit(self, tables: Sequence[CustomerTable]) -> Predictor:
        return Chances(LinearModel.fit(tables, 33.0))

    def saved_and_loaded(self, model: Predictor, folder: Path) -> Predictor:
        assert isinstance(model, Chances)
        return Chances(LinearModel.from_dict(json.loads(json.dumps(model.model.as_dict()))))


def test_contributions_add_up(tables: list[CustomerTable]) -> None:
    """What the features add, and the intercept, is the margin."""
    model, features = LinearModel.fit(tables, 33.0), tables[-1].features
    told = model.contributions(features)
    np.testing.assert_allclose(told.sum(axis=1), model.margin(features), rtol=0, atol=1e-10)
    by_concept = grouped(told, features.names)
    np.testing.assert_allclose(model.concept_contributions(features), by_concept, rtol=0, atol=1e-10)


def test_the_margin_is_that_of_the_regression(tables: list[CustomerTable]) -> None:
    """The sum over the columns of the design, brought to the training's mean and deviation, times the coefficients."""
    model, features = LinearModel.fit(tables, 33.0), tables[-1].features
    columns = np.clip(np.nan_to_num((design(features) - model.centre) / model.scale), -EXTREME, EXTREME)
    expected = model.intercept + (columns - model.usual) @ model.coefficients
    np.testing.assert_allclose(model.margin(features), expected, rtol=0, atol=1e-10)


def test_the_design_keeps_what_is_missing(tables: list[CustomerTable]) -> None:
    """A missing number stays missing in its column, and the column beside it says so."""
    columns = design(tables[-1].features)
    values, missing = np.hsplit(columns, 2)
    assert values.shape[1] == len(SOURCES)
    np.testing.assert_array_equal(np.isnan(values), missing.astype(bool))
    assert 0 < missing.mean() < 1


def test_a_season_is_not_learned_as_a_habit(tables: list[CustomerTable]) -> None:
    """When one cutoff is busy for everyone, customers of one cutoff keep their distances."""
    rng = np.random.default_rng(1)
    busy = [
        replace(table, order_count=table.order_count + (rng.random(len(table)) < share))
        for table, share in zip(tables, np.linspace(0, 0.9, len(tables)), strict=True)
    ]
    oldest, newest = tables[0].features, tables[-1].features
    model = LinearModel.fit(busy, 33.0)
    apart = model.margin(newest).mean() - model.margin(oldest).mean()
    rates = [table.ordered.mean() for table in (busy[0], busy[-1])]
    seen = np.log(rates[1] / (1 - rates[1])) - np.log(rates[0] / (1 - rates[0]))
    assert apart < seen / 2
