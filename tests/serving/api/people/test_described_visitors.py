"""Visitors among described customers: checked like them, stored under their own prefix."""

from __future__ import annotations

from datetime import UTC, datetime

from features.events.checks import check_rows
from features.events.event import CUSTOMER_FIELDS
from serving.api.people.described_visitors import as_stored, by_one_name

NOW = datetime(2025, 3, 1, tzinfo=UTC)


def test_rows_of_visitors() -> None:
    """A visitor's id gets the prefix, a customer's stays; with both the customer counts, with neither nobody does."""
    rows = [
        {"visitor_id": "v", "personalized": False},
        {"customer_id": "anna"},
        {"customer_id": None, "visitor_id": "w"},
        {"customer_id": "bob", "visitor_id": "x"},
        {"personalized": True},
        {"visitor_id": "visitor:v"},
        "no row",
    ]
    checked = check_rows(by_one_name(rows), CUSTOMER_FIELDS, timezone=None, now=NOW)
    stored = as_stored(rows, checked)
    assert stored.rows["customer_id"].to_pylist() == ["visitor:v", "anna", "visitor:w", "bob"]
    assert stored.rows["personalized"].to_pylist() == [False, None, None, None]
    assert [rejection.row for rejection in stored.rejections] == [5, 6, 7]
