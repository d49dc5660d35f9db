"""The desk of a service: longer work for a request, done in a process of its own.

Reports on a shop load the engines of the warehouse (150 MB) and keep a core busy for a second; the workers, which
answer in milliseconds, do neither. The process starts with the first question.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.desk.workroom import Workroom, workroom
from serving.running.with_parent import name_process

LONGEST_S = 120.0
"""So long a request waits for an answer."""

_MOST_WAITING = 16

Question = ParamSpec("Question")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class DeskPlace:
    """Where the desk works; everything in it can be sent to another process."""

    shop: Path
    """The folder of the shop."""
    database_url: str | None
    """The URL of its database; None for the shop's own file."""
    contact_keys: str | None = None
    """The keys that contact details are encrypted with."""


class Desk:
    """Does longer work for one worker, a piece at a time."""

    def __init__(self, place: DeskPlace, clock: Callable[[], datetime], *, apart: bool = True) -> None:
        """Without ``apart`` the work is done in the process and the thread that ask."""
        self._place = place
        self._clock = clock
        self._apart = apart
        self._pool: ProcessPoolExecutor | None = None
        self._starting = threading.Lock()
        self._waiting = threading.BoundedSemaphore(_MOST_WAITING)

    def ask(
        self,
        work: Callable[Concatenate[Workroom, Question], Answer],
        *args: Question.args,
        **named: Question.kwargs,
    ) -> Answer:
        """``work(workroom, *args, **named)``: ``work`` is a module's function, arguments and answer are plain values.

        Raises what ``work`` raises, and :class:`HuitouError` with the code ``busy`` when too many wait already or the
        answer takes longer than ``LONGEST_S``. To be called outside of the event loop.
        """
        return self.wait(LONGEST_S, work, *args, **named)

    def wait(
        self,
        longest_s: float,
        work: Callable[Concatenate[Workroom, Question], Answer],
        *args: Question.args,
        **named: Question.kwargs,
    ) -> Answer:
        """The same as :meth:`ask` where the answer may take up to ``longest_s``: what is asked behind it waits, too."""
        if not self._waiting.acquire(blocking=False):
            raise _busy("too many reports are waiting already")
        try:
            if not self._apart:
                with _opened(self._place) as room:
                    return work(replace(room, clock=_standing(self._clock())), *args, **named)
            return self._answer(longest_s, work, args, named)
        finally:
            self._waiting.release()

    def close(self) -> None:
        """End the process; what has not begun is left."""
        with self._starting:
            if self._pool is not None:
                self._pool.shutdown(wait=True, cancel_futures=True)
                self._pool = None

    def _answer(
        self, longest_s: float, work: Callable[..., Answer], args: tuple[object, ...], named: dict[str, object]
    ) -> Answer:
        pool = self._started()
        try:
            # Where the process ended while nobody asked, it cannot even be given the work.
            answer = pool.submit(_work, work, self._clock(), args, named)
            return _in_time(answer, longest_s)
        except BrokenProcessPool:
            with self._starting:
                if self._pool is pool:  # Of several who waited the first makes room for a new process.
                    self._pool = None
            raise _busy("the process that makes reports ended") from None

    def _started(self) -> ProcessPoolExecutor:
        with self._starting:
            if self._pool is None:
                # Not a fork: this process has threads, and a database that is open.
                context = get_context("spawn")
                self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_open, initargs=(self._place,))
            return self._pool


def _in_time(answer: Future[Answer], longest_s: float) -> Answer:
    try:
        return answer.result(longest_s)
    except TooLong:
        answer.cancel()
        raise _busy(f"the report took longer than {longest_s:g} seconds") from None


def _busy(why: str) -> HuitouError:
    return HuitouError(f"{why}. Ask again in a little while.", code="busy")


def _standing(now: datetime) -> Callable[[], datetime]:
    return lambda: now


def _no_clock() -> datetime:
    raise RuntimeError("the moment comes with each question")


def _opened(place: DeskPlace) -> AbstractContextManager[Workroom]:
    return workroom(ShopFolder.open(place.shop), place.database_url, _no_clock, place.contact_keys)


_rooms: list[Workroom] = []
_stack = ExitStack()


def _open(place: DeskPlace) -> None:
    """Begin the desk's process: its workroom stays open until it ends, which is when its parent does at the latest."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # typed at a terminal it reaches everybody; the service stops its desk
    name_process("huitou-desk")
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    _rooms.append(_stack.enter_context(_opened(place)))


def _end_with_parent() -> None:
    """Wait for the end of the process that asks, however it came; nobody is there for an answer then."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def _work(work: Callable[..., Answer], now: datetime, args: tuple[object, ...], named: dict[str, object]) -> Answer:
    return work(replace(_rooms[0], clock=_standing(now)), *args, **named)
