"""Moving fresh events from the inbox into the warehouse, each exactly once."""

from __future__ import annotations

from features.errors import HuitouError
from features.events.staging import Staging
from features.events.warehouse import Appended, Warehouse
from features.shop_folder import ShopFolder
from serving.database.described import Described
from serving.database.inbox import Inbox
from serving.snapshot import current_id
from serving.snapshot_parts.manifest import Manifest

BATCH = 20_000
"""How many events are moved in one commit."""


def absorb(shop: ShopFolder, inbox: Inbox) -> Appended:
    """Store all waiting events in the warehouse, then remove those that the served snapshot already holds.

    The warehouse takes an ``event_id`` only once, so a process that is killed between storing and marking
    loses nothing and doubles nothing: the next call stores the rest and marks all. Raises
    :class:`HuitouError` while another process writes to the shop.
    """
    stored = repeated = 0
    with shop.writing():
        warehouse = Warehouse.open(shop)
        while (waiting := inbox.take(BATCH)).sequences:
            staging = Staging(shop.staging / "inbox", shop.settings.buckets, shop.settings.timezone)
            staging.add(waiting.rows)
            moved = warehouse.append(staging)
            inbox.mark_absorbed(waiting.sequences, warehouse.reader().version)
            stored, repeated = stored + moved.stored, repeated + moved.repeated
    forget(shop, inbox)
    return Appended(stored, repeated)


def absorb_customers(shop: ShopFolder, described: Described) -> int:
    """Store what was told of customers in the warehouse; return how many of them.

    A process that is killed between storing and marking doubles nothing: describing again changes nothing.
    """
    stored = 0
    with shop.writing():
        warehouse = Warehouse.open(shop)
        while len((waiting := described.take(BATCH)).rows):
            warehouse.put_customers(waiting.rows)
            described.mark_stored(waiting)
            stored += len(waiting.rows)
    return stored


def forget(shop: ShopFolder, inbox: Inbox) -> int:
    """Remove from the inbox what the served snapshot was computed from; return how many events."""
    try:
        manifest = Manifest.read(shop.snapshots / current_id(shop) / "manifest.json")
    except HuitouError:
        return 0  # Nothing is served yet: everything is fresh.
    return inbox.remove(manifest.header.event_version)
