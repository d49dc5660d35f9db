"""The registry's own store in the folder of a shop: one SQLite file, with the artefacts beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from features.errors import HuitouError
from training.versions.whole_folder import one_at_a_time


class EmbeddedStore:
    """Where MLflow keeps the runs and versions of one shop when there is no server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.file = self.folder / "mlflow.db"
        """The database of runs, versions and aliases."""
        self.artifacts = self.folder / "artifacts"
        """Bundles and reports, one folder for each run."""
        self._unfinished = self.folder / "mlflow.db.unfinished"
        if any(sign in str(self.folder) for sign in "%?"):
            raise HuitouError(
                f"the folder of a shop must not hold ? or % in its path; got {folder}. Rename it.",
                field="shop",
                value=str(folder),
            )

    @property
    def uri(self) -> str:
        """The store's address, as MLflow wants it."""
        return f"sqlite:///{self.file}"

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return str(self.folder)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever recorded here; told without MLflow."""
        return not self.file.is_file() or self._unfinished.exists()

    def experiment(self, model: str) -> tuple[str, str | None]:
        """Name and artefact address of the experiment that runs belong to.

        MLflow fixes for each experiment where it writes, so a shop whose folder was moved begins a new one.
        """
        return f"{model} in {self.folder}"[-400:], self.artifacts.as_uri()

    def artifact(self, run_id: str, name: str) -> Path | None:
        """Where the file or folder ``name`` of a run lies, also after the shop's folder was moved."""
        path = self.artifacts / run_id / "artifacts" / name
        return path if path.exists() else None

    def open(self, connect: Callable[[str], Any]) -> Any:
        """What ``connect`` makes of the address, once the database is there and sound.

        MLflow makes its tables in several hundred steps, seconds in all, that SQLite does not undo together.
        So a mark stands beside the database until all are done: what a killed process left is thrown away.
        Raises :class:`HuitouError` when the database cannot be read or made.
        """
        if self.is_empty:
            try:
                self._make(connect)
            except OSError as error:
                raise HuitouError(
                    f"the model registry's folder must be writable; {error}. Mend it, then try again.",
                    code="registry_unwritable",
                    field="shop",
                    value=str(self.folder),
                ) from None
        self._check()
        return connect(self.uri)

    def next_step(self, said: str) -> str:
        """What to do when MLflow fails with ``said``."""
        if "out-of-date database schema" in said:
            return f"Copy {self.file}, then bring it up to date: mlflow db upgrade '{self.uri}'."
        return "Mend this, then try again."

    def _make(self, connect: Callable[[str], Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with one_at_a_time(self.folder / ".mlflow.lock"):
            if self._unfinished.exists():
                self.file.unlink(missing_ok=True)
                self.file.with_name("mlflow.db-journal").unlink(missing_ok=True)
            if not self.file.is_file():
                self._unfinished.touch()
                connect(self.uri)
            self._unfinished.unlink(missing_ok=True)

    def _check(self) -> None:
        """MLflow tries a broken database ten times for a minute and a half; this tells at once.

        It is opened for writing: a process killed in the middle of a transaction leaves a journal, and only a writer
        may undo what is in it.
        """
        try:
            with closing(sqlite3.connect(f"file:{quote(str(self.file))}?mode=rw", uri=True)) as connection:
                problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.Error as error:
            problem = str(error)
        if problem != "ok":
            raise HuitouError(
                f"{self.file} must be a sound SQLite database; SQLite says: {problem}. "
                "Restore it from a backup, or move it away and train again.",
                code="broken_registry",
                field="shop",
                value=str(self.file),
            )
