"""Signals that wait in a pipe until somebody asks for them."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterable, Sequence
from types import FrameType
from typing import Self


class Signals:
    """Inside ``with``, the given signals do nothing but wait to be read; the way they were is put back at the end."""

    def __init__(self, numbers: Iterable[signal.Signals]) -> None:
        self._numbers = tuple(numbers)
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        os.set_blocking(self._writing, False)

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, _noted) for number in self._numbers}
        self._woken_before = signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(self._woken_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self._reading)
        os.close(self._writing)

    def wait(self, seconds: float | None, files: Sequence[int] = ()) -> tuple[list[int], list[int]]:
        """The signals that came and the ``files`` that can be read, at the latest after ``seconds`` (None: never)."""
        readable, _, _ = select.select([self._reading, *files], [], [], seconds)
        came = list(os.read(self._reading, 4096)) if self._reading in readable else []
        return came, [file for file in readable if file != self._reading]

    def leave_to_child(self) -> None:
        """In a child: the signals mean again what they usually do, and none is told to the parent."""
        signal.set_wakeup_fd(-1)
        for number in self._numbers:
            signal.signal(number, signal.SIG_DFL)
        os.close(self._reading)
        os.close(self._writing)


def _noted(number: int, frame: FrameType | None) -> None:
    """Nothing: the number is in the pipe already."""
