"""A shop made from a backup, whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

from features.errors import HuitouError
from features.events.warehouse import Warehouse
from features.progress import Progress
from features.shop_folder import ShopFolder
from serving.backups.archive import MANIFEST, Contents, unpack
from serving.backups.backup import DATABASE
from serving.database.connection import open_database
from serving.database.dump import load
from serving.database.marketing.lists import FrozenLists
from serving.database.migrations import HEAD
from serving.database.people.deleted_since import erase_again
from serving.privacy.erasing import Erasing
from serving.privacy.places.list_place import ListPlace, listed_people
from serving.snapshot import published
from serving.snapshot_parts.named_people import named_people


@dataclass(frozen=True)
class Restored:
    """What came of a backup."""

    made_at: datetime
    """When the backup was begun."""
    rows: int
    """Rows of the database."""
    erased: int
    """People who were deleted since, and are deleted again."""


def restore(
    archive: Path,
    shop: Path,
    now: datetime,
    database_url: str | None = None,
    erased: Sequence[str] = (),
    progress: Progress | None = None,
) -> Restored:
    """Make the shop in the new folder ``shop`` from ``archive``; ``erased`` are hashes of people deleted since.

    The database goes into the SQLite file of the shop, or to ``database_url``, which must be empty. Raises
    :class:`HuitouError`, and leaves nothing behind, when there is a shop already or the archive is not whole.
    """
    if shop.exists() and (not shop.is_dir() or any(shop.iterdir())):
        raise HuitouError(
            f"a backup is restored into a new folder; {shop} exists and is not empty. Name another one with --shop.",
            field="shop",
            value=str(shop),
        )
    shop.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(mkdtemp(prefix=f".{shop.name}.", dir=shop.parent))
    try:
        contents = unpack(archive, beside, progress)
        _check_schema(archive, contents)
        rows, again = _filled(beside, now, database_url, erased)
        (beside / MANIFEST).unlink()
        shutil.rmtree(beside / DATABASE)
        os.sync()
        beside.chmod(0o755)
        os.replace(beside, shop)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return Restored(contents.made_at, rows, again)


def _filled(folder: Path, now: datetime, database_url: str | None, erased: Sequence[str]) -> tuple[int, int]:
    """Fill the database of the shop in ``folder``; rows, and people deleted again."""
    shop = ShopFolder.open(folder)
    engine = open_database(shop, database_url)
    try:
        rows = load(engine, folder / DATABASE)
        # Somebody may have been deleted between the database and the files of the backup.
        ListPlace(shop, FrozenLists(engine)).erase([])
        if not erased:
            return rows, 0
        again = erase_again(engine, erased, _people(shop), now)
        Erasing(shop, engine).carry_out(now)
        return rows, again
    finally:
        engine.dispose()


def _people(shop: ShopFolder) -> Iterator[str]:
    """Everybody whom the warehouse, a snapshot or a list names; some of them twice."""
    yield from Warehouse.open(shop).people()
    for snapshot_id, _ in published(shop):
        yield from named_people(shop.snapshots / snapshot_id)
    yield from listed_people(shop)


def _check_schema(archive: Path, contents: Contents) -> None:
    if contents.schema != HEAD:
        raise HuitouError(
            f"{archive} was made with database schema {contents.schema}, this Huitou needs {HEAD}. "
            "Restore with the Huitou that made it, then upgrade.",
            code="broken_backup",
            field="archive",
            value=contents.schema,
            allowed=[HEAD],
        )
