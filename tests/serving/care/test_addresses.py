"""Addresses as numbers, and what is read again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from serving.care.addresses import Addresses, keys_of
from serving.care.snapshot_people import SnapshotPeople
from serving.database.people.contact_hashes import ContactHashes
from tests.serving.care.care_shop import LATER, CareShop, care_shop
from tests.serving.published_shop import Person


@pytest.fixture
def small(tmp_path: Path, database_url: str | None) -> Iterator[CareShop]:
    with care_shop(tmp_path / "shop", [Person("anna"), Person("ben")], database_url) as opened:
        yield opened


def test_keys_are_the_first_digits() -> None:
    """16 hexadecimal digits as a number, at least 1, and 0 where there is no hash."""
    hashes = ["0123456789abcdef" + "f" * 48, None, "0" * 64, "f" * 64]
    assert keys_of(hashes).tolist() == [0x0123456789ABCDEF, 0, 1, 2**64 - 1]
    assert keys_of([]).tolist() == []


def test_only_what_changed_is_read_again(small: CareShop) -> None:
    """News are taken over, what is said again changes nothing, and a removal reads everything anew."""
    addresses = Addresses(SnapshotPeople(small.snapshot), ContactHashes(small.database))
    addresses.refresh()
    assert not addresses.any_told
    small.reach({"anna": {"email": "a@x.cn", "phone": "13800138000"}, "stranger": {"email": "s@x.cn"}})
    addresses.refresh()
    known, change = {kind: keys.copy() for kind, keys in addresses.keys.items()}, addresses.change
    assert [int(np.count_nonzero(keys)) for keys in known.values()] == [1, 1]
    addresses.refresh()
    assert addresses.change == change
    small.reach({"ben": {"email": "a@x.cn"}}, LATER + timedelta(minutes=9, seconds=30))
    addresses.refresh()
    assert addresses.keys["email"][0] == addresses.keys["email"][1] == known["email"].max()
    small.reach({"anna": {"email": "", "phone": ""}})
    addresses.refresh()
    assert int(np.count_nonzero(addresses.keys["email"])) == 1
    assert addresses.missing("sms").all()
    assert not addresses.missing("app").any()
