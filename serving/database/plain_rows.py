"""Rows of Arrow tables as JSON holds them without loss, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from features.moments import microseconds


def plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of a row: times as UTC microseconds, money as text; what is empty is left out."""
    return {name: _plain(value) for name, value in row.items() if value is not None}


def table_of(rows: Iterable[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """Plain rows as a table of ``schema``."""
    said = list(rows)
    columns = [_column([row.get(field.name) for row in said], field.type) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return microseconds(value)
    return str(value) if isinstance(value, Decimal) else value


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_timestamp(kind):
        return pa.array(values, pa.int64()).cast(kind)
    if pa.types.is_decimal(kind):
        return pa.array([None if value is None else Decimal(value) for value in values], kind)
    return pa.array(values, kind)
