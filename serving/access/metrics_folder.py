"""Where processes that are forked from one another count together."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir, mkdtemp

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable by which prometheus_client counts over processes; read when it is imported."""

PREFIX = "huitou-metrics-"


@contextmanager
def metrics_folder() -> Iterator[None]:
    """Inside, processes that import the service and fork count in one folder, which is gone afterwards.

    Folders of services that were killed are removed first: the lock of such a folder is held by no process any more.
    """
    for left in Path(gettempdir()).glob(f"{PREFIX}*"):
        if _is_abandoned(left):
            rmtree(left, ignore_errors=True)
    folder = mkdtemp(prefix=PREFIX)
    # The lock also keeps systemd-tmpfiles from tidying the folder away after some days.
    held = os.open(folder, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    os.environ[FOLDER] = folder
    try:
        yield
    finally:
        del os.environ[FOLDER]
        rmtree(folder, ignore_errors=True)
        os.close(held)


def forget_process(pid: int) -> None:
    """Take a process that ended out of the figures that speak of this moment; what it counted stays."""
    folder = os.environ.get(FOLDER)
    if folder:
        for file in Path(folder).glob(f"gauge_live*_{pid}.db"):
            file.unlink(missing_ok=True)


def _is_abandoned(folder: Path) -> bool:
    try:
        asked = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:  # somebody else's
        return False
    try:
        fcntl.flock(asked, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # held
        return False
    finally:
        os.close(asked)
    return os.stat(folder).st_uid == os.geteuid()
