"""Who must not be written to, as it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.database.marketing.suppressions import Suppression, Suppressions
from serving.database.people.erased import Erased
from tests.small_shop import moment

NOW = moment("2025-03-01T12:00Z")
ANNA, HASH = Suppression("customer", "anna"), Suppression("email", "ab" * 32, "email", "hotline")


@pytest.fixture
def engine(tmp_path: Path, database_url: str | None) -> Iterator[Engine]:
    engine = open_database(ShopFolder.create(tmp_path), database_url)
    yield engine
    engine.dispose()


def test_each_is_kept_once(engine: Engine) -> None:
    """Said again, within a call or later, it is not new, and the first source stays; another channel is another one."""
    kept = Suppressions(engine)
    assert kept.add([ANNA, HASH, ANNA], NOW) == [True, True, False]
    assert kept.add([Suppression("customer", "anna", "", "mail"), Suppression("customer", "anna", "sms")], NOW) == [
        False,
        True,
    ]
    assert kept.count() == 3
    assert {(row.kind, row.channel, row.source) for row in kept.of(["anna", HASH.value])} == {
        ("customer", "", ""),
        ("customer", "sms", ""),
        ("email", "email", "hotline"),
    }


def test_what_holds_on_a_channel(engine: Engine) -> None:
    """What is said of all channels holds on each."""
    kept = Suppressions(engine)
    kept.add([ANNA, HASH], NOW)
    assert sorted(kept.on("email")) == [("customer", "anna"), ("email", HASH.value)]
    assert kept.on("sms") == kept.on("") == [("customer", "anna")]


def test_they_are_taken_back_and_counted(engine: Engine) -> None:
    """Every change has a higher number, so that whoever remembers notices; what is not there is no harm."""
    kept = Suppressions(engine)
    changes = [kept.change()]
    kept.add([ANNA, HASH], NOW)
    changes.append(kept.change())
    assert kept.remove([("customer", "anna", ""), ("customer", "anna", "sms"), ("phone", "x", "")]) == 1
    changes.append(kept.change())
    assert changes == sorted({*changes})
    assert [row.kind for row in kept.page(10, 0)] == ["email"]


def test_pages_begin_with_the_newest(engine: Engine) -> None:
    """So many behind so many."""
    kept = Suppressions(engine)
    for number in range(3):
        kept.add([Suppression("customer", f"c-{number}")], NOW + timedelta(minutes=number))
    assert [row.value for row in kept.page(2, 0)] == ["c-2", "c-1"]
    assert [row.value for row in kept.page(2, 2)] == ["c-0"]
    assert kept.page(1, 0)[0].added_at == NOW + timedelta(minutes=2)


def test_nothing_is_stored_of_the_deleted(engine: Engine) -> None:
    """An id that was deleted comes back by no list; a deletion takes the row with the id, not those by an address."""
    kept = Suppressions(engine)
    kept.add([ANNA, HASH], NOW)
    assert Erased(engine).begin(["anna"], NOW)["suppressions"] == 1
    assert kept.add([ANNA], NOW) == [False]
    assert [row.kind for row in kept.page(10, 0)] == ["email"]
