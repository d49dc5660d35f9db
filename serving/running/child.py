"""A process forked from the supervisor."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass

from features.errors import HuitouError
from serving.running.signals import Signals
from serving.running.with_parent import end_with_parent, name_process

_LOG = logging.getLogger("huitou.running")

Ready = Callable[[], None]
"""Called by the work of a child as soon as it does what it is for."""
Work = Callable[[Ready], None]
"""What a child does until it ends; it returns after SIGTERM."""


@dataclass(frozen=True)
class Child:
    """A running child process."""

    pid: int
    """Its process id."""
    started_s: float
    """When it was started, by the supervisor's clock."""
    ready: int
    """A pipe that can be read as soon as the child is ready, or has ended."""

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal; nothing when it has ended."""
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return

    def ended(self) -> int | None:
        """Its exit status (below zero: the signal that ended it), None while it runs; told once."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if not pid:
            return None
        os.close(self.ready)
        return os.waitstatus_to_exitcode(status)

    def became_ready(self) -> bool:
        """Whether it said that it is ready; to be asked once its pipe can be read."""
        return os.read(self.ready, 1) == b"1"


class Nursery:
    """Starts children that end with this process."""

    def __init__(self, signals: Signals) -> None:
        self._signals = signals
        self._lifeline, self._held = os.pipe()

    def start(self, name: str, work: Work, now_s: float) -> Child:
        """Fork a child that does ``work``; it never comes back into the caller's code."""
        parent = os.getpid()
        reading, writing = os.pipe()
        # A signal between the fork and the child's own handlers would be told to the parent a second time.
        every = signal.valid_signals()
        masked = signal.pthread_sigmask(signal.SIG_BLOCK, every)
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                self._signals.leave_to_child()
                # Ctrl+C reaches every process of the terminal; the supervisor alone decides what follows.
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                signal.signal(signal.SIGHUP, signal.SIG_IGN)
                signal.pthread_sigmask(signal.SIG_SETMASK, masked)
                os.close(self._held)
                os.close(reading)
                end_with_parent(parent, self._lifeline)
                name_process(f"huitou-{name}")
                status = _done(name, work, writing)
            finally:
                os._exit(status)
        os.close(writing)
        signal.pthread_sigmask(signal.SIG_SETMASK, masked)
        return Child(pid, now_s, reading)


def _done(name: str, work: Work, writing: int) -> int:
    """The exit status of a child that did its work."""
    try:
        work(lambda: _say_ready(writing))
    except HuitouError as error:
        _LOG.error("%s cannot go on: %s", name, error.message)
        return 1
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except Exception:  # noqa: BLE001 - whatever it was, the supervisor starts another
        _LOG.exception("%s failed", name)
        return 1
    finally:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _say_ready(writing: int) -> None:
    os.write(writing, b"1")
