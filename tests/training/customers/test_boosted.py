"""The boosted part of the propensity model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from features.arrays import Floats
from features.customers import CustomerFeatures
from tests.model_checks import SavedChecks
from tests.training.customers.planted import no_features
from training.baselines import Predictor
from training.calibration import probability
from training.customers.boosted import BoostedModel, BoostedSettings
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


def test_another_seed_grows_other_trees(tables: list[CustomerTable]) -> None:
    """The seed decides which rows and features a tree sees."""
    first, second = (BoostedModel.fit(tables, BoostedSettings(rounds=5, seed=seed)) for seed in (1, 2))
    assert first.text != second.text
    assert BoostedModel.fit(tables, BoostedSettings(rounds=5, seed=1)).text == first.text
