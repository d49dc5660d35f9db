"""Recommendations with a key that stands in pages: whoever copies it learns of nobody what they did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from serving.api.fast.exchange import FastHandlers
from tests.serving.access.made_keys import PAGES, asked, bearer, make_keys
from tests.serving.api.served_shop import event, serving
from tests.serving.published_shop import NOW, small_shop

Clients = tuple[TestClient, dict[str, str], dict[str, str]]
"""The service, and what shows the key of the shop's server and that of its pages."""


@pytest.fixture(scope="module")
def shop_and_pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    """A service with keys; visitor v-1 put a kettle into the cart, and visitor v-2 is the customer anna."""
    shop = small_shop(tmp_path_factory.mktemp("shop"))
    server, browser = make_keys(shop, asked("shop"), asked("browser"))
    of_server, of_pages = bearer(server), bearer(browser) | {"Origin": PAGES}
    with serving(shop) as client:
        events = [event(customer_id=None, visitor_id="v-1", item_id="kettle", kind="cart")]
        sent = client.post("/v1/events", json={"events": events}, headers=of_pages)
        assert sent.json()["stored"] == 1, sent.text
        client.app.state.service.merged.join("v-2", "anna", NOW)  # type: ignore[attr-defined]
        yield client, of_server, of_pages


def ask(client: TestClient, key: dict[str, str], **request: Any) -> list[dict[str, Any]]:
    """The items of the answer."""
    response = client.post("/v1/recommendations", json=request, headers=key)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["items"]
    return found


def test_a_customer_is_not_asked_for(shop_and_pages: Clients) -> None:
    """In either form and for any place it is refused with what to do; the id is not repeated."""
    client, _, pages = shop_and_pages
    by_get = client.get("/v1/recommendations", params={"customer_id": "anna"}, headers=pages)
    by_post = client.post("/v1/recommendations", json={"customer_id": "anna", "visitor_id": "v-1"}, headers=pages)
    several = client.post("/v1/recommendations", json={"customer_id": "anna", "placements": [{}]}, headers=pages)
    for refused in (by_get, by_post, several):
        assert refused.status_code == 403
        assert refused.json()["error"]["message"] == (
            "a key of the role browser asks for a visitor_id, not for a customer_id, because everybody can read the "
            "key. Merge the visitor into the customer (POST /v1/customers/{id}/merge), or ask from your server with "
            "a key of the role shop."
        )
        assert "anna" not in refused.text


@pytest.mark.parametrize(("language", "sentence"), [("en", "picked for you"), ("zh", "为您推荐")])
@pytest.mark.parametrize("visitor", ["v-1", "v-2"])
def test_nothing_is_told_of_what_a_person_did(
    shop_and_pages: Clients, visitor: str, language: str, sentence: str
) -> None:
    """The same items as the shop's server is told, in the same order, without why."""
    client, server, pages = shop_and_pages
    told = ask(client, server, visitor_id=visitor, lang=language, n=20)
    in_public = ask(client, pages, visitor_id=visitor, lang=language, n=20)
    assert [item["item_id"] for item in in_public] == [item["item_id"] for item in told]
    assert any(item["source"] not in ("popular", "exploration") for item in told)
    for before, now in zip(told, in_public, strict=True):
        if before["source"] in ("popular", "exploration"):
            assert now == before
        else:
            assert (now["source"], now["reason"]) == ("personal", sentence)


def test_items_related_to_the_page_keep_their_reason(shop_and_pages: Clients) -> None:
    """The page said itself what is on it."""
    client, server, pages = shop_and_pages
    request = {"visitor_id": "v-9", "placement": "item", "context_items": ["kettle"], "n": 20}
    told = ask(client, server, **request)
    assert any("ettle" in item["reason"] for item in told), told
    assert ask(client, pages, **request) == told


def test_nobody_in_particular_is_told_everything(shop_and_pages: Clients) -> None:
    """Without a person there is nothing to keep."""
    client, server, pages = shop_and_pages
    request = {"recent_events": [{"item_id": "kettle"}], "n": 20}
    assert ask(client, pages, **request) == ask(client, server, **request)


def test_events_may_name_a_customer(shop_and_pages: Clients) -> None:
    """They only add."""
    client, _, pages = shop_and_pages
    sent = client.post("/v1/events", json={"events": [event(customer_id="bo")]}, headers=pages)
    assert sent.json()["stored"] == 1


def test_both_ways_of_answering_refuse_and_keep_silent(shop_and_pages: Clients) -> None:
    """FastAPI's routes say the same with the same key as the handlers in front of them."""
    client, _, pages = shop_and_pages
    fast = client.post("/v1/recommendations", json={"visitor_id": "v-1", "n": 20}, headers=pages).json()["items"]
    door = client.app.door  # type: ignore[attr-defined]
    kept = door._parts
    door._parts = replace(kept, handlers=FastHandlers({}))
    try:
        slow = client.post("/v1/recommendations", json={"visitor_id": "v-1", "n": 20}, headers=pages).json()["items"]
        refused = client.get("/v1/recommendations", params={"customer_id": "anna"}, headers=pages)
    finally:
        door._parts = kept
    assert slow == fast
    assert refused.status_code == 403
