"""Waiting for what another process does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

PATIENCE_S = 30.0
_LOOKING_S = 0.01


def until(is_so: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    """Return as soon as something is so; fail when it does not come."""
    end = monotonic() + patience_s
    looking = threading.Event()
    while not is_so():
        assert monotonic() < end, "it did not happen in time"
        looking.wait(_LOOKING_S)
