"""Histories for live answers: stored past and last clicks together are one history, as the batch would see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from features.customers import customer_features
from features.events.event import EPOCH
from features.history import PURCHASE
from serving.database.people.touch import Touch
from serving.live.live_history import live_history, stored_histories
from serving.snapshot import Snapshot
from serving.snapshot_parts.id_index import NO_ROW
from serving.snapshot_parts.past_files import Past, PastWriter
from tests.serving.published_shop import AS_OF, NOW, small_shop
from tests.serving.small_recommender import carts


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return Snapshot.open_current(small_shop(tmp_path_factory.mktemp("shop")))


def touch(kind: str, item_id: str, hours: float, order_id: str | None = None) -> Touch:
    """Something done so many hours after the snapshot was made."""
    moment = NOW + timedelta(hours=hours)
    return Touch(kind, item_id, (moment - EPOCH) // timedelta(microseconds=1), 2, 1.5, order_id)


def test_the_past_alone(snapshot: Snapshot) -> None:
    """Without anything new it is what the snapshot kept, at the age that it has by now."""
    row = snapshot.customers.row("anna")
    history = live_history(snapshot, "anna", row, (), AS_OF + timedelta(days=2))
    assert [snapshot.shelf.ids.id(item) for item in history.item] == ["apple", "gone", "kettle"]
    np.testing.assert_allclose(history.age_days, [2 + 3 / 24, 2 + 2 / 24, 2 + 1 / 24])
    assert history.customer_ids.to_pylist() == ["anna"]


def test_new_events_are_laid_over_it(snapshot: Snapshot) -> None:
    """New events stand in order of time among the stored ones, with quantity, price, day and hour."""
    late = Touch("view", "zip", (AS_OF - EPOCH) // timedelta(microseconds=1) - 5_400_000_000)
    fresh = [touch("purchase", "kettle", 13.5, "o-1"), touch("purchase", "zip", 13.5, "o-1"), late]
    row = snapshot.customers.row("anna")
    history = live_history(snapshot, "anna", row, fresh, NOW + timedelta(hours=14))
    names = [snapshot.shelf.ids.id(item) for item in history.item]
    assert names == ["apple", "gone", "zip", "kettle", "kettle", "zip"]
    assert len(history.orders.value) == 1
    assert history.orders.value[0] == 2 * 2 * 1.5
    bought = history.kind == history.kind[-1]
    assert history.local_hour[bought].tolist() == [1, 1]
    assert history.local_day[bought].tolist() == [(NOW - EPOCH).days + 1] * 2
    assert snapshot.shelf.ids.row("kettle") not in history.open_carts.item


def test_a_fresh_line_of_a_stored_order_is_of_that_order(
    snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that comes later with the id of a stored order joins it; another id, or none, is an order of its own."""
    people = len(snapshot.customers)
    bought = carts([str(number) for number in range(people)], [[0]] * people, snapshot.catalogue, AS_OF)
    kind, order = np.full(people, PURCHASE, dtype=np.uint8), pa.array(["o-1"] * people)
    writer = PastWriter(tmp_path)
    writer.add(replace(bought, kind=kind, order_id=order))
    writer.finish()
    monkeypatch.setattr(snapshot, "past", Past(tmp_path))
    for order_id, orders in (("o-1", 1), ("o-2", 2), (None, 2)):
        history = live_history(snapshot, "anna", 0, [touch("purchase", "zip", 1, order_id)], NOW)
        assert len(history.orders.lines) == orders, order_id
        assert history.orders.lines.sum() == 2


def test_several_rows_are_one_person(snapshot: Snapshot) -> None:
    """A customer's row and that of the visitor they were before make one history, in order of time."""
    rows = [snapshot.customers.row(name) for name in ("anna", "visitor:v 1")]
    both = live_history(snapshot, "anna", rows, [touch("view", "zip", 1)], NOW + timedelta(hours=2))
    alone = [len(live_history(snapshot, "anna", row, (), NOW).kind) for row in rows]
    assert min(alone) > 0
    assert len(both.kind) == sum(alone) + 1
    assert (np.diff(both.age_days) <= 0).all()
    assert len(live_history(snapshot, "anna", [rows[0], NO_ROW], (), NOW).kind) == alone[0]


def test_a_stranger_begins_with_the_first_click(snapshot: Snapshot) -> None:
    """Nobody's past and one click are a history of one event; unknown items are passed over."""
    fresh = [touch("view", "no such thing", 0), touch("view", "zip", 1)]
    history = live_history(snapshot, "visitor:x", NO_ROW, fresh, NOW)
    assert len(history.kind) == 1
    assert history.age_days[0] > 0, "the history ends after its newest event, whatever the clock says"
    assert customer_features(history).column("view_count_all")[0] == 1


def test_several_people_as_they_were(snapshot: Snapshot) -> None:
    """The histories of several customers are those of each, at the snapshot's own moment."""
    rows = np.array([snapshot.customers.row(name) for name in ("王小明", "anna")])
    together = stored_histories(snapshot, rows)
    assert together.customer_ids.to_pylist() == ["王小明", "anna"]
    alone = live_history(snapshot, "anna", int(rows[1]), (), AS_OF)
    part = together.part(1, 2)
    np.testing.assert_array_equal(part.item, alone.item)
    np.testing.assert_array_equal(part.age_days, alone.age_days)


def test_a_snapshot_of_another_shop_is_read_alone(tmp_path: Path) -> None:
    """Everybody's stored past is there, row by row, visitors' too."""
    shop = small_shop(tmp_path)
    opened = Snapshot.open_current(shop)
    history = stored_histories(opened, np.arange(len(opened.customers)))
    assert len(history) == len(opened.customers)
    assert "visitor:v 1" in history.customer_ids.to_pylist()
