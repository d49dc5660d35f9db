"""Lists as files that open in Excel: CSV and XLSX. No cell can become a formula or a link."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter

from features.errors import HuitouError

FORMATS = ("csv", "xlsx")
"""Kinds of file."""

LARGEST_SHEET_ROWS = 1_048_575
"""Excel's limit, without the line of names."""
LONGEST_CELL = 32_767
"""Excel's limit for the text of a cell, in characters."""

_FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BLOCK = 10_000


def export(table: pa.Table, file: Path, format: str) -> None:
    """Write ``table`` to ``file`` as ``csv`` or ``xlsx``; the file appears whole or not at all.

    Raises :class:`HuitouError` for another format, a folder that is not there, or too many rows for Excel.
    """
    write = {"csv": write_csv, "xlsx": write_xlsx}.get(format)
    if write is None:
        raise HuitouError(
            f"format must be one of {', '.join(FORMATS)}; got {format!r}.",
            field="format",
            value=format,
            allowed=list(FORMATS),
        )
    if not file.parent.is_dir():
        raise HuitouError(
            f"out must be in a folder that is there; got {file}. Make {file.parent} first.",
            field="out",
            value=str(file),
        )
    _appearing(file, lambda beside: write(table, beside))


def write_csv(table: pa.Table, file: Path) -> None:
    """UTF-8 with BOM and CRLF.

    Text is quoted; where it begins like a formula it gets an apostrophe before it.
    """
    with open(file, "w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        writer.writerow(table.column_names)
        for row in _rows(table):
            writer.writerow(["" if value is None else _neutral(value) for value in row])


def write_xlsx(table: pa.Table, file: Path) -> None:
    """One sheet, written row by row. Text stays text: ids keep their zeros, nothing is run or linked."""
    if len(table) > LARGEST_SHEET_ROWS:
        raise HuitouError(
            f"an Excel sheet holds {LARGEST_SHEET_ROWS:,} rows; the list has {len(table):,}. "
            "Use --format csv, or --top.",
            field="format",
            value="xlsx",
        )
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(str(file), options) as book:
        sheet = book.add_worksheet("list")
        sheet.freeze_panes(1, 1)
        _write_row(sheet, 0, table.column_names)
        for number, row in enumerate(_rows(table), start=1):
            _write_row(sheet, number, row)


def _write_row(sheet: Any, number: int, values: Sequence[Any]) -> None:
    for column, value in enumerate(values):
        if isinstance(value, bool):
            sheet.write_boolean(number, column, value)
        elif isinstance(value, int | float):
            sheet.write_number(number, column, value)
        elif isinstance(value, date):
            sheet.write_datetime(number, column, value)
        elif value is not None:
            sheet.write_string(number, column, str(value)[:LONGEST_CELL])


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    for batch in table.to_batches(max_chunksize=_BLOCK):
        columns = [column.to_pylist() for column in batch.columns]
        yield from zip(*columns, strict=True)


def _neutral(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA_BEGINNINGS):
        return "'" + value
    return value


def _appearing(file: Path, write: Callable[[Path], None]) -> None:
    beside = file.with_name(f".{file.name}.part")
    try:
        write(beside)
        with open(beside, "rb") as handle:
            os.fsync(handle.fileno())
        os.replace(beside, file)
    finally:
        beside.unlink(missing_ok=True)
