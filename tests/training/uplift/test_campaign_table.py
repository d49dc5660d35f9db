"""The training table: exactly what was known when a campaign chose somebody, and what came within the horizon."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from features.behaviour import Behaviour
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from tests.small_shop import append, by_customer, contacts, events, features, moment, shop
from tests.training.uplift.planted_shop import CAMPAIGN_DAYS, HORIZON_DAYS, START, PlantedShop, planted_shop
from training.uplift.campaign_members import randomised_campaigns
from training.uplift.campaign_table import CampaignTable, campaign_table

BEFORE = events(
    ("anna", "purchase", "tea", "2025-01-05T10:00Z", {"unit_price": 5, "order_id": "a1"}),
    ("anna", "view", "pot", "2025-01-20T10:00Z"),
    ("bert", "view", "tea", "2025-01-10T10:00Z"),
    ("bert", "cart", "tea", "2025-01-10T10:01Z"),
    ("carl", "purchase", "pot", "2025-01-12T10:00Z", {"unit_price": 20, "order_id": "c1"}),
)
AFTER = events(
    ("anna", "purchase", "tea", "2025-02-03T10:00Z", {"unit_price": 7, "order_id": "a2"}),
    ("bert", "purchase", "tea", "2025-02-04T10:00Z", {"unit_price": 5, "order_id": "b1"}),
    ("bert", "return", "tea", "2025-02-05T10:00Z", {"unit_price": 5, "order_id": "b1"}),
    ("carl", "purchase", "pot", "2025-02-11T10:00Z", {"unit_price": 20, "order_id": "c2"}),
    # It happened before the campaign, and became known after it.
    ("anna", "view", "kettle", "2025-01-30T10:00Z", {"known_at": "2025-02-02T10:00Z"}),
    ("zoe", "view", "tea", "2025-02-02T10:00Z"),
)
CUTOFF = moment("2025-02-01T09:00Z")
AS_OF = moment("2025-03-01T00:00Z")


def told(folder: ShopFolder) -> CampaignTable:
    """The table of a campaign on the first of February, with a horizon of ten days."""
    arms = {"anna": "treated", "bert": "control", "carl": "control", "zoe": "treated", "stranger": "treated"}
    rows = [
        (name, CUTOFF + timedelta(minutes=place), {"campaign_id": "c", "arm": arm, "known_at": CUTOFF})
        for place, (name, arm) in enumerate(arms.items())
    ]
    Warehouse.open(folder).append_contacts(contacts(*rows))
    behaviour = Behaviour.of(folder)
    campaigns = randomised_campaigns(behaviour.contacts, AS_OF, 10, "UTC")
    return campaign_table(behaviour, campaigns, 10, 1_000)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> CampaignTable:
    """Three people who were known, and two who were not."""
    folder = shop(tmp_path_factory.mktemp("shop"), buckets=3)
    append(folder, BEFORE, AFTER)
    return told(folder)


def test_features_are_those_of_the_moment(small: CampaignTable) -> None:
    """What came later, or became known later, changes nothing."""
    expected = by_customer(features(BEFORE, CUTOFF))
    found = by_customer(small.features)
    assert set(found) == {"anna", "bert", "carl"}
    for name, row in found.items():
        np.testing.assert_array_equal(row, expected[name], err_msg=name)


def test_outcomes_lie_within_the_horizon(small: CampaignTable) -> None:
    """An order that went back is none, one after ten days neither; spend is purchases less returns."""
    rows = {
        name: (bool(small.treated[row]), bool(small.ordered[row]), float(small.net_spend[row]))
        for row, name in enumerate(small.features.customer_ids.to_pylist())
    }
    assert rows == {"anna": (True, True, 7.0), "bert": (False, False, 0.0), "carl": (False, False, 0.0)}
    assert small.propensity.tolist() == pytest.approx([1 / 3] * 3)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[PlantedShop, CampaignTable]:
    """Two campaigns among the same people."""
    found = planted_shop(tmp_path_factory.mktemp("planted") / "shop", 0.3, customers=200)
    behaviour = found.behaviour
    as_of = behaviour.reader.moment_after(START)
    campaigns = randomised_campaigns(behaviour.contacts, as_of, HORIZON_DAYS, "UTC")
    return found, campaign_table(behaviour, campaigns, HORIZON_DAYS, 10_000)


def test_campaigns_are_pooled(planted: tuple[PlantedShop, CampaignTable]) -> None:
    """Everybody has a row for each campaign, and is one person in both."""
    _, table = planted
    assert np.bincount(table.campaign).tolist() == [200, 200]
    assert len(np.unique(table.orders.person)) == 200
    assert [each.begins for each in table.campaigns] == [START + timedelta(days=day) for day in CAMPAIGN_DAYS]
    shares = [table.treated[table.campaign == place].mean() for place in (0, 1)]
    assert sorted(set(table.propensity)) == pytest.approx(sorted(shares))


def test_what_is_tried_is_not_learned_from(planted: tuple[PlantedShop, CampaignTable]) -> None:
    """Horizons that ended before count for all; else nobody of the tried campaign is left."""
    _, table = planted
    assert len(table.before(1)) == 200
    assert set(table.before(1).campaign) == {0}
    overlapping = CampaignTable(
        table.features,
        table.campaign,
        table.campaigns,
        table.treated,
        table.ordered,
        table.net_spend,
        [end + timedelta(days=30) for end in table.ends],
    )
    assert len(overlapping.before(1)) == 0


def test_a_sample_is_whole_buckets(tmp_path: Path) -> None:
    """Of more people than asked for, those of some buckets are looked at."""
    found = planted_shop(tmp_path / "shop", 0.0, customers=100).behaviour
    campaigns = randomised_campaigns(found.contacts, found.reader.moment_after(START), HORIZON_DAYS, "UTC")
    assert len(campaign_table(found, campaigns, HORIZON_DAYS, 2)) < 200
