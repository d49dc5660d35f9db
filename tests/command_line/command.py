"""The command line in tests: run inside the test, or as a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import huitou
from tests.conftest import ROOT

POLLING_S = 0.005


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    status: int
    """Its exit status."""
    said: str
    """What it printed to standard output."""
    complaint: str
    """What it printed to standard error."""


def run(*arguments: object) -> Ran:
    """``huitou`` with the arguments, inside this process."""
    said, complaint = StringIO(), StringIO()
    with redirect_stdout(said), redirect_stderr(complaint):
        try:
            huitou.main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 0
    return Ran(status, said.getvalue(), complaint.getvalue())


def done(*arguments: object) -> str:
    """What ``huitou`` printed; the command must succeed."""
    ran = run(*arguments)
    assert ran.status == 0, ran
    return ran.said


def refused(*arguments: object) -> str:
    """The one line in which ``huitou`` told of a mistake."""
    ran = run(*arguments)
    assert ran.status == 1, ran
    assert ran.complaint.startswith("huitou: ")
    assert ran.complaint.count("\n") == 1
    return ran.complaint.removeprefix("huitou: ").rstrip("\n")


def started(*arguments: object, folder: Path, **environment: str) -> subprocess.Popen[str]:
    """``huitou`` as a process of its own, in ``folder``."""
    return subprocess.Popen(
        [sys.executable, "-m", "huitou", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def as_process(*arguments: object, folder: Path, **environment: str) -> Ran:
    """``huitou`` run to its end as a process of its own, in ``folder``."""
    with started(*arguments, folder=folder, **environment) as process:
        said, complaint = process.communicate()
    return Ran(process.returncode, said, complaint)


def killed(is_moment: Callable[[], bool], *arguments: object, folder: Path) -> None:
    """Start ``huitou`` as a process and kill it, without warning, as soon as it is the moment."""
    with started(*arguments, folder=folder) as process:
        while process.poll() is None and not is_moment():
            try:
                process.wait(POLLING_S)
            except subprocess.TimeoutExpired:
                continue
        process.send_signal(signal.SIGKILL)
        _, complaint = process.communicate()
    assert process.returncode == -signal.SIGKILL, complaint


def written(file: Path, lines: Iterable[str], encoding: str = "utf-8") -> Path:
    """``file`` with the lines."""
    file.write_bytes("".join(f"{line}\n" for line in lines).encode(encoding))
    return file


def new_shop(folder: Path, store: Path, *settings: object) -> Path:
    """A shop in ``folder`` of two buckets, with a copy of an empty MLflow store: its tables take seconds to make."""
    done("init", "--shop", folder, "--buckets", 2, *settings)
    (folder / "mlflow").mkdir()
    shutil.copyfile(store, folder / "mlflow" / "mlflow.db")
    return folder
