"""What cannot be read as HTTP is refused in the one shape."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from serving.running.http_protocol import MOST_HEAD_BYTES
from tests.serving.living_service import LivingService
from tests.serving.published_shop import small_shop

LIVE = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivingService]:
    """A running service."""
    with LivingService(small_shop(tmp_path_factory.mktemp("shop"))) as service:
        yield service


def answer(service: LivingService, *parts: bytes) -> tuple[bytes, bytes]:
    """First line and body of what comes back before the service ends the connection."""
    received = b""
    with socket.create_connection(("127.0.0.1", service.port), timeout=5) as wire:
        try:
            for part in parts:
                wire.sendall(part)
            while more := wire.recv(65_536):
                received += more
        except ConnectionError:
            pass  # it ended the connection while more was on its way
    head, _, body = received.partition(b"\r\n\r\n")
    return head.partition(b"\r\n")[0], body


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x02\x00", b"hello\r\n\r\n", LIVE.replace(b"live", b"\xff") + b"\r\n"])
def test_noise_is_told(service: LivingService, sent: bytes) -> None:
    """Bytes that are no HTTP get one clear error, and the connection ends."""
    line, body = answer(service, sent)
    assert line == b"HTTP/1.1 400 Bad Request"
    error = json.loads(body)["error"]
    assert error["code"] == "not_http"
    assert error["message"].startswith("what was sent cannot be read as HTTP.")


@pytest.mark.parametrize("endless", [b"X: " + b"a" * MOST_HEAD_BYTES, b"X: a\r\n" * (MOST_HEAD_BYTES // 6)])
def test_an_endless_head_is_refused(service: LivingService, endless: bytes) -> None:
    """One endless header, or endlessly many, fill no memory."""
    line, body = answer(service, LIVE, endless)
    assert line == b"HTTP/1.1 400 Bad Request"
    assert json.loads(body)["error"]["message"] == (
        "the head of a request may have at most 131072 bytes. Send what is longer in a body."
    )


def test_large_bodies_and_many_requests_are_no_head(service: LivingService) -> None:
    """Bodies of a megabyte, and one request after the other on a connection, are answered as ever."""
    body = b'{"events": []' + b" " * 900_000 + b"}"
    post = b"POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    post += b"Content-Length: %d\r\n\r\n" % len(body) + body
    filler = b"X: " + b"a" * 30_000 + b"\r\n"
    line, rest = answer(service, post, *[LIVE + filler + b"\r\n"] * 6, LIVE + b"Connection: close\r\n\r\n")
    assert line == b"HTTP/1.1 200 OK"
    assert rest.count(b"HTTP/1.1 200 OK") == 7
