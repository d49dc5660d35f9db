"""A small published shop whose people said, and were sent, all kinds of things."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from features.events.event import CONTACT_SCHEMA, CUSTOMER_SCHEMA, EVENT_SCHEMA
from features.shop_folder import ShopFolder
from serving.care.care import Care
from serving.care.exclusions import EXCLUSIONS
from serving.database.connection import Database, open_database
from serving.database.inbox import Inbox
from serving.database.people.contact_cipher import ContactCipher
from serving.database.people.contact_details import ContactDetails
from serving.database.people.described import Described
from serving.database.plain_rows import table_of
from serving.snapshot import Snapshot
from tests.serving.published_shop import AS_OF, NOW, Person, write_snapshot
from tests.serving.ready_database import put_database

LATER = NOW + timedelta(hours=2)
"""When is asked."""


@dataclass(frozen=True)
class CareShop:
    """The shop, open."""

    shop: ShopFolder
    database: Database
    snapshot: Snapshot
    care: Care

    def why(self, channel: str | None = None, now: datetime = LATER) -> dict[str, str | None]:
        """The reason of everybody, None for who may be written to."""
        rows = np.arange(len(self.snapshot.customers))
        return self.why_of(rows, channel, now)

    def why_of(self, rows: Any, channel: str | None = None, now: datetime = LATER) -> dict[str, str | None]:
        """The same of some rows."""
        codes = self.care.exclusions(self.snapshot, rows, channel, now)
        names = (None, *EXCLUSIONS)
        return {
            self.snapshot.customers.id(row): names[code]
            for row, code in zip(rows.tolist(), codes.tolist(), strict=True)
        }

    def describe(self, *said: Mapping[str, Any], at: datetime = LATER) -> None:
        """Say something of customers over HTTP."""
        Described(self.database).put(pa.Table.from_pylist([*said], schema=CUSTOMER_SCHEMA), at)

    def reach(self, said: Mapping[str, Mapping[str, str]], at: datetime = LATER) -> None:
        """Tell contact details."""
        ContactDetails(self.database, ContactCipher(None)).put(said, at)

    def buy(self, customer_id: str, event_id: str = "e-1") -> None:
        """Let somebody order something now."""
        event = {"event_id": event_id, "customer_id": customer_id, "item_id": "kettle", "kind": "purchase"}
        Inbox(self.database).put(table_of([event | {"occurred_at": 1, "quantity": 1}], EVENT_SCHEMA), LATER)

    def rules(self, **said: Any) -> None:
        """Write ``contact_care.json``: nothing holds but what is said."""
        write_rules(self.shop, **said)


def write_rules(shop: ShopFolder, **said: Any) -> None:
    """Write ``contact_care.json``: nothing holds but what is said."""
    nothing = {"caps": [], "least_days": 0, "quiet_hours": None, "one_per_person": False}
    channels = {"email": {"needs_address": False}, "sms": {"needs_address": False}}
    (shop.path / "contact_care.json").write_text(json.dumps(nothing | {"channels": channels} | said))


def contacts_table(rows: Iterable[tuple[str, str | None, float, str]]) -> pa.Table:
    """Contacts by customer, channel, days before the snapshot, and arm."""
    made = [
        {
            "contact_id": f"k-{number}",
            "customer_id": who,
            "contacted_at": AS_OF - timedelta(days=days),
            "known_at": AS_OF - timedelta(days=days),
            "channel": channel,
            "arm": arm,
        }
        for number, (who, channel, days, arm) in enumerate(rows)
    ]
    return pa.Table.from_pylist(made, schema=CONTACT_SCHEMA)


@contextmanager
def care_shop(
    folder: Path, people: Sequence[Person], url: str | None, contacts: pa.Table | None = None
) -> Iterator[CareShop]:
    """A shop of these people, open until the end of ``with``; no rule holds but those that are written."""
    shop = ShopFolder.create(folder)
    write_snapshot(shop, people, contacts=contacts)
    write_rules(shop)
    put_database(shop)
    engine = open_database(shop, url)
    try:
        yield CareShop(shop, engine, Snapshot.open_current(shop), Care(shop, engine))
    finally:
        engine.dispose()
