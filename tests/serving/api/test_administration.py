"""Keys, audit log, health and metrics over HTTP, in the real application."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from features.shop_folder import ShopFolder
from serving.access.rate_limit import RateLimit
from serving.access.request_log import JsonLines, RequestLog
from serving.access.roles import ALLOWED, ROLES
from serving.database.access.audit import COMMAND_LINE, Audit
from serving.database.connection import open_database
from tests.serving.access.made_keys import PAGES, asked, bearer, make_keys
from tests.serving.access.test_metrics import figures
from tests.serving.api.served_shop import event, send, serving
from tests.serving.published_shop import NOW, small_shop


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, dict[str, str]]]:
    """A client of the small shop, and a key of each role."""
    shop = small_shop(tmp_path_factory.mktemp("shop"))
    texts = make_keys(shop, *(asked(role, expires_at=NOW + timedelta(days=1)) for role in ROLES))
    with serving(shop) as client:
        yield client, dict(zip(ROLES, texts, strict=True))


def test_keys_are_listed_without_secrets(guarded: tuple[TestClient, dict[str, str]]) -> None:
    """An administrator sees every key, its role, limits and state, and nothing that would open the service."""
    client, keys = guarded
    reply = client.get("/v1/keys", headers=bearer(keys["admin"]))
    listed = reply.json()["keys"]
    assert [key["role"] for key in listed] == [*ROLES]
    assert listed[1] == {
        "key_id": keys["browser"].split("_")[1],
        "role": "browser",
        "name": "a browser",
        "state": "valid",
        "per_minute": 600_000,
        "origins": [PAGES],
        "created_at": "2025-03-01T12:00:00Z",
        "expires_at": "2025-03-02T12:00:00Z",
        "revoked_at": None,
    }
    assert not any(text.split("_", 2)[2] in reply.text for text in keys.values())
    assert "hash" not in reply.text


def test_the_audit_log_is_read_in_pages(client: TestClient) -> None:
    """Administrative acts come newest first, a page at a time, and can be chosen by who and what."""
    audit: Audit = client.app.state.service.audit  # type: ignore[attr-defined]
    for number in range(5):
        audit.add(COMMAND_LINE, "key.create" if number % 2 else "key.revoke", str(number), {"name": "店"}, NOW)
    first = client.get("/v1/audit?n=3").json()
    assert [act["subject"] for act in first["acts"]] == ["4", "3", "2"]
    assert first["acts"][0] == {
        "number": 5,
        "at": "2025-03-01T12:00:00Z",
        "actor": "command line",
        "act": "key.revoke",
        "subject": "4",
        "details": {"name": "店"},
    }
    rest = client.get(f"/v1/audit?n=3&before={first['before']}").json()
    assert ([act["subject"] for act in rest["acts"]], rest["before"]) == (["1", "0"], None)
    chosen = client.get("/v1/audit?act=key.create&actor=command%20line").json()
    assert [act["subject"] for act in chosen["acts"]] == ["3", "1"]
    for wrong in ("n=0", "n=1001", "before=0", "before=99999999999999999999", "act=%00", "actor='--"):
        assert client.get(f"/v1/audit?{wrong}").status_code == 422


def test_strangers_hear_only_whether_it_is_ready(guarded: tuple[TestClient, dict[str, str]]) -> None:
    """Without a key the health answer is one word; with any key it tells what is served."""
    client, keys = guarded
    assert client.get("/health/ready").json() == {"status": "ready"}
    assert client.get("/health/ready", headers=bearer("hk_0_0")).json() == {"status": "ready"}
    assert client.get("/health/ready", headers=bearer(keys["browser"])).json()["customers"] == 6
    assert client.get("/health/live").json() == {"status": "live"}


def test_strangers_do_not_hear_why_it_is_not_ready(tmp_path: Path) -> None:
    """The reason may name folders and hosts of the shop: it is told to those who hold a key."""
    shop = ShopFolder.create(tmp_path / "shop")
    (text,) = make_keys(shop, asked("monitor"))
    with serving(shop) as client:
        stranger, known = client.get("/health/ready"), client.get("/health/ready", headers=bearer(text))
    assert (stranger.status_code, known.status_code) == (503, 503)
    assert stranger.json()["error"]["message"] == "the service is not ready. With a key this address tells why."
    assert "Run: huitou publish" in known.json()["error"]["message"]


def test_it_is_not_ready_without_a_database(tmp_path: Path) -> None:
    """When the database does not answer, the service lives, is not ready, and says why."""
    with serving(small_shop(tmp_path)) as client:
        assert client.get("/health/ready").status_code == 200
        with client.app.state.service.lag._reader.connect() as connection:  # type: ignore[attr-defined]
            connection.exec_driver_sql("alter table inbox rename to gone")
            connection.commit()
        reply = client.get("/health/ready")
        assert (reply.status_code, reply.json()["error"]["code"]) == (503, "database")
        assert client.get("/health/live").status_code == 200


def test_metrics_tell_of_requests_events_and_what_is_served(tmp_path: Path) -> None:
    """The figures count what was asked and what came, and tell how old the snapshot is and how far the mover is."""
    shop = small_shop(tmp_path)
    with serving(shop, clock=lambda: NOW + timedelta(seconds=30)) as client:
        send(client, event(event_id="1"), event(event_id="2"), event(event_id="2"), event(kind="sneeze"))
        client.get("/v1/recommendations")
        client.get("/v1/items/nothing")
        reply = client.get("/metrics")
    assert reply.headers["content-type"].startswith("text/plain; version=")
    found = figures(reply.text)
    counts = {name: value for name, value in found.items() if name.startswith("huitou_request_seconds_count")}
    assert sum(counts.values()) == 3
    unknown = {"method": "GET", "route": "/v1/items/{id}", "status": "4xx", "tier": ""}
    assert counts[f"huitou_request_seconds_count{unknown}"] == 1
    assert [found[f"huitou_events_total{ {'result': name} }"] for name in ("stored", "repeated", "rejected")] == [
        2,
        1,
        1,
    ]
    assert found["huitou_snapshot_age_seconds"] == 12 * 3_600 + 30
    assert found["huitou_waiting_events"] == 2
    assert found["huitou_mover_lag_seconds"] == 0
    model = {"churn_tier": "model", "recommendation_tier": "ranker", "version": "3"}
    assert found[f"huitou_model_info{model}"] == 1


def test_metrics_before_the_first_publish(tmp_path: Path) -> None:
    """What cannot be found out is left out, and the rest is told."""
    with serving(ShopFolder.create(tmp_path / "shop")) as client:
        found = figures(client.get("/metrics").text)
    assert "huitou_snapshot_age_seconds" not in found
    assert found["huitou_waiting_events"] == 0


def test_two_services_count_and_note_together(tmp_path: Path) -> None:
    """Services that were given the same memory of limits count a key's requests together, and each writes its log."""
    shop = small_shop(tmp_path)
    (text,) = make_keys(shop, asked("shop", per_minute=12))
    together, written = RateLimit(), [[], []]  # type: tuple[RateLimit, list[list[bytes]]]
    logs = [RequestLog(lines.append, lambda: NOW) for lines in written]
    settings = {"rate_limit": together, "monotonic": lambda: 100.0}
    with serving(shop, log=logs[0], **settings) as one, serving(shop, log=logs[1], **settings) as other:
        statuses = [each.get("/v1/bundles", headers=bearer(text)).status_code for each in (one, other, one, other)]
    assert statuses == [200, 200, 429, 429]
    assert [b"".join(lines).count(b'"status":429') for lines in written] == [1, 1]


def test_no_route_logs_whom_it_is_about(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever is done with a customer, the log, the metrics and the audit log never name them."""
    who, caught = "kundin-4711", [b""]
    caplog.set_level("DEBUG", logger="huitou")
    with serving(small_shop(tmp_path), log=RequestLog(caught.append, lambda: NOW)) as client:
        for template, allowed in ALLOWED.items():
            path = re.sub(r"{\w+}", who, template)
            for method, about in ((method, {"customer_id": who}) for method in allowed):
                for params in (about | {who: who}, {"visitor_id": who}, {}):
                    client.request(method, path, params=params, json=about | {"events": [about]})
                client.request(method, f"{path}/{who}", headers={"X-Request-Id": f"{who}!", "Cookie": who}, json=about)
        send(client, event(customer_id=who), event(customer_id=who, kind=who), event(customer_id=who, item_id=who))
        client.put(
            "/v1/customers", json={"customers": [{"customer_id": who, "email": f"{who}@example.com"}, {who: who}]}
        )
        client.post(f"/v1/customers/{who}/merge", json={"visitor_id": who})
        client.get(f"/v1/recommendations?customer_id={who}")
        client.delete(f"/v1/customers/{who}")
        told = client.get("/metrics").text + client.get("/v1/audit").text
    records = "".join(JsonLines().format(record) for record in caplog.records if record.name.startswith("huitou"))
    assert b"/v1/customers/{id}" in b"".join(caught)
    assert who not in b"".join(caught).decode() + records + told


def test_acts_of_the_command_line_are_seen(tmp_path: Path, database_url: str | None) -> None:
    """What was written down beside the running service is read by it, on either engine."""
    shop = small_shop(tmp_path)
    engine = open_database(shop, database_url)
    Audit(engine).add(COMMAND_LINE, "key.create", "0001", {}, NOW)
    engine.dispose()
    with serving(shop, database_url=database_url) as client:
        assert [act["subject"] for act in client.get("/v1/audit").json()["acts"]] == ["0001"]
