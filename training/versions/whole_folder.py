"""A folder that is there as a whole or not at all."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def whole_folder(folder: Path, fill: Callable[[Path], Path]) -> Path:
    """``folder``, as ``fill`` makes it; when it is there already, ``fill`` is not called.

    ``fill`` gets an empty hidden folder beside it to work in and returns the folder it made there, which gets
    its name at the end. What a killed process left is thrown away by the next one; two processes that want
    the same folder wait for each other.
    """
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with one_at_a_time(folder.parent / ".fetch.lock"):
        if folder.is_dir():
            return folder
        part = folder.with_name(f".{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        try:
            os.rename(fill(part), folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return folder


@contextmanager
def one_at_a_time(lock: Path) -> Iterator[None]:
    """Hold ``lock``, waiting for it; the system releases it even when the process is killed."""
    with open(lock, "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
