"""The service as one shop sees it."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from .answers import Event, HuitouError, Recommendations, Rejected, RelatedItem, Said, Taken, read, recommendations

FIRST_PAUSE_S = 0.2
"""Before the second attempt; every further pause is twice as long, less up to half by chance."""
LONGEST_PAUSE_S = 30.0
"""Nobody is kept waiting longer, even where Retry-After says more: then the error is raised at once."""
MOST_ROWS = 500
"""Rows of one request: half of what the service takes, so that long ids fit into its 1 MB, too."""
PASSING = frozenset({0, 429, 502, 503, 504})
"""Statuses that may be another one a moment later; 0 is a service that could not be reached."""

Pause = Callable[[float], None]


class Huitou:
    """The service as one shop sees it; threads may share it, and each keeps a connection of its own."""

    def __init__(
        self, url: str, key: str | None = None, *, timeout_s: float = 2.0, attempts: int = 5, pause: Pause = time.sleep
    ) -> None:
        """``attempts`` is for what is sent; a page that asks something does not wait for a second one."""
        parts = urlsplit(url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connect = partial(kind, parts.hostname or "", parts.port, timeout=timeout_s)
        self._prefix = parts.path.rstrip("/")
        self._headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        self._attempts = attempts
        self._pause = pause
        self._own = threading.local()

    def recommend(
        self, *, customer_id: str | None = None, visitor_id: str | None = None, **more: Any
    ) -> Recommendations:
        """What to show to somebody. ``more``: placement, n, offset, context_items, exclude, filter, lang, ..."""
        asked = {"customer_id": customer_id, "visitor_id": visitor_id} | more
        return recommendations(self.call("POST", "/v1/recommendations", body=_without_none(asked)))

    def recommend_several(self, placements: Sequence[Said], **who: Any) -> tuple[Recommendations, ...]:
        """What to show at several places of one page, no item twice: ``[{"placement": "home", "n": 8}, ...]``."""
        said = self.call("POST", "/v1/recommendations", body={"placements": placements} | who)
        return tuple(map(recommendations, said["placements"]))

    def related(self, item_id: str, **query: Any) -> tuple[RelatedItem, ...]:
        """What goes with an item, the strongest first. ``query``: kind, n, in_stock, lang."""
        said = self.call("GET", f"/v1/items/{quote(item_id, safe='')}/related", query=query)
        return tuple(read(RelatedItem, item) for item in said["items"])

    def send(self, events: Iterable[Event]) -> Taken:
        """Tell what people did: in as many requests as it takes, each tried again while the service is away."""
        rows = [_without_none({part.name: getattr(event, part.name) for part in fields(event)}) for event in events]
        return self._sent("POST", "/v1/events", rows)

    def describe(self, what: str, rows: Iterable[Said]) -> Taken:
        """Say what is known of ``customers`` or ``items``: ``[{"item_id": "sku-77", "in_stock": False}]``."""
        return self._sent("PUT", f"/v1/{what}", list(rows))

    def merge(self, visitor_id: str, customer_id: str) -> None:
        """Say that a visitor turned out to be a customer: from the next answer on they are one person."""
        path = f"/v1/customers/{quote(customer_id, safe='')}/merge"
        self.call("POST", path, body={"visitor_id": visitor_id}, attempts=self._attempts)

    def call(
        self, method: str, path: str, *, query: Said | None = None, body: Said | None = None, attempts: int = 1
    ) -> dict[str, Any]:
        """The answer to any request; raises :class:`HuitouError`, after ``attempts`` where it may pass."""
        target = self._prefix + path + (f"?{_query(query)}" if query else "")
        content = None if body is None else json.dumps(body, default=_json, allow_nan=False).encode()
        for attempt in range(attempts):
            try:
                return self._once(method, target, content)
            except HuitouError as error:
                pause_s = _pause_s(error, attempt)
                if error.status not in PASSING or attempt + 1 == attempts or pause_s > LONGEST_PAUSE_S:
                    raise
                self._pause(pause_s)
        raise ValueError(f"attempts must be at least 1; got {attempts}.")

    def close(self) -> None:
        """End the connection of the thread that calls this; the next request opens a new one."""
        if self._kept is not None:
            self._kept.close()

    @property
    def _kept(self) -> HTTPConnection | None:
        return getattr(self._own, "connection", None)

    def _sent(self, method: str, path: str, rows: Sequence[Said]) -> Taken:
        name = path.rpartition("/")[2]
        stored = repeated = 0
        rejected: list[Rejected] = []
        for start in range(0, len(rows), MOST_ROWS):
            part = rows[start : start + MOST_ROWS]
            said = self.call(method, path, body={name: part}, attempts=self._attempts)
            stored, repeated = stored + said["stored"], repeated + said.get("repeated", 0)
            wrong = [row for row in said["results"] if row["status"] == "rejected"]
            rejected += [read(Rejected, row["error"], row=start + row["row"]) for row in wrong]
        return Taken(stored, repeated, tuple(rejected))

    def _once(self, method: str, target: str, content: bytes | None) -> dict[str, Any]:
        kept = self._kept
        connection = self._own.connection = kept or self._connect()
        try:
            try:
                return _exchange(connection, method, target, content, self._headers)
            except ConnectionError:
                if kept is None:
                    raise
                # The service ended a connection that was idle: that is no failure. It opens itself anew.
                return _exchange(connection, method, target, content, self._headers)
        except (OSError, HTTPException) as error:
            message = f"the service did not answer: {error or type(error).__name__}."
            raise HuitouError(0, {"code": "unreachable", "message": message}) from error


def _exchange(
    connection: HTTPConnection, method: str, target: str, content: bytes | None, headers: dict[str, str]
) -> dict[str, Any]:
    try:
        connection.request(method, target, content, headers)
        response = connection.getresponse()
        answer = response.read()
    except (OSError, HTTPException):
        connection.close()
        raise
    said, wait = _parsed(answer), response.getheader("Retry-After", "")
    if response.status >= 300 or said is None:
        problem = (said or {}).get("error")
        wait_s = float(wait) if wait.isdecimal() else None
        raise HuitouError(response.status, problem if isinstance(problem, dict) else {}, wait_s)
    return said


def _without_none(said: Said) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value is not None}


def _json(value: Any) -> str:
    """Moments and sums of money as JSON has them."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"JSON has no place for {type(value).__name__}.")


def _query(query: Said) -> str:
    """Parameters of an address; lists are repeated, and true and false are written as JSON writes them."""
    plain = {name: str(value).lower() if isinstance(value, bool) else value for name, value in query.items()}
    return urlencode(_without_none(plain), doseq=True)


def _parsed(answer: bytes) -> dict[str, Any] | None:
    """The answer's JSON object; None where a proxy on the way answered with something else."""
    try:
        said = json.loads(answer)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _pause_s(error: HuitouError, attempt: int) -> float:
    """What the service asks for, else twice as long each time; chance keeps many shops from coming back at once."""
    if error.retry_after_s is not None:
        return error.retry_after_s
    chance = random.uniform(0.5, 1.0)  # noqa: S311 - a pause is no secret
    return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0**attempt) * chance
