"""Addresses as hashes: they tell who can be reached, and who is the same person, without being read."""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, select, update

from serving.database.connection import told
from serving.database.counters import CONTACT_DETAILS_REMOVED, CONTACT_DETAILS_TOLD, dialect_of, newest_number
from serving.database.people.contact_cipher import ContactCipher
from serving.database.tables import CONTACT_DETAILS, CONTACT_HASH_KEYS

AT_ONCE = 20_000
"""So many customers are read at a time."""

_NAME = "contact details"
_KEY_BYTES = 32


class HashKey:
    """The key of all hashes of one shop; it lies in the database, encrypted where there is a contact key."""

    def __init__(self, cipher: ContactCipher) -> None:
        self._cipher = cipher
        self._known: bytes | None = None

    def of(self, connection: Connection) -> bytes:
        """The key, made by whoever asks first; raises :class:`HuitouError` when it cannot be decrypted."""
        if self._known is None:
            query = select(CONTACT_HASH_KEYS).where(CONTACT_HASH_KEYS.c.name == _NAME)
            row = connection.execute(query).one_or_none()
            if row is None:
                made = self._row(secrets.token_bytes(_KEY_BYTES))
                insert = dialect_of(connection).insert(CONTACT_HASH_KEYS).values(made).on_conflict_do_nothing()
                connection.execute(insert)
                # Not remembered: the transaction may yet be taken back.
                return self._read(connection.execute(query).one())
            self._known = self._read(row)
        return self._known

    def renew(self, connection: Connection) -> None:
        """Encrypt the key itself with the newest contact key."""
        row = self._row(self.of(connection))
        connection.execute(update(CONTACT_HASH_KEYS).where(CONTACT_HASH_KEYS.c.name == _NAME).values(row))

    def _read(self, row: Any) -> bytes:
        text = self._cipher.decrypted(row.payload, _NAME) if row.encrypted else row.payload
        return urlsafe_b64decode(text.encode())

    def _row(self, key: bytes) -> dict[str, object]:
        text = urlsafe_b64encode(key).decode()
        if self._cipher.encrypts:
            return {"name": _NAME, "payload": self._cipher.encrypted(text, _NAME), "encrypted": True}
        return {"name": _NAME, "payload": text, "encrypted": False}


def address_hash(key: bytes, kind: str, normalised: str) -> str:
    """HMAC-SHA256 of an address that was brought into its one form, 64 hexadecimal digits."""
    return hmac.digest(key, f"{kind}:{normalised}".encode(), "sha256").hex()


@dataclass(frozen=True)
class ToldHashes:
    """The hashes of some customers' addresses."""

    customers: Sequence[str]
    """Their ids."""
    emails: Sequence[str | None]
    """The hashes of their e-mail addresses, None where there is none."""
    phones: Sequence[str | None]
    """Those of their telephones."""
    newest_us: int
    """When the last of them was told, UTC microseconds."""


class ContactHashes:
    """The hashes of one shop's contact details, in bulk; no key is needed to compare them."""

    def __init__(self, engine: Engine) -> None:
        self._reader = engine.execution_options(reading=True)

    def changed_since(self, us: int) -> Iterator[ToldHashes]:
        """What was told at a moment (UTC microseconds) or later; in parts, so that a million need little memory."""
        columns = (CONTACT_DETAILS.c[name] for name in ("customer_id", "email_hash", "phone_hash", "changed_us"))
        query = select(*columns).where(CONTACT_DETAILS.c.changed_us >= us)
        with told(), self._reader.connect() as connection:
            for rows in connection.execution_options(yield_per=AT_ONCE).execute(query).partitions():
                customers, emails, phones, moments = zip(*rows, strict=True)
                yield ToldHashes(customers, emails, phones, max(moments))

    def version(self) -> tuple[int, int]:
        """Two numbers: the first rises when details are told, the second when some go."""
        with told(), self._reader.connect() as connection:
            return (
                newest_number(connection, CONTACT_DETAILS_TOLD),
                newest_number(connection, CONTACT_DETAILS_REMOVED),
            )
