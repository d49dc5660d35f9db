"""The lock of whoever writes to a shop: long writers turn others away, brief ones are waited for."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

PATIENCE_S = 120.0
"""How long a brief writer is waited for."""

PAUSE_S = 0.05
"""How long between two looks."""

_BRIEF = "brief"


@contextmanager
def writer_lock(file: Path, *, briefly: bool) -> Iterator[bool]:
    """Hold the lock; False when somebody else holds it for longer. The system lets it go with a killed process.

    ``briefly`` says that it is held for moments only: then others wait for it.
    """
    with open(file, "a+", encoding="utf-8") as handle:
        held = _take(handle)
        if held:
            _say(handle, _BRIEF if briefly else "")
        try:
            yield held
        finally:
            if held:
                _say(handle, "")


def _take(handle: IO[str]) -> bool:
    """Whether the lock was got; a brief holder may take a moment to say that it is one."""
    looks = int(PATIENCE_S / PAUSE_S)
    for look in range(looks):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.seek(0)
            if look and handle.read() != _BRIEF:
                return False
            time.sleep(PAUSE_S)
        else:
            return True
    return False


def _say(handle: IO[str], word: str) -> None:
    handle.truncate(0)
    handle.write(word)
    handle.flush()
