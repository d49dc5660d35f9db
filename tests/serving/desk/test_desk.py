"""Longer work is done apart, with the shop open, and its mistakes come back as they are."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder, ShopSettings
from serving.desk.desk import Desk, DeskPlace
from serving.desk.workroom import Workroom
from tests.serving.published_shop import NOW


def currency_and_moment(room: Workroom, addition: int) -> tuple[str, datetime, int]:
    return room.shop.settings.currency, room.clock(), addition + 1


def process_id(room: Workroom) -> int:
    return os.getpid()


def mistake(room: Workroom) -> None:
    raise HuitouError("days must be positive; got -1.", code="bad_days", field="days", value=-1, allowed=[1])


def told_by_a_pipe(room: Workroom, pipe: str) -> bytes:
    with open(pipe, "rb", buffering=0) as told:
        return told.read(1)


def sudden_end(room: Workroom) -> None:
    os._exit(3)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> DeskPlace:
    folder = tmp_path_factory.mktemp("desk")
    return DeskPlace(ShopFolder.create(folder / "shop", ShopSettings(currency="EUR")).path, None)


@pytest.fixture(scope="module")
def desk(place: DeskPlace) -> Iterator[Desk]:
    """One desk for all tests, as its process takes a second to start."""
    desk = Desk(place, lambda: NOW)
    yield desk
    desk.close()


def test_work_is_done_in_one_other_process(desk: Desk) -> None:
    """The shop is open there, the moment is that of the question, and the process stays for the next one."""
    assert desk.ask(currency_and_moment, 41) == ("EUR", NOW, 42)
    assert desk.ask(process_id) == desk.ask(process_id) != os.getpid()


def test_mistakes_come_back_whole(desk: Desk) -> None:
    """Message, code, field, value and what is allowed are those that were raised."""
    with pytest.raises(HuitouError, match=r"^days must be positive; got -1\.$") as raised:
        desk.ask(mistake)
    assert raised.value.as_dict() == {
        "code": "bad_days",
        "message": "days must be positive; got -1.",
        "field": "days",
        "value": -1,
        "allowed": [1],
        "hint": None,
    }


def test_an_answer_that_takes_too_long_is_told(desk: Desk, tmp_path: Path) -> None:
    """Whoever asks says how long it may take, and is told when it took longer."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    both_ends = os.open(pipe, os.O_RDWR)
    with pytest.raises(HuitouError, match=r"^the report took longer than 0 seconds\. Ask again in a little while\.$"):
        desk.wait(0.0, told_by_a_pipe, str(pipe))
    os.write(both_ends, b"!")
    assert desk.wait(60.0, currency_and_moment, 1)[2] == 2
    os.close(both_ends)


def test_a_process_that_ends_is_told_and_replaced(desk: Desk) -> None:
    """The question that it was busy with fails in words; the next one is answered."""
    with pytest.raises(HuitouError, match=r"^the process that makes reports ended\. Ask again in a little while\.$"):
        desk.ask(sudden_end)
    assert desk.ask(currency_and_moment, 1)[2] == 2


def test_a_process_that_ended_while_nobody_asked_is_replaced(desk: Desk) -> None:
    """Whoever asks next is told in the same words, and the one after that is answered."""
    process = desk.ask(process_id)
    handle = os.pidfd_open(process)
    os.kill(process, signal.SIGKILL)
    ended, _, _ = select.select([handle], [], [], 10)
    os.close(handle)
    assert ended
    with pytest.raises(HuitouError, match=r"^the process that makes reports ended\."):
        desk.ask(process_id)
    assert desk.ask(process_id) != process


def test_the_process_ends_with_the_one_that_asks(place: DeskPlace, root: Path) -> None:
    """A service that is killed leaves no process behind that nobody could ask any more."""
    code = f"""
from datetime import datetime
from pathlib import Path
from serving.desk.desk import Desk, DeskPlace
from tests.serving.desk.test_desk import NOW, process_id

if __name__ == "__main__":
    print(Desk(DeskPlace(Path({str(place.shop)!r}), None), lambda: NOW).ask(process_id), flush=True)
    input()
"""
    script = place.shop / "asker.py"
    script.write_text(code, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(root)}
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as asker:
        assert asker.stdout is not None
        desk = os.pidfd_open(int(asker.stdout.readline()))
        asker.kill()
    ended, _, _ = select.select([desk], [], [], 10)
    os.close(desk)
    assert ended


def test_work_in_the_same_process(place: DeskPlace) -> None:
    """Where nothing is set apart, the same work gives the same answer here."""
    desk = Desk(place, lambda: NOW, apart=False)
    assert desk.ask(currency_and_moment, 41) == ("EUR", NOW, 42)
    assert desk.ask(process_id) == os.getpid()
