"""The small shop behind a real socket: a service that can go away and come back at the same address."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import uvicorn
from sqlalchemy import select
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from features.shop_folder import ShopFolder
from serving.api.application import create_app
from serving.database.access.keys import ApiKeys, NewKey
from serving.database.connection import open_database
from serving.database.tables import INBOX
from serving.running.http_protocol import HttpProtocol


class LivingService:
    """The service of a shop at a free port of this machine."""

    def __init__(
        self, shop: ShopFolder, database_url: str | None = None, clock: Callable[[], datetime] | None = None
    ) -> None:
        self.shop = shop
        self._database_url = database_url
        self._clock = clock or now
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._server: uvicorn.Server | None = None
        self.answered = Answered()
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Answer from now on; requests that come earlier wait at the door."""
        if self._door.fileno() < 0:
            self._door = socket.create_server(("127.0.0.1", self.port))
        application = create_app(self.shop, clock=self._clock, database_url=self._database_url)
        config = uvicorn.Config(
            self.answered.behind(application),
            http=HttpProtocol,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._door],))
        self._thread.start()

    def stop(self) -> None:
        """Go away: connections end, and new ones are refused."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(10)
            self._server = self._thread = None
        self._door.close()

    def make_key(self, role: str, origins: Sequence[str] = (), per_minute: int | None = None) -> str:
        """A new key of a role; before the service has started, or it may take a second to know of it."""
        engine = open_database(self.shop, self._database_url)
        made = ApiKeys(engine).make(NewKey(role, "test", per_minute, origins), self._clock(), os.urandom)
        engine.dispose()
        return made.text

    def stored(self) -> list[dict[str, Any]]:
        """The events in the inbox, the oldest first."""
        engine = open_database(self.shop, self._database_url)
        with engine.connect() as connection:
            rows = connection.execute(select(INBOX).order_by(INBOX.c.sequence)).mappings().all()
        engine.dispose()
        return [dict(row) for row in rows]

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


class Answered:
    """What a service has answered, so that a test can wait for it."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._answers: list[tuple[str, str, int]] = []

    def behind(self, application: ASGIApp) -> ASGIApp:
        """The application; whatever it answers is written down once it was sent."""

        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            async def told(message: Message) -> None:
                await send(message)
                if message["type"] == "http.response.start":
                    scope["answered"] = message["status"]

            await application(scope, receive, told)
            if scope["type"] == "http":
                with self._news:
                    self._answers.append((scope["method"], scope["path"], scope.get("answered", 0)))
                    self._news.notify_all()

        return watched

    def count(self, method: str, path: str, status: int) -> int:
        """How often this was answered."""
        return self._answers.count((method, path, status))

    def wait_for(self, method: str, path: str, status: int, times: int = 1) -> None:
        """Return once this was answered so often; raises AssertionError after ten seconds."""
        with self._news:
            came = self._news.wait_for(lambda: self.count(method, path, status) >= times, timeout=10)
        assert came, f"{method} {path} was not answered with {status} {times} times: {self._answers}"


def now() -> datetime:
    """The real clock, as ``huitou serve`` has it."""
    return datetime.now(UTC)
