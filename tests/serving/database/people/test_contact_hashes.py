"""Hashes of addresses: the same for one address, whatever key encrypts, and told in bulk."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.database.people.contact_cipher import ContactCipher
from serving.database.people.contact_details import ContactDetails
from serving.database.people.contact_hashes import ContactHashes
from serving.database.tables import CONTACT_HASH_KEYS

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
OLD, NEW = (urlsafe_b64encode(bytes(range(first, first + 32))).decode() for first in (0, 100))


@pytest.fixture
def engine(tmp_path: Path, database_url: str | None) -> Iterator[Engine]:
    engine = open_database(ShopFolder.create(tmp_path), database_url)
    yield engine
    engine.dispose()


def told(engine: Engine, us: int = 0) -> dict[str, tuple[str | None, str | None]]:
    """The hashes of everybody."""
    return {
        who: (email, phone)
        for part in ContactHashes(engine).changed_since(us)
        for who, email, phone in zip(part.customers, part.emails, part.phones, strict=True)
    }


def test_one_address_has_one_hash(engine: Engine) -> None:
    """Case, blanks and the way a number is written do not matter; nothing is told where nothing is known."""
    details = ContactDetails(engine, ContactCipher(None))
    details.put({"anna": {"email": "A@x.cn", "phone": "138 0013 8000"}, "ben": {"email": " a@X.cn ", "name": "B"}}, NOW)
    details.put({"cy": {"phone": "+86-13800138000"}, "dee": {"name": "D"}}, NOW)
    found = told(engine)
    assert found["anna"][0] == found["ben"][0] is not None
    assert found["anna"][1] == found["cy"][1] is not None
    assert (found["ben"][1], found["cy"][0], found["dee"]) == (None, None, (None, None))
    assert details.hashes([("email", "a@x.cn"), ("phone", "13800138000")]) == [found["anna"][0], found["anna"][1]]
    assert "x.cn" not in str(found)


def test_only_what_was_told_since(engine: Engine) -> None:
    """By the moment of the telling; what goes is counted."""
    details, hashes = ContactDetails(engine, ContactCipher(None)), ContactHashes(engine)
    details.put({"anna": {"email": "a@x.cn"}}, NOW)
    details.put({"ben": {"email": "b@x.cn"}}, NOW + timedelta(minutes=1))
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert {*told(engine, (NOW - epoch) // timedelta(microseconds=1) + 1)} == {"ben"}
    before = hashes.version()
    details.put({"cy": {"email": "c@x.cn"}}, NOW)
    assert (hashes.version()[0] > before[0], hashes.version()[1]) == (True, before[1])
    details.put({"anna": {"email": ""}}, NOW)
    assert hashes.version()[1] > before[1]


def test_hashes_outlive_a_change_of_the_key(engine: Engine) -> None:
    """What was suppressed under one key is found under the next: the key of the hashes is kept, encrypted by it."""
    ContactDetails(engine, ContactCipher(None)).put({"anna": {"email": "a@x.cn"}}, NOW)
    first = told(engine)
    ContactDetails(engine, ContactCipher(OLD)).renew()
    ContactDetails(engine, ContactCipher(f"{NEW},{OLD}")).renew()
    renewed = ContactDetails(engine, ContactCipher(NEW))
    assert told(engine) == first
    assert renewed.hashes([("email", "a@x.cn")]) == [first["anna"][0]]
    with engine.connect() as connection:
        assert connection.execute(select(CONTACT_HASH_KEYS.c.encrypted)).scalars().all() == [True]
    with pytest.raises(HuitouError) as found:
        ContactDetails(engine, ContactCipher(OLD)).hashes([("email", "a@x.cn")])
    assert found.value.code == "contact_key"


def test_hashes_are_made_where_there_are_none(engine: Engine) -> None:
    """Details that an older Huitou stored get theirs with ``huitou contact-key --renew``."""
    details = ContactDetails(engine, ContactCipher(OLD))
    details.put({"anna": {"email": "a@x.cn"}}, NOW)
    before = told(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("update contact_details set email_hash = null")
    assert told(engine) == {"anna": (None, None)}
    assert details.renew() == 1
    assert told(engine) == before


def test_two_shops_have_different_hashes(engine: Engine, tmp_path: Path) -> None:
    """Nobody who has the hashes of one shop can look for its people in another."""
    other = open_database(ShopFolder.create(tmp_path / "other"))
    pair = [ContactDetails(each, ContactCipher(None)).hashes([("email", "a@x.cn")]) for each in (engine, other)]
    assert pair[0] != pair[1]
    other.dispose()
