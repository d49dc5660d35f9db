"""One batch over the wire: signed, not redirected, and every failure is a sentence."""

from __future__ import annotations

import hmac
from collections.abc import Iterator

import pytest

from serving.lists.webhooks.sending import IDEMPOTENCY, MOMENT, SIGNATURE, Batch, send, signature
from tests.serving.lists.webhooks.listening_system import ListeningSystem, listening_system
from tests.serving.published_shop import NOW

SECRET = b"0123456789abcdef"
BATCH = Batch("d1", 1, 2, {"delivery_id": "d1", "members": [{"customer_id": "王小明"}]})


@pytest.fixture
def system() -> Iterator[ListeningSystem]:
    with listening_system() as listening:
        yield listening


def test_a_batch_is_signed(system: ListeningSystem) -> None:
    """The other system can check who sent it, when, and whether it has it already."""
    assert send(system.url, SECRET, BATCH, NOW) is None
    headers, body = system.got[0]
    assert headers[MOMENT] == "2025-03-01T12:00:00Z"
    wanted = hmac.new(SECRET, b"2025-03-01T12:00:00Z." + body, "sha256").hexdigest()
    assert headers[SIGNATURE] == f"sha256={wanted}" == f"sha256={signature(SECRET, headers[MOMENT], body)}"
    assert headers[IDEMPOTENCY] == "d1-1"
    assert headers["Content-Type"] == "application/json"
    assert "王小明".encode() in body


@pytest.mark.parametrize(
    ("status", "told"), [(500, "it answered 500"), (404, "it answered 404"), (429, "it answered 429")]
)
def test_another_status_is_a_failure(system: ListeningSystem, status: int, told: str) -> None:
    """Only from 200 to 299 has it arrived."""
    system.answers = [status]
    assert send(system.url, SECRET, BATCH, NOW) == told


def test_nothing_is_redirected(system: ListeningSystem) -> None:
    """An answer that leads elsewhere is a failure, and nobody else gets the list."""
    system.answers = [302]
    assert send(system.url, SECRET, BATCH, NOW) == (
        "it cannot be reached: it answers with another address, which is not followed"
    )
    assert len(system.got) == 1


def test_nobody_listens(system: ListeningSystem) -> None:
    """A system that is not there is a failure in words."""
    trouble = send("http://127.0.0.1:9/", SECRET, BATCH, NOW)
    assert trouble is not None
    assert trouble.startswith("it cannot be reached: ")
