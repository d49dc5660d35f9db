"""A door before a small application, with keys in a real database and clocks that stand still until told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.access.key_ring import KeyRing
from serving.access.metrics import Metrics
from serving.access.rate_limit import RateLimit
from serving.access.request_id import RequestIds
from serving.access.request_log import RequestLog
from serving.api.door import Door, DoorParts
from serving.api.errors import error_response
from serving.api.fast.exchange import FastAnswer, FastHandlers, FastRequest
from serving.database.access.keys import ApiKeys, MadeKey
from serving.database.connection import open_database
from tests.serving.access.made_keys import asked, counted_bytes
from tests.serving.published_shop import NOW

HERE = ("127.0.0.1", 8000)
AWAY = ("192.168.1.5", 8000)


class SmallDoor:
    """A door whose application says what it was asked."""

    def __init__(self, keys: ApiKeys) -> None:
        self.keys = keys
        self.now = NOW
        self.now_s = 100.0
        self.random_bytes = counted_bytes()
        self.written: list[bytes] = []
        self.on_writing: Callable[[], object] = list
        self.metrics = Metrics()
        self.asked: list[FastRequest] = []
        self.server: tuple[str, int] = HERE
        fast = ("/v1/items/", "/related")
        self.door = Door(
            self._application,
            DoorParts(
                keys=KeyRing(keys.list, lambda: self.now),
                limits=RateLimit(),
                metrics=self.metrics,
                log=RequestLog(self._write, lambda: self.now),
                request_ids=RequestIds(lambda size: b"\xab" * size),
                handlers=FastHandlers({("POST", "/v1/events"): self._fast}, {("GET", *fast): self._fast}),
                monotonic=lambda: self.now_s,
            ),
        )

    def made(self, role: str, **settings: Any) -> MadeKey:
        return self.keys.make(asked(role, **settings), self.now, self.random_bytes)

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.now_s += seconds
        self.now += timedelta(seconds=seconds)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What was logged so far."""
        self.door._parts.log.flush()
        return [json.loads(line) for line in b"".join(self.written).splitlines()]

    def _write(self, lines: bytes) -> None:
        self.written.append(lines)
        self.on_writing()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["server"] = self.server
        await self.door(scope, receive, send)

    async def _fast(self, request: FastRequest) -> FastAnswer | None:
        self.asked.append(request)
        if b"slow" in request.query:
            return None
        if b"wrong" in request.query:
            raise HuitouError("n must be at most 5; got 9.", field="n")
        return FastAnswer(200, request.body or b"{}", tier="fresh")

    async def _application(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for said in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{said}.complete"})
            return
        request = Request(scope, receive)
        if "fault" in request.query_params:
            raise KeyError(request.query_params["fault"])
        if "late" in request.query_params:
            await error_response(HuitouError("late", code="internal"))(scope, receive, send)
            raise KeyError(request.query_params["late"])
        body = await request.body()
        request.state.tier = "published"
        principal = scope["state"]["principal"]
        answer = {
            "path": scope["path"],
            "body": body.decode("latin-1"),
            "key_id": None if principal is None else principal.key_id,
            "role": None if principal is None else principal.role,
        }
        await JSONResponse(answer)(scope, receive, send)


@contextmanager
def small_door(folder: Path, database_url: str | None = None) -> Iterator[tuple[SmallDoor, TestClient]]:
    """The door and a client that knocks at it."""
    engine = open_database(ShopFolder.create(folder), database_url)
    try:
        door = SmallDoor(ApiKeys(engine))
        with TestClient(door, base_url="http://127.0.0.1:8000") as client:
            yield door, client
    finally:
        engine.dispose()


class Caller:
    """An ASGI caller who sends what it is told to, piece by piece, and keeps what comes back."""

    def __init__(self, *pieces: Message) -> None:
        self._pieces = list(pieces)
        self.told: list[Message] = []

    async def receive(self) -> Message:
        return self._pieces.pop(0) if self._pieces else {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.told.append(message)


def scope(method: str, path: str, **headers: str) -> Scope:
    """A request as a server hands it on."""
    sent = {"host": "127.0.0.1", "content-type": "application/json"} | headers
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in sent.items()],
        "server": HERE,
        "state": {},
    }
