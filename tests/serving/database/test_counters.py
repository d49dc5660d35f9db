"""Numbers that only rise."""

from __future__ import annotations

from pathlib import Path

from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.database.counters import newest_number, next_number


def test_each_counter_rises_by_itself(tmp_path: Path, database_url: str | None) -> None:
    """The next number is one more, 0 before the first, and one that was taken back is given again."""
    engine = open_database(ShopFolder.create(tmp_path), database_url)
    with engine.begin() as connection:
        assert [next_number(connection, "one") for _ in range(3)] == [1, 2, 3]
        assert (newest_number(connection, "one"), newest_number(connection, "other")) == (3, 0)
    with engine.connect() as connection, connection.begin() as transaction:
        assert next_number(connection, "one") == 4
        transaction.rollback()
    with engine.begin() as connection:
        assert next_number(connection, "one") == 4
    engine.dispose()
