"""What every customer ever did, ordered by kind of event and day: the acts of some days lie beside each other.

A million customers with 14 million events take 110 MB, and who carted something within 30 days is told from 2 % of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap

from features.arrays import Ints, run_lengths, run_starts
from features.events.event import KINDS
from serving.snapshot_parts.array_file import ArrayWriter, broken, mapped, write_array

_RAW = {"kind": np.uint8, "day": np.int32, "row": np.int32, "item": np.int32}
_KEPT = ("row", "item")
_BLOCK = 1_000_000


@dataclass(frozen=True)
class ActsOfKind:
    """Acts of one kind on some days, by day and then by customer; each array of shape ``(n,)``."""

    row: Ints
    """Row of the customer."""
    item: Ints
    """Code of the item."""
    begins: Ints
    """Where each day begins, and the end of the last; shape ``(n_days + 1,)``."""
    first_day: int
    """The first of the days, as a number since 1970-01-01."""

    @classmethod
    def of_days(cls, row: Ints, item: Ints, day: Ints) -> ActsOfKind:
        """Acts with the day of each, in any order."""
        order = np.lexsort((row, day))
        first, last = (int(day[order[0]]), int(day[order[-1]])) if len(day) else (0, 0)
        begins = np.searchsorted(day[order], np.arange(first, last + 2))
        return cls(row[order], item[order], begins, first)

    def chosen(self, places: Ints) -> ActsOfKind:
        """Some of them, by rising places."""
        # Where the days begin is looked up among the places: a day for each act would cost as much as all else.
        return ActsOfKind(self.row[places], self.item[places], np.searchsorted(places, self.begins), self.first_day)

    def once_a_day(self) -> ActsOfKind:
        """One act of each customer on each day."""
        changes = np.ones(len(self.row), dtype=bool)
        np.not_equal(self.row[1:], self.row[:-1], out=changes[1:])
        changes[self.begins[:-1][np.diff(self.begins) > 0]] = True
        return self.chosen(np.flatnonzero(changes))

    @property
    def day(self) -> Ints:
        """The shop's day of each act, as a number since 1970-01-01."""
        lengths = np.diff(self.begins)
        return np.repeat(np.arange(len(lengths), dtype=np.int32) + self.first_day, lengths)


class ActsWriter:
    """Collects acts as customers are added, and writes them in order at the end, in bounded memory."""

    def __init__(self, folder: Path) -> None:
        """Begin the files in ``folder``."""
        self._folder = folder
        self._first: int | None = None
        self._last = 0
        self._arrays = {name: ArrayWriter(folder / f"raw_{name}.npy", dtype) for name, dtype in _RAW.items()}

    def add(self, kind: Ints, day: Ints, row: Ints, item: Ints) -> None:
        """Add acts, each array of shape ``(n,)``: of customers whose rows are not below those that were added."""
        if len(day):
            self._first = int(day.min()) if self._first is None else min(self._first, int(day.min()))
            self._last = max(self._last, int(day.max()))
        for name, values in zip(_RAW, (kind, day, row, item), strict=True):
            self._arrays[name].append(values)

    def finish(self) -> None:
        """Write the acts in order."""
        self.close()
        first = self._first or 0
        days = max(self._last - first + 1, 1)
        raw = {name: mapped(self._folder / f"raw_{name}.npy", dtype) for name, dtype in _RAW.items()}
        size = len(raw["kind"])
        counts = np.zeros(len(KINDS) * days, dtype=np.int64)
        for part in _blocks(size):
            counts += np.bincount(_place(raw["kind"][part], raw["day"][part], first, days), minlength=len(counts))
        begins = np.concatenate(([0], np.cumsum(counts)))
        sorted_ = {name: _array(self._folder / f"act_{name}.npy", size) for name in _KEPT}
        filled = begins[:-1].copy()
        for part in _blocks(size):
            place = _place(raw["kind"][part], raw["day"][part], first, days)
            order = place.argsort(kind="stable")
            starts = run_starts(np.diff(place[order]) != 0, len(order))
            lengths = run_lengths(starts, len(order))
            there = place[order][starts]
            target = np.repeat(filled[there] - starts, lengths) + np.arange(len(order))
            for name, array in sorted_.items():
                array[target] = raw[name][part][order]
            filled[there] += lengths
        for array in sorted_.values():
            if isinstance(array, np.memmap):
                array.flush()
        write_array(self._folder / "act_begins.npy", begins, np.int64)
        write_array(self._folder / "act_first_day.npy", np.array([first]), np.int64)
        for name in _RAW:
            (self._folder / f"raw_{name}.npy").unlink()

    def close(self) -> None:
        """Close the files; nothing can be added any more."""
        for array in self._arrays.values():
            array.close()


class Acts:
    """The acts of the customers of one snapshot."""

    def __init__(self, folder: Path) -> None:
        """Map the files of ``folder``; raises :class:`HuitouError` when one is missing or of another kind."""
        self._row, self._item = (mapped(folder / f"act_{name}.npy", np.int32) for name in _KEPT)
        begins = mapped(folder / "act_begins.npy", np.int64)
        first = mapped(folder / "act_first_day.npy", np.int64)
        if len(first) != 1 or len(begins) % len(KINDS) != 1 or {len(self._row), len(self._item)} != {int(begins[-1])}:
            raise broken(folder / "act_begins.npy", "its numbers are not those of the acts")
        self._begins, self.first_day = begins, int(first[0])
        """The first day on which anything was done."""
        self._days = len(begins) // len(KINDS)

    def __len__(self) -> int:
        return len(self._row)

    @property
    def last_day(self) -> int:
        """The last day on which anything was done."""
        return self.first_day + self._days - 1

    def of(self, kind: int, first_day: int, last_day: int) -> ActsOfKind:
        """The acts of a kind from a day to another, both included; views of the files, nothing is copied."""
        first, last = max(first_day, self.first_day), min(last_day, self.last_day)
        if first > last:
            return ActsOfKind(self._row[:0], self._item[:0], np.zeros(1, dtype=np.int64), first)
        start = kind * self._days + first - self.first_day
        begins = self._begins[start : start + last - first + 2]
        part = slice(int(begins[0]), int(begins[-1]))
        return ActsOfKind(self._row[part], self._item[part], begins - begins[0], first)


def _place(kind: Ints, day: Ints, first: int, days: int) -> Ints:
    """The number of each act's kind and day."""
    return kind.astype(np.int64) * days + (day - first)


def _blocks(size: int) -> Iterator[slice]:
    return (slice(start, start + _BLOCK) for start in range(0, size, _BLOCK))


def _array(file: Path, size: int) -> Ints:
    """A file of so many numbers that is written in no order."""
    if not size:  # Nothing cannot be mapped.
        write_array(file, np.zeros(0), np.int32)
        return np.zeros(0, dtype=np.int32)
    return open_memmap(file, mode="w+", dtype=np.int32, shape=(size,))
