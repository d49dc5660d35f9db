"""Writes of many callers in one transaction: a disk that is waited for once serves all who wait."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from features.errors import HuitouError
from serving.database.connection import told

Write: TypeAlias = Callable[[Connection, Sequence[Any]], Sequence[Any]]
"""What writes several callers' batches in the transaction of a connection, and gives each its result."""

RETRY_AFTER_S = 1
"""When a caller who was turned away may come again."""

GATHERED_S = 0.1
"""What nobody waits for is gathered so long: a transaction for each answer that was shown would cost more CPU than the
answers, and make every reader of SQLite read its pages again."""

_BUSY = HuitouError(
    "the service has more to write than it can keep. Send this again in a second.",
    code="busy",
    hint=f"Retry after {RETRY_AFTER_S} s.",
)


@dataclass(frozen=True)
class Room:
    """How much may wait to be written."""

    rows: int = 20_000
    """Rows of all callers together."""
    size_bytes: int = 32_000_000
    """Bytes of all callers together."""
    rows_at_once: int = 5_000
    """Rows of one transaction, unless one caller brings more."""


@dataclass(eq=False)
class _Job:
    """One caller's batch."""

    write: Write
    batch: Any
    rows: int
    size_bytes: int
    done: Future[Any] | asyncio.Future[Any] | None
    """Told when the batch is committed; None where nobody waits."""


class Writer:
    """One thread that writes for all callers of a process; it is started by the first of them.

    A batch is acknowledged when it is committed. When the database fails, every caller of the transaction is told,
    and nothing of it is stored.
    """

    def __init__(self, engine: Engine, room: Room | None = None) -> None:
        self._engine = engine
        self._room = room or Room()
        self._condition = threading.Condition()
        self._waiting: list[_Job] = []
        self._rows = self._bytes = 0
        self._closing = self._is_awaited = False
        self._thread: threading.Thread | None = None

    def submit(self, write: Write, batch: Any, *, rows: int, size_bytes: int) -> Future[Any]:
        """Have ``batch`` written; the future holds what ``write`` gives for it, once it is committed.

        Raises :class:`HuitouError` ``busy`` when too much is waiting; the future raises ``database``.
        """
        done: Future[Any] = Future()
        done.set_running_or_notify_cancel()
        self._enter(_Job(write, batch, rows, size_bytes, done), full=1.0)
        return done

    async def write(self, write: Write, batch: Any, *, rows: int, size_bytes: int) -> Any:
        """The same for a coroutine, which waits until the batch is committed."""
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._enter(_Job(write, batch, rows, size_bytes, done), full=1.0)
        return await done

    def offer(self, write: Write, batch: Any, *, rows: int, size_bytes: int) -> bool:
        """Have ``batch`` written some time, unless half of the room is taken; return whether it was taken."""
        try:
            self._enter(_Job(write, batch, rows, size_bytes, None), full=0.5)
        except HuitouError:
            return False
        return True

    def close(self) -> None:
        """Write what is waiting, and end; later batches are refused."""
        with self._condition:
            self._closing = True
            self._condition.notify()
        if self._thread is not None:
            self._thread.join()

    @property
    def waiting(self) -> int:
        """Rows that wait to be written."""
        return self._rows

    def _enter(self, job: _Job, full: float) -> None:
        with self._condition:
            full_rows = self._rows + job.rows > full * self._room.rows
            full_bytes = self._bytes + job.size_bytes > full * self._room.size_bytes
            # What alone is larger than the room is taken when nothing else waits.
            if self._closing or ((full_rows or full_bytes) and self._rows):
                raise _BUSY
            wakes = not self._waiting or job.done is not None
            self._waiting.append(job)
            self._is_awaited = self._is_awaited or job.done is not None
            self._rows += job.rows
            self._bytes += job.size_bytes
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
                self._thread.start()
            if wakes:
                self._condition.notify()

    def _work(self) -> None:
        while jobs := self._next():
            outcomes = self._commit(jobs)
            with self._condition:
                self._rows -= sum(job.rows for job in jobs)
                self._bytes -= sum(job.size_bytes for job in jobs)
            _tell([(job.done, outcome) for job, outcome in zip(jobs, outcomes, strict=True) if job.done is not None])

    def _next(self) -> list[_Job]:
        """The oldest jobs that fit into one transaction; none at the end."""
        with self._condition:
            while not self._waiting and not self._closing:
                self._condition.wait()
            self._condition.wait_for(lambda: self._closing or self._is_awaited, GATHERED_S)
            rows = count = 0
            for job in self._waiting:
                rows += job.rows
                if count and rows > self._room.rows_at_once:
                    break
                count += 1
            jobs, self._waiting = self._waiting[:count], self._waiting[count:]
            self._is_awaited = any(job.done is not None for job in self._waiting)
        return jobs

    def _commit(self, jobs: Sequence[_Job]) -> list[Any]:
        """What each job is told: its result, or the error."""
        try:
            with told(), self._engine.begin() as connection:
                return _written(connection, jobs)
        except HuitouError as error:
            # One caller's rows that the database does not take are no fault of the others'.
            if len(jobs) > 1 and _is_of_one(error.__cause__):
                return [outcome for job in jobs for outcome in self._commit([job])]
            return [error] * len(jobs)
        except Exception as error:  # noqa: BLE001 - a caller's error reaches the caller, and the thread goes on
            return [error] if len(jobs) == 1 else [outcome for job in jobs for outcome in self._commit([job])]


def _is_of_one(cause: BaseException | None) -> bool:
    return not (isinstance(cause, OperationalError | InterfaceError) and isinstance(cause, DBAPIError))


def _written(connection: Connection, jobs: Sequence[_Job]) -> list[Any]:
    kinds: dict[Write, list[_Job]] = {}
    for job in jobs:
        kinds.setdefault(job.write, []).append(job)
    outcomes: dict[int, Any] = {}
    for write, same in kinds.items():
        results = write(connection, [job.batch for job in same])
        outcomes.update((id(job), result) for job, result in zip(same, results, strict=True))
    return [outcomes[id(job)] for job in jobs]


def _tell(outcomes: Sequence[tuple[Any, Any]]) -> None:
    """Tell those who wait; each event loop is woken once."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[Any, Any]]] = {}
    for done, outcome in outcomes:
        if isinstance(done, asyncio.Future):
            loops.setdefault(done.get_loop(), []).append((done, outcome))
        else:
            _settle(done, outcome)
    for loop, some in loops.items():
        try:
            loop.call_soon_threadsafe(_settle_all, some)
        except RuntimeError:  # The loop is closed: nobody waits any more.
            continue


def _settle_all(outcomes: Sequence[tuple[Any, Any]]) -> None:
    for done, outcome in outcomes:
        if not done.done():
            _settle(done, outcome)


def _settle(done: Any, outcome: Any) -> None:
    if isinstance(outcome, BaseException):
        done.set_exception(outcome)
    else:
        done.set_result(outcome)
