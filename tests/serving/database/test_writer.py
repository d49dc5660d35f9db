"""Group commit: acknowledged is durable, together or not at all, bounded, and fair."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.database.inbox import Arrived, Inbox, arrived, plain_events
from serving.database.writer import Room, Writer
from tests.serving.database.fresh_events import RECEIVED, checked


@pytest.fixture
def engine(tmp_path: Path, database_url: str | None) -> Iterator[Engine]:
    engine = open_database(ShopFolder.create(tmp_path), database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def writer(engine: Engine) -> Iterator[Writer]:
    writer = Writer(engine)
    yield writer
    writer.close()


def event(name: str) -> list[Arrived]:
    return arrived(plain_events(checked({"event_id": name})), RECEIVED)


def submit(writer: Writer, write: Any, batch: Any, rows: int = 1, size_bytes: int = 1) -> Future[Any]:
    return writer.submit(write, batch, rows=rows, size_bytes=size_bytes)


class Gate:
    """A write that waits inside its transaction until it may go on."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.open = threading.Event()

    def write(self, connection: Connection, batches: Sequence[Any]) -> list[Any]:
        self.entered.set()
        assert self.open.wait(10)
        return list(batches)


def test_what_waits_together_is_written_together(engine: Engine, writer: Writer) -> None:
    """Callers who wait while somebody else's rows are written share one transaction, and each gets its own result."""
    inbox, gate, groups = Inbox(engine), Gate(), []

    def write(connection: Connection, batches: Sequence[list[Arrived]]) -> list[list[str]]:
        groups.append(len(batches))
        return inbox.write(connection, batches)

    first = submit(writer, gate.write, "first")
    assert gate.entered.wait(10)
    others = [submit(writer, write, event(name)) for name in ("1", "2", "1")]
    assert writer.waiting == 4
    gate.open.set()
    assert first.result(10) == "first"
    assert [other.result(10) for other in others] == [["stored"], ["stored"], ["repeated"]]
    assert groups == [3]
    assert inbox.waiting() == 2


def test_coroutines_wait_without_a_thread(engine: Engine, writer: Writer) -> None:
    """Many coroutines of one event loop are acknowledged when their rows are committed."""
    inbox = Inbox(engine)

    async def send(number: int) -> Any:
        return await writer.write(inbox.write, event(str(number % 30)), rows=1, size_bytes=100)

    async def send_all() -> list[Any]:
        return await asyncio.gather(*map(send, range(40)))

    found = asyncio.run(send_all())
    assert sorted(outcome for (outcome,) in found) == ["repeated"] * 10 + ["stored"] * 30
    assert inbox.waiting() == 30


@pytest.mark.parametrize("room", [Room(rows=3), Room(size_bytes=3)])
def test_what_is_too_much_is_refused(engine: Engine, room: Room) -> None:
    """When too many rows or bytes wait the next caller is told to come again; offers are dropped at half of that."""
    writer, gate = Writer(engine, room), Gate()
    first = submit(writer, gate.write, 1)
    assert gate.entered.wait(10)
    assert not writer.offer(gate.write, 2, rows=1, size_bytes=1)
    second = submit(writer, gate.write, 3, rows=2, size_bytes=2)
    with pytest.raises(HuitouError, match=r"^the service has more to write than it can keep\. Send this again") as busy:
        submit(writer, gate.write, 4)
    assert busy.value.code == "busy"
    gate.open.set()
    assert (first.result(10), second.result(10)) == (1, 3)
    writer.close()


def test_what_is_larger_than_the_room_is_written_alone(engine: Engine) -> None:
    """A batch that fills the room by itself is taken when nothing else waits, and an offer is written some time."""
    writer, inbox = Writer(engine, Room(rows=1)), Inbox(engine)
    assert submit(writer, inbox.write, event("1") + event("2"), rows=2).result(10) == ["stored", "stored"]
    assert writer.offer(inbox.write, event("3"), rows=1, size_bytes=1)
    writer.close()
    assert inbox.waiting() == 3


def test_a_failing_database_acknowledges_nothing(engine: Engine, writer: Writer) -> None:
    """When the transaction fails its caller is told, nothing is stored, and the next one may succeed."""
    inbox = Inbox(engine)
    for before, after in (("inbox", "elsewhere"), ("elsewhere", "inbox")):
        with engine.begin() as connection:
            connection.exec_driver_sql(f"alter table {before} rename to {after}")
        future = submit(writer, inbox.write, event("1"))
        if after == "elsewhere":
            with pytest.raises(HuitouError, match="^the database did not answer: ") as caught:
                future.result(10)
            assert caught.value.code == "database"
    assert future.result(10) == ["stored"]
    assert inbox.waiting() == 1


def test_one_callers_bad_rows_are_not_the_others_fault(engine: Engine, writer: Writer) -> None:
    """Where one batch of a group cannot be stored, the others are."""
    inbox, gate = Inbox(engine), Gate()
    bad = [row._replace(kind=None) for row in event("bad")]  # type: ignore[arg-type]
    first = submit(writer, gate.write, 1)
    assert gate.entered.wait(10)
    futures = [submit(writer, inbox.write, batch) for batch in (event("1"), bad, event("2"))]
    gate.open.set()
    assert first.result(10) == 1
    assert [futures[0].result(10), futures[2].result(10)] == [["stored"], ["stored"]]
    with pytest.raises(HuitouError, match="^the database did not answer: "):
        futures[1].result(10)
    assert sorted(inbox.take(9).rows["event_id"].to_pylist()) == ["1", "2"]


def test_a_fault_in_a_write_reaches_its_caller(engine: Engine, writer: Writer) -> None:
    """Whatever a write raises is its caller's, and the writer goes on."""

    def wrong(connection: Connection, batches: Sequence[Any]) -> list[Any]:
        raise LookupError("no such thing")

    with pytest.raises(LookupError, match="no such thing"):
        submit(writer, wrong, 1).result(10)
    assert submit(writer, Inbox(engine).write, event("1")).result(10) == ["stored"]


def test_closing_writes_what_waits(engine: Engine) -> None:
    """At the end everything that was taken is written, and nothing more is taken."""
    writer, inbox = Writer(engine), Inbox(engine)
    futures = [submit(writer, inbox.write, event(str(number))) for number in range(50)]
    writer.close()
    assert all(future.done() for future in futures)
    assert inbox.waiting() == 50
    with pytest.raises(HuitouError, match="^the service has more to write"):
        submit(writer, inbox.write, event("late"))


CHILD = """
import os, sys, threading
from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.database.inbox import Inbox, arrived, plain_events
from serving.database.writer import Writer
from tests.serving.database.fresh_events import RECEIVED, checked
who, url = sys.argv[2], sys.argv[3] or None
engine = open_database(ShopFolder.open(sys.argv[1]), url)
inbox, writer = Inbox(engine), Writer(engine)
rows = arrived(plain_events(checked(*({"event_id": f"{who}-{n}"} for n in range(400)))), RECEIVED)
print("ready", flush=True)
sys.stdin.readline()
def send(part):
    for row in rows[part::4]:
        writer.submit(inbox.write, [row], rows=1, size_bytes=1).result()
        os.write(1, (row.event_id + "\\n").encode())
for part in range(4):
    threading.Thread(target=send, args=(part,)).start()
"""


def test_a_killed_process_has_lost_nothing_acknowledged(tmp_path: Path, database_url: str | None, root: Path) -> None:
    """Two processes write at once; one is killed in the middle: all that it acknowledged is there, once."""
    shop = ShopFolder.create(tmp_path)
    open_database(shop, database_url).dispose()
    command = [sys.executable, "-c", CHILD, str(shop.path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    children = [
        subprocess.Popen([*command, who, database_url or ""], cwd=root, **pipes)  # type: ignore[call-overload]
        for who in ("a", "b")
    ]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    said = [children[0].stdout.readline().strip() for _ in range(100)]
    children[0].kill()
    said += children[0].communicate(timeout=60)[0].split()
    others = children[1].communicate(timeout=60)[0].split()
    engine = open_database(shop, database_url)
    found = Inbox(engine).take(10_000).rows["event_id"].to_pylist()
    engine.dispose()
    # The last line may have been cut.
    assert len(said) >= 100
    assert {*said[:-1], *others} <= {*found}
    assert len(others) == 400
    assert len(found) == len({*found})
