"""The snapshot that a running service answers from, swapped when the pointer moves."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.snapshot import Snapshot, current_id

Mark = tuple[int, int, int]
"""What tells one pointer file from another: inode, time of change in nanoseconds, length."""


@dataclass(frozen=True)
class _Open:
    mark: Mark | None
    snapshot: Snapshot | None
    trouble: HuitouError | None


class CurrentSnapshot:
    """Answers with the open snapshot; the pointer is looked at (1 µs) by every request.

    A request keeps the snapshot it began with. One that cannot be opened is not served: the one before
    stays, and ``trouble`` tells why.
    """

    def __init__(self, shop: ShopFolder) -> None:
        self._shop = shop
        self._pointer = shop.snapshots / "CURRENT"
        self._open = _Open(None, None, None)
        self._swapping = threading.Lock()

    def get(self) -> Snapshot:
        """The snapshot to answer from; raises :class:`HuitouError` when none was ever opened."""
        opened = self._open
        if opened.snapshot is None or opened.mark != self._mark():
            opened = self._swap()
        if opened.snapshot is None:
            raise opened.trouble or HuitouError("no snapshot is open", code="no_snapshot")
        return opened.snapshot

    @property
    def trouble(self) -> HuitouError | None:
        """Why the pointer's snapshot could not be opened, None when it is served."""
        return self._open.trouble

    def _swap(self) -> _Open:
        with self._swapping:
            mark = self._mark()
            if self._open.snapshot is None or self._open.mark != mark:
                self._open = self._opened(mark)
            return self._open

    def _opened(self, mark: Mark | None) -> _Open:
        before = self._open.snapshot
        try:
            named = current_id(self._shop)
            snapshot = before if before is not None and before.id == named else Snapshot(self._shop.snapshots / named)
            return _Open(mark, snapshot, None)
        except HuitouError as trouble:
            return _Open(mark, before, trouble)

    def _mark(self) -> Mark | None:
        try:
            found = os.stat(self._pointer)
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size
