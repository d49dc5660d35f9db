"""The items as they are now: what the shop said of stock and prices is laid over the snapshot's shelf."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from features.errors import HuitouError
from serving.database.described_items import ItemNow
from serving.snapshot import Snapshot

_LOG = logging.getLogger("huitou.api")

MOST_SNAPSHOTS = 3
"""So many snapshots have a shelf laid over: the served one, another one of a comparison, and the one before a swap."""


class LiveShelves:
    """Gives a snapshot with the newest stock and prices; it is made again only when something changed."""

    def __init__(self, changed_after: Callable[[int], Sequence[ItemNow]]) -> None:
        """``changed_after`` tells the items that changed after a number, the oldest change first."""
        self._changed_after = changed_after
        self._laid: dict[str, tuple[int, Snapshot]] = {}
        self._laying = threading.Lock()

    def at(self, snapshot: Snapshot, change: int) -> Snapshot:
        """The snapshot with all changes of items up to ``change``, the newest one; 0 where nothing ever changed."""
        if not change:
            return snapshot
        laid = self._laid.get(snapshot.id)
        if laid is not None and laid[0] >= change:
            return laid[1]
        return self._lay(snapshot, change)

    def newest(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot with the changes that are known already: for when the database does not answer."""
        laid = self._laid.get(snapshot.id)
        return snapshot if laid is None else laid[1]

    def _lay(self, snapshot: Snapshot, change: int) -> Snapshot:
        with self._laying:
            known, before = self._laid.get(snapshot.id, (0, snapshot))
            if known >= change:
                return before
            try:
                news = self._changed_after(known)
            except HuitouError as error:
                _LOG.warning("stock and prices stay as they were: %s", error.message)
                return before
            # Rows may have left since, when a snapshot holds them: then there is less than the number says.
            newest = max([change, *(each.change for each in news)])
            laid = before.with_items(news) if news else before
            others = list(self._laid.items())[-MOST_SNAPSHOTS + 1 :]
            self._laid = {**{name: kept for name, kept in others if name != snapshot.id}, snapshot.id: (newest, laid)}
            return laid
