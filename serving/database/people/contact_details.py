"""How to reach customers: e-mail, telephone and name, kept apart from all else and encrypted where a key is set."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from features.events.event import EPOCH
from serving.database.connection import told
from serving.database.people.contact_cipher import ContactCipher
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

    def __init__(self, engine: Engine, cipher: ContactCipher) -> None:
        self._engine = engine
        self._reader = engine.execution_options(reading=True)
        self._cipher = cipher

    def put(self, said: Mapping[str, Mapping[str, str]], now: datetime) -> None:
        """Store what is said of some customers, by id; what is not said stays, and an empty text removes a field.

        Who was deleted is passed over. Raises :class:`HuitouError`, and stores nothing, when something that is known
        cannot be read because its key is missing.
        """
        with told(), self._engine.begin() as connection:
            gone = erased_among(connection, said)
            for customer_id, fields in said.items():
                if customer_id not in gone:
                    self._put(connection, customer_id, fields, now)

    def get(self, customer_id: str) -> Contact:
        """How to reach one customer, nothing of someone not known; raises when the key is missing."""
        with told(), self._reader.connect() as connection:
            return Contact(**self._known(connection, customer_id))

    def renew(self) -> int:
        """Encrypt everything with the newest key, so that older ones can be dropped; return how many customers."""
        query = select(CONTACT_DETAILS.c.customer_id).order_by(CONTACT_DETAILS.c.customer_id)
        with told(), self._engine.begin() as connection:
            ids = [*connection.execute(query).scalars()]
            for customer_id in ids:
                row = self._row(customer_id, self._known(connection, customer_id))
                at = CONTACT_DETAILS.c.customer_id == customer_id
                connection.execute(update(CONTACT_DETAILS).where(at).values(row))
        return len(ids)

    def _put(self, connection: Connection, customer_id: str, fields: Mapping[str, str], now: datetime) -> None:
        known = self._known(connection, customer_id) | dict(fields)
        known = {name: text for name, text in known.items() if text}
        connection.execute(delete(CONTACT_DETAILS).where(CONTACT_DETAILS.c.customer_id == customer_id))
        if known:
            changed_us = (now - EPOCH) // timedelta(microseconds=1)
            row = self._row(customer_id, known) | {"changed_us": changed_us}
            connection.execute(insert(CONTACT_DETAILS).values(row))

    def _known(self, connection: Connection, customer_id: str) -> dict[str, str]:
        query = select(CONTACT_DETAILS).where(CONTACT_DETAILS.c.customer_id == customer_id)
        row = connection.execute(query).one_or_none()
        if row is None:
            return {}
        text = self._cipher.decrypted(row.payload, customer_id) if row.encrypted else row.payload
        found: dict[str, str] = json.loads(text)
        return {name: found[name] for name in FIELDS if name in found}

    def _row(self, customer_id: str, known: Mapping[str, str]) -> dict[str, Any]:
        text = json.dumps(known, ensure_ascii=False)
        if self._cipher.encrypts:
            return {
                "customer_id": customer_id,
                "payload": self._cipher.encrypted(text, customer_id),
                "encrypted": True,
            }
        return {"customer_id": customer_id, "payload": text, "encrypted": False}
