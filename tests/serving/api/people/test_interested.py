"""Customers for an item over HTTP: in order, with reasons, and one clear error for a wish that says nothing."""

from __future__ import annotations

from starlette.testclient import TestClient


def test_customers_for_an_item(client: TestClient) -> None:
    """The customers of an item come with score, reason and the tier that ordered them."""
    reply = client.get("/v1/items/kettle/customers", params={"n": 3})
    assert reply.status_code == 200
    said = reply.json()
    assert (said["item_id"], said["tier"]) == ("kettle", "ranker")
    first = said["customers"][0]
    assert (first["customer_id"], first["source"], first["reason"]) == ("anna", "open_cart", "in your cart")
    assert "quiet" not in [each["customer_id"] for each in said["customers"]]


def test_reasons_in_chinese(client: TestClient) -> None:
    """Reasons are told in the language of the request."""
    reply = client.get("/v1/items/kettle/customers", params={"n": 1}, headers={"Accept-Language": "zh-CN"})
    assert reply.json()["customers"][0]["reason"] == "在您的购物车里"


def test_an_id_with_a_slash(client: TestClient) -> None:
    """An item's id may hold any character."""
    reply = client.get("/v1/items/a%2Fb%20%E8%8B%B9%E6%9E%9C/customers")
    assert reply.status_code == 200
    assert reply.json()["item_id"] == "a/b 苹果"


def test_an_unknown_item(client: TestClient) -> None:
    """An item that the snapshot does not know is told as such."""
    reply = client.get("/v1/items/nothing/customers")
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "unknown_item")


def test_customers_for_something_new(client: TestClient) -> None:
    """For a product that is not there yet its category says whom it is for."""
    reply = client.get("/v1/interested-customers", params={"category": "kitchen", "max_price": 60})
    said = reply.json()
    assert said["item_id"] is None
    assert said["customers"][0]["item_id"] in ("kettle", "tea 🍵")


def test_a_wish_that_says_nothing(client: TestClient) -> None:
    """Without any attribute there is one error that names what can be given."""
    reply = client.get("/v1/interested-customers")
    assert reply.status_code == 422
    error = reply.json()["error"]
    assert error["message"].startswith("at least one of category, brand, min_price and max_price must be given")
    assert error["allowed"] == ["category", "brand", "min_price", "max_price"]
