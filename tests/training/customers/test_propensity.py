"""Who will order within the horizon: kinds of people, tiers, gate, contributions, saving."""

from __future__ import annotations

import json
import re
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
from training.customers.explaining.concepts import CONCEPTS, grouped
from training.customers.propensity import SCORERS, Propensity, PropensitySettings
from training.customers.scorers.blend import Blend, BlendSettings
from training.customers.scorers.boosted import BoostedSettings
from training.customers.scorers.priors import LogisticPrior
from training.customers.scorers.rules import ChurnRule, VisitorRate
from training.tables import KINDS, CustomerTable, buyers, kind_codes

LAST = re.compile(
    r"^for buyers together what serves may exceed the log loss of the best method \((?P<best>\w+)\) by at most "
    r"(?P<tolerance>\d+)%: (?P<served>\d\.\d{4}) against (?P<least>\d\.\d{4}): (?P<verdict>met|not met)$"
)
"""The last sentence of a gate that had a trial."""


class TestModelTier(SavedChecks):
    """The trained tier keeps the promises of every model."""

    def fit(self, tables: Sequence[CustomerTable]) -> Predictor:
        return Propensity.fit(tables)


class TestRulesTier(SavedChecks):
    """The rules tier keeps the same promises, on as few customers as it is made for."""

    def fit(self, tables: Sequence[CustomerTable]) -> Predictor:
        return Propensity.fit([few(tables)])


def few(tables: Sequence[CustomerTable]) -> CustomerTable:
    """Forty customers of the newest cutoff: too few to try anything on."""
    return tables[-1].take(np.arange(0, len(tables[-1]), len(tables[-1]) // 40)[:40])


@pytest.fixture(scope="module")
def propensity(everyone_tables: list[CustomerTable]) -> Propensity:
    """Trained on buyers and visitors of the planted shop."""
    return Propensity.fit(everyone_tables)


def test_each_kind_has_a_method_of_its_own(propensity: Propensity, everyone_tables: list[CustomerTable]) -> None:
    """Regulars a model, the few who ordered once the rule, visitors a regression; each at the level of its kind."""
    assert propensity.methods == {"visitor": "logistic_visits", "one_order": "rule", "repeat": "blend"}
    assert propensity.tiers == {"visitor": "priors", "one_order": "rules", "repeat": "model"}
    assert propensity.tier == "model"
    assert [type(propensity.scorers[kind]) for kind in KINDS] == [LogisticPrior, ChurnRule, Blend]
    newest = everyone_tables[-1]
    chance, kind = propensity.order_probability(newest.features), kind_codes(newest.features)
    for code in range(len(KINDS)):
        assert chance[kind == code].mean() == pytest.approx(newest.ordered[kind == code].mean(), abs=0.06)
    assert roc_auc_score(newest.ordered[kind == 2], chance[kind == 2]) > 0.85


def test_the_tier_is_the_richer_of_the_buyers(propensity: Propensity) -> None:
    """Whatever answers for visitors, and whichever of both kinds of buyers it is."""
    for one, repeat, tier in (("rule", "rule", "rules"), ("mbg_nbd", "rule", "priors"), ("rule", "stacked", "model")):
        methods = {"visitor": "logistic_visits", "one_order": one, "repeat": repeat}
        assert replace(propensity, methods=methods).tier == tier


def test_churn_is_the_complement(propensity: Propensity, everyone_tables: list[CustomerTable]) -> None:
    """Chance of an order and chance of churn add up to one."""
    features = everyone_tables[-1].features
    both = propensity.order_probability(features) + propensity.churn_probability(features)
    np.testing.assert_allclose(both, 1.0)


@pytest.mark.parametrize("size", ["all", "few"])
def test_contributions_add_up_to_the_margin(
    propensity: Propensity, everyone_tables: list[CustomerTable], size: str
) -> None:
    """For buyers, visitors and odd customers, in each tier, by feature and by concept, to a millionth."""
    asked = propensity if size == "all" else Propensity.fit([few(everyone_tables)])
    for features in (everyone_tables[-1].features, odd_features(), no_features()):
        margin, told = asked.margin(features), asked.contributions(features)
        by_concept = asked.concept_contributions(features)
        assert told.names == features.names
        assert told.values.shape == (len(features), len(features.names) + 1)
        assert by_concept.shape == (len(features), len(CONCEPTS) + 1)
        np.testing.assert_allclose(told.values.sum(axis=1), margin, rtol=0, atol=1e-6)
        np.testing.assert_allclose(by_concept, grouped(told.values, features.names), rtol=0, atol=1e-6)


def test_the_gate_says_why(propensity: Propensity, everyone_tables: list[CustomerTable]) -> None:
    """Sentences for each kind in turn, and one that holds what serves buyers against the best of all that was tried."""
    kinds = [reason.split(":")[0] for reason in propensity.gate.reasons[:-1]]
    assert kinds == ["visitor", "visitor", "one-order", "repeat", "repeat"]
    last = LAST.match(propensity.gate.reasons[-1])
    assert last is not None
    figures = propensity.figures
    tried = {name.removeprefix("log_loss_"): loss for name, loss in figures.items() if name.startswith("log_loss_")}
    served = tried.pop("served")
    assert last["best"] == min(tried, key=lambda name: tried[name])
    assert (last["tolerance"], last["served"], last["least"]) == ("2", f"{served:.4f}", f"{min(tried.values()):.4f}")
    assert propensity.gate.passed == (served <= 1.02 * min(tried.values())) == (last["verdict"] == "met")
    lenient = Propensity.fit(everyone_tables, PropensitySettings(tolerance=0.5))
    assert lenient.gate.passed
    assert lenient.gate.reasons[-1].endswith(": met")
    strict = Propensity.fit(everyone_tables, PropensitySettings(tolerance=-0.5))
    assert not strict.gate.passed
    assert strict.gate.reasons[-1].endswith(": not met")


def test_a_model_that_loses_its_trial_does_not_serve(tables: list[CustomerTable]) -> None:
    """Where customers order just as the rule says, trees that believe every row lose, and a simpler tier serves."""
    rng = np.random.default_rng(1)
    rule = ChurnRule.fit(tables, tables[-1].features, tables[-1].horizon_days)
    drawn = [
        replace(table, order_count=(rng.random(len(table)) < rule.order_probability(table.features)).astype(np.int64))
        for table in tables
    ]
    believing = BoostedSettings(rounds=100, leaves=60, leaf_customers=5, learning_rate=0.5)
    propensity = Propensity.fit(drawn, PropensitySettings(blend=BlendSettings(boosted=believing)))
    assert propensity.tier != "model"
    assert propensity.figures["repeat_log_loss_blend"] > propensity.figures["repeat_log_loss_rule"]
    assert f"{propensity.methods['repeat']} serves" in propensity.gate.reasons[-2]


def test_too_few_customers_keep_the_rules(tables: list[CustomerTable]) -> None:
    """With fewer of a kind than are needed, the sentence names how many there are."""
    table = few(tables)
    counts = np.bincount(kind_codes(table.features), minlength=len(KINDS))
    propensity = Propensity.fit([table])
    assert propensity.tier == "rules"
    assert propensity.figures["log_loss_served"] == propensity.figures["log_loss_rule"]
    needed = "a trial needs 50 customers at a past cutoff; there are"
    assert propensity.gate.reasons[:-1] == (
        f"visitor: {needed} 0: rate serves",
        f"one-order: {needed} {counts[1]}: rule serves",
        f"repeat: {needed} {counts[2]}: rule serves",
    )


def test_without_tables_the_rules_answer(tables: list[CustomerTable]) -> None:
    """Known customers and a horizon are enough for a chance; with neither there is nothing to fit."""
    propensity = Propensity.fit([], known=tables[-1].features, horizon_days=14)
    assert (propensity.tier, propensity.horizon_days) == ("rules", 14)
    assert set(propensity.tiers.values()) == {"rules"}
    assert not propensity.gate.passed
    assert len(propensity.gate.reasons) == 3
    assert [type(propensity.scorers[kind]) for kind in KINDS] == [VisitorRate, ChurnRule, ChurnRule]
    for nothing in ({}, {"known": tables[-1].features}, {"horizon_days": 14}):
        with pytest.raises(HuitouError) as error:
            Propensity.fit([], **nothing)
        assert error.value.message == (
            "a propensity needs tables, or known customers and a horizon; got neither. Import events first."
        )


def test_a_shop_without_buyers_or_without_visitors_is_answered(everyone_tables: list[CustomerTable]) -> None:
    """Kinds that are not there yet get the rules; whoever comes has a chance."""
    newest = everyone_tables[-1].features
    for bought in (True, False):
        own = [table.take(buyers(table.features) == bought) for table in everyone_tables]
        propensity = Propensity.fit(own)
        chance = propensity.order_probability(newest)
        assert np.all((chance > 0) & (chance < 1))
        assert propensity.tiers["visitor" if bought else "repeat"] == "rules"


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


def test_saving_keeps_methods_gate_and_margins(
    propensity: Propensity, everyone_tables: list[CustomerTable], tmp_path: Path
) -> None:
    """Everything that is asked of a loaded propensity is as before, and the folder holds text only."""
    propensity.save(tmp_path)
    loaded = Propensity.load(tmp_path)
    features = everyone_tables[-1].features
    np.testing.assert_array_equal(loaded.margin(features), propensity.margin(features))
    np.testing.assert_array_equal(loaded.contributions(features).values, propensity.contributions(features).values)
    np.testing.assert_array_equal(loaded.order_probability(features), propensity.order_probability(features))
    for name in ("gate", "figures", "schema", "methods", "tiers", "horizon_days", "feature_names"):
        assert getattr(loaded, name) == getattr(propensity, name), name
    assert {file.suffix for file in tmp_path.rglob("*") if file.is_file()} == {".json", ".txt"}
    assert {folder.name for folder in tmp_path.iterdir() if folder.is_dir()} == set(KINDS)
    said = json.loads((tmp_path / "propensity.json").read_text(encoding="utf-8"))
    assert said["scorers"] == {"visitor": "logistic", "one_order": "rule", "repeat": "blend"}
    assert set(said["scorers"].values()) < set(SCORERS)


@pytest.mark.parametrize("broken", ["", "[]", '{"scorers": {"repeat": "pickle"}}', "{}"])
def test_a_broken_folder_is_refused(propensity: Propensity, tmp_path: Path, broken: str) -> None:
    """A file that is not what was saved gives one clear line with the folder."""
    propensity.save(tmp_path)
    (tmp_path / "propensity.json").write_text(broken)
    with pytest.raises(HuitouError, match="must be a folder as Huitou saved it; .* cannot be read"):
        Propensity.load(tmp_path)


def test_a_missing_part_is_refused(propensity: Propensity, tmp_path: Path) -> None:
    """Without the trees of the regulars nothing is loaded."""
    propensity.save(tmp_path)
    (tmp_path / "repeat" / "trees.txt").unlink()
    with pytest.raises(HuitouError, match="Restore the bundle, or train again."):
        Propensity.load(tmp_path)


def test_saved_figures_are_plain_json(propensity: Propensity, tmp_path: Path) -> None:
    """The file of a propensity is JSON without NaN."""
    propensity.save(tmp_path)
    for file in tmp_path.rglob("*.json"):
        json.dumps(json.loads(file.read_text()), allow_nan=False)
