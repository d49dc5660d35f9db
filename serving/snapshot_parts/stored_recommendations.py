"""What is recommended to every customer of a snapshot, as memory maps."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from features.arrays import Floats, Ints
from serving.snapshot_parts.array_file import mapped
from serving.snapshot_parts.customer_files import NO_ITEM, TYPES

Columns = tuple[list[int], list[float], list[int], list[int], list[int]]
"""Items, scores, sources, items that reasons speak of, and days."""


@dataclass(frozen=True)
class Recommended:
    """The recommendations of one customer, best first."""

    item: Ints
    """Item codes; shape (n,)."""
    score: Floats
    """Falling scores; shape (n,)."""
    source: Ints
    """Positions in the header's sources; shape (n,)."""
    because: Ints
    """Code of the item that a reason speaks of, ``NO_ITEM`` where none; shape (n,)."""
    days: Ints
    """How often the customer usually buys the item, in days, where the reason may say so, else 0; shape (n,)."""

    @classmethod
    def nothing(cls) -> Recommended:
        """No recommendations."""
        return cls(**{name: np.zeros(0, dtype=dtype) for name, dtype in TYPES.items()})


class StoredRecommendations:
    """The recommendations by the row of the customer."""

    def __init__(self, folder: Path, places: int) -> None:
        """Map the files of ``folder``, ``places`` a row; raises when one is missing or of another kind."""
        self._arrays = {
            name: mapped(folder / f"recommended_{name}.npy", dtype, places) for name, dtype in TYPES.items()
        }
        self._item, self._score, self._source, self._because, self._days = self._arrays.values()
        self._places = places
        # Flat memory views: to make lists of short pieces they take a third of numpy's time.
        self._flat: list[Any] = [array.reshape(-1).data for array in self._arrays.values()]

    @property
    def lengths(self) -> dict[str, int]:
        """The number of rows of each array, by what it holds."""
        return {f"recommended {name}": len(array) for name, array in self._arrays.items()}

    def of(self, row: int) -> Recommended:
        """What is stored for the customer of a row."""
        items = self._item[row]
        count = int(np.count_nonzero(items != NO_ITEM))
        return Recommended(*(array[row, :count] for array in self._arrays.values()))

    def columns(self, row: int, count: int) -> Columns:
        """The first ``count`` as lists, with pads."""
        start = row * self._places
        end = start + count
        item, score, source, because, days = self._flat
        return (
            item[start:end].tolist(),
            score[start:end].tolist(),
            source[start:end].tolist(),
            because[start:end].tolist(),
            days[start:end].tolist(),
        )

    def items(self, rows: Ints) -> Ints:
        """Item codes of the customers of some rows, ``NO_ITEM`` pads, shape ``(n, places)``."""
        return np.asarray(self._item[rows])

    def sources(self, rows: Ints) -> Ints:
        """Where these items came from, as positions in the header's sources, shape ``(n, places)``."""
        return np.asarray(self._source[rows])
