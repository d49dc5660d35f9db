"""The small shop behind the real application, with a still clock and ids that count."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from urllib.parse import quote

from starlette.testclient import TestClient

from features.shop_folder import ShopFolder
from serving.api.application import create_app
from tests.serving.published_shop import NOW


@contextmanager
def serving(shop: ShopFolder, **settings: Any) -> Iterator[TestClient]:
    """A client of the shop's service."""
    numbers = count(1)
    app = create_app(shop, **{"clock": lambda: NOW, "new_id": lambda: f"id-{next(numbers)}"} | settings)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def encoded(identity: str) -> str:
    """An id as a segment of a URL."""
    return quote(identity, safe="")


def event(**fields: Any) -> dict[str, Any]:
    """An event as a shop sends it: anna views a kettle at ten."""
    usual = {"customer_id": "anna", "item_id": "kettle", "kind": "view", "occurred_at": "2025-03-01T10:00:00Z"}
    return {**usual, **fields}


def send(client: TestClient, *events: dict[str, Any]) -> dict[str, Any]:
    """Send events and return the answer."""
    response = client.post("/v1/events", json={"events": list(events)})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def shown(client: TestClient, **request: Any) -> list[str]:
    """Ids of the items recommended."""
    response = client.post("/v1/recommendations", json=request)
    assert response.status_code == 200, response.text
    return [item["item_id"] for item in response.json()["items"]]
