"""Items described over HTTP: what is sold out or costs something else counts in the very next answer."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from features.events.warehouse import Warehouse
from serving.absorb import absorb_items
from tests.serving.api.served_shop import shown


def put(client: TestClient, *items: Any) -> dict[str, Any]:
    """Describe items and return the answer."""
    reply = client.put("/v1/items", json={"items": list(items)})
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


def test_sold_out_counts_at_once(client: TestClient) -> None:
    """An item that is sold out is in no answer from then on, and comes back when it is there again."""
    for in_stock in (True, False, True):
        assert put(client, {"item_id": "kettle", "in_stock": in_stock})["stored"] == 1
        assert ("kettle" in shown(client, customer_id="anna", n=7)) == in_stock
        assert ("kettle" in shown(client, visitor_id="nobody", n=7)) == in_stock


def test_a_new_price_counts_at_once(client: TestClient) -> None:
    """Filters by price know what was told just now."""
    assert "kettle" not in shown(client, customer_id="anna", n=7, filter={"max_price": 10})
    put(client, {"item_id": "kettle", "price": "9.50"})
    assert "kettle" in shown(client, customer_id="anna", n=7, filter={"max_price": 10})


def test_each_row_has_its_result(client: TestClient) -> None:
    """Rows that are wrong are told by field, the others are stored, in order."""
    said = put(client, {"item_id": "cup"}, {"price": "1"}, 7, {"item_id": "pot", "price": "cheap"}, {"item_id": "tea"})
    assert (said["stored"], said["rejected"]) == (2, 3)
    assert [row["status"] for row in said["results"]] == ["stored", "rejected", "rejected", "rejected", "stored"]
    assert [row["item_id"] for row in said["results"]] == ["cup", None, None, None, "tea"]
    assert [row["error"]["field"] for row in said["results"][1:4]] == ["item_id", "row", "price"]


def test_the_warehouse_gets_everything(client: TestClient) -> None:
    """What was told of an item is kept for the next training."""
    service = client.app.state.service  # type: ignore[attr-defined]
    put(client, {"item_id": "new 🍵", "title": "Tea", "category": "kitchen", "added_at": "2025-03-01T00:00:00Z"})
    assert absorb_items(service.shop, service.described_items, service.clock) == 1
    (row,) = Warehouse.open(service.shop).items().to_pylist()
    assert (row["item_id"], row["title"], row["category"]) == ("new 🍵", "Tea", "kitchen")


def test_more_than_a_thousand_are_refused(client: TestClient) -> None:
    """Too many rows are refused as a whole, with the limit."""
    reply = client.put("/v1/items", json={"items": [{}] * 1_001})
    assert reply.status_code == 422
    assert reply.json()["error"]["message"].startswith("items must have at most 1000 entries; got")


JSON = st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
FIELDS = st.sampled_from(["item_id", "title", "price", "in_stock", "added_at", "unit_cost", "other"])


@given(rows=st.lists(JSON | st.dictionaries(FIELDS, JSON), max_size=4))
def test_any_rows_are_answered(reader: TestClient, rows: list[Any]) -> None:
    """Whatever JSON the rows are, each is judged, and none is a fault of the service."""
    assert [row["row"] for row in put(reader, *rows)["results"]] == [*range(1, len(rows) + 1)]
