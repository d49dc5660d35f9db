"""The database as files, from any engine into any other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.dump import dump, load
from serving.database.inbox import Inbox
from serving.database.people.described import Described
from serving.database.schema import METADATA
from tests.postgres import PostgresServer
from tests.serving.backups.stored_shop import database, put

ODD = {"event_id": "e-1", "customer_id": 'quo"te 苹果\u2028 \\n', "session_id": "a\u0085b"}


def test_any_engine_to_any_other(database_url: str | None, tmp_path: Path, postgresql_server: PostgresServer) -> None:
    """What is dumped and loaded is the same, from SQLite and from PostgreSQL, into SQLite and into PostgreSQL."""
    shop = ShopFolder.create(tmp_path / "shop")
    with database(shop, database_url) as engine:
        put(Inbox(engine), ODD, {"event_id": "e-2"})
        dump(engine, tmp_path / "first")
    with postgresql_server.database() as url, database(shop, url) as engine:
        assert load(engine, tmp_path / "first") >= 2
        dump(engine, tmp_path / "second")
    with database(ShopFolder.create(tmp_path / "other")) as engine:
        load(engine, tmp_path / "second")
        dump(engine, tmp_path / "third")
        assert Inbox(engine).waiting() == 2
    names = {f"{table.name}.jsonl" for table in METADATA.sorted_tables}
    assert {file.name for file in (tmp_path / "first").iterdir()} == names
    for name in names:
        first, second, third = (_rows(tmp_path / each / name) for each in ("first", "second", "third"))
        assert first == second == third


def test_only_into_an_empty_one(tmp_path: Path) -> None:
    """A database that holds anything is left as it is, and a file that is damaged leaves an empty one empty."""
    shop = ShopFolder.create(tmp_path / "shop")
    with database(shop) as engine:
        put(Inbox(engine), {"event_id": "e-1"})
        dump(engine, tmp_path / "dumped")
        with pytest.raises(HuitouError, match="the database to restore into must be empty; inbox has rows"):
            load(engine, tmp_path / "dumped")
        assert Inbox(engine).waiting() == 1
    (tmp_path / "dumped" / "shown.jsonl").write_text("{damaged")
    with database(ShopFolder.create(tmp_path / "other")) as engine:
        with pytest.raises(json.JSONDecodeError):
            load(engine, tmp_path / "dumped")
        assert Inbox(engine).waiting() == 0
        assert Described(engine).refused("personalized") == []


def _rows(file: Path) -> list[str]:
    return sorted(file.read_text(encoding="utf-8").split("\n"))
