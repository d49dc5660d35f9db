"""Tables as files that open in Excel, CSV and XLSX; a file appears whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from features.errors import HuitouError
from features.events.event import EPOCH
from serving.lists.exporting.csv_lines import csv_head, csv_lines
from serving.lists.exporting.sheet import check_rows, write_sheet

FORMATS = ("csv", "xlsx")
"""Kinds of file."""

_BLOCK = 10_000


def export(table: pa.Table, file: Path, format: str, made_at: datetime = EPOCH) -> None:
    """Write ``table`` to ``file`` as ``csv`` or ``xlsx``; ``made_at`` is what a sheet says of its making.

    Raises :class:`HuitouError` for another format, a folder that is not there, or too many rows for Excel.
    """
    write = {"csv": _write_csv, "xlsx": _write_xlsx}.get(format)
    if write is None:
        raise HuitouError(
            f"format must be one of {', '.join(FORMATS)}; got {format!r}.",
            field="format",
            value=format,
            allowed=list(FORMATS),
        )
    appearing(file, lambda beside: write(table, beside, made_at))


def appearing(file: Path, write: Callable[[Path], None]) -> None:
    """Write a file beside its place and move it there; raises :class:`HuitouError` where there is no such folder."""
    check_folder(file)
    beside = file.with_name(f".{file.name}.part")
    try:
        write(beside)
        with open(beside, "rb") as handle:
            os.fsync(handle.fileno())
        os.replace(beside, file)
    finally:
        beside.unlink(missing_ok=True)


def check_folder(file: Path) -> None:
    """Raise :class:`HuitouError` where a file has no folder to lie in."""
    if not file.parent.is_dir():
        raise HuitouError(
            f"out must be in a folder that is there; got {file}. Make {file.parent} first.",
            field="out",
            value=str(file),
        )


def _write_csv(table: pa.Table, file: Path, _: datetime) -> None:
    with open(file, "wb") as handle:
        handle.write(csv_head(table.column_names))
        for block in _blocks(table):
            handle.write(csv_lines(block))


def _write_xlsx(table: pa.Table, file: Path, made_at: datetime) -> None:
    check_rows(len(table))
    write_sheet(file, table.column_names, _blocks(table), len(table), made_at)


def _blocks(table: pa.Table) -> Iterator[pa.Table]:
    for batch in table.to_batches(max_chunksize=_BLOCK):
        yield pa.Table.from_batches([batch])
