"""A caller that asks much: many HTTP requests over a few connections that stay open, and how long each answer took.

It does as little as it can for each request, because on a small machine it takes time from the service it measures: the
requests are bytes that were made before, and of an answer only the status and the length are looked at.
"""

from __future__ import annotations

import select
import socket
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np

from features.arrays import Floats

_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


@dataclass(frozen=True)
class Load:
    """What was asked, and what came."""

    seconds: float
    """How long it took."""
    latencies_ms: Floats
    """How long each answer took; shape (n,)."""
    statuses: Counter[int]
    """How many answers had which status."""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies_ms) / self.seconds

    def quantile_ms(self, share: float) -> float:
        """Within how many milliseconds this share of the answers came."""
        return float(np.quantile(self.latencies_ms, share))


@dataclass
class _Connection:
    """One open connection with at most one request under way."""

    socket: socket.socket
    sent_at: float = 0.0
    got: bytes = b""

    def send(self, request: bytes) -> None:
        """Begin the next request."""
        self.got, self.sent_at = b"", time.perf_counter()
        self.socket.sendall(request)

    def status(self) -> int | None:
        """The status of the answer, None while it is not whole."""
        part = self.socket.recv(65_536)
        if not part:
            raise ConnectionError("the service closed the connection in the middle of an answer")
        self.got += part
        return status_of(self.got)


def status_of(answer: bytes) -> int | None:
    """The status of an answer with a content length, None while more of it is to come."""
    end = answer.find(_END)
    if end < 0:
        return None
    head = answer[:end].lower()
    place = head.find(_LENGTH)
    length = 0 if place < 0 else int(head[place + len(_LENGTH) :].split(b"\r\n", 1)[0])
    return int(answer[9:12]) if len(answer) >= end + len(_END) + length else None


def ask(port: int, requests: Sequence[bytes], connections: int) -> Load:
    """Send all requests to a service of this machine, each connection its next one as soon as it has an answer."""
    with ExitStack() as stack:
        opened = [stack.enter_context(_opened(port)) for _ in range(connections)]
        return _asked({each.fileno(): _Connection(each) for each in opened}, requests)


def _asked(opened: dict[int, _Connection], requests: Sequence[bytes]) -> Load:
    waiting, poll = iter(requests), select.epoll()
    latencies: list[float] = []
    statuses = Counter[int]()
    started = time.perf_counter()
    for number, each in opened.items():
        poll.register(number, select.EPOLLIN)
        each.send(next(waiting))
    while len(latencies) < len(requests):
        for number, _ in poll.poll():
            connection = opened[number]
            status = connection.status()
            if status is None:
                continue
            latencies.append((time.perf_counter() - connection.sent_at) * 1_000)
            statuses[status] += 1
            request = next(waiting, None)
            if request is not None:
                connection.send(request)
    poll.close()
    return Load(time.perf_counter() - started, np.array(latencies), statuses)


def _opened(port: int) -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", port), timeout=30)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


def get(path: str, key: str | None = None) -> bytes:
    """A ``GET`` as bytes."""
    return f"GET {path} HTTP/1.1\r\nHost: shop\r\n{_authorization(key)}\r\n".encode()


def post(path: str, body: bytes, key: str | None = None) -> bytes:
    """A ``POST`` of JSON as bytes."""
    head = f"POST {path} HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n{_authorization(key)}\r\n".encode() + body


def _authorization(key: str | None) -> str:
    return "" if key is None else f"Authorization: Bearer {key}\r\n"
