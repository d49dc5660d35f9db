"""One request at the door: what is known of it, and how it is answered."""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter

from starlette.types import Message, Scope, Send

from features.errors import HuitouError
from serving.access.request_log import Answered
from serving.api.errors import error_response
from serving.api.fast.exchange import FastAnswer

LEFT = 499
"""The status in log and metrics of callers who left before they were answered."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_CAREFUL = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"))
"""Every answer may be personal: nobody on the way keeps it, and no browser guesses what it is."""


class Visit:
    """A request from its first byte to its line in the log."""

    __slots__ = ("_scope", "_send", "added", "began_s", "headers", "key_id", "request_id", "status", "template", "tier")

    def __init__(self, scope: Scope, send: Send, headers: dict[bytes, bytes], request_id: str) -> None:
        self._scope = scope
        self._send = send
        self.headers = headers
        self.request_id = request_id
        self.began_s = perf_counter()
        self.added: list[tuple[bytes, bytes]] = [(b"x-request-id", request_id.encode()), *_CAREFUL]
        self.template = "other"
        self.key_id = ""
        self.tier = ""
        self.status = 0

    async def send(self, message: Message) -> None:
        """Send what the application answers, with the door's headers."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), *self.added]
        await self._send(message)

    async def answer(self, answer: FastAnswer) -> None:
        """Send a whole answer."""
        self.tier = answer.tier
        body = answer.body
        self.added.append((b"content-length", b"%d" % len(body)))
        await self.respond(answer.status, answer.headers, body)

    async def respond(self, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes = b"") -> None:
        """Send status, headers and body."""
        self.status = status
        await self._send({"type": "http.response.start", "status": status, "headers": [*headers, *self.added]})
        await self._send({"type": "http.response.body", "body": body})

    async def tell(self, error: HuitouError, headers: dict[str, str] | None = None) -> None:
        """Send an error, unless the answer has begun."""
        if not self.status:
            response = error_response(error, headers)
            await self.respond(response.status_code, response.raw_headers, bytes(response.body))

    def answered(self) -> Answered:
        """What log and metrics tell of it."""
        method: str = self._scope["method"]
        return Answered(
            self.request_id,
            method if method in METHODS else "other",
            self.template,
            self.status or LEFT,
            perf_counter() - self.began_s,
            self.key_id,
            self.tier or self._scope.get("state", _NOTHING).get("tier", ""),
        )


_NOTHING: dict[str, str] = {}
