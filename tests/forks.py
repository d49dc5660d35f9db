"""Processes of the tests that start without importing: forks of one that has imported what a service needs.

Real processes with memory, files and signals of their own; only the seconds of importing are not spent again.
"""

from __future__ import annotations

from functools import cache
from multiprocessing import forkserver, get_context
from multiprocessing.context import ForkServerContext

import pytest

from serving.access.metrics_folder import FOLDER
from serving.running.service import ONE_THREAD

IMPORTED = (
    "huitou",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "serving.access.binding",
    "serving.api.application",
    "serving.running.worker",
    "serving.running.chores",
    "tests.serving.absorbing_child",
    "tests.serving.publishing_child",
    "tests.serving.running.service_child",
)
"""What is imported once; a name that is wrong costs time and nothing else."""


@cache
def forks() -> ForkServerContext:
    """Makes processes, pipes and so on as ``multiprocessing`` does; one process of this test run is forked again."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["__main__", *IMPORTED])
    with pytest.MonkeyPatch.context() as environment:
        # Importing decides these two: how many threads count, and that counts are those of several processes.
        for name, value in {**ONE_THREAD, FOLDER: "each service has its own"}.items():
            environment.setenv(name, value)
        forkserver.ensure_running()
    return context
