"""The supervisor: a small process that holds the socket, starts workers, and starts those again that end."""

from __future__ import annotations

import gc
import logging
import os
import signal
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from features.errors import HuitouError
from serving.running.child import Child, Nursery, Work
from serving.running.signals import Signals

_LOG = logging.getLogger("huitou.running")

MOST_WORKERS = 64
"""More workers than this are a slip of the keyboard."""

SHORT_LIFE_S = 5.0
"""A child that ended sooner than this after its start waits before it is started again."""
FIRST_PAUSE_S = 0.2
"""The first such wait; each further one is twice as long."""
LONGEST_PAUSE_S = 30.0
"""The longest such wait."""

LONGEST_GRACE_S = 3600
"""The longest time that children may be given to finish, in seconds."""

UNGRACEFUL_S = 5
"""How long after the graceful time a child that still runs is killed."""

_STOPPING = (signal.SIGTERM, signal.SIGINT)


@dataclass(frozen=True)
class Task:
    """What one of the children does."""

    name: str
    """Its name, as the log and ``ps`` tell it."""
    work: Work
    """What it does; it is run in the child, which may open files and start threads."""
    replaced: bool = True
    """Whether SIGHUP replaces it."""


@dataclass
class _Place:
    """A task and the child that does it at the moment."""

    task: Task
    child: Child | None = None
    successor: Child | None = None
    due_s: float = 0.0
    pause_s: float = FIRST_PAUSE_S


def usual_workers() -> int:
    """As many workers as this process may use cores, at most 4."""
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, 4)


def checked_workers(workers: int) -> int:
    """The number of workers; raises :class:`HuitouError` when it makes no sense."""
    if not 1 <= workers <= MOST_WORKERS:
        raise HuitouError(
            f"workers must be between 1 and {MOST_WORKERS}; got {workers}. Leave it out to have one for each core.",
            field="workers",
            value=workers,
        )
    return workers


def checked_graceful_s(seconds: int) -> int:
    """The graceful time; raises :class:`HuitouError` when it makes no sense."""
    if not 0 <= seconds <= LONGEST_GRACE_S:
        raise HuitouError(
            f"graceful_s must be between 0 and {LONGEST_GRACE_S} seconds; got {seconds}. 10 is usual.",
            field="graceful_s",
            value=seconds,
        )
    return seconds


@dataclass
class Supervisor:
    """Keeps one child for each task until it is told to stop.

    SIGTERM and SIGINT stop: children finish what they began, and those that do not are killed. SIGHUP replaces the
    children one by one, each only when its successor is ready. A child that ends is started again: at once, or after
    a wait that grows while it keeps ending at once.
    """

    tasks: Sequence[Task]
    """What is to be done."""
    graceful_s: int = 10
    """How long children may take to finish what they began, in seconds."""
    stopping: Callable[[], object] = lambda: None
    """Called once when the supervisor begins to stop."""
    ended: Callable[[int], object] = lambda pid: None
    """Called with the process id of each child that ended and is started again."""
    _places: list[_Place] = field(init=False, default_factory=list)
    _replacing: deque[_Place] = field(init=False, default_factory=deque)
    _stopping: bool = field(init=False, default=False)

    def run(self) -> None:
        """Supervise until a signal says to stop; returns when the last child has ended."""
        self._places = [_Place(task) for task in self.tasks]
        # What was imported so far is never garbage; left alone, its pages stay shared with the children.
        gc.freeze()
        gc.enable()
        # Answers make no cycles; looking for some every 700 objects takes a tenth of their CPU.
        gc.set_threshold(50_000, 20, 100)
        with Signals((*_STOPPING, signal.SIGHUP, signal.SIGCHLD)) as signals:
            self._nursery = Nursery(signals)
            while not self._stopping:
                self._start_due()
                self._replace_next()
                self._hear(*signals.wait(self._seconds_to_next(), self._awaited()))
            self._stop(signals)

    def _hear(self, came: Sequence[int], readable: Sequence[int]) -> None:
        self._stopping = self._stopping or any(number in came for number in _STOPPING)
        if signal.SIGHUP in came and not self._replacing:
            _LOG.info("replacing the workers one by one")
            self._replacing.extend(place for place in self._places if place.task.replaced)
        for place in self._places:
            if place.successor is not None and place.successor.ready in readable:
                self._succeed(place, place.successor)
        for place in self._places:
            self._bury(place)

    # ---- starting

    def _start_due(self) -> None:
        for place in self._places:
            if place.child is None and place.due_s <= monotonic():
                place.child = self._started(place.task)

    def _started(self, task: Task) -> Child:
        return self._nursery.start(task.name, task.work, monotonic())

    def _bury(self, place: _Place) -> None:
        """Take note of a child that ended, and say when it is started again."""
        if place.child is None or (status := place.child.ended()) is None:
            return
        self.ended(place.child.pid)
        lived_s = monotonic() - place.child.started_s
        place.child = None
        if place.successor is not None:  # it was told to go
            place.child, place.successor = place.successor, None
            return
        pause_s = 0.0
        if lived_s < SHORT_LIFE_S:
            pause_s, place.pause_s = place.pause_s, min(2 * place.pause_s, LONGEST_PAUSE_S)
        else:
            place.pause_s = FIRST_PAUSE_S
        place.due_s = monotonic() + pause_s
        _LOG.warning("%s ended with status %d; started again in %.1f s", place.task.name, status, pause_s)

    # ---- replacing

    def _replace_next(self) -> None:
        """Start the next successor, when none is on its way."""
        if self._replacing and all(place.successor is None for place in self._places):
            place = self._replacing.popleft()
            if place.child is not None:
                place.successor = self._started(place.task)

    def _succeed(self, place: _Place, successor: Child) -> None:
        """Tell the predecessor of a ready child to go; forget a successor that ended before it was ready."""
        if successor.became_ready():
            if place.child is not None:
                place.child.signal(signal.SIGTERM)
            return
        if (status := successor.ended()) is not None:
            _LOG.error("a new %s ended with status %d; the one before goes on", place.task.name, status)
            place.successor = None
            self._replacing.clear()

    def _awaited(self) -> list[int]:
        return [place.successor.ready for place in self._places if place.successor is not None]

    # ---- stopping

    def _seconds_to_next(self) -> float | None:
        due = [place.due_s for place in self._places if place.child is None]
        return max(min(due) - monotonic(), 0.0) if due else None

    def _stop(self, signals: Signals) -> None:
        """Tell the children to finish; kill what still runs after the graceful time, or at a second signal."""
        self.stopping()
        running = [child for place in self._places for child in (place.child, place.successor) if child is not None]
        for child in running:
            child.signal(signal.SIGTERM)
        until = monotonic() + self.graceful_s + UNGRACEFUL_S
        while running := [child for child in running if child.ended() is None]:
            came, _ = signals.wait(max(until - monotonic(), 0.0))
            if any(number in came for number in _STOPPING) or monotonic() >= until:
                _LOG.error("%d children did not stop in time and are killed", len(running))
                for child in running:
                    child.signal(signal.SIGKILL)
                until = monotonic() + UNGRACEFUL_S
