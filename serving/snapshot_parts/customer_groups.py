"""Layer and kind of every customer, and who is set aside."""

from __future__ import annotations

from features.arrays import Flags, Ints
from serving.snapshot_parts.audience.columns import UNKNOWN, Columns


class CustomerGroups:
    """Layer and kind by the row of the customer."""

    def __init__(self, columns: Columns) -> None:
        """They are looked up in the memory maps of the table of customers."""
        self._layers, self._kinds = (columns.described[name].names for name in ("layer", "kind"))
        self._layer, self._kind, self._set_aside = (columns.values(name) for name in ("layer", "kind", "set_aside"))

    def of(self, row: int) -> tuple[str, str]:
        """Layer and kind of the customer of a row."""
        return self._layers[self._layer[row]], self._kinds[self._kind[row]]

    def set_aside(self, rows: Ints) -> Flags:
        """Which of the customers of some rows are set aside, shape ``(n,)``."""
        flags: Flags = self._set_aside[rows] != UNKNOWN
        return flags
