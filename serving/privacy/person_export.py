"""Everything that is held of one person, as plain JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from features.errors import HuitouError
from features.moments import moment_of
from features.shop_folder import ShopFolder
from serving.database.answers.shown import shown_items
from serving.database.connection import Database
from serving.database.marketing.lists import FrozenLists
from serving.database.marketing.suppressions import Suppressions
from serving.database.people.contact_details import ContactDetails
from serving.database.people.erased import Erased, gone
from serving.database.people.merged import Merged
from serving.database.people.person_rows import read_rows
from serving.privacy.listed import lists_of
from serving.snapshot import Snapshot
from serving.snapshot_parts.id_index import NO_ROW

if TYPE_CHECKING:
    from features.events.warehouse import Warehouse

_MOMENTS = ("occurred_at", "known_at", "joined_at")
"""Fields that JSON in the database holds as microseconds."""


@dataclass(frozen=True)
class Holdings:
    """Where a shop keeps what it knows of people."""

    shop: ShopFolder
    """Its folder, with the warehouse."""
    database: Database
    """Its database."""
    contact_details: ContactDetails
    """How to reach customers."""
    snapshot: Snapshot | None
    """What is served; None where nothing is published."""


def person_export(holdings: Holdings, customer_id: str, now: datetime) -> dict[str, Any]:
    """What is held of a customer, or of a visitor (its id with the prefix), under names that say what it is.

    Visitors that were merged into the customer are part of it. Raises :class:`HuitouError` for somebody who was
    deleted, or of whom nothing is known.
    """
    if Erased(holdings.database).among([customer_id]):
        raise gone("customer_id")
    merged = Merged(holdings.database)
    merges, into = merged.of_customer(customer_id), merged.of_visitor(customer_id)
    people = [customer_id, *(merge.visitor for merge in merges)]
    warehouse = _warehouse(holdings.shop)
    told = {
        "description": {
            "in_warehouse": next(iter(_of(warehouse.customers(), people)), None),
            "told_over_http": next((_payload(row) for row in _rows(holdings, "described_customers", people)), None),
        },
        "contact_details": asdict(holdings.contact_details.get(customer_id)),
        "merged_visitors": [
            {"visitor_id": merge.visitor_id, "merged_at": merge.merged_at, "state": merge.state} for merge in merges
        ],
        "merged_into": None
        if (into := Merged(holdings.database).of_visitor(customer_id)) is None
        else into.customer_id,
        "events": _events(holdings, warehouse, people),
        "contacts": warehouse.contacts_of(people).to_pylist(),
        "messages": [_message(row) for row in _rows(holdings, "contact_log", people)],
        "lists": lists_of(holdings.shop, FrozenLists(holdings.database), people),
        "suppressions": _suppressions(holdings, people),
        "predictions": [] if holdings.snapshot is None else _predictions(holdings.snapshot, people),
        "shown": [_shown(row) for row in _rows(holdings, "shown", people)],
        "responses": [_response(row) for row in _rows(holdings, "responses", people)],
    }
    if not _knows(told):
        raise HuitouError(
            "nothing is held of a customer of this id.", code="unknown_customer", field="customer_id", value=customer_id
        )
    said: dict[str, Any] = _plain({"customer_id": customer_id, "exported_at": now, **told})
    return said


def _knows(told: Mapping[str, Any]) -> bool:
    return any(any(held.values()) if isinstance(held, Mapping) else bool(held) for held in told.values())


def _events(holdings: Holdings, warehouse: Warehouse, people: Sequence[str]) -> list[dict[str, Any]]:
    """Every event once: stored ones, and those that have just arrived."""
    stored = [
        {**row, "held_in": "warehouse"} for row in warehouse.events_of(people).drop_columns(["bucket"]).to_pylist()
    ]
    known = {row["event_id"] for row in stored}
    fresh = [{**_payload(row), "held_in": "inbox"} for row in _rows(holdings, "inbox", people)]
    both = [*stored, *(event for event in fresh if event["event_id"] not in known)]
    return sorted(both, key=lambda event: (event["occurred_at"], event["event_id"]))


def _predictions(snapshot: Snapshot, people: Sequence[str]) -> list[dict[str, Any]]:
    """What the served snapshot says of each of the people that it knows."""
    found = []
    for person in people:
        row = snapshot.customers.row(person)
        if row != NO_ROW:
            best = snapshot.recommended(row)
            told = {"snapshot": snapshot.id, "as_of": snapshot.header.as_of, **snapshot.customer(row)}
            told["recommendations"] = [
                {
                    "item_id": snapshot.shelf.ids.id(int(item)),
                    "score": float(score),
                    "source": snapshot.header.sources[int(source)],
                }
                for item, score, source in zip(best.item, best.score, best.source, strict=True)
            ]
            found.append(told)
    return found


def _rows(holdings: Holdings, table: str, people: Sequence[str]) -> list[dict[str, Any]]:
    return read_rows(holdings.database, table, people)


def _payload(row: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, with its times as times."""
    said: dict[str, Any] = json.loads(row["payload"])
    return said | {name: moment_of(said[name]) for name in _MOMENTS if isinstance(said.get(name), int)}


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("recommendation_id", "placement", "tier", "fallback", "model_version", "arm")
    items = [item._asdict() for item in shown_items(json.loads(row["items"]))]
    return {"at": moment_of(row["at_us"]), **{name: row[name] for name in names}, "items": items}


def _response(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("event_id", "recommendation_id", "item_id", "kind", "amount")
    return {"at": moment_of(row["at_us"]), **{name: row[name] for name in names}}


def _message(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("contact_id", "customer_id", "campaign_id", "channel", "arm", "outcome")
    return {"contacted_at": moment_of(row["contacted_us"]), **{name: row[name] for name in names}}


def _suppressions(holdings: Holdings, people: Sequence[str]) -> list[dict[str, Any]]:
    """What the person must not be written to by: the ids, and the addresses that are held."""
    hashes = [
        each
        for row in _rows(holdings, "contact_details", people)
        for each in (row["email_hash"], row["phone_hash"])
        if each is not None
    ]
    return [
        {"kind": each.kind, "channel": each.channel or None, "source": each.source, "added_at": each.added_at}
        for each in Suppressions(holdings.database).of([*people, *hashes])
    ]


def _of(rows: pa.Table, people: Sequence[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rows.filter(pc.is_in(rows["customer_id"], pa.array(people, pa.string()))).to_pylist()
    return found


def _plain(value: Any) -> Any:
    """A value as JSON can hold it: times in ISO 8601, money as text."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _warehouse(shop: ShopFolder) -> Warehouse:
    # Imported where it is needed: a process that answers requests stays small until somebody asks.
    from features.events.warehouse import Warehouse

    return Warehouse.open(shop)
