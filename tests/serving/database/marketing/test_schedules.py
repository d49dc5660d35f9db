"""The table of schedules: what is due, and how it went."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.database.marketing.schedules import ListSchedule, ListSchedules
from tests.serving.published_shop import NOW

DAILY = ListSchedule("购物车", {"name": "购物车", "template": "open-cart"}, {"every": "day"}, NOW, NOW, "k1")


@pytest.fixture
def schedules(tmp_path: Path, database_url: str | None) -> Iterator[ListSchedules]:
    engine = open_database(ShopFolder.create(tmp_path / "shop"), database_url)
    yield ListSchedules(engine)
    engine.dispose()


def test_a_schedule_replaces_the_one_of_its_name(schedules: ListSchedules) -> None:
    """It comes back as it was said last."""
    schedules.put(DAILY)
    later = replace(DAILY, rhythm={"every": "week"}, next_at=NOW + timedelta(days=2))
    schedules.put(later)
    schedules.put(replace(DAILY, name="a"))
    assert schedules.all() == [replace(DAILY, name="a"), later]


def test_said_by_several_at_one_moment(schedules: ListSchedules) -> None:
    """All succeed, and one of them is kept."""
    together = Barrier(4)

    def put(made_by: str) -> None:
        together.wait()
        schedules.put(replace(DAILY, made_by=made_by))

    with ThreadPoolExecutor(4) as pool:
        [*pool.map(put, "abcd")]
    (kept,) = schedules.all()
    assert kept.made_by in "abcd"


def test_what_is_due(schedules: ListSchedules) -> None:
    """Those whose time has come, the longest waiting first; what was done is due again at the next time."""
    schedules.put(DAILY)
    schedules.put(replace(DAILY, name="before", next_at=NOW - timedelta(hours=1)))
    schedules.put(replace(DAILY, name="later", next_at=NOW + timedelta(seconds=1)))
    assert [each.name for each in schedules.due(NOW)] == ["before", "购物车"]
    schedules.went("before", NOW + timedelta(days=1), "l1", None)
    schedules.went("购物车", NOW + timedelta(days=1), None, "nobody fits")
    assert schedules.due(NOW) == []
    found = {each.name: each for each in schedules.all()}
    assert (found["before"].last_list_id, found["before"].trouble) == ("l1", None)
    assert (found["购物车"].last_list_id, found["购物车"].trouble) == (None, "nobody fits")


def test_removing(schedules: ListSchedules) -> None:
    """One that is gone is not due, and cannot be removed twice."""
    schedules.put(DAILY)
    schedules.remove("购物车")
    assert schedules.all() == []
    with pytest.raises(HuitouError, match="no schedule is called '购物车'") as raised:
        schedules.remove("购物车")
    assert raised.value.code == "unknown_schedule"
