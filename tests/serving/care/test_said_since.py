"""What was said since the snapshot: only the newest word, and only what is new is read again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from serving.care.said_since import SaidSince
from serving.care.snapshot_people import Codes, SnapshotPeople
from serving.database.people.described import Described
from tests.serving.care.care_shop import LATER, CareShop, care_shop
from tests.serving.published_shop import NOW, Person


@pytest.fixture
def small(tmp_path: Path, database_url: str | None) -> Iterator[CareShop]:
    with care_shop(tmp_path / "shop", [Person("anna"), Person("ben"), Person("cy")], database_url) as opened:
        yield opened


def words(small: CareShop, said: SaidSince, merges: dict[str, str] | None = None) -> dict[str, int]:
    """What everybody says of letters."""
    base: Codes = SnapshotPeople(small.snapshot).contactable
    found = said.now(base, "contactable", merges or {})
    return {small.snapshot.customers.id(row): int(code) for row, code in enumerate(found)}


def test_the_newest_word_counts(small: CareShop) -> None:
    """What the snapshot may have missed is read, what it knows is not, and later words replace earlier ones."""
    small.describe({"customer_id": "anna", "contactable": False}, at=NOW - timedelta(hours=1))
    small.describe({"customer_id": "ben", "contactable": False}, at=NOW - timedelta(minutes=5))
    described = Described(small.database)
    described.mark_stored(described.take(9))
    said = SaidSince(SnapshotPeople(small.snapshot), described, NOW)
    said.refresh()
    assert words(small, said) == {"anna": 1, "ben": 0, "cy": 1}
    small.describe({"customer_id": "ben", "contactable": True}, {"customer_id": "cy", "contactable": False}, at=LATER)
    said.refresh()
    assert words(small, said) == {"anna": 1, "ben": 1, "cy": 0}


def test_clocks_of_two_services_may_differ(small: CareShop) -> None:
    """A no is heard although another service, whose clock is minutes ahead, has said something before it."""
    said = SaidSince(SnapshotPeople(small.snapshot), Described(small.database), NOW)
    small.describe({"customer_id": "anna", "contactable": True}, at=LATER + timedelta(minutes=5))
    said.refresh()
    small.describe({"customer_id": "ben", "contactable": False}, at=LATER)
    said.refresh()
    assert words(small, said) == {"anna": 1, "ben": 0, "cy": 1}


def test_what_waits_is_not_in_any_snapshot(small: CareShop) -> None:
    """What the warehouse has not got yet is read, however old it is."""
    small.describe({"customer_id": "anna", "contactable": False}, at=NOW - timedelta(days=3))
    said = SaidSince(SnapshotPeople(small.snapshot), Described(small.database), NOW)
    said.refresh()
    assert words(small, said)["anna"] == 0


def test_a_visitors_no_is_its_customers(small: CareShop) -> None:
    """As long as the two are merged, and until the visitor says yes."""
    small.describe({"customer_id": "visitor:v", "contactable": False})
    said = SaidSince(SnapshotPeople(small.snapshot), Described(small.database), NOW)
    said.refresh()
    assert words(small, said, {"visitor:v": "cy"})["cy"] == 0
    assert words(small, said)["cy"] == 1
    small.describe({"customer_id": "visitor:v", "contactable": True})
    said.refresh()
    assert words(small, said, {"visitor:v": "cy"})["cy"] == 1
