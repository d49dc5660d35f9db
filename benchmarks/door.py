"""What the door costs a request: its time with everything on, without a network and with a handler that does nothing.

``python -m benchmarks.door`` prints microseconds for each kind of request, the least of five rounds, beside those of
an application that only sends the same answer.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from features.shop_folder import ShopFolder
from serving.access.key_ring import KeyRing
from serving.access.metrics import Metrics
from serving.access.rate_limit import RateLimit
from serving.access.request_id import RequestIds
from serving.access.request_log import RequestLog
from serving.api.door import Door, DoorParts
from serving.api.fast.exchange import JSON, FastAnswer, FastHandlers, FastRequest
from serving.database.access.keys import MOST_PER_MINUTE, ApiKeys, NewKey
from serving.database.connection import open_database

ROUNDS, REQUESTS = 5, 20_000
ANSWER = FastAnswer(200, b'{"items":[]}' * 60, tier="published")
BODY: Message = {"type": "http.request", "body": b'{"customer_id":"anna"}', "more_body": False}
ASKED = (
    ("GET", "/v1/recommendations"),
    ("POST", "/v1/recommendations"),
    ("GET", "/v1/items/tea/related"),
    ("GET", "/v1/items/green%20tea/related"),
)


def now() -> datetime:
    """The moment."""
    return datetime.now(UTC)


async def answer(_: FastRequest) -> FastAnswer:
    """Does nothing."""
    return ANSWER


async def bare(_: Scope, __: Receive, send: Send) -> None:
    """Sends the answer and no more."""
    await send({"type": "http.response.start", "status": 200, "headers": JSON})
    await send({"type": "http.response.body", "body": ANSWER.body})


def scope_of(method: str, path: str, key: str) -> Scope:
    """A request as a page's server sends it."""
    headers = {
        "host": "127.0.0.1:8000",
        "user-agent": "shop/1.0",
        "accept": "*/*",
        "accept-language": "en",
        "authorization": f"Bearer {key}",
        "content-type": "application/json",
        "content-length": "22",
    }
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"customer_id=anna",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "server": ("127.0.0.1", 8000),
        "state": {},
    }


async def least_us(application: ASGIApp, method: str, path: str, key: str) -> float:
    """Microseconds of one request, the least of several rounds."""

    async def receive() -> Message:
        return BODY

    async def send(message: Message) -> None:
        assert message.get("status", 200) == 200, message

    rounds = []
    for _ in range(ROUNDS):
        scopes = [scope_of(method, path, key) for _ in range(REQUESTS)]
        began = time.perf_counter()
        for scope in scopes:
            await application(scope, receive, send)
        rounds.append((time.perf_counter() - began) / REQUESTS * 1e6)
    return min(rounds)


async def measure(folder: Path, write: Callable[[bytes], object]) -> None:
    """Print the figures; lines of the log go to ``write``."""
    engine = open_database(ShopFolder.create(folder))
    keys = ApiKeys(engine)
    key = keys.make(NewKey("shop", "benchmark", MOST_PER_MINUTE), now(), os.urandom).text
    exact = {asked: answer for asked in ASKED if "items" not in asked[1]}
    parts = DoorParts(
        keys=KeyRing(keys.list, now),
        limits=RateLimit(),
        metrics=Metrics(),
        log=RequestLog(write, now),
        request_ids=RequestIds(os.urandom),
        handlers=FastHandlers(exact, {("GET", "/v1/items/", "/related"): answer}),
    )
    door = Door(bare, parts)
    for method, path in ASKED:
        with_door = await least_us(door, method, path, key)
        without = await least_us(bare, method, path, key)
        print(f"{method} {path}: {with_door - without:.1f} us beside {without:.1f} us without a door")
    engine.dispose()


def main() -> None:
    """Measure in a folder of its own."""
    with TemporaryDirectory() as folder, open(os.devnull, "wb") as nowhere:
        uvloop.run(measure(Path(folder) / "shop", nowhere.write))


if __name__ == "__main__":
    main()
