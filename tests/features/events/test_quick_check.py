"""The quick check of events: what it takes is exactly what the row check takes, and the usual event is quick."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from features.events.checks import check_rows
from features.events.event import EPOCH, EVENT_FIELDS, KIND_ALIASES, KINDS
from features.events.quick_check import quick_events
from serving.database.inbox import plain_events

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
USUAL: dict[str, Any] = {
    "event_id": "e-1",
    "customer_id": "c-1024",
    "item_id": "sku-77",
    "kind": "cart",
    "occurred_at": "2025-03-01T10:00:00Z",
    "unit_price": "19.90",
}

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(
    ["a", " a", "a ", "\u3000a", "a\u00a0b", "visitor:v", "\ufffd", "x" * 256, "x" * 257, "nan", "王 🍵", "\x85a", ""]
)
TIMES = st.sampled_from(
    [
        "2025-03-01T10:00:00Z",
        "2025-03-01T10:00:00.1Z",
        "2025-03-01T10:00:00.123456+08:00",
        "2025-03-01T10:00:00-23:59",
        "2025-03-01T10:00:00+24:00",
        "2025-03-01T23:59:60Z",
        "2025-03-01T24:00:00Z",
        "2025-02-29T10:00:00Z",
        "2025-03-02T11:59:59Z",
        "2025-03-02T12:00:00.000001Z",
        "1989-12-31T23:59:59.999999Z",
        "1990-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "2025-03-01T10:00:00",
        "2025-03-01 10:00:00Z",
        "2025-03-01T10:00:00z",
        "2025-03-01",
        "٢٠٢٥-03-01T10:00:00Z",
    ]
) | st.integers(628_000_000_000_000, 1_743_000_000_000_000).map(
    lambda moment_us: (EPOCH + timedelta(microseconds=moment_us)).isoformat()
)
NUMBERS = (
    st.integers(-3, 3)
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.decimals(-2, 10**13, places=2).map(str)
    | st.sampled_from(["1", "007.5", "1.23456", "1e3", ".5", "5.", "-0", "0", "1,5", "999999999999.9999", True, 10**12])
)
ODD = st.none() | st.booleans() | st.lists(st.integers(), max_size=1) | st.integers()
ROWS = st.fixed_dictionaries(
    {},
    optional={
        "event_id": TEXTS | ODD,
        "customer_id": TEXTS | ODD,
        "visitor_id": TEXTS | ODD,
        "item_id": TEXTS | ODD,
        "kind": st.sampled_from([*KINDS, *KIND_ALIASES, "Product Viewed", " view", "order"]) | ODD,
        "occurred_at": TIMES | ODD,
        "known_at": TIMES | ODD,
        "quantity": NUMBERS | ODD,
        "unit_price": NUMBERS | ODD,
        "order_id": TEXTS,
        "session_id": TEXTS,
        "channel": TEXTS,
        "recommendation_id": TEXTS,
        "something_else": ODD,
    },
)
MOSTLY_RIGHT = st.builds(
    lambda changed, count: {**USUAL, **dict(list(changed.items())[:count])}, ROWS, st.integers(0, 2)
)


def slow(row: Any) -> list[dict[str, Any]]:
    """The row by the row check; none when it is rejected."""
    return plain_events(check_rows([row], EVENT_FIELDS, timezone=None, now=NOW).rows)


@given(row=MOSTLY_RIGHT | ROWS)
@example(row={**USUAL, "known_at": "2025-03-01T09:00:00Z"})
@example(row={**USUAL, "kind": "purchase", "quantity": -2})
@example(row={**USUAL, "kind": "return", "quantity": -2})
@example(row={**USUAL, "customer_id": None, "visitor_id": "v"})
@example(row={**USUAL, "unit_price": 19.9})
def test_what_is_quick_is_what_the_row_check_says(row: Any) -> None:
    """Whatever the quick check takes, the row check takes in the same way."""
    quick = quick_events([row], NOW)
    assert quick is None or quick == slow(row)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"event_id": None},
        {"customer_id": None, "visitor_id": "v-1"},
        {"kind": "Product Viewed"},
        {"kind": "purchase", "quantity": 3, "order_id": "o 1", "unit_price": 12},
        {"occurred_at": "2025-03-01T18:00:00.123+08:00", "channel": "网店"},
        {"extra": {"of": "no interest"}},
    ],
)
def test_the_usual_event_is_quick(changed: dict[str, Any]) -> None:
    """Events as shops send them take the quick way."""
    row = {**USUAL, **changed}
    assert quick_events([row], NOW) == slow(row)


def test_one_odd_row_sends_all_the_slow_way() -> None:
    """Rows are judged together when one of them needs a closer look; no rows need none."""
    assert quick_events([USUAL, {**USUAL, "quantity": "2"}], NOW) is None
    assert quick_events([USUAL, 7], NOW) is None
    assert quick_events([], NOW) == []
