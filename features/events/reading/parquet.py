"""Parquet files, in batches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from features.errors import HuitouError
from features.events.checks import shown_texts
from features.events.reading.batch import TableBatch, distinct


@dataclass
class ParquetReader:
    """A Parquet file. Rows are numbered from 1."""

    path: Path
    """Where it lies."""
    names: tuple[str, ...]
    """Its columns."""
    sample: tuple[str | None, ...]
    """The first row as text."""
    types: tuple[pa.DataType, ...]
    """What its columns hold."""
    total: int
    """How many rows it has."""
    batch_rows: int
    """How many rows a batch has at most."""
    headed: bool = True
    """Always true: Parquet names its columns."""
    encoding: None = None
    """Parquet leaves no choice."""
    done: int = 0
    """How many rows have been read."""

    @classmethod
    def open(cls, path: Path, batch_rows: int) -> ParquetReader:
        """The file at ``path``; raises :class:`HuitouError` when it is no whole Parquet file."""
        with _readable(path), pq.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
            first = next(file.iter_batches(1), None)
        sample = () if first is None else tuple(shown_texts(column.slice(0, 1))[0] for column in first.columns)
        return cls(path, distinct(schema.names), sample, tuple(schema.types), rows, batch_rows)

    def renamed(self, names: tuple[str, ...]) -> ParquetReader:
        """The same file with other names for its columns."""
        return replace(self, names=names)

    def batches(self) -> Iterator[TableBatch]:
        """All rows."""
        first = 1
        with _readable(self.path), pq.ParquetFile(self.path) as file:
            for part in file.iter_batches(self.batch_rows):
                table = pa.Table.from_batches([part]).rename_columns(list(self.names))
                yield TableBatch(table, np.arange(first, first + len(part)))
                first += len(part)
                self.done = first - 1


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise HuitouError(
            f"{path} must be a whole Parquet file; {str(error).splitlines()[0]} Export or copy it again.",
            code="damaged_file",
            field="file",
            value=str(path),
        ) from None
