"""Shops that send events to a service which may go away at any moment, and send again until each is acknowledged."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

WAITING_S = 60.0


@dataclass
class Senders:
    """Threads that send one event after another, each by itself and until it is acknowledged."""

    port: int
    """Where the service listens on 127.0.0.1."""
    sent: set[str] = field(default_factory=set)
    """Ids of all events that were sent at least once."""
    acknowledged: dict[str, str] = field(default_factory=dict)
    """What the service said of each acknowledged event: ``stored`` or ``repeated``."""
    strange: list[str] = field(default_factory=list)
    """Answers that should not have come."""
    up: threading.Event = field(default_factory=threading.Event)
    """Set while the service is thought to be there."""
    done: threading.Event = field(default_factory=threading.Event)
    """Set when no further event is to be begun."""
    threads: list[threading.Thread] = field(default_factory=list)
    """Those that send."""

    @contextmanager
    def sending(self, threads: int) -> Iterator[None]:
        """Send from some threads until the end of the block, or until they are told to finish."""
        self.threads = [threading.Thread(target=self._send, args=(number,), daemon=True) for number in range(threads)]
        for thread in self.threads:
            thread.start()
        try:
            yield
        finally:
            self.done.set()

    def finish(self) -> None:
        """Begin no further event; return when every event that was begun is acknowledged."""
        self.done.set()
        for thread in self.threads:
            thread.join(WAITING_S)
            assert not thread.is_alive(), "an event was never acknowledged"

    def wait_for(self, more: int) -> None:
        """Wait until so many more events are acknowledged."""
        until, waiting = len(self.acknowledged) + more, threading.Event()
        for _ in range(int(WAITING_S / 0.001)):
            if len(self.acknowledged) >= until:
                return
            waiting.wait(0.001)
        raise AssertionError(f"no events were acknowledged within {WAITING_S:g} s")

    def _send(self, thread: int) -> None:
        for number in count():
            if self.done.is_set():
                return
            identity = f"e-{thread}-{number}"
            self.sent.add(identity)
            self.acknowledged[identity] = self._acknowledged(identity, f"c-{number % 7}")

    def _acknowledged(self, identity: str, customer: str) -> str:
        event = {"event_id": identity, "customer_id": customer, "item_id": "kettle", "kind": "view"}
        body = json.dumps({"events": [event | {"occurred_at": "2025-03-01T10:00:00Z"}]})
        while self.up.wait(WAITING_S):
            try:
                status, answer = self._post(body)
            except (OSError, http.client.HTTPException):
                continue  # killed: nobody knows whether it was stored
            if status == 200:
                return str(answer["results"][0]["status"])
            self.strange.append(f"{status}: {answer}")
        raise AssertionError(f"the service did not come back within {WAITING_S:g} s")

    def _post(self, body: str) -> tuple[int, dict[str, list[dict[str, str]]]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAITING_S)
        try:
            connection.request("POST", "/v1/events", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()
