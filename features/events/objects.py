"""JSON objects -> columns of text, with a note of every value that JSON has and a column of text has not."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa


@dataclass(frozen=True)
class Objects:
    """Rows of JSON objects as columns."""

    table: pa.Table
    """One text column for each name; numbers are written out, true and false are words."""
    misfits: Mapping[str, Mapping[int, Any]]
    """For each column, values that are neither text nor number (true, false, NaN, lists, objects) by row index."""


def columns_of(rows: Sequence[Mapping[str, Any]], names: Iterable[str]) -> Objects:
    """The named members of each row; a member that a row does not have is null."""
    columns: dict[str, pa.Array] = {}
    misfits: dict[str, dict[int, Any]] = {}
    for name in names:
        values = [row.get(name) for row in rows]
        try:
            columns[name] = pa.array(values, pa.string())
        except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError):
            texts = [text_of(value) for value in values]
            columns[name] = pa.array(texts, pa.string())
            misfits[name] = {index: value for index, value in enumerate(values) if not _fits(value)}
    table = pa.table(columns) if columns else pa.table({"": pa.nulls(len(rows))})
    return Objects(table, misfits)


def text_of(value: Any) -> str | None:
    """A value of JSON as text; None for what has no text (null, NaN, lists, objects)."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, int | Decimal):
        return _number_text(value)
    return value.isoformat() if isinstance(value, datetime | date) else None


def number_of(written: str) -> str | float:
    """A number as JSON writes it, as text of the same value: 12.0 and 1.2e1 are 12. Nothing is rounded."""
    number = Decimal(written)
    if abs(number.adjusted()) > 30:
        return float(written)
    whole = number.to_integral_value()
    return str(whole.quantize(Decimal(1))) if number == whole else format(number, "f")


def _fits(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    known = str | int | Decimal | datetime | date | None
    return isinstance(value, known) and not isinstance(value, bool)


def _float_text(value: float) -> str | None:
    if not math.isfinite(value):
        return None
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)


def _number_text(value: int | Decimal) -> str:
    try:
        return str(value)
    except ValueError:
        return "a number of thousands of digits"
