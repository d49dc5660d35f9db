"""A worker: one process that answers requests until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from contextlib import AbstractContextManager, nullcontext

import uvicorn

from serving.running.child import Ready
from serving.running.draining import Application, Draining
from serving.running.http_protocol import HttpProtocol

KEEP_ALIVE_S = 75
"""How long an idle connection is kept: longer than proxies keep theirs, so that they close first."""

BACKLOG = 2048
"""How many connections wait to be taken; the system may allow fewer."""

DRAINING_S = 0.5
"""How long a stopping worker waits for idle connections to ask once more, so that they are closed with an answer."""

_LOOKING_S = 0.02


class WorkerServer(uvicorn.Server):
    """Uvicorn in a process whose signals are the supervisor's affair."""

    def __init__(self, config: uvicorn.Config, draining: Draining, ready: Ready) -> None:
        super().__init__(config)
        self._draining = draining
        self._ready = ready

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """Leave the signals alone; uvicorn would raise them once more at the end."""
        return nullcontext()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open what the application needs, then take requests."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._stop)
        await super().startup(sockets)
        gc.freeze()  # what is there now stays; looking through it for garbage would stop answers for milliseconds
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, answer what is on its way, let the application close what it opened."""
        for server in self.servers:
            server.close()
        self._draining.leaving = True
        loop = asyncio.get_running_loop()
        until = loop.time() + DRAINING_S
        while self.server_state.connections and loop.time() < until:
            await asyncio.sleep(_LOOKING_S)
        await super().shutdown(sockets)

    def _stop(self) -> None:
        self.should_exit = True


def serve_requests(application: Application, door: socket.socket, ready: Ready, graceful_s: int) -> None:
    """Answer requests that arrive at ``door`` until SIGTERM, then finish those that began, in ``graceful_s``."""
    draining = Draining(application)
    config = uvicorn.Config(
        draining,
        loop="uvloop",
        http=HttpProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=graceful_s,
    )
    WorkerServer(config, draining, ready).run([door])
