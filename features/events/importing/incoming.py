"""One file on its way in: opened, its columns understood, its rows checked batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import cast, get_args

import numpy as np
import pyarrow as pa

from features.errors import HuitouError
from features.events.checks import check_table, checked_timezone
from features.events.event import Field, FieldType
from features.events.importing.arrangement import Arrangement, arrange, source_of
from features.events.importing.rejected_rows import RejectedRows
from features.events.parsing import texts_of
from features.events.reading.batch import Batch, Reader
from features.events.reading.source import BATCH_ROWS, ReadOptions, open_reader
from features.events.values.objects import Columns
from features.events.values.times import DateOrder, date_order_evidence
from features.progress import Doing


@dataclass(frozen=True)
class ImportOptions:
    """What a person may say about files; what is not said is recognised."""

    source: str | None = None
    """Name of a ready-made map, such as taobao."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Our field -> their column."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """Our field -> its value in every row."""
    timezone: str | None = None
    """IANA name of the zone of times that have none."""
    encoding: str | None = None
    """How text is written, such as utf-8 or gb18030."""
    delimiter: str | None = None
    """What stands between two values of a CSV file."""
    date_order: str | None = None
    """Whether 3/4/2025 is in April (``dmy``) or in March (``mdy``)."""
    header: bool | None = None
    """Whether a CSV file's first line names the columns."""
    batch_rows: int = BATCH_ROWS
    """How many rows are in memory at a time."""


class Incoming:
    """A file whose columns are understood.

    Making one raises :class:`HuitouError` when the file cannot be read or a required field is nowhere in it.
    """

    def __init__(self, path: Path, fields: tuple[Field, ...], options: ImportOptions) -> None:
        self.path = path
        self.fields = fields
        self.options = options
        self.rows_read = 0
        self.passed_over = 0
        self.date_order = _checked_order(options.date_order)
        wanted = ReadOptions(options.encoding, options.delimiter, options.header, options.batch_rows)
        self.reader, self.arrangement = self._arranged(open_reader(path, wanted))
        source = self.arrangement.source
        self.timezone = checked_timezone(options.timezone or (source.timezone if source else None))
        self.names = dict.fromkeys(self.reader.names)

    @property
    def ignored_columns(self) -> list[str]:
        """Their columns that are not read."""
        used = self.arrangement.used()
        return [name for name in self.names if name not in used]

    def has(self, fields: tuple[Field, ...]) -> bool:
        """Whether any of the fields is in the file."""
        there = {*self.arrangement.columns, *self.arrangement.constants}
        return any(each.name in there for each in fields)

    def good_rows(self, now: datetime, rejected: RejectedRows, progress: Doing | None) -> Iterator[pa.Table]:
        """The good rows batch by batch, typed; the others go to ``rejected``."""
        for batch in self.reader.batches():
            for broken in batch.broken:
                rejected.add(broken.rejection, broken.text)
            self.rows_read += len(batch.numbers) + len(batch.broken)
            yield self._checked(batch, now, rejected)
            if progress is not None:
                progress(f"reading {self.path.name}", self.reader.done, self.reader.total)

    def _checked(self, batch: Batch, now: datetime, rejected: RejectedRows) -> pa.Table:
        self._notice_names(batch)
        placed = self.arrangement.place(batch)
        passed = self.arrangement.passed_over(placed.table)
        if passed.any():
            self.passed_over += int(passed.sum())
            batch = batch.keep(~passed)
            placed = self.arrangement.place(batch)
        self._check_times(placed)
        checked = check_table(
            placed.table,
            self.fields,
            timezone=self.timezone,
            now=now,
            numbers=batch.numbers,
            date_order=self.date_order,
            misfits=placed.misfits,
        )
        rows = np.array([rejection.row for rejection in checked.rejections], np.int64)
        originals = batch.originals(np.searchsorted(batch.numbers, rows))
        for rejection, original in zip(checked.rejections, originals, strict=True):
            rejected.add(rejection, original)
        return checked.rows

    def _arranged(self, reader: Reader) -> tuple[Reader, Arrangement]:
        source = source_of(reader, self.options.source)
        if source is not None and not reader.headed and len(source.positions) == len(reader.names):
            reader = reader.renamed(source.positions)
        return reader, arrange(reader, self.fields, source, self.options.columns, self.options.constants)

    def _notice_names(self, batch: Batch) -> None:
        """Take up members that JSON objects have only further down; what is arranged stays as it is."""
        new = [name for name in batch.names if name not in self.names]
        if not new:
            return
        self.names.update(dict.fromkeys(new))
        later = arrange(
            self.reader.renamed(tuple(self.names)),
            self.fields,
            self.arrangement.source,
            self.options.columns,
            self.options.constants,
        )
        self.arrangement = replace(self.arrangement, columns={**later.columns, **self.arrangement.columns})

    def _check_times(self, placed: Columns) -> None:
        """See to it that times can be read; raises :class:`HuitouError` when the file does not say how."""
        for each in self.fields:
            if each.type is not FieldType.TIME or each.name not in placed.table.column_names:
                continue
            column = placed.table[each.name]
            if self.timezone is None and each.required and _is_clock(column.type):
                raise _without_zone(self.path, each.name, column)
            if self.date_order is None and _year_last(column)[2]:
                self.date_order = self._date_order(each.name)

    def _date_order(self, name: str) -> DateOrder:
        """What the whole file says about the order of day and month; raises when it says nothing."""
        day_first = month_first = 0
        for batch in self.reader.batches():
            evidence = _year_last(self.arrangement.place(batch).table[name])
            day_first, month_first = day_first + evidence[0], month_first + evidence[1]
            if day_first != month_first:
                return "dmy" if day_first > month_first else "mdy"
        raise HuitouError(
            f"{name} in {self.path} can be read with the day first or the month first, and nothing in "
            "the file decides it. Say --date-order dmy or --date-order mdy.",
            code="ambiguous_dates",
            field="date_order",
            allowed=list(get_args(DateOrder)),
        )


def _checked_order(order: str | None) -> DateOrder | None:
    if order is None:
        return None
    for allowed in get_args(DateOrder):
        if order == allowed:
            return cast(DateOrder, order)
    raise HuitouError(
        f"date_order must be dmy or mdy; got {order!r}. Use dmy when 3/4/2025 is in April.",
        field="date_order",
        value=order,
        allowed=list(get_args(DateOrder)),
    )


def _year_last(column: pa.ChunkedArray) -> tuple[int, int, int]:
    """How many times can only be day first, can only be month first, and have the year last at all."""
    if not pa.types.is_string(column.type):
        return 0, 0, 0
    return date_order_evidence(texts_of(column.combine_chunks()))


def _is_clock(type_: pa.DataType) -> bool:
    return pa.types.is_date(type_) or (pa.types.is_timestamp(type_) and type_.tz is None)


def _without_zone(path: Path, name: str, column: pa.ChunkedArray) -> HuitouError:
    first = column.drop_null().slice(0, 1).cast(pa.string()).to_pylist()
    return HuitouError(
        f"{name} must have a time zone; got {first[0] if first else 'nothing'} in {path}, a column of times "
        "without one. Name the zone with --timezone, for example --timezone Asia/Shanghai.",
        code="no_time_zone",
        field=name,
    )
