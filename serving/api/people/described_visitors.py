"""Visitors among the customers that are described: they can opt out before anybody knows who they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from features.events.checks import Checked
from features.events.event import VISITOR_PREFIX


def by_one_name(rows: Sequence[Any]) -> list[Any]:
    """The rows, those of visitors under the name that the check knows."""
    return [_renamed(row) if _is_visitor(row) else row for row in rows]


def as_stored(rows: Sequence[Any], checked: Checked) -> Checked:
    """What was checked, with the ids of visitors as they are stored."""
    numbers = checked.positions.tolist()
    given = checked.rows["customer_id"].to_pylist()
    ids = [
        VISITOR_PREFIX + identity if _is_visitor(rows[number - 1]) else identity
        for number, identity in zip(numbers, given, strict=True)
    ]
    place = checked.rows.schema.get_field_index("customer_id")
    return replace(checked, rows=checked.rows.set_column(place, "customer_id", pa.array(ids, pa.string())))


def _is_visitor(row: Any) -> bool:
    return isinstance(row, Mapping) and row.get("customer_id") is None and row.get("visitor_id") is not None


def _renamed(row: Mapping[str, Any]) -> dict[str, Any]:
    others = {name: value for name, value in row.items() if name not in ("customer_id", "visitor_id")}
    return {"customer_id": row["visitor_id"], **others}
