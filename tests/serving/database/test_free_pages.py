"""Free pages: what was deleted cannot be read in the database's files either."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.connection import Database, open_database
from serving.database.free_pages import clean_free_pages
from serving.database.inbox import Inbox
from serving.database.people.erased import Erased
from tests.serving.database.fresh_events import inbox_ids
from tests.serving.privacy.searched import files_with
from tests.small_shop import events

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
WHO = "somebody-who-goes"


@pytest.fixture
def engine(tmp_path: Path, database_url: str | None) -> Iterator[Database]:
    """A database in which somebody did much among others, and was deleted."""
    engine = open_database(ShopFolder.create(tmp_path), database_url)
    people = [WHO if number % 3 else f"other-{number}" for number in range(600)]
    rows = [(who, "view", "tea", NOW, {"event_id": f"e{number}"}) for number, who in enumerate(people)]
    Inbox(engine).put(events(*rows), NOW)
    erased = Erased(engine)
    erased.begin([WHO], NOW)
    erased.forget([WHO])
    yield engine
    engine.dispose()


def test_nothing_can_be_read(engine: Database, tmp_path: Path) -> None:
    """Afterwards no file holds the id, with the database still open; everybody else is there."""
    assert WHO in files_with(tmp_path, [WHO]) or engine.dialect.name == "postgresql"
    clean_free_pages(engine)
    assert files_with(tmp_path, [WHO]) == {}
    assert len(inbox_ids(engine, "other-3")) == 1
    assert Inbox(engine).waiting() == 200


def test_while_somebody_reads(tmp_path: Path) -> None:
    """A reader in the middle of a transaction keeps the log: it is told, and the next attempt succeeds."""
    engine = open_database(ShopFolder.create(tmp_path))
    Inbox(engine).put(events((WHO, "view", "tea", NOW, {"event_id": "1"})), NOW)
    with engine.execution_options(reading=True).connect() as reader:
        reader.exec_driver_sql("select count(*) from inbox").scalar()
        Erased(engine).begin([WHO], NOW)
        with engine.connect() as connection:
            connection.connection.driver_connection.execute("pragma busy_timeout = 1")  # type: ignore[union-attr]
        with pytest.raises(
            HuitouError, match="^somebody reads the database, so its log could not be emptied. "
        ) as said:
            clean_free_pages(engine)
    assert said.value.code == "busy"
    Erased(engine).forget([WHO])
    clean_free_pages(engine)
    assert files_with(tmp_path, [WHO]) == {}
    engine.dispose()
