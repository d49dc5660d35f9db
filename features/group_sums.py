"""Sums of a weight by person and group of items, looked up for wanted pairs of person and group."""

from __future__ import annotations

import numpy as np

from features.arrays import Floats, Ints, distinct
from features.catalogue import UNKNOWN

MOST_CELLS = 1_000_000
"""So many cells are held as they are, 8 MB; of more only those that something falls into, found by their order."""


class GroupSums:
    """What of some entries falls to each person in each group; entries without a group are left out."""

    def __init__(self, person: Ints, group: Ints, weight: Floats, people: int, groups: int) -> None:
        """``person``, ``group`` (``UNKNOWN`` where none) and ``weight`` have shape ``(n,)``."""
        self._size = np.int64(max(groups, 1))
        known = group != UNKNOWN
        if not known.all():
            person, group, weight = person[known], group[known], weight[known]
        self.known = known
        """Which of the entries have a group, shape ``(n,)``."""
        key = person * self._size + group
        if people * self._size <= MOST_CELLS:
            self._keys: Ints | None = None
            self._place: Ints = key
            self.sums = np.bincount(key, weights=weight, minlength=people * int(self._size)).astype(np.float64)
            """The sums, by cell; shape ``(n_cells,)``."""
        else:
            cells, self._place = distinct(key)
            self._keys = cells
            self.sums = np.bincount(self._place, weights=weight, minlength=1).astype(np.float64)

    def cells(self, person: Ints, group: Ints) -> Ints:
        """The cell of each wanted pair of person and group, ``UNKNOWN`` where there is none; shape ``(n,)``."""
        key = person * self._size + group
        nowhere = group == UNKNOWN
        if self._keys is None:
            key[nowhere] = UNKNOWN
            return key
        place = np.minimum(self._keys.searchsorted(key), max(len(self._keys) - 1, 0))
        there = (self._keys[place] == key) if len(self._keys) else np.zeros(len(key), dtype=bool)
        return np.where(there & ~nowhere, place, UNKNOWN)

    def pairs(self, cell: Ints) -> tuple[Ints, Ints]:
        """Person and group of some cells, shapes ``(n,)``."""
        key = cell if self._keys is None else self._keys[cell]
        return key // self._size, key % self._size

    def least(self, values: Floats) -> Floats:
        """The least value among the entries of each cell, infinite where none; ``values`` has shape ``(n,)``."""
        least = np.full(len(self.sums), np.inf)
        np.minimum.at(least, self._place, values if self.known.all() else values[self.known])
        return least
