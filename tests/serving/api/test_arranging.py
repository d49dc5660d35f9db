"""How answers are arranged, seen from the outside: rules, diversity and exploration over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from features.shop_folder import ShopFolder
from serving.database.answers.shown import ShownItem, StoredAnswer
from tests.serving.api.served_shop import event, send, serving
from tests.serving.published_shop import ITEMS, NOW, PEOPLE, write_snapshot

MANY = (*ITEMS, *(f"item {number:02}" for number in range(28)))
"""Enough items for answers that explore."""

EXPLORING = {"usual": {"exploration": 1.0}}
PIN_TEA = {"name": "tea first", "pin": [{"item": "tea 🍵", "place": 1}]}


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    """A shop of thirty-five items, of which hardly anything is known."""
    made = ShopFolder.create(tmp_path / "shop")
    write_snapshot(made, PEOPLE, MANY)
    return made


@pytest.fixture
def client(shop: ShopFolder) -> Iterator[TestClient]:
    with serving(shop) as client:
        yield client


def keep_to(shop: ShopFolder, **rules: Any) -> None:
    """Write the shop's rules."""
    (shop.path / "arrange.json").write_text(json.dumps(rules), encoding="utf-8")


def answer(client: TestClient, **request: Any) -> dict[str, Any]:
    response = client.post("/v1/recommendations", json=request)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def shown(client: TestClient, **request: Any) -> list[tuple[str, str]]:
    """Item and source, place by place."""
    return [(item["item_id"], item["source"]) for item in answer(client, **request)["items"]]


def test_a_rule_pins_an_item(shop: ShopFolder, client: TestClient) -> None:
    """From the next answer on the item stands at its place, says why in both languages, and is there once."""
    before = shown(client, customer_id="anna", n=4)
    assert before[0] == ("kettle", "open_cart")
    keep_to(shop, rules=[PIN_TEA])
    after = answer(client, customer_id="anna", n=4)
    items = after["items"]
    assert (items[0]["item_id"], items[0]["source"], items[0]["reason"]) == ("tea 🍵", "pinned", "chosen by the shop")
    assert items[1]["item_id"] == "kettle"
    assert [item["score"] for item in items] == sorted((item["score"] for item in items), reverse=True)
    assert after["fallback"] is None
    assert answer(client, customer_id="anna", lang="zh")["items"][0]["reason"] == "店铺精选"
    assert [item for item, _ in shown(client, customer_id="anna", n=50)].count("tea 🍵") == 1


def test_filters_are_stronger_than_pins(shop: ShopFolder, client: TestClient) -> None:
    """A pinned item that is out of stock, excluded or on the page is not shown."""
    keep_to(shop, rules=[PIN_TEA, {"name": "gone", "pin": [{"item": "gone", "place": 2}]}])
    assert "gone" not in dict(shown(client, customer_id="anna", n=50))
    assert "tea 🍵" not in dict(shown(client, customer_id="anna", exclude=["tea 🍵"], n=50))
    assert "tea 🍵" not in dict(shown(client, customer_id="anna", context_items=["tea 🍵"], n=50))


def test_rules_for_a_placement_and_a_layer(shop: ShopFolder, client: TestClient) -> None:
    """Rules hold where they say; who opted out is in no layer, and rules about the page alone hold for them, too."""
    keep_to(
        shop,
        rules=[
            {"name": "mail", "placement": ["email"], "pin": [{"item": "apple", "place": 1}]},
            {"name": "back", "layer": ["high_win_back", "active"], "pin": [{"item": 'quo"te', "place": 1}]},
            {"name": "page", "page_category": ["paper"], "pin": [{"item": "tea 🍵", "place": 1}]},
        ],
    )
    assert shown(client, customer_id="anna", n=1) == [('quo"te', "pinned")]
    assert shown(client, customer_id="anna", placement="email", n=2)[0] == ("apple", "pinned")
    for person in ("b/o b", "quiet"):
        assert "pinned" not in dict(shown(client, customer_id=person, n=10)).values()
        on_page = shown(client, customer_id=person, context_items=['quo"te'], n=1)
        assert on_page == [("tea 🍵", "pinned")]


def test_hidden_and_boosted_items(shop: ShopFolder, client: TestClient) -> None:
    """What is hidden appears nowhere, and what is boosted moves up."""
    keep_to(shop, rules=[{"name": "no kitchen", "hide": {"category": ["kitchen"]}}])
    names = dict(shown(client, customer_id="anna", n=50))
    assert "kettle" not in names
    assert "item 04" not in names, "the fifth of seven by category, too"
    keep_to(shop, rules=[{"name": "apples", "boost": [{"item": ["apple"], "factor": 5}]}])
    assert shown(client, customer_id="anna", n=2) == [("apple", "open_cart"), ("kettle", "open_cart")]


def test_a_broken_file_changes_nothing(shop: ShopFolder, client: TestClient) -> None:
    """The rules before it stay, and the service says what is wrong and stays ready."""
    keep_to(shop, rules=[PIN_TEA])
    assert shown(client, customer_id="anna", n=1) == [("tea 🍵", "pinned")]
    assert client.get("/health/ready").json()["rules_trouble"] is None
    keep_to(shop, rules=[PIN_TEA | {"factor": 3}])
    assert shown(client, customer_id="anna", n=1) == [("tea 🍵", "pinned")]
    health = client.get("/health/ready")
    assert health.status_code == 200
    assert health.json()["rules_trouble"] == (
        "arrange.json: rule 1 ('tea first'): factor is not a field of this file; got 3. "
        "Mend it, and look with: huitou rules check"
    )


def categories(found: list[tuple[str, str]]) -> list[int]:
    """The categories by number: every seventh item has the same, and the first two of seven are one."""
    by_place = (0, 0, 1, 1, 2, 2, 3)
    return [by_place[MANY.index(item) % 7] for item, _ in found]


def test_diversity(shop: ShopFolder, client: TestClient) -> None:
    """The request's diversity counts, else that of the placement, else the usual one."""
    one_category = [{"name": "paper", "boost": [{"category": ["paper"], "factor": 10}]}]
    keep_to(shop, rules=one_category, placements={"email": {"diversity": 1.0}})
    plain = categories(shown(client, n=6, diversity=0.0))
    assert len(set(plain)) == 2, "paper, and the most popular item of all"
    for asked in ({"diversity": 1.0}, {"placement": "email"}):
        assert len(set(categories(shown(client, n=4, **asked)))) == 4
    assert categories(shown(client, n=6, placement="email", diversity=0.0)) == plain
    short = client.get("/v1/recommendations", params={"diversity": 1, "n": 4}).json()["items"]
    assert len(set(categories([(item["item_id"], "") for item in short]))) == 4


@pytest.mark.parametrize(
    ("diversity", "message"),
    [(1.1, "diversity must be at most 1.0; got 1.1."), ("much", 'diversity must be a number; got "much".')],
)
def test_diversity_is_a_share(client: TestClient, diversity: object, message: str) -> None:
    """Anything but a number from 0 to 1 is refused."""
    response = client.post("/v1/recommendations", json={"diversity": diversity})
    assert response.status_code == 422
    assert response.json()["error"]["message"] == message


def explorations(client: TestClient) -> list[tuple[StoredAnswer, ShownItem]]:
    """The answers with a little-seen item that were remembered, each with that item."""
    service = client.app.state.service  # type: ignore[attr-defined]
    service.writer.submit(lambda _, batches: batches, None, rows=0, size_bytes=0).result(10)
    found = service.shown.between(NOW, NOW + timedelta(days=1))
    return [(answer, item) for answer in found for item in answer.items if item.propensity is not None]


def test_exploration_is_shown_and_written_down(shop: ShopFolder, client: TestClient) -> None:
    """One little-seen item stands below the third place, says why, and its line tells the chance of it."""
    keep_to(shop, **EXPLORING)
    found = answer(client, customer_id="anna", n=10)
    explored = [(place, item) for place, item in enumerate(found["items"], 1) if item["source"] == "exploration"]
    assert len(explored) == 1
    place, item = explored[0]
    assert place > 3
    assert item["reason"].startswith("few people have seen this in ")
    ((stored, remembered),) = explorations(client)
    assert (stored.recommendation_id, stored.placement, stored.weight) == (found["recommendation_id"], "home", 1.0)
    assert (remembered.item_id, remembered.place, remembered.source) == (item["item_id"], place, "exploration")
    assert 0 < (remembered.propensity or 0) <= 1 / 7


def test_exploration_is_the_same_all_day(shop: ShopFolder, client: TestClient) -> None:
    """Asked again, and page by page, a person sees the same; only answers that show the item are written down."""
    keep_to(shop, **EXPLORING)
    whole = shown(client, customer_id="anna", n=12)
    assert shown(client, customer_id="anna", n=12) == whole
    assert len(explorations(client)) == 2
    pages = [shown(client, customer_id="anna", n=3, offset=start) for start in range(0, 12, 3)]
    assert [entry for page in pages for entry in page] == whole
    assert len(explorations(client)) == 3
    send(client, event(event_id="1", item_id="apple"))
    again = shown(client, customer_id="anna", n=12)
    assert [source for _, source in again].index("exploration") == [source for _, source in whole].index("exploration")


@pytest.mark.parametrize(
    "request_",
    [{"customer_id": "quiet"}, {"customer_id": "anna", "strict": True}, {"customer_id": "nobody"}, {}],
    ids=["opted out", "strict", "stranger", "nobody"],
)
def test_who_sees_no_exploration(shop: ShopFolder, client: TestClient, request_: dict[str, Any]) -> None:
    """Not who opted out, not where places may stay empty, and not of whom nothing is known."""
    keep_to(shop, **EXPLORING)
    assert "exploration" not in dict(shown(client, n=20, **request_)).values()
    assert not explorations(client)


def test_what_cannot_be_remembered_is_not_shown(shop: ShopFolder, client: TestClient) -> None:
    """Where the chance of it cannot be kept there is an answer without exploration."""
    keep_to(shop, **EXPLORING)
    client.app.state.service.writer.close()  # type: ignore[attr-defined]
    found = shown(client, customer_id="anna", n=12)
    assert len(found) == 12
    assert "exploration" not in dict(found).values()


def test_who_opted_out_is_not_arranged_for(shop: ShopFolder, client: TestClient) -> None:
    """What they bought or looked at changes nothing for who opted out; it does for who did not."""
    for person in ("quiet", "b/o b"):
        before = shown(client, customer_id=person, n=50)
        kinds = [("purchase", "tea 🍵"), ("view", "item 04")]
        send(
            client,
            *(event(event_id=f"{person} {kind}", customer_id=person, kind=kind, item_id=item) for kind, item in kinds),
        )
        after = shown(client, customer_id=person, n=50)
        assert (after == before) == (person == "quiet")
    assert "tea 🍵" in dict(shown(client, customer_id="quiet", n=50))
    assert "tea 🍵" not in dict(shown(client, customer_id="b/o b", n=50))
