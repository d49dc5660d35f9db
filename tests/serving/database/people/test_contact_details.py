"""Contact details: kept apart, encrypted where there is a key, never lost by a wrong one."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.database.people.contact_cipher import ContactCipher
from serving.database.people.contact_details import Contact, ContactDetails
from serving.database.people.erased import Erased
from serving.database.tables import CONTACT_DETAILS

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
OLD, NEW = (urlsafe_b64encode(bytes(range(first, first + 32))).decode() for first in (0, 100))


@pytest.fixture
def engine(tmp_path: Path, database_url: str | None) -> Iterator[Engine]:
    """A new database."""
    engine = open_database(ShopFolder.create(tmp_path), database_url)
    yield engine
    engine.dispose()


def details(engine: Engine, keys: str | None) -> ContactDetails:
    """The contact details as a process with these keys sees them."""
    return ContactDetails(engine, ContactCipher(keys))


def payloads(engine: Engine) -> list[str]:
    """What is stored."""
    with engine.connect() as connection:
        return [*connection.execute(select(CONTACT_DETAILS.c.payload)).scalars()]


@pytest.mark.parametrize("keys", [None, "", OLD, f" {NEW} , {OLD}"])
def test_what_is_said_is_known(engine: Engine, keys: str | None) -> None:
    """What is not said stays, an empty text removes a field, and with the last one the row goes."""
    known = details(engine, keys)
    known.put({"anna": {"email": "anna@example.com", "name": "王 安娜"}, "bob": {"phone": "+86 10"}}, NOW)
    known.put({"anna": {"email": "a@example.com"}, "bob": {"phone": ""}}, NOW)
    assert known.get("anna") == Contact("a@example.com", None, "王 安娜")
    assert known.get("bob") == known.get("nobody") == Contact()
    assert len(payloads(engine)) == 1
    assert ("example.com" in payloads(engine)[0]) == (not keys)


@pytest.mark.parametrize("keys", [None, OLD])
def test_several_at_once(engine: Engine, keys: str | None) -> None:
    """In the order of the ids, each time that one is named, and nothing for who is not known."""
    known = details(engine, keys)
    known.put({"anna": {"name": "王 安娜"}, "'; drop": {"email": "x@example.com"}}, NOW)
    anna, other = Contact(name="王 安娜"), Contact("x@example.com")
    assert known.several(["'; drop", "nobody", "anna", "anna"]) == [other, Contact(), anna, anna]
    assert known.several([]) == []


def test_a_key_can_be_changed(engine: Engine) -> None:
    """The first key encrypts, all decrypt; after renewing, the old one is not needed any more."""
    details(engine, None).put({"zoe": {"name": "Zoe"}}, NOW)
    details(engine, OLD).put({"anna": {"name": "Anna"}}, NOW)
    both = details(engine, f"{NEW},{OLD}")
    both.put({"bob": {"name": "Bob"}}, NOW)
    assert [both.get(who).name for who in ("anna", "bob", "zoe")] == ["Anna", "Bob", "Zoe"]
    assert both.renew() == 3
    newest = details(engine, NEW)
    assert [newest.get(who).name for who in ("anna", "bob", "zoe")] == ["Anna", "Bob", "Zoe"]
    assert not [text for text in payloads(engine) if "name" in text]


@pytest.mark.parametrize(("keys", "held"), [(None, "is not set"), (NEW, "holds 1 other")])
def test_without_the_key_nothing_is_read_or_lost(engine: Engine, keys: str | None, held: str) -> None:
    """Reading and changing are refused in one line, and the right key finds everything as it was."""
    details(engine, OLD).put({"anna": {"name": "Anna"}}, NOW)
    without = details(engine, keys)
    for attempt in (lambda: without.get("anna"), lambda: without.put({"anna": {"phone": "1"}}, NOW), without.renew):
        with pytest.raises(
            HuitouError, match=f"and HUITOU_CONTACT_KEY {held}. Add that key; nothing is lost.$"
        ) as said:
            attempt()
        assert said.value.code == "contact_key"
    assert details(engine, OLD).get("anna") == Contact(name="Anna")


def test_a_text_belongs_to_its_customer(engine: Engine) -> None:
    """What is copied to another customer, or changed, cannot be read."""
    details(engine, OLD).put({"anna": {"name": "Anna"}, "bob": {"name": "Bob"}}, NOW)
    [first, _] = payloads(engine)
    for broken in (first, first[:-4] + "AAAA", first.partition(":")[0] + ":€"):
        with engine.begin() as connection:
            connection.execute(
                update(CONTACT_DETAILS).values(payload=broken).where(CONTACT_DETAILS.c.customer_id == "bob")
            )
        with pytest.raises(HuitouError, match="^the contact details were changed by something else than Huitou"):
            details(engine, OLD).get("bob")


@pytest.mark.parametrize("keys", ["x", f"{OLD},short", "ß" * 44])
def test_what_is_no_key(keys: str) -> None:
    """A setting that holds something else is refused without repeating it."""
    with pytest.raises(
        HuitouError, match="^HUITOU_CONTACT_KEY must hold keys of 32 bytes in base64, separated "
    ) as said:
        ContactCipher(keys)
    assert keys not in said.value.message


def test_nothing_is_kept_of_who_was_deleted(engine: Engine) -> None:
    """Contact details of somebody who was deleted are passed over, those beside are stored."""
    Erased(engine).begin(["anna"], NOW)
    details(engine, None).put({"anna": {"name": "Anna"}, "bob": {"name": "Bob"}}, NOW)
    assert (details(engine, None).get("anna"), details(engine, None).get("bob")) == (Contact(), Contact(name="Bob"))
