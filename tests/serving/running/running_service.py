"""The real service in a process of its own, for tests that talk to it from outside."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2

from tests.conftest import ROOT

WAITING_S = 60.0
_SAID = re.compile(r"serving .* at (?P<url>http://\S+) \(Ctrl\+C ends it\)\n")


@dataclass(frozen=True)
class RunningService:
    """A service that answers requests."""

    url: str
    """Where it listens, without a slash at the end."""
    process: subprocess.Popen[str]
    """The supervisor."""
    log: Path
    """What it wrote to standard error so far."""

    @property
    def pids(self) -> list[int]:
        """The process ids of its workers at the moment."""
        return self.children("worker")

    def children(self, kind: str) -> list[int]:
        """The process ids of its children of a kind (``worker``, ``mover``), oldest first."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [child for child in sorted(map(int, children)) if _name(child).startswith(f"huitou-{kind}")]

    def stop(self) -> int:
        """Ask it to stop; return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(WAITING_S)

    def kill(self) -> None:
        """Kill it without warning; return when none of its processes is left."""
        children = [os.pidfd_open(child) for child in (*self.pids, *self.children("mover"))]
        self.process.kill()
        self.process.wait(WAITING_S)
        for child in children:
            ended(child)


def ended(child: int) -> None:
    """Wait for the end of the process behind a file descriptor of ``pidfd_open``, and close it."""
    assert select.select([child], [], [], WAITING_S)[0], "a child outlived its parent"
    os.close(child)


@contextmanager
def running_service(
    shop: Path,
    workers: int = 2,
    *arguments: object,
    port: int = 0,
    mover: bool = False,
    database_url: str | None = None,
    **environment: str,
) -> Iterator[RunningService]:
    """``huitou serve`` for the shop in a folder, from its first answer on; it is stopped at the end.

    ``arguments`` are further ones of the command. Without ``port`` it listens at any that is free;
    without ``database_url`` the database is the shop's own file.
    """
    if database_url is not None:
        environment["HUITOU_DATABASE"] = database_url
    said = ["--shop", shop, "--workers", workers, "--port", port, "--mover" if mover else "--no-mover", *arguments]
    with TemporaryDirectory() as folder, open(Path(folder) / "stderr", "w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "huitou", "serve", *map(str, said)],
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "COLUMNS": "500", **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            assert process.stdout is not None
            found = _SAID.fullmatch(process.stdout.readline())
            assert found is not None, Path(log.name).read_text()
            service = RunningService(found["url"], process, Path(log.name))
            # The request waits in the socket's queue until the first worker takes it.
            _await_answer(service)
            yield service
        finally:
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(WAITING_S)
            finally:
                process.kill()
                if process.stdout is not None:
                    process.stdout.close()


def _await_answer(service: RunningService) -> None:
    try:
        assert httpx2.get(f"{service.url}/health/live", timeout=WAITING_S).status_code == 200
    except httpx2.HTTPError as error:
        raise AssertionError(f"it did not answer: {error}; its log:\n{service.log.read_text()}") from error


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text()
    except OSError:
        return ""
