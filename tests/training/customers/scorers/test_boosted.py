"""The boosted part of the propensity model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from features.arrays import Floats
from features.customers import CustomerFeatures
from tests.model_checks import SavedChecks
from tests.training.customers.planted import no_features
from training.baselines import Predictor
from training.calibration import probability
from training.customers.explaining.concepts import CONCEPTS, REST, grouped
from training.customers.scorers.boosted import BoostedModel, BoostedSettings
from training.tables import CustomerTable


class Chances:
    """Boosted trees as something that tells chances."""

    def __init__(self, model: BoostedModel) -> None:
        self.model = model

    def order_probability(self, features: CustomerFeatures) -> Floats:
        return probability(self.model.margin(features))


class TestBoostedModel(SavedChecks):
    """Boosted trees keep the promises of every model."""

    def fit(self, tables: Sequence[CustomerTable]) -> Predictor:
        return Chances(BoostedModel.fit(tables, BoostedSettings()))

    def saved_and_loaded(self, model: Predictor, folder: Path) -> Predictor:
        assert isinstance(model, Chances)
        folder.mkdir()
        (folder / "trees.txt").write_text(model.model.text, encoding="utf-8")
        text = (folder / "trees.txt").read_text(encoding="utf-8")
        return Chances(BoostedModel(text, model.model.intercept))


def test_contributions_add_up(tables: list[CustomerTable]) -> None:
    """What the features add, and the intercept, is the margin."""
    model, features = BoostedModel.fit(tables, BoostedSettings()), tables[-1].features
    np.testing.assert_allclose(model.contributions(features).sum(axis=1), model.margin(features), rtol=0, atol=1e-6)
    assert model.contributions(no_features()).shape == (0, len(features.names) + 1)


@pytest.mark.parametrize("leaves", [6, 16])
def test_margins_and_contributions_are_lightgbm_s(tables: list[CustomerTable], leaves: int) -> None:
    """Looked up in tables, or asked of LightGBM where trees are too large for that: the same numbers."""
    settings = BoostedSettings(leaves=leaves, leaf_customers=5, rounds=20)
    model, features = BoostedModel.fit(tables, settings), tables[-1].features
    margin = np.asarray(model.booster.predict(features.values, raw_score=True)) + model.intercept
    np.testing.assert_allclose(model.margin(features), margin, rtol=0, atol=1e-12)
    expected = np.asarray(model.booster.predict(features.values, pred_contrib=True))
    expected[:, -1] += model.intercept
    np.testing.assert_allclose(model.contributions(features), expected, rtol=0, atol=1e-6)
    by_concept = grouped(expected, features.names)
    np.testing.assert_allclose(model.concept_contributions(features), by_concept, rtol=0, atol=1e-6)
    assert model.margin(no_features()).shape == (0,)
    assert model.concept_contributions(no_features()).shape == (0, REST + 1)


def test_what_simpler_models_say_is_rhythm(tables: list[CustomerTable]) -> None:
    """A column stacked in from a model of when orders come belongs to the concept of rhythm."""
    stacked = [replace(table, features=with_prior(table)) for table in tables]
    model, features = BoostedModel.fit(stacked, BoostedSettings(rounds=20)), stacked[-1].features
    told, by_feature = model.concept_contributions(features), model.contributions(features)
    prior = by_feature[:, features.names.index("prior_chance")]
    rhythm = told[:, list(CONCEPTS).index("rhythm")]
    assert np.abs(prior).mean() > 0.3
    assert np.abs(rhythm - prior).mean() < 0.1 * np.abs(prior).mean()
    np.testing.assert_allclose(told.sum(axis=1), model.margin(features), rtol=0, atol=1e-6)


def with_prior(table: CustomerTable) -> CustomerFeatures:
    """The features and one more that says nearly everything."""
    noise = np.random.default_rng(1).normal(scale=0.3, size=len(table))
    prior = (table.ordered + noise).astype(np.float32)
    values = np.column_stack([table.features.values, prior])
    return CustomerFeatures(table.features.customer_ids, (*table.features.names, "prior_chance"), values)


def test_another_seed_grows_other_trees(tables: list[CustomerTable]) -> None:
    """The seed decides which rows and features a tree sees."""
    first, second = (BoostedModel.fit(tables, BoostedSettings(rounds=5, seed=seed)) for seed in (1, 2))
    assert first.text != second.text
    assert BoostedModel.fit(tables, BoostedSettings(rounds=5, seed=1)).text == first.text
