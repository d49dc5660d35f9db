"""From an id to its row and back, in memory maps: no dictionary of all ids is held by any process.

Rows are found by a 64-bit hash, sorted, and verified against the stored text, so that two ids of one hash
(about one pair in 2^64 / n^2) are told apart.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.arrays import Ints
from features.errors import HuitouError
from serving.snapshot_parts.array_file import ArrayWriter, mapped, write_array

NO_ROW = -1
"""The row of an id that is not there."""

FEW = 10_000
"""Whether one of so few ids is there is told from a set, about 1 MB: a tenth of the time of looking it up."""


def key_of(text: bytes) -> int:
    """The first 64 bits of BLAKE2b of an id in UTF-8."""
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little")


class IdIndexWriter:
    """Writes the ids of rows in the order in which they are added."""

    def __init__(self, folder: Path, name: str) -> None:
        """Begin the files ``{name}_*.npy`` in ``folder``."""
        self._folder, self._name = folder, name
        self._text = ArrayWriter(folder / f"{name}_text.npy", np.uint8)
        self._end = ArrayWriter(folder / f"{name}_end.npy", np.int64)
        self._keys: list[Ints] = []
        self._length = 0

    def add(self, ids: Sequence[str]) -> None:
        """Add the ids of the next rows."""
        encoded = [value.encode() for value in ids]
        ends = self._length + np.cumsum([len(text) for text in encoded], dtype=np.int64)
        self._text.append(np.frombuffer(b"".join(encoded), dtype=np.uint8))
        self._end.append(ends)
        self._length = int(ends[-1]) if len(ends) else self._length
        self._keys.append(np.array([key_of(text) for text in encoded], dtype=np.uint64))

    def close(self) -> None:
        """Close the files; ids can no longer be added."""
        self._text.close()
        self._end.close()

    def sort(self) -> None:
        """Close the files and write the keys in order; raises when an id was added twice."""
        self.close()
        keys = np.concatenate([np.zeros(0, dtype=np.uint64), *self._keys])
        order = np.argsort(keys, kind="stable")
        write_array(self._folder / f"{self._name}_key.npy", keys[order], np.uint64)
        write_array(self._folder / f"{self._name}_row.npy", order, np.int64)
        IdIndex(self._folder, self._name).refuse_repeats()


class IdIndex:
    """Rows by id."""

    def __init__(self, folder: Path, name: str) -> None:
        """Map the files ``{name}_*.npy`` of ``folder``."""
        self.name = name
        # Memory views: a single number of an array costs numpy a microsecond, and them a twentieth.
        self._text = mapped(folder / f"{name}_text.npy", np.uint8).data
        self._end = mapped(folder / f"{name}_end.npy", np.int64).data
        self._key = mapped(folder / f"{name}_key.npy", np.uint64).data
        self._row = mapped(folder / f"{name}_row.npy", np.int64).data
        self._few: frozenset[str] | None = None

    def __len__(self) -> int:
        return len(self._end)

    def __contains__(self, identity: str) -> bool:
        if len(self) > FEW:
            return self.row(identity) != NO_ROW
        if self._few is None:
            self._few = frozenset(map(self.id, range(len(self))))
        return identity in self._few

    def row(self, identity: str) -> int:
        """The row of an id, ``NO_ROW`` where it is not known."""
        text = identity.encode("utf-8", "surrogatepass")
        key = key_of(text)
        position = bisect_left(self._key, key)
        while position < len(self._key) and self._key[position] == key:
            row = self._row[position]
            if self._bytes(row) == text:
                return row
            position += 1
        return NO_ROW

    def rows(self, ids: Sequence[str]) -> Ints:
        """The rows of the ids that are known, in order; the others are left out."""
        found = np.array([self.row(identity) for identity in ids], dtype=np.int64)
        known: Ints = found[found != NO_ROW]
        return known

    def ids(self) -> pa.Array:
        """Every id by row, as large strings of shape ``(n,)``; the texts are not copied."""
        offsets = np.concatenate(([0], np.asarray(self._end)))
        return pa.LargeStringArray.from_buffers(len(self), pa.py_buffer(offsets), pa.py_buffer(self._text))

    def keys(self) -> NDArray[np.uint64]:
        """The first 64 bits of BLAKE2b of each id, by row; shape ``(n,)``."""
        keys = np.empty(len(self), dtype=np.uint64)
        keys[np.asarray(self._row)] = np.asarray(self._key)
        return keys

    def row_of_each(self, keys: NDArray[np.uint64]) -> Ints:
        """The row of each id, of some as :meth:`keys` gives them, ``NO_ROW`` where it is not known; shape ``(n,)``.

        Where two ids share a key one of them counts: for people, about one pair in 2^64 / n^2.
        """
        known = np.asarray(self._key)
        if not len(known):
            return np.full(len(keys), NO_ROW, dtype=np.int64)
        place = np.minimum(np.searchsorted(known, keys), len(known) - 1)
        return np.where(known[place] == keys, np.asarray(self._row)[place], NO_ROW)

    def rows_of_keys(self, keys: NDArray[np.uint64]) -> Ints:
        """The rows of those ids, as :meth:`row_of_each` finds them, that are known; shape ``(n,)``."""
        rows = self.row_of_each(keys)
        known: Ints = rows[rows != NO_ROW]
        return known

    def beginning_with(self, prefix: str) -> NDArray[np.bool_]:
        """Whether each id begins with a text that is not empty, by row; shape ``(n,)``."""
        wanted = np.frombuffer(prefix.encode(), dtype=np.uint8)
        text, ends = np.asarray(self._text), np.asarray(self._end)
        starts = np.concatenate(([0], ends[:-1]))
        found = ends - starts >= len(wanted)
        for place, byte in enumerate(wanted.tolist()):
            found[found] = text[starts[found] + place] == byte
        return found

    def id(self, row: int) -> str:
        """The id of a row."""
        return self._bytes(row).decode()

    def refuse_repeats(self) -> None:
        """Raise when two rows have the same id."""
        keys = np.asarray(self._key)
        for position in np.flatnonzero(keys[1:] == keys[:-1]).tolist():
            first, second = self._row[position], self._row[position + 1]
            if self._bytes(first) == self._bytes(second):
                raise HuitouError(
                    f"a snapshot holds each {self.name} once; got {self.id(first)!r} twice. Add it in one bucket only.",
                    code="repeated_id",
                    field=self.name,
                    value=self.id(first),
                )

    def _bytes(self, row: int) -> bytes:
        start = self._end[row - 1] if row else 0
        return bytes(self._text[start : self._end[row]])
