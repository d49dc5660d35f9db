"""What the door hands to a fast handler, and what it gets back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Headers = Sequence[tuple[bytes, bytes]]
"""Names in small letters and values, as ASGI has them."""

JSON: Headers = ((b"content-type", b"application/json"),)
"""The headers of every answer in JSON; the door adds the length."""


class FastRequest(NamedTuple):
    """One request, read and let in by the door. (A named tuple: it is made for each request.)"""

    method: str
    """``GET`` or ``POST``."""
    path: str
    """The path with every segment percent-encoded in one way, as ``door.encoded_path`` has it."""
    query: bytes
    """What stands after the question mark, as it came."""
    headers: Headers
    """The headers as they came."""
    body: bytes
    """The whole body; empty for ``GET``."""
    principal: Any = None
    """Whose key it is; None where the service asks for none."""

    def header(self, name: bytes) -> str | None:
        """The first header of a name (small letters), None where there is none."""
        for key, value in self.headers:
            if key == name:
                return value.decode("latin-1")
        return None


class FastAnswer(NamedTuple):
    """What goes back."""

    status: int
    """The HTTP status."""
    body: bytes
    """The whole body."""
    headers: Headers = JSON
    """Headers but for the length of the body."""
    tier: str = ""
    """Where the answer came from, for log and metrics: a word of the service's own."""


Handler = Callable[[FastRequest], Awaitable[FastAnswer | None]]
"""Answers a request; None says that the application must (its slow twin tells of the caller's mistake in the same words
as ever). It raises ``HuitouError`` where the service cannot answer, never anything else for what a caller sent."""


@dataclass(frozen=True)
class FastHandlers:
    """The handlers by what they answer."""

    exact: Mapping[tuple[str, str], Handler]
    """By method and path."""
    ends: Mapping[tuple[str, str, str], Handler] = field(default_factory=dict)
    """By method and how the path begins and ends: what stands between is one encoded id."""

    def find(self, method: str, path: str) -> Handler | None:
        """The handler of a request, None where the application answers it."""
        handler = self.exact.get((method, path))
        if handler is not None:
            return handler
        for (of_method, begins, ends), handler in self.ends.items():
            if method == of_method and path.endswith(ends) and path.startswith(begins):
                between = path[len(begins) : -len(ends)]
                return handler if between and "/" not in between else None
        return None
