"""A database that does not answer once: what was not read then is read with the next question."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from features.errors import HuitouError
from serving.care.addresses import Addresses
from serving.care.said_since import SaidSince
from serving.care.snapshot_people import SnapshotPeople
from serving.database.people.contact_hashes import ContactHashes
from serving.database.people.described import Described
from tests.serving.care.care_shop import CareShop, care_shop
from tests.serving.published_shop import NOW, Person


@pytest.fixture
def small(tmp_path: Path, database_url: str | None) -> Iterator[CareShop]:
    with care_shop(tmp_path / "shop", [Person("anna"), Person("ben")], database_url) as opened:
        yield opened


@contextmanager
def without(small: CareShop, table: str) -> Iterator[None]:
    """A table that cannot be read for a while."""
    for before, after in ((table, "away"), ("away", table)):
        with small.database.begin() as connection:
            connection.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))
        if after == "away":
            with pytest.raises(HuitouError):
                yield


def test_a_no_is_heard_after_all(small: CareShop) -> None:
    """Who refuses while the database stumbles is not written to once it answers again."""
    said = SaidSince(SnapshotPeople(small.snapshot), Described(small.database), NOW)
    said.refresh()
    small.describe({"customer_id": "anna", "contactable": False})
    with without(small, "described_customers"):
        said.refresh()
    said.refresh()
    assert said.now(SnapshotPeople(small.snapshot).contactable, "contactable", {}).tolist().count(0) == 1


@pytest.mark.parametrize("is_first", [True, False])
def test_addresses_are_known_after_all(small: CareShop, is_first: bool) -> None:
    """Suppressions by an address reach everybody, whether the first reading stumbled or one that began anew."""
    addresses = Addresses(SnapshotPeople(small.snapshot), ContactHashes(small.database))
    small.reach({"anna": {"email": "a@x.cn"}, "ben": {"email": "b@x.cn"}})
    if not is_first:
        addresses.refresh()
        small.reach({"ben": {"email": ""}})
    with without(small, "contact_details"):
        addresses.refresh()
    addresses.refresh()
    assert int(np.count_nonzero(addresses.keys["email"])) == (2 if is_first else 1)
