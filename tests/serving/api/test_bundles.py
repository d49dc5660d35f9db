"""``/v1/bundles``: what is bought in one order more often than chance explains, for a shop and for an item."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.serving.api.served_shop import encoded


def test_the_shops_bundles(reader: TestClient) -> None:
    """The best come first with all figures; what cannot be bought now comes only when it is asked for."""
    said = reader.get("/v1/bundles").json()
    assert (said["model_version"], said["orders"], len(said["bundles"])) == ("3", 222, 1)
    (bundle,) = said["bundles"]
    assert [(item["item_id"], item["title"]) for item in bundle["items"]] == [
        ("kettle", "The kettle"),
        ("tea 🍵", "The tea 🍵"),
    ]
    assert (bundle["orders"], bundle["customers"], bundle["trend"]) == (12, 12, "steady")
    assert (bundle["price"], bundle["profit"]) == (56, 23.5)
    assert bundle["lift"] == pytest.approx(12 / bundle["expected_orders"], rel=0.01)
    assert 1 < bundle["lift_low"] < bundle["lift"]
    assert bundle["p_value"] <= bundle["q_value"] <= 0.05
    assert bundle["newest_low"] < bundle["newest_share"] < bundle["newest_high"]
    every = reader.get("/v1/bundles", params={"in_stock": False}).json()["bundles"]
    assert [[item["item_id"] for item in each["items"]] for each in every] == [["kettle", "tea 🍵"], ["apple", "gone"]]
    assert every[1]["profit"] is None


def test_pages(reader: TestClient) -> None:
    """``n`` and ``offset`` cut the list."""
    found = reader.get("/v1/bundles", params={"in_stock": False, "n": 1, "offset": 1}).json()["bundles"]
    assert [item["item_id"] for item in found[0]["items"]] == ["apple", "gone"]
    assert reader.get("/v1/bundles", params={"offset": 9}).json()["bundles"] == []


def test_an_items_bundles(reader: TestClient) -> None:
    """An item is found in its bundles; an item without any has none, and one that is not known is told."""
    path = f"/v1/items/{encoded('tea 🍵')}/bundles"
    (bundle,) = reader.get(path).json()["bundles"]
    assert [item["item_id"] for item in bundle["items"]] == ["kettle", "tea 🍵"]
    assert reader.get("/v1/items/zip/bundles").json()["bundles"] == []
    assert reader.get("/v1/items/gone/bundles").json()["bundles"] == []
    assert len(reader.get("/v1/items/gone/bundles", params={"in_stock": False}).json()["bundles"]) == 1
    reply = reader.get("/v1/items/nothing/bundles")
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "unknown_item")


def test_sentences(reader: TestClient) -> None:
    """The reason is told in the language asked for."""
    path = "/v1/items/kettle/bundles"
    assert reader.get(path).json()["bundles"][0]["reason"] == (
        "often bought together: 12 orders, 8.2 times as often as by chance, earns 23.50 an order"
    )
    chinese = reader.get(path, headers={"accept-language": "zh-CN"}).json()["bundles"][0]["reason"]
    assert chinese == "常被一起购买：12笔订单，是随机情况的8.2倍，每单毛利23.50"


@pytest.mark.parametrize(("name", "value"), [("n", 0), ("n", 1001), ("offset", -1), ("n", "many")])
def test_mistakes(reader: TestClient, name: str, value: int | str) -> None:
    """Numbers outside their range are refused."""
    reply = reader.get("/v1/bundles", params={name: value})
    assert (reply.status_code, reply.json()["error"]["field"]) == (422, name)


def test_the_document_describes_them(reader: TestClient) -> None:
    """Every field of a bundle has a description in the API's document."""
    schema = reader.get("/openapi.json").json()["components"]["schemas"]["Bundle"]["properties"]
    assert [name for name, said in schema.items() if "description" not in said] == ["items"]
