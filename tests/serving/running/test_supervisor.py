"""The supervisor: workers come back, are replaced without a gap, and stop without a half answer."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from features.errors import HuitouError
from serving.running.supervisor import checked_workers, usual_workers
from tests.conftest import ROOT
from tests.serving.running.running_service import RunningService, ended, running_service
from tests.serving.running.waiting import until

BODY = b'{"customer_id": "anna", "n": 3}'
HEAD = (
    "POST /v1/recommendations HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\n"
    f"content-length: {len(BODY)}\r\n\r\n"
).encode()

FAILING = """
import logging
from serving.running.supervisor import Supervisor, Task

def fail(ready):
    raise SystemExit(7)

logging.basicConfig(format="%(message)s")
Supervisor([Task("failing", fail)], graceful_s=1).run()
"""


def half_a_request(url: str) -> socket.socket:
    """A connection whose request has begun; its body is not there yet."""
    place = urlsplit(url)
    connection = socket.create_connection((place.hostname, place.port), timeout=30)
    connection.sendall(HEAD + BODY[:5])
    return connection


def rest_of_the_answer(connection: socket.socket) -> bytes:
    """Everything that comes until the service closes the connection."""
    with connection:
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_worker_that_dies(service: RunningService) -> None:
    """A worker that is killed is started again, and the service answers all the while."""
    before = service.pids
    assert len(before) == 2
    gone = os.pidfd_open(before[0])
    os.kill(before[0], signal.SIGKILL)
    ended(gone)
    assert httpx2.get(f"{service.url}/health/live").status_code == 200
    until(lambda: len(service.pids) == 2)
    assert before[0] not in service.pids
    assert before[1] in service.pids


def test_replacing_under_load(service: RunningService) -> None:
    """SIGHUP replaces every worker, and no request fails meanwhile, on connections that are kept."""
    before = set(service.pids)
    failed: list[str] = []
    done = threading.Event()

    def ask() -> None:
        with httpx2.Client(base_url=service.url, timeout=30) as client:
            while not done.is_set():
                try:
                    answer = client.get("/v1/recommendations", params={"customer_id": "anna"})
                    failed.extend([] if answer.status_code == 200 else [answer.text])
                except httpx2.HTTPError as error:
                    failed.append(repr(error))

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    try:
        os.kill(service.pid, signal.SIGHUP)
        until(lambda: len(service.pids) == 2 and not before & set(service.pids))
    finally:
        done.set()
        for asker in askers:
            asker.join()
    assert failed == []


def test_stopping_finishes_what_began(published: Path) -> None:
    """A request that has begun when the service is stopped is answered in full, and the status is 0."""
    with running_service(published, 1) as service:
        connection = half_a_request(service.url)
        until(lambda: len(_open_files(service.pids[0], service.url)) == 1)
        os.kill(service.pid, signal.SIGTERM)
        until(lambda: _refuses(service.url))
        connection.sendall(BODY[5:])
        answer = rest_of_the_answer(connection)
        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert b"\r\nconnection: close\r\n" in answer
        assert answer.endswith(b"}")
        assert service.status() == 0
        assert all('"status":200' in line for line in service.log.read_text().splitlines())


def test_stopping_does_not_wait_for_ever(published: Path) -> None:
    """A request that never comes to its end is given up after the graceful time; Ctrl+C is a stop like any other."""
    with running_service(published, 1, "--graceful-s", 1) as service, half_a_request(service.url):
        assert service.stop(signal.SIGINT) == 0


def test_workers_end_with_the_supervisor(published: Path) -> None:
    """When the supervisor is killed without warning, its workers end too, and the port is free at once."""
    with running_service(published) as service:
        port = urlsplit(service.url).port
        service.kill()
        assert port is not None
        with running_service(published, 1, port=port) as again:
            assert urlsplit(again.url).port == port


def test_pauses_grow() -> None:
    """A child that ends at once is started again after a wait that doubles."""
    with subprocess.Popen([sys.executable, "-c", FAILING], cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        lines = [process.stderr.readline() for _ in range(3)]
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert lines == [f"failing ended with status 7; started again in {pause} s\n" for pause in ("0.2", "0.4", "0.8")]


def test_how_many_workers() -> None:
    """One worker for each core, at most four; a number that makes no sense is refused."""
    assert 1 <= usual_workers() <= 4
    assert checked_workers(3) == 3
    with pytest.raises(HuitouError) as caught:
        checked_workers(0)
    assert caught.value.message == ("workers must be between 1 and 64; got 0. Leave it out to have one for each core.")


def _refuses(url: str) -> bool:
    place = urlsplit(url)
    try:
        socket.create_connection((place.hostname, place.port), timeout=1).close()
    except OSError:
        return True
    return False


def _open_files(pid: int, url: str) -> list[str]:
    """The connections to the service that a worker holds, as Linux lists them."""
    port = f"{urlsplit(url).port:04X}"
    rows = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    inodes = {f"socket:[{row[9]}]" for row in rows if row[1].endswith(f":{port}") and row[3] == "01"}
    return [name for file in Path(f"/proc/{pid}/fd").iterdir() if (name := _target(file)) in inodes]


def _target(file: Path) -> str:
    try:
        return os.readlink(file)
    except OSError:
        return ""
