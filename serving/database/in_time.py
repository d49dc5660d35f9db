"""Something that is asked of the database by who cannot wait: a worker's one thread answers everybody."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from features.errors import HuitouError

T = TypeVar("T")


class InTime(Generic[T]):
    """Asks in a thread of its own, and waits for the answer only so long.

    While a question that was waited for in vain is still open nobody waits any more: its answer is told to who asks
    after it came. The question after it is not waited for either, until one is answered in time again.
    """

    def __init__(self, ask: Callable[[], T], patience_s: float) -> None:
        self._ask = ask
        self._patience_s = patience_s
        self._asked: Future[T] | None = None
        self._was_silent = False
        self._asking = threading.Lock()

    def __call__(self) -> T:
        """The answer; raises what asking raised, or :class:`HuitouError` where none came in time."""
        with self._asking:
            asked, patience_s = self._asked, 0.0
            if asked is None:
                asked = self._asked = _begun(self._ask)
                patience_s = 0.0 if self._was_silent else self._patience_s
        try:
            answer = asked.result(patience_s)
        except TimeoutError:
            self._was_silent = True
            raise _silent() from None
        except BaseException:
            self._asked = None
            raise
        self._asked, self._was_silent = None, False
        return answer


def _begun(ask: Callable[[], T]) -> Future[T]:
    asked: Future[T] = Future()

    def answer() -> None:
        try:
            asked.set_result(ask())
        except BaseException as error:  # noqa: BLE001 - it is raised where the answer is fetched
            asked.set_exception(error)

    # A process that ends does not wait for a database that does not answer.
    threading.Thread(target=answer, name="in time", daemon=True).start()
    return asked


def _silent() -> HuitouError:
    return HuitouError("the database did not answer in time. Try again in a moment.", code="database")
