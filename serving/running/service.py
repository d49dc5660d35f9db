"""The whole service: a supervisor with its workers and its mover, at one address."""

from __future__ import annotations

import gc
import logging
import os
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from features.shop_folder import ShopFolder
from serving.access.metrics_folder import forget_process
from serving.access.request_log import JsonLines, LogSettings, log_settings
from serving.running.child import Ready
from serving.running.supervisor import Supervisor, Task
from serving.running.without_pandas import arrow_without_pandas

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Each worker keeps to one core: threads of the number libraries would take the other workers' time and memory."""

LOOK_EVERY_S = 0.01
"""So often at most a worker looks whether another snapshot or other rules are there."""


@dataclass(frozen=True)
class Running:
    """How a service runs."""

    workers: int
    """How many processes answer requests."""
    mover: bool = True
    """Whether this service also moves what arrived into the warehouse."""
    graceful_s: int = 10
    """How long requests on their way may take once the service is told to stop, in seconds."""


def run_service(
    shop: ShopFolder,
    door: socket.socket,
    running: Running,
    *,
    clock: Callable[[], datetime],
    database_url: str | None = None,
) -> None:
    """Answer requests that arrive at ``door`` until SIGTERM or SIGINT.

    Nothing is open in this process while it forks: each child opens the database and the snapshot for itself. Raises
    :class:`HuitouError` when the database cannot be used.
    """
    settings = log_settings(os.environ)
    log_to_stderr(settings)
    os.environ |= ONE_THREAD | dict(os.environ)
    gc.disable()  # until the supervisor forks: what is imported is no garbage, and a tenth of the start was looking
    arrow_without_pandas()
    # Everything that children share is imported here, before the fork, and only here: the command line stays quick.
    from serving.access.rate_limit import RateLimit
    from serving.access.request_log import RequestLog
    from serving.api.application import create_app
    from serving.database.connection import open_database
    from serving.database.people.contact_cipher import SETTING as CONTACT_KEYS
    from serving.running.worker import serve_requests

    open_database(shop, database_url).dispose()  # made or brought up to date once, not by every worker

    rate_limit = RateLimit()  # memory that the workers will share

    def work(ready: Ready) -> None:
        log = RequestLog(write_to_stderr, clock, settings)
        application = create_app(
            shop,
            clock=clock,
            database_url=database_url,
            contact_keys=os.environ.get(CONTACT_KEYS),
            rate_limit=rate_limit,
            log=log,
            look_every_s=LOOK_EVERY_S,
            desk_apart=True,
        )
        serve_requests(application, door, ready, running.graceful_s)

    def move_what_arrived(ready: Ready) -> None:
        # Only this child loads the engines of the warehouse.
        from serving.running.chores import chores
        from serving.running.mover import move

        door.close()
        with chores(shop, clock, database_url, os.environ.get(CONTACT_KEYS), os.environ) as round_of_chores:
            move(shop, round_of_chores, clock, ready)

    tasks = [Task(f"worker-{number}", work) for number in range(1, running.workers + 1)]
    if running.mover:
        tasks.append(Task("mover", move_what_arrived, replaced=False))
    # The address refuses connections only when no process listens any more, and this one has it open as well.
    Supervisor(tasks, running.graceful_s, stopping=door.close, ended=forget_process).run()


def write_to_stderr(lines: bytes) -> None:
    """Write lines of the log in one go; that nobody reads them any more stops no request."""
    with suppress(OSError):
        sys.stderr.buffer.write(lines)
        sys.stderr.buffer.flush()


def log_to_stderr(settings: LogSettings) -> None:
    """Send what the service says of itself to standard error, one line of JSON each with its moment in UTC."""
    if logging.getLogger().handlers:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=min(settings.level, logging.ERROR), handlers=[handler])  # faults are told always
    for talkative in ("uvicorn", "alembic"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
