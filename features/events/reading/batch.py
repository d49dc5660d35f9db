"""Some rows of a file, as they stand in it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from features.events.checks import Rejection, shown_texts
from features.events.values.objects import Columns, columns_of


@dataclass(frozen=True)
class Broken:
    """A piece of a file that is no row."""

    rejection: Rejection
    """Where it is and what is wrong with it."""
    text: str
    """What stands there."""


class Batch(Protocol):
    """Some rows of a file."""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns there are."""

    @property
    def numbers(self) -> np.ndarray:
        """The number of each row in the file, shape ``(n,)``."""

    @property
    def broken(self) -> Sequence[Broken]:
        """What stands between the rows but is none."""

    def columns(self, names: Sequence[str]) -> Columns:
        """Some of the columns."""

    def originals(self, indices: np.ndarray) -> list[Any]:
        """Some rows as they stand in the file, ready for JSON."""

    def keep(self, mask: np.ndarray) -> Batch:
        """The rows where ``mask`` (bool, shape ``(n,)``) is true."""


class Reader(Protocol):
    """An open file."""

    @property
    def path(self) -> Path:
        """Where it lies."""

    @property
    def names(self) -> tuple[str, ...]:
        """Its columns, as far as the beginning of the file shows them."""

    @property
    def sample(self) -> tuple[str | None, ...]:
        """The first row as text, in the order of ``names``; empty when there is none."""

    @property
    def headed(self) -> bool:
        """False when the file does not name its columns."""

    @property
    def encoding(self) -> str | None:
        """How its text is written; None where the format leaves no choice."""

    @property
    def total(self) -> int:
        """Its length, in the unit of ``done``."""

    @property
    def done(self) -> int:
        """How much has been read, in bytes or rows."""

    def batches(self) -> Iterator[Batch]:
        """All rows from the beginning."""

    def renamed(self, names: tuple[str, ...]) -> Reader:
        """The same file with other names for its columns."""


@dataclass(frozen=True)
class TableBatch:
    """Rows that came as an Arrow table."""

    table: pa.Table
    """The rows; no two columns have the same name."""
    numbers: np.ndarray
    """The number of each row in the file, shape ``(n,)``."""
    broken: Sequence[Broken] = ()
    """What stands between the rows but is none."""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns there are."""
        return tuple(self.table.column_names)

    def columns(self, names: Sequence[str]) -> Columns:
        """Some of the columns."""
        return Columns(self.table.select(list(names)))

    def originals(self, indices: np.ndarray) -> list[Any]:
        """Some rows by column names."""
        columns = [_plain(column.take(pa.array(indices))) for column in self.table.columns]
        return [dict(zip(self.names, values, strict=True)) for values in zip(*columns, strict=True)]

    def keep(self, mask: np.ndarray) -> TableBatch:
        """The rows where ``mask`` (bool, shape ``(n,)``) is true."""
        return TableBatch(self.table.filter(pa.array(mask)), self.numbers[mask], self.broken)


@dataclass(frozen=True)
class ObjectBatch:
    """Rows that came as JSON objects."""

    rows: Sequence[Mapping[str, Any]]
    """The rows, numbers as texts."""
    texts: Sequence[str]
    """The rows as they stand in the file."""
    names: tuple[str, ...]
    """Every name that a row has."""
    numbers: np.ndarray
    """The number of each row in the file, shape ``(n,)``."""
    broken: Sequence[Broken] = ()
    """What stands between the rows but is none."""

    def columns(self, names: Sequence[str]) -> Columns:
        """Some of the columns."""
        return columns_of(self.rows, names)

    def originals(self, indices: np.ndarray) -> list[Any]:
        """Some rows as objects."""
        return [_object(self.texts[index]) for index in indices]

    def keep(self, mask: np.ndarray) -> ObjectBatch:
        """The rows where ``mask`` (bool, shape ``(n,)``) is true."""
        rows, texts = list(compress(self.rows, mask)), list(compress(self.texts, mask))
        return ObjectBatch(rows, texts, self.names, self.numbers[mask], self.broken)


def distinct(names: Sequence[str | None]) -> tuple[str, ...]:
    """The names without blanks around them; those empty or used before are told apart by position."""
    told: dict[str, None] = {}
    for position, name in enumerate(names, start=1):
        plain = (name or "").strip() or f"column {position}"
        while plain in told:
            plain = f"{plain} (column {position})"
        told[plain] = None
    return tuple(told)


def _plain(column: pa.ChunkedArray) -> list[Any]:
    """Values that JSON can hold, or texts that show them."""
    if pa.types.is_floating(column.type):
        numbers = column.to_pylist()
        return [str(number) if number is not None and not math.isfinite(number) else number for number in numbers]
    if pa.types.is_integer(column.type) or pa.types.is_boolean(column.type):
        plain: list[Any] = column.to_pylist()
        return plain
    return shown_texts(column)


def _object(text: str) -> Any:
    """A line of JSON, or its text where it holds numbers that Python cannot."""
    try:
        return json.loads(text, parse_constant=str)
    except ValueError:
        return text
