"""The service is killed a hundred times while shops send events: nothing acknowledged is lost, nothing is doubled."""

from __future__ import annotations

import json
import socket
import threading
from collections import Counter
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from serving.absorb import absorb_all
from serving.database.connection import open_database
from serving.database.inbox import Inbox
from serving.snapshot import Snapshot, published
from tests.serving.published_shop import small_shop
from tests.serving.publishing_child import killed_publisher
from tests.serving.running.running_service import RunningService, running_service
from tests.serving.running.senders import Senders

KILLS, KILLS_ON_A_SERVER = 100, 30
"""What a killed process leaves half done is its own files; a server's transactions end with its connection."""
THREADS = 3
SEED = 11
RECOMMENDED = "/v1/recommendations?customer_id=anna"


def free_port() -> int:
    """A port that nothing listens at: the service comes back where it was."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
    return port


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
                assert json.loads(service.answer(RECOMMENDED))["snapshot"] in {name for name, _ in published(shop)}
                senders.wait_for(int(random.integers(1, 60)))
                if number % 10 == 9:
                    killed_publisher(shop, int(random.integers(1, 12)))
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
