"""The service is killed a hundred times while shops send events: nothing acknowledged is lost, nothing is doubled."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections import Counter
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pyarrow.parquet as pq

from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from serving.absorb import absorb_all
from serving.database.connection import open_database
from serving.database.inbox import Inbox
from serving.snapshot import Snapshot, published
from tests.conftest import ROOT
from tests.serving.published_shop import small_shop
from tests.serving.running.running_service import RunningService, running_service
from tests.serving.running.senders import Senders

KILLS, KILLS_ON_A_SERVER = 100, 30
"""What a killed process leaves half done is its own files; a server's transactions end with its connection."""
THREADS = 3
SEED = 11


def free_port() -> int:
    """A port that nothing listens at: the service comes back where it was."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
    return port


def kill_a_publisher(shop: ShopFolder, steps: int) -> None:
    """Publish in another process, and kill it after some of its steps."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.serving.publishing_child", str(shop.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    with child:
        assert child.stdin is not None
        assert child.stdout is not None
        for _ in range(steps):
            if not child.stdout.readline():
                break
            child.stdin.write("\n")
            child.stdin.flush()
        child.kill()


def answer_of(service: RunningService) -> dict[str, Any]:
    """What the service recommends to a customer of the snapshot."""
    answer = httpx2.get(f"{service.url}/v1/recommendations?customer_id=anna", timeout=30)
    assert answer.status_code == 200, f"{answer.text}; its log:\n{service.log.read_text()}"
    said: dict[str, Any] = answer.json()
    return said


def _service(
    shop: ShopFolder, senders: Senders, database_url: str | None, *, mover: bool
) -> AbstractContextManager[RunningService]:
    return running_service(shop.path, 1, port=senders.port, mover=mover, database_url=database_url)


def stored_ids(shop: ShopFolder) -> Counter[str]:
    """How often the warehouse holds each event."""
    reader = Warehouse.open(shop).reader()
    tables = (pq.read_table(file, columns=["event_id"], partitioning=None) for file in reader.all_files())
    return Counter(identity for table in tables for identity in table["event_id"].to_pylist())


def test_a_service_that_is_killed_loses_and_doubles_nothing(tmp_path: Path, database_url: str | None) -> None:
    """Killed in the middle of requests, of moving events and of a publish, it comes back by itself with all it took.

    Every event that was acknowledged is in the warehouse once, none is there twice, and each start serves a whole
    snapshot.
    """
    random, moments = np.random.default_rng(SEED), threading.Event()
    shop, senders = small_shop(tmp_path / "shop"), Senders(free_port())
    with senders.sending(THREADS):
        for number in range(KILLS if database_url is None else KILLS_ON_A_SERVER):
            with _service(shop, senders, database_url, mover=True) as service:
                senders.up.set()
                assert answer_of(service)["snapshot"] in {name for name, _ in published(shop)}
                senders.wait_for(int(random.integers(1, 60)))
                if number % 10 == 9:
                    kill_a_publisher(shop, int(random.integers(1, 12)))
                moments.wait(float(random.uniform(0, 0.02)))
                service.kill()
                senders.up.clear()
        with _service(shop, senders, database_url, mover=False):
            senders.up.set()
            senders.finish()
    Snapshot.open_current(shop).verify()
    engine = open_database(shop, database_url)
    absorb_all(shop, engine, lambda: datetime.now(UTC))
    assert Inbox(engine).waiting() == 0
    engine.dispose()
    stored = stored_ids(shop)
    assert senders.strange == []
    assert set(senders.acknowledged) <= set(stored) <= senders.sent
    assert set(stored.values()) == {1}
