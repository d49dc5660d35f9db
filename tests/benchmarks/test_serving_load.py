"""The caller of the serving benchmark: it counts every answer once, whole ones only."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from benchmarks.serving_load import ask, get, post, status_of

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: x\r\n\r\nhello"


@contextmanager
def answering(parts: tuple[bytes, ...], *, once: bool = False) -> Iterator[tuple[int, list[bytes]]]:
    """A service of one connection that answers each request, or only one, with ``parts``, one send each."""
    asked: list[bytes] = []
    door = socket.create_server(("127.0.0.1", 0))
    door.settimeout(10)

    def answer() -> None:
        opened, _ = door.accept()
        with opened:
            opened.settimeout(10)
            while request := opened.recv(65_536):
                asked.append(request)
                for part in parts:
                    opened.sendall(part)
                if once:
                    return

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield door.getsockname()[1], asked
    finally:
        thread.join(10)
        door.close()


@pytest.mark.parametrize("cut", [0, 5, 20, 40, len(ANSWER) - 1])
def test_an_answer_counts_when_it_is_whole(cut: int) -> None:
    """Until the last byte has come there is no status."""
    assert status_of(ANSWER[:cut]) is None
    assert status_of(ANSWER) == 200


def test_each_request_is_answered_once() -> None:
    """All requests go out one after another on a connection, and every answer is timed, in pieces or not."""
    requests = [get("/a"), post("/b", b'{"events": []}', "hk_1_secret"), get("/c")]
    with answering((ANSWER[:30], ANSWER[30:])) as (port, asked):
        load = ask(port, requests, connections=1)
    assert asked == requests
    assert load.statuses == {200: 3}
    assert len(load.latencies_ms) == 3
    assert 0 < load.quantile_ms(0.5) <= load.quantile_ms(0.99)
    assert load.rate == pytest.approx(3 / load.seconds)


def test_a_service_that_goes_away_ends_the_measuring() -> None:
    """A connection that closes in the middle of an answer is no answer."""
    with answering((ANSWER[:10],), once=True) as (port, _), pytest.raises(ConnectionError, match="closed"):
        ask(port, [get("/a")], connections=1)


def test_requests_say_who_asks() -> None:
    """A key travels as a bearer token, and a body with its length in bytes."""
    assert b"Authorization: Bearer hk_1_secret\r\n" in get("/a", "hk_1_secret")
    assert b"Authorization" not in get("/a")
    said = post("/b", '{"a": "é"}'.encode())
    assert b"Content-Length: 11\r\n" in said
    assert said.endswith('é"}'.encode())
