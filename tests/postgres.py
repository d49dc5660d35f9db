"""A PostgreSQL server of the tests' own, in a temporary folder, reachable by a socket in it and nowhere else."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from threading import Thread
from typing import IO, Any

import psycopg

from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.running.with_parent import end_by_kernel

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "32MB",
    "log_min_messages": "log",
}
"""Fast, and safe enough for what a test throws away."""


def binaries() -> Path | None:
    """The folder of the newest server that is installed, None without one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    if found:
        return found[-1].parent
    anywhere = shutil.which("initdb")
    return Path(anywhere).resolve().parent if anywhere else None


class PostgresServer:
    """A running server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = count(1)

    @contextmanager
    def database(self, empty: bool = False) -> Iterator[str]:
        """The URL of a database of one's own, with Huitou's tables unless ``empty``; it is gone afterwards."""
        name = f"test_{next(self._numbers)}"
        template = "template0" if empty else self._migrated()
        self.run(f"create database {name} template {template}")
        try:
            yield self.url(name)
        finally:
            self.run(f"drop database {name} with (force)")

    def url(self, name: str) -> str:
        """The URL of a database."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def run(self, statement: str) -> None:
        """Do something with the server as a whole."""
        address = f"host={self.folder} user=postgres dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """While nothing of the server runs: connections stay open, and nothing is answered."""
        first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        processes = [first]
        os.kill(first, signal.SIGSTOP)
        try:
            # The first one is stopped: no others are started meanwhile.
            processes += map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split())
            for process in processes[1:]:
                os.kill(process, signal.SIGSTOP)
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

    def _migrated(self) -> str:
        if not (self.folder / "migrated").exists():
            self.run("create database migrated template template0")
            shop = ShopFolder.create(self.folder / "migrated")
            open_database(shop, self.url("migrated")).dispose()
        return "migrated"


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server; PostgreSQL refuses to run as root, who starts it as the system's user ``postgres``."""
    programs = binaries()
    if programs is None:
        raise FileNotFoundError("PostgreSQL is not installed here; CI needs it.")
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="huitou-pg-"))
    if user:
        owner = pwd.getpwnam(user)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    usual = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    try:
        command = [str(programs / "initdb"), *usual, "-D", str(folder / "data")]
        subprocess.run(command, user=user, cwd=folder, check=True, capture_output=True)
        settings = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        command = [str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder), *settings]
        # It ends with the tests, however they end.
        die_with = partial(end_by_kernel, os.getpid()) if sys.platform == "linux" else None
        log: dict[str, Any] = {"stderr": subprocess.PIPE, "text": True}
        with subprocess.Popen(command, user=user, cwd=folder, preexec_fn=die_with, **log) as process:
            try:
                _wait(process.stderr)
                yield PostgresServer(folder)
            finally:
                process.send_signal(signal.SIGQUIT)  # Nothing of it is kept.
                process.wait(10)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(log: IO[str] | None) -> None:
    """Read the server's log until it takes connections, and go on reading in the background."""
    lines = log if log is not None else iter(())
    said = []
    for line in lines:
        said.append(line)
        if "ready to accept connections" in line:
            Thread(target=deque, args=(lines, 0), daemon=True).start()
            return
    raise ChildProcessError("PostgreSQL did not start: " + "".join(said))
