"""Deleting over HTTP: at once a stranger on every engine, told place by place, and only by who may."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from serving.access.roles import ROLES
from serving.database.people.person_hash import person_hash
from tests.serving.access.made_keys import asked, bearer, make_keys
from tests.serving.api.served_shop import event, send, serving
from tests.serving.privacy.searched import files_with, tables_with
from tests.serving.published_shop import NOW, small_shop


@pytest.fixture
def client(tmp_path: Path, database_url: str | None) -> Iterator[TestClient]:
    """A client of the small shop."""
    with serving(small_shop(tmp_path), database_url=database_url) as client:
        yield client


def delete(client: TestClient, person: str, **how: Any) -> dict[str, Any]:
    """Delete; the answer."""
    answer = client.delete(f"/v1/customers/{person}", params=how)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def found(answer: dict[str, Any]) -> dict[str, int]:
    """What was found, by place."""
    return {each["place"]: each["count"] for each in answer["places"] if each["count"]}


def test_a_stranger_at_once(client: TestClient) -> None:
    """Before anything else happens the person is in no answer, on no list, and takes no events or descriptions."""
    send(client, event(event_id="1", item_id="tea 🍵"))
    said = delete(client, "anna")
    assert (said["request_id"], said["asked_at"], said["done_at"]) == (
        person_hash("anna"),
        "2025-03-01T12:00:00Z",
        None,
    )
    answer = client.post("/v1/recommendations", json={"customer_id": "anna"}).json()
    nobody = client.post("/v1/recommendations", json={"customer_id": "never seen"}).json()
    assert [item["item_id"] for item in answer["items"]] == [item["item_id"] for item in nobody["items"]]
    assert answer["tier"] == "popular"
    for path in ("", "/items", "/similar"):
        assert client.get(f"/v1/customers/anna{path}").json()["error"]["code"] == "unknown_customer"
    for path in ("/v1/items/kettle/customers", "/v1/interested-customers?category=kitchen"):
        assert "anna" not in {each["customer_id"] for each in client.get(path).json()["customers"]}
    [refused] = send(client, event(event_id="2"))["results"]
    assert (refused["status"], refused["error"]["code"], refused["error"]["field"]) == (
        "rejected",
        "erased",
        "customer_id",
    )
    row = {"customer_id": "anna", "email": "a@example.com", "personalized": True}
    assert client.put("/v1/customers", json={"customers": [row]}).json()["rejected"] == 1
    assert found(delete(client, "anna", dry_run=True)) == {"snapshots": 1}


def test_nothing_is_left(client: TestClient, tmp_path: Path, database_url: str | None) -> None:
    """Places are told with what they hold; when it is done the status says so, and no file or table knows the id."""
    send(client, event(event_id="1"), event(event_id="2", kind="cart"))
    dry = delete(client, "anna", dry_run=True)
    assert (dry["dry_run"], dry["request_id"], dry["asked_at"]) == (True, None, None)
    assert found(dry) == {"inbox": 2, "snapshots": 1}
    assert {each["place"]: each["holds"] for each in dry["places"]}["inbox"].startswith("Events that arrived")
    asked = delete(client, "anna")
    assert found(asked) == found(dry)
    service = client.app.state.service  # type: ignore[attr-defined]
    assert service.erasing.carry_out(NOW) == 1
    status = client.get(f"/v1/deletions/{asked['request_id']}").json()
    assert (found(status), status["done_at"]) == (found(dry), "2025-03-01T12:00:00Z")
    assert client.get("/v1/deletions/other").json()["error"]["code"] == "not_found"
    client.post("/v1/recommendations", json={"customer_id": "anna"})
    service.writer.close()
    assert files_with(tmp_path, ["anna"]) == {}
    assert database_url is None or tables_with(database_url, ["anna"]) == {}


def test_a_deletion_is_written_down(client: TestClient) -> None:
    """The audit log keeps the act and the hash; a dry run is no act."""
    delete(client, "anna", dry_run=True)
    delete(client, "anna")
    [act] = client.get("/v1/audit").json()["acts"]
    assert (act["actor"], act["act"], act["subject"], act["details"]) == (
        "open",
        "customer.delete",
        person_hash("anna"),
        {"found": 1},
    )


CALLS = (
    ("DELETE", "/v1/customers/nobody"),
    ("GET", "/v1/customers/anna/export"),
    ("GET", "/v1/customers/anna/contact-details"),
    ("GET", "/v1/deletions/x"),
    ("POST", "/v1/customers/anna/merge"),
    ("DELETE", "/v1/customers/anna/merge?visitor_id=w"),
)


def test_only_who_may(tmp_path: Path) -> None:
    """Deleting, handing out and reading contact details is the admin's; merging is also the shop's own server's."""
    shop = small_shop(tmp_path)
    keys = dict(zip(ROLES, make_keys(shop, *map(asked, ROLES)), strict=True))
    with serving(shop) as client:
        for (method, path), role in product(CALLS, ROLES):
            body = {"visitor_id": "w"} if method == "POST" else None
            status = client.request(method, path, json=body, headers=bearer(keys[role])).status_code
            may = role == "admin" or (role == "shop" and "merge" in path)
            assert (status in (200, 404)) if may else (status == 403), (method, path, role)
