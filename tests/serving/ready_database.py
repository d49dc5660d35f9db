"""The SQLite database of a shop as it is when it has just been made: made once, and then put down as a file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from features.shop_folder import ShopFolder
from serving.database.connection import open_database


def put_database(shop: ShopFolder) -> None:
    """Give the shop a database without rows; making it would take several commits."""
    shop.database.write_bytes(_made())


@cache
def _made() -> bytes:
    with TemporaryDirectory() as folder:
        shop = ShopFolder.create(Path(folder))
        open_database(shop).dispose()
        return shop.database.read_bytes()
