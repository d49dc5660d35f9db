"""Merged visitors in what is learnt from campaigns: whoever was chosen under two ids is one person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from features.behaviour import Behaviour
from features.contacts import contact_marks
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from serving.database.connection import Database
from serving.database.people.merged import Merged
from serving.privacy.merging import Merging
from tests.small_shop import append, contacts, events, shop
from training.uplift.campaign_members import randomised_campaigns
from training.uplift.campaign_table import CampaignTable, campaign_table

NOW = datetime(2025, 4, 1, 12, tzinfo=UTC)
CHOSEN_AT = datetime(2025, 2, 1, 9, tzinfo=UTC)
ARMS = {
    "anna": "control",
    "visitor:v": "treated",
    "visitor:w": "treated",
    "ben": "treated",
    "visitor:x": "control",
    "carl": "control",
}
"""Anna is the visitor v, and dora, whom nobody chose, is the visitor w; x is somebody else."""


@pytest.fixture
def folder(tmp_path: Path) -> ShopFolder:
    """A shop with a campaign that chose three customers and three visitors."""
    folder = shop(tmp_path / "shop")
    views = [
        (None, "view", "tea", "2025-01-10T10:00Z", {"visitor_id": who.removeprefix("visitor:")})
        if who.startswith("visitor:")
        else (who, "view", "tea", "2025-01-10T10:00Z")
        for who in (*ARMS, "dora")
    ]
    bought = (None, "purchase", "tea", "2025-02-03T10:00Z", {"visitor_id": "w", "unit_price": 5, "order_id": "w1"})
    append(folder, events(*views, bought))
    chosen = [(who, CHOSEN_AT, {"contact_id": "c", "campaign_id": "c", "arm": arm}) for who, arm in ARMS.items()]
    Warehouse.open(folder).append_contacts(contacts(*chosen))
    return folder


def merge(folder: ShopFolder, engine: Database) -> None:
    """Merge the two visitors who are customers."""
    merged = Merged(engine)
    merged.join("v", "anna", NOW)
    merged.join("w", "dora", NOW)
    Merging(folder, engine).carry_out()


def learnt(folder: ShopFolder) -> CampaignTable:
    """The table of the campaign."""
    behaviour = Behaviour.of(folder)
    campaigns = randomised_campaigns(behaviour.contacts, NOW, 10, "UTC")
    return campaign_table(behaviour, campaigns, 10, 1_000)


def arms(table: CampaignTable) -> dict[str, bool]:
    """Who is in the table, and who of them was written to."""
    ids = table.features.customer_ids.to_pylist()
    assert len(ids) == len({*ids})
    return dict(zip(ids, table.treated.tolist(), strict=True))


def test_the_uplift_table_knows_a_person_once(folder: ShopFolder, engine: Database) -> None:
    """Whom the campaign chose as a visitor is there with what the customer did; of two arms the own one counts."""
    assert arms(learnt(folder)) == {who: arm == "treated" for who, arm in ARMS.items()}
    merge(folder, engine)
    table = learnt(folder)
    assert arms(table) == {"anna": False, "dora": True, "ben": True, "visitor:x": False, "carl": False}
    ordered = dict(zip(table.features.customer_ids.to_pylist(), table.ordered.tolist(), strict=True))
    assert [who for who, did in ordered.items() if did] == ["dora"]
    [campaign] = table.campaigns
    assert (campaign.treated, campaign.control) == (2, 3)


def test_the_features_know_a_person_once(folder: ShopFolder, engine: Database) -> None:
    """A message to the visitor is one to the customer; one campaign counts once, and undone all is as it was."""
    Warehouse.open(folder).append_contacts(
        contacts(*((who, CHOSEN_AT, {"contact_id": "d", "campaign_id": "d"}) for who in ("anna", "visitor:v")))
    )
    everybody = pa.array(["anna", "dora", "ben", "visitor:v"])
    cutoff = CHOSEN_AT + timedelta(days=2)
    before = contact_marks(Behaviour.of(folder).contacts, everybody, cutoff)
    assert before.contact_count_30d.tolist() == [1, 0, 1, 2]
    merge(folder, engine)
    found = contact_marks(Behaviour.of(folder).contacts, everybody, cutoff)
    assert found.contact_count_30d.tolist() == [2, 1, 1, 0]
    np.testing.assert_array_equal(found.days_since_contact, [2, 2, 2, np.nan])
    for visitor, customer in (("v", "anna"), ("w", "dora")):
        Merged(engine).leave(visitor, customer)
    Merging(folder, engine).carry_out()
    after = contact_marks(Behaviour.of(folder).contacts, everybody, cutoff)
    assert after.contact_count_30d.tolist() == [1, 0, 1, 2]
