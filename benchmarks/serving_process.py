"""A service in processes of its own, started and ended by ``benchmarks/serving.py``, and what its workers hold."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.serving_load import get, status_of

PATIENCE_S = 60.0
"""So long may a service take to answer, and to end."""


@dataclass(frozen=True)
class Running:
    """A service that answers."""

    process: subprocess.Popen[bytes]
    """Its first process."""
    port: int
    """Where it listens on 127.0.0.1."""
    start_s: float
    """Seconds from the command to the first answer."""

    def workers(self) -> list[int]:
        """The processes that answer: children of the first one."""
        numbered = (folder for folder in Path("/proc").iterdir() if folder.name.isdecimal())
        return [int(folder.name) for folder in numbered if _parent_of(folder) == self.process.pid]

    def private_mb(self) -> list[float]:
        """Memory that each worker shares with nobody, MB."""
        return [_memory_kb(number, ("Private_Clean", "Private_Dirty")) / 1024 for number in self.workers()]

    def proportional_mb(self) -> list[float]:
        """Memory of each worker with its part of what is shared, MB."""
        return [_memory_kb(number, ("Pss",)) / 1024 for number in self.workers()]

    def cpu_s(self) -> float:
        """Processor time of all its processes so far, seconds."""
        return sum(_cpu_s(number) for number in (self.process.pid, *self.workers()))


@contextmanager
def running(
    command: list[str], asked: str, *, log: Path, key: str | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Run ``command`` with ``--port`` added until the end of the block; it is there once ``asked`` is answered 200.

    What it says goes into the file ``log``.
    """
    port = _free_port()
    whole, settings = [sys.executable, *command, "--port", str(port)], {**os.environ, **(environment or {})}
    started = time.perf_counter()
    with open(log, "wb") as said:
        process = subprocess.Popen(whole, env=settings, stdout=said, stderr=said)
    try:
        _wait(process, port, get(asked, key))
        yield Running(process, port, time.perf_counter() - started)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)


def _wait(process: subprocess.Popen[bytes], port: int, request: bytes) -> None:
    until = time.perf_counter() + PATIENCE_S
    while time.perf_counter() < until and process.poll() is None:
        try:
            if answer(port, request)[0] == 200:
                return
        except OSError:
            time.sleep(0.005)
    raise SystemExit(f"the service did not answer within {PATIENCE_S:g} s")


def answer(port: int, request: bytes) -> tuple[int, bytes]:
    """Status and whole text of one answer, over a connection of its own."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        connection.sendall(request)
        got = b""
        while (status := status_of(got)) is None:
            part = connection.recv(65_536)
            if not part:
                raise ConnectionError("closed before the answer was whole")
            got += part
    return status, got


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
    return port


def _parent_of(folder: Path) -> int | None:
    try:
        return int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return None


def _memory_kb(number: int, fields: tuple[str, ...]) -> int:
    lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.split(":")[0] in fields)


def _cpu_s(number: int) -> float:
    fields = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
