"""The registry's own store: made whole or not at all, and checked before MLflow touches it."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from features.errors import HuitouError
from training.versions.embedded_store import EmbeddedStore


def connect(uri: str) -> str:
    """Make one table, as MLflow makes many; fails where the table is already."""
    with closing(sqlite3.connect(uri.removeprefix("sqlite:///"))) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
        if ("half",) in tables:
            raise AssertionError("began on top of a half-made database")
        connection.execute("CREATE TABLE IF NOT EXISTS whole (x)")
    return uri


def test_a_new_store_is_made_when_opened(tmp_path: Path) -> None:
    """A store is empty until it is opened for the first time; its odd folder name is no hindrance."""
    store = EmbeddedStore(tmp_path / "店 'n #1" / "mlflow")
    assert store.is_empty
    assert store.open(connect) == f"sqlite:///{tmp_path}/店 'n #1/mlflow/mlflow.db"
    assert not store.is_empty


def test_a_killed_making_is_begun_anew(tmp_path: Path, root: Path) -> None:
    """A database whose making was killed is thrown away and made again, not built upon."""
    killed = (
        "import os, signal, sqlite3, sys; from pathlib import Path\n"
        "from training.versions.embedded_store import EmbeddedStore\n"
        "def connect(uri):\n"
        "    sqlite3.connect(uri.removeprefix('sqlite:///')).execute('CREATE TABLE half (x)')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "EmbeddedStore(Path(sys.argv[1])).open(connect)"
    )
    done = subprocess.run([sys.executable, "-c", killed, str(tmp_path)], cwd=root)
    assert done.returncode == -9
    store = EmbeddedStore(tmp_path)
    assert (store.file.is_file(), store.is_empty) == (True, True)
    store.open(connect)
    assert not store.is_empty


def test_a_killed_transaction_is_undone(tmp_path: Path, root: Path) -> None:
    """A process killed in the middle of a write leaves a journal; opening the store undoes what it holds."""
    killed = (
        "import os, signal, sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1])\n"
        "connection.execute('PRAGMA cache_size = 1')\n"  # changed pages reach the file before the commit
        "connection.executemany('INSERT INTO whole VALUES (?)', ((str(n) * 200,) for n in range(2000)))\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    store = EmbeddedStore(tmp_path)
    store.open(connect)
    done = subprocess.run([sys.executable, "-c", killed, str(store.file)], cwd=root)
    assert done.returncode == -9
    assert store.file.with_name("mlflow.db-journal").stat().st_size > 0
    store.open(connect)
    with closing(sqlite3.connect(store.file)) as connection:
        assert connection.execute("SELECT count(*) FROM whole").fetchone() == (0,)


def test_a_broken_database_is_told_at_once(tmp_path: Path) -> None:
    """A file that is no database gives one clear line instead of a minute of attempts."""
    store = EmbeddedStore(tmp_path)
    store.file.write_bytes(b"not a database, but a letter of some length" * 200)
    message = (
        f"{store.file} must be a sound SQLite database; SQLite says: file is not a database. "
        "Restore it from a backup, or move it away and train again."
    )
    with pytest.raises(HuitouError, match=f"^{re.escape(message)}$"):
        store.open(connect)


def test_a_torn_database_is_told(tmp_path: Path) -> None:
    """A database that lost its end is found before anything is written to it."""
    store = EmbeddedStore(tmp_path)
    with closing(sqlite3.connect(store.file)) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.executemany("INSERT INTO t VALUES (?)", [("x" * 500,)] * 100)
        connection.commit()
    store.file.write_bytes(store.file.read_bytes()[:20_000])
    with pytest.raises(HuitouError, match=r"must be a sound SQLite database; SQLite says: .*move it away"):
        store.open(connect)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """Where a file stands in the folder's place the error names it."""
    (tmp_path / "mlflow").write_text("a file")
    message = (
        f"the model registry's folder must be writable; [Errno 17] File exists: '{tmp_path}/mlflow'. "
        "Mend it, then try again."
    )
    with pytest.raises(HuitouError, match=f"^{re.escape(message)}$"):
        EmbeddedStore(tmp_path / "mlflow").open(connect)


@pytest.mark.parametrize("name", ["what?", "100%25"])
def test_paths_that_mlflow_reads_otherwise_are_refused(tmp_path: Path, name: str) -> None:
    """? and % mean something in a database's address, so a shop's folder must not hold them."""
    folder = tmp_path / name
    message = f"the folder of a shop must not hold ? or % in its path; got {folder}. Rename it."
    with pytest.raises(HuitouError, match=f"^{re.escape(message)}$"):
        EmbeddedStore(folder)
