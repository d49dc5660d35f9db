"""Fresh events for tests, checked as the API checks them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from features.events.checks import check_rows
from features.events.event import EVENT_FIELDS

RECEIVED = datetime(2025, 3, 1, 12, tzinfo=UTC)


def checked(*rows: Mapping[str, Any]) -> pa.Table:
    """The rows in ``EVENT_SCHEMA``; views of tea at ten o'clock unless they say otherwise."""
    usual = {"customer_id": "anna", "item_id": "tea", "kind": "view", "occurred_at": "2025-03-01T10:00:00Z"}
    found = check_rows([{**usual, **row} for row in rows], EVENT_FIELDS, timezone=None, now=RECEIVED)
    if found.rejections:
        raise ValueError(found.rejections[0].message)
    return found.rows
