"""What commands write into the audit log."""

from __future__ import annotations

from pathlib import Path

from features.shop_folder import ShopFolder
from serving.database.access.audit import COMMAND_LINE, Audit
from serving.database.connection import open_database
from serving.terminal.written_down import write_down
from tests.command_line.command import done
from tests.serving.backups.stored_shop import stored_shop
from tests.serving.published_shop import NOW, later, small_shop, write_snapshot


def acts(shop: ShopFolder, url: str | None = None) -> list[tuple[str, str, str]]:
    """What was written down: actor, act, subject."""
    engine = open_database(shop, url)
    try:
        return [(entry.actor, entry.act, entry.subject) for entry in Audit(engine).newest(100)[::-1]]
    finally:
        engine.dispose()


def test_no_database_is_made_for_it(tmp_path: Path) -> None:
    """A shop that nothing was ever stored for keeps no log of commands."""
    shop = ShopFolder.create(tmp_path / "shop")
    write_down(shop, None, "snapshot.use", "s-1", {}, NOW)
    assert not shop.database.exists()


def test_an_act_in_the_shops_database(tmp_path: Path, database_url: str | None) -> None:
    """One line by the command line, in a database of either kind."""
    shop = ShopFolder.create(tmp_path / "shop")
    acts(shop, database_url)
    write_down(shop, database_url, "snapshot.use", "s-1", {"model_version": "3"}, NOW)
    assert acts(shop, database_url) == [(COMMAND_LINE, "snapshot.use", "s-1")]


def test_going_back_is_written_down(tmp_path: Path) -> None:
    """Serving another snapshot is an act."""
    shop = small_shop(tmp_path)
    first = next(folder.name for folder in shop.snapshots.iterdir() if folder.is_dir())
    write_snapshot(shop, header=later(1))
    assert acts(shop) == []
    done("snapshots", "use", first, "--shop", shop.path)
    assert acts(shop) == [(COMMAND_LINE, "snapshot.use", first)]


def test_backups_are_written_down(tmp_path: Path) -> None:
    """Making one in the shop's log; making a shop from it in the new shop's, after what the backup knew."""
    shop = stored_shop(tmp_path / "shop")
    done("backup", "--shop", shop.path, "--out", tmp_path / "shop.tar")
    assert acts(shop) == [(COMMAND_LINE, "backup.make", "shop.tar")]
    done("restore", tmp_path / "shop.tar", "--shop", tmp_path / "again")
    assert acts(ShopFolder.open(tmp_path / "again")) == [(COMMAND_LINE, "backup.restore", "shop.tar")]
