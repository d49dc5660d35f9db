"""The row check: good rows typed, the others with a line that says what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from features.errors import HuitouError
from features.events.checks import Checked, check_rows, check_table
from features.events.event import (
    CONTACT_FIELDS,
    CONTACT_SCHEMA,
    CUSTOMER_FIELDS,
    CUSTOMER_SCHEMA,
    EVENT_FIELDS,
    EVENT_SCHEMA,
    ITEM_FIELDS,
    KINDS,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "event_id": "e-17",
    "customer_id": "c-1",
    "item_id": "sku-1",
    "kind": "view",
    "occurred_at": "2025-03-01T10:00:00Z",
}


def check(*rows: Any, zone: str | None = None) -> Checked:
    return check_rows(rows, EVENT_FIELDS, timezone=zone, now=NOW)


def message(**changed: Any) -> str:
    """What is said about a good row with some changes."""
    (rejection,) = check({**GOOD, **changed}).rejections
    return rejection.message


def one(**changed: Any) -> dict[str, Any]:
    """A good row with some changes, as it is taken."""
    checked = check({**GOOD, **changed})
    assert not checked.rejections
    row: dict[str, Any] = checked.rows.to_pylist()[0]
    return row


def test_a_good_event() -> None:
    """A good event comes out typed, in the schema, with one piece when no quantity is said."""
    checked = check({**GOOD, "unit_price": "12.50"})
    assert checked.rows.schema == EVENT_SCHEMA
    assert checked.positions.tolist() == [1]
    row = checked.rows.to_pylist()[0]
    assert row["occurred_at"] == datetime(2025, 3, 1, 10, tzinfo=UTC)
    assert (row["quantity"], row["unit_price"], row["known_at"]) == (1, Decimal("12.5"), None)


def test_messages_name_rule_value_row_and_next_step() -> None:
    """Each message is one line with the rule, the value, the row, the event and what to do."""
    kinds = ", ".join(KINDS)
    assert message(kind="order") == f"kind must be one of {kinds}; got 'order' in row 1 (event 'e-17')."
    assert message(item_id=" ") == "item_id must be given; got nothing in row 1 (event 'e-17')."
    assert message(customer_id=None, event_id=None) == (
        "customer_id or visitor_id must be given; got nothing in row 1."
    )
    assert message(customer_id="visitor:7") == (
        "customer_id must not begin with 'visitor:'; got 'visitor:7' in row 1 (event 'e-17'). "
        "Send the rest as visitor_id."
    )
    assert message(quantity="2.5") == "quantity must be a whole number; got 2.5 in row 1 (event 'e-17')."
    assert message(unit_price="free") == (
        "unit_price must be an amount of money; got 'free' in row 1 (event 'e-17'). Send it as 1234.50."
    )
    assert message(item_id="a\nb") == (
        "item_id must not contain control characters; got 'a\\nb' in row 1 (event 'e-17')."
    )
    assert message(occurred_at="1970-01-01T00:00:00Z") == (
        "occurred_at must be between 1990-01-01 and 2026-01-02T00:00:00Z; "
        "got 1970-01-01T00:00:00Z in row 1 (event 'e-17')."
    )
    assert message(event_id="x" * 300) == (f"event_id must have at most 256 characters; got '{'x' * 59}…' in row 1.")


def test_times_without_a_zone_say_how_to_send_them() -> None:
    """The hint shows the very time with a zone; only files are told of options of the command line."""
    assert message(occurred_at="2025-03-01 10:00:00") == (
        "occurred_at must have a time zone; got 2025-03-01 10:00:00 in row 1 (event 'e-17'). "
        "Send it as 2025-03-01T10:00:00Z."
    )
    raw = pa.table({name: [value] for name, value in GOOD.items()} | {"occurred_at": ["2025-03-01T10:00:00"]})
    raw = raw.drop_columns(["event_id"])
    (rejection,) = check_table(raw, EVENT_FIELDS, timezone=None, now=NOW, first_row=3).rejections
    assert rejection.message == (
        "occurred_at must have a time zone; got 2025-03-01T10:00:00 in row 3. "
        "Send it as 2025-03-01T10:00:00Z, or name the zone with --timezone."
    )


@pytest.mark.parametrize(
    ("changed", "got"),
    [
        ({"item_id": ["a"]}, '["a"]'),
        ({"item_id": {"id": 1}}, '{"id": 1}'),
        ({"item_id": True}, "true"),
        ({"quantity": True}, "true"),
        ({"unit_price": float("nan")}, "NaN"),
        ({"occurred_at": False}, "false"),
        ({"kind": []}, "[]"),
        ({"item_id": 10**5000}, "a value too large to show"),
    ],
)
def test_wrong_types_of_json(changed: dict[str, Any], got: str) -> None:
    """Lists, objects, flags and NaN are no ids, numbers, times or kinds."""
    (field,) = changed
    assert message(**changed) == f"{field} must be text or a number; got {got!r} in row 1 (event 'e-17')."


def test_numbers_and_texts_of_json() -> None:
    """Numbers are taken as ids, numbers in text as numbers, and text that is no Unicode is refused."""
    row = one(item_id=12345.0, customer_id=7, quantity="3", unit_price=1.25, occurred_at=1740823200)
    assert (row["item_id"], row["customer_id"], row["quantity"]) == ("12345", "7", 3)
    assert (row["unit_price"], row["occurred_at"]) == (Decimal("1.25"), datetime(2025, 3, 1, 10, tzinfo=UTC))
    (rejection,) = check({**GOOD, "item_id": "\ud800"}).rejections
    assert rejection.reason == "item_id unreadable"


def test_rows_that_are_no_objects() -> None:
    """A number or a list among the rows is rejected by itself, and the others keep their places."""
    checked = check(GOOD, 5, ["a"], None, {**GOOD, "event_id": "e-18"})
    assert checked.positions.tolist() == [1, 5]
    assert [rejection.row for rejection in checked.rejections] == [2, 3, 4]
    assert checked.rejections[0].message == (
        'row must be a JSON object; got \'5\' in row 2. Send it as {"item_id": "sku-1", ...}.'
    )


def test_returns() -> None:
    """A negative purchase is a return of as many, a return is never negative, other kinds must be positive."""
    assert (one(kind="purchase", quantity=-3)["kind"], one(kind="buy", quantity=-3)["quantity"]) == (
        "return",
        3,
    )
    assert (one(kind="return", quantity=-2)["kind"], one(kind="refund", quantity=-2)["quantity"]) == (
        "return",
        2,
    )
    assert message(quantity=-1) == (
        "quantity must be positive unless the event is a purchase or a return; got -1 in row 1 (event 'e-17')."
    )
    assert message(kind="purchase", quantity=0) == "quantity must not be zero; got 0 in row 1 (event 'e-17')."


def test_known_at() -> None:
    """Nothing is known before it happens; what is known later is kept."""
    early = one(known_at="2025-02-01T00:00:00Z")
    assert early["known_at"] == early["occurred_at"]
    assert one(known_at="2025-03-02T00:00:00Z")["known_at"] == datetime(2025, 3, 2, tzinfo=UTC)


def test_visitors() -> None:
    """A visitor id stands in for the customer's."""
    row = one(customer_id=None, visitor_id="browser-1")
    assert (row["customer_id"], row["visitor_id"]) == (None, "browser-1")


def test_each_row_is_rejected_once() -> None:
    """A row with many faults is rejected for the first, and reasons can be counted."""
    bad = {"event_id": "e", "item_id": None, "kind": "?", "occurred_at": "?"}
    checked = check(bad, GOOD)
    assert [rejection.reason for rejection in checked.rejections] == ["customer_id missing"]
    assert len(checked.rows) == 1


def test_tables_with_numbers_of_their_own() -> None:
    """Rows are numbered as told, missing optional columns are null, and unknown columns are left out."""
    raw = pa.table(
        {
            "customer_id": pa.array([1, 2, None]),
            "item_id": [10.0, None, 3.0],
            "kind": ["cart", "cart", "cart"],
            "occurred_at": pa.array([NOW] * 3, pa.timestamp("ms", "UTC")),
            "else": ["x", "y", "z"],
        }
    )
    checked = check_table(raw, EVENT_FIELDS, timezone=None, now=NOW, numbers=np.array([5, 8, 9]))
    assert checked.positions.tolist() == [5]
    assert [(each.row, each.reason) for each in checked.rejections] == [
        (8, "item_id missing"),
        (9, "customer_id missing"),
    ]
    assert checked.rows.schema == EVENT_SCHEMA
    assert checked.rows["item_id"].to_pylist() == ["10"]
    assert checked.rows["order_id"].null_count == 1


def test_items_and_customers() -> None:
    """Items and customers are checked by the same rules; what is not said stays empty."""
    items = check_rows(
        [{"item_id": "a", "price": "1,5", "in_stock": False}, {"item_id": "b", "in_stock": "maybe"}, {}],
        ITEM_FIELDS,
        timezone=None,
        now=NOW,
    )
    assert items.rows.to_pylist()[0]["in_stock"] is False
    assert items.rows["added_at"].null_count == 1
    assert [each.message for each in items.rejections] == [
        "in_stock must be true or false; got 'maybe' in row 2.",
        "item_id must be given; got nothing in row 3.",
    ]
    people = check_rows([{"customer_id": "c", "contactable": 0}], CUSTOMER_FIELDS, timezone=None, now=NOW)
    assert people.rows.schema == CUSTOMER_SCHEMA
    assert people.rows["contactable"].to_pylist() == [False]


def test_contacts() -> None:
    """Contacts are checked by the same rules: an arm that is not known is no contact, and nothing is known before."""
    noon, morning = "2025-03-01T12:00:00Z", "2025-03-01T08:00:00Z"
    checked = check_rows(
        [
            {"customer_id": "a", "contacted_at": noon, "known_at": morning, "arm": "Holdout"},
            {"customer_id": "b", "contacted_at": noon, "arm": "对照组", "channel": "sms"},
            {"customer_id": "c", "contacted_at": noon},
            {"customer_id": "d", "contacted_at": noon, "arm": "control group"},
            {"customer_id": "e", "contacted_at": "2025-03-01 12:00"},
            {"contacted_at": noon},
        ],
        CONTACT_FIELDS,
        timezone=None,
        now=NOW,
    )
    assert checked.rows.schema == CONTACT_SCHEMA
    assert checked.rows["arm"].to_pylist() == ["control", "control", None]
    assert checked.rows["known_at"].to_pylist() == [datetime(2025, 3, 1, 12, tzinfo=UTC), None, None]
    assert [each.message for each in checked.rejections] == [
        "arm must be one of treated, control; got 'control group' in row 4.",
        "contacted_at must have a time zone; got 2025-03-01 12:00 in row 5. Send it as 2025-03-01T12:00Z.",
        "customer_id must be given; got nothing in row 6.",
    ]


def test_no_rows() -> None:
    """Nothing in, nothing out, in the schema."""
    checked = check()
    assert (len(checked.rows), checked.rejections, checked.rows.schema) == (0, [], EVENT_SCHEMA)


def test_unknown_time_zone() -> None:
    """A time zone must be one that exists."""
    with pytest.raises(HuitouError) as raised:
        check(GOOD, zone="Mars/Olympus")
    assert raised.value.message == (
        "timezone must be an IANA name; got 'Mars/Olympus'. Use for example Asia/Shanghai or UTC."
    )
