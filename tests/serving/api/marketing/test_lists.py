"""Lists over HTTP: made, told, paged and made anew; what cannot be is one clear error, and nothing is made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from features.shop_folder import ShopFolder
from tests.serving.access.made_keys import asked, bearer, make_keys
from tests.serving.api.served_shop import serving
from tests.serving.published_shop import small_shop

CARTS: dict[str, Any] = {"name": "购物车", "template": "open-cart", "control_share": 0.4}


def make(client: TestClient, **said: Any) -> dict[str, Any]:
    """A list that was just made."""
    response = client.post("/v1/lists", json=CARTS | said)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def test_a_list_is_made_and_told(client: TestClient) -> None:
    """The answer is what is told of it later; its members come page by page in the language wanted."""
    made = make(client)
    assert (made["name"], made["version"], made["unknown_ids"], made["made_by"]) == ("购物车", 1, [], "open")
    assert made["counts"]["members"] == 5
    assert made["counts"]["excluded"] == {"not_contactable": 1}
    assert made["request"] == CARTS
    told = client.get(f"/v1/lists/{made['list_id']}").json()
    assert told == {name: value for name, value in made.items() if name != "unknown_ids"}
    assert client.get("/v1/lists").json() == {"total": 1, "lists": [told]}
    page = client.get(f"/v1/lists/{made['list_id']}/members?n=2&offset=1&lang=zh").json()
    assert (page["list_id"], page["total"]) == (made["list_id"], 5)
    assert [member["place"] for member in page["members"]] == [2, 3]
    first = page["members"][0]
    assert first["customer_id"] == "王小明"
    assert first["reasons"][0] == "购物车中有The a/b 苹果"
    assert first["items"][0] == {"item_id": "a/b 苹果", "title": "The a/b 苹果"}
    assert first["order_probability_91d"] == 0.7
    assert "购物车" in first["plan"]
    assert not {"person", "person_key", "reasons_en"} & set(first)


def test_plans_speak_of_the_lists_channel(client: TestClient) -> None:
    """The members over HTTP and the exported column say the same; without a channel the playbook's own is told."""
    for channel, told in ({"channel": "email"}, "; channel: E-mail; "), ({}, "; channel: App notification; "):
        list_id = make(client, **channel)["list_id"]
        members = client.get(f"/v1/lists/{list_id}/members").json()["members"]
        export = client.get(f"/v1/lists/{list_id}/export?format=jsonl&columns=plan&columns=place").text
        plans = {row["place"]: row["plan"] for row in map(json.loads, export.splitlines())}
        assert {member["place"]: member["plan"] for member in members} == plans
        assert all(told in plan for plan in plans.values())


def test_the_next_version(client: TestClient) -> None:
    """Made anew, or under the same name, it is the next version, and everybody keeps the group."""
    first = make(client)
    again = client.post(f"/v1/lists/{first['list_id']}/refresh", json={}).json()
    assert (again["version"], make(client)["version"]) == (2, 3)
    pages = [client.get(f"/v1/lists/{each['list_id']}/members").json()["members"] for each in (first, again)]
    assert [(m["customer_id"], m["group"]) for m in pages[0]] == [(m["customer_id"], m["group"]) for m in pages[1]]
    assert [each["version"] for each in client.get("/v1/lists?n=2").json()["lists"]] == [3, 2]


def test_a_merchants_own_list(client: TestClient) -> None:
    """Unknown ids are told in the answer, and only counted afterwards."""
    made = make(client, merchant={"customer_ids": ["anna", "nobody"]})
    assert made["unknown_ids"] == ["nobody"]
    assert made["counts"]["merchant"] == {"given": 2, "known": 1, "unknown": 1, "excluded": {}}
    assert made["request"]["merchant"] == {"customer_ids": 2}


def test_a_list_without_a_control_group_is_warned_of(client: TestClient) -> None:
    """It is made all the same."""
    made = make(client, control_share=0)
    assert made["warnings"] == [
        "nobody is left alone, so what this list brings cannot be measured; make it with a control share"
    ]


MISTAKES = [
    ({"name": "x"}, "must have one of template, audience, filter and interested_in"),
    ({"name": "x", "template": "nope"}, "template must be one of"),
    ({"name": "x", "template": "open-cart", "parameters": {"name": 1}}, 'parameters must have no key "name"'),
    ({"name": "x", "filter": {"field": "layer", "is": "nope"}}, "filter.is must be one of"),
    ({"name": "x", "filter": {"field": "net_spend_all", "at_least": 1e9}}, "nobody in the snapshot fits"),
    ({"name": "x", "template": "open-cart", "rank_by": "uplift"}, "needs an uplift model"),
    ({"name": "x", "template": "open-cart", "merchant": {"customer_ids": ["zz"]}}, "none of the 1 ids"),
    ({"name": "x", "template": "open-cart", "url": "http://x"}, "url is not a field of this request"),
]


@pytest.mark.parametrize(("said", "told"), MISTAKES, ids=[str(place) for place in range(len(MISTAKES))])
def test_mistakes(reader: TestClient, said: dict[str, Any], told: str) -> None:
    """The caller's mistake in one sentence, and no list."""
    response = reader.post("/v1/lists", json=said)
    assert response.status_code == 422
    assert told in response.json()["error"]["message"]
    assert reader.get("/v1/lists").json()["total"] == 0


@pytest.mark.parametrize("path", ["", "/members", "/export", "/deliveries"])
def test_no_such_list(reader: TestClient, path: str) -> None:
    """Not found, whatever is asked of it; ids of any kind reach nothing else."""
    for list_id in ("nope", "..%2F..%2Fshop", "%00", "a%2Fb"):
        response = reader.get(f"/v1/lists/{list_id}{path}")
        assert (response.status_code, response.json()["error"]["code"]) == (404, "unknown_list")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, dict[str, dict[str, str]]]]:
    """A service that asks for keys, and one of each role."""
    shop: ShopFolder = small_shop(tmp_path_factory.mktemp("shop"))
    roles = ("shop", "browser", "marketer", "scientist", "monitor", "admin")
    texts = make_keys(shop, *map(asked, roles))
    with serving(shop) as client:
        yield client, {role: bearer(text) for role, text in zip(roles, texts, strict=True)}


@pytest.mark.parametrize("role", ["shop", "browser", "scientist", "monitor"])
def test_only_marketers_see_lists(keys: tuple[TestClient, dict[str, dict[str, str]]], role: str) -> None:
    """Other roles neither make nor read them."""
    client, headers = keys
    assert client.get("/v1/lists", headers=headers[role]).status_code == 403
    assert client.post("/v1/lists", json=CARTS, headers=headers[role]).status_code == 403


def test_who_made_and_pulled_what_is_written_down(keys: tuple[TestClient, dict[str, dict[str, str]]]) -> None:
    """By the key, with the list's id, and nothing of a person."""
    client, headers = keys
    made = client.post("/v1/lists", json=CARTS, headers=headers["marketer"]).json()
    list_id = made["list_id"]
    client.post(f"/v1/lists/{list_id}/refresh", json={}, headers=headers["marketer"])
    assert client.get(f"/v1/lists/{list_id}/export?format=google", headers=headers["marketer"]).status_code == 200
    acts = client.get("/v1/audit?n=3", headers=headers["admin"]).json()["acts"]
    assert [act["act"] for act in acts] == ["list.export", "list.refresh", "list.make"]
    assert acts[0]["subject"] == acts[2]["subject"] == list_id
    told = {"version": 1, "format": "google", "groups": "treatment", "contact_fields": ["hashes"]}
    assert acts[0]["details"] == told | {"left_out": {}, "as_frozen": False}
    assert len({act["actor"] for act in acts}) == 1
    assert "anna" not in str(acts)
