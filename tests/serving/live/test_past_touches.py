"""What visitors did before they turned out to be a customer."""

from __future__ import annotations

from pathlib import Path

import pytest

from serving.live.past_touches import past_touches
from serving.snapshot import Snapshot
from tests.serving.published_shop import small_shop


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return Snapshot.open_current(small_shop(Path(tmp_path_factory.mktemp("shop"))))


def test_the_past_of_a_visitor(snapshot: Snapshot) -> None:
    """Each kept event is told with its kind, item and moment."""
    (touch,) = past_touches(snapshot, ["visitor:v 1"])
    assert (touch.kind, touch.item_id, touch.quantity, touch.unit_price, touch.order_id) == (
        "cart",
        "tea 🍵",
        1,
        None,
        None,
    )


def test_several_pasts_are_in_order_of_time(snapshot: Snapshot) -> None:
    """What several people did comes in the order in which it happened."""
    touches = past_touches(snapshot, ["anna", "b/o b", "visitor:v 1"])
    moments = [touch.occurred_us for touch in touches]
    assert moments == sorted(moments)
    assert len(touches) == 6


def test_whom_the_snapshot_does_not_know(snapshot: Snapshot) -> None:
    """Visitors without a row, as after the snapshot that came after their merge, have nothing to add."""
    assert past_touches(snapshot, ["visitor:new"]) == []
    assert past_touches(snapshot, []) == []
