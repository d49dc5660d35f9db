"""Several customers who are one person: with one e-mail or telephone, or visitors who turned out to be customers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from features.arrays import Flags, Floats, Ints, run_lengths, run_starts
from serving.care.person_numbers import Keys

MOST_SHARING = 20
"""An address that more customers share stands for nobody: a shop's own, or made up."""


class SamePeople:
    """Who belongs together, by row."""

    def __init__(self, people: int, pairs: Ints) -> None:
        """``pairs`` are rows of the same person, shape ``(n, 2)``; of ``people`` rows in all."""
        self.rows, nodes = np.unique(pairs.reshape(-1), return_inverse=True)
        """The rows of everybody who has more rows than one, rising."""
        self._group = _least_together(len(self.rows), nodes.reshape(-1, 2))
        self._place = np.full(people, -1, dtype=np.int32)
        self._place[self.rows] = np.arange(len(self.rows))

    @classmethod
    def of(cls, addresses: Sequence[Keys], merges: Ints, people: int) -> SamePeople:
        """Those who share an address (0: none), shape ``(people,)`` each, and merged rows, shape ``(n, 2)``."""
        return cls(people, np.concatenate([*map(_sharing, addresses), merges.reshape(-1, 2)]).astype(np.int64))

    def person(self, rows: Ints) -> Ints:
        """For each row the least row of the same person; shape ``(n,)``."""
        if not len(self.rows):
            return rows
        place = self._place[rows]
        return np.where(place >= 0, self.rows[self._group[place]], rows)

    def spread(self, flags: Flags) -> Flags:
        """The flags, set for all rows of a person where one is set; ``flags`` (all rows) is changed."""
        if len(self.rows):
            said = np.zeros(len(self.rows), dtype=bool)
            said[self._group[flags[self.rows]]] = True
            flags[self.rows] = said[self._group]
        return flags

    def keys(self, keys: Keys) -> Keys:
        """The keys (all rows) with the least one of each person for all rows of the person."""
        if not len(self.rows):
            return keys
        least = keys[self.rows].copy()
        np.minimum.at(least, self._group, keys[self.rows])
        one = keys.copy()
        one[self.rows] = least[self._group]
        return one

    def repeated(self, rows: Ints, idle_days: Floats) -> Flags:
        """Which of some rows stand for a person whom another one of them stands for; shape ``(n,)``.

        Of each person the row that did something last is not flagged; ``idle_days`` is told for all rows.
        """
        flags = np.zeros(len(rows), dtype=bool)
        if not len(self.rows):
            return flags
        several = np.flatnonzero(self._place[rows] >= 0)
        mine = rows[several]
        group = self._group[self._place[mine]]
        order = np.lexsort((mine, idle_days[mine], group))
        flags[several[order[1:]]] = group[order[1:]] == group[order[:-1]]
        return flags


def _sharing(addresses: Keys) -> Ints:
    """Pairs of rows with one address, each with the next one."""
    rows = np.flatnonzero(addresses)
    order = rows[np.argsort(addresses[rows], kind="stable")]
    ordered = addresses[order]
    starts = run_starts(ordered[1:] != ordered[:-1], len(ordered))
    lengths = run_lengths(starts, len(ordered))
    length = np.repeat(lengths, lengths)
    same = (ordered[1:] == ordered[:-1]) & (length[1:] <= MOST_SHARING)
    return np.column_stack([order[:-1][same], order[1:][same]])


def _least_together(count: int, pairs: Ints) -> Ints:
    """The least of the nodes that are joined to each by pairs, straight or over others; shape ``(count,)``."""
    least = np.arange(count)
    while len(pairs):
        before = least.copy()
        lower = np.minimum(least[pairs[:, 0]], least[pairs[:, 1]])
        for side in (0, 1):
            np.minimum.at(least, least[pairs[:, side]], lower)
            np.minimum.at(least, pairs[:, side], lower)
        least = least[least]
        if np.array_equal(before, least):
            break
    return least
