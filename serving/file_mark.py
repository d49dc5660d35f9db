"""Whether a small file changed, told without reading it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from time import monotonic

Mark = tuple[int, int, int]
"""What tells one state of a file from another: inode, time of change in nanoseconds, length."""


class FileMark:
    """The mark of a file; looking costs a microsecond, and much more while other threads run."""

    def __init__(self, file: Path, look_every_s: float = 0.0, seconds: Callable[[], float] = monotonic) -> None:
        """The file is looked at every ``look_every_s`` at most.

        ``seconds`` tells how much time has passed since some moment.
        """
        self._file = file
        self._look_every_s = look_every_s
        self._seconds = seconds
        self._look_at_s = float("-inf")
        self._mark: Mark | None = None

    def get(self) -> Mark | None:
        """The mark, None where there is no such file."""
        now_s = self._seconds()
        if now_s >= self._look_at_s:
            self._mark = file_mark(self._file)
            self._look_at_s = now_s + self._look_every_s
        return self._mark


def file_mark(file: Path) -> Mark | None:
    """The mark of a file as it is now, None where there is none."""
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
