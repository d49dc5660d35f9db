"""``/v1/items``: what is known of an item and what goes with it, by any id."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from features.shop_folder import ShopFolder
from tests.serving.api.served_shop import encoded, serving
from tests.serving.published_shop import ITEMS, write_snapshot


@pytest.mark.parametrize("item", [item for item in ITEMS if item != "gone"])
def test_every_item_has_its_related_items(reader: TestClient, item: str) -> None:
    """Ids with slashes, quotes, emoji and Chinese are found; nothing out of stock comes back."""
    reply = reader.get(f"/v1/items/{encoded(item)}/related")
    assert reply.status_code == 200
    said = reply.json()
    assert (said["item_id"], said["kind"], said["model_version"]) == (item, "viewed_together", "3")
    scores = [related["score"] for related in said["items"]]
    assert scores == sorted(scores, reverse=True) != []
    assert not {related["item_id"] for related in said["items"]} & {item, "gone"}


def test_kind_and_number(reader: TestClient) -> None:
    """The kind chooses the table, n cuts it, and out-of-stock items come when they are asked for."""
    path = f"/v1/items/{encoded('a/b 苹果')}/related"
    assert [item["item_id"] for item in reader.get(path).json()["items"]] == ["apple", "kettle"]
    assert [item["item_id"] for item in reader.get(path, params={"n": 1}).json()["items"]] == ["apple"]
    bought = reader.get(path, params={"kind": "bought_together", "in_stock": False}).json()
    assert [item["item_id"] for item in bought["items"]] == ["kettle", "gone", "apple"]


def test_related_items_have_a_reason(reader: TestClient) -> None:
    """What an item has to do with the other is told in the language asked for."""
    path = "/v1/items/kettle/related"
    english = reader.get(path, params={"kind": "bought_together"}).json()["items"]
    assert {item["reason"] for item in english} == {"often bought with The kettle"}
    chinese = reader.get(path, params={"lang": "zh"}).json()["items"]
    assert {item["reason"] for item in chinese} == {"常与The kettle一起浏览"}


def test_a_slash_is_encoded(reader: TestClient) -> None:
    """An encoded slash belongs to the id; a bare one ends it, so that every path means one route."""
    assert reader.get("/v1/items/a%2Fb%20苹果/related").json()["item_id"] == "a/b 苹果"
    bare = reader.get("/v1/items/a/b%20苹果/related")
    assert (bare.status_code, bare.json()["error"]["code"]) == (404, "not_found")


def test_an_unknown_item(reader: TestClient) -> None:
    """An id that is not in the snapshot is answered with 404."""
    for path in ("/v1/items/nothing/related", "/v1/items/nothing"):
        reply = reader.get(path)
        assert reply.status_code == 404
        assert reply.json()["error"]["message"] == (
            "no item has the id 'nothing' in the snapshot that is served. Import it and publish again."
        )


def test_an_item_is_told(reader: TestClient) -> None:
    """What it is, whether it can be bought, and after how many days it is bought again; null where nobody knows."""
    found = reader.get("/v1/items/a%2Fb%20苹果").json()
    assert found == {
        "item_id": "a/b 苹果",
        "title": "The a/b 苹果",
        "category": "fruit",
        "price": 2.0,
        "in_stock": True,
        "repurchase_cycle_days": 30.2,
        "repurchase_gap_count": 5,
        "model_version": "3",
        "as_of": "2025-03-01T00:00:00Z",
    }
    of_category, gone, bare = (reader.get(f"/v1/items/{encoded(name)}").json() for name in ("apple", "gone", "zip"))
    assert (of_category["repurchase_cycle_days"], of_category["repurchase_gap_count"]) == (30.2, 0)
    assert (gone["in_stock"], gone["repurchase_cycle_days"]) == (False, None)
    assert (bare["title"], bare["category"], bare["price"]) == (None, None, None)


def test_an_unknown_kind(reader: TestClient) -> None:
    """The error names the kinds that there are."""
    reply = reader.get("/v1/items/zip/related", params={"kind": "magic"})
    assert reply.status_code == 422
    error = reply.json()["error"]
    assert error["message"] == "kind must be one of bought_together, viewed_together; got 'magic'."
    assert error["allowed"] == ["bought_together", "viewed_together"]


HOSTILE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffd"), min_size=1, max_size=12)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[ShopFolder, list[str]]:
    """A shop whose items are called every hostile thing that came to mind."""
    ids = [
        "../../etc",
        "a%2Fb",
        "%",
        "x/related",
        "?n=1",
        "#",
        "a&b=c",
        "\\",
        "'; --",
        "<script>",
        "＝1",
        "é",
        "é",
        "+",
    ]
    shop = ShopFolder.create(tmp_path_factory.mktemp("shop"))
    write_snapshot(shop, (), ids)
    return shop, ids


def test_hostile_ids_are_found(hostile: tuple[ShopFolder, list[str]]) -> None:
    """Each id, percent-encoded, leads to itself, and two ways to write an accent are two items."""
    shop, ids = hostile
    with serving(shop) as client:
        for identity in ids:
            for path in (f"/v1/items/{encoded(identity)}/related", f"/v1/items/{encoded(identity)}"):
                reply = client.get(path)
                assert (reply.status_code, reply.json().get("item_id")) == (200, identity)


@given(identity=HOSTILE)
def test_any_id_is_answered(reader: TestClient, identity: str) -> None:
    """Whatever the id, the answer is 200 or 404 in the usual shape."""
    for path in (f"/v1/items/{encoded(identity)}/related", f"/v1/items/{encoded(identity)}"):
        reply = reader.get(path)
        assert reply.status_code in (200, 404)
        assert ("error" in reply.json()) == (reply.status_code == 404)
