"""What each customer did before the snapshot, their newest events: live answers begin from it.

Event after event, ordered by customer and time, with an index of where each customer begins. Written block by block,
read as memory maps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.arrays import Floats, Ints
from features.catalogue import UNKNOWN
from features.history import DAY_US, PURCHASE, History
from features.moments import microseconds
from serving.snapshot_parts.array_file import ArrayWriter, mapped, write_array

MOST_EVENTS = 200
"""So many of a customer's newest events are kept; who has more is a bot, or is known well by them."""

TYPES = {
    "kind": np.uint8,
    "item": np.int32,
    "occurred_us": np.int64,
    "local_day": np.int32,
    "local_hour": np.int8,
    "quantity": np.float32,
    "unit_price": np.float32,
    "order": np.int64,
}
"""The arrays, one entry an event; 32 bytes together."""


@dataclass(frozen=True)
class PastEvents:
    """Some of one customer's events, in order of time; each array of shape ``(n,)``."""

    kind: Ints
    """Code of the kind."""
    item: Ints
    """Item code."""
    occurred_us: Ints
    """UTC microseconds since 1970."""
    local_day: Ints
    """The shop's day, as a number since 1970-01-01."""
    local_hour: Ints
    """Hour of the shop's day."""
    quantity: Floats
    """Pieces."""
    unit_price: Floats
    """Price of one piece, NaN where not known."""
    order: Ints
    """Number of the order, see :func:`order_number`, ``UNKNOWN`` where it has no id."""

    def __len__(self) -> int:
        return len(self.kind)

    @classmethod
    def in_order_of_time(cls, parts: Sequence[PastEvents]) -> PastEvents:
        """All of some events; at one moment in the order of the kinds, as in the warehouse."""
        parts = [part for part in parts if len(part)] or [cls.none()]
        if len(parts) == 1:
            return parts[0]
        columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in TYPES}
        order = np.lexsort((columns["kind"], columns["occurred_us"]))
        return cls(**{name: column[order] for name, column in columns.items()})

    @classmethod
    def none(cls) -> PastEvents:
        """No events."""
        return cls(**{name: np.zeros(0, dtype=dtype) for name, dtype in TYPES.items()})


class PastWriter:
    """Writes the newest events of customers, block by block."""

    def __init__(self, folder: Path) -> None:
        """Begin the files in ``folder``."""
        self._folder = folder
        self._arrays = {name: ArrayWriter(folder / f"past_{name}.npy", dtype) for name, dtype in TYPES.items()}
        self._lengths: list[Ints] = []

    def add(self, history: History) -> None:
        """Add the customers of a history, in order."""
        lengths = np.minimum(np.diff(history.boundaries), MOST_EVENTS)
        ends = history.boundaries[1:]
        rows = np.repeat(ends - np.cumsum(lengths), lengths) + np.arange(lengths.sum())
        cutoff_us = microseconds(history.cutoff)
        columns = {name: getattr(history, name)[rows] for name in TYPES if name not in ("occurred_us", "order")}
        columns["occurred_us"] = cutoff_us - np.rint(history.age_days[rows] * DAY_US).astype(np.int64)
        columns["order"] = _order_numbers(history.order_id.take(pa.array(rows)))
        for name, writer in self._arrays.items():
            writer.append(columns[name])
        self._lengths.append(lengths)

    def finish(self) -> None:
        """Complete all files."""
        self.close()
        lengths = np.concatenate([np.zeros(1, dtype=np.int64), *self._lengths])
        write_array(self._folder / "past_boundaries.npy", np.cumsum(lengths), np.int64)

    def close(self) -> None:
        """Close the files; nothing can be added any more."""
        for writer in self._arrays.values():
            writer.close()


class Past:
    """The newest events of every customer of one snapshot."""

    def __init__(self, folder: Path) -> None:
        """Map the files of ``folder``; raises :class:`HuitouError` when one is missing or of another kind."""
        self._boundaries = mapped(folder / "past_boundaries.npy", np.int64)
        self._arrays: dict[str, NDArray[Any]] = {
            name: mapped(folder / f"past_{name}.npy", dtype) for name, dtype in TYPES.items()
        }

    def __len__(self) -> int:
        return len(self._boundaries) - 1

    def of(self, row: int) -> PastEvents:
        """The events of the customer of a row."""
        part = slice(int(self._boundaries[row]), int(self._boundaries[row + 1]))
        return PastEvents(**{name: array[part] for name, array in self._arrays.items()})

    def of_several(self, rows: Ints) -> tuple[PastEvents, Ints]:
        """The events of several customers one after another, and where each begins and the last ends."""
        chosen, boundaries = self._places(rows)
        return PastEvents(**{name: array[chosen] for name, array in self._arrays.items()}), boundaries

    def purchases_of(self, rows: Ints) -> tuple[Ints, Ints, Ints]:
        """For each purchase of several customers the place of its customer in ``rows``, its item and its moment."""
        chosen, boundaries = self._places(rows)
        customer = np.repeat(np.arange(len(rows)), np.diff(boundaries))
        bought = self._arrays["kind"][chosen] == PURCHASE
        chosen = chosen[bought]
        return customer[bought], self._arrays["item"][chosen], self._arrays["occurred_us"][chosen]

    def _places(self, rows: Ints) -> tuple[Ints, Ints]:
        """Where the events of several customers are, and where each customer's begin among them."""
        starts, lengths = self._boundaries[rows], self._boundaries[rows + 1] - self._boundaries[rows]
        boundaries = np.concatenate(([0], np.cumsum(lengths)))
        return np.repeat(starts - boundaries[:-1], lengths) + np.arange(boundaries[-1]), boundaries


def order_number(order_id: str | None) -> int:
    """A number that stands for an order's id, 63 bits of its hash; ``UNKNOWN`` for none."""
    if order_id is None:
        return UNKNOWN
    return int.from_bytes(blake2b(order_id.encode(), digest_size=8).digest(), "little") >> 1


def _order_numbers(order_ids: pa.Array) -> Ints:
    """The number of each order id, ``UNKNOWN`` for none."""
    coded = order_ids.dictionary_encode()
    numbers = np.array([*map(order_number, coded.dictionary.to_pylist()), UNKNOWN], dtype=np.int64)
    codes: Ints = pc.fill_null(coded.indices, len(numbers) - 1).to_numpy(zero_copy_only=False)
    return numbers[codes]
