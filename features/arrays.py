"""The arrays that go between the parts: names for their kinds, and runs of equal values in them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Ints = NDArray[np.integer[Any]]
"""Codes, positions or counts."""
Floats = NDArray[np.floating[Any]]
"""Measured or computed numbers; NaN says that there is none."""
Flags = NDArray[np.bool_]
"""One truth value for each row."""


def joined(column: pa.ChunkedArray) -> pa.Array:
    """A chunked column as one array, also when it has no chunks."""
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def among(column: pa.Array, values: pa.Array) -> Flags:
    """Which entries of a column are among some values, shape ``(n,)``."""
    found: Flags = pc.is_in(column, value_set=values).to_numpy(zero_copy_only=False)
    return found


def run_starts(changed: Flags, size: int) -> Ints:
    """Where each run of equal values begins, told by whether each of ``size`` values but the first changed."""
    ends = places(changed)
    starts = np.zeros(len(ends) + 1, dtype=np.int64)
    np.add(ends, 1, out=starts[1:])
    return starts[:size]


def run_lengths(starts: Ints, size: int) -> Ints:
    """How long each run is, told by where they begin and where the last ends."""
    lengths = np.empty(len(starts), dtype=np.int64)
    np.subtract(starts[1:], starts[:-1], out=lengths[:-1])
    lengths[-1:] = size - starts[-1:]
    return lengths


def runs(column: pa.ChunkedArray) -> tuple[pa.Array, Ints]:
    """The distinct values of an ordered column and where each begins, with the end."""
    array = joined(column)
    if len(array) == 0:
        return array, np.zeros(1, dtype=np.int64)
    changed = pc.not_equal(array.slice(1), array.slice(0, len(array) - 1)).to_numpy(zero_copy_only=False)
    starts = run_starts(changed, len(array))
    return array.take(pa.array(starts)), np.append(starts, len(array))


def distinct(values: Ints) -> tuple[Ints, Ints]:
    """The distinct values, rising, and the place of each entry's among them: half the cost of ``np.unique`` for few."""
    order = values.argsort()
    ordered = values[order]
    first = np.empty(len(values), dtype=bool)
    first[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    place = np.empty(len(values), dtype=np.int64)
    place[order] = first.cumsum() - 1
    return ordered[first], place


def ratio(part: Floats | Ints, whole: Floats | Ints) -> Floats:
    """``part / whole``, NaN where ``whole`` is zero or missing; shape of ``part``."""
    told = whole != 0
    if told.all():
        return np.divide(part, whole, out=np.empty(part.shape))  # Without a mask it takes a third of the time.
    return np.divide(part, whole, out=missing(part.shape), where=told)


def missing(shape: int | tuple[int, ...]) -> Floats:
    """An array of NaN alone: a third of the cost of ``np.full`` for few."""
    nothing: Floats = np.empty(shape)
    nothing.fill(np.nan)
    return nothing


def places(flags: Flags) -> Ints:
    """Where flags ``(n,)`` are set, rising: a fifth of the cost of ``np.flatnonzero`` for few."""
    found: Ints = flags.nonzero()[0]
    return found
