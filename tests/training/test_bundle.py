"""Bundles: everything that was trained, saved and read back, and horizons that do not contradict each other."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from features.behaviour import Behaviour
from features.customers import CustomerFeatures, customer_features
from features.errors import HuitouError
from features.shop_folder import ShopFolder
from tests.rules_bundle import rules_bundle
from tests.small_shop import append, moment, random_events, shop
from training.bundle import Bundle
from training.customers.ahead.timing import customer_gaps
from training.customers.propensity import Propensity
from training.customers.scorers.rules import VisitorRate
from training.tables import KINDS

AT = moment("2025-03-01T00:00Z")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> ShopFolder:
    """A shop of buyers and visitors."""
    folder = shop(tmp_path_factory.mktemp("shop"), buckets=1)
    append(folder, random_events(1, 400, customers=60))
    return folder


@pytest.fixture(scope="module")
def bundle(folder: ShopFolder) -> Bundle:
    """Rules of four horizons, sixty days being the main one."""
    return replace(rules_bundle(Behaviour.of(folder), AT, (60, 7, 30, 180)), notes={"why": "回头"})


@pytest.fixture(scope="module")
def features(folder: ShopFolder) -> CustomerFeatures:
    """Everybody."""
    behaviour = Behaviour.of(folder)
    return customer_features(behaviour.history(0, AT, behaviour.catalogue(AT)))


def saying(propensity: Propensity, chance: float) -> Propensity:
    """The same with one chance for everybody."""
    return replace(propensity, scorers=dict.fromkeys(KINDS, VisitorRate(chance)))


def test_every_horizon_has_a_chance(bundle: Bundle, features: CustomerFeatures) -> None:
    """The main horizon comes first, and every chance lies inside (0, 1)."""
    found = bundle.order_probabilities(features)
    assert bundle.horizons_days == (7, 30, 60, 180)
    assert next(iter(found)) == 60
    assert tuple(sorted(found)) == bundle.horizons_days
    for chance in found.values():
        assert chance.shape == (len(features),)
        assert ((chance > 0) & (chance < 1)).all()


def test_more_time_never_makes_an_order_less_likely(bundle: Bundle, features: CustomerFeatures) -> None:
    """For each customer the chances rise with the horizon, and the main horizon's are what its model says."""
    found = bundle.order_probabilities(features)
    np.testing.assert_array_equal(found[60], bundle.propensity.order_probability(features))
    rising = np.array([found[days] for days in bundle.horizons_days])
    assert (np.diff(rising, axis=0) >= 0).all()
    assert (np.diff(rising, axis=0) > 0).any()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ((0.1, 0.2, 0.4, 0.8), (0.1, 0.2, 0.4, 0.8)),
        ((0.9, 0.2, 0.4, 0.8), (0.2, 0.2, 0.4, 0.8)),
        ((0.1, 0.9, 0.4, 0.3), (0.1, 0.4, 0.4, 0.4)),
        ((0.6, 0.5, 0.4, 0.3), (0.4, 0.4, 0.4, 0.4)),
    ],
    ids=["agreed", "a week above a month", "both beside the main one", "all against it"],
)
def test_the_main_horizon_is_right(
    said: tuple[float, ...], told: tuple[float, ...], bundle: Bundle, features: CustomerFeatures
) -> None:
    """Other horizons are moved just as far as they contradict the main one, or one between that already agrees."""
    week, month, main, half_year = said
    others = [saying(each, chance) for each, chance in zip(bundle.others, (week, month, half_year), strict=True)]
    found = replace(bundle, propensity=saying(bundle.propensity, main), others=tuple(others))
    chances = found.order_probabilities(features)
    for days, chance in zip((7, 30, 60, 180), told, strict=True):
        np.testing.assert_allclose(chances[days], chance)


def test_one_horizon_is_enough(folder: ShopFolder, features: CustomerFeatures) -> None:
    """Without others the main horizon is all there is."""
    alone = rules_bundle(Behaviour.of(folder), AT, (60,))
    assert alone.horizons_days == (60,)
    assert list(alone.order_probabilities(features)) == [60]


def test_save_and_load(bundle: Bundle, folder: ShopFolder, features: CustomerFeatures, tmp_path: Path) -> None:
    """What was read back says the same of everybody: chances, outlook, origin and notes."""
    bundle.save(tmp_path)
    loaded = Bundle.load(tmp_path, 3)
    assert (loaded.as_of, loaded.event_version, loaded.notes) == (AT, bundle.event_version, {"why": "回头"})
    assert loaded.horizons_days == bundle.horizons_days
    assert (bundle.label, loaded.label) == ("7 (rules, rules)", "3 (rules, rules)")
    assert replace(loaded, version=None).label == "unregistered (rules, rules)"
    for days, chance in bundle.order_probabilities(features).items():
        np.testing.assert_array_equal(loaded.order_probabilities(features)[days], chance)
    behaviour = Behaviour.of(folder)
    gaps = customer_gaps(behaviour.history(0, AT, behaviour.catalogue(AT)))
    for name, values in bundle.outlook.columns(features, gaps).items():
        np.testing.assert_allclose(loaded.outlook.columns(features, gaps)[name], values, err_msg=name)


def test_another_format_is_refused(bundle: Bundle, tmp_path: Path) -> None:
    """A bundle of an older Huitou is told with what to do, before anything of it is read."""
    bundle.save(tmp_path)
    said = json.loads((tmp_path / "bundle.json").read_text(encoding="utf-8"))
    (tmp_path / "bundle.json").write_text(json.dumps({"format": 1, "as_of": said["as_of"]}), encoding="utf-8")
    with pytest.raises(HuitouError) as refused:
        Bundle.load(tmp_path)
    assert str(refused.value) == f"this Huitou reads bundles of format 3; {tmp_path} has format 1. Train again."


@pytest.mark.parametrize("name", ["bundle.json", "outlook/outlook.json", "propensity_7d/propensity.json"])
def test_a_broken_bundle_is_refused(name: str, bundle: Bundle, tmp_path: Path) -> None:
    """A part that is missing is one clear error."""
    bundle.save(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(HuitouError, match=r"cannot be read .*\. Restore .*, or train again\.$"):
        Bundle.load(tmp_path)
