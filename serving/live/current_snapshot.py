"""The snapshot that a running service answers from, swapped when the pointer moves."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.answers.comparisons import Comparison
from serving.file_mark import FileMark, Mark
from serving.snapshot import Snapshot, current_id

_LOG = logging.getLogger("huitou.comparison")


@dataclass(frozen=True)
class _Open:
    mark: Mark | None
    snapshot: Snapshot | None
    trouble: HuitouError | None


@dataclass(frozen=True)
class _Compared:
    """The snapshots of a running comparison; none when one of them cannot be opened, so that nobody is compared."""

    ids: Mapping[str, str] = field(default_factory=dict)
    snapshots: Mapping[str, Snapshot] = field(default_factory=dict)


class CurrentSnapshot:
    """Answers with the open snapshot; requests look at the pointer (1 µs).

    A request keeps the snapshot it began with. One that cannot be opened is not served: the one before
    stays, and ``trouble`` tells why.
    """

    def __init__(
        self,
        shop: ShopFolder,
        comparison: Callable[[], Comparison | None] = lambda: None,
        *,
        look_every_s: float = 0.0,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        """``comparison`` tells which comparison runs (``RunningComparison``).

        The pointer is looked at every ``look_every_s`` at most, as ``seconds`` tells the time.
        """
        self._shop = shop
        self._comparison = comparison
        self._compared = _Compared()
        self._mark = FileMark(shop.snapshots / "CURRENT", look_every_s, seconds).get
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

    def for_person(self, person: str | None) -> tuple[Snapshot, str | None]:
        """The snapshot to answer a person from, and the side of the comparison it is, None outside of one.

        While a comparison runs everybody with an id sees one of its two snapshots, whatever is published meanwhile;
        nobody in particular sees what is published.
        """
        comparison = self._comparison()
        if comparison is None or person is None:
            return self.get(), None
        compared = self._compared
        if compared.ids != comparison.snapshots:
            compared = self._compare(comparison)
        side = comparison.side(person)
        snapshot = compared.snapshots.get(side)
        return (self.get(), None) if snapshot is None else (snapshot, comparison.arm(side))

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

    def _compare(self, comparison: Comparison) -> _Compared:
        with self._swapping:
            if self._compared.ids != comparison.snapshots:
                self._compared = self._both(comparison)
            return self._compared

    def _both(self, comparison: Comparison) -> _Compared:
        is_open = [*self._compared.snapshots.values(), *filter(None, [self._open.snapshot])]
        known = {snapshot.id: snapshot for snapshot in is_open}
        try:
            found = {
                side: known.get(name) or Snapshot(self._shop.snapshots / name)
                for side, name in comparison.snapshots.items()
            }
        except HuitouError as error:
            _LOG.warning("nobody is compared: %s", error.message)
            found = {}
        return _Compared(comparison.snapshots, found)

    def _opened(self, mark: Mark | None) -> _Open:
        before = self._open.snapshot
        try:
            named = current_id(self._shop)
            snapshot = before if before is not None and before.id == named else Snapshot(self._shop.snapshots / named)
            return _Open(mark, snapshot, None)
        except HuitouError as trouble:
            return _Open(mark, before, trouble)
