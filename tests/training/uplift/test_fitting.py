"""Training uplift from a shop's own campaigns: what was planted is found, and without an effect no model serves."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from features.customers import CustomerFeatures, customer_features
from tests.training.uplift.planted_shop import HORIZON_DAYS, START, PlantedShop, browses, planted_shop
from training.uplift.fitting import fit_uplift
from training.uplift.settings import UpliftSettings
from training.uplift.uplift import Uplift

QUICK = UpliftSettings(choice_repeats=1)


def fitted(shop: PlantedShop, settings: UpliftSettings = QUICK) -> Uplift:
    """What is learned from all that a shop knows."""
    behaviour = shop.behaviour
    return fit_uplift(behaviour, behaviour.reader.moment_after(START), HORIZON_DAYS, settings=settings)


def people(shop: PlantedShop) -> CustomerFeatures:
    """The customers of the first bucket as they were when the second campaign chose them."""
    behaviour = shop.behaviour
    at = behaviour.contacts["contacted_at"].to_pylist()
    cutoff = max(at)
    return customer_features(behaviour.history(0, cutoff, behaviour.catalogue(cutoff)))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> PlantedShop:
    """A shop in which a message makes a third of those who browse order."""
    return planted_shop(tmp_path_factory.mktemp("planted") / "shop", 0.35, customers=900)


@pytest.fixture(scope="module")
def found(shop: PlantedShop) -> Uplift:
    """What was learned from it."""
    return fitted(shop)


def test_planted_uplift_is_found(shop: PlantedShop, found: Uplift) -> None:
    """The model serves, and says of those who browse what was planted, of the others nearly nothing."""
    assert found.serves
    assert found.horizon_days == HORIZON_DAYS
    assert found.why["en"].startswith("on 900 people of campaign day 90, which it had not seen, its Qini is +0.0")
    assert found.why["en"].endswith("above zero")
    features = people(shop)
    uplift = found.uplift(features)
    browsing = np.array([browses(int(name.split("-")[1])) for name in features.customer_ids.to_pylist()])
    assert np.nanmean(uplift[browsing]) == pytest.approx(0.35, abs=0.1)
    assert np.nanmean(uplift[~browsing]) == pytest.approx(0, abs=0.1)


def test_the_newest_campaign_is_held_out(found: Uplift) -> None:
    """Its figures stand beside those of every baseline, none of which finds as much."""
    held_out = found.figures["held_out"]
    assert held_out["campaign"] == "day 90"
    methods = held_out["methods"]
    assert set(methods) == {"model", "random", "risk", "response", "rfm"}
    assert all(
        methods["model"]["qini"]["value"] > told["qini"]["value"] for name, told in methods.items() if name != "model"
    )
    assert held_out["net_spend"]["qini"]["low"] > 0
    assert [row["tenth"] for row in held_out["tenths"]] == list(range(1, 11))
    assert sum(row["people"] for row in held_out["tenths"]) == 900
    assert held_out["tenths"][0]["seen"] > 0.15
    assert {"customers", "features", "score"} <= set(held_out["drift"])
    assert [(row["campaign"], row["qini"]) for row in found.figures["rolling"]] == [
        ("day 90", methods["model"]["qini"])
    ]


def test_figures_are_plain_json(found: Uplift) -> None:
    """What is kept and told of a training has no number that JSON lacks."""
    assert json.loads(json.dumps(found.report(), allow_nan=False)) == json.loads(json.dumps(found.report()))
    metrics = found.metrics()
    assert metrics["uplift_qini_low"] > 0
    assert metrics["uplift_top_20pct"] > metrics["uplift_overall"]


def test_campaigns_are_told(found: Uplift) -> None:
    """Both arms of each, with their orders."""
    for told in found.figures["campaigns"]:
        assert told["treated"] + told["control"] == 900
        assert told["treated_orders"] / told["treated"] > told["control_orders"] / told["control"]


def test_without_an_effect_there_is_no_model(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A message that changes nothing leaves the gate shut, and the sentence says what was seen."""
    none = fitted(planted_shop(tmp_path_factory.mktemp("none") / "shop", 0.0, customers=900))
    assert not none.serves
    assert none.why["en"].endswith("not surely better than drawing by lot")
    assert none.why["zh"].endswith("不能确定优于随机抽取")
    assert "held_out" in none.figures


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (replace(QUICK, campaigns=3), "2 campaigns with a control group and a complete horizon so far, and it takes 3"),
        (replace(QUICK, people_per_arm=600), "0 campaigns with a control group and a complete horizon so far"),
        (replace(QUICK, orders=5_000), "2 campaigns were too small"),
        (replace(QUICK, most_campaigns=1), "1 campaign with a control group"),
    ],
    ids=["too few campaigns", "too few people", "too few orders", "one campaign"],
)
def test_too_little_is_told(settings: UpliftSettings, said: str, shop: PlantedShop) -> None:
    """There is no model, and the sentence says what is missing."""
    found = fitted(shop, settings)
    assert not found.serves
    assert said in found.why["en"]
    assert np.isnan(found.uplift(people(shop))).all()
    assert found.metrics() == {}


def test_other_kinds_have_no_uplift(shop: PlantedShop) -> None:
    """Of kinds that no campaign chose enough of, nothing is said."""
    found = fitted(shop, replace(QUICK, people_per_kind=10_000))
    assert found.model is not None
    assert found.model.kinds == ()
    assert np.isnan(found.uplift(people(shop))).all()


def test_every_campaign_is_held_out_in_its_turn(tmp_path_factory: pytest.TempPathFactory) -> None:
    """With three campaigns the second is told by the first, and the third by both."""
    path = tmp_path_factory.mktemp("three") / "shop"
    three = fitted(planted_shop(path, 0.5, customers=450, campaign_days=(55, 75, 95)))
    assert [row["campaign"] for row in three.figures["rolling"]] == ["day 75", "day 95"]
    assert three.figures["held_out"]["campaign"] == "day 95"
    assert all(row["qini"]["value"] > 0 for row in three.figures["rolling"])
