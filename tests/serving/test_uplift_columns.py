"""What is published of uplift: how much likelier a message makes an order, what it earns, and which model says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from features.behaviour import Behaviour
from features.customers import CustomerFeatures, customer_features
from features.schema import FeatureSchema
from features.shop.groups.group_rules import GroupRules
from features.shop_folder import ShopFolder
from serving.publish import header_of
from serving.scoring import scored_table
from serving.snapshot_parts.manifest import Manifest, SnapshotContents, SnapshotHeader
from tests.rules_bundle import rules_bundle
from tests.small_shop import append, moment, random_events, shop
from training.bundle import Bundle
from training.uplift.levelled import Levelled
from training.uplift.qini import Trial
from training.uplift.uplift import Uplift, UpliftModel

AT = moment("2025-03-01T00:00Z")
WHY = {"en": "it passed", "zh": "通过"}
NOTHING = SnapshotContents(0, 0, 0, 0, {}, {}, {})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> ShopFolder:
    """Buyers and visitors."""
    made = shop(tmp_path_factory.mktemp("shop"), buckets=1)
    append(made, random_events(1, 900, customers=300))
    return made


@pytest.fixture(scope="module")
def features(folder: ShopFolder) -> CustomerFeatures:
    """Everybody."""
    behaviour = Behaviour.of(folder)
    return customer_features(behaviour.history(0, AT, behaviour.catalogue(AT)))


@pytest.fixture(scope="module")
def bundle(folder: ShopFolder, features: CustomerFeatures) -> Bundle:
    """Rules, and an uplift model of a campaign in which a message moved those who look at things."""
    random = np.random.default_rng(1)
    treated, moved = random.random(len(features)) < 0.5, features.column("view_count_all") > 0
    ordered = random.random(len(features)) < 0.1 + 0.6 * (treated & moved)
    levelled = Levelled.fit("interaction", features.values, Trial.of(treated, ordered.astype(float)))
    model = UpliftModel(levelled, FeatureSchema.of(features), ("one_order", "repeat"))
    return replace(rules_bundle(Behaviour.of(folder), AT, (30, 60)), uplift=Uplift(30, model, WHY))


def test_profit_is_what_a_message_adds(folder: ShopFolder, features: CustomerFeatures, bundle: Bundle) -> None:
    """Uplift times the value of an order times the margin, less the cost of a contact; null for other kinds."""
    behaviour = Behaviour.of(folder)
    history = behaviour.history(0, AT, behaviour.catalogue(AT))
    table = scored_table(behaviour, bundle, history, GroupRules.before(behaviour, AT, behaviour.catalogue(AT)))
    frame = table.to_pandas().set_index("customer_id")
    visitors = frame["kind"] == "visitor"
    assert visitors.any()
    assert (frame.loc[visitors, ["uplift_30d", "expected_incremental_profit"]].isna()).all(axis=None)
    rest = frame[~visitors]
    np.testing.assert_allclose(rest["uplift_30d"], bundle.uplift.uplift(features)[~visitors.to_numpy()], atol=1e-6)
    value = rest["expected_net_spend_30d"] / rest["expected_orders_30d"]
    expected = rest["uplift_30d"] * value * behaviour.settings.order_margin - behaviour.settings.contact_cost
    np.testing.assert_allclose(rest["expected_incremental_profit"], expected, rtol=0.02, atol=0.01)


def test_the_header_names_the_model(folder: ShopFolder, bundle: Bundle, tmp_path: Path) -> None:
    """Version and learner, or why there is none; both come back from the file."""
    behaviour = Behaviour.of(folder)
    header = header_of(behaviour, bundle, AT, AT)
    assert (header.uplift_version, header.uplift_why) == ("7 (interaction)", WHY)
    none = header_of(behaviour, replace(bundle, uplift=Uplift.none()), AT, AT)
    assert (none.uplift_version, none.uplift_why["en"]) == (None, "no uplift model was trained with this version")
    for each in (header, none):
        assert read_back(each, tmp_path) == each


def test_a_header_from_before_has_none(folder: ShopFolder, bundle: Bundle, tmp_path: Path) -> None:
    """A snapshot whose header says nothing of uplift is read, and has no model."""
    header = header_of(Behaviour.of(folder), bundle, AT, AT)
    text = Manifest(header, NOTHING, {}).to_json().replace('"uplift_v', '"other_v').replace('"uplift_w', '"other_w')
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    found = Manifest.read(tmp_path / "manifest.json").header
    assert (found.uplift_version, found.uplift_why) == (None, {})


def read_back(header: SnapshotHeader, folder: Path) -> SnapshotHeader:
    """The header as it comes from its file."""
    (folder / "manifest.json").write_text(Manifest(header, NOTHING, {}).to_json(), encoding="utf-8")
    return Manifest.read(folder / "manifest.json").header
