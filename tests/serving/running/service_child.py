"""A child that becomes the service: ``huitou serve`` with everything that an own process has."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import huitou

huitou.command()  # put together before the fork: half of what a start would take


def become_service(
    arguments: Sequence[str], environment: Mapping[str, str], said: Connection, log: Path, *, cold: bool
) -> None:
    """Run ``huitou`` with the arguments; standard output goes to ``said``, and standard error to ``log``.

    When ``cold``, Python starts anew and imports everything, as on a shop's machine.
    """
    os.environ.clear()
    os.environ.update(environment)
    os.dup2(said.fileno(), sys.stdout.fileno())
    os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), sys.stderr.fileno())
    said.close()
    if cold:
        os.execv(sys.executable, [sys.executable, "-m", "huitou", *arguments])  # noqa: S606 - no shell is needed
    huitou.main(arguments)
