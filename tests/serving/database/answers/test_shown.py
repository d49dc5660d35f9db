"""The memory of what was shown: whole, once, a sample where that is asked for, and not for ever."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from features.shop_folder import ShopFolder
from serving.database.answers.shown import Shown, ShownItem
from serving.database.answers.shown_sample import ShownSample
from serving.database.connection import open_database
from serving.database.people.person_key import person_key
from serving.database.writer import Room, Writer
from tests.serving.shown.small_memory import NOON, answer, hours, microseconds


@pytest.fixture
def engine(tmp_path: Path, database_url: str | None) -> Iterator[Engine]:
    made = open_database(ShopFolder.create(tmp_path), database_url)
    yield made
    made.dispose()


@pytest.fixture
def shown(engine: Engine) -> Shown:
    return Shown(engine)


def test_an_answer_is_remembered_whole(shown: Shown) -> None:
    """Items keep their order, places count the pages before, and only the explored one has a propensity."""
    given = answer("r1", "王 🍵", ("tea", "cup"), offset=3, explored=(5, 0.01), arm="try:b", fallback="no_candidates")
    assert shown.add(given)
    (found,) = shown.between(NOON, hours(1))
    assert found.items == [ShownItem("tea", "from tea", 1.0, 4), ShownItem("cup", "from cup", 0.5, 5, 0.01)]
    assert found[:7] == ("r1", microseconds(NOON), person_key("王 🍵"), "王 🍵", "home", "ranker", "no_candidates")
    assert (found.model_version, found.arm, found.weight) == ("3", "try:b", 1.0)


def test_what_is_hard_to_store_is_stored(shown: Shown) -> None:
    """Nobody in particular, no items, a lazy list of items, quotes, and a placement with a zero byte."""
    shown.put([answer("r1", None, (), placement="a\0b'\"")])
    shown.put([answer("r3")._replace(items=zip(["x"], ['quo"te'], [0.25], strict=True))])
    first, second = shown.between(NOON, hours(1))
    assert (first.customer_id, first.person_key, first.items, first.placement) == (None, None, [], "ab'\"")
    assert second.items == [ShownItem("x", 'quo"te', 0.25, 1)]


def test_an_id_counts_once(shown: Shown) -> None:
    """An answer that was stored stays as it is, whatever comes again under its id."""
    shown.put([answer("r1"), answer("r1", placement="cart")])
    shown.put([answer("r1", "bob")])
    assert [(found.customer_id, found.placement) for found in shown.between(NOON, hours(1))] == [("anna", "home")]


def test_a_period_is_half_open(shown: Shown) -> None:
    """The first moment belongs to it, the last does not; what is older can be forgotten."""
    shown.put([answer(f"r{hour}", at=hours(hour)) for hour in range(4)])
    assert [found.recommendation_id for found in shown.between(hours(1), hours(3))] == ["r1", "r2"]
    assert shown.count(hours(1), hours(3)) == 2
    assert shown.remove_before(hours(2)) == 2
    assert [found.recommendation_id for found in shown.between(NOON, hours(9))] == ["r2", "r3"]


def test_a_sample_stands_for_all(engine: Engine) -> None:
    """What the sample weighs is stored with the answer."""
    shown = Shown(engine, sample=ShownSample(1 / 3))
    for number in range(300):
        if weight := shown.weight(f"r{number}"):
            assert shown.add(answer(f"r{number}", weight=weight))
    weights = [found.weight for found in shown.between(NOON, hours(1))]
    assert set(weights) == {3.0}
    assert sum(weights) == pytest.approx(300, rel=0.3)


def test_handing_over_writes_nothing(engine: Engine) -> None:
    """Who answers never waits for the database: the writer writes in its own thread, and all of it before it ends."""
    writer = Writer(engine, Room(rows=10_000))
    shown = Shown(engine, writer)
    writers: set[int] = set()
    event.listen(engine, "before_cursor_execute", lambda *_: writers.add(threading.get_ident()))
    assert all(shown.add(answer(f"r{number}")) for number in range(2_000))
    writer.close()
    assert writers
    assert threading.get_ident() not in writers
    assert shown.count(NOON, hours(1)) == 2_000


def test_too_many_are_dropped(engine: Engine) -> None:
    """When the writer has no room an answer is not taken, and says so."""
    writer = Writer(engine)
    writer.close()
    dropped: list[str] = []
    assert not Shown(engine, writer, on_drop=lambda: dropped.append("one")).add(answer("r1"))
    assert dropped == ["one"]
    assert Shown(engine).count(NOON - timedelta(days=1), hours(1)) == 0
