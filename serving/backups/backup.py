"""A backup of one shop: everything that cannot be made again, as it is at one moment, while the service runs."""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from features.errors import HuitouError
from features.progress import Progress
from features.shop_folder import ShopFolder
from serving.backups.archive import Contents, pack
from serving.backups.shop_files import gather
from serving.database.connection import open_database
from serving.database.dump import dump
from serving.database.migrations import HEAD

DATABASE = "database"
"""The folder of an archive that holds the database."""


def backup(
    shop: ShopFolder, out: Path, now: datetime, database_url: str | None = None, progress: Progress | None = None
) -> tuple[Path, Contents]:
    """Write a backup of ``shop`` to the file ``out``, or to a new file in the folder ``out``; where it is.

    The database comes first and the warehouse after it, so an event is in both rather than in neither: taken into the
    warehouse again, it changes nothing. Raises :class:`HuitouError` when the file exists, or while another backup is
    made.
    """
    archive = out / f"huitou-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar" if out.is_dir() else out
    if archive.exists():
        raise HuitouError(f"{archive} exists already. Choose another name.", field="out", value=str(archive))
    with _gathering(shop) as folder:
        engine = open_database(shop, database_url)
        try:
            dump(engine, folder / DATABASE)
        finally:
            engine.dispose()
        gather(shop, folder, _compared(folder / DATABASE / "comparisons.jsonl"))
        return archive, pack(folder, archive, now, HEAD, progress)


@contextmanager
def _gathering(shop: ShopFolder) -> Iterator[Path]:
    """An empty folder within the shop's own, so that files can be linked into it; gone afterwards."""
    folder = shop.path / ".backup"
    with open(shop.path / ".backup.lock", "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise HuitouError(
                f"another backup of the shop in {shop.path} is being made. Wait until it has finished.", code="busy"
            ) from None
        shutil.rmtree(folder, ignore_errors=True)  # of one that was killed
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def remove_leftovers(shop: ShopFolder) -> None:
    """Remove what a killed backup left behind, for it may hold people who were deleted since."""
    if (shop.path / ".backup").exists():
        with suppress(HuitouError), _gathering(shop):  # one that is being made removes it by itself
            pass


def _compared(rows: Path) -> set[str]:
    """The snapshots of the comparisons that run."""
    found: set[str] = set()
    for line in rows.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["ended_us"] is None:
            found |= {row["snapshot_a"], row["snapshot_b"]}
    return found
