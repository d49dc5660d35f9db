"""Schedules over HTTP: said, told, replaced and removed."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

WEEKLY: dict[str, Any] = {
    "list": {"name": "购物车", "template": "open-cart"},
    "rhythm": {"every": "week", "weekday": "monday", "hour": 7},
}


def test_a_schedule(client: TestClient) -> None:
    """It is told when the list is made next; the same name replaces it; removed, it is gone."""
    said = client.post("/v1/list-schedules", json=WEEKLY).json()
    assert (said["name"], said["next_at"], said["trouble"]) == ("购物车", "2025-03-03T07:00:00Z", None)
    assert client.get("/v1/list-schedules").json() == {"schedules": [said]}
    daily = client.post("/v1/list-schedules", json=WEEKLY | {"rhythm": {"every": "day"}}).json()
    assert client.get("/v1/list-schedules").json() == {"schedules": [daily]}
    path = "/v1/list-schedules/%E8%B4%AD%E7%89%A9%E8%BD%A6"
    assert client.delete(path).json() == {"name": "购物车"}
    gone = client.delete(path)
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "unknown_schedule")
    assert client.get("/v1/list-schedules").json() == {"schedules": []}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"list": {"name": "x"}, "rhythm": {"every": "day"}}, "must have one of template"),
        (WEEKLY | {"rhythm": {"every": "hour"}}, "rhythm.every must be one of 'day'"),
        (WEEKLY | {"rhythm": {"every": "day", "hour": 24}}, "rhythm.hour must be at most 23"),
        (WEEKLY | {"often": 1}, "often is not a field of this request"),
    ],
)
def test_mistakes(reader: TestClient, said: dict[str, Any], told: str) -> None:
    """One sentence, and nothing is kept."""
    response = reader.post("/v1/list-schedules", json=said)
    assert response.status_code == 422
    assert told in response.json()["error"]["message"]
    assert reader.get("/v1/list-schedules").json() == {"schedules": []}
