"""What every request passes first: keys, roles, limits, origins, and the right headers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.serving.access.made_keys import PAGES, bearer
from tests.serving.api.small_door import AWAY, HERE, SmallDoor, small_door

Small = tuple[SmallDoor, TestClient]
JSON_TYPE = {"Content-Type": "application/json"}


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Small]:
    with small_door(tmp_path / "shop") as opened:
        yield opened


def test_a_key_opens_and_a_revoked_one_does_not(tmp_path: Path, database_url: str | None) -> None:
    """With a key the application hears whose request it is; a second after it was revoked the key is worthless."""
    with small_door(tmp_path / "shop", database_url) as (door, client):
        made = door.made("shop")
        reply = client.get("/v1/recommendations", headers=bearer(made.text))
        assert reply.status_code == 200
        assert reply.json() == {
            "path": "/v1/recommendations",
            "body": "",
            "key_id": made.key.key_id,
            "role": "shop",
        }
        door.keys.revoke(made.key.key_id, door.now)
        door.later(1.01)
        assert client.get("/v1/recommendations", headers=bearer(made.text)).status_code == 401


def test_without_a_valid_key_nothing_is_told(small: Small) -> None:
    """Once a key was made every path asks for one, whatever it is; the answer tells how to send it."""
    door, client = small
    made = door.made("shop")
    for value in (None, "Bearer", "Bearer wrong", f"Basic {made.text}", f"Bearer {made.text}x", "Bearer hk_0_0", "é"):
        headers = {} if value is None else {b"Authorization": value.encode()}
        for method, path in (
            ("GET", "/v1/recommendations"),
            ("DELETE", "/v1/events"),
            ("GET", "/nothing"),
            ("GET", "/"),
        ):
            reply = client.request(method, path, headers=headers)
            assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")
            assert reply.json()["error"]["hint"] == "Authorization: Bearer <key>"
    assert door.asked == []


def test_health_needs_no_key(small: Small) -> None:
    """Strangers, and those with an old key, may ask for health; the application knows that they are strangers."""
    door, client = small
    made = door.made("monitor")
    for headers in ({}, bearer("hk_0_0")):
        reply = client.get("/health/ready", headers=headers)
        assert (reply.status_code, reply.json()["role"]) == (200, None)
    assert client.get("/health/ready", headers=bearer(made.text)).json()["role"] == "monitor"


def test_a_service_without_keys_is_open_on_its_own_machine(small: Small) -> None:
    """Before the first key was made, callers from this machine may do everything and others nothing."""
    door, client = small
    assert client.get("/v1/customers/anna").json()["role"] == "admin"
    door.server = AWAY
    assert client.get("/v1/customers/anna").status_code == 401
    door.server = HERE
    for headers in ({"Host": "rebound.example:8000"}, {"X-Forwarded-For": "1.2.3.4"}):
        assert client.get("/v1/customers/anna", headers=headers).status_code == 401
    door.keys.revoke(door.made("shop").key.key_id, door.now)
    door.later(1.01)
    assert client.get("/v1/customers/anna").status_code == 401


def test_a_role_that_may_not(small: Small) -> None:
    """A key of another role gets 403, which names the roles that may, and the application does not hear of it."""
    door, client = small
    made = door.made("monitor")
    reply = client.post("/v1/events", json={}, headers=bearer(made.text))
    assert reply.status_code == 403
    assert reply.json()["error"]["message"] == (
        "POST /v1/events is for keys of the role admin or browser or shop; got a key of the role monitor. "
        "Use a key of such a role."
    )
    assert door.asked == []


def test_a_key_that_asks_too_often(small: Small) -> None:
    """A key over its limit is told how long to wait; other keys go on, and after the wait it does, too."""
    door, client = small
    made, other = door.made("shop", per_minute=12), door.made("shop")
    headers = bearer(made.text)
    assert [client.get("/v1/bundles", headers=headers).status_code for _ in range(3)] == [200, 200, 429]
    reply = client.get("/v1/bundles", headers=headers)
    assert reply.headers["retry-after"] == "5"
    assert reply.json()["error"]["message"] == (
        "this key may make 12 requests in a minute, and made more. Try again in 5 s."
    )
    assert client.get("/v1/bundles", headers=bearer(other.text)).status_code == 200
    assert b'huitou_rate_limited_total{role="shop"} 2.0' in door.metrics.page()
    door.later(5)
    assert client.get("/v1/bundles", headers=headers).status_code == 200


def test_pages_of_allowed_origins(small: Small) -> None:
    """A browser asks first and is told what its page may send; then the page may read the answer."""
    door, client = small
    made = door.made("browser")
    wants = {"Origin": PAGES, "Access-Control-Request-Method": "POST"}
    reply = client.options("/v1/events", headers=wants)
    assert (reply.status_code, reply.content) == (204, b"")
    assert reply.headers["access-control-allow-origin"] == PAGES
    assert reply.headers["access-control-allow-methods"] == "POST"
    reply = client.post("/v1/events", json={}, headers=bearer(made.text) | {"Origin": PAGES})
    assert reply.status_code == 200
    assert (reply.headers["access-control-allow-origin"], reply.headers["vary"]) == (PAGES, "origin")
    refused = client.post("/v1/events", json={}, headers={"Origin": PAGES})
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, PAGES)


def test_pages_of_other_origins(small: Small) -> None:
    """Other pages may send nothing and read nothing, with a browser key or with any other one."""
    door, client = small
    page, shop, elsewhere = door.made("browser"), door.made("shop"), "https://other.example"
    wants = {"Origin": elsewhere, "Access-Control-Request-Method": "POST"}
    for path, origin in (("/v1/events", elsewhere), ("/v1/customers/anna", PAGES)):
        assert client.options(path, headers=wants | {"Origin": origin}).status_code == 403
    reply = client.post("/v1/events", json={}, headers=bearer(page.text) | {"Origin": elsewhere})
    assert (reply.status_code, reply.json()["error"]["field"]) == (403, "Origin")
    for text, origin in ((page.text, elsewhere), (shop.text, elsewhere), (shop.text, PAGES)):
        reply = client.post("/v1/events", json={}, headers=bearer(text) | {"Origin": origin})
        assert "access-control-allow-origin" not in reply.headers
    assert client.post("/v1/events", json={}, headers=bearer(page.text)).status_code == 200


def test_a_database_that_fails_from_the_start(small: Small) -> None:
    """When no keys can be read nobody comes in, with or without a key; health is still told."""
    door, client = small
    made = door.made("shop")
    door.keys._reader.dispose()
    with door.keys._engine.begin() as connection:
        connection.exec_driver_sql("alter table api_keys rename to gone")
    for headers in ({}, bearer(made.text)):
        reply = client.get("/v1/bundles", headers=headers)
        assert (reply.status_code, reply.json()["error"]["code"]) == (503, "database")
        assert reply.headers["retry-after"] == "2"
    assert client.get("/health/live").status_code == 200


def test_requests_have_a_name(small: Small) -> None:
    """A plain name is the caller's; any other is replaced; it stands in the answer, in errors as well."""
    door, client = small
    reply = client.get("/v1/bundles", headers={"X-Request-Id": "trace-7"})
    assert reply.headers["x-request-id"] == "trace-7"
    reply = client.post("/v1/events", headers={"X-Request-Id": 'a"b'})
    assert (reply.status_code, reply.headers["x-request-id"]) == (415, "abababababababab-1")
    assert [line["request_id"] for line in door.lines] == ["trace-7", "abababababababab-1"]


@pytest.mark.parametrize(
    "path", ["/v1/bundles", "/v1/items/zip/related", "/nothing", "/v1/bundles?fault=1", "/health/live"]
)
def test_answers_are_kept_by_nobody(small: Small, path: str) -> None:
    """No cache keeps an answer, and no browser takes it for anything but what it says."""
    reply = small[1].get(path)
    assert reply.headers.get_list("cache-control") == ["no-store"]
    assert reply.headers.get_list("x-content-type-options") == ["nosniff"]
    assert reply.headers.get_list("content-length") == [str(len(reply.content))]


def test_fast_handlers_answer_first(small: Small) -> None:
    """A fast handler gets the request read and let in; what it leaves, the application answers; its errors are told."""
    door, client = small
    reply = client.post("/v1/events?x=1", content=b'{"a": 1}', headers=JSON_TYPE)
    assert (reply.status_code, reply.content, reply.headers["content-type"]) == (200, b'{"a": 1}', "application/json")
    request = door.asked[-1]
    assert (request.method, request.path, request.query, request.body) == ("POST", "/v1/events", b"x=1", b'{"a": 1}')
    assert request.principal.role == "admin"
    assert client.get("/v1/items/a%2Fb/related").status_code == 200
    assert door.asked[-1].path == "/v1/items/a%2Fb/related"
    slow = client.post("/v1/events?slow", content=b'{"a": 2}', headers=JSON_TYPE)
    assert (slow.json()["path"], slow.json()["body"]) == ("/v1/events", '{"a": 2}')
    wrong = client.post("/v1/events?wrong", content=b"{}", headers=JSON_TYPE)
    assert (wrong.status_code, wrong.json()["error"]["field"]) == (422, "n")
    assert [line["tier"] for line in door.lines] == ["fresh", "fresh", "published", ""]


@pytest.mark.parametrize(
    ("sent", "heard"),
    [
        ("/v1/items/a%2fb", "/v1/items/a%2Fb"),
        ("/v1/items/%61", "/v1/items/a"),
        ("/v1/items/%E8%8C%B6", "/v1/items/%E8%8C%B6"),
        ("/v1/items/%ff", "/v1/items/%FF"),
        ("/v1/items/a+b", "/v1/items/a%2Bb"),
        ("/v1/items/~a.b_c-d", "/v1/items/~a.b_c-d"),
    ],
)
def test_ids_in_paths_have_one_form(small: Small, sent: str, heard: str) -> None:
    """However a caller encodes an id, the application sees it in one way, and a slash inside stays inside."""
    assert small[1].get(sent).json()["path"] == heard
