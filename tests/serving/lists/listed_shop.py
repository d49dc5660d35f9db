"""Lists of the small published shop, made by the real thing with ids that count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa

from serving.database.marketing.lists import FrozenList
from serving.desk.workroom import Workroom, workroom
from serving.lists.frozen.freeze import Made, make_list
from serving.lists.frozen.member_file import read_members
from serving.lists.request import ListRequest
from tests.serving.published_shop import ITEMS, NOW, PEOPLE, Person, small_shop, write_snapshot

EVERYONE: dict[str, Any] = {"name": "all", "filter": {"everyone": True}}
"""A list of everybody who may be written to."""


@contextmanager
def open_room(folder: Path, database_url: str | None = None, people: Sequence[Person] = PEOPLE) -> Iterator[Workroom]:
    """A workroom of the small shop at noon, with other people if wanted."""
    shop = small_shop(folder)
    if people is not PEOPLE:
        write_snapshot(shop, people, ITEMS)
    with workroom(shop, database_url, lambda: NOW) as room:
        yield room


_numbers = count(1)


def made(room: Workroom, **said: Any) -> Made:
    """A list that was just made; everybody where nothing else is said."""
    whole = said if {"template", "filter", "interested_in", "audience"} & set(said) else EVERYONE | said
    return make_list(room, ListRequest.read({"name": "all"} | whole), "k1", lambda: f"id{next(_numbers)}")


def frozen(room: Workroom, **said: Any) -> FrozenList:
    """The same, its header alone."""
    return made(room, **said).frozen


def members(room: Workroom, header: FrozenList) -> pa.Table:
    """All members of a list."""
    return read_members(room.shop, header)


def groups(room: Workroom, header: FrozenList) -> dict[str, str]:
    """The group of each member, by id."""
    table = members(room, header)
    return dict(zip(table["customer_id"].to_pylist(), table["group"].to_pylist(), strict=True))


def crowd(size: int, prefix: str = "c") -> list[Person]:
    """Many people of three layers, who differ in what is at stake."""
    layers = ("active", "high_win_back", "lost")
    return [Person(f"{prefix}{n:05}", ("kettle",), layers[n % 3], 0.5, 10.0 + n * 0.9) for n in range(size)]
