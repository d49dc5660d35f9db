"""Whom the shop does not know of those who are to be suppressed: an id of another system would protect nobody."""

from __future__ import annotations

from collections.abc import Iterable

from serving.database.connection import Database
from serving.database.inbox import Inbox
from serving.database.people.described import Described
from serving.snapshot import Snapshot
from serving.snapshot_parts.id_index import NO_ROW


def unknown_people(snapshot: Snapshot | None, database: Database, ids: Iterable[str]) -> list[str]:
    """Those of some ids, sorted, whom the snapshot does not hold and of whom nothing was said over HTTP since."""
    wanted = sorted({*ids})
    if snapshot is not None:
        wanted = [each for each in wanted if snapshot.customers.row(each) == NO_ROW]
    return Inbox(database).unknown(Described(database).unknown(wanted))
