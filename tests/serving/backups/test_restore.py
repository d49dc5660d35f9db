"""Restoring: into a new folder only, and without the people who were deleted since."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from features.errors import HuitouError
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from serving.backups.backup import backup
from serving.backups.restore import restore
from serving.database.inbox import Inbox
from serving.database.marketing.lists import FrozenLists
from serving.database.people.deleted_since import erased_hashes
from serving.database.people.erased import Erased
from serving.database.people.person_hash import person_hash
from serving.desk.workroom import workroom
from serving.lists.frozen.member_file import members_without
from serving.snapshot import current_id
from serving.snapshot_parts.named_people import named_people
from tests.serving.backups.stored_shop import absorbed_ids, database, put, stored_shop
from tests.serving.lists.listed_shop import frozen, groups, open_room
from tests.serving.published_shop import NOW


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> ShopFolder:
    """A shop of two customers."""
    return stored_shop(tmp_path_factory.mktemp("stored") / "shop")


@pytest.fixture(scope="module")
def archive(shop: ShopFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it."""
    return backup(shop, tmp_path_factory.mktemp("backups"), NOW)[0]


def test_a_shop_is_not_overwritten(archive: Path, shop: ShopFolder, tmp_path: Path) -> None:
    """A folder in which anything lies is refused, and stays as it is; an empty one will do."""
    before = sorted(shop.path.rglob("*"))
    with pytest.raises(HuitouError) as caught:
        restore(archive, shop.path, NOW)
    assert caught.value.message == (
        f"a backup is restored into a new folder; {shop.path} exists and is not empty. Name another one with --shop."
    )
    assert sorted(shop.path.rglob("*")) == before
    (tmp_path / "empty").mkdir()
    restore(archive, tmp_path / "empty", NOW)
    assert absorbed_ids(ShopFolder.open(tmp_path / "empty")) == ["e-1", "e-2", "e-3"]


def test_nothing_half_made(archive: Path, tmp_path: Path) -> None:
    """After a refusal there is no shop, and nothing beside where it would be."""
    shutil.copyfile(archive, tmp_path / "cut.tar")
    with open(tmp_path / "cut.tar", "r+b") as cut:
        cut.truncate(100_000)
    with pytest.raises(HuitouError, match="cannot be restored"):
        restore(tmp_path / "cut.tar", tmp_path / "shops" / "again", NOW)
    assert list((tmp_path / "shops").iterdir()) == []


def test_deleted_since(archive: Path, tmp_path: Path) -> None:
    """Whoever was deleted after the backup was made is deleted again, whether the shop still knows them or not."""
    hashes = [person_hash("b/o b"), person_hash("nobody here")]
    restored = restore(archive, tmp_path / "again", NOW, erased=hashes)
    again = ShopFolder.open(tmp_path / "again")
    assert restored.erased == 1
    with database(again) as engine:
        erased = Erased(engine)
        assert erased.pending() == []
        assert erased.among(["b/o b", "nobody here", "anna"]) == {"b/o b", "nobody here"}
        assert erased_hashes(engine) == sorted(hashes)
    assert absorbed_ids(again) == ["e-1", "e-3"]
    assert not any(b"b/o b" in file.read_bytes() for file in again.path.rglob("*") if file.is_file())


def test_deleted_since_from_the_inbox(tmp_path: Path) -> None:
    """Fresh events of somebody who was deleted since do not come back either."""
    shop = stored_shop(tmp_path / "shop")
    with database(shop) as engine:
        put(Inbox(engine), {"event_id": "e-9", "customer_id": "fresh"})
    archive, _ = backup(shop, tmp_path / "shop.tar", NOW)
    restored = restore(archive, tmp_path / "again", NOW, erased=[person_hash("fresh")])
    assert restored.erased == 1
    assert absorbed_ids(ShopFolder.open(tmp_path / "again")) == ["e-1", "e-2", "e-3"]
    assert Warehouse.open(ShopFolder.open(tmp_path / "again")).reader().version >= 0


def test_another_schema(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup of another Huitou's database is refused with what to do."""
    monkeypatch.setattr("serving.backups.restore.HEAD", "9999")
    with pytest.raises(HuitouError) as caught:
        restore(archive, tmp_path / "again", NOW)
    assert caught.value.message.endswith("this Huitou needs 9999. Restore with the Huitou that made it, then upgrade.")
    assert not (tmp_path / "again").exists()


def test_deleted_since_from_a_snapshot(archive: Path, tmp_path: Path) -> None:
    """People whom only the published snapshot knows are taken out of it, too."""
    only_there = ["quiet", "stranger who said no"]
    restored = restore(archive, tmp_path / "again", NOW, erased=[*map(person_hash, only_there)])
    again = ShopFolder.open(tmp_path / "again")
    assert restored.erased == 2
    named = {*named_people(again.snapshots / current_id(again))}
    assert "anna" in named
    assert not named & {*only_there}
    with database(again) as engine:
        assert Erased(engine).pending() == []
        assert Erased(engine).among(only_there) == {*only_there}


def test_lists_are_restored(tmp_path: Path) -> None:
    """Lists come with their members; who was deleted since, or just while the backup was made, is on none of them."""
    with open_room(tmp_path / "shop") as room:
        header = frozen(room)
        groups_before = groups(room, header)
        # Between the database and the files of the backup: the file is newer than what the database says of it.
        members_without(room.shop, header, ["quiet"])
        archive, _ = backup(room.shop, tmp_path / "b.tar", NOW)
    restored = restore(archive, tmp_path / "again", NOW, erased=[person_hash("anna")])
    assert restored.erased == 1
    with workroom(ShopFolder.open(tmp_path / "again"), None, lambda: NOW) as room:
        found = FrozenLists(room.database).get(header.list_id)
        assert groups(room, found) == {
            who: group for who, group in groups_before.items() if who not in ("anna", "quiet")
        }
        assert found.erased == 2
