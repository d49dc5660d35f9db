"""Another system that takes lists: a real server on this machine, which answers as it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class ListeningSystem:
    """What arrived, and what is answered next."""

    port: int = 0
    """Where it listens."""
    answers: list[int] = field(default_factory=list)
    """Statuses of the next answers; 200 when there are none left."""
    got: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)
    """Headers and body of each request."""

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/huitou"

    @property
    def customers(self) -> list[list[str]]:
        """The ids in each request."""
        return [[member["customer_id"] for member in self.content(n)["members"]] for n in range(len(self.got))]

    def content(self, number: int) -> dict[str, Any]:
        """The body of one request."""
        content: dict[str, Any] = json.loads(self.got[number][1])
        return content


@contextmanager
def listening_system() -> Iterator[ListeningSystem]:
    """A system that listens until the end of ``with``."""
    system = ListeningSystem()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            system.got.append((dict(self.headers), body))
            status = system.answers.pop(0) if system.answers else 200
            self.send_response(status)
            if status == 302:
                self.send_header("location", system.url + "/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    system.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield system
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
