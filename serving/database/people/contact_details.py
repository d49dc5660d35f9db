"""How to reach customers: e-mail, telephone and name, kept apart from all else and encrypted where a key is set."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from features.moments import microseconds
from serving.database.bulk_insert import rows_known
from serving.database.connection import told
from serving.database.counters import CONTACT_DETAILS_REMOVED, CONTACT_DETAILS_TOLD, next_number
from serving.database.people.address_forms import USUAL_REGION, email_form, phone_form
from serving.database.people.contact_cipher import ContactCipher
from serving.database.people.contact_hashes import HashKey, address_hash
from serving.database.people.erased import erased_among
from serving.database.tables import CONTACT_DETAILS

FIELDS = ("email", "phone", "name")
"""What may be told of a customer; nothing of it is ever a feature, or written to a log."""


@dataclass(frozen=True)
class Contact:
    """How to reach one customer."""

    email: str | None = None
    """E-mail address."""
    phone: str | None = None
    """Telephone number, as it was told."""
    name: str | None = None
    """Name to write to."""


class ContactDetails:
    """The contact details of one shop's customers."""

    def __init__(self, engine: Engine, cipher: ContactCipher, region: str = USUAL_REGION) -> None:
        """``region`` is the country of telephone numbers without a country code."""
        self._engine = engine
        self._reader = engine.execution_options(reading=True)
        self._cipher = cipher
        self._region = region
        self._hash_key = HashKey(cipher)

    def put(self, said: Mapping[str, Mapping[str, str]], now: datetime) -> None:
        """Store what is said of some customers, by id; what is not said stays, and an empty text removes a field.

        Who was deleted is passed over. Raises :class:`HuitouError`, and stores nothing, when something that is known
        cannot be read because its key is missing.
        """
        with told(), self._engine.begin() as connection:
            gone = erased_among(connection, said)
            kept = [
                self._put(connection, customer_id, fields, now)
                for customer_id, fields in said.items()
                if customer_id not in gone
            ]
            # After all rows: whoever else tells something waits for the commit alone, and nobody for each other.
            next_number(connection, CONTACT_DETAILS_TOLD)
            if not all(kept):
                next_number(connection, CONTACT_DETAILS_REMOVED)

    def get(self, customer_id: str) -> Contact:
        """How to reach one customer, nothing of someone not known; raises when the key is missing."""
        with told(), self._reader.connect() as connection:
            return Contact(**self._known(connection, customer_id))

    def several(self, customer_ids: Sequence[str]) -> list[Contact]:
        """How to reach some customers, in their order; nothing of those not known. Raises when the key is missing."""
        with told(), self._reader.connect() as connection:
            rows = rows_known(connection, CONTACT_DETAILS, "customer_id", customer_ids)
        found = {row.customer_id: self._read(row) for row in rows}
        nothing: dict[str, str] = {}
        return [Contact(**found.get(each, nothing)) for each in customer_ids]

    def renew(self) -> int:
        """Encrypt everything with the newest key, so that older ones can be dropped; return how many customers.

        Hashes are made where there are none yet; with another key the others stay as they are.
        """
        query = select(CONTACT_DETAILS.c.customer_id).order_by(CONTACT_DETAILS.c.customer_id)
        with told(), self._engine.begin() as connection:
            self._hash_key.renew(connection)
            ids = [*connection.execute(query).scalars()]
            for customer_id in ids:
                row = self._row(connection, customer_id, self._known(connection, customer_id))
                at = CONTACT_DETAILS.c.customer_id == customer_id
                connection.execute(update(CONTACT_DETAILS).where(at).values(row))
            # Hashes that were not there may be there now: everything is read anew.
            next_number(connection, CONTACT_DETAILS_REMOVED)
        return len(ids)

    def hashes(self, addresses: Sequence[tuple[str, str]]) -> list[str]:
        """The hash of each address, told as its kind (``email`` or ``phone``) and itself; raises without the key."""
        with told(), self._engine.begin() as connection:
            key = self._hash_key.of(connection)
        return [address_hash(key, kind, self._form(kind, address)) for kind, address in addresses]

    def _put(self, connection: Connection, customer_id: str, fields: Mapping[str, str], now: datetime) -> bool:
        """Store what is said of one customer; whether anything is known of it after that."""
        known = self._known(connection, customer_id) | dict(fields)
        known = {name: text for name, text in known.items() if text}
        connection.execute(delete(CONTACT_DETAILS).where(CONTACT_DETAILS.c.customer_id == customer_id))
        if known:
            changed_us = microseconds(now)
            row = self._row(connection, customer_id, known) | {"changed_us": changed_us}
            connection.execute(insert(CONTACT_DETAILS).values(row))
        return bool(known)

    def _known(self, connection: Connection, customer_id: str) -> dict[str, str]:
        query = select(CONTACT_DETAILS).where(CONTACT_DETAILS.c.customer_id == customer_id)
        row = connection.execute(query).one_or_none()
        return {} if row is None else self._read(row)

    def _read(self, row: Row[Any]) -> dict[str, str]:
        """What is known by a row."""
        text = self._cipher.decrypted(row.payload, row.customer_id) if row.encrypted else row.payload
        found: dict[str, str] = json.loads(text)
        return {name: found[name] for name in FIELDS if name in found}

    def _row(self, connection: Connection, customer_id: str, known: Mapping[str, str]) -> dict[str, Any]:
        text = json.dumps(known, ensure_ascii=False)
        key = self._hash_key.of(connection)
        hashes = {
            f"{kind}_hash": address_hash(key, kind, self._form(kind, known[kind])) if kind in known else None
            for kind in ("email", "phone")
        }
        payload = self._cipher.encrypted(text, customer_id) if self._cipher.encrypts else text
        return {"customer_id": customer_id, "payload": payload, "encrypted": self._cipher.encrypts, **hashes}

    def _form(self, kind: str, address: str) -> str:
        return email_form(address) if kind == "email" else phone_form(address, self._region)
