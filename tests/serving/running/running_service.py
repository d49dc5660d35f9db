"""The real service in a process of its own, for tests that talk to it from outside."""

from __future__ import annotations

import os
import re
import select
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from tests.conftest import ROOT
from tests.forks import forks
from tests.serving.running.service_child import become_service

WAITING_S = 60.0
_SAID = re.compile(r"serving .* at (?P<url>http://\S+) \(Ctrl\+C ends it\)\n")


@dataclass(frozen=True)
class RunningService:
    """A service that answers requests."""

    url: str
    """Where it listens, without a slash at the end."""
    process: BaseProcess
    """The supervisor."""
    log: Path
    """What it wrote to standard error so far."""

    @property
    def pid(self) -> int:
        """The process id of the supervisor."""
        assert self.process.pid is not None
        return self.process.pid

    @property
    def pids(self) -> list[int]:
        """The process ids of its workers at the moment."""
        return self.children("worker")

    def children(self, kind: str) -> list[int]:
        """The process ids of its children of a kind (``worker``, ``mover``), oldest first."""
        pid = self.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [child for child in sorted(map(int, children)) if _name(child).startswith(f"huitou-{kind}")]

    def answer(self, path: str) -> bytes:
        """The body of its answer; when that is not one of status 200, its log is told."""
        place = urlsplit(self.url)
        with closing(HTTPConnection(str(place.hostname), place.port, timeout=WAITING_S)) as connection:
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                body = answer.read()
            except (OSError, HTTPException) as error:
                raise AssertionError(f"it did not answer: {error}; its log:\n{self.log.read_text()}") from error
            assert answer.status == 200, f"{body!r}; its log:\n{self.log.read_text()}"
            return body

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int | None:
        """Ask it to stop; return its exit status."""
        os.kill(self.pid, number)
        return self.status()

    def status(self) -> int | None:
        """Its exit status, once it has ended; None when it does not end."""
        self.process.join(WAITING_S)
        return self.process.exitcode

    def kill(self) -> None:
        """Kill it without warning; return when none of its processes is left."""
        children = [os.pidfd_open(child) for child in (*self.pids, *self.children("mover"))]
        self.process.kill()
        self.process.join(WAITING_S)
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
    cold: bool = False,
) -> Iterator[RunningService]:
    """``huitou serve`` for the shop in a folder, from its first answer on; it is stopped at the end.

    ``arguments`` are further ones of the command. Without ``port`` it listens at any that is free;
    without ``database_url`` the database is the shop's own file. When ``cold``, it imports everything for itself.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "COLUMNS": "500"}
    if database_url is not None:
        environment["HUITOU_DATABASE"] = database_url
    command = ["--shop", shop, "--workers", workers, "--port", port, "--mover" if mover else "--no-mover", *arguments]
    reading, writing = forks().Pipe(duplex=False)
    with TemporaryDirectory() as folder, reading:
        log = Path(folder) / "stderr"
        log.touch()
        with writing:
            process = forks().Process(
                target=become_service,
                args=(["serve", *map(str, command)], environment, writing, log),
                kwargs={"cold": cold},
            )
            process.start()
        try:
            with open(reading.fileno(), closefd=False) as lines:
                found = _SAID.fullmatch(lines.readline())
            assert found is not None, log.read_text()
            service = RunningService(found["url"], process, log)
            # The request waits in the socket's queue until the first worker takes it.
            service.answer("/health/live")
            yield service
        finally:
            process.terminate()
            process.join(WAITING_S)
            process.kill()
            process.join()


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text()
    except OSError:
        return ""
