"""What goes together is published: every kind of related items, and bundles without those who are set aside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from features.behaviour import Behaviour
from features.events.warehouse import Warehouse
from serving.publish import publish
from serving.recommending.related import code_of, related_items
from serving.snapshot import Snapshot
from serving.told_bundles import told_bundles
from tests.rules_bundle import rules_bundle
from tests.small_shop import append, events, items, people, shop
from training.recommend.counted.related_kinds import RELATED_KINDS

LAST = datetime(2025, 3, 1, 10, tzinfo=UTC)
NOW = LAST + timedelta(days=1)

ITEMS = items(
    ("cup", "kitchen", 9, {"title": "Tea cup", "unit_cost": 4}),
    ("gone", "kitchen", 10, {"title": "Tea cup, blue", "in_stock": False, "unit_cost": 4}),
    ("mug", "kitchen", 11, {"title": "Tea mug", "unit_cost": 4}),
    ("pot", "kitchen", 50, {"title": "Tea pot"}),
    ("tea", "drinks", 5, {"title": "Green tea", "unit_cost": 2}),
)


def order(who: str, number: int, days: float, *bought: str) -> list[Any]:
    """One order."""
    moment = LAST - timedelta(days=days)
    return [(who, "purchase", item, moment, {"order_id": f"{who} {number}", "unit_price": 5}) for item in bought]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Twenty people bought tea and cup together, sixty one thing each, and an internal account mugs with pots."""
    rows = [("anna", "view", item, LAST) for item in ("tea", "gone", "cup")]
    for who in range(20):
        rows += order(f"c{who}", 1, 40 + who, "tea", "cup")
    for who in range(60):
        rows += order(f"d{who}", 1, 30 + who, ("mug", "pot", "gone")[who % 3])
    for number in range(30):
        rows += order(f"staff{number % 4}", number, 5 + number, "mug", "pot")
    folder = shop(tmp_path_factory.mktemp("shop"))
    append(folder, events(*rows))
    Warehouse.open(folder).put_items(ITEMS)
    Warehouse.open(folder).put_customers(people(*(f"staff{number}" for number in range(4)), internal=True))
    behaviour = Behaviour.of(folder)
    publish(behaviour, rules_bundle(behaviour, LAST, (30, 14, 60)), folder, now=NOW)
    return Snapshot.open_current(folder)


def test_bundles_are_those_of_customers(snapshot: Snapshot) -> None:
    """Tea and cup are the one bundle, with their profit; what staff ordered again and again is none."""
    (bundle,) = told_bundles(snapshot)
    assert [snapshot.shelf.ids.id(code) for code in bundle.items] == ["cup", "tea"]
    assert (bundle.figures["orders"], bundle.figures["profit"], snapshot.bundles.order_count) == (20, 8, 80)


def test_every_kind_is_published(snapshot: Snapshot) -> None:
    """All kinds of related items are in the snapshot; relations that only staff made are not."""
    assert set(snapshot.related_kinds) == set(RELATED_KINDS)

    def names(kind: str, item: str) -> list[str]:
        return [snapshot.shelf.ids.id(code) for code, _ in related_items(snapshot, kind, code_of(snapshot, item), 9)]

    assert names("bought_together", "tea") == ["cup"]
    assert names("bought_together", "mug") == []
    assert names("replacement", "gone")[0] == "cup"
    assert "gone" not in names("similar", "cup")
    assert "pot" not in names("replacement", "cup")


def test_the_folder_is_whole(snapshot: Snapshot) -> None:
    """The arrays of the bundles are among the files that the manifest vouches for."""
    assert {name for name in snapshot.manifest.files if name.startswith("bundles/")} >= {"bundles/items.npy"}
    snapshot.verify()
