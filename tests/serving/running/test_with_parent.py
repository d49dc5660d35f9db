"""Children that end with their parent, by either way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from serving.running.with_parent import name_process
from tests.conftest import ROOT
from tests.serving.running.running_service import ended

PARENT = """
import os, signal, sys
from serving.running.with_parent import end_by_kernel, end_by_pipe

parent = os.getpid()
reading, writing = os.pipe()
child = os.fork()
if child == 0:
    os.close(writing)
    if sys.argv[1] == "kernel":
        end_by_kernel(parent)
    else:
        end_by_pipe(reading)
    print(os.getpid(), flush=True)
signal.pause()
"""


@pytest.mark.parametrize("way", ["kernel", "pipe"])
def test_a_killed_parent(way: str) -> None:
    """When the parent is killed without warning, the child ends at once."""
    with subprocess.Popen([sys.executable, "-c", PARENT, way], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        parent.send_signal(signal.SIGKILL)
        ended(child)


def test_a_parent_that_ended_before() -> None:
    """A child whose parent ended before it could ask is killed all the same."""
    code = "from serving.running.with_parent import end_by_kernel; end_by_kernel(1)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert ran.returncode == -signal.SIGKILL


def test_a_name() -> None:
    """A process is shown by its name, cut to what the system takes."""
    code = (
        "from serving.running.with_parent import name_process\n"
        "name_process('huitou-worker-with-a-long-name')\n"
        "print(open('/proc/self/comm').read(), end='')"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert ran.stdout == "huitou-worker-w\n"
    assert name_process.__doc__
