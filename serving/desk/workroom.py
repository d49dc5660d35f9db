"""What longer work on a shop needs: its folder, its database, the clock, and the keys of contact details."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from features.shop_folder import ShopFolder
from serving.database.connection import Database, open_database
from serving.live.current_snapshot import CurrentSnapshot
from serving.snapshot import Snapshot
from serving.snapshot_parts.kept import Kept

MOST_KEPT = 200
"""So many answers of reports are kept, some kilobytes each."""


@dataclass(frozen=True)
class Workroom:
    """One shop, ready for work: the command line, the mover and the desk of the service open the same."""

    shop: ShopFolder
    """Its folder."""
    database: Database
    """Its database."""
    clock: Callable[[], datetime]
    """The present, UTC."""
    contact_keys: str | None
    """The keys that contact details are encrypted with, see :class:`ContactCipher`; None where there are none."""
    current: CurrentSnapshot
    """The snapshot that is served."""
    kept: Kept[Any] = field(default_factory=lambda: Kept(MOST_KEPT))
    """What was worked out before; a key names the version of what it was worked out from."""

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot that is served now; raises :class:`HuitouError` when nothing is published."""
        return self.current.get()


@contextmanager
def workroom(
    shop: ShopFolder,
    database_url: str | None,
    clock: Callable[[], datetime],
    contact_keys: str | None = None,
) -> Iterator[Workroom]:
    """A workroom with a database of its own, which is closed at the end; ``database_url`` None: the shop's own file."""
    engine = open_database(shop, database_url)
    try:
        yield Workroom(shop, engine, clock, contact_keys, CurrentSnapshot(shop))
    finally:
        engine.dispose()
