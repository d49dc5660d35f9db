"""Bytes that no client library sends, through a real socket: lengths that lie, bodies that end early, and noise."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from serving.database.connection import open_database
from tests.serving.api.raw_requests import PARTS_OF_AN_ERROR, rows_stored
from tests.serving.living_service import LivingService
from tests.serving.published_shop import small_shop

BODY = json.dumps(
    {"events": [{"customer_id": "anna", "item_id": "kettle", "kind": "view", "occurred_at": "2025-03-01T10:00:00Z"}]}
).encode()
HEAD = b"POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\n"
SILENCE_S = 0.25
"""Who has not answered after this time waits for more; then the sender hangs up."""


def with_length(body: bytes, length: bytes) -> bytes:
    """A request that says that its body has this length."""
    return HEAD + b"Content-Length: " + length + b"\r\n\r\n" + body


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    """A request whose body comes in chunks."""
    sized = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + sized + end


GOOD = with_length(BODY, str(len(BODY)).encode())


@dataclass(frozen=True)
class Wire:
    """A running service, its tables, and a socket to it."""

    service: LivingService
    engine: Engine

    def exchange(self, sent: bytes) -> list[int]:
        """Statuses that came back; each answer was a good one, and where nothing was taken nothing is stored."""
        before = rows_stored(self.engine)
        statuses = [read_answer(answer) for answer in answers(self._sent(sent))]
        if not any(status < 400 for status in statuses):
            assert rows_stored(self.engine) == before
        return statuses

    def _sent(self, sent: bytes) -> bytes:
        received = []
        with socket.create_connection(("127.0.0.1", self.service.port), timeout=SILENCE_S) as wire:
            try:
                wire.sendall(sent)
                while part := wire.recv(65_536):
                    received.append(part)
                    wire.settimeout(SILENCE_S)
            except (TimeoutError, ConnectionError):
                pass  # it waits for more, or has had enough
        return b"".join(received)

    def lives(self) -> bool:
        """Whether it still answers others."""
        connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=5)
        connection.request("GET", "/health/ready")
        status = connection.getresponse().status
        connection.close()
        return status == 200


def answers(received: bytes) -> Iterator[tuple[int, dict[bytes, bytes], bytes]]:
    """Status, headers and body of every answer in what came back."""
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines[1:])}
        length = int(headers.get(b"content-length", b"0"))
        yield int(lines[0].split(b" ")[1]), headers, rest[:length]
        received = rest[length:]


def read_answer(answer: tuple[int, dict[bytes, bytes], bytes]) -> int:
    """The status of a good answer: no fault, no stack trace, errors in the one shape."""
    status, headers, body = answer
    assert status < 500 or status == 503, body
    assert b"Traceback" not in body
    if status >= 400:
        assert headers[b"content-type"] == b"application/json"
        assert set(json.loads(body)["error"]) == PARTS_OF_AN_ERROR
    return status


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """The service of a small shop."""
    shop = small_shop(tmp_path_factory.mktemp("shop"))
    engine = open_database(shop, None)
    with LivingService(shop) as service:
        yield Wire(service, engine)
    engine.dispose()


def test_a_body_in_chunks_is_taken(wire: Wire) -> None:
    """A body may come in pieces without a length; it counts as one."""
    assert wire.exchange(chunked(BODY[:7], BODY[7:])) == [200]
    assert wire.exchange(GOOD) == [200]


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        pytest.param(with_length(BODY, b"100000"), [], id="shorter than it says"),
        pytest.param(with_length(BODY, b"10"), [400], id="longer than it says"),
        pytest.param(with_length(BODY, b"0"), [422], id="says that it has none"),
        pytest.param(HEAD + b"\r\n" + BODY, [422], id="says nothing of its length"),
        pytest.param(with_length(BODY, b"-5"), [400], id="negative length"),
        pytest.param(with_length(BODY, b"1e3"), [400], id="length that is no number"),
        pytest.param(with_length(BODY, b"9" * 30), [400], id="length that fits into no number"),
        pytest.param(with_length(b"", b"1048577"), [413], id="too long and said so"),
        pytest.param(chunked(b"{", end=b""), [], id="chunks that end early"),
        pytest.param(chunked(BODY, end=b"zz\r\n"), [400], id="chunk without a size"),
        pytest.param(chunked(*[b" " * 65_536] * 17), [413], id="too long in chunks"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500, [400], id="encrypted"),
        pytest.param(b"hello\r\n\r\n", [400], id="no HTTP"),
        pytest.param(b"\x00" * 100, [400], id="zeros"),
        pytest.param(GOOD.replace(b"/v1/events", "/v1/事件".encode()), [400], id="path that is not ASCII"),
        pytest.param(GOOD.replace(b"application/json", b"\xff\xfe"), [415], id="type that is no text"),
        pytest.param(GOOD.replace(b"POST", b"post"), [400], id="method in small letters"),
        pytest.param(GOOD.replace(b"127.0.0.1\r\n", b"127.0.0.1\r\nX: a\x00b\r\n"), [400], id="zero in a header"),
    ],
)
def test_what_lies_is_refused(wire: Wire, sent: bytes, statuses: list[int]) -> None:
    """Lengths that lie, chunks that break off and noise are refused or left waiting, and nothing is stored."""
    assert wire.exchange(sent)[: len(statuses) or None] == statuses
    assert wire.lives()


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good request in which a few bytes were replaced, left out or put in."""
    sent = GOOD
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(sent) - 1))
        gone = draw(st.integers(0, 4))
        put = draw(
            st.one_of(st.binary(max_size=4), st.sampled_from((b"\r\n", b"\r\n\r\n", b"\x00", b": ", b"\xff", b"0")))
        )
        sent = sent[:place] + put + sent[place + gone :]
    return sent


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(sent=damaged())
def test_damaged_requests(wire: Wire, sent: bytes) -> None:
    """Whatever happens to a request on its way is answered well, refused clearly, or waited for."""
    wire.exchange(sent)
    assert wire.lives()
