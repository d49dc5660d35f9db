"""``/v1/recommendations``: the reply's shape, both forms, and what happens after a click."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from features.shop_folder import ShopFolder
from tests.postgres import PostgresServer
from tests.serving.api.served_shop import event, send, serving, shown
from tests.serving.published_shop import PEOPLE, later, small_shop, write_snapshot
from tests.serving.running.waiting import ended, until


def test_the_reply_has_its_documented_shape(client: TestClient) -> None:
    """The reply names recommendation, placement, model, moment, tier and fallback, and a reason for each item."""
    reply = client.post("/v1/recommendations", json={"customer_id": "anna", "placement": "email", "n": 1})
    assert reply.json() == {
        "recommendation_id": "id-1",
        "placement": "email",
        "model_version": "3",
        "as_of": "2025-03-01T00:00:00Z",
        "snapshot": client.app.state.service.current.get().id,  # type: ignore[attr-defined]
        "tier": "ranker",
        "fallback": None,
        "items": [
            {
                "item_id": "kettle",
                "score": pytest.approx(0.9),
                "source": "open_cart",
                "reason": "in your cart",
            }
        ],
    }


def test_both_forms_agree(reader: TestClient) -> None:
    """GET with repeated parameters answers as POST does."""
    body: dict[str, Any] = {
        "customer_id": "anna",
        "n": 3,
        "offset": 1,
        "exclude": ["zip", "apple"],
        "context_items": ["a/b 苹果"],
        "filter": {"category": ["kitchen", "paper"], "min_price": 2, "in_stock": False},
    }
    query = {key: value for key, value in body.items() if key != "filter"}
    query |= {"category": ["kitchen", "paper"], "min_price": 2, "in_stock": "false"}
    by_get, by_post = reader.get("/v1/recommendations", params=query), reader.post("/v1/recommendations", json=body)
    assert by_get.status_code == by_post.status_code == 200
    assert by_get.json()["items"] == by_post.json()["items"] != []


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.id)
def test_batch_and_live_agree_when_nothing_is_new(reader: TestClient, person: object) -> None:
    """Every customer gets the stored items in the stored order, less what is out of stock."""
    assert isinstance(person, type(PEOPLE[0]))
    reply = reader.post("/v1/recommendations", json={"customer_id": person.id, "strict": True}).json()
    stored = [item for item in person.items if item != "gone"] if person.personalized else []
    assert [item["item_id"] for item in reply["items"]] == stored
    assert reply["fallback"] == (None if person.personalized else "opted_out")


def test_a_visitor_is_served_by_visitor_id(reader: TestClient) -> None:
    """A visitor's own items are found by the visitor's id."""
    assert shown(reader, visitor_id="v 1", n=1, strict=True) == ["tea 🍵"]


def test_unknown_people_are_served(reader: TestClient) -> None:
    """An answer is never empty: popular items, and the reason why."""
    for request in ({"customer_id": "nobody"}, {"visitor_id": "new"}):
        reply = reader.post("/v1/recommendations", json=request).json()
        assert [item["item_id"] for item in reply["items"]][:2] == ["tea 🍵", "apple"]
        assert reply["fallback"] == "unknown_customer"
    assert reader.post("/v1/recommendations", json={}).json()["fallback"] == "anonymous"


def test_the_last_click_counts(client: TestClient) -> None:
    """An event changes the next answer: what was carted comes first, what was bought is gone."""
    before = shown(client, customer_id="anna")
    send(client, event(event_id="1", kind="cart", item_id="tea 🍵"))
    assert shown(client, customer_id="anna")[:2] == ["tea 🍵", "kettle"], "the new cart item, then the others"
    send(client, event(event_id="2", kind="purchase", item_id="kettle"))
    assert "kettle" in before
    assert "kettle" not in shown(client, customer_id="anna")
    assert shown(client, customer_id="b/o b") == ["zip", "apple", "tea 🍵", "a/b 苹果", "kettle", 'quo"te']


def test_recent_events_of_stateless_callers(reader: TestClient) -> None:
    """A caller may send what just happened along with the question; nothing of it is stored."""
    request = {"customer_id": "anna", "n": 1, "recent_events": [{"item_id": "zip", "kind": "cart"}]}
    assert shown(reader, **request) == ["zip"]
    assert shown(reader, customer_id="anna", n=1) == ["kettle"]


def test_events_of_those_who_opted_out_are_not_used(client: TestClient) -> None:
    """Someone who opted out gets popular items, whatever they just did."""
    send(client, event(event_id="1", customer_id="quiet", kind="cart"))
    assert shown(client, customer_id="quiet", n=2) == ["tea 🍵", "apple"]


@pytest.mark.parametrize(
    ("params", "headers", "reason"),
    [
        ({}, {}, "in your cart"),
        ({"lang": "zh"}, {}, "在您的购物车里"),
        ({}, {"Accept-Language": "zh-CN,zh;q=0.9"}, "在您的购物车里"),
        ({"lang": "en"}, {"Accept-Language": "zh"}, "in your cart"),
    ],
)
def test_reasons_in_the_language_asked_for(
    reader: TestClient, params: dict[str, str], headers: dict[str, str], reason: str
) -> None:
    """The parameter decides, then the browser, then English, in both forms."""
    query = {"customer_id": "anna", "n": "1"}
    by_get = reader.get("/v1/recommendations", params=query | params, headers=headers)
    by_post = reader.post("/v1/recommendations", json={"customer_id": "anna"}, params=params, headers=headers)
    in_body = reader.post("/v1/recommendations", json={"customer_id": "anna"} | params, headers=headers)
    replies = (by_get, by_post, in_body)
    assert [reply.json()["items"][0]["reason"] for reply in replies] == [reason] * 3


def test_a_new_snapshot_is_served_without_a_restart(client: TestClient, tmp_path_factory: object) -> None:
    """Publishing while the service runs changes its next answer."""
    service = client.app.state.service  # type: ignore[attr-defined]
    assert client.get("/v1/recommendations").json()["model_version"] == "3"
    write_snapshot(service.shop, header=later(1))
    assert client.get("/v1/recommendations").json()["model_version"] == "3+1"


def test_pages_do_not_wait_for_a_database_that_is_stopped(tmp_path: Path, postgresql_server: PostgresServer) -> None:
    """One worker answers everybody: it waits for a moment, and then goes on without the database until it is back."""
    with postgresql_server.database() as url, serving(small_shop(tmp_path), database_url=url) as client:
        assert client.get("/v1/recommendations?customer_id=anna").json()["fallback"] is None
        with postgresql_server.stopped():
            replies = ended(lambda: [client.get("/v1/recommendations?customer_id=anna") for _ in range(200)])
        assert {(reply.status_code, reply.json()["fallback"]) for reply in replies} == {(200, "opted_out")}
        until(lambda: client.get("/v1/recommendations?customer_id=anna").json()["fallback"] is None)


def test_without_the_database_pages_go_on(tmp_path_factory: pytest.TempPathFactory) -> None:
    """When the database fails pages are answered, but not personally: nobody knows who opted out."""
    shop: ShopFolder = small_shop(tmp_path_factory.mktemp("shop"))
    with serving(shop) as client:
        with client.app.state.service.database.begin() as connection:  # type: ignore[attr-defined]
            connection.exec_driver_sql("drop table inbox")
        reply = client.post("/v1/recommendations", json={"customer_id": "anna", "n": 1}).json()
        assert (reply["items"][0]["item_id"], reply["fallback"]) == ("tea 🍵", "opted_out")
        assert client.get("/v1/recommendations").json()["fallback"] == "anonymous"
        refused = client.post("/v1/events", json={"events": [event(event_id="1")]})
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "database")


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({"n": 0}, "n", "n must be at least 1; got 0."),
        ({"n": 51}, "n", "n must be at most 50; got 51."),
        ({"n": "many"}, "n", 'n must be a whole number; got "many".'),
        ({"n": 10**40}, "n", "n must be"),
        ({"offset": -1}, "offset", "offset must be at least 0; got -1."),
        ({"customer": "anna"}, "customer", 'customer is not a field of this request; got "anna".'),
        ({"customer_id": 7}, "customer_id", "customer_id must be text; got 7."),
        ({"customer_id": ""}, "customer_id", 'customer_id must have at least 1 character; got "".'),
        ({"customer_id": "a\u0000b"}, "customer_id", "customer_id must not be empty or contain control characters"),
        ({"customer_id": "x" * 257}, "customer_id", "customer_id must have at most 256 characters; got"),
        ({"exclude": "zip"}, "exclude", 'exclude must be a list; got "zip".'),
        ({"filter": {"colour": 1}}, "filter.colour", "filter.colour is not a field of this request; got 1."),
        ({"filter": {"min_price": 1e999}}, "filter.min_price", "filter.min_price must be a finite number"),
        ({"recent_events": [{"item_id": "a", "kind": "order"}]}, "recent_events.0.kind", "must be one of 'view'"),
        ([], "body", "body must be a JSON object; got []."),
        (None, "body", "body must be given; got nothing."),
    ],
)
def test_mistakes_are_explained(reader: TestClient, body: object, field: str, message: str) -> None:
    """A wrong field is answered with 422, its name, its value and the rule."""
    content = b"" if body is None else None
    headers = {"Content-Type": "application/json"}
    if isinstance(body, dict) and body.get("filter") == {"min_price": 1e999}:
        content = b'{"filter": {"min_price": 1e999}}'
    reply = (
        reader.post("/v1/recommendations", content=content, headers=headers)
        if content is not None
        else reader.post("/v1/recommendations", json=body)
    )
    assert reply.status_code == 422
    error = reply.json()["error"]
    assert set(error) == {"code", "message", "field", "value", "allowed", "hint"}
    assert error["field"] == field
    assert message in error["message"]
