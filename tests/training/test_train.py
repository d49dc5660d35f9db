"""One training: horizons side by side, what is recorded of it, and the gate between a challenger and the champion."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.schema import FeatureSchema
from features.shop_folder import ShopFolder
from tests.rules_bundle import rules_bundle
from tests.training.customers.planted import AS_OF, HORIZON_DAYS, planted_shop
from training.bundle import Bundle
from training.customers.fitting import PropensityTraining, known_customers, training_tables
from training.customers.scorers.rules import VisitorRate
from training.gate import Gate
from training.recommend.fitting import RecommenderTraining
from training.recommend.recommender import Recommender
from training.registry import Registry
from training.tables import KINDS
from training.train import TrainingOutcome, bundle_gate, champion, champion_or_none, numbered, readable_champion, train

RECOMMENDER = RecommenderTraining(Recommender(), Gate(False, ("the rule serves",)), (), {})
HALF = float(np.log(2))
"""The log loss of who says one half of everybody."""


@dataclass(frozen=True)
class Trained:
    """A shop after its first training, and what was said on the way."""

    folder: ShopFolder
    registry: Registry
    outcome: TrainingOutcome
    said: list[str]


@pytest.fixture(scope="module")
def behaviour(tmp_path_factory: pytest.TempPathFactory) -> Behaviour:
    """Sixty people of whom some are regulars, some have left and some only look."""
    return planted_shop(tmp_path_factory.mktemp("shop") / "shop", customers=60)


@pytest.fixture(scope="module")
def trained(behaviour: Behaviour, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = ShopFolder.create(tmp_path_factory.mktemp("trained"))
    registry, said = Registry(folder), list[str]()
    assert champion_or_none(registry, folder.bundles) is None
    with pytest.raises(HuitouError, match=r"^this shop has no champion yet\. Train first: huitou train\.$"):
        champion(registry, folder.bundles)
    outcome = train(behaviour, registry, folder.bundles, AS_OF, None, said.append)
    return Trained(folder, registry, outcome, said)


def test_horizons_are_trained_side_by_side(trained: Trained) -> None:
    """The shop's own horizon is the main one, the others offered are trained beside it, and each step is said."""
    bundle = trained.outcome.bundle
    assert bundle.propensity.horizon_days == bundle.outlook.horizon_days == 14
    assert bundle.horizons_days == (7, 14, 30)
    steps = [line for line in trained.said if line.startswith("fitting who will order within")]
    assert steps == [f"fitting who will order within {days} days" for days in (14, 7, 30)]
    assert not (trained.folder.bundles / "new").exists()


def test_what_is_recorded(trained: Trained) -> None:
    """The version names its horizons, tiers and methods; its notes hold cutoffs, gates and the shop's rhythm."""
    version = trained.registry.champion()
    assert version is not None
    bundle = trained.outcome.bundle
    assert (version.number, bundle.version) == (1, 1)
    record = json.loads(next(trained.folder.registry.rglob("record.json")).read_text(encoding="utf-8"))
    assert (record["params"]["horizon_days"], record["params"]["horizons_days"]) == ("14", "7, 14, 30")
    assert version.tags["propensity_tier"] == bundle.propensity.tier
    assert {kind: version.tags[f"{kind}_method"] for kind in KINDS} == bundle.propensity.methods
    assert version.metrics["churn_log_loss"] == pytest.approx(trained.outcome.log_losses["served"])
    assert bundle.notes["shop_horizon"]["recommended_days"] == 14
    assert len(bundle.notes["propensity_cutoffs"]) > 2
    assert bundle.notes["propensity_gate"]["reasons"]


def test_the_champion_is_what_was_trained(trained: Trained, behaviour: Behaviour) -> None:
    """What the registry gives back says of everybody what the training's bundle says."""
    served = champion(trained.registry, trained.folder.bundles)
    known = known_customers(behaviour, AS_OF)
    for days, chance in trained.outcome.bundle.order_probabilities(known).items():
        np.testing.assert_array_equal(served.order_probabilities(known)[days], chance)
    assert served.label == trained.outcome.bundle.label


def test_a_version_by_its_number(trained: Trained) -> None:
    """Any version can be had, not only the champion; of one that is not there the others are told."""
    assert numbered(trained.registry, trained.folder.bundles, 1).version == 1
    with pytest.raises(HuitouError) as caught:
        numbered(trained.registry, trained.folder.bundles, 7)
    assert caught.value.message == "version must be one of 1; got 7. See them with: huitou models list"


@pytest.fixture(scope="module")
def challenger(behaviour: Behaviour) -> PropensityTraining:
    """A training with tables, whose log loss a test may set."""
    known = known_customers(behaviour, AS_OF)
    rules = rules_bundle(behaviour, AS_OF, (HORIZON_DAYS,)).propensity
    tables = training_tables(behaviour, AS_OF, HORIZON_DAYS)
    return PropensityTraining(rules, tuple(tables), known)


def losing(challenger: PropensityTraining, loss: float) -> PropensityTraining:
    """The same with another log loss."""
    return replace(challenger, propensity=replace(challenger.propensity, figures={"log_loss_served": loss}))


def guessing(behaviour: Behaviour, at: datetime, horizon_days: int = HORIZON_DAYS) -> Bundle:
    """A champion that says one half of everybody."""
    bundle = rules_bundle(behaviour, at, (horizon_days,))
    scorers = dict.fromkeys(KINDS, VisitorRate(0.5))
    return replace(bundle, propensity=replace(bundle.propensity, scorers=scorers))


EARLIER = AS_OF - timedelta(days=3 * HORIZON_DAYS)


@pytest.mark.parametrize(("loss", "passed"), [(HALF, True), (1.019 * HALF, True), (1.021 * HALF, False)])
def test_a_challenger_may_be_a_little_worse(
    loss: float, passed: bool, challenger: PropensityTraining, behaviour: Behaviour
) -> None:
    """Up to two in a hundred above the champion's log loss on the same customers it serves, beyond it does not."""
    gate = bundle_gate(guessing(behaviour, EARLIER), losing(challenger, loss), RECOMMENDER)
    assert gate.passed is passed
    assert gate.reasons[0] == (
        f"the log loss at the newest cutoff may exceed the champion's by at most 2%: {loss:.4f} against {HALF:.4f}: "
        f"{'passed' if passed else 'the champion stays'}"
    )
    assert gate.reasons[-1] == "the rule serves"


def test_what_cannot_be_compared_serves(challenger: PropensityTraining, behaviour: Behaviour) -> None:
    """Without a champion, or with one that knows the answers, another horizon or other features, the newest serves."""
    bad = losing(challenger, 9.9)
    fewer = guessing(behaviour, EARLIER)
    names = FeatureSchema(fewer.propensity.schema.columns[:-1])
    fewer = replace(fewer, propensity=replace(fewer.propensity, schema=names))
    untried, newer = replace(bad, tables=()), guessing(behaviour, AS_OF)
    for before, given, why in (
        (None, bad, "there is no champion yet"),
        (guessing(behaviour, EARLIER), untried, "there is too little data to compare with the champion"),
        (newer, bad, "the champion was itself trained on the newest labels and cannot be compared"),
        (guessing(behaviour, EARLIER, 7), bad, "the champion looks another number of days ahead"),
        (fewer, bad, "the champion knows other features"),
    ):
        gate = bundle_gate(before, given, RECOMMENDER)
        assert (gate.passed, gate.reasons[0]) == (True, f"{why}: the newest version serves")


def test_customers_are_compared_with_it(trained: Trained) -> None:
    """A training says whom customers are like; sixty people are too few for clusters, and that is said."""
    alike = champion(trained.registry, trained.folder.bundles).alike
    assert alike.as_dict() == trained.outcome.bundle.alike.as_dict()
    assert 0 < alike.people <= 60
    assert alike.why_none is not None
    assert {"comparing customers", "looking for clusters"} <= set(trained.said)


def test_a_champion_of_an_older_huitou_is_no_champion(
    behaviour: Behaviour, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bundle in a format that is no longer read does not stand in the way of the next training."""
    folder = ShopFolder.create(tmp_path)
    registry = Registry(folder)
    with monkeypatch.context() as older:
        older.setattr("training.bundle.FORMAT", 1)
        rules_bundle(behaviour, AS_OF).save(tmp_path / "older")
    registry.record(tmp_path / "older", params={}, metrics={}, tags={}, gate=Gate(True, ("it served",)))
    with pytest.raises(HuitouError, match=r"has format 1\. Train again\.$"):
        champion(registry, folder.bundles)
    assert readable_champion(registry, folder.bundles) is None
