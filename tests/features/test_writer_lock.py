"""The writer lock: one holder at a time, a brief one is waited for, a long one is not."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from features.writer_lock import writer_lock

CHILD = """
import sys
from pathlib import Path
from features.writer_lock import writer_lock
with writer_lock(Path(sys.argv[1]), briefly=True) as mine:
    print(mine, flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("briefly", [False, True])
def test_a_long_holder_is_not_waited_for(tmp_path: Path, briefly: bool) -> None:
    """While somebody writes for long, others are told at once, whoever they are."""
    with writer_lock(tmp_path / "lock", briefly=False), writer_lock(tmp_path / "lock", briefly=briefly) as mine:
        assert not mine
    with writer_lock(tmp_path / "lock", briefly=briefly) as mine:
        assert mine


def test_a_brief_holder_is_waited_for(tmp_path: Path) -> None:
    """Who comes while somebody writes briefly gets the lock as soon as it is free."""
    file, has_it, may_go = tmp_path / "lock", threading.Event(), threading.Event()

    def first() -> bool:
        with writer_lock(file, briefly=True) as mine:
            has_it.set()
            return may_go.wait(10) and mine

    def second() -> bool:
        has_it.wait(10)
        may_go.set()
        with writer_lock(file, briefly=False) as mine:
            return mine

    with ThreadPoolExecutor(2) as pool:
        assert [each.result(20) for each in (pool.submit(first), pool.submit(second))] == [True, True]


def test_the_lock_goes_with_its_process(tmp_path: Path, root: Path) -> None:
    """A brief holder that is killed keeps nobody out, and who holds the lock for long afterwards is long."""
    file = tmp_path / "lock"
    command = [sys.executable, "-c", CHILD, str(file)]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "True\n"
        child.kill()
        child.wait(10)
    with writer_lock(file, briefly=False) as mine, writer_lock(file, briefly=False) as other:
        assert (mine, other) == (True, False)
