"""What lies in carts and on favourite lists: carted or favourited, and neither taken away nor bought since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from features.arrays import Ints
from features.events.event import EPOCH
from features.history import CART, DAY_US, FAVORITE, PURCHASE, UNCART, UNFAVORITE, History, Pairs
from features.moments import local_days
from serving.snapshot_parts.array_file import ArrayWriter, mapped

OPENS: Mapping[str, tuple[int, tuple[int, ...]]] = {
    "cart": (CART, (UNCART, PURCHASE)),
    "favorite": (FAVORITE, (UNFAVORITE, PURCHASE)),
}
"""What can be open: the kind of event that opens it, and those that close it."""

_COLUMNS = ("row", "item", "day")


@dataclass(frozen=True)
class Open:
    """Items that are open, by rising row of the customer, the newest first; each array of shape ``(n,)``."""

    row: Ints
    """Row of the customer."""
    item: Ints
    """Code of the item."""
    day: Ints
    """The shop's day on which it was opened last, as a number since 1970-01-01."""

    def of(self, row: int) -> Ints:
        """Codes of the items of one customer, the newest first."""
        start, end = np.searchsorted(self.row, [row, row + 1])
        return self.item[start:end]


class OpenWriter:
    """Writes open carts and favourites, block by block."""

    def __init__(self, folder: Path, timezone: str) -> None:
        """Begin the files in ``folder``."""
        self._timezone = timezone
        self._arrays = {
            (opened, name): ArrayWriter(folder / f"open_{opened}_{name}.npy", np.int32)
            for opened in OPENS
            for name in _COLUMNS
        }

    def add(self, history: History, first_row: int) -> None:
        """Add the next customers."""
        self._add("cart", history.open_carts, history, first_row)
        self._add("favorite", history.open_favorites, history, first_row)

    def close(self) -> None:
        """Close the files; nothing can be added any more."""
        for array in self._arrays.values():
            array.close()

    def _add(self, opened: str, pairs: Pairs, history: History, first_row: int) -> None:
        cutoff_us = (history.cutoff - EPOCH).total_seconds() * 1e6
        moments = np.rint(cutoff_us - pairs.age_days * DAY_US).astype(np.int64)
        values = (pairs.customer + first_row, pairs.item, local_days(moments, self._timezone))
        for name, column in zip(_COLUMNS, values, strict=True):
            self._arrays[opened, name].append(column)


def open_items(folder: Path) -> Mapping[str, Open]:
    """The open carts and favourites in ``folder``; raises when a file is missing or of another kind."""
    return {
        opened: Open(*(mapped(folder / f"open_{opened}_{name}.npy", np.int32) for name in _COLUMNS)) for opened in OPENS
    }
