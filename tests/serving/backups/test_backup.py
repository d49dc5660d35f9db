"""A backup made while events arrive, and the shop made from it."""

from __future__ import annotations

import fcntl
import shutil
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from features.errors import HuitouError
from features.events.contact_rows import as_stored, moved_contacts
from features.events.rewritten_rows import Move
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from serving.absorb import absorb
from serving.backups.backup import backup, remove_leftovers
from serving.backups.restore import restore
from serving.backups.shop_files import EDITED_FILES
from serving.database.inbox import Inbox
from serving.live.current_snapshot import CurrentSnapshot
from tests.postgres import PostgresServer
from tests.serving.backups.stored_shop import absorbed_ids, database, put, stored_shop
from tests.serving.published_shop import NOW
from tests.small_shop import contacts, store_contacts_of_before


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> ShopFolder:
    """A shop in which nothing happens."""
    return stored_shop(tmp_path_factory.mktemp("stored") / "shop")


def test_everything_comes_back(shop: ShopFolder, tmp_path: Path) -> None:
    """The restored shop has the events, the snapshot and the rules of the one that was backed up."""
    archive, _ = backup(shop, tmp_path / "shop.tar", NOW)
    restored = restore(archive, tmp_path / "again", NOW)
    again = ShopFolder.open(tmp_path / "again")
    assert (restored.made_at, restored.erased) == (NOW, 0)
    assert absorbed_ids(again) == ["e-1", "e-2", "e-3"]
    assert CurrentSnapshot(again).get().id == CurrentSnapshot(shop).get().id
    assert all((again.path / name).read_text() == "{}" for name in EDITED_FILES)
    assert again.settings == shop.settings
    assert not (again.path / "database").exists()
    assert not (shop.path / ".backup").exists()


def test_contacts_of_before(shop: ShopFolder, tmp_path: Path) -> None:
    """Contacts from before they had visitors come back together with those that came since."""
    folder = ShopFolder.open(shutil.copytree(shop.path, tmp_path / "shop"))
    store_contacts_of_before(folder, contacts(("anna", "2025-01-20T12:00Z")), "a.parquet")
    warehouse = Warehouse.open(folder)
    visitors = as_stored(contacts(("visitor:v", "2025-01-21T12:00Z")))
    warehouse.append_contacts(moved_contacts(visitors, [Move("visitor:v", "anna", "v")]))
    archive, _ = backup(folder, tmp_path / "shop.tar", NOW)
    restore(archive, tmp_path / "again", NOW)
    again = Warehouse.open(ShopFolder.open(tmp_path / "again")).contacts()
    assert again["visitor_id"].to_pylist() == [None, "v"]
    assert again == warehouse.contacts()


def test_the_database_moves(database_url: str | None, postgresql_server: PostgresServer, tmp_path: Path) -> None:
    """A backup from either database is restored into PostgreSQL, and new events get numbers of their own."""
    shop = stored_shop(tmp_path / "shop", database_url)
    archive, _ = backup(shop, tmp_path / "shop.tar", NOW, database_url)
    again = tmp_path / "again"
    with postgresql_server.database() as url:
        restore(archive, again, NOW, url)
        with database(ShopFolder.open(again), url) as engine:
            put(Inbox(engine), {"event_id": "e-4"})
        with pytest.raises(HuitouError) as caught:
            restore(archive, tmp_path / "third", NOW, url)
        assert absorbed_ids(ShopFolder.open(again), url) == ["e-1", "e-2", "e-3", "e-4"]
    assert caught.value.message == (
        "the database to restore into must be empty; inbox has rows. "
        "Name another one by HUITOU_DATABASE, or none for a SQLite file in the shop's folder."
    )
    assert not (tmp_path / "third").exists()


def test_while_events_arrive(tmp_path: Path) -> None:
    """Every event that was acknowledged before the backup began is restored, and none twice."""
    shop = stored_shop(tmp_path / "shop")
    done = threading.Event()
    acknowledged: list[str] = []
    with database(shop) as engine:
        inbox = Inbox(engine)
        arriving = threading.Thread(target=lambda: _arrive(inbox, acknowledged, done))
        moving = threading.Thread(target=lambda: _move(shop, inbox, done))
        arriving.start()
        moving.start()
        try:
            while len(acknowledged) < 50:
                done.wait(0.001)
            before = list(acknowledged)
            archive, _ = backup(shop, tmp_path / "shop.tar", NOW)
        finally:
            done.set()
            arriving.join()
            moving.join()
    restore(archive, tmp_path / "again", NOW)
    found = absorbed_ids(ShopFolder.open(tmp_path / "again"))
    assert len(found) == len(set(found))
    assert {"e-1", "e-2", "e-3", *before} <= set(found)


def test_a_name_that_is_taken(shop: ShopFolder, tmp_path: Path) -> None:
    """A backup overwrites nothing; in a folder it gets a name of its own."""
    (tmp_path / "taken.tar").write_text("mine")
    with pytest.raises(HuitouError) as caught:
        backup(shop, tmp_path / "taken.tar", NOW)
    assert caught.value.message == f"{tmp_path / 'taken.tar'} exists already. Choose another name."
    archive, _ = backup(shop, tmp_path, NOW)
    assert archive == tmp_path / "huitou-20250301T120000Z.tar"
    assert (tmp_path / "taken.tar").read_text() == "mine"


def test_an_erased_version_is_not_needed(tmp_path: Path) -> None:
    """What was erased before a backup is not in it, although the log still tells of older versions."""
    shop = stored_shop(tmp_path / "shop")
    Warehouse.open(shop).erase("b/o b")
    archive, contents = backup(shop, tmp_path / "shop.tar", NOW)
    restore(archive, tmp_path / "again", NOW)
    assert absorbed_ids(ShopFolder.open(tmp_path / "again")) == ["e-1", "e-3"]
    assert all(b"b/o b" not in file.read_bytes() for file in _warehouse_files(tmp_path / "again"))
    assert any(name.endswith("_delta_log/00000000000000000000.json") for name in contents.files)


def test_a_killed_backup(shop: ShopFolder, tmp_path: Path) -> None:
    """What a killed backup left is removed by the mover or by the next backup, and none is taken from a living one."""
    left = shop.path / ".backup"
    (left / "warehouse").mkdir(parents=True)
    remove_leftovers(shop)
    assert not left.exists()
    left.mkdir()
    with open(shop.path / ".backup.lock", "w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        remove_leftovers(shop)
        assert left.exists()
        with pytest.raises(HuitouError) as caught:
            backup(shop, tmp_path / "shop.tar", NOW)
    assert caught.value.message == (
        f"another backup of the shop in {shop.path} is being made. Wait until it has finished."
    )
    backup(shop, tmp_path / "shop.tar", NOW)
    assert not left.exists()


def _warehouse_files(shop: Path) -> Iterator[Path]:
    return (file for file in (shop / "warehouse").rglob("*") if file.is_file())


def _arrive(inbox: Inbox, acknowledged: list[str], done: threading.Event) -> None:
    for number in count(10):
        if done.is_set():
            return
        put(inbox, {"event_id": f"e-{number}"})
        acknowledged.append(f"e-{number}")


def _move(shop: ShopFolder, inbox: Inbox, done: threading.Event) -> None:
    while not done.wait(0.02):
        absorb(shop, inbox)
