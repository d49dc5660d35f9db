"""Longer work is done apart, with the shop open, and its mistakes come back as they are."""

from __future__ import annotations

import os
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


def sudden_end(room: Workroom) -> None:
    os._exit(3)


@pytest.fixture
def place(tmp_path: Path) -> DeskPlace:
    return DeskPlace(ShopFolder.create(tmp_path / "shop", ShopSettings(currency="EUR")).path, None)


@pytest.fixture
def desk(place: DeskPlace) -> Iterator[Desk]:
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


def test_a_process_that_ends_is_told_and_replaced(desk: Desk) -> None:
    """The question that it was busy with fails in words; the next one is answered."""
    with pytest.raises(HuitouError, match=r"^the process that makes reports ended\. Ask again in a little while\.$"):
        desk.ask(sudden_end)
    assert desk.ask(currency_and_moment, 1)[2] == 2


def test_work_in_the_same_process(place: DeskPlace) -> None:
    """Where nothing is set apart, the same work gives the same answer here."""
    desk = Desk(place, lambda: NOW, apart=False)
    assert desk.ask(currency_and_moment, 41) == ("EUR", NOW, 42)
    assert desk.ask(process_id) == os.getpid()
