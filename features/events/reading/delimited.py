"""CSV and its relatives, in batches of text columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from features.errors import HuitouError
from features.events.checks import Rejection
from features.events.reading.batch import Broken, TableBatch
from features.events.reading.text_stream import TextStream

DELIMITERS = (",", "\t", ";", "|")
"""Which delimiters are recognised."""

_NULLS = ["", "\\N"]
_BYTES_PER_ROW = 64
_SAMPLED_RECORDS = 50


@dataclass
class DelimitedReader:
    """A CSV file. Row 1 is its first line, so that rows are numbered as spreadsheets number them."""

    path: Path
    """Where it lies."""
    names: tuple[str, ...]
    """Its columns; ``1``, ``2``, ... where the file does not name them."""
    sample: tuple[str | None, ...]
    """The first row."""
    headed: bool
    """False when the file does not name its columns."""
    encoding: str
    """How its text is written."""
    delimiter: str
    """What stands between two values."""
    skipped: int
    """How many records come before the first row: the names, and empty lines before them."""
    batch_rows: int
    """About how many rows a batch has."""
    done: int = 0
    """How many bytes of the file have been read."""

    @property
    def total(self) -> int:
        """The length of the file in bytes."""
        return self.path.stat().st_size

    def renamed(self, names: tuple[str, ...]) -> DelimitedReader:
        """The same file with other names for its columns."""
        return replace(self, names=names)

    def batches(self) -> Iterator[TableBatch]:
        """All rows; empty lines are passed over, lines with too few or too many values are broken."""
        numbering = _Numbering(self.skipped + 1)
        with TextStream(self.path, self.encoding) as stream:
            tables = self._tables(stream, numbering, self.skipped)
            while True:
                try:
                    part = next(tables, None)
                except pa.ArrowInvalid as error:
                    raise self._unreadable(numbering.last, error) from None
                self.done = stream.bytes_read
                stray = numbering.take_stray()
                rescued = [self._rescued(row, numbering) for row in stray if "\n" in row.text]
                broken = [self._broken(row, numbering) for row in stray]
                if part is None and not broken:
                    return
                table = self._table([] if part is None else [part])
                yield _without_empty(TableBatch(table, numbering.of(len(table)), broken))
                yield from rescued

    def _rescued(self, row: pyarrow.csv.InvalidRow, numbering: _Numbering) -> TableBatch:
        """The lines that a missing quotation mark swallowed, read again without the line that misses it."""
        inner = _Numbering(1)
        inner.shift(0, numbering.shown(row.number))
        swallowed = io.BytesIO(row.text.split("\n", 1)[1].encode())
        try:
            table = self._table(list(self._tables(swallowed, inner, 0)))
        except pa.ArrowInvalid:
            table = self._table([])
        stray = inner.take_stray()
        batch = TableBatch(table, inner.of(len(table)), [self._broken(line, inner) for line in stray])
        numbering.shift(row.number, len(table) + len(stray))
        return _without_empty(batch)

    def _tables(self, stream: io.IOBase, numbering: _Numbering, skipped: int) -> Iterator[pa.RecordBatch]:
        return iter(
            pyarrow.csv.open_csv(
                stream,
                read_options=pyarrow.csv.ReadOptions(
                    column_names=list(self.names),
                    skip_rows_after_names=skipped,
                    block_size=max(self.batch_rows * _BYTES_PER_ROW, 65_536),
                    use_threads=False,
                ),
                parse_options=pyarrow.csv.ParseOptions(
                    delimiter=self.delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=numbering.set_aside,
                ),
                convert_options=pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(self.names, pa.string()),
                    strings_can_be_null=True,
                    null_values=_NULLS,
                    check_utf8=False,
                ),
            )
        )

    def _table(self, parts: list[pa.RecordBatch]) -> pa.Table:
        return pa.Table.from_batches(parts, pa.schema([(name, pa.string()) for name in self.names]))

    def _broken(self, row: pyarrow.csv.InvalidRow, numbering: _Numbering) -> Broken:
        number = numbering.shown(row.number)
        line, *swallowed = row.text.split("\n", 1)
        message = f"row must have {row.expected_columns} columns; got {row.actual_columns} in line {number}."
        if swallowed:
            message = f"row must close the quotation marks that it opens; got {line[:60]!r} in line {number}."
        reason = "row with open quotation mark" if swallowed else "row with wrong number of columns"
        value = line if swallowed else str(row.actual_columns)
        return Broken(Rejection(number, "row", value, reason, message), line)

    def _unreadable(self, row: int, error: Exception) -> HuitouError:
        if "straddl" in str(error):
            why = "a value is longer than a block, as when a quotation mark is opened and never closed"
        else:
            why = str(error).splitlines()[0]
        return HuitouError(
            f"{self.path} cannot be read as CSV after row {row}: {why}. Mend it and import the file again.",
            code="damaged_file",
            field="file",
            value=str(self.path),
        )


def records_of(text: str, delimiter: str) -> list[list[str]]:
    """The first records of a CSV text, empty ones too; the last of several is left out: it may be cut off."""
    records: list[list[str]] = []
    try:
        for record in csv.reader(text.splitlines(keepends=True), delimiter=delimiter):
            records.append(record)
            if len(records) > _SAMPLED_RECORDS:
                break
    except csv.Error:
        return records
    return records if len(records) == 1 or text.endswith(("\n", "\r")) else records[:-1]


def delimiter_of(text: str) -> str:
    """The delimiter that splits the records of ``text`` into equally many values, and into most."""

    def evenness(delimiter: str) -> tuple[bool, int]:
        lengths = [len(record) for record in records_of(text, delimiter) if record]
        if not lengths:
            return False, 0
        even = sum(length == lengths[0] for length in lengths) >= 0.8 * len(lengths)
        return even and lengths[0] > 1, lengths[0]

    return max(DELIMITERS, key=evenness)


class _Numbering:
    """Which number each row of a file has, when some lines are no rows and some hold several."""

    def __init__(self, first: int) -> None:
        self.next_row = first
        self.strays: list[pyarrow.csv.InvalidRow] = []
        self.waiting: list[int] = []
        self.shifts: list[tuple[int, int]] = []

    @property
    def last(self) -> int:
        """The number of the last row so far."""
        return self.shown(self.next_row) - 1

    def set_aside(self, row: pyarrow.csv.InvalidRow) -> str:
        """Remember a line that is no row; the parser may report it before the rows in front of it."""
        self.strays.append(row)
        return "skip"

    def take_stray(self) -> list[pyarrow.csv.InvalidRow]:
        """The lines that were set aside since the last time."""
        taken, self.strays = self.strays, []
        self.waiting.extend(row.number for row in taken)
        return taken

    def of(self, rows: int) -> np.ndarray:
        """The numbers of the next ``rows`` rows; shape ``(rows,)``."""
        if not rows:
            return np.zeros(0, np.int64)
        places = np.arange(self.next_row, self.next_row + rows + len(self.waiting))
        numbers = np.setdiff1d(places, np.array(self.waiting, np.int64))[:rows]
        self.next_row = int(numbers[-1]) + 1
        self.waiting = [number for number in self.waiting if number >= self.next_row]
        return numbers + sum(more * (numbers > after) for after, more in self.shifts)

    def shift(self, after: int, more: int) -> None:
        """Say that ``more`` lines follow line ``after`` that the parser took for a part of it."""
        self.shifts.append((after, more))

    def shown(self, number: int) -> int:
        """The number of a line as a person counts it."""
        return number + sum(more for after, more in self.shifts if number > after)


def _without_empty(batch: TableBatch) -> TableBatch:
    """The batch without rows in which nothing stands."""
    empty = batch.table.column(0).is_null()
    if not pc.any(empty).as_py():
        return batch
    for column in batch.table.columns[1:]:
        empty = pc.and_(empty, column.is_null())
    return batch.keep(~empty.combine_chunks().to_numpy(zero_copy_only=False))
