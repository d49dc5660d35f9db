"""Answers that ask the caller to come back by another connection, because this worker is about to end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
"""A message of ASGI."""
Receive = Callable[[], Awaitable[Message]]
"""Where an application gets messages."""
Send = Callable[[Message], Awaitable[None]]
"""Where an application leaves messages."""
Application = Callable[[Message, Receive, Send], Awaitable[None]]
"""An ASGI application."""

_CLOSE = (b"connection", b"close")


class Draining:
    """An application whose connections are closed after their next answer, once :attr:`leaving` is set.

    Kept-alive connections end between two requests in this way, never under one that is on its way.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self.leaving = False
        """Whether the worker is about to end."""

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Hand the request on."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return

        async def closing(message: Message) -> None:
            if self.leaving and message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), _CLOSE]
            await send(message)

        await self._application(scope, receive, closing)
