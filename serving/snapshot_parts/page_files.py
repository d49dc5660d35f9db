"""The first items of every customer as usually arranged: where they stand among what is stored for the customer.

A page is a row of 24 bytes: numbers below 50 are places among the customer's stored recommendations, those from 50 on
ranks among the popular items.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from features.arrays import Ints
from serving.arranging.rules import Usual
from serving.snapshot_parts.array_file import ArrayWriter, mapped
from serving.snapshot_parts.customer_files import RECOMMENDATIONS

PLACES = 24
"""So many items are arranged ahead for each customer."""

FIRST_POPULAR = RECOMMENDATIONS
"""The number of the most popular item."""

NOTHING = 255
"""Fills the places of a page that are not used."""

_FILE = "page_place.npy"


def arranged_by(usual: Usual) -> dict[str, float]:
    """The settings that a page depends on, by name."""
    return {"diversity": usual.diversity, "price_respect": usual.price_respect}


class PagesWriter:
    """Writes pages, block by block; after those of all customers comes the one of strangers."""

    def __init__(self, folder: Path) -> None:
        """Begin the file in ``folder``."""
        self._array = ArrayWriter(folder / _FILE, np.uint8, PLACES)

    def add(self, pages: Ints) -> None:
        """Add the next pages, ``NOTHING`` pads, shape ``(n, PLACES)``."""
        self._array.append(pages)

    def close(self) -> None:
        """Complete the file."""
        self._array.close()


class Pages:
    """The pages of one snapshot by the row of the customer."""

    def __init__(self, folder: Path, arranged: Mapping[str, float]) -> None:
        """Map the file of ``folder``; raises :class:`HuitouError` when it is missing or of another kind."""
        self._places = mapped(folder / _FILE, np.uint8, PLACES)
        self._data = self._places.data.cast("B")
        self._arranged = dict(arranged)
        self._same: Usual | None = None
        self.strangers = len(self)
        """The row of the page of who is not known."""

    def __len__(self) -> int:
        """The number of customers."""
        return len(self._places) - 1

    def are_arranged_by(self, usual: Usual) -> bool:
        """Whether these are the settings by which the pages were arranged."""
        if usual is self._same:  # Rules are read seldom, and compared for every answer.
            return True
        same = arranged_by(usual) == self._arranged
        if same:
            self._same = usual
        return same

    def of(self, row: int) -> bytes:
        """The numbers of the page of a row, as many as there are."""
        page = bytes(self._data[row * PLACES : (row + 1) * PLACES])
        return page.rstrip(b"\xff")
