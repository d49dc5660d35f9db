"""Checks that every customer model and every baseline inherits; fixtures are in ``tests/training/conftest.py``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from tests.training.customers.planted import no_features, odd_features
from training.baselines import Predictor
from training.customers.explaining.concepts import CONCEPTS, grouped
from training.customers.scorers.by_kind import Scorer
from training.tables import CustomerTable, taken


class PredictorChecks(ABC):
    """What anything that tells a chance of an order must do; a subclass says how it is fitted."""

    planted_auc = 0.8
    """The ROC-AUC that the planted truth lets it reach on the newest table."""

    @abstractmethod
    def fit(self, tables: Sequence[CustomerTable]) -> Predictor:
        """The model fitted on ``tables``."""

    def test_planted_truth_is_found(self, tables: list[CustomerTable]) -> None:
        """Fitted on old cutoffs, it ranks those who order at the newest cutoff above those who left."""
        newest = tables[-1]
        chance = self.fit(tables[:-1]).order_probability(newest.features)
        assert roc_auc_score(newest.ordered, chance) >= self.planted_auc

    def test_batch_equals_single(self, fitted: Predictor, tables: list[CustomerTable]) -> None:
        """A customer alone gets the number that the customer gets among all others."""
        features = tables[-1].features
        together = fitted.order_probability(features)
        alone = [fitted.order_probability(taken(features, np.array([row])))[0] for row in range(0, 60, 7)]
        np.testing.assert_array_equal(together[0:60:7], alone)

    def test_chances_are_inside(self, fitted: Predictor, tables: list[CustomerTable]) -> None:
        """Chances are numbers strictly between 0 and 1."""
        chance = fitted.order_probability(tables[-1].features)
        assert np.all((chance > 0) & (chance < 1))

    def test_values_never_seen_give_chances(self, fitted: Predictor) -> None:
        """Customers with all numbers missing, zero, huge or negative get chances too."""
        chance = fitted.order_probability(odd_features())
        assert np.all((chance >= 0) & (chance <= 1))

    def test_nobody_gets_no_chances(self, fitted: Predictor) -> None:
        """Of an empty table it makes an empty array."""
        assert fitted.order_probability(no_features()).shape == (0,)

    def test_a_second_fit_repeats_the_first(self, fitted: Predictor, tables: list[CustomerTable]) -> None:
        """The same tables give the same numbers."""
        features = tables[-1].features
        again = self.fit(tables).order_probability(features)
        np.testing.assert_array_equal(fitted.order_probability(features), again)

    def test_a_second_fit_forgets_the_first(self, fitted: Predictor, tables: list[CustomerTable]) -> None:
        """Fitted again where everybody did the opposite, it no longer says the same."""
        opposite = [replace(table, order_count=(~table.ordered).astype(np.int64)) for table in tables]
        features = tables[-1].features
        first = fitted.order_probability(features)
        assert np.abs(self.fit(opposite).order_probability(features) - first).max() > 0.05


class SavedChecks(PredictorChecks):
    """The same for what is saved with a bundle."""

    def saved_and_loaded(self, model: Predictor, folder: Path) -> Predictor:
        """The model after its way through a folder."""
        model.save(folder)  # type: ignore[attr-defined]
        loaded: Predictor = type(model).load(folder)  # type: ignore[attr-defined]
        return loaded

    def test_saved_and_loaded_gives_the_same_numbers(
        self, fitted: Predictor, tables: list[CustomerTable], tmp_path: Path
    ) -> None:
        """After saving and loading every chance is the very same number."""
        features = tables[-1].features
        loaded = self.saved_and_loaded(fitted, tmp_path / "a model 模型")
        np.testing.assert_array_equal(loaded.order_probability(features), fitted.order_probability(features))


class ScorerChecks(SavedChecks):
    """The same for what answers for one kind of people: it can also tell what its chances are made of."""

    def test_contributions_add_up_to_the_margin(self, fitted: Scorer, tables: list[CustomerTable]) -> None:
        """Feature by feature and concept by concept, for usual customers, odd ones and nobody, to a millionth."""
        for features in (tables[-1].features, odd_features(), no_features()):
            margin, told = fitted.margin(features), fitted.contributions(features)
            by_concept = fitted.concept_contributions(features)
            assert told.shape == (len(features), len(features.names) + 1)
            assert by_concept.shape == (len(features), len(CONCEPTS) + 1)
            np.testing.assert_allclose(told.sum(axis=1), margin, rtol=0, atol=1e-6)
            np.testing.assert_allclose(by_concept, grouped(told, features.names), rtol=0, atol=1e-6)

    def test_one_alone_has_the_contributions_of_the_crowd(self, fitted: Scorer, tables: list[CustomerTable]) -> None:
        """To the last bit, so that nobody's reasons depend on who else is asked for."""
        features = tables[-1].features
        told = fitted.concept_contributions(features)
        for row in range(0, len(features), 25):
            alone = fitted.concept_contributions(taken(features, np.array([row])))
            np.testing.assert_array_equal(alone[0], told[row])
