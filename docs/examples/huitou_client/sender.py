"""Events that are sent while the page goes on."""

from __future__ import annotations

import threading
import time
from queue import Empty, Full, Queue

from .answers import Event, HuitouError
from .client import Huitou


class Sender:
    """Sends events behind the page's back, so that a page never waits for it; ``close`` before the process ends."""

    def __init__(self, huitou: Huitou, *, most_waiting: int = 10_000, gather_s: float = 0.5) -> None:
        """Keeps ``most_waiting`` events at most, and gathers them for ``gather_s`` seconds before each request."""
        self._huitou = huitou
        self._gather_s = gather_s
        self._waiting: Queue[Event | None] = Queue(most_waiting)
        self._thread = threading.Thread(target=self._run, name="huitou-sender", daemon=True)
        self.lost = 0
        """Events that were given up: too many were waiting, or the service stayed away."""
        self._thread.start()

    def add(self, event: Event) -> None:
        """Send it soon."""
        try:
            self._waiting.put_nowait(event)
        except Full:
            self.lost += 1

    def close(self, timeout_s: float = 30.0) -> None:
        """Send what is waiting, and end."""
        self._waiting.put(None, timeout=timeout_s)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        more = True
        while more:
            events, more = self._gathered()
            try:
                self._huitou.send(events)
            except HuitouError:
                self.lost += len(events)
        self._huitou.close()

    def _gathered(self) -> tuple[list[Event], bool]:
        """Events to send together, and whether more may follow."""
        events: list[Event] = []
        event = self._waiting.get()
        until = time.monotonic() + self._gather_s
        while event is not None:
            events.append(event)
            try:
                event = self._waiting.get(timeout=max(0.0, until - time.monotonic()))
            except Empty:
                return events, True
        return events, False
