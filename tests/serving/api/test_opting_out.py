"""Opting out of personal answers: it holds in every answer from the next one on, and the answer says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.serving.api.served_shop import event, send, serving
from tests.serving.published_shop import small_shop

OWN = {"kettle", "gone"}
"""What anna's answers would begin with, but for what everybody sees."""


@pytest.fixture
def client(tmp_path: Path, database_url: str | None) -> Iterator[TestClient]:
    """A client of the small shop, in which anna has just looked at paper and then opted out over HTTP."""
    with serving(small_shop(tmp_path), database_url=database_url) as client:
        send(client, event(event_id="1", item_id='quo"te'))
        row = {"customer_id": "anna", "personalized": False}
        assert client.put("/v1/customers", json={"customers": [row]}).json()["stored"] == 1
        yield client


def sources(answer: dict[str, Any]) -> set[str]:
    """Where the items of an answer come from."""
    return {item["source"] for item in answer["items"]}


@pytest.mark.parametrize("customer", ["anna", "quiet"])
def test_recommendations(client: TestClient, customer: str) -> None:
    """Said over HTTP or in a file before, by GET or POST, with or without recent events: popular items alone."""
    recent = [{"kind": "view", "item_id": "kettle"}]
    answers = [
        client.get("/v1/recommendations", params={"customer_id": customer}),
        client.post("/v1/recommendations", json={"customer_id": customer}),
        client.post("/v1/recommendations", json={"customer_id": customer, "recent_events": recent}),
        client.post("/v1/recommendations", json={"customer_id": customer, "n": 3, "offset": 1, "diversity": 1}),
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["fallback"], sources(answer.json())) == (
            200,
            "opted_out",
            {"popular"},
        )


def test_what_belongs_to_the_page(client: TestClient) -> None:
    """On an item's page related items are shown, which are the same for everybody."""
    asked = {"placement": "item", "context_items": ["tea 🍵"], "n": 3}
    own, everybody = (
        client.post("/v1/recommendations", json={**person, **asked}).json() for person in ({"customer_id": "anna"}, {})
    )
    assert own["fallback"] == "opted_out"
    assert [item["item_id"] for item in own["items"]] == [item["item_id"] for item in everybody["items"]]


def test_several_placements(client: TestClient) -> None:
    """Each of several placements says so, and none is personal."""
    places = [{"placement": "home", "n": 2}, {"placement": "email", "n": 2}]
    answer = client.post("/v1/recommendations", json={"customer_id": "anna", "placements": places}).json()
    assert [place["fallback"] for place in answer["placements"]] == ["opted_out", "opted_out"]
    assert set().union(*map(sources, answer["placements"])) == {"popular"}


def test_nobody_hears_of_an_item_or_is_likened(client: TestClient) -> None:
    """Customers for an item, for a category, and similar customers are without those who opted out."""
    for path in ("/v1/items/kettle/customers", "/v1/interested-customers?category=kitchen"):
        assert not {"anna", "quiet"} & {each["customer_id"] for each in client.get(path).json()["customers"]}
    for customer in ("anna", "quiet"):
        said = client.get(f"/v1/customers/{customer}/similar", params={"lang": "zh"}).json()
        assert (said["customers"], said["why_none"]) == ([], "该顾客已选择不接受个性化服务，不作比较")


def test_a_visitor_can_opt_out(client: TestClient) -> None:
    """A visitor says no by its own id, and is left in peace from the next answer on."""
    asked = {"visitor_id": "v 1", "n": 1}
    assert client.post("/v1/recommendations", json=asked).json()["fallback"] is None
    row = {"visitor_id": "v 1", "personalized": False}
    assert client.put("/v1/customers", json={"customers": [row]}).json()["results"][0]["status"] == "stored"
    assert client.post("/v1/recommendations", json=asked).json()["fallback"] == "opted_out"
    wrong = client.put("/v1/customers", json={"customers": [{"visitor_id": ["v"]}, {"visitor_id": None}]}).json()
    assert wrong["rejected"] == 2


def test_what_was_shown_names_nobody(client: TestClient) -> None:
    """An answer that is not personal is remembered without the person."""
    client.post("/v1/recommendations", json={"customer_id": "anna"})
    places = client.delete("/v1/customers/anna", params={"dry_run": True}).json()["places"]
    assert {found["place"]: found["count"] for found in places}["shown"] == 0
