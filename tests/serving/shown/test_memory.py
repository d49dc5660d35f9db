"""The memory of a shop, opened for a command."""

from __future__ import annotations

from pathlib import Path

from features.shop_folder import ShopFolder
from serving.shown.memory import compared_snapshots, not_counted, opened
from tests.serving.published_shop import PEOPLE, Person, write_snapshot
from tests.serving.shown.small_memory import NOON


def test_compared_snapshots(tmp_path: Path, database_url: str | None) -> None:
    """Those of a running comparison; a shop without a database has none, and gets none by being asked."""
    shop = ShopFolder.create(tmp_path)
    assert compared_snapshots(shop, None) == ()
    assert not shop.database.exists()
    with opened(shop, database_url) as memory:
        memory.comparisons.start("try", {"a": "x", "b": "y"}, 0.5, NOON)
    assert compared_snapshots(shop, database_url) == ("x", "y")


def test_who_is_not_counted(tmp_path: Path) -> None:
    """Those whom the served snapshot has set aside; nobody before anything is published."""
    shop = ShopFolder.create(tmp_path)
    assert not_counted(shop) == frozenset()
    write_snapshot(shop, [*PEOPLE, Person("机器", set_aside="bot"), Person("till", set_aside="internal")])
    assert not_counted(shop) == {"机器", "till"}
