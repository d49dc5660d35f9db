"""Items of one customer from the snapshot: visitors joined, nothing from later, and honest about what is missing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from features.events.event import EPOCH
from serving.customer_items import LISTS, customer_items
from serving.database.people.touch import Touch
from serving.snapshot import Snapshot
from serving.snapshot_parts.past_files import MOST_EVENTS, Past, PastWriter
from tests.serving.published_shop import AS_OF, NOW, small_shop
from tests.serving.small_recommender import carts


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The small shop."""
    return Snapshot.open_current(small_shop(tmp_path_factory.mktemp("shop")))


def touch(kind: str, item_id: str, hours: float = -1, quantity: int = 1) -> Touch:
    """Something done so many hours from now."""
    return Touch(kind, item_id, (NOW + timedelta(hours=hours) - EPOCH) // timedelta(microseconds=1), quantity)


def test_visitors_belong_to_the_customer(snapshot: Snapshot) -> None:
    """The past of a merged visitor is told with the customer's own, the newest first."""
    found = customer_items(snapshot, ["王小明", "visitor:v 1", "nobody"], [touch("favorite", "zip")], NOW)
    assert {item.item_id for item in found.by_act["open_cart"]} == {"a/b 苹果", "tea 🍵"}
    assert [item.item_id for item in found.by_act["open_favorites"]] == ["zip"]
    assert (found.is_complete, found.is_known) == (True, True)


def test_what_has_not_happened_is_not_told(snapshot: Snapshot) -> None:
    """This very moment counts, a later one does not; somebody without anything is not known."""
    found = customer_items(snapshot, ["new"], [touch("view", "now", 0), touch("view", "later", 0.001)], NOW)
    assert [item.item_id for item in found.by_act["viewed"]] == ["now"]
    assert found.by_act["viewed"][0].last_at == NOW
    stranger = customer_items(snapshot, ["new"], [touch("view", "later", 1)], NOW)
    assert (stranger.by_act, stranger.is_known) == ({name: [] for name in LISTS}, False)


def test_more_than_the_snapshot_keeps(tmp_path: Path) -> None:
    """Where the snapshot keeps only the newest events of somebody, the answer does not pretend to be complete."""
    snapshot = Snapshot.open_current(small_shop(tmp_path / "shop"))
    busy, calm, *others = [snapshot.customers.id(row) for row in range(len(snapshot.customers))]
    owned = [[0] * (MOST_EVENTS + 1), [0] * (MOST_EVENTS - 1), *([0] for _ in others)]
    writer = PastWriter(tmp_path)
    writer.add(carts([busy, calm, *others], owned, snapshot.catalogue, AS_OF))
    writer.finish()
    snapshot.past = Past(tmp_path)
    for who, is_complete in ((busy, False), (calm, True)):
        assert customer_items(snapshot, [who], (), NOW).is_complete == is_complete
