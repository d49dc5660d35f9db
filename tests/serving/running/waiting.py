"""Waiting for what another process does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

PATIENCE_S = 30.0
_LOOKING_S = 0.01


def until(is_so: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    """Return as soon as something is so; fail when it does not come."""
    looking = threading.Event()
    for _ in range(int(patience_s / _LOOKING_S)):
        if is_so():
            return
        looking.wait(_LOOKING_S)
    raise AssertionError("it did not happen in time")


def ended(work: Callable[[], T], patience_s: float = PATIENCE_S) -> T:
    """What some work tells; fail when it hangs, or waits again and again for what it should not wait for."""
    worker = ThreadPoolExecutor(1)
    try:
        return worker.submit(work).result(patience_s)
    finally:
        worker.shutdown(wait=False)
