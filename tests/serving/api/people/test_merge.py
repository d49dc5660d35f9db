"""Merging over HTTP: one person from the next answer on, on every engine, and two again when it is undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from features.events.warehouse import Warehouse
from serving.absorb import absorb
from serving.database.people.person_hash import person_hash
from serving.privacy.merging import Merging
from tests.serving.api.served_shop import event, send, serving, shown
from tests.serving.published_shop import small_shop

VISITOR = "v 1"


@pytest.fixture
def client(tmp_path: Path, database_url: str | None) -> Iterator[TestClient]:
    """A client of the small shop; the visitor has tea in the cart."""
    with serving(small_shop(tmp_path), database_url=database_url) as client:
        yield client


def merge(client: TestClient, customer: str, visitor: str = VISITOR) -> dict[str, Any]:
    """Merge; the answer."""
    answer: dict[str, Any] = client.post(f"/v1/customers/{customer}/merge", json={"visitor_id": visitor}).json()
    return answer


def part(client: TestClient, customer: str) -> dict[str, Any]:
    """Undo a merge; the answer."""
    answer: dict[str, Any] = client.delete(f"/v1/customers/{customer}/merge", params={"visitor_id": VISITOR}).json()
    return answer


def carry_out(client: TestClient) -> int:
    """What the mover does."""
    service = client.app.state.service  # type: ignore[attr-defined]
    absorb(service.shop, service.inbox)
    return Merging(service.shop, service.database).carry_out()


def owners(client: TestClient) -> dict[str, str]:
    """Who has each event in the warehouse."""
    service = client.app.state.service  # type: ignore[attr-defined]
    rows = Warehouse.open(service.shop).events_of(["anna", "noletter", f"visitor:{VISITOR}"])
    return dict(zip(rows["event_id"].to_pylist(), rows["customer_id"].to_pylist(), strict=True))


def test_one_person_at_once(client: TestClient) -> None:
    """The next answers join past and fresh events, for the customer and for the visitor; undone, they part."""
    send(client, event(event_id="1", customer_id=None, visitor_id=VISITOR, item_id="zip", kind="favorite"))
    before = shown(client, customer_id="noletter", n=1), shown(client, visitor_id=VISITOR, n=1)
    answer = merge(client, "noletter")
    assert (answer["state"], answer["merged_at"]) == ("waiting", "2025-03-01T12:00:00Z")
    items = client.get("/v1/customers/noletter/items").json()
    assert {item["item_id"] for item in items["open_cart"]} == {"zip", "tea 🍵"}
    assert [item["item_id"] for item in items["open_favorites"]] == ["zip"]
    assert shown(client, visitor_id=VISITOR, n=2) == shown(client, customer_id="noletter", n=2)
    assert client.get("/v1/customers/noletter").json()["events_since"] == 1
    assert part(client, "noletter")["state"] == "leaving"
    assert (shown(client, customer_id="noletter", n=1), shown(client, visitor_id=VISITOR, n=1)) == before


def test_for_good_in_the_warehouse_and_back(client: TestClient) -> None:
    """Stored events change hands, later ones arrive as the customer's, and undoing gives exactly these back."""
    visit = {"customer_id": None, "visitor_id": VISITOR}
    send(client, event(event_id="own"), event(event_id="1", **visit), event(event_id="both", visitor_id=VISITOR))
    carry_out(client)
    merge(client, "anna")
    assert carry_out(client) == 1
    send(client, event(event_id="2", **visit))
    assert (carry_out(client), merge(client, "anna")["state"]) == (0, "moved")
    assert owners(client) == dict.fromkeys(("own", "1", "both", "2"), "anna")
    part(client, "anna")
    send(client, event(event_id="3", **visit))
    assert carry_out(client) == 1
    visitors = f"visitor:{VISITOR}"
    assert owners(client) == {"own": "anna", "both": "anna", "1": visitors, "2": visitors, "3": visitors}
    assert merge(client, "noletter")["state"] == "waiting"


def test_what_is_refused(client: TestClient) -> None:
    """Another customer's visitor, a visitor as customer, ids that cannot be, and nothing to undo are told."""
    merge(client, "anna")
    assert merge(client, "noletter")["error"]["code"] == "conflict"
    assert merge(client, "visitor%3Ax", "y")["error"]["field"] == "customer_id"
    assert merge(client, "a%00b", "y")["error"]["field"] == "customer_id"
    assert client.post("/v1/customers/anna/merge", json={"visitor_id": " "}).status_code == 422
    assert part(client, "noletter")["error"]["code"] == "not_found"
    assert client.delete("/v1/customers/anna/merge").json()["error"]["field"] == "visitor_id"


PEOPLE = ({"customer_id": "anna"}, {"visitor_id": VISITOR})


def fallbacks(client: TestClient) -> list[str | None]:
    """Why the answers to the customer and to the visitor are not personal."""
    return [client.post("/v1/recommendations", json=one).json()["fallback"] for one in PEOPLE]


@pytest.mark.parametrize("who", [0, 1], ids=["customer", "visitor"])
def test_an_opt_out_of_either_counts(client: TestClient, who: int) -> None:
    """Whichever of the two said no, both are left in peace as long as they are one; parted, only who said it."""
    merge(client, "anna")
    for choice, expected in ((True, [None, None]), (False, ["opted_out", "opted_out"])):
        said = client.put("/v1/customers", json={"customers": [{**PEOPLE[who], "personalized": choice}]})
        assert said.json()["stored"] == 1
        assert fallbacks(client) == expected
    found = client.get("/v1/items/kettle/customers").json()["customers"]
    assert "anna" not in {each["customer_id"] for each in found}
    assert client.get("/v1/customers/anna/similar").json()["why_none"].startswith("this customer opted out")
    part(client, "anna")
    assert fallbacks(client)[who] == "opted_out"
    assert fallbacks(client)[1 - who] is None


def test_a_merge_is_written_down(client: TestClient) -> None:
    """The audit log names the act and the hash of the customer, never an id."""
    merge(client, "anna")
    part(client, "anna")
    acts = client.get("/v1/audit").json()["acts"]
    assert [(act["act"], act["subject"]) for act in acts] == [
        ("customer.unmerge", person_hash("anna")),
        ("customer.merge", person_hash("anna")),
    ]
    assert "anna" not in str(acts)
    assert VISITOR not in str(acts)
