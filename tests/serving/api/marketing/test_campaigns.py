"""Campaigns over HTTP: made from a list, told what became of the messages, measured."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.serving.api.served_shop import event, send, serving
from tests.serving.lists.listed_shop import crowd
from tests.serving.published_shop import ITEMS, NOW, small_shop, write_snapshot


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(tmp_path: Path, clock: Clock) -> Iterator[TestClient]:
    shop = small_shop(tmp_path / "shop")
    write_snapshot(shop, crowd(120), ITEMS)
    with serving(shop, clock=clock) as opened:
        yield opened


def made(client: TestClient, **said: Any) -> dict[str, Any]:
    """A campaign to a list of everybody."""
    header = client.post("/v1/lists", json={"name": "all", "filter": {"everyone": True}, "control_share": 0.25}).json()
    body = {"name": "spring", "list_id": header["list_id"], "channel": "email", **said}
    response = client.post("/v1/campaigns", json=body)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def members(client: TestClient, list_id: str) -> tuple[list[str], list[str]]:
    rows = client.get(f"/v1/lists/{list_id}/members", params={"n": 1_000}).json()["members"]
    treated, control = (
        [row["customer_id"] for row in rows if row["group"] == group] for group in ("treatment", "control")
    )
    return treated, control


def test_from_list_to_verdict(client: TestClient, clock: Clock) -> None:
    """Made, found again, told of messages, and measured after its end."""
    campaign = made(client, window_days=7, pool="spring")
    assert campaign["state"] == "running"
    address = f"/v1/campaigns/{campaign['campaign_id']}"
    assert client.get(address).json() == campaign
    assert client.get("/v1/campaigns").json() == {"total": 1, "campaigns": [campaign]}
    treated, control = members(client, campaign["list_id"])
    assert (len(treated), len(control)) == (90, 30)
    clock.now = NOW + timedelta(days=1)
    told = client.post(f"{address}/contacts", json={"contacts": [{"customer_id": treated[0], "outcome": "opened"}]})
    assert told.json()["noted"] == 1
    bought = {"kind": "purchase", "unit_price": "10.00", "occurred_at": "2025-03-02T11:00:00Z"}
    send(client, *(event(customer_id=who, event_id=who, **bought) for who in treated[:60]))
    interim = client.get(f"{address}/results").json()
    assert interim["interim"]
    assert interim["verdict"]["kind"] == "not_ended"
    clock.now = NOW + timedelta(days=7)
    found = client.get(f"{address}/results").json()
    assert found["verdict"]["kind"] == "helped"
    assert found["effects"]["treated"]["buyers"] == 60
    assert found["contacts"]["outcomes"] == {"chosen": 89, "opened": 1}
    pool = client.get("/v1/campaigns/pools/spring/results").json()
    assert pool["effects"]["absolute_lift"]["value"] == pytest.approx(found["effects"]["absolute_lift"]["value"])


def test_rows_of_contacts_are_judged_one_by_one(client: TestClient) -> None:
    """Each row says what became of it; wrong ones do not hold up the others."""
    campaign = made(client)
    treated, control = members(client, campaign["list_id"])
    rows = [
        {"customer_id": treated[0], "outcome": "delivered"},
        {"customer_id": control[0], "outcome": "sent"},
        {"customer_id": "nobody", "outcome": "sent"},
        {"customer_id": treated[1], "outcome": "sent", "arm": "control"},
    ]
    found = client.post(f"/v1/campaigns/{campaign['campaign_id']}/contacts", json={"contacts": rows}).json()
    assert [row["status"] for row in found["results"]] == ["noted", "noted_in_control", "rejected", "rejected"]
    assert [(row["error"] or {}).get("code") for row in found["results"]] == [
        None,
        None,
        "unknown_customer",
        "wrong_arm",
    ]
    assert (found["noted"], found["noted_in_control"], found["rejected"]) == (1, 1, 2)


def test_more_rows_than_one_request_takes(client: TestClient) -> None:
    """1,000 at most."""
    rows = [{"customer_id": "c", "outcome": "sent"}] * 1_001
    response = client.post(f"/v1/campaigns/{made(client)['campaign_id']}/contacts", json={"contacts": rows})
    assert response.status_code == 422
    assert response.json()["error"]["message"].startswith("contacts must have at most 1000 entries")


def test_stopping_and_what_follows(client: TestClient) -> None:
    """A campaign that never started has no results; stopping twice is a conflict."""
    campaign = made(client, starts="2025-03-05T12:00:00Z")
    address = f"/v1/campaigns/{campaign['campaign_id']}"
    assert campaign["state"] == "planned"
    assert client.post(f"{address}/stop", json={}).json()["state"] == "cancelled"
    for response in (client.post(f"{address}/stop", json={}), client.get(f"{address}/results")):
        assert response.status_code == 409


def test_a_second_one_to_the_same_people_is_a_conflict(client: TestClient) -> None:
    """The answer names the one that is there; on another channel it is made."""
    first = made(client)
    body = {"name": "again", "list_id": first["list_id"], "channel": "email"}
    response = client.post("/v1/campaigns", json=body)
    error = response.json()["error"]
    assert (response.status_code, error["code"], error["field"]) == (409, "conflict", "list_id")
    assert f"campaign 'spring' ({first['campaign_id']}) has this list by email, 2025-03-01" in error["message"]
    assert client.post("/v1/campaigns", json=body | {"channel": "sms"}).status_code == 200
    assert client.get("/v1/campaigns").json()["total"] == 2


def test_mistakes_are_told(client: TestClient) -> None:
    """An unknown campaign, pool or list, and bodies that make no sense."""
    assert client.get("/v1/campaigns/nothing").json()["error"]["code"] == "unknown_campaign"
    assert client.get("/v1/campaigns/a%2Fb/results").status_code == 404
    assert client.get("/v1/campaigns/pools/no%2Fpool/results").json()["error"]["code"] == "unknown_pool"
    for body, status in (
        ({"name": "x", "list_id": "nothing", "channel": "email"}, 422),
        ({"name": "x", "list_id": "nothing", "channel": "pigeon"}, 422),
        ({"name": "x", "channel": "email"}, 422),
        ({"name": "x", "list": {"name": "y"}, "channel": "email"}, 422),
    ):
        response = client.post("/v1/campaigns", json=body)
        assert (response.status_code, set(response.json())) == (status, {"error"})
    assert client.get("/v1/campaigns").json()["total"] == 0


def test_what_the_calendar_suggests_can_be_made(client: TestClient) -> None:
    """Each suggestion's body is one that the service takes."""
    found = client.get("/v1/campaigns/planned", params={"channel": "email", "days": 30, "occasion": "birthday"}).json()
    assert len(found["campaigns"]) == 5
    said = {name: value for name, value in found["campaigns"][0]["campaign"].items() if value is not None}
    response = client.post("/v1/campaigns", json=said)
    assert response.status_code == 200, response.text
    assert response.json()["state"] == "planned"
    assert client.get("/v1/campaigns/planned", params={"channel": "pigeon"}).status_code == 422


def test_the_holdout_has_results_once_there_is_one(client: TestClient, clock: Clock) -> None:
    """Before that it is a conflict; then everybody is compared with those held out."""
    assert client.get("/v1/results/holdout").status_code == 409
    client.put("/v1/holdout", json={"share": 0.3})
    bought = {"kind": "view", "occurred_at": "2025-02-20T10:00:00Z"}
    send(client, *(event(customer_id=f"c{number:05}", event_id=f"v{number}", **bought) for number in range(120)))
    clock.now = NOW + timedelta(days=3)
    found = client.get("/v1/results/holdout").json()
    assert found["interim"]
    assert found["share"] == 0.3
    assert client.get("/v1/results/holdout", params={"since": "2025-01-01T00:00:00Z"}).status_code == 422
