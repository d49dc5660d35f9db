"""The mover: what arrived reaches the warehouse, one mover a shop, and a trouble stops nothing."""

from __future__ import annotations

import logging
import os
import threading
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from features.errors import HuitouError
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from serving.running.mover import Mover, alone
from serving.running.mover_state import MoverState
from tests.serving.published_shop import NOW, small_shop
from tests.serving.running.running_service import running_service
from tests.serving.running.waiting import until

EVENT = {
    "event_id": "e-1",
    "customer_id": "anna",
    "item_id": "kettle",
    "kind": "view",
    "occurred_at": "2025-03-01T10:00:00Z",
}


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    """A shop without anything."""
    return ShopFolder.create(tmp_path / "shop")


def test_events_reach_the_warehouse(tmp_path: Path) -> None:
    """An event that the service took is soon in the warehouse, by a mover that is not so urgent as the workers."""
    shop = small_shop(tmp_path / "shop")
    with running_service(shop.path, 1, mover=True) as service:
        answer = httpx2.post(f"{service.url}/v1/events", json={"events": [EVENT]})
        assert answer.json()["stored"] == 1
        until(lambda: Warehouse.open(shop).reader().extent().events == 1)
        [mover] = service.children("mover")
        niceness = [os.getpriority(os.PRIO_PROCESS, pid) for pid in (service.pid, mover)]
        assert niceness[1] == min(niceness[0] + 10, 19)
        until(lambda: _has_moved(shop))
        assert service.stop() == 0
        assert all('"status":200' in line for line in service.log.read_text().splitlines())


def test_one_mover_a_shop(shop: ShopFolder) -> None:
    """While one process moves for a shop, another waits, and takes over when the first one ends."""
    rounds: list[str] = []
    second = Mover(shop, {"round": lambda: rounds.append("second")}, lambda: NOW)
    with alone(shop) as first:
        assert first
        thread = threading.Thread(target=lambda: second.run(lambda: None, every_s=0.01))
        thread.start()
        with alone(shop) as third:
            assert not third
        assert rounds == []
    until(lambda: bool(rounds))
    second.stop.set()
    thread.join()


def test_a_trouble_is_told_once(shop: ShopFolder, caplog: pytest.LogCaptureFixture) -> None:
    """A chore that fails keeps none of the others from being done, and is told when it begins and when it ends."""
    caplog.set_level(logging.INFO, "huitou.mover")
    ways: list[Exception | None] = [KeyError("anna"), KeyError("anna"), HuitouError("it is full."), None]
    done: list[int] = []

    def fail() -> None:
        if (error := ways.pop(0)) is not None:
            raise error

    mover = Mover(shop, {"first": fail, "second": lambda: done.append(1)}, lambda: NOW)
    states = []
    for _ in range(4):
        mover.go_round()
        states.append(MoverState.read(shop))
    assert len(done) == 4
    assert [state.trouble for state in states if state][2:] == ["first: it is full.", None]
    told = [record.getMessage() for record in caplog.records]
    assert told[0].startswith("first: KeyError in ")
    assert told[1:] == ["first: it is full.", "everything is moved again"]
    assert not any("anna" in line for line in told)


def test_waiting_for_a_writer_is_no_trouble(shop: ShopFolder, caplog: pytest.LogCaptureFixture) -> None:
    """While another process writes to the shop, the mover waits without a word; its lag tells."""
    moments = [NOW, NOW + timedelta(seconds=20)]
    busy = [False, True]

    def write() -> None:
        if busy.pop(0):
            raise HuitouError("another process is writing.", code="busy")

    mover = Mover(shop, {"write": write}, lambda: moments.pop(0))
    mover.go_round()
    mover.go_round()
    state = MoverState.read(shop)
    assert state is not None
    assert (state.trouble, state.done_at, state.lag_s(state.at)) == (None, NOW, 20.0)
    assert caplog.records == []


def test_state_that_cannot_be_read(shop: ShopFolder) -> None:
    """Without a mover, or with a damaged file, nothing is known of it."""
    assert MoverState.read(shop) is None
    (shop.path / "mover.json").write_text("[]")
    assert MoverState.read(shop) is None
    MoverState(NOW, None, None).write(shop)
    state = MoverState.read(shop)
    assert state is not None
    assert state.lag_s(NOW) is None


def test_a_full_disk_stops_nothing(shop: ShopFolder, caplog: pytest.LogCaptureFixture) -> None:
    """When the state cannot be written the rounds go on, and it is said once."""
    (shop.path / ".mover.json.new").mkdir()
    mover = Mover(shop, {}, lambda: NOW)
    mover.go_round()
    mover.go_round()
    assert MoverState.read(shop) is None
    assert [record.getMessage() for record in caplog.records] == ["its state cannot be written: Is a directory"]


def _has_moved(shop: ShopFolder) -> bool:
    state = MoverState.read(shop)
    return state is not None and state.done_at is not None and state.trouble is None
