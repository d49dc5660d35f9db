"""Everything held of one person in one answer: events once, readable names, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from features.events.warehouse import Warehouse
from serving.absorb import absorb
from serving.database.marketing.contact_log import Contact, ContactLog
from serving.database.people.person_hash import person_hash
from serving.privacy.person_export import Holdings, person_export
from tests.serving.api.served_shop import encoded, event, send, serving
from tests.serving.published_shop import NOW, small_shop
from tests.small_shop import contacts


@pytest.fixture
def client(tmp_path: Path, database_url: str | None) -> Iterator[TestClient]:
    """A client of the small shop, in which anna and a visitor did something, one after the other in the warehouse."""
    with serving(small_shop(tmp_path), database_url=database_url) as client:
        service = client.app.state.service  # type: ignore[attr-defined]
        send(client, event(event_id="1", unit_price="9.90"), event(event_id="x", customer_id="quiet"))
        absorb(service.shop, service.inbox)
        send(client, event(event_id="2", kind="cart"), event(event_id="3", customer_id=None, visitor_id="v 1"))
        yield client


def export(client: TestClient, person: str) -> dict[str, Any]:
    """Everything of one person."""
    answer = client.get(f"/v1/customers/{encoded(person)}/export")
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def test_everything_is_there(client: TestClient) -> None:
    """Descriptions, contact details, events, campaigns, predictions, answers, what followed, and merges."""
    service = client.app.state.service  # type: ignore[attr-defined]
    row = {"customer_id": "anna", "email": "a@example.com", "joined_at": "2024-01-01T00:00:00Z"}
    client.put("/v1/customers", json={"customers": [row]})
    Warehouse.open(service.shop).append_contacts(contacts(("anna", "2025-01-01T10:00Z", {"channel": "sms"})))
    shown = client.post("/v1/recommendations", json={"customer_id": "anna", "n": 1}).json()
    send(client, event(event_id="4", recommendation_id=shown["recommendation_id"], occurred_at="2025-03-01T11:00:00Z"))
    client.post("/v1/customers/anna/merge", json={"visitor_id": "v 1"})
    assert client.post("/v1/lists", json={"name": "all", "filter": {"everyone": True}}).status_code == 200
    message = Contact("k-1", "anna", NOW, "spring", "email", outcome="opened")
    ContactLog(service.database).append([message], NOW)
    refused = [{"customer_id": "anna", "channel": "sms"}, {"email": "A@example.com", "source": "hotline"}]
    client.post("/v1/suppressions", json={"suppressions": refused})
    service.writer.close()
    said = export(client, "anna")
    assert list(said) == [
        "customer_id",
        "exported_at",
        "description",
        "contact_details",
        "merged_visitors",
        "merged_into",
        "events",
        "contacts",
        "messages",
        "lists",
        "suppressions",
        "predictions",
        "shown",
        "responses",
    ]
    assert said["description"]["told_over_http"] == {"customer_id": "anna", "joined_at": "2024-01-01T00:00:00Z"}
    assert said["contact_details"] == {"email": "a@example.com", "phone": None, "name": None}
    assert [merge["visitor_id"] for merge in said["merged_visitors"]] == ["v 1"]
    assert [(each["event_id"], each["held_in"]) for each in said["events"]] == [
        ("1", "warehouse"),
        ("2", "inbox"),
        ("3", "inbox"),
        ("4", "inbox"),
    ]
    assert (said["events"][0]["unit_price"], said["events"][0]["occurred_at"]) == (
        "9.9000",
        "2025-03-01T10:00:00Z",
    )
    assert [contact["channel"] for contact in said["contacts"]] == ["sms"]
    assert [(each["channel"], each["arm"], each["outcome"]) for each in said["messages"]] == [
        ("email", "treated", "opened")
    ]
    assert {(each["name"], each["version"], each["customer_id"]) for each in said["lists"]} == {("all", 1, "anna")}
    assert {each["group"] for each in said["lists"]} <= {"treatment", "control"}
    assert [(each["kind"], each["channel"], each["source"]) for each in said["suppressions"]] == [
        ("customer", "sms", ""),
        ("email", None, "hotline"),
    ]
    assert [told["customer_id"] for told in said["predictions"]] == ["anna", "visitor:v 1"]
    assert said["predictions"][0]["recommendations"][0]["item_id"] == "kettle"
    assert said["predictions"][0]["churn_probability_91d"] == 0.8
    assert [each["recommendation_id"] for each in said["shown"]] == [shown["recommendation_id"]]
    assert said["shown"][0]["items"][0]["item_id"] == shown["items"][0]["item_id"]
    assert [each["event_id"] for each in said["responses"]] == ["4"]


def test_a_visitor_has_data_too(client: TestClient) -> None:
    """A visitor is asked about by its id as stored; somebody without anything is not known."""
    said = export(client, "visitor:v 1")
    assert [each["event_id"] for each in said["events"]] == ["3"]
    assert [told["layer"] for told in said["predictions"]] == ["visitor"]
    client.post("/v1/customers/anna/merge", json={"visitor_id": "v 1"})
    assert export(client, "visitor:v 1")["merged_into"] == "anna"
    assert client.get("/v1/customers/nobody/export").json()["error"]["code"] == "unknown_customer"


def test_each_export_is_written_down(client: TestClient) -> None:
    """The audit log says whose data was handed out, by hash; who was deleted is gone."""
    export(client, "quiet")
    [act] = client.get("/v1/audit").json()["acts"]
    assert (act["act"], act["subject"]) == ("customer.export", person_hash("quiet"))
    client.delete("/v1/customers/quiet")
    reply = client.get("/v1/customers/quiet/export")
    assert (reply.status_code, reply.json()["error"]["code"]) == (410, "erased")


def test_the_document_describes_the_answer(client: TestClient) -> None:
    """Every part has a shape of its own, and the example has the fields of an answer."""
    document = client.get("/openapi.json").json()
    response = document["paths"]["/v1/customers/{id}/export"]["get"]["responses"]["200"]
    assert response["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/PersonExport"}
    shape = document["components"]["schemas"]["PersonExport"]
    assert list(shape["properties"]) == list(export(client, "quiet"))
    # FastAPI leaves null out of examples.
    assert {*shape["examples"][0], "merged_into"} == {*shape["properties"]}


def test_nothing_is_left_out(client: TestClient) -> None:
    """The answer has every field of what the command line writes into its file."""
    service = client.app.state.service  # type: ignore[attr-defined]
    holdings = Holdings(service.shop, service.database, service.contact_details, service.snapshot)
    held, said = person_export(holdings, "anna", NOW), export(client, "anna")
    assert list(said) == list(held)
    for part in ("events", "predictions"):
        assert said[part]
        assert [{*row} for row in said[part]] == [{*row} for row in held[part]]
