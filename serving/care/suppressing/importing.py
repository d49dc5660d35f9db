"""Whole files of suppressions: stored all together, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from features.errors import HuitouError
from serving.care.suppressing.file import read_suppressions, refuse_lines
from serving.care.suppressing.rows import ToldSuppression, stored
from serving.care.suppressing.unknown_people import unknown_people
from serving.database.access.audit import Audit
from serving.database.marketing.suppressions import Suppressions
from serving.database.people.address_forms import phone_region
from serving.database.people.contact_cipher import ContactCipher
from serving.database.people.contact_details import ContactDetails
from serving.desk.workroom import Workroom
from serving.snapshot import Snapshot


@dataclass(frozen=True)
class Imported:
    """What came of a file."""

    rows: int
    """Customers and addresses that it names."""
    new: int
    """Those that were not suppressed before."""


def import_suppressions(
    room: Workroom, file: Path, channel: str | None, actor: str, kind: str | None = None, unknown: bool = False
) -> Imported:
    """Suppress everybody whom a CSV file names; ``channel`` is for rows that name none, None for all.

    Raises one :class:`HuitouError`, and stores nothing, when a line is wrong or, but for ``unknown``, names a customer
    whom nobody knows: ids of another system would protect nobody.
    """
    found = read_suppressions(file, channel, kind)
    if not unknown:
        missing = {*unknown_customers(room, (row.value for _, row in found if row.kind == "customer"))}
        wrong = [(line, "customer_id is of nobody known.") for line, row in found if row.value in missing]
        refuse_lines(file, wrong)
    rows = [_with_source(row, file.name) for _, row in found]
    new = sum(Suppressions(room.database).add(stored(rows, details_of(room)), room.clock()))
    details = {"rows": len(rows), "new": new, "channel": channel or "all"}
    Audit(room.database).add(actor, "suppressions.import", "suppressions", details, room.clock())
    return Imported(len(rows), new)


def remove_suppressions(room: Workroom, rows: Sequence[ToldSuppression], actor: str) -> int:
    """Take back some suppressions, all together; return how many there were."""
    keys = [(row.kind, row.value, row.channel) for row in stored(rows, details_of(room))]
    removed = Suppressions(room.database).remove(keys)
    Audit(room.database).add(actor, "suppressions.remove", "suppressions", {"removed": removed}, room.clock())
    return removed


def details_of(room: Workroom) -> ContactDetails:
    """The contact details of the shop, which make the hashes."""
    return ContactDetails(room.database, ContactCipher(room.contact_keys), phone_region(room.shop.settings))


def unknown_customers(room: Workroom, ids: Iterable[str]) -> list[str]:
    """Those of some ids whom neither the snapshot, nor the warehouse, nor the database knows."""
    try:
        snapshot: Snapshot | None = room.snapshot
    except HuitouError:
        snapshot = None  # Nothing is published yet: the others tell.
    wanted = unknown_people(snapshot, room.database, ids)
    if not wanted:
        return []
    from features.events.warehouse import Warehouse

    known = Warehouse.open(room.shop).people()
    return [each for each in wanted if each not in known]


def _with_source(row: ToldSuppression, source: str) -> ToldSuppression:
    return ToldSuppression(row.kind, row.value, row.channel, source[:100])
