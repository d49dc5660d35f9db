"""Several places of one page, what is saved for placements, pins and boosts of a request, and stock as it is now."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.serving.api.served_shop import event, send, shown


def ask(client: TestClient, **request: Any) -> dict[str, Any]:
    """The answer to a request that is good."""
    response = client.post("/v1/recommendations", json=request)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def refused(client: TestClient, **request: Any) -> dict[str, Any]:
    """The error of a request that is not."""
    response = client.post("/v1/recommendations", json=request)
    assert response.status_code == 422, response.text
    error: dict[str, Any] = response.json()["error"]
    return error


def arrange(client: TestClient, rules: dict[str, Any]) -> None:
    """Write the shop's rules."""
    shop = client.app.state.service.shop  # type: ignore[attr-defined]
    (shop.path / "arrange.json").write_text(json.dumps(rules), encoding="utf-8")


def items(answer: dict[str, Any]) -> list[str]:
    return [item["item_id"] for item in answer["items"]]


def test_several_places_show_nothing_twice(reader: TestClient) -> None:
    """Each place has its own answer and id; what an earlier one shows is not in a later one."""
    places = [{"placement": "home", "n": 2}, {"placement": "home", "n": 2}, {"placement": "cart", "n": 50}]
    answer = ask(reader, customer_id="anna", placements=places)
    assert set(answer) == {"placements"}
    first, second, third = answer["placements"]
    assert items(first) == shown(reader, customer_id="anna", n=2)
    everything = items(first) + items(second) + items(third)
    assert len(everything) == len(set(everything)) > 4
    assert len({each["recommendation_id"] for each in answer["placements"]}) == 3
    assert [each["placement"] for each in answer["placements"]] == ["home", "home", "cart"]
    assert len({each["snapshot"] for each in answer["placements"]}) == 1


def test_recent_events_count_for_all_places(reader: TestClient) -> None:
    """What a stateless caller tells is known to every place of the page."""
    recent = [{"item_id": "zip", "kind": "purchase"}]
    places = [{"n": 3}, {"n": 3, "placement": "email"}]
    answer = ask(reader, customer_id="b/o b", recent_events=recent, placements=places)
    assert "zip" in shown(reader, customer_id="b/o b", n=3)
    assert "zip" not in [item for each in answer["placements"] for item in items(each)]


def test_places_are_said_once(reader: TestClient) -> None:
    """Beside placements nothing is said of a single place, there is at least one, and there are at most ten."""
    error = refused(reader, placements=[{"n": 2}], n=3, exclude=["zip"])
    assert "must say exclude, n inside of placements, and not beside it" in error["message"]
    assert refused(reader, placements=[])["field"] == "placements"
    assert refused(reader, placements=[{}] * 11)["field"] == "placements"
    assert refused(reader, placements=[{"n": 0}])["message"] == "placements.0.n must be at least 1; got 0."
    assert refused(reader, placements=[{"customer_id": "anna"}])["field"] == "placements.0.customer_id"


def test_pins_of_a_request(client: TestClient) -> None:
    """A pinned item stands at its place, before a rule's for the same place; what may not be shown is not pinned."""
    pins = [{"item_id": "zip", "place": 1}, {"item_id": "gone", "place": 2}]
    answer = ask(client, customer_id="anna", n=3, pins=pins)
    assert items(answer)[0] == "zip"
    assert answer["items"][0]["source"] == "pinned"
    assert "gone" not in items(answer)
    pins.pop()
    arrange(client, {"rules": [{"name": "tea first", "pin": [{"item": "tea 🍵", "place": 1}]}]})
    assert shown(client, customer_id="anna", n=3, pins=pins)[:2] == ["zip", "tea 🍵"]
    assert shown(client, customer_id="anna", n=3)[0] == "tea 🍵"


def test_boosts_of_a_request(client: TestClient) -> None:
    """A boosted category moves up in this answer alone; a boost names something and keeps to its bounds."""
    plain = shown(client, customer_id="anna", n=7)
    boosted = shown(client, customer_id="anna", n=7, boosts=[{"category": ["fruit"], "factor": 10}])
    assert plain[0] == "kettle"
    assert boosted[0] == "apple"
    assert set(plain) == set(boosted)
    assert shown(client, customer_id="anna", n=7) == plain
    assert refused(client, boosts=[{"factor": 2}])["message"].startswith("boosts.0 must name items")
    assert refused(client, boosts=[{"item": ["zip"], "factor": 11}])["field"] == "boosts.0.factor"


def test_saved_for_a_placement(client: TestClient) -> None:
    """Number, filter and strictness that are saved hold where the request does not say, part by part."""
    saved = {"n": 2, "strict": True, "filter": {"category": ["kitchen"], "min_price": 10}}
    arrange(client, {"placements": {"email": saved}})
    assert shown(client, customer_id="anna", placement="email") == ["kettle"]
    assert len(shown(client, customer_id="anna", placement="email", strict=False, filter={"category": []})) == 1
    lower = shown(client, customer_id="anna", placement="email", strict=False, filter={"min_price": 0})
    assert lower == ["kettle", "tea 🍵"]
    by_get = client.get(
        "/v1/recommendations", params={"customer_id": "anna", "placement": "email", "category": "fruit"}
    )
    assert items(by_get.json()) == []
    assert len(shown(client, customer_id="anna", placement="home")) == 6
    assert len(shown(client, customer_id="anna", placement="email", n=1)) == 1


def test_placements_are_listed(client: TestClient) -> None:
    """What is saved can be read, with what it takes from the usual settings."""
    assert client.get("/v1/placements").json()["placements"] == []
    arrange(client, {"usual": {"diversity": 0.2}, "placements": {"email": {"n": 4, "filter": {"min_price": 5}}}})
    told = client.get("/v1/placements").json()
    assert told["usual"]["diversity"] == 0.2
    assert told["placements"] == [
        {
            "placement": "email",
            "n": 4,
            "strict": None,
            "diversity": 0.2,
            "price_respect": 0.25,
            "exploration": 0.05,
            "filter": {"in_stock": None, "category": None, "brand": None, "min_price": 5.0, "max_price": None},
        }
    ]


def test_stock_as_it_is_now(client: TestClient) -> None:
    """What is said to be sold out is in no answer from then on, and what is back is shown again."""
    assert shown(client, customer_id="anna", n=1) == ["kettle"]
    put = client.put("/v1/items", json={"items": [{"item_id": "kettle", "in_stock": False}]})
    assert put.status_code == 200, put.text
    assert "kettle" not in shown(client, customer_id="anna")
    assert "kettle" not in shown(client)
    related = client.get("/v1/items/apple/related", params={"n": 50}).json()
    assert "kettle" not in items(related)
    assert not client.get("/v1/items/kettle").json()["in_stock"]
    client.put("/v1/items", json={"items": [{"item_id": "kettle", "in_stock": True}, {"item_id": "new one"}]})
    assert shown(client, customer_id="anna", n=1) == ["kettle"]


def test_prices_as_they_are_now(client: TestClient) -> None:
    """A new price counts for filters at once."""
    assert "kettle" not in shown(client, filter={"max_price": 10}, n=50)
    client.put("/v1/items", json={"items": [{"item_id": "kettle", "price": "9.50"}]})
    assert "kettle" in shown(client, filter={"max_price": 10}, n=50)
    assert client.get("/v1/items/kettle").json()["price"] == 9.5


def test_a_merged_visitor_is_the_customer(client: TestClient) -> None:
    """A visitor who logged in is answered as the customer, with what both did."""
    assert shown(client, visitor_id="v 1", n=1, strict=True) == ["tea 🍵"]
    assert "tea 🍵" not in shown(client, customer_id="anna", n=10, strict=True)
    merged = client.post("/v1/customers/anna/merge", json={"visitor_id": "v 1"})
    assert merged.status_code == 200, merged.text
    by_customer, by_visitor = (
        shown(client, customer_id="anna", strict=True),
        shown(client, visitor_id="v 1", strict=True),
    )
    assert by_customer == by_visitor
    assert {"kettle", "tea 🍵"} <= set(by_customer)
    send(client, event(event_id="1", customer_id=None, visitor_id="v 1", kind="cart", item_id="zip"))
    assert shown(client, customer_id="anna", n=1) == ["zip"]


def test_who_opted_out_is_told_so(client: TestClient) -> None:
    """An opt-out over HTTP counts in the next answer, which says that it is not personal."""
    assert ask(client, customer_id="anna", n=1)["fallback"] is None
    client.put("/v1/customers", json={"customers": [{"customer_id": "anna", "personalized": False}]})
    answer = ask(client, customer_id="anna", n=1)
    assert (answer["fallback"], answer["tier"], items(answer)) == ("opted_out", "popular", ["tea 🍵"])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_reasons_name_what_they_speak_of(client: TestClient, language: str) -> None:
    """A reason names the other item by its title."""
    answer = ask(client, context_items=["kettle"], n=1, lang=language)
    assert "The kettle" in answer["items"][0]["reason"]
