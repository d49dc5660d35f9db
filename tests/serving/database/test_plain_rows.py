"""Rows as JSON: there and back without loss."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

from features.events.event import EVENT_SCHEMA
from serving.database.plain_rows import plain_row, table_of


def test_there_and_back() -> None:
    """Times keep their microseconds and money its places; what is empty is left out and comes back empty."""
    row = dict.fromkeys(EVENT_SCHEMA.names) | {
        "event_id": "王 \"'",
        "occurred_at": datetime(2025, 3, 1, 10, 0, 0, 123456, tzinfo=UTC),
        "quantity": 3,
        "unit_price": Decimal("123456789012.5678"),
    }
    plain = json.loads(json.dumps(plain_row(row)))
    assert plain == {
        "event_id": "王 \"'",
        "occurred_at": 1_740_823_200_123_456,
        "quantity": 3,
        "unit_price": "123456789012.5678",
    }
    assert table_of([plain], EVENT_SCHEMA).to_pylist() == [row]
    assert table_of([], EVENT_SCHEMA).to_pylist() == []
