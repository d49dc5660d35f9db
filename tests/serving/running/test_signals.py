"""Signals that are read like messages."""

from __future__ import annotations

import os
import signal

from serving.running.signals import Signals


def test_signals_are_read() -> None:
    """Signals do nothing but wait to be read; afterwards they mean what they meant before."""
    before = signal.getsignal(signal.SIGUSR1)
    with Signals([signal.SIGUSR1, signal.SIGUSR2]) as signals:
        assert signals.wait(0) == ([], [])
        os.kill(os.getpid(), signal.SIGUSR1)
        os.kill(os.getpid(), signal.SIGUSR2)
        came, _ = signals.wait(5)
        assert sorted(came) == [signal.SIGUSR1, signal.SIGUSR2]
        assert signals.wait(0) == ([], [])
    assert signal.getsignal(signal.SIGUSR1) is before


def test_files_are_watched_too() -> None:
    """Waiting ends when one of the files can be read."""
    reading, writing = os.pipe()
    with Signals([signal.SIGUSR1]) as signals:
        assert signals.wait(0, [reading]) == ([], [])
        os.write(writing, b"1")
        assert signals.wait(5, [reading]) == ([], [reading])
    os.close(reading)
    os.close(writing)
