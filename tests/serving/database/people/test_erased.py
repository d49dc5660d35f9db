"""Tombstones: rows go with them, ids go in the end, hashes stay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.database.inbox import Inbox
from serving.database.people.contact_cipher import ContactCipher
from serving.database.people.contact_details import ContactDetails
from serving.database.people.described import Described
from serving.database.people.erased import Erased
from serving.database.people.merged import Merged
from serving.database.people.person_hash import person_hash
from serving.database.people.person_rows import PERSON_TABLES
from tests.serving.privacy.searched import tables_with
from tests.small_shop import events, people

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
NOON = "2025-03-01T12:00Z"


@pytest.fixture
def engine(tmp_path: Path, database_url: str | None) -> Iterator[Engine]:
    """A database that knows anna, her visitor v, and bob."""
    engine = open_database(ShopFolder.create(tmp_path), database_url)
    rows = [("anna", {"event_id": "1"}), (None, {"event_id": "2", "visitor_id": "v"}), ("bob", {"event_id": "3"})]
    Inbox(engine).put(events(*((who, "view", "tea", NOON, more) for who, more in rows)), NOW)
    Described(engine).put(people("anna", "bob", personalized=True), NOW)
    ContactDetails(engine, ContactCipher(None)).put({"anna": {"email": "a@x.cn"}, "bob": {"email": "b@x.cn"}}, NOW)
    Merged(engine).join("v", "anna", NOW)
    yield engine
    engine.dispose()


def test_every_row_goes_with_the_tombstone(engine: Engine) -> None:
    """The answer counts what went by table, others keep theirs, and a second time finds nothing."""
    erased, whom = Erased(engine), ["anna", "visitor:v"]
    expected = dict.fromkeys(PERSON_TABLES, 0)
    expected |= {"inbox": 2, "described_customers": 1, "contact_details": 1, "merged_visitors": 1}
    assert erased.rows_of(whom) == expected
    assert erased.begin(whom, NOW) == expected
    assert erased.rows_of(whom) == erased.begin(whom, NOW) == dict.fromkeys(PERSON_TABLES, 0)
    assert sum(erased.rows_of(["bob"]).values()) == 3


def test_the_ids_go_in_the_end(engine: Engine) -> None:
    """Until everything is gone the ids are known to whoever erases, then the hashes alone."""
    erased, whom = Erased(engine), ["anna", "visitor:v"]
    assert not erased.any()
    erased.begin(whom, NOW)
    erased.note(whom, {"inbox": 2, "snapshots": 1})
    assert (sorted(erased.pending()), erased.is_forgotten()) == (whom, False)
    erased.forget(whom)
    assert (erased.pending(), erased.is_forgotten()) == ([], True)
    assert erased.get(person_hash("anna")).done_at is None
    erased.finish(NOW.replace(hour=13))
    found = erased.get(person_hash("anna"))
    assert (found.asked_at, found.done_at, found.places) == (NOW, NOW.replace(hour=13), {"inbox": 2, "snapshots": 1})
    assert not erased.is_forgotten()
    assert erased.among(["anna", "bob", "visitor:v", "v", "Anna"]) == {"anna", "visitor:v"}
    assert erased.any()
    if engine.dialect.name == "postgresql":
        url = engine.url.render_as_string(hide_password=False)
        assert set(tables_with(url, ["anna", "bob"])) == {"bob"}


def test_a_deletion_that_nobody_asked_for(engine: Engine) -> None:
    """It is told in one line."""
    with pytest.raises(HuitouError, match="^no deletion has the request_id 'x'. It is told by the answer to the del"):
        Erased(engine).get("x")


def test_many_people_are_asked_about(engine: Engine) -> None:
    """More people than one query can name are looked for in several."""
    erased = Erased(engine)
    erased.begin(["c1999"], NOW)
    assert erased.among(f"c{number}" for number in range(2_500)) == {"c1999"}
