"""What a snapshot says of letters, by row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from serving.care import snapshot_people
from serving.care.exclusions import EXCLUSION_CODES
from serving.care.snapshot_people import SnapshotPeople, no_flags
from serving.snapshot_parts.id_index import NO_ROW
from tests.serving.care.care_shop import CareShop, care_shop
from tests.serving.published_shop import Person

PEOPLE = (
    Person("anna", consent={"email": True}, idle_days=2.0),
    Person("王小明", contactable=False, consent={"email": False}),
    Person("dee", set_aside="bot", personalized=False),
)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[CareShop]:
    with care_shop(tmp_path / "shop", PEOPLE, None) as opened:
        yield opened


def by_id(small: CareShop, values: np.ndarray) -> dict[str, int]:
    return {small.snapshot.customers.id(row): int(value) for row, value in enumerate(values)}


def test_columns_by_row(small: CareShop) -> None:
    """1 for yes, 0 for no, -1 where nothing was said; the reason of those who are set aside."""
    people = SnapshotPeople(small.snapshot)
    assert len(people) == len(PEOPLE)
    assert by_id(small, people.contactable) == {"anna": 1, "王小明": 0, "dee": 1}
    assert by_id(small, people.personalized) == {"anna": 1, "王小明": 1, "dee": 0}
    assert by_id(small, people.consent("email")) == {"anna": 1, "王小明": 0, "dee": -1}
    assert by_id(small, people.consent("sms")) == {"anna": -1, "王小明": -1, "dee": -1}
    assert by_id(small, people.aside) == {"anna": 0, "王小明": 0, "dee": EXCLUSION_CODES["bot"]}
    assert by_id(small, people.idle_days) == {"anna": 2, "王小明": 3, "dee": 3}


@pytest.mark.parametrize("few", [0, 100], ids=["many", "few"])
def test_rows_of_ids(small: CareShop, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """The same by a table of all ids as one by one; a visitor without a row is the customer whom it was merged into."""
    monkeypatch.setattr(snapshot_people, "FEW", few)
    people = SnapshotPeople(small.snapshot)
    found = people.rows_of(["dee", "nobody", "王小明", "visitor:v"], {"visitor:v": "anna", "nobody": "stranger"})
    names = [None if row == NO_ROW else small.snapshot.customers.id(row) for row in found.tolist()]
    assert names == ["dee", None, "王小明", "anna"]
    assert people.rows_of([]).tolist() == []


def test_no_flags() -> None:
    """One for each, none of them set."""
    assert no_flags(2).tolist() == [False, False]
