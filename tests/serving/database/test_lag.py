"""How far the warehouse is behind."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.database.inbox import Inbox
from serving.database.lag import Behind, Lag
from tests.serving.database.fresh_events import RECEIVED, checked


def test_what_waits_and_since_when(tmp_path: Path, database_url: str | None) -> None:
    """Events count from their arrival until the warehouse has them."""
    engine = open_database(ShopFolder.create(tmp_path / "shop"), database_url)
    try:
        inbox, lag = Inbox(engine), Lag(engine)
        assert lag.read() == Behind(0, None)
        inbox.put(checked({"event_id": "1"}, {"event_id": "2"}), RECEIVED)
        inbox.put(checked({"event_id": "3"}), RECEIVED + timedelta(seconds=5))
        received_us = int(RECEIVED.timestamp()) * 1_000_000
        assert lag.read() == Behind(3, received_us)
        inbox.mark_absorbed(inbox.take(2).sequences, 7)
        assert lag.read() == Behind(1, received_us + 5_000_000)
    finally:
        engine.dispose()
