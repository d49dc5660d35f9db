"""Who will order within the horizon: tiers, gate, contributions, saving."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from features.customers import CustomerFeatures
from features.errors import HuitouError
from tests.model_checks import SavedChecks
from tests.training.customers.planted import no_features, odd_features
from training.baselines import Predictor
from training.customers.blend import Blend, BlendSettings
from training.customers.boosted import BoostedSettings
from training.customers.propensity import Propensity, PropensitySettings
from training.customers.rules import ChurnRule, VisitorRate
from training.tables import CustomerTable, buyers

RULES = PropensitySettings(least_of_each=10**9)
"""Nothing is ever enough: the rules serve."""


class TestModelTier(SavedChecks):
    """The trained tier keeps the promises of every model."""

    def fit(self, tables: Sequence[CustomerTable]) -> Predictor:
        return Propensity.fit(tables)


class TestRulesTier(SavedChecks):
    """The rules tier keeps the same promises."""

    def fit(self, tables: Sequence[CustomerTable]) -> Predictor:
        return Propensity.fit(tables, RULES)


@pytest.fixture(scope="module")
def propensity(everyone_tables: list[CustomerTable]) -> Propensity:
    """Trained on buyers and visitors of the planted shop."""
    return Propensity.fit(everyone_tables)


def test_buyers_and_visitors_have_models_of_their_own(
    propensity: Propensity, everyone_tables: list[CustomerTable]
) -> None:
    """Visitors are far less likely to order than buyers, and each kind is ranked by what is known of it."""
    newest = everyone_tables[-1]
    chance, bought = propensity.order_probability(newest.features), buyers(newest.features)
    assert propensity.tier == "model"
    assert isinstance(propensity.buyers, Blend)
    assert chance[~bought].mean() == pytest.approx(newest.ordered[~bought].mean(), abs=0.06)
    assert roc_auc_score(newest.ordered[bought], chance[bought]) > 0.85


def test_churn_is_the_complement(propensity: Propensity, everyone_tables: list[CustomerTable]) -> None:
    """Chance of an order and chance of churn add up to one."""
    features = everyone_tables[-1].features
    both = propensity.order_probability(features) + propensity.churn_probability(features)
    np.testing.assert_allclose(both, 1.0)


@pytest.mark.parametrize("settings", [PropensitySettings(), RULES], ids=["model", "rules"])
def test_contributions_add_up_to_the_margin(everyone_tables: list[CustomerTable], settings: PropensitySettings) -> None:
    """For buyers, visitors and odd customers, in each tier, to a millionth."""
    propensity = Propensity.fit(everyone_tables, settings)
    for features in (everyone_tables[-1].features, odd_features(), no_features()):
        told = propensity.contributions(features)
        assert told.names == features.names
        assert told.values.shape == (len(features), len(features.names) + 1)
        np.testing.assert_allclose(told.values.sum(axis=1), propensity.margin(features), rtol=1e-9, atol=1e-6)


def test_the_gate_says_why(propensity: Propensity) -> None:
    """The model serves because its trial was better than the rule's; figures of every method are kept."""
    assert propensity.gate.passed
    assert "for buyers the model's log loss at the newest training cutoff" in propensity.gate.reasons[0]
    assert propensity.gate.reasons[0].endswith("the model serves")
    figures = propensity.figures
    assert figures["log_loss_model"] < figures["log_loss_rule"] < figures["log_loss_base_rate"]


def test_a_model_that_loses_its_trial_does_not_serve(tables: list[CustomerTable]) -> None:
    """Where customers order just as the rule says, a model that believes every row is worse, and the rule serves."""
    rng = np.random.default_rng(1)
    rule = ChurnRule.fit(tables, tables[-1].features, tables[-1].horizon_days)
    drawn = [
        replace(table, order_count=(rng.random(len(table)) < rule.order_probability(table.features)).astype(np.int64))
        for table in tables
    ]
    believing = BoostedSettings(rounds=100, leaves=60, leaf_customers=5, learning_rate=0.5)
    propensity = Propensity.fit(drawn, PropensitySettings(blend=BlendSettings(boosted=believing)))
    assert propensity.tier == "rules"
    assert not propensity.gate.passed
    assert propensity.gate.reasons[0].endswith("the rule serves")


def test_too_few_orders_keep_the_rules(tables: list[CustomerTable]) -> None:
    """With fewer rows of one kind than are needed, the sentence names how many there are."""
    few = [tables[-1].take(np.flatnonzero(~tables[-1].ordered)[:20])]
    propensity = Propensity.fit(few)
    assert propensity.tier == "rules"
    needed = "at least 100 rows that ordered and 100 that did not are needed; there are"
    assert propensity.gate.reasons == (
        f"for buyers {needed} 0 and 20: the rule serves",
        f"for visitors {needed} 0 and 0: the rule serves",
    )


def test_without_tables_the_rules_answer(tables: list[CustomerTable]) -> None:
    """Known customers and a horizon are enough for a chance; with neither there is nothing to fit."""
    propensity = Propensity.fit([], known=tables[-1].features, horizon_days=14)
    assert (propensity.tier, propensity.visitor_tier, propensity.horizon_days) == ("rules", "rules", 14)
    assert isinstance(propensity.buyers, ChurnRule)
    assert isinstance(propensity.visitors, VisitorRate)
    with pytest.raises(HuitouError, match="a propensity needs tables, or known customers and a horizon; got neither"):
        Propensity.fit([])


def test_other_columns_are_refused_with_the_difference(propensity: Propensity) -> None:
    """A renamed feature is named with what was trained."""
    known = odd_features()
    names = tuple("view_count_8d" if name == "view_count_7d" else name for name in known.names)
    with pytest.raises(HuitouError) as error:
        propensity.order_probability(CustomerFeatures(known.customer_ids, names, known.values))
    assert error.value.message == (
        "This propensity model was trained with other features:  - view_count_7d  + view_count_8d.  "
        "Train again, or serve the bundle that fits."
    )


def test_saving_keeps_tier_gate_and_margins(
    propensity: Propensity, everyone_tables: list[CustomerTable], tmp_path: Path
) -> None:
    """Everything that is asked of a loaded propensity is as before, and the folder holds text only."""
    propensity.save(tmp_path)
    loaded = Propensity.load(tmp_path)
    features = everyone_tables[-1].features
    np.testing.assert_array_equal(loaded.margin(features), propensity.margin(features))
    np.testing.assert_array_equal(loaded.contributions(features).values, propensity.contributions(features).values)
    assert (loaded.gate, loaded.figures, loaded.schema) == (propensity.gate, propensity.figures, propensity.schema)
    assert {file.suffix for file in tmp_path.rglob("*") if file.is_file()} == {".json", ".txt"}


@pytest.mark.parametrize("broken", ["", "[]", '{"buyers": "pickle"}', "{}"])
def test_a_broken_folder_is_refused(propensity: Propensity, tmp_path: Path, broken: str) -> None:
    """A file that is not what was saved gives one clear line with the folder."""
    propensity.save(tmp_path)
    (tmp_path / "propensity.json").write_text(broken)
    with pytest.raises(HuitouError, match="must be a folder as Huitou saved it; .* cannot be read"):
        Propensity.load(tmp_path)


def test_a_missing_part_is_refused(propensity: Propensity, tmp_path: Path) -> None:
    """Without the trees of the buyers nothing is loaded."""
    propensity.save(tmp_path)
    (tmp_path / "buyers" / "trees.txt").unlink()
    with pytest.raises(HuitouError, match="Restore the bundle, or train again."):
        Propensity.load(tmp_path)


def test_saved_figures_are_plain_json(propensity: Propensity, tmp_path: Path) -> None:
    """The file of a propensity is JSON without NaN."""
    propensity.save(tmp_path)
    for file in tmp_path.rglob("*.json"):
        json.dumps(json.loads(file.read_text()), allow_nan=False)
