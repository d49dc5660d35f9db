"""Fresh events for tests, checked as the API checks them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import Engine, select

from features.events.checks import check_rows
from features.events.event import EVENT_FIELDS
from serving.database.tables import INBOX

RECEIVED = datetime(2025, 3, 1, 12, tzinfo=UTC)


def checked(*rows: Mapping[str, Any]) -> pa.Table:
    """The rows in ``EVENT_SCHEMA``; views of tea at ten o'clock unless they say otherwise."""
    usual = {"customer_id": "anna", "item_id": "tea", "kind": "view", "occurred_at": "2025-03-01T10:00:00Z"}
    found = check_rows([{**usual, **row} for row in rows], EVENT_FIELDS, timezone=None, now=RECEIVED)
    if found.rejections:
        raise ValueError(found.rejections[0].message)
    return found.rows


def inbox_ids(engine: Engine, person: str, newer_than: int = -1) -> list[str]:
    """The ids of a person's events in the inbox, as they came, without those that a version of the warehouse holds."""
    rows = select(INBOX.c.payload, INBOX.c.absorbed_version).where(INBOX.c.customer_id == person)
    with engine.connect() as connection:
        found = connection.execute(rows.order_by(INBOX.c.sequence)).all()
    absorbed = [newer_than + 1 if row.absorbed_version is None else row.absorbed_version for row in found]
    return [json.loads(row.payload)["event_id"] for row, at in zip(found, absorbed, strict=True) if at > newer_than]
