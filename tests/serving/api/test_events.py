"""``POST /v1/events``: a result for each row, and retries that do no harm."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from serving.absorb import absorb
from serving.database.people.erased import Erased
from tests.serving.api.served_shop import event, send


def test_each_row_has_its_result(client: TestClient) -> None:
    """Good rows are stored even when others are not; each row is told what became of it, in order."""
    send(client, event(event_id="old"))
    said = send(client, event(event_id="new"), event(event_id="bad", kind="order"), event(event_id="old"), 7)  # type: ignore[arg-type]
    assert (said["stored"], said["repeated"], said["rejected"]) == (1, 1, 2)
    assert [row["status"] for row in said["results"]] == ["stored", "rejected", "repeated", "rejected"]
    assert [row["row"] for row in said["results"]] == [1, 2, 3, 4]
    error = said["results"][1]["error"]
    assert (error["field"], error["value"]) == ("kind", "order")
    assert error["message"].startswith("kind must be one of view, favorite, cart")
    assert error["message"].endswith("got 'order' in row 2 (event 'bad').")


def test_a_retry_is_safe(client: TestClient) -> None:
    """Sending the same events again stores nothing again."""
    events = [event(event_id=str(number)) for number in range(1_000)]
    assert send(client, *events)["stored"] == 1_000
    assert send(client, *events)["repeated"] == 1_000


def test_rows_without_an_id_get_one(client: TestClient) -> None:
    """An event without an id is stored under a new one, which is told, and counts each time it comes."""
    said = send(client, event(), event())
    assert [row["event_id"] for row in said["results"]] == ["id-1", "id-2"]
    assert send(client, event())["stored"] == 1


def test_checking_only_stores_nothing(client: TestClient) -> None:
    """With validate_only rows are judged and nothing is stored."""
    reply = client.post(
        "/v1/events", params={"validate_only": True}, json={"events": [event(event_id="1"), event(kind="order")]}
    ).json()
    assert [row["status"] for row in reply["results"]] == ["accepted", "rejected"]
    assert (reply["stored"], reply["rejected"]) == (0, 1)
    assert send(client, event(event_id="1"))["stored"] == 1


def test_names_of_other_systems(client: TestClient) -> None:
    """GA4's and Segment's names of kinds are understood, in any case."""
    names = {
        "view_item": "view", "add_to_cart": "cart", "remove_from_cart": "uncart", "add_to_wishlist": "favorite",
        "purchase": "purchase", "refund": "return", "Product Viewed": "view", "Product Added": "cart",
        "Product Removed": "uncart", "Product Added to Wishlist": "favorite", "Order Completed": "purchase",
        "ORDER REFUNDED": "return",
    }  # fmt: skip
    send(client, *(event(event_id=name, kind=name) for name in names))
    service = client.app.state.service  # type: ignore[attr-defined]
    assert service.inbox.take(99).rows["kind"].to_pylist() == [*names.values()]
    assert absorb(service.shop, service.inbox).stored == len(names)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"occurred_at": "2025-03-01T10:00:00"}, "occurred_at"),
        ({"occurred_at": None}, "occurred_at"),
        ({"item_id": "a\u0000b"}, "item_id"),
        ({"item_id": {"deep": []}}, "item_id"),
        ({"customer_id": None}, "customer_id"),
        ({"quantity": 10**40}, "quantity"),
        ({"unit_price": "cheap"}, "unit_price"),
        ({"unit_price": True}, "unit_price"),
    ],
)
def test_wrong_rows_are_rejected(client: TestClient, fields: dict[str, Any], field: str) -> None:
    """A wrong value is told by field and stores nothing."""
    said = send(client, event(**fields))
    assert (said["stored"], said["rejected"]) == (0, 1)
    assert said["results"][0]["error"]["field"] == field


def test_more_than_a_thousand_are_refused(client: TestClient) -> None:
    """Too many rows are refused as a whole, with the limit."""
    reply = client.post("/v1/events", json={"events": [{}] * 1_001})
    assert reply.status_code == 422
    assert reply.json()["error"]["message"].startswith("events must have at most 1000 entries; got")


def test_events_of_the_deleted_are_refused(client: TestClient) -> None:
    """Rows about somebody who was deleted are rejected by themselves, without repeating who it is."""
    service = client.app.state.service  # type: ignore[attr-defined]
    Erased(service.inbox.engine).begin(["ben", "visitor:v"], service.clock())
    said = send(
        client, event(), event(event_id="b", customer_id="ben"), event(customer_id=None, visitor_id="v"), event()
    )
    assert [row["status"] for row in said["results"]] == ["stored", "rejected", "rejected", "stored"]
    assert (said["stored"], said["rejected"]) == (2, 2)
    error = said["results"][1]["error"]
    assert error["code"] == "erased"
    assert error["message"].startswith("this customer was deleted, and nothing is stored of them any more.")
    assert service.inbox.waiting() == 2


def test_too_much_to_write_is_answered_with_busy(client: TestClient) -> None:
    """When more waits to be written than there is room for, callers are asked to come again in a second."""
    client.app.state.service.writer.close()  # type: ignore[attr-defined]
    reply = client.post("/v1/events", json={"events": [event(event_id="1")]})
    assert (reply.status_code, reply.headers["retry-after"], reply.json()["error"]["code"]) == (503, "1", "busy")


def test_many_rows_of_every_form(client: TestClient) -> None:
    """Rows that need a closer look are judged like the plain ones beside them."""
    odd = event(event_id="odd", quantity="2", unit_price="¥12,50", occurred_at="2025年3月1日 10:00Z")
    said = send(client, *(event(event_id=str(number)) for number in range(120)), odd)
    assert said["stored"] == 121
    service = client.app.state.service  # type: ignore[attr-defined]
    row = service.inbox.take(200).rows.to_pylist()[-1]
    assert (row["quantity"], row["unit_price"], row["event_id"]) == (2, Decimal("12.5000"), "odd")


def test_an_event_for_nobody_published_yet(client: TestClient) -> None:
    """Events of new customers and new items are stored like any other."""
    assert send(client, event(event_id="1", customer_id='王 / "n"', item_id="new 🍵"))["stored"] == 1


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = st.sampled_from(["event_id", "customer_id", "item_id", "kind", "occurred_at", "quantity", "unit_price"])


@given(rows=st.lists(JSON | st.dictionaries(FIELDS, JSON), max_size=4))
def test_any_rows_are_answered(reader: TestClient, rows: list[Any]) -> None:
    """Whatever JSON the rows are, each is judged, and none is a fault of the service."""
    reply = reader.post("/v1/events", json={"events": rows})
    assert reply.status_code == 200
    assert [result["row"] for result in reply.json()["results"]] == list(range(1, len(rows) + 1))
