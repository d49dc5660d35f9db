"""Requests by the byte: what no well-behaved client sends, straight into the application."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from sqlalchemy import Engine
from starlette.testclient import TestClient
from starlette.types import Message

from serving.database.schema import METADATA

JSON = ((b"content-type", b"application/json"),)
_COUNTS = " union all ".join(f"select '{name}', count(*) from {name}" for name in METADATA.tables)
"""Asked before and after every request: as text, which nobody has to put together again."""
PARTS_OF_AN_ERROR = {"code", "message", "field", "value", "allowed", "hint"}


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, read by the rules of JSON: NaN is none."""
        return json.loads(self.body, parse_constant=_no_constant)


def ask(
    client: TestClient,
    method: str,
    target: bytes,
    body: bytes = b"",
    headers: Iterable[tuple[bytes, bytes]] = JSON,
    application: Any = None,
) -> Answer:
    """The answer to a request whose target and headers are exactly these bytes.

    It comes from the client's application, or from another one that runs beside it.
    """
    path, _, query = target.partition(b"?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 50_000),
        "scheme": "http",
        "method": method,
        "root_path": "",
        "path": unquote(path.decode("latin-1")),
        "raw_path": path,
        "query_string": query,
        "headers": [(b"host", b"127.0.0.1"), *headers],
        "state": {},
    }
    assert client.portal is not None
    return client.portal.call(_answer, application or client.app, scope, body)


async def _answer(app: Any, scope: dict[str, Any], body: bytes) -> Answer:
    sent: list[Message] = []
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return left.pop() if left else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]))


def check_answer(answer: Answer) -> None:
    """Raise AssertionError unless this is a good answer, or one clear error in the one shape."""
    assert answer.status < 500 or answer.status == 503, answer.body
    assert answer.headers["content-type"].split(";")[0] == "application/json", answer.headers
    said = answer.json()
    assert isinstance(said, dict)
    if answer.status < 400:
        return
    assert set(said) == {"error"}
    assert set(said["error"]) == PARTS_OF_AN_ERROR
    message = said["error"]["message"]
    assert isinstance(said["error"]["code"], str)
    assert isinstance(message, str)
    assert 5 <= len(message) <= 1_500
    assert "Traceback" not in message
    assert 'File "' not in message


def rows_stored(engine: Engine) -> dict[str, int]:
    """How many rows every table holds."""
    with engine.execution_options(reading=True).connect() as connection:
        return {name: rows for name, rows in connection.exec_driver_sql(_COUNTS)}  # noqa: C416 - rows are no tuples


def _no_constant(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")
