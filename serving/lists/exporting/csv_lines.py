"""Tables as CSV for Excel: UTF-8 with BOM and CRLF, text that stays text, and no cell that becomes a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Sequence
from typing import Any

import pyarrow as pa

BOM = "\ufeff"

_FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

_LIKE_NUMBERS = re.compile(r"\s*(0\d+|\d{12,}|[\d.,]*\d[eE][+-]?\d+|\d+[-/.:]\d+.*|true|false)\s*", re.IGNORECASE)
"""What Excel would show as another number, a date or a truth value."""


def csv_head(names: Sequence[str]) -> bytes:
    """The beginning of a file: the mark of its encoding, and the line of names."""
    return (BOM + _lines([names])).encode()


def csv_lines(table: pa.Table, text_columns: Collection[str] = ()) -> bytes:
    """The rows of a table; text is quoted, and gets an apostrophe before it where it begins like a formula.

    In ``text_columns`` it gets one as well where Excel would take it for a number or a date: ids keep their zeros.
    """
    columns = [
        [_kept(value) for value in column.to_pylist()] if name in text_columns else column.to_pylist()
        for name, column in zip(table.column_names, table.columns, strict=True)
    ]
    return _lines(
        [["" if value is None else neutral(value) for value in row] for row in zip(*columns, strict=True)]
    ).encode("utf-8", "replace")


def neutral(value: Any) -> Any:
    """A value; text that begins like a formula has an apostrophe before it."""
    if isinstance(value, str) and value.startswith(_FORMULA_BEGINNINGS):
        return "'" + value
    return value


def _kept(value: Any) -> Any:
    return "'" + value if isinstance(value, str) and _LIKE_NUMBERS.fullmatch(value) else value


def _lines(rows: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerows(rows)
    return text.getvalue()
