"""Online results over HTTP: what pages show and people do becomes rates with intervals."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from features.shop_folder import ShopFolder
from serving.shown.memory import opened
from tests.serving.api.served_shop import event, send, serving
from tests.serving.published_shop import NOW, PEOPLE, Person, later, small_shop, write_snapshot

SOON = "2025-03-02T00:00:00Z"


def ask(client: TestClient, **request: Any) -> dict[str, Any]:
    """An answer."""
    response = client.post("/v1/recommendations", json=request)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def results(client: TestClient, **query: str) -> dict[str, Any]:
    """Results of the answers until midnight."""
    response = client.get("/v1/results/recommendations", params={"until": SOON} | query)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def flush(client: TestClient) -> None:
    """Wait until the writer has stored what was shown."""
    client.app.state.service.writer.submit(lambda _, batches: batches, None, rows=0, size_bytes=0).result(10)  # type: ignore[attr-defined]


def test_from_the_answer_to_the_results(tmp_path: Path, database_url: str | None) -> None:
    """A clicked and bought item counts for the placement, source and version that showed it; opting out is private."""
    shop = small_shop(tmp_path)
    with serving(shop, database_url=database_url) as client:
        first = ask(client, customer_id="anna", n=2, placement="cart")
        ask(client, visitor_id="x", n=3)
        ask(client, customer_id="quiet", n=1)
        shown_item = first["items"][0]["item_id"]
        said = {"item_id": shown_item, "recommendation_id": first["recommendation_id"]}
        at = "2025-03-01T11:59:00Z"
        send(
            client,
            event(event_id="1", occurred_at=at, **said),
            event(event_id="2", occurred_at=at, kind="purchase", unit_price="9.50", **said),
        )
        flush(client)
        found = results(client)
        assert [(row["value"], row["seen_items"], row["clicks"]) for row in found["rows"]] == [
            ("home", 4.0, 0.0),
            ("cart", 2.0, 1.0),
        ]
        cart = found["rows"][1]
        assert (cart["revenue"], cart["click_rate"]["value"], cart["click_rate"]["low"]) == (9.5, 0.5, None)
        assert (found["total"]["people"], found["total"]["purchases"]) == (3, 1.0)
        assert found["by"] == "placement"
        assert [row["value"] for row in results(client, by="version")["rows"]] == ["3"]
        assert {row["value"] for row in results(client, by="place")["rows"]} == {"1", "2", "3"}
        assert results(client, **{"from": "2025-03-01T12:00:01Z"})["rows"] == []
        everyone = [answer.customer_id for answer in client.app.state.service.shown.between(NOW, NOW + timedelta(1))]  # type: ignore[attr-defined]
        assert sorted(map(str, everyone)) == ["None", "anna", "visitor:x"]


def test_bots_are_left_out(tmp_path: Path) -> None:
    """Who is set aside by the served snapshot gets answers and is not counted."""
    shop = ShopFolder.create(tmp_path)
    write_snapshot(shop, [*PEOPLE, Person("machine", ("zip",), set_aside="bot")])
    with serving(shop) as client:
        for person in ("machine", "anna"):
            ask(client, customer_id=person)
        flush(client)
        found = results(client)
    assert (found["total"]["people"], found["left_out"]) == (1, 1)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"by": "colour"}, "by must be one of 'placement', 'source', 'tier', 'version', 'arm' or 'place'; got "),
        ({"from": SOON}, "from must be before until; got 2025-03-02T00:00:00+00:00 and "),
        ({"from": "yesterday"}, "from "),
        ({"until": "2025-03-01T00:00:00"}, "until "),
    ],
)
def test_mistakes_are_told(client: TestClient, query: dict[str, str], message: str) -> None:
    """Each with the field and what is allowed."""
    response = client.get("/v1/results/recommendations", params={"until": SOON} | query)
    assert response.status_code == 422
    assert response.json()["error"]["message"].startswith(message)


def test_a_comparison_over_http(tmp_path: Path, database_url: str | None) -> None:
    """Each person sees the snapshot of a side, the answers say so, and the sides are compared."""
    shop = small_shop(tmp_path)
    served = next(folder.name for folder in shop.snapshots.iterdir() if folder.is_dir())
    tried = write_snapshot(shop, header=later(1), serves=False)
    with opened(shop, database_url) as memory:
        memory.comparisons.start("try", {"a": served, "b": tried}, 0.5, NOW - timedelta(hours=1))
    with serving(shop, database_url=database_url) as client:
        versions = {ask(client, customer_id=f"c{number}", n=1)["model_version"] for number in range(30)}
        assert versions == {"3", "3+1"}
        assert ask(client, n=1)["model_version"] == "3"
        ask(client, customer_id="quiet", n=1)
        flush(client)
        # The clock of the service stands still, and what happens at its moment is not before it.
        assert client.get("/v1/results/comparisons/try").json()["a"]["people"] == 0
    with serving(shop, database_url=database_url, clock=lambda: NOW + timedelta(hours=1)) as client:
        found = client.get("/v1/results/comparisons/try").json()
        assert found["a"]["people"] + found["b"]["people"] == 30
        assert (found["a"]["snapshot"], found["b"]["snapshot"]) == (served, tried)
        assert found["differences"]["conversion"]["absolute"]["value"] == 0
        assert found["notes"][-1].startswith("The comparison still runs.")
        assert {row["value"] for row in results(client, by="arm")["rows"]} == {"try:a", "try:b", "none"}
        missing = client.get("/v1/results/comparisons/other")
    assert missing.status_code == 404
    assert missing.json()["error"]["message"] == "comparison must be one of try; got 'other'."


def test_the_name_of_a_comparison_is_decoded(tmp_path: Path) -> None:
    """Percent-encoded in the path, as ids are, it is told as it was meant."""
    with serving(small_shop(tmp_path)) as client:
        missing = client.get("/v1/results/comparisons/spring%2F%E6%98%A5%20")
    assert missing.status_code == 404
    assert missing.json()["error"]["value"] == "spring/春"


def test_a_merged_visitor_sees_the_customers_side(tmp_path: Path) -> None:
    """Whatever side the visitor's own id would have been on."""
    shop = small_shop(tmp_path)
    served = next(folder.name for folder in shop.snapshots.iterdir() if folder.is_dir())
    tried = write_snapshot(shop, header=later(1), serves=False)
    with opened(shop, None) as memory:
        memory.comparisons.start("try", {"a": served, "b": tried}, 0.5, NOW)
        for number in range(12):
            memory.merged.join(f"v{number}", f"c{number}", NOW)
    with serving(shop) as client:
        customers = [ask(client, customer_id=f"c{number}", n=1)["model_version"] for number in range(12)]
        visitors = [ask(client, visitor_id=f"v{number}", n=1)["model_version"] for number in range(12)]
    assert visitors == customers
    assert set(customers) == {"3", "3+1"}
