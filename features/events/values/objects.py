"""JSON objects -> columns of text, with a note of every value that JSON has and a column of text has not."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

_LONGEST_NUMBER_BITS = 1_024


@dataclass(frozen=True)
class Columns:
    """Rows as columns."""

    table: pa.Table
    """One column for each name. From JSON all are texts: numbers written out, true and false as words."""
    misfits: Mapping[str, Mapping[int, Any]] = field(default_factory=dict)
    """For each column, by row index, values that are neither text nor number (true, NaN, lists, objects)."""


def columns_of(rows: Sequence[Mapping[str, Any]], names: Iterable[str]) -> Columns:
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
    return Columns(table, misfits)


def text_of(value: Any) -> str | None:
    """A value of JSON as text; None for what has no text (null, NaN, lists, objects)."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, int | Decimal):
        return str(value) if _fits(value) else None
    return value.isoformat() if isinstance(value, datetime | date) else None


def shown(value: Any) -> str:
    """Any value of JSON for people, as JSON."""
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return "a value too large to show"


def number_of(written: str) -> str | float:
    """A number as JSON writes it, as text of the same value: 12.0 and 1.2e1 are 12. Nothing is rounded."""
    number = Decimal(written)
    if abs(number.adjusted()) > 30:
        return float(written)
    return str(int(number)) if number == number.to_integral_value() else format(number, "f")


def _fits(value: Any) -> bool:
    """Whether a value has a text of reasonable length."""
    if isinstance(value, bool):
        return False
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return value.bit_length() <= _LONGEST_NUMBER_BITS
    return value is None or isinstance(value, str | Decimal | datetime | date)


def _float_text(value: float) -> str | None:
    if not math.isfinite(value):
        return None
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
