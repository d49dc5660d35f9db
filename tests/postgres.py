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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path
from threading import Thread
from typing import IO, Any

import psycopg

from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.database.schema import METADATA
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


_USED = " union all ".join(f"select '{name}' where exists (select from {name})" for name in METADATA.tables)
"""The tables with rows."""

_COUNTED = "select sequencename from pg_sequences where last_value is not null"
"""The sequences that have counted."""

_SHAPE = """
    select (select array_agg((relname, oid) order by oid) from pg_class where relnamespace = 'public'::regnamespace),
        (select count(*) from pg_attribute), (select count(*) from pg_trigger),
        (select array_agg(version_num) from alembic_version)
"""
"""What tells databases of the same template apart once somebody has changed more than rows."""


class PostgresServer:
    """A running server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = count(1)
        self._shape: Any = None
        self._free: list[str] = []

    @contextmanager
    def database(self, empty: bool = False) -> Iterator[str]:
        """The URL of a database of one's own: with Huitou's tables, or ``empty`` and gone afterwards.

        Making one takes five times as long as emptying it: one in which only rows were changed is used again.
        """
        name = self._free.pop() if self._free and not empty else self._made("template0" if empty else self._migrated())
        try:
            yield self.url(name)
        finally:
            if not empty and self._emptied(name):
                self._free.append(name)
            else:
                self.run(f"drop database {name} with (force)")

    def _made(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        self.run(f"create database {name} template {template}")
        return name

    def _emptied(self, name: str) -> bool:
        """Whether the database is as new again: nobody is connected, no table has rows and no sequence has counted."""
        others = "select pg_terminate_backend(pid) from pg_stat_activity"
        with self._connection(name) as connection:
            connection.execute(f"{others} where datname = '{name}' and pid <> pg_backend_pid()".encode())
            if connection.execute(_SHAPE).fetchone() != self._shape:
                return False
            used = [name for (name,) in connection.execute(_USED.encode())]
            if used:
                connection.execute(f"truncate {', '.join(used)} restart identity cascade".encode())
            for (sequence,) in connection.execute(_COUNTED.encode()).fetchall():
                connection.execute(f"alter sequence {sequence} restart".encode())
        return True

    def url(self, name: str) -> str:
        """The URL of a database."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def connected(self, url: str) -> int:
        """How many are connected to a database."""
        name = url.partition("?")[0].rpartition("/")[2]
        with self._connection("postgres") as connection:
            asked = "select pid from pg_stat_activity where datname = %s"
            return len(connection.execute(asked, [name]).fetchall())

    def run(self, statement: str) -> None:
        """Do something with the server as a whole."""
        with self._connection("postgres") as connection:
            connection.execute(statement.encode())

    def _connection(self, name: str) -> psycopg.Connection[Any]:
        return psycopg.connect(f"host={self.folder} user=postgres dbname={name}", autocommit=True)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """While nothing of the server runs: connections stay open, and nothing is answered."""
        first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        processes = [first]
        os.kill(first, signal.SIGSTOP)
        try:
            # The first one is stopped: no others are started meanwhile.
            processes += map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split())
            _signal(processes[1:], signal.SIGSTOP)
            yield
        finally:
            _signal(processes, signal.SIGCONT)

    def _migrated(self) -> str:
        if not (self.folder / "migrated").exists():
            self.run("create database migrated template template0")
            shop = ShopFolder.create(self.folder / "migrated")
            open_database(shop, self.url("migrated")).dispose()
            with self._connection("migrated") as connection:
                self._shape = connection.execute(_SHAPE).fetchone()
        return "migrated"


def _signal(processes: Sequence[int], number: signal.Signals) -> None:
    for process in processes:
        with suppress(ProcessLookupError):  # one whose connection was just closed is ending
            os.kill(process, number)


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
