"""The mover: the one process of a shop that takes what arrived over HTTP into the warehouse, again and again."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.running.child import Ready
from serving.running.mover_state import MoverState

_LOG = logging.getLogger("huitou.mover")

EVERY_S = 3.0
"""How long it rests after each round; waiting requests go first."""

NICENESS = 10
"""So much less urgent than the workers."""

WAITING = "busy"
"""What stands for a trouble while another process writes to the shop."""

Chore = Callable[[], object]
"""One thing that each round does; doing it once more changes nothing. It raises when it cannot."""


class Mover:
    """Does its chores round after round, as long as no other process does them for the same shop.

    A chore that fails is told of once and tried again in the next round; the others are done all the same. While
    another process writes to the shop (training, publishing, an import) everything waits in the database.
    """

    def __init__(self, shop: ShopFolder, chores: Mapping[str, Chore], clock: Callable[[], datetime]) -> None:
        self._shop = shop
        self._chores = chores
        self._clock = clock
        self._done_at: datetime | None = None
        self._told: str | None = None
        self.stop = threading.Event()
        """Set to end after the present round."""

    def run(self, ready: Ready, every_s: float = EVERY_S) -> None:
        """Go round until :attr:`stop` is set."""
        ready()
        while not self.stop.is_set():
            with alone(self._shop) as only_one:
                while only_one and not self.stop.is_set():
                    self.go_round()
                    self.stop.wait(every_s)
            self.stop.wait(every_s)

    def go_round(self) -> None:
        """Do every chore once, and write down how it went."""
        went = {name: _trouble(chore) for name, chore in self._chores.items()}
        now = self._clock()
        if not any(went.values()):
            self._done_at = now
        troubles = [f"{name}: {what}" for name, what in went.items() if what not in (None, WAITING)]
        try:
            MoverState(now, self._done_at, "; ".join(troubles) or None).write(self._shop)
        except OSError as error:
            troubles.append(f"its state cannot be written: {error.strerror}")
        self._tell("; ".join(troubles) or None)

    def _tell(self, trouble: str | None) -> None:
        """Log a trouble when it is another than the last one."""
        if trouble != self._told and trouble is not None:
            _LOG.warning("%s", trouble)
        if self._told is not None and trouble is None:
            _LOG.info("everything is moved again")
        self._told = trouble


def move(shop: ShopFolder, chores: Mapping[str, Chore], clock: Callable[[], datetime], ready: Ready) -> None:
    """Be the mover of ``shop`` in a process of its own, until SIGTERM."""
    mover = Mover(shop, chores, clock)
    signal.signal(signal.SIGTERM, lambda number, frame: mover.stop.set())
    os.nice(NICENESS)
    mover.run(ready)


@contextmanager
def alone(shop: ShopFolder) -> Iterator[bool]:
    """Whether no other process moves for this shop; the place is held until the end of ``with``, or of the process."""
    with open(shop.path / ".mover.lock", "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def _trouble(chore: Chore) -> str | None:
    """Why the chore could not be done, in one line that quotes no row; None when it was."""
    try:
        chore()
    except HuitouError as error:
        return WAITING if error.code == "busy" else error.message
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the next round may succeed
        return f"{type(error).__name__} in {_place(error)}"
    return None


def _place(error: Exception) -> str:
    """The line of code from which an error came."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "nowhere" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
