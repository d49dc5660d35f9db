"""A child process that never outlives the one that started it, however that one ended."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading

_SET_DEATH_SIGNAL = 1
_SET_NAME = 15


def end_with_parent(parent: int, lifeline: int) -> None:
    """Have this process killed as soon as ``parent`` is gone; to be called in the child, right after the fork.

    The kernel does it on Linux; elsewhere a thread waits for the end of ``lifeline``, a pipe whose other end only the
    parent holds.
    """
    if sys.platform == "linux":
        end_by_kernel(parent)
    else:
        end_by_pipe(lifeline)


def end_by_kernel(parent: int) -> None:
    """Ask Linux to kill this process when the thread that forked it ends (``man 2 PR_SET_PDEATHSIG``)."""
    ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:  # it ended before the kernel was asked
        os.kill(os.getpid(), signal.SIGKILL)


def end_by_pipe(lifeline: int) -> None:
    """Wait in a thread for the end of the pipe, then kill this process."""

    def wait() -> None:
        os.read(lifeline, 1)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()


def name_process(name: str) -> None:
    """Name this process as ``ps`` and ``top`` show it, at most 15 bytes; only Linux knows how."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_NAME, name.encode()[:15], 0, 0, 0)
