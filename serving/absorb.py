"""Moving what arrived over HTTP from the database into the warehouse, each thing exactly once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.events.contact_rows import as_stored, moved_contacts
from features.events.event import with_person
from features.events.staging import Staging
from features.events.warehouse import Appended, Warehouse
from features.shop_folder import ShopFolder
from serving.database.answers.comparisons import Comparisons
from serving.database.connection import Database
from serving.database.described_items import DescribedItems
from serving.database.inbox import Inbox
from serving.database.marketing.contact_log import ContactLog
from serving.database.people.described import Described
from serving.database.people.erased import Erased
from serving.database.people.merged import Merged
from serving.privacy.merging import move_of
from serving.snapshot import current_id
from serving.snapshot_parts.manifest import Manifest, SnapshotHeader

BATCH = 20_000
"""How many rows are moved in one commit."""

MOST_FILES = 32
"""A bucket with more files has its small ones joined."""

EVERY_S = 60.0
"""How long the mover rests after a commit, in seconds."""

SHARE = 20
"""It rests at least so many times as long as the commit took."""

SMALL_FILE_BYTES = 8_000_000
"""Larger files are left alone: writing everything anew each time would cost more than it saves."""

Step = Callable[[str], None]
"""Told of each step that is on disk; for tests that stop a process there."""


_NO_EVENTS = Appended(0, 0)


@dataclass(frozen=True)
class Absorbed:
    """What came into the warehouse."""

    events: Appended = _NO_EVENTS
    """Events that were new to it, and those that it had."""
    customers: int = 0
    """Descriptions of customers."""
    items: int = 0
    """Descriptions of items."""
    contacts: int = 0
    """Contacts of campaigns."""


def absorb_all(
    shop: ShopFolder, engine: Database, clock: Callable[[], datetime], step: Step = lambda name: None
) -> Absorbed:
    """Move everything that waits, then remove from the database what all served snapshots hold.

    A process that is killed anywhere in between loses nothing and doubles nothing. The shop's writer lock is taken
    only when something waits. Raises :class:`HuitouError` ``busy`` while another process writes to the shop.
    """
    return Absorbed(
        customers=absorb_customers(shop, Described(engine), step),
        items=absorb_items(shop, DescribedItems(engine), clock, step),
        contacts=absorb_contacts(shop, ContactLog(engine), Merged(engine), step),
        events=absorb(shop, Inbox(engine), step),
    )


class Absorber:
    """:func:`absorb_all` for a process that asks every few seconds.

    Each commit makes files and reads the ids of the buckets that it adds to, so that it rests after each.
    """

    def __init__(
        self, shop: ShopFolder, engine: Database, clock: Callable[[], datetime], every_s: float = EVERY_S
    ) -> None:
        self._shop = shop
        self._engine = engine
        self._clock = clock
        self._every_s = every_s
        self._due_at: datetime | None = None

    def step(self) -> Absorbed:
        """Move what waits, unless something was moved just now and less than a batch of events waits."""
        begun_at = self._clock()
        if self._due_at is not None and begun_at < self._due_at and Inbox(self._engine).waiting() < BATCH:
            return Absorbed()
        done = absorb_all(self._shop, self._engine, self._clock)
        if done != Absorbed():
            ended_at = self._clock()
            self._due_at = ended_at + max(timedelta(seconds=self._every_s), SHARE * (ended_at - begun_at))
        return done


def absorb(shop: ShopFolder, inbox: Inbox, step: Step = lambda name: None) -> Appended:
    """Store all waiting events in the warehouse, then remove from the database what all served snapshots hold.

    The warehouse takes an ``event_id`` only once, so a process that is killed between storing and marking
    loses nothing and doubles nothing: the next call stores the rest and marks all. Events of merged visitors are
    stored as their customers', those of deleted people not at all.
    """
    moved = _moved(shop, inbox, step) if inbox.waiting() else _NO_EVENTS
    forget(shop, inbox.engine)
    step("forgotten")
    return moved


def settled(shop: ShopFolder, inbox: Inbox, step: Step = lambda name: None) -> Behaviour:
    """What the shop knows, at a moment when the warehouse holds no event that the inbox gives as fresh.

    Whatever is computed from it and answers beside the inbox counts each event once. While events are moved, and after
    a process was killed there, the warehouse holds some that are not marked yet: then they are marked first. Raises
    :class:`HuitouError` (``busy``) when that takes the lock, and another process writes for longer.
    """
    behaviour = Behaviour.of(shop)
    # In this order: what was stored without being marked when the version was read waits, or came with a later one.
    if inbox.waiting() or Warehouse.open(shop).reader().version != behaviour.reader.version:
        with shop.writing(briefly=True):
            _move(shop, inbox, step)
            behaviour = Behaviour.of(shop)
    return behaviour


def _moved(shop: ShopFolder, inbox: Inbox, step: Step) -> Appended:
    with shop.writing(briefly=True):
        return _move(shop, inbox, step)


def _move(shop: ShopFolder, inbox: Inbox, step: Step) -> Appended:
    """Store and mark all waiting events; the caller holds the lock."""
    merged, erased = Merged(inbox.engine), Erased(inbox.engine)
    stored = repeated = 0
    warehouse = Warehouse.open(shop)
    while (waiting := inbox.take(BATCH)).sequences:
        staging = Staging(shop.staging / "inbox", shop.settings.buckets, shop.settings.timezone)
        staging.add(merged.adopt(_without_erased(waiting.rows, erased)))
        step("staged")
        moved = warehouse.append(staging)
        step("stored")
        inbox.mark_absorbed(waiting.sequences, warehouse.reader().version)
        step("marked")
        stored, repeated = stored + moved.stored, repeated + moved.repeated
    if _many_files(warehouse):
        warehouse.compact(SMALL_FILE_BYTES)
        step("compacted")
    return Appended(stored, repeated)


def absorb_customers(shop: ShopFolder, described: Described, step: Step = lambda name: None) -> int:
    """Store what was told of customers in the warehouse; return how many of them.

    A process that is killed between storing and marking doubles nothing: describing again changes nothing.
    """
    stored = 0
    if not len(described.take(1).rows):
        return stored
    with shop.writing(briefly=True):
        warehouse = Warehouse.open(shop)
        while len((waiting := described.take(BATCH)).rows):
            warehouse.put_customers(waiting.rows)
            step("customers stored")
            described.mark_stored(waiting)
            step("customers marked")
            stored += len(waiting.rows)
    return stored


def absorb_items(
    shop: ShopFolder, described: DescribedItems, clock: Callable[[], datetime], step: Step = lambda name: None
) -> int:
    """The same for items."""
    stored = 0
    if not len(described.take(1).rows):
        return stored
    with shop.writing(briefly=True):
        warehouse = Warehouse.open(shop)
        while len((waiting := described.take(BATCH)).rows):
            warehouse.put_items(waiting.rows)
            step("items stored")
            described.mark_stored(waiting, clock())
            step("items marked")
            stored += len(waiting.rows)
    return stored


def absorb_contacts(shop: ShopFolder, log: ContactLog, merged: Merged, step: Step = lambda name: None) -> int:
    """Store the contacts of campaigns in the warehouse, each exactly once; return how many of them.

    The warehouse takes a contact of a customer only once, so a process that is killed between storing and marking
    doubles nothing. Those of merged visitors are stored as their customers'. What became of the message stays in the
    log: training asks who was written to.
    """
    stored = 0
    if not log.take(1).numbers:
        return stored
    with shop.writing(briefly=True):
        warehouse = Warehouse.open(shop)
        while (waiting := log.take(BATCH)).numbers:
            warehouse.append_contacts(_of_owners(waiting.rows, merged))
            step("contacts stored")
            log.mark_stored(waiting)
            step("contacts marked")
            stored += len(waiting.numbers)
    return stored


def forget(shop: ShopFolder, engine: Database) -> None:
    """Remove from the database what every served snapshot, those of a running comparison included, holds already."""
    served = _served(shop, Comparisons(engine).pinned())
    if served:
        Inbox(engine).remove(min(header.event_version for header in served))
        DescribedItems(engine).remove(min(header.published_at for header in served))


def _served(shop: ShopFolder, compared: Collection[str]) -> list[SnapshotHeader]:
    try:
        names = {current_id(shop), *compared}
        return [Manifest.read(shop.snapshots / name / "manifest.json").header for name in names]
    except HuitouError:
        return []  # Nothing is served yet: everything is fresh.


def _without_erased(events: pa.Table, erased: Erased) -> pa.Table:
    people = with_person(events)["customer_id"]
    gone = erased.among(pc.unique(people).to_pylist()) if erased.any() else set()
    return events.filter(pc.invert(pc.is_in(people, pa.array([*gone], pa.string())))) if gone else events


def _of_owners(contacts: pa.Table, merged: Merged) -> pa.Table:
    merges = merged.among(pc.unique(contacts["customer_id"]).to_pylist())
    return moved_contacts(as_stored(contacts), [*map(move_of, merges)])


def _many_files(warehouse: Warehouse) -> bool:
    return max(map(len, warehouse.reader().files.values()), default=0) > MOST_FILES
