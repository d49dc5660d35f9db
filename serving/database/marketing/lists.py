"""Frozen lists: what each was made from, who is on it in numbers, and which file holds its members."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from features.errors import HuitouError
from features.moments import microseconds, moment_of
from serving.database.connection import told
from serving.database.marketing_tables import LISTS

_JSON = ("request", "counts", "ranking")
_MOMENTS = ("as_of", "made")


@dataclass(frozen=True)
class FrozenList:
    """The header of one list; its members lie in a file of the shop's folder."""

    list_id: str
    """Its id."""
    name: str
    """What people call it; a list of the same name is a new version."""
    version: int
    """Counts the lists of one name, from 1."""
    request: Mapping[str, Any]
    """What was asked for."""
    snapshot_id: str
    """The snapshot that it was made from."""
    model_version: str
    """The version of the model that scored it."""
    as_of: datetime
    """The moment that the predictions are of."""
    made_at: datetime
    """When it was made."""
    made_by: str
    """Who made it: the id of a key, ``command line`` or ``schedule``."""
    counts: Mapping[str, Any]
    """How many fitted, were left out by reason, and are in each group and arm."""
    ranking: Mapping[str, Any]
    """What it is ordered by, and why."""
    checksum: str
    """SHA-256 of the file of members, in hexadecimal digits."""
    salt: str
    """What people are drawn into groups with; the same for all lists of one name."""
    erased: int = 0
    """How many members were deleted since."""


class FrozenLists:
    """The lists of one shop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(reading=True)

    def add(self, made: FrozenList) -> None:
        """Add a list; raises :class:`HuitouError` when another process made the same version meanwhile."""
        row = {name: getattr(made, name) for name in LISTS.columns.keys() if hasattr(made, name)}  # noqa: SIM118 - not a dict
        row |= {name: json.dumps(row[name], ensure_ascii=False) for name in _JSON}
        row |= {"as_of_us": microseconds(made.as_of), "made_us": microseconds(made.made_at)}
        try:
            with told(), self._engine.begin() as connection:
                connection.execute(insert(LISTS).values(row))
        except HuitouError as error:
            if isinstance(error.__cause__, IntegrityError):
                raise HuitouError(
                    f"another list called {made.name!r} was made at the same time. Ask again.",
                    code="conflict",
                    field="name",
                    value=made.name,
                ) from None
            raise

    def get(self, list_id: str) -> FrozenList:
        """The list of an id; raises :class:`HuitouError` when there is none."""
        with told(), self._reader.connect() as connection:
            row = connection.execute(select(LISTS).where(LISTS.c.list_id == list_id)).one_or_none()
        if row is None:
            raise HuitouError(
                f"there is no list {list_id[:100]!r}. huitou lists show, or GET /v1/lists, tells which there are.",
                code="unknown_list",
                field="list_id",
                value=list_id,
            )
        return _frozen(row)

    def newest(self, n: int, offset: int = 0) -> list[FrozenList]:
        """The newest lists, the newest first, after ``offset`` of them."""
        order = (LISTS.c.made_us.desc(), LISTS.c.version.desc(), LISTS.c.list_id)
        query = select(LISTS).order_by(*order).limit(n).offset(offset)
        with told(), self._reader.connect() as connection:
            return [_frozen(row) for row in connection.execute(query)]

    def count(self) -> int:
        """How many lists there are."""
        with told(), self._reader.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(LISTS)).scalar_one())

    def versions(self, name: str) -> list[FrozenList]:
        """The lists of one name, the newest version first."""
        query = select(LISTS).where(LISTS.c.name == name).order_by(LISTS.c.version.desc())
        with told(), self._reader.connect() as connection:
            return [_frozen(row) for row in connection.execute(query)]

    def ids(self) -> set[str]:
        """The ids of all lists."""
        with told(), self._reader.connect() as connection:
            return {*connection.execute(select(LISTS.c.list_id)).scalars()}

    def members_went(self, list_id: str, checksum: str, erased: int) -> None:
        """Note that ``erased`` members were deleted, and that the file has another checksum since."""
        changed = {"checksum": checksum, "erased": LISTS.c.erased + erased}
        with told(), self._engine.begin() as connection:
            connection.execute(update(LISTS).where(LISTS.c.list_id == list_id).values(changed))


def _frozen(row: Row[Any]) -> FrozenList:
    said = dict(row._mapping)
    said |= {name: json.loads(said[name]) for name in _JSON}
    moments = {f"{name}_us": said.pop(f"{name}_us") for name in _MOMENTS}
    as_of, made_at = (moment_of(moments[f"{name}_us"]) for name in _MOMENTS)
    return FrozenList(**said, as_of=as_of, made_at=made_at)
