"""The service as a whole: sizes, errors in one shape, health, and its own description."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from features.shop_folder import ShopFolder
from serving.access.roles import ALLOWED
from serving.api.refusals import LARGEST_BODY_BYTES
from serving.snapshot import current_id
from tests.serving.api.served_shop import event, serving
from tests.serving.published_shop import small_shop, write_snapshot

JSON_TYPE = {"Content-Type": "application/json"}
SHAPE = {"code", "message", "field", "value", "allowed", "hint"}


def test_ready_tells_what_is_served(reader: TestClient) -> None:
    """The health answers name the snapshot, its moment and its model."""
    assert reader.get("/health/live").json() == {"status": "live"}
    said = reader.get("/health/ready").json()
    assert (said["status"], said["model_version"], said["customers"], said["items"]) == ("ready", "3", 6, 7)
    assert said["trouble"] is None


def test_before_the_first_publish(tmp_path: object, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Without a snapshot the service lives, takes events, answers 503 with the next step, and then recovers."""
    shop = ShopFolder.create(tmp_path_factory.mktemp("shop"))
    with serving(shop) as client:
        assert client.get("/health/live").status_code == 200
        for path in ("/health/ready", "/v1/recommendations", "/v1/customers/anna", "/v1/items/zip/related"):
            reply = client.get(path)
            assert reply.status_code == 503
            error = reply.json()["error"]
            assert (error["code"], error["hint"]) == ("no_snapshot", "huitou publish")
            assert "Run: huitou publish" in error["message"]
        assert client.post("/v1/events", json={"events": [event(event_id="1")]}).json()["stored"] == 1
        write_snapshot(shop)
        assert client.get("/health/ready").status_code == 200


def test_ready_tells_of_trouble(tmp_path_factory: pytest.TempPathFactory) -> None:
    """When the pointer names a broken snapshot the service goes on and says so."""
    shop = small_shop(tmp_path_factory.mktemp("shop"))
    with serving(shop) as client:
        assert client.get("/health/ready").json()["trouble"] is None
        (shop.snapshots / "CURRENT").write_text("20300101T000000Z-00000000\n")
        said = client.get("/health/ready").json()
    assert said["snapshot"] != "20300101T000000Z-00000000"
    assert "20300101T000000Z-00000000 cannot be used" in said["trouble"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "the body must be JSON: EOF while parsing an object at line 1 column 1."),
        (b'{"n": NaN}', "the body must be JSON: expected value"),
        (b'{"customer_id": "\\ud800"}', "the body must be JSON:"),
        (b'{"customer_id": "\xff"}', "the body must be JSON: invalid unicode"),
        (b"[" * 100_000, "the body must be JSON: recursion limit exceeded"),
        (b'{"n": ' + b"9" * 5_000 + b"}", "the body must be JSON: number out of range"),
    ],
)
def test_what_is_no_json_is_told(reader: TestClient, body: bytes, said: str) -> None:
    """Broken, endless and impossible JSON is answered with 400 and the place."""
    reply = reader.post("/v1/recommendations", content=body, headers=JSON_TYPE)
    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "broken_json"
    assert reply.json()["error"]["message"].startswith(said)


def test_the_type_of_the_body(reader: TestClient) -> None:
    """A body that does not say that it is JSON is refused with what to send."""
    reply = reader.post("/v1/recommendations", content=b"{}", headers={"Content-Type": "text/plain"})
    assert reply.status_code == 415
    assert reply.json()["error"]["message"] == "Content-Type must be application/json; got text/plain."


def test_a_body_that_is_too_large(reader: TestClient) -> None:
    """More than a megabyte is refused, whether its length was declared or not."""
    large = b'{"events": "' + b"x" * LARGEST_BODY_BYTES + b'"}'

    def in_pieces() -> Iterator[bytes]:
        for start in range(0, len(large), 100_000):
            yield large[start : start + 100_000]

    for content in (large, in_pieces()):
        reply = reader.post("/v1/events", content=content, headers=JSON_TYPE)
        assert reply.status_code == 413
        assert reply.json()["error"]["allowed"] == {"max_bytes": LARGEST_BODY_BYTES}


def test_the_largest_body_is_read(reader: TestClient) -> None:
    """A body of exactly the limit is taken."""
    body = b'{"events": []}'
    reply = reader.post("/v1/events", content=body.ljust(LARGEST_BODY_BYTES), headers=JSON_TYPE)
    assert reply.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "not_found"),
        ("GET", "/", 404, "not_found"),
        ("GET", "/docs", 404, "not_found"),
        ("GET", "/%ff%00", 404, "not_found"),
        ("DELETE", "/v1/recommendations", 405, "method_not_allowed"),
        ("GET", "/v1/events", 405, "method_not_allowed"),
        ("GET", "/v1/recommendations?n=0", 422, "invalid"),
        ("GET", "/v1/recommendations?n=9999999999999999999999", 422, "invalid"),
        ("GET", "/v1/recommendations?colour=red", 422, "invalid"),
        ("GET", "/v1/items/zip/related?n=x", 422, "invalid"),
    ],
)
def test_every_error_has_one_shape(reader: TestClient, method: str, path: str, status: int, code: str) -> None:
    """Whatever goes wrong, the error is one object of six fields, and nothing of the inside is told."""
    reply = reader.request(method, path)
    assert reply.status_code == status
    assert set(reply.json()) == {"error"}
    assert set(reply.json()["error"]) == SHAPE
    assert reply.json()["error"]["code"] == code
    assert "Traceback" not in reply.text


def test_a_fault_of_the_service_is_hidden(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A fault inside is noted in the log and answered without a word of it."""
    shop = small_shop(tmp_path_factory.mktemp("shop"))
    with serving(shop) as client:
        client.get("/health/ready")
        client.app.state.service.current.get().shelf.ids = None  # type: ignore[attr-defined]
        reply = client.get("/v1/recommendations")
    assert reply.status_code == 500
    assert set(reply.json()["error"]) == SHAPE
    assert "NoneType" not in reply.text
    assert current_id(shop) not in reply.text


def test_the_description_follows_the_code(reader: TestClient) -> None:
    """OpenAPI lists every route with examples, and the fields of an event are those of the event table."""
    said = reader.get("/openapi.json").json()
    assert set(said["paths"]) == set(ALLOWED) - {"/openapi.json"}
    events = said["components"]["schemas"]["Events"]
    assert {"event_id", "customer_id", "item_id", "kind"} <= set(events["properties"]["events"]["items"]["properties"])
    assert events["examples"][0]["events"][0]["kind"] == "cart"
    for name in ("RecommendationRequest", "Recommendations", "RelatedItems", "KnownItem"):
        assert said["components"]["schemas"][name]["examples"]


def test_the_examples_work(client: TestClient) -> None:
    """The examples of the description are requests that are understood."""
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    for path, name in (("/v1/recommendations", "RecommendationRequest"), ("/v1/events", "Events")):
        for example in schemas[name]["examples"]:
            reply = client.post(path, content=json.dumps(example), headers=JSON_TYPE)
            assert reply.status_code == 200
            assert reply.json().get("rejected", 0) == 0
