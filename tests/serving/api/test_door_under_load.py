"""Bodies that are large, slow or broken off; more requests than can be held; faults; and what is written of it all."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from serving.access.request_log import JsonLines
from serving.api import body, door
from serving.api.refusals import LARGEST_BODY_BYTES, LONGEST_PATH_BYTES, LONGEST_QUERY_BYTES
from tests.serving.access.made_keys import bearer
from tests.serving.api.small_door import Caller, SmallDoor, scope, small_door

Small = tuple[SmallDoor, TestClient]
JSON_TYPE = {"Content-Type": "application/json"}
PIECE = {"type": "http.request", "body": b'{"a":', "more_body": True}


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Small]:
    with small_door(tmp_path / "shop") as opened:
        yield opened


def error_of(caller: Caller) -> dict[str, object]:
    return dict(json.loads(caller.told[1]["body"])["error"])


def test_a_body_in_pieces(small: Small) -> None:
    """A body that comes in pieces is heard whole."""
    last = {"type": "http.request", "body": b"1}"}
    caller = Caller(PIECE, last)
    asyncio.run(small[0](scope("POST", "/v1/events"), caller.receive, caller.send))
    assert small[0].asked[0].body == b'{"a":1}'
    assert [message["type"] for message in caller.told] == ["http.response.start", "http.response.body"]


def test_a_body_that_is_too_large(small: Small) -> None:
    """More than the limit is refused at once where the length is declared, else as soon as too much has come."""
    declared = Caller()
    asyncio.run(small[0](scope("POST", "/v1/events", content_length="9" * 30), declared.receive, declared.send))
    endless: list[Message] = [{**PIECE, "body": bytes(100_000)} for _ in range(1_000)]
    caller = Caller(*endless)
    asyncio.run(small[0](scope("POST", "/v1/events"), caller.receive, caller.send))
    for told in (declared, caller):
        assert told.told[0]["status"] == 413
        assert error_of(told)["allowed"] == {"max_bytes": LARGEST_BODY_BYTES}
    assert len(caller._pieces) == 1_000 - 11
    assert small[0].asked == []


def test_a_caller_who_leaves(small: Small, caplog: pytest.LogCaptureFixture) -> None:
    """Who leaves in the middle of a body is not answered and nothing is done; the log has one quiet line."""
    caller = Caller(PIECE)
    asyncio.run(small[0](scope("POST", "/v1/events"), caller.receive, caller.send))
    assert caller.told == []
    assert small[0].asked == []
    assert [line["status"] for line in small[0].lines] == [499]
    assert caplog.records == []


def test_a_body_that_never_ends(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that trickles for too long is answered with 408, and the connection is closed."""
    monkeypatch.setattr(body, "LONGEST_WAIT_S", 0.01)
    never = asyncio.Event

    async def trickle() -> None:
        silence = never()
        caller = Caller()

        async def receive() -> Message:
            await silence.wait()
            return PIECE

        await small[0](scope("POST", "/v1/events"), receive, caller.send)
        assert caller.told[0]["status"] == 408
        assert (b"connection", b"close") in caller.told[0]["headers"]
        assert error_of(caller)["code"] == "too_slow"

    asyncio.run(trickle())


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [("/v1/" + "x" * LONGEST_PATH_BYTES, b"", "path"), ("/v1/bundles", b"x" * (LONGEST_QUERY_BYTES + 1), "query")],
)
def test_what_is_too_long(small: Small, path: str, query: bytes, field: str) -> None:
    """Endless paths and query strings are refused with how long they may be."""
    caller = Caller()
    asked = scope("GET", path)
    asked["query_string"] = query
    asyncio.run(small[0](asked, caller.receive, caller.send))
    assert caller.told[0]["status"] == 414
    assert error_of(caller)["field"] == field


@pytest.mark.parametrize("kind", ["text/plain", "", "application/jsonp", "multipart/form-data; boundary=x", "é"])
def test_what_is_not_json(small: Small, kind: str) -> None:
    """A body must say that it is JSON; parameters and the size of letters do not matter."""
    reply = small[1].post("/v1/events", content=b"{}", headers={b"Content-Type": kind.encode()})
    assert (reply.status_code, reply.json()["error"]["allowed"]) == (415, ["application/json"])
    for good in ("application/json; charset=utf-8", "Application/JSON"):
        assert small[1].post("/v1/events", content=b"{}", headers={"Content-Type": good}).status_code == 200


def test_more_requests_than_can_be_held(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that holds as many requests as it can answers 503 and when to come again; health still answers."""
    monkeypatch.setattr(door, "MOST_IN_FLIGHT", 2)

    async def crowd() -> list[int]:
        opened, callers = asyncio.Event(), [Caller({"type": "http.request"}) for _ in range(5)]

        async def held() -> Message:
            await opened.wait()
            return {"type": "http.request", "body": b"{}"}

        waiting = [
            asyncio.create_task(small[0](scope("POST", "/v1/events"), held, caller.send)) for caller in callers[:2]
        ]
        while small[0].door._in_flight < 2:
            await asyncio.wait(waiting, timeout=0.001)
        await small[0](scope("POST", "/v1/events"), held, callers[2].send)
        assert (b"retry-after", b"1") in callers[2].told[0]["headers"]
        assert error_of(callers[2])["code"] == "busy"
        await small[0](scope("GET", "/health/live"), callers[3].receive, callers[3].send)
        opened.set()
        await asyncio.gather(*waiting)
        await small[0](scope("POST", "/v1/events"), held, callers[4].send)
        return [caller.told[0]["status"] for caller in callers]

    assert asyncio.run(crowd()) == [200, 200, 503, 200, 200]


def test_a_fault_is_hidden_from_the_caller(small: Small, caplog: pytest.LogCaptureFixture) -> None:
    """A fault is answered without a word of it; the log has the place in the code, and nothing that was sent."""
    reply = small[1].get("/v1/items/anna?fault=anna%40example.com", headers={"X-Request-Id": "r-1"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (500, "internal")
    assert "KeyError" not in reply.text
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    line = JsonLines().format(record)
    assert "anna" not in line
    assert json.loads(line)["message"] == "GET /v1/items/{id} failed, request r-1"
    assert "small_door.py" in line
    assert small[0].lines[0]["status"] == 500


def test_a_fault_after_the_answer_began(small: Small, caplog: pytest.LogCaptureFixture) -> None:
    """What was begun is not answered twice, and the fault is noted."""
    reply = small[1].get("/v1/bundles?late=anna")
    assert reply.json()["error"]["message"] == "late"
    assert len(caplog.records) == 1


def test_nothing_personal_is_logged_or_counted(small: Small, caplog: pytest.LogCaptureFixture) -> None:
    """Wherever a caller puts an id, the log and the metrics have none of it, and no key."""
    door_, client = small
    secret = "kundennummer-4711"
    made = door_.made("admin")
    for headers in (bearer(made.text), bearer(made.text + secret), {"Authorization": secret}, {"Cookie": secret}):
        for path in (
            f"/v1/customers/{secret}",
            f"/{secret}",
            f"/v1/bundles?customer_id={secret}",
            f"/v1/x?fault={secret}",
        ):
            client.get(path, headers=headers | {"User-Agent": secret, "Origin": f"https://{secret}", "Referer": secret})
        client.post("/v1/events", json={"customer_id": secret}, headers=headers)
        client.post(f"/v1/events?wrong={secret}", json={"customer_id": secret}, headers=headers)
        client.post("/v1/events", content=secret, headers=headers | {"Content-Type": secret})
        client.request(secret.upper()[:4], f"/{secret}", headers=headers | {"X-Request-Id": f"{secret} "})
    lines = json.dumps(door_.lines)
    assert len(door_.lines) == 32
    assert "/v1/customers/{id}" in lines
    formatted = "".join(JsonLines().format(record) for record in caplog.records if record.name.startswith("huitou"))
    everything = lines + formatted + door_.metrics.page().decode()
    assert secret not in everything
    assert secret.upper()[:4] not in everything
    assert made.text.split("_", 2)[2] not in everything
    assert made.key.key_id in everything


def test_lines_are_written_soon(small: Small) -> None:
    """The log of a quiet service is written by itself, without another request."""

    async def one() -> None:
        caller, written = Caller(), asyncio.Event()
        small[0].on_writing = written.set
        await small[0](scope("GET", "/health/live"), caller.receive, caller.send)
        await asyncio.wait_for(written.wait(), 5)

    asyncio.run(one())
    assert json.loads(small[0].written[0])["route"] == "/health/live"
